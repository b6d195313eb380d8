use aidb_core::operations::AgentStanding;
use aidb_core::store::{Batch, BatchAgent};
use serde_json::{Value, json};

use super::{BatchList, BatchShown, NothingLeft};
use crate::view::json::{Json, part, present};

impl Json for BatchList {
    fn json(&self) -> Value {
        json!({
            "success": true,
            "action": "batch list",
            "batches": self.batches.iter().map(batch).collect::<Vec<_>>(),
        })
    }
}

impl Json for BatchShown {
    fn json(&self) -> Value {
        json!({ "success": true, "action": "batch show", "batch": batch(&self.batch) })
    }
}

impl Json for NothingLeft {
    fn json(&self) -> Value {
        json!({ "success": true, "action": format!("batch {}", self.action), "batch": batch(&self.batch), "results": [] })
    }
}

fn batch(batch: &Batch) -> Value {
    present(json!({
        "id": batch.id,
        "kind": batch.kind,
        "source": batch.source,
        "environment": batch.server.environment_name,
        "url": batch.server.url,
        "by": batch.actor,
        "reason": batch.reason,
        "started_at": batch.started_at,
        "finished_at": batch.finished_at,
        "undoes": batch.undoes,
        "agents": batch.agents.iter().map(agent).collect::<Vec<_>>(),
    }))
}

fn agent(agent: &BatchAgent) -> Value {
    let operation = agent.operation.as_ref();
    present(json!({
        "agent_id": agent.agent_id,
        "state": word(agent.standing()),
        "operation": operation.map(|operation| &operation.id),
        "backup": operation.and_then(|operation| operation.backup.as_ref()),
        "summary": operation.and_then(|operation| operation.summary.as_ref()),
        "refused": agent.refused.as_ref().map(part),
    }))
}

const fn word(standing: AgentStanding) -> &'static str {
    match standing {
        AgentStanding::Done => "done",
        AgentStanding::PutBack => "put_back",
        AgentStanding::NeedsAttention => "needs_attention",
        AgentStanding::Open => "open",
        AgentStanding::Refused => "refused",
        AgentStanding::NotStarted => "not_started",
    }
}
