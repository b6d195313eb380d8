use serde_json::{Value, json};

use super::{Json, failure, part, with};
use crate::commands::{SandboxStarted, TestDone};

impl Json for TestDone {
    fn json(&self) -> Value {
        let verdict = match self.report.first_failure() {
            None => json!({ "success": true }),
            Some(report) => failure::report(report),
        };
        let about = json!({
            "action": "test",
            "environment": self.environment,
            "url": self.url,
            "checks": part(&self.report.checks),
        });
        with(verdict, about)
    }
}

impl Json for SandboxStarted {
    fn json(&self) -> Value {
        let servers: Vec<Value> =
            self.servers.iter().map(|server| json!({ "name": server.name, "url": server.url })).collect();
        json!({ "success": true, "action": "sandbox", "servers": servers, "environments_added": self.added })
    }
}
