use serde_json::{Value, json};

use super::TestDone;
use crate::view::json::{Json, failure, part, with};

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
