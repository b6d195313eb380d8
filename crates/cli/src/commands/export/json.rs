use aidb_core::error::ErrorReport;
use aidb_core::operations::{self, Exported};
use serde_json::{Value, json};

use super::ExportDone;
use crate::view::json::{Json, failure, part, with};

impl Json for ExportDone {
    fn json(&self) -> Value {
        let server = json!({ "action": "export", "environment": self.environment, "url": self.url });
        let files: Vec<Value> = self.exported.iter().map(file).collect();
        match (&self.folder, files.as_slice()) {
            (None, [one]) => with(with(json!({ "success": true }), server), one.clone()),
            _ => {
                let verdict = match self.failure() {
                    Some(report) => failure::report(report),
                    None if !self.not_reached.is_empty() => failure::report(&operations::Error::Interrupted.report()),
                    None => json!({ "success": true }),
                };
                let left_over: Vec<Value> = self
                    .left_over
                    .iter()
                    .map(|left| json!({ "agent_id": left.agent_id, "file": left.path.display().to_string() }))
                    .collect();
                let rest = json!({
                    "exported": files,
                    "failed": not_exported(&self.failed),
                    "not_addressable": not_exported(&self.not_addressable),
                    "not_reached": self.not_reached,
                    "left_over": left_over,
                });
                with(with(verdict, server), rest)
            }
        }
    }
}

fn not_exported(agents: &[(String, ErrorReport)]) -> Vec<Value> {
    agents.iter().map(|(agent, report)| with(json!({ "agent_id": agent }), failure::report(report))).collect()
}

fn file(exported: &Exported) -> Value {
    let configuration = &exported.export.configuration;
    json!({
        "agent_id": configuration.agent.agent_id,
        "file": exported.path.display().to_string(),
        "resource_permissions": configuration.agent.resource_permissions.len(),
        "tables": configuration.tables.as_ref().map_or(0, Vec::len),
        "notes": part(&exported.export.notes),
    })
}
