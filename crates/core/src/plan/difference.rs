//! Two states of one agent beside each other: every field of the format, in both directions (docs/RULES.md#the-same).
//!
//! Other than a plan for a target it leaves nothing out because a server could not change it, or could not be told it. Not looked
//! at is what is of a file alone: `version`, when and from where and by whom it was exported, and `tables`, which say what the
//! database of an environment had then, as far as its server told. What one side cannot know is compared where both do: rate limits,
//! and between two files the keys that the format does not have.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::fields::{info, note_unchangeable, pointer, text};
use super::goal::note;
use super::link::called;
use super::make::said;
use super::{Change, Mode, NoteCode, NoteWeight, Plan};
use crate::config::values::canonical_members;
use crate::config::{AgentId, AgentState, DatabaseReference, LiveAgent, ResourcePermission, ResourcePermissions};

/// One side of a comparison.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'a> {
    /// The agent, or that there is none.
    pub state: &'a AgentState,
    /// The keys of a file beside those of the format; `None` where it is no file.
    pub extra: Option<&'a Map<String, Value>>,
}

/// Difference of two sides, as a plan that is only looked at; [`Plan::differs`] says whether anything would.
#[must_use]
pub fn difference(agent_id: &AgentId, left: Compared<'_>, right: Compared<'_>) -> Plan {
    let mut plan = Plan::empty(agent_id, Mode::Exact, right.state);
    match (left.state, right.state) {
        (AgentState::Absent, AgentState::Absent) => {}
        (AgentState::Absent, AgentState::Present(right)) => {
            plan.changes.push(Change::DeleteAgent { before: right.clone() });
        }
        (AgentState::Present(left), AgentState::Absent) => alone(&mut plan, left),
        (AgentState::Present(one), AgentState::Present(other)) => {
            agents(&mut plan, one, other);
            if let (Some(one_file), Some(other_file)) = (left.extra, right.extra) {
                files(&mut plan, (one_file, one), (other_file, other));
            }
        }
    }
    plan.changes.sort_by_key(Change::phase);
    plan
}

/// One thing that two sides say differently, with both values.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Its name: the key of the change, or the pointer of the field.
    pub item: String,
    /// Value on the left; `null` where it says nothing.
    pub left: Value,
    /// Value on the right; `null` where it says nothing.
    pub right: Value,
    /// Number of items that a person reads: a resource that gains and loses is two.
    pub count: usize,
}

impl Difference {
    /// SHA-256, in hex, over both values in their one spelling: what was accepted is known by it again, and nothing else is.
    #[must_use]
    pub fn digest(&self) -> String {
        let sides = json!({ "left": self.left, "right": self.right });
        let text = canonical_members(sides.as_object().unwrap_or(&Map::new()));
        Sha256::digest(Value::Object(text).to_string()).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Plan {
    /// The differences that a plan of [`difference`] holds.
    #[must_use]
    pub fn differences(&self) -> Vec<Difference> {
        let value = |entry: Option<&ResourcePermission>| entry.map_or(Value::Null, |entry| json!(entry));
        let changes = self.changes.iter().map(|change| {
            let (left, right) = match change {
                Change::SetPermission { before, after, .. } => (value(Some(after)), value(before.as_ref())),
                Change::Revoke { before, .. } => (Value::Null, value(Some(before))),
                Change::SetRateLimits { before, after } => (json!(after), json!(before)),
                Change::Register { .. } => (json!(change), Value::Null),
                Change::LinkDatabase { .. } | Change::DeleteAgent { .. } => (Value::Null, json!(change)),
            };
            Difference { item: change.key().as_str().to_owned(), left, right, count: change.item_count() }
        });
        let fields = self.unchangeable.iter().map(|field| Difference {
            item: field.field.clone(),
            left: field.wanted.clone(),
            right: field.target.clone(),
            count: 1,
        });
        changes.chain(fields).collect()
    }
}

fn alone(plan: &mut Plan, left: &LiveAgent) {
    let agent = &left.agent;
    plan.changes.push(Change::Register {
        name: agent.name.clone(),
        agent_type: agent.agent_type.clone(),
        info: agent.info.clone(),
        database: agent.database.clone(),
        rate_limits: left.rate_limits.clone(),
    });
    resources(plan, &agent.resource_permissions, &ResourcePermissions::new());
}

fn agents(plan: &mut Plan, left: &LiveAgent, right: &LiveAgent) {
    let id = |side: &LiveAgent| Value::from(side.agent.agent_id.as_str());
    note_unchangeable(plan, "/agent_id", id(right), id(left));
    // A mask is no value on either side, and what is withheld is known by its place alone: neither can be compared.
    let masked = |side: &LiveAgent, field: &str| {
        let key = side.agent.info.iter().find(|(key, _)| pointer(key) == field);
        side.withholds(field) || key.is_some_and(|(_, value)| crate::config::values::holds_mask(value))
    };
    let unknown = |field: &str| masked(left, field) || masked(right, field);
    info(plan, &said(&left.agent), &said(&right.agent), unknown);
    links(plan, left, right);
    if let (Some(after), Some(before)) = (&left.rate_limits, &right.rate_limits)
        && after != before
    {
        plan.changes.push(Change::SetRateLimits { before: before.clone(), after: after.clone() });
    }
    resources(plan, &left.agent.resource_permissions, &right.agent.resource_permissions);
    let withheld = left.withheld.len() + right.withheld.len();
    if withheld > 0 {
        let message =
            "Fields that look like secrets, or that a server masks, stay at their server and are not compared.";
        note(plan, NoteCode::Withheld, NoteWeight::Info, message.into());
    }
}

fn links(plan: &mut Plan, left: &LiveAgent, right: &LiveAgent) {
    let (one, other) = (said(&left.agent), said(&right.agent));
    let (one, other) = (&one.database, &other.database);
    let (Some(one), Some(other)) = (one, other) else {
        let word = |link: &Option<DatabaseReference>| link.as_ref().map_or(Value::Null, |link| called(link).into());
        return note_unchangeable(plan, "/database", word(other), word(one));
    };
    let unknown = |field: &str| left.withholds(field) || right.withholds(field);
    for (field, one, other) in [
        ("/database/type", &one.database_type, &other.database_type),
        ("/database/connection_name", &one.connection_name, &other.connection_name),
    ] {
        if !unknown(field) {
            note_unchangeable(plan, field, text(other), text(one));
        }
    }
}

fn resources(plan: &mut Plan, left: &ResourcePermissions, right: &ResourcePermissions) {
    for (id, after) in left {
        match right.get(id) {
            Some(before) if before.same_access(after) => plan.same.push(id.clone()),
            before => plan.changes.push(Change::SetPermission {
                resource_id: id.clone(),
                before: before.cloned(),
                after: ResourcePermission { extra: Map::new(), ..after.clone() },
            }),
        }
    }
    for (id, before) in right.iter().filter(|(id, _)| !left.contains_key(*id)) {
        plan.changes.push(Change::Revoke { resource_id: id.clone(), before: before.clone() });
    }
}

/// Keys that the format does not have: aidb keeps them in a file and sends them nowhere.
fn files(
    plan: &mut Plan,
    (left, one): (&Map<String, Value>, &LiveAgent),
    (right, other): (&Map<String, Value>, &LiveAgent),
) {
    further(plan, "", left, right);
    if let (Some(one), Some(other)) = (&one.agent.database, &other.agent.database) {
        further(plan, "/database", &one.extra, &other.extra);
    }
    for (id, one) in &one.agent.resource_permissions {
        if let Some(other) = other.agent.resource_permissions.get(id) {
            further(plan, &format!("/resource_permissions{}", pointer(id)), &one.extra, &other.extra);
        }
    }
}

fn further(plan: &mut Plan, under: &str, left: &Map<String, Value>, right: &Map<String, Value>) {
    let of = |side: &Map<String, Value>, key: &String| side.get(key).cloned().unwrap_or_default();
    for key in left.keys().chain(right.keys().filter(|key| !left.contains_key(*key))) {
        note_unchangeable(plan, &format!("{under}{}", pointer(key)), of(right, key), of(left, key));
    }
}
