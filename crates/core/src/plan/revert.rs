//! After a failure, a cancel or a crash: what leads back to where it was.
//!
//! One rule for every change that was tried: a value that is still what aidb wrote goes back to what it was; a value that is
//! what it was needs nothing; any other value was changed by somebody else, and is left and reported (docs/RULES.md#put-back). It needs the plan and the live state, nothing else: the target is the record of how far an apply
//! came. [`remaining`] is the same rule the other way: what finishes the plan.

use serde::{Deserialize, Serialize};

use serde_json::Value;

use super::describe::quoted;
use super::fields::pointer;
use super::make::removal;
use super::{Change, ChangeKey};
use crate::config::values::same_value;
use crate::config::{AgentState, LiveAgent, RateLimits, ResourcePermission, addressable};

/// A deletion ends a plan, so this is only said when it took effect and the person wanted it stopped.
const DELETED: &str =
    "The agent was deleted before it could be stopped. Restoring its backup registers it with a new key.";
const GONE: &str = "The agent is not there any more.";
const FOREIGN: &str = "Somebody else registered this agent meanwhile: it has another API key than the one made here, and it was left as it is.";
const UNLIKE_OURS: &str =
    "An agent of this id is there now and does not look like the one that was registered; it was left as it is.";

/// Whether the agent that is there now is the one that this plan registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// Has the key that aidb made for it.
    Ours,
    /// Has another key: somebody else registered it.
    Foreign,
    /// The server does not say which key it has.
    Unknown,
}

/// A value that was not brought to where it should be, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leftover {
    /// The change.
    pub change: ChangeKey,
    /// One sentence: what is there now and what was there before.
    pub reason: String,
    /// Whether trying again can help.
    #[serde(default)]
    pub kind: LeftoverKind,
}

/// Whether trying again can help with what is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftoverKind {
    /// No: somebody else changed it, or no call of the server takes it back. It is reported, and the operation has ended.
    #[default]
    Final,
    /// Yes: the server could not be reached, or refused. The operation stays open, and the next start tries again.
    NotYet,
}

/// Changes that put a plan's changes back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reversal {
    /// Changes that lead back, in the order of [`super::PHASES`].
    pub undo: Vec<Change>,
    /// Items that somebody else changed since, or that no call can take back.
    pub left: Vec<Leftover>,
}

/// What leads back from `live` to where the target was before `tried` (changes of one plan) were sent, whether or not they
/// took effect.
#[must_use]
pub fn revert<'a>(tried: impl IntoIterator<Item = &'a Change>, live: &AgentState, ownership: Ownership) -> Reversal {
    let mut reversal = Reversal::default();
    let tried: Vec<&Change> = tried.into_iter().collect();
    if let Some(registration) = tried.iter().find(|change| matches!(change, Change::Register { .. })) {
        revert_registration(&mut reversal, registration, &tried, live, ownership);
        return reversal;
    }
    for change in tried {
        revert_one(&mut reversal, change, live);
    }
    reversal.undo.sort_by_key(Change::phase);
    reversal
}

/// The changes whose end `live` does not show: what the verification after an apply reports.
#[must_use]
pub fn unreached<'a>(changes: &'a [Change], live: &AgentState) -> Vec<&'a Change> {
    changes.iter().filter(|change| !reached(change, live)).collect()
}

fn reached(change: &Change, live: &AgentState) -> bool {
    let Some(agent) = live.present() else { return matches!(change, Change::DeleteAgent { .. }) };
    match change {
        Change::DeleteAgent { .. } => false,
        Change::Register { .. } => registered(change, agent).is_empty(),
        Change::SetRateLimits { after, .. } => agent.rate_limits.as_ref() == Some(after),
        Change::LinkDatabase { linked_at, .. } => {
            agent.agent.database.is_some() && (agent.linked_at.is_none() || agent.linked_at != *linked_at)
        }
        Change::SetPermission { resource_id, after, .. } => {
            entry(agent, resource_id).is_some_and(|live| live.same_access(after))
        }
        Change::Revoke { resource_id, .. } => entry(agent, resource_id).is_none(),
    }
}

/// What of a registration the agent does not show: field, what is there, what should be.
fn registered(change: &Change, live: &LiveAgent) -> Vec<(String, Value, Value)> {
    let Change::Register { name, agent_type, info, database, rate_limits } = change else { return Vec::new() };
    let text = |text: &Option<String>| text.as_deref().map_or(Value::Null, Value::from);
    let linked = |database: bool| if database { Value::from("linked") } else { Value::Null };
    let limits = |limits: Option<&RateLimits>| limits.map_or(Value::Null, |limits| limits.describe().into());
    let mut fields: Vec<(String, Value, Value)> = vec![
        ("name".into(), live.agent.name.as_str().into(), name.as_str().into()),
        ("type".into(), text(&live.agent.agent_type), text(agent_type)),
    ];
    let is = |key: &String| live.agent.info.get(key).cloned().unwrap_or_default();
    fields.extend(info.iter().map(|(key, value)| (key.clone(), is(key), value.clone())));
    if database.is_some() {
        fields.push(("database".into(), linked(live.agent.database.is_some()), linked(true)));
    }
    if rate_limits.is_some() && *rate_limits != live.rate_limits {
        fields.push(("rate limits".into(), limits(live.rate_limits.as_ref()), limits(rate_limits.as_ref())));
    }
    fields.retain(|(field, is, should)| !same_value(is, should) && !live.withholds(&pointer(field)));
    fields
}

/// What a change that was not reached should have led to, and what is there instead: a sentence for each field.
#[must_use]
pub fn shortfalls(change: &Change, live: &AgentState) -> Vec<String> {
    let Some(agent) = live.present() else { return vec![format!("{}: the agent is not there", change.subject())] };
    let access = |entry: Option<&ResourcePermission>| entry.map_or_else(|| "no entry".into(), super::describe_access);
    let words = |field: &str, is: &str, should: &str| vec![format!("{field}: is {is}; should be {should}")];
    match change {
        Change::Register { .. } => {
            let said = |value: &Value| if value.is_null() { "empty".into() } else { quoted(value) };
            let differing = registered(change, agent).into_iter();
            differing
                .map(|(field, is, should)| format!("{field}: is {}; should be {}", said(&is), said(&should)))
                .collect()
        }
        Change::SetPermission { resource_id, after, .. } => {
            words(resource_id, &access(entry(agent, resource_id)), &access(Some(after)))
        }
        Change::Revoke { resource_id, .. } => words(resource_id, &access(entry(agent, resource_id)), "gone"),
        Change::SetRateLimits { after, .. } => {
            let is = agent.rate_limits.as_ref().map_or_else(|| "not told".into(), RateLimits::describe);
            words("rate limits", &is, &after.describe())
        }
        Change::LinkDatabase { .. } => {
            let is = if agent.agent.database.is_some() { "linked as before" } else { "not linked" };
            words("database", is, "linked anew")
        }
        Change::DeleteAgent { .. } => words("agent", "there", "gone"),
    }
}

fn entry<'a>(live: &'a LiveAgent, resource_id: &str) -> Option<&'a ResourcePermission> {
    live.agent.resource_permissions.get(resource_id)
}

/// Rest of a plan that is to be finished after all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remainder {
    /// Changes that are still to be sent, in the plan's order.
    pub todo: Vec<Change>,
    /// Items that somebody else changed since: theirs is left as it is.
    pub left: Vec<Leftover>,
}

/// What finishes a plan from `live`: a value that is what it was is still to be changed, one that the plan has reached needs
/// nothing, any other was changed by somebody else.
#[must_use]
pub fn remaining(changes: &[Change], live: &AgentState, ownership: Ownership) -> Remainder {
    let mut remainder = Remainder::default();
    let registers = changes.iter().any(|change| matches!(change, Change::Register { .. }));
    for change in changes.iter().filter(|change| !reached(change, live)) {
        match conflict(change, live, ownership, registers) {
            None => remainder.todo.push(change.clone()),
            Some(reason) => remainder.left.push(left(change, reason)),
        }
    }
    if registers && ownership == Ownership::Foreign {
        remainder.todo.clear();
    }
    remainder
}

/// Reason a change that was not reached cannot be carried out any more without undoing what somebody else did.
fn conflict(change: &Change, live: &AgentState, ownership: Ownership, registers: bool) -> Option<String> {
    match (change, live) {
        (Change::Register { .. }, AgentState::Present(_)) if ownership == Ownership::Foreign => Some(FOREIGN.into()),
        (Change::Register { .. }, AgentState::Present(_)) => Some(UNLIKE_OURS.into()),
        (_, AgentState::Absent) => (!registers).then(|| GONE.into()),
        (Change::SetPermission { resource_id, before, .. }, AgentState::Present(agent)) => {
            let live = entry(agent, resource_id);
            let untouched = same_entry(resource_id, before.as_ref(), live);
            (!untouched).then(|| changed_by_others(resource_id, before.as_ref(), live))
        }
        (Change::Revoke { resource_id, before }, AgentState::Present(agent)) => {
            let live = entry(agent, resource_id);
            let untouched = same_entry(resource_id, Some(before), live);
            (!untouched).then(|| changed_by_others(resource_id, Some(before), live))
        }
        (Change::SetRateLimits { before, .. }, AgentState::Present(agent)) => {
            let live = agent.rate_limits.as_ref();
            (live != Some(before)).then(|| limits_changed(before, live))
        }
        (Change::LinkDatabase { .. } | Change::DeleteAgent { .. }, AgentState::Present(_)) => None,
    }
}

fn left(change: &Change, reason: impl Into<String>) -> Leftover {
    Leftover { change: change.key(), reason: reason.into(), kind: LeftoverKind::Final }
}

fn leave(reversal: &mut Reversal, change: &Change, reason: impl Into<String>) {
    reversal.left.push(left(change, reason));
}

/// A registration is put back by deleting the agent, which takes everything else with it; but only the agent that is ours, and
/// only while it holds nothing that somebody else gave it.
fn revert_registration(
    reversal: &mut Reversal,
    registration: &Change,
    tried: &[&Change],
    live: &AgentState,
    ownership: Ownership,
) {
    let Some(agent) = live.present() else { return };
    if ownership == Ownership::Foreign {
        // What both of them wrote looks the same, so none of it can be taken away without taking theirs.
        let alike = tried
            .iter()
            .filter(|change| matches!(change, Change::SetPermission { .. }) && reached(change, live))
            .count();
        let reason = match alike {
            0 => FOREIGN.to_owned(),
            count => format!("{FOREIGN} {}", set_by_both(count)),
        };
        return leave(reversal, registration, reason);
    }
    if ownership == Ownership::Unknown && !reached(registration, live) {
        return leave(reversal, registration, UNLIKE_OURS);
    }
    let foreign: Vec<&String> = agent
        .agent
        .resource_permissions
        .iter()
        .filter(|(id, live)| !tried.iter().any(|change| wrote(change, id, live)))
        .map(|(id, _)| id)
        .collect();
    if foreign.is_empty() {
        reversal.undo.push(Change::DeleteAgent { before: Box::new(agent.clone()) });
        return;
    }
    let reason = format!(
        "The agent was registered, and somebody else has set permissions on it since ({}); it was not deleted.",
        shorten(&foreign)
    );
    leave(reversal, registration, reason);
    for change in tried.iter().filter(|change| !matches!(change, Change::Register { .. })) {
        revert_one(reversal, change, live);
    }
    reversal.undo.sort_by_key(Change::phase);
}

fn set_by_both(count: usize) -> String {
    match count {
        1 => "So was 1 permission that was set on it here before that was noticed.".into(),
        count => format!("So were {count} permissions that were set on it here before that was noticed."),
    }
}

fn shorten(ids: &[&String]) -> String {
    let shown: Vec<&str> = ids.iter().take(3).map(|id| id.as_str()).collect();
    match ids.len() {
        0..=3 => shown.join(", "),
        more => format!("{} and {} more", shown.join(", "), more - 3),
    }
}

fn wrote(change: &Change, id: &str, live: &ResourcePermission) -> bool {
    matches!(change, Change::SetPermission { resource_id, after, .. } if resource_id == id && after.same_access(live))
}

fn revert_one(reversal: &mut Reversal, change: &Change, live: &AgentState) {
    match (change, live) {
        (Change::DeleteAgent { .. }, AgentState::Absent) => leave(reversal, change, DELETED),
        (Change::DeleteAgent { .. }, AgentState::Present(_)) => {}
        (_, AgentState::Absent) => leave(reversal, change, GONE),
        (Change::SetPermission { resource_id, before, after }, AgentState::Present(agent)) => {
            revert_resource(reversal, change, resource_id, before.as_ref(), Some(after), entry(agent, resource_id));
        }
        (Change::Revoke { resource_id, before }, AgentState::Present(agent)) => {
            revert_resource(reversal, change, resource_id, Some(before), None, entry(agent, resource_id));
        }
        (Change::SetRateLimits { before, after }, AgentState::Present(agent)) => match &agent.rate_limits {
            Some(live) if live == before => {}
            Some(live) if live == after => {
                reversal.undo.push(Change::SetRateLimits { before: live.clone(), after: before.clone() });
            }
            live => leave(reversal, change, limits_changed(before, live.as_ref())),
        },
        (Change::LinkDatabase { before, linked_at, .. }, AgentState::Present(agent)) => {
            revert_link(reversal, change, before.is_some(), linked_at.as_ref(), agent);
        }
        (Change::Register { .. }, AgentState::Present(_)) => {}
    }
}

fn revert_resource(
    reversal: &mut Reversal,
    change: &Change,
    id: &str,
    before: Option<&ResourcePermission>,
    after: Option<&ResourcePermission>,
    live: Option<&ResourcePermission>,
) {
    if same_entry(id, before, live) {
        return;
    }
    if !same_entry(id, after, live) {
        return leave(reversal, change, changed_by_others(id, before, live));
    }
    match (before, live) {
        (Some(before), live) => reversal.undo.push(Change::SetPermission {
            resource_id: id.into(),
            before: live.cloned(),
            after: before.clone(),
        }),
        (None, Some(live)) => reversal.undo.extend(removal(id, live)),
        (None, None) => {}
    }
}

fn limits_changed(before: &RateLimits, live: Option<&RateLimits>) -> String {
    match live {
        Some(live) => format!(
            "Somebody else changed the rate limits meanwhile: {} now; were {}. They were left as they are.",
            live.describe(),
            before.describe()
        ),
        None => format!("The server does not tell the rate limits any more; they were {}.", before.describe()),
    }
}

fn changed_by_others(id: &str, before: Option<&ResourcePermission>, live: Option<&ResourcePermission>) -> String {
    let now = live.map_or_else(|| "no entry".into(), super::describe_access);
    let was = before.map_or_else(|| "no entry".into(), super::describe_access);
    format!("Somebody else changed {id} meanwhile: it has {now} now and had {was}. It was left as it is.")
}

/// Whether two entries are the same to a server. Where it cannot remove an entry, an empty one is as good as none.
fn same_entry(id: &str, one: Option<&ResourcePermission>, other: Option<&ResourcePermission>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => one.same_access(other),
        (Some(only), None) | (None, Some(only)) => only.permissions.is_empty() && addressable(id).is_err(),
    }
}

fn revert_link(
    reversal: &mut Reversal,
    change: &Change,
    linked_before: bool,
    linked_at: Option<&String>,
    live: &LiveAgent,
) {
    let linked_now = live.agent.database.is_some();
    let untouched = linked_now == linked_before && live.linked_at.as_ref() == linked_at;
    // A server that tells no time of linking leaves it open whether the call took effect: that is said, not guessed.
    if untouched && !(linked_before && linked_at.is_none()) {
        return;
    }
    let reason = if linked_before {
        "The database link may have been replaced, and the server cannot bring the former one back. Link it again with \
         its connection string."
    } else {
        "The database stays linked: the server has no call that unlinks one."
    };
    leave(reversal, change, reason);
}
