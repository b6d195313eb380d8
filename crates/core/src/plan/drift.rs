//! What moved between two reads of one agent, in plain words: where the target moved nothing is written, and this is shown with the
//! new plan (docs/RULES.md#target-moved).

use std::collections::BTreeSet;

use serde_json::Value;

use super::describe::{describe_access, quoted};
use super::{Change, Plan};
use crate::config::values::same_value;
use crate::config::{Agent, AgentState, LiveAgent, ResourcePermission};

/// A sentence for each thing that is not what it was. Empty when both say the same.
#[must_use]
pub fn drift(was: &AgentState, is: &AgentState) -> Vec<String> {
    match (was, is) {
        (AgentState::Absent, AgentState::Absent) => Vec::new(),
        (AgentState::Absent, AgentState::Present(is)) => {
            vec![format!("The agent {} was registered meanwhile.", is.agent.agent_id)]
        }
        (AgentState::Present(was), AgentState::Absent) => {
            vec![format!("The agent {} was deleted meanwhile.", was.agent.agent_id)]
        }
        (AgentState::Present(was), AgentState::Present(is)) => present(was, is),
    }
}

/// Drift of the agent's own record, which a plan for its permissions leaves alone: a sentence for each, as in [`drift`]. Of a
/// database that the plan itself links, nothing is said. Empty where there is no agent on either side.
#[must_use]
pub fn record_drift(was: &AgentState, is: &AgentState, plan: &Plan) -> Vec<String> {
    let (Some(was), Some(is)) = (was.present(), is.present()) else { return Vec::new() };
    record(was, is, plan.changes.iter().any(|change| matches!(change, Change::LinkDatabase { .. })))
}

fn present(was: &LiveAgent, is: &LiveAgent) -> Vec<String> {
    let mut drift = record(was, is, false);
    if let (Some(was), Some(is)) = (&was.rate_limits, &is.rate_limits)
        && was != is
    {
        drift.push(format!("rate limits: now {}; were {}", is.describe(), was.describe()));
    }
    let (was, is) = (&was.agent.resource_permissions, &is.agent.resource_permissions);
    let ids: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    drift.extend(ids.into_iter().filter_map(|id| describe_resource(id, was.get(id), is.get(id))));
    drift
}

fn record(was: &LiveAgent, is: &LiveAgent, link_is_ours: bool) -> Vec<String> {
    let mut drift = Vec::new();
    if was.registered_at != is.registered_at {
        drift.push("The agent was registered anew: it has another API key now.".into());
    }
    if !link_is_ours && (was.linked_at != is.linked_at || was.agent.database != is.agent.database) {
        drift.push(describe_database(&was.agent, &is.agent));
    }
    drift.extend(describe_info(&was.agent, &is.agent));
    drift
}

fn describe_database(was: &Agent, is: &Agent) -> String {
    match (&was.database, &is.database) {
        (_, None) => "Its database is no longer linked.".into(),
        (None, Some(_)) => "Its database is linked now.".into(),
        (Some(_), Some(_)) => "Its database was linked anew.".into(),
    }
}

fn describe_info(was: &Agent, is: &Agent) -> Vec<String> {
    let text = |text: &Option<String>| text.as_deref().map_or(Value::Null, Value::from);
    let own = |agent: &Agent| [("name", agent.name.as_str().into()), ("type", text(&agent.agent_type))];
    let mut pairs: Vec<(String, Value, Value)> =
        own(was).into_iter().zip(own(is)).map(|((field, was), (_, is))| (field.into(), was, is)).collect();
    let fields: BTreeSet<&String> = was.info.keys().chain(is.info.keys()).collect();
    let value = |agent: &Agent, field: &str| agent.info.get(field).cloned().unwrap_or_default();
    pairs.extend(fields.into_iter().map(|field| (field.clone(), value(was, field), value(is, field))));
    let differs = pairs.into_iter().filter(|(_, was, is)| !same_value(was, is));
    differs.map(|(field, was, is)| format!("{field}: now {}; was {}", said(&is), said(&was))).collect()
}

fn said(value: &Value) -> String {
    if value.is_null() { "empty".into() } else { quoted(value) }
}

fn describe_resource(id: &str, was: Option<&ResourcePermission>, is: Option<&ResourcePermission>) -> Option<String> {
    let same = match (was, is) {
        (Some(was), Some(is)) => was.same_access(is),
        (was, is) => was.is_none() && is.is_none(),
    };
    let words = |entry: Option<&ResourcePermission>| entry.map_or_else(|| "not listed".into(), describe_access);
    (!same).then(|| format!("{id}: now {}; was {}", words(is), words(was)))
}
