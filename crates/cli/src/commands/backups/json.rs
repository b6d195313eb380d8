use aidb_core::error::ErrorReport;
use serde_json::{Value, json};

use super::{BackupExported, BackupList, BackupShown, BackupTaken, BackupsVerified};
use crate::view::json::{Json, failure, part, with};

impl Json for BackupList {
    fn json(&self) -> Value {
        json!({ "success": true, "action": "backups list", "backups": part(&self.backups) })
    }
}

impl Json for BackupShown {
    fn json(&self) -> Value {
        json!({ "success": true, "action": "backups show", "backup": part(&self.backup) })
    }
}

impl Json for BackupTaken {
    fn json(&self) -> Value {
        json!({ "success": true, "action": "backups create", "backup": part(&self.backup.summary) })
    }
}

impl Json for BackupExported {
    fn json(&self) -> Value {
        json!({
            "success": true,
            "action": "backups export",
            "backup": part(&self.backup.summary.id),
            "file": self.path.display().to_string(),
        })
    }
}

impl Json for BackupsVerified {
    fn json(&self) -> Value {
        let damaged: Vec<Value> = self
            .verified
            .iter()
            .filter_map(|(summary, result)| {
                let report = ErrorReport::of(result.as_ref().err()?);
                Some(with(json!({ "id": summary.id, "agent_id": summary.agent_id }), part(&report)))
            })
            .collect();
        let verdict = match self.error() {
            None => json!({ "success": true }),
            Some(report) => failure::report(&report),
        };
        let rest = json!({ "action": "backups verify", "checked": self.verified.len(), "damaged": damaged });
        with(verdict, rest)
    }
}
