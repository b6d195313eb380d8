use aidb_core::operations::{AgentDrift, DriftStanding, EnvironmentDrift};
use serde_json::{Value, json};

use super::{DriftAccepted, DriftShown};
use crate::view::json::{Json, present};

impl Json for DriftShown {
    fn json(&self) -> Value {
        let environments = self.environments.iter().map(environment);
        json!({ "success": true, "action": "drift", "environments": environments.collect::<Vec<_>>() })
    }
}

fn environment(environment: &EnvironmentDrift) -> Value {
    let agents = environment.agents.as_ref().map(|agents| agents.iter().map(agent).collect::<Vec<_>>());
    present(json!({
        "name": environment.environment.name,
        "url": environment.environment.url,
        "agents": agents.as_ref().ok(),
        "reason": environment.agents.as_ref().err().map(|report| &report.message),
        "code": environment.agents.as_ref().err().map(|report| report.code),
    }))
}

fn agent(agent: &AgentDrift) -> Value {
    let (state, items, reason) = match &agent.standing {
        DriftStanding::Same => ("same", None, None),
        DriftStanding::Changed { items } => ("changed", Some(items), None),
        DriftStanding::Gone => ("gone", None, None),
        DriftStanding::Came => ("new", None, None),
        DriftStanding::NoBaseline => ("no_baseline", None, None),
        DriftStanding::Unread(report) => ("unknown", None, Some(&report.message)),
    };
    let items = items.map(|items| {
        let item =
            |item: &aidb_core::operations::DriftItem| json!({ "name": item.name, "was": item.was, "now": item.now });
        items.iter().map(item).collect::<Vec<_>>()
    });
    present(json!({
        "agent_id": agent.agent_id,
        "state": state,
        "since": agent.baseline.as_ref().map(|baseline| baseline.since),
        "items": items,
        "reason": reason,
    }))
}

impl Json for DriftAccepted {
    fn json(&self) -> Value {
        let accepted = self
            .backups
            .iter()
            .map(|backup| json!({ "agent_id": backup.summary.agent_id, "backup": backup.summary.id }));
        json!({ "success": true, "action": "drift accept", "accepted": accepted.collect::<Vec<_>>() })
    }
}
