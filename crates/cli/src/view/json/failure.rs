//! `{"success": false, "error": …, "code": …, "hint": …}`, and what belongs to it.

use aidb_core::error::ErrorReport;
use aidb_core::operations;
use serde_json::{Value, json};

use super::{part, with};
use crate::failure::{CommandError, Failure};

/// A failure as a document.
pub(crate) fn failure(failure: &Failure) -> Value {
    let common = report(&failure.report());
    match failure {
        Failure::Engine(error) => with(common, engine(error)),
        Failure::Command(CommandError::InvalidFolder { invalid, .. }) => {
            let files: Vec<Value> = invalid
                .iter()
                .map(|file| {
                    let about = json!({ "file": file.path.display().to_string(), "error": file.error.to_string() });
                    with(about, engine(&file.error))
                })
                .collect();
            with(common, json!({ "files": files }))
        }
        Failure::Command(_) => common,
    }
}

/// What every failure has.
pub(super) fn report(report: &ErrorReport) -> Value {
    json!({
        "success": false,
        "error": report.message,
        "code": report.code,
        "hint": report.hint,
        "details": report.details,
    })
}

fn engine(error: &operations::Error) -> Value {
    match error {
        operations::Error::Invalid { path, report } => {
            json!({ "file": path.display().to_string(), "findings": part(&report.findings) })
        }
        operations::Error::NotExportable { agent, report, .. } => {
            json!({ "agent_id": agent, "findings": part(&report.findings) })
        }
        operations::Error::TargetChanged { moved, now, .. } => json!({ "moved": moved, "plan": part(now) }),
        _ => json!({}),
    }
}
