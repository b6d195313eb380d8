//! A batch as the page shows it.

use aidb_core::apply::Outcome;
use aidb_core::config::display_text;
use aidb_core::numbers::counted;
use aidb_core::operations::{AgentStanding, Applied};
use aidb_core::store::{Batch, BatchAgent, OperationKind};

use crate::contract::{BatchedState, BatchedView, ErrorReport};

/// How each agent of a batch stands, as the history has it.
pub(crate) fn batched(batch: &Batch) -> Vec<BatchedView> {
    batch.agents.iter().map(agent).collect()
}

fn agent(agent: &BatchAgent) -> BatchedView {
    let operation = agent.operation.as_ref();
    let state = match agent.standing() {
        AgentStanding::NotStarted => BatchedState::NotStarted,
        AgentStanding::Refused => BatchedState::Refused,
        AgentStanding::Open => BatchedState::Open,
        AgentStanding::Done => BatchedState::Done,
        AgentStanding::PutBack => BatchedState::PutBack,
        AgentStanding::NeedsAttention => BatchedState::NeedsAttention,
    };
    let why = match state {
        BatchedState::Refused => agent.refused.clone().map(|report| ErrorReport::of(report).message),
        BatchedState::PutBack | BatchedState::NeedsAttention => {
            operation.and_then(|operation| operation.summary.as_deref()).map(display_text)
        }
        BatchedState::Done | BatchedState::Open | BatchedState::NotStarted => None,
    };
    let operation = operation.map(|operation| operation.id.to_string());
    BatchedView { agent: agent.agent_id.to_string(), state, why, operation }
}

/// How an agent ended, right after it did.
pub(crate) fn batched_end(agent: String, applied: &Applied) -> BatchedView {
    let report = &applied.report;
    let state = match report.outcome {
        Outcome::Done => BatchedState::Done,
        Outcome::PutBack => BatchedState::PutBack,
        Outcome::NeedsAttention => BatchedState::NeedsAttention,
    };
    let why = report.cause.clone().map(|cause| ErrorReport::of(cause).message);
    BatchedView { agent, state, why, operation: Some(applied.operation.to_string()) }
}

/// What a batch did, in words: "12 agents from Staging to Production".
pub(crate) fn words_of(batch: &Batch) -> String {
    let agents = counted(batch.agents.len(), "agent");
    let target = batch.server.environment_name.as_deref().unwrap_or(&batch.server.url);
    display_text(&match (&batch.undoes, batch.kind) {
        (None, OperationKind::Promotion) => format!("{agents} from {} to {target}", batch.source),
        (None, OperationKind::Import) => format!("{agents} into {target}"),
        (Some(_), _) | (None, _) => format!("{agents} back in {target}"),
    })
}
