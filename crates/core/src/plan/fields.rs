//! What stands beside the resources of an agent: name, type, further information, rate limits.

use serde_json::Value;

use super::goal::{LimitsGoal, note};
use super::{Change, Mode, NoteCode, NoteWeight, Plan, Unchangeable};
use crate::config::values::same_value;
use crate::config::{Agent, DatabaseReference, LiveAgent};

/// Name, type and further information of an agent that exists: what differs, the server cannot change.
pub(super) fn compare_info(plan: &mut Plan, wanted: &Agent, live: &LiveAgent) {
    info(plan, wanted, &live.agent, |field| live.withholds(field));
    if !live.withheld.is_empty() {
        let message = match live.withheld.len() {
            1 => {
                "1 further field of the agent looks like a secret or is masked; it stays at the server as it is.".into()
            }
            more => format!(
                "{more} further fields of the agent look like secrets or are masked; they stay at the server as they are."
            ),
        };
        note(plan, NoteCode::Withheld, NoteWeight::Info, message);
    }
}

/// The same without a word about what cannot be compared: `unknown` says of a field that one side does not tell its value, and then
/// it is neither the same nor different.
pub(super) fn info(plan: &mut Plan, wanted: &Agent, live: &Agent, unknown: impl Fn(&str) -> bool) {
    let exact = plan.mode == Mode::Exact;
    let mut field = |field: &str, target: Value, wanted: Value| {
        if !unknown(field) {
            note_unchangeable(plan, field, target, wanted);
        }
    };
    field("/name", live.name.as_str().into(), wanted.name.as_str().into());
    field("/type", text(&live.agent_type), text(&wanted.agent_type));
    for (key, wanted) in &wanted.info {
        field(&pointer(key), live.info.get(key).cloned().unwrap_or_default(), wanted.clone());
    }
    for (key, target) in live.info.iter().filter(|(key, _)| exact && !wanted.info.contains_key(*key)) {
        field(&pointer(key), target.clone(), Value::Null);
    }
}

pub(super) fn text(text: &Option<String>) -> Value {
    text.as_deref().map_or(Value::Null, Value::from)
}

pub(super) fn pointer(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The one place where two values of a field are compared.
pub(super) fn note_unchangeable(plan: &mut Plan, field: &str, target: Value, wanted: Value) {
    if !same_value(&target, &wanted) {
        plan.unchangeable.push(Unchangeable { field: field.into(), target, wanted });
    }
}

pub(super) fn note_not_linked(plan: &mut Plan, database: &DatabaseReference) {
    let name = database.connection_name.as_deref().unwrap_or("its database");
    let message = format!("Database {name} is not linked: configure it in this environment.");
    note(plan, NoteCode::DatabaseNotLinked, NoteWeight::Warning, message);
    plan.unlinked = Some(database.clone());
}

/// Number of queries the agent may make, where the goal is a backup.
pub(super) fn compare_limits(plan: &mut Plan, limits: &LimitsGoal, live: &LiveAgent) {
    let message = match (limits, &live.rate_limits) {
        (LimitsGoal::Unsaid, _) => return,
        (LimitsGoal::Known(wanted), Some(before)) => {
            if before != wanted {
                plan.changes.push(Change::SetRateLimits { before: before.clone(), after: wanted.clone() });
            }
            return;
        }
        (LimitsGoal::Known(_), None) => "The server does not tell the agent's rate limits, so they are not restored.",
        (LimitsGoal::NotHeld, _) => "The backup holds no rate limits: those that the agent has now stay.",
    };
    note(plan, NoteCode::RateLimitsUnknown, NoteWeight::Info, message.into());
}
