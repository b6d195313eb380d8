use aidb_core::operations::{Owner, Recovered, RecoveryEnd};
use aidb_core::store::OperationSummary;
use serde_json::{Value, json};

use super::{InterruptedList, OperationLeft, RecoveriesDone};
use crate::view::json::{Json, failure, part, present, with};

impl Json for InterruptedList {
    fn json(&self) -> Value {
        let operations: Vec<Value> = self
            .0
            .iter()
            .map(|open| {
                let owner = match open.owner {
                    Owner::AtWork => "at_work",
                    Owner::Gone => "gone",
                };
                with(operation(&open.operation), json!({ "owner": owner }))
            })
            .collect();
        json!({ "success": true, "operations": operations })
    }
}

impl Json for RecoveriesDone {
    fn json(&self) -> Value {
        let waiting = self.0.iter().find_map(|one| match &one.end {
            RecoveryEnd::Waiting { reason } => Some(reason),
            _ => None,
        });
        let verdict = match waiting {
            Some(reason) => failure::report(reason),
            None => json!({ "success": true }),
        };
        let operations: Vec<Value> = self.0.iter().map(recovered).collect();
        with(verdict, json!({ "operations": operations }))
    }
}

fn recovered(one: &Recovered) -> Value {
    let end = match &one.end {
        RecoveryEnd::NothingWritten => json!({ "end": "nothing_written" }),
        RecoveryEnd::UnderWay => json!({ "end": "under_way" }),
        RecoveryEnd::Waiting { reason } => json!({ "end": "waiting", "reason": part(reason) }),
        RecoveryEnd::Recovered { report, sentence, recovery, unrecorded } => present(json!({
            "end": part(&report.outcome),
            "message": sentence,
            "cause": report.cause.as_ref().map(part),
            "applied": part(&report.applied),
            "put_back": part(&report.put_back),
            "left": part(&report.left),
            "recovery": recovery.to_string(),
            "unrecorded": unrecorded.as_ref().map(part),
        })),
    };
    with(operation(&one.interrupted), end)
}

fn operation(operation: &OperationSummary) -> Value {
    present(json!({
        "operation": operation.id.to_string(),
        "kind": part(&operation.kind),
        "agent_id": operation.agent_id,
        "environment": operation.server.environment_name,
        "url": operation.server.url,
        "actor": operation.actor,
        "started_at": part(&operation.started_at),
        "backup": operation.backup.as_ref().map(ToString::to_string),
        "rollback": operation.backup.as_ref().map(|backup| format!("aidb migrate rollback --backup {backup}")),
        "waiting": operation.waiting.as_ref().map(part),
    }))
}

impl Json for OperationLeft {
    fn json(&self) -> Value {
        with(json!({ "success": true }), operation(&self.0))
    }
}
