//! `{"success": false, "error": …, "code": …, "hint": …}`, and what belongs to it.

use aidb_core::error::{ErrorCode, ErrorReport};
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
        Failure::Command(CommandError::SameAgentTwice { agents, .. }) => {
            let about = |(agent, files): &(String, Vec<std::path::PathBuf>)| {
                let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
                json!({ "agent_id": agent, "files": files })
            };
            with(common, json!({ "agents": agents.iter().map(about).collect::<Vec<_>>() }))
        }
        Failure::Command(_) => common,
    }
}

/// Fields of every failure.
pub(crate) fn report(report: &ErrorReport) -> Value {
    json!({
        "success": false,
        "error": as_scripts_know_it(report),
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
        operations::Error::TargetChanged { drift, now, .. } => {
            json!({ "moved": drift, "plan": part(&now.chosen_plan()) })
        }
        _ => json!({}),
    }
}

/// What a server answered with a status begins with `API Error (404): `, whatever else is said about it.
fn as_scripts_know_it(report: &ErrorReport) -> String {
    const MARK: &str = "API Error (";
    match report.message.find(MARK) {
        Some(0) => report.message.clone(),
        Some(at) => {
            let (before, answered) = report.message.split_at(at);
            let before = before.trim_end().trim_end_matches(':');
            // Some servers end what they say with a full stop, and some do not.
            format!("{}. {before}", answered.trim_end().trim_end_matches('.'))
        }
        // A definite 404, and nothing else, says that an agent is not there.
        None if report.code == ErrorCode::AgentNotFound => format!("{MARK}404): {}", report.message),
        None => report.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_with_a_status_comes_first() {
        let said = |code, message: &str| {
            let report = ErrorReport { code, message: message.into(), plain: None, hint: None, details: Vec::new() };
            as_scripts_know_it(&report)
        };
        let direct = "API Error (401): No key (GET http://x/api/agents).";
        assert_eq!(said(ErrorCode::Unauthorized, direct), direct);
        assert_eq!(
            said(ErrorCode::PutBack, "The apply failed, and nothing was changed. API Error (500): Broken (PUT x)."),
            "API Error (500): Broken (PUT x). The apply failed, and nothing was changed."
        );
        assert_eq!(
            said(ErrorCode::AgentNotFound, "Agent a not found in B."),
            "API Error (404): Agent a not found in B."
        );
        let ended = said(ErrorCode::PutBack, "It failed. API Error (500): Broken");
        assert_eq!(ended, "API Error (500): Broken. It failed.");
        assert_eq!(said(ErrorCode::Timeout, "No answer."), "No answer.");
    }
}
