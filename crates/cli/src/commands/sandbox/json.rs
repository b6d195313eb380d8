use serde_json::{Value, json};

use super::SandboxStarted;
use crate::view::json::Json;

impl Json for SandboxStarted {
    fn json(&self) -> Value {
        let servers: Vec<Value> =
            self.servers.iter().map(|server| json!({ "name": server.name, "url": server.url })).collect();
        json!({ "success": true, "action": "sandbox", "servers": servers, "environments_added": self.added })
    }
}
