use aidb_core::operations::{self, Exported};
use serde_json::{Value, json};

use super::{Json, failure, part, with};
use crate::commands::ExportDone;

impl Json for ExportDone {
    fn json(&self) -> Value {
        let place = json!({ "action": "export", "environment": self.environment, "url": self.url });
        let files: Vec<Value> = self.exported.iter().map(file).collect();
        match (&self.folder, files.as_slice()) {
            (None, [one]) => with(with(json!({ "success": true }), place), one.clone()),
            _ => {
                let failed: Vec<Value> = self
                    .failed
                    .iter()
                    .map(|(agent, report)| with(json!({ "agent_id": agent }), failure::report(report)))
                    .collect();
                let verdict = match self.failed.first() {
                    Some((_, report)) => failure::report(report),
                    None if !self.not_reached.is_empty() => failure::report(&operations::Error::Interrupted.report()),
                    None => json!({ "success": true }),
                };
                let rest = json!({ "exported": files, "failed": failed, "not_reached": self.not_reached });
                with(with(verdict, place), rest)
            }
        }
    }
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
