use aidb_core::apply::{KeyStanding, Outcome};
use aidb_core::operations::{AgentKey, KeyStorage};
use serde_json::{Value, json};

use super::{BatchDone, ChangeDone, ChangesDone};
use crate::view::json::{Json, failure, part, present, with};

impl Json for ChangesDone {
    fn json(&self) -> Value {
        match (self.items.as_slice(), &self.batch) {
            ([one], None) => item(one, self.action),
            (items, batch) => several(self, items, batch.as_ref()),
        }
    }
}

fn several(done: &ChangesDone, items: &[ChangeDone], batch: Option<&BatchDone>) -> Value {
    let failed = items.iter().find(|item| item.applied.report.outcome != Outcome::Done);
    let verdict = match (failed, done.refused.first()) {
        (Some(failed), _) => failure::report(&failed.error()),
        (None, Some((_, refused))) => failure::failure(refused),
        (None, None) => json!({ "success": done.not_started.is_empty() }),
    };
    let items: Vec<Value> = items.iter().map(|one| item(one, done.action)).collect();
    let refused =
        done.refused.iter().map(|(source, refused)| with(failure::failure(refused), json!({ "source": source })));
    let rest = json!({
        "action": done.action,
        "batch": batch.map(|batch| &batch.id),
        "results": items,
        "refused": refused.collect::<Vec<_>>(),
        "stopped_at": done.refused.first().map(|(source, _)| source),
        "not_started": done.not_started,
    });
    with(verdict, rest)
}

fn item(item: &ChangeDone, action: &str) -> Value {
    let report = &item.applied.report;
    let verdict = match report.outcome {
        Outcome::Done => json!({ "success": true }),
        _ => failure::report(&item.error()),
    };
    let about = json!({
        "action": action,
        "outcome": report.outcome,
        "message": item.sentence(),
        "agent_id": item.plan.agent_id,
        "environment": item.environment,
        "url": item.url,
        "source": item.source,
        "changes": item.plan.changes.len(),
        "applied": part(&report.applied),
        "put_back": part(&report.put_back),
        "left": part(&report.left),
        "findings": part(&item.findings),
        "plan": part(&item.plan),
        "operation": item.applied.operation.to_string(),
        "duration_ms": u64::try_from(item.applied.duration.as_millis()).unwrap_or(u64::MAX),
    });
    let extra = present(json!({
        "cause": report.cause.as_ref().map(part),
        "backup": item.applied.backup.as_ref().map(|backup| backup.summary.id.to_string()),
        "backup_file": item.backup_file.as_ref().map(|file| file.display().to_string()),
        "rollback": item.way_back(),
        "agent_key": item.applied.agent_key.as_ref().map(key_storage),
        "made_again": item.applied.made_again.as_ref().map(|_| true),
        "unrecorded": item.applied.unrecorded.as_ref().map(part),
    }));
    with(with(verdict, about), extra)
}

fn key_storage(key: &AgentKey) -> Value {
    let kept = match &key.storage {
        KeyStorage::Keychain => json!({ "kept_in": "keychain" }),
        KeyStorage::File(path) => json!({ "kept_in": "file", "path": path.display().to_string() }),
        KeyStorage::Memory => json!({ "kept_in": "memory" }),
    };
    let file = key.file.as_ref().map(|file| file.display().to_string());
    let checked = (key.standing != KeyStanding::TheAgents).then_some(false);
    with(kept, present(json!({ "file": file, "checked": checked })))
}
