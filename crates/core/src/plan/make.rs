//! Goal × live → plan.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Change, Fingerprint, Mode, Note, NoteCode, NoteWeight, PLAN_FORMAT, Plan, Unchangeable};
use crate::config::{
    Agent, AgentId, AgentState, DatabaseReference, LiveAgent, PermissionSet, ResourcePermission, ResourcePermissions,
    addressable,
};

/// Whether the person gave a connection string for this environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseLinking {
    /// No: the plan says what is not linked.
    Later,
    /// Yes: it is linked in the registration, or by its own call.
    Now,
}

/// What the target should become.
#[derive(Clone, Copy, Debug)]
pub enum Goal<'a> {
    /// It has this agent.
    Agent {
        /// The settings.
        agent: &'a Agent,
        /// Whether its database is linked on the way.
        linking: DatabaseLinking,
    },
    /// It does not have the agent: a rollback to "it did not exist".
    Absent,
}

/// What is known of the tables in the target's database.
#[derive(Clone, Copy, Debug)]
pub enum TargetTables<'a> {
    /// Resource ids of its tables, sorted.
    Listed(&'a [String]),
    /// The server could not list them.
    Unavailable,
}

/// Makes the plan that leads from `live` to `goal`. Pure: the same arguments give the same plan.
#[must_use]
pub fn make(agent_id: &AgentId, goal: Goal<'_>, live: &AgentState, mode: Mode) -> Plan {
    let mut plan = Plan {
        format: PLAN_FORMAT,
        agent_id: agent_id.clone(),
        mode,
        fingerprint: Fingerprint::of(live),
        changes: Vec::new(),
        unchangeable: Vec::new(),
        same: Vec::new(),
        kept: Vec::new(),
        notes: Vec::new(),
    };
    match (goal, live) {
        (Goal::Absent, AgentState::Absent) => {}
        (Goal::Absent, AgentState::Present(live)) => delete(&mut plan, live),
        (Goal::Agent { agent, linking }, AgentState::Absent) => {
            register(&mut plan, agent, linking);
            compare_resources(&mut plan, &agent.resource_permissions, &ResourcePermissions::new());
        }
        (Goal::Agent { agent, linking }, AgentState::Present(live)) => {
            compare_info(&mut plan, agent, live);
            compare_database(&mut plan, agent, live, linking);
            compare_resources(&mut plan, &agent.resource_permissions, &live.agent.resource_permissions);
        }
    }
    // Stable: the merge below already walks resources by id, so phases are all that is left to order.
    plan.changes.sort_by_key(Change::phase);
    note_losses(&mut plan);
    plan
}

impl Plan {
    /// Whether the tables of the target's database can tell anything about it.
    #[must_use]
    pub fn sets_tables(&self) -> bool {
        self.changes.iter().any(|change| table_set_by(change).is_some())
    }

    /// Notes which of the tables that it sets the target's database does not have.
    pub fn check_tables(&mut self, tables: TargetTables<'_>) {
        let listed = match tables {
            TargetTables::Listed(listed) => listed,
            TargetTables::Unavailable => {
                let message = "The target could not list its tables, so they were not checked.";
                return note(self, NoteCode::TablesUnavailable, NoteWeight::Info, message.into());
            }
        };
        let set = self.changes.iter().filter_map(table_set_by);
        let missing = set.filter(|table| listed.binary_search_by(|one| one.as_str().cmp(table)).is_err());
        let missing: Vec<String> = missing.map(str::to_owned).collect();
        for table in missing {
            let message = format!("The target's database has no table {table}.");
            let resource = Some(table);
            self.notes.push(Note { code: NoteCode::TableMissing, weight: NoteWeight::Warning, message, resource });
        }
    }
}

fn note(plan: &mut Plan, code: NoteCode, weight: NoteWeight, message: String) {
    plan.notes.push(Note { code, weight, message, resource: None });
}

fn delete(plan: &mut Plan, live: &LiveAgent) {
    plan.changes.push(Change::DeleteAgent { before: Box::new(live.clone()) });
    let message = format!(
        "{} is deleted, with its {} resource permissions, API key, database link and rate limits. Its present key stops \
         working and cannot be brought back.",
        plan.agent_id,
        live.agent.resource_permissions.len()
    );
    note(plan, NoteCode::DeletesAgent, NoteWeight::Risk, message);
}

fn register(plan: &mut Plan, agent: &Agent, linking: DatabaseLinking) {
    let database = match linking {
        DatabaseLinking::Now => Some(agent.database.clone().unwrap_or_default()),
        DatabaseLinking::Later => None,
    };
    if linking == DatabaseLinking::Later && agent.database.is_some() {
        note_not_linked(plan, agent.database.as_ref());
    }
    plan.changes.push(Change::Register {
        name: agent.name.clone(),
        agent_type: agent.agent_type.clone(),
        info: agent.info.clone(),
        database,
    });
    note(
        plan,
        NoteCode::NewApiKey,
        NoteWeight::Info,
        "A new API key is made for the agent here; whoever uses the agent needs it.".into(),
    );
}

fn note_not_linked(plan: &mut Plan, database: Option<&DatabaseReference>) {
    let name = database.and_then(|database| database.connection_name.as_deref()).unwrap_or("its database");
    let message = format!("Database {name} is not linked: configure it in this environment.");
    note(plan, NoteCode::DatabaseNotLinked, NoteWeight::Warning, message);
}

fn compare_info(plan: &mut Plan, agent: &Agent, live: &LiveAgent) {
    let text = |text: &Option<String>| text.as_deref().map_or(Value::Null, Value::from);
    differs(plan, "/name", live.agent.name.as_str().into(), agent.name.as_str().into());
    differs(plan, "/type", text(&live.agent.agent_type), text(&agent.agent_type));
    for (key, wanted) in &agent.info {
        let target = live.agent.info.get(key).cloned().unwrap_or_default();
        differs(plan, &pointer(key), target, wanted.clone());
    }
    if plan.mode == Mode::Exact {
        for (key, target) in without(&live.agent.info, &agent.info) {
            differs(plan, &pointer(key), target.clone(), Value::Null);
        }
    }
    if !live.withheld.is_empty() {
        let message = format!(
            "{} further fields of the agent look like secrets; they stay at the server as they are.",
            live.withheld.len()
        );
        note(plan, NoteCode::Withheld, NoteWeight::Info, message);
    }
}

fn pointer(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

fn without<'a>(
    all: &'a Map<String, Value>,
    known: &'a Map<String, Value>,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    all.iter().filter(|(key, _)| !known.contains_key(*key))
}

fn differs(plan: &mut Plan, field: &str, target: Value, wanted: Value) {
    if target != wanted {
        plan.unchangeable.push(Unchangeable { field: field.into(), target, wanted });
    }
}

fn compare_database(plan: &mut Plan, agent: &Agent, live: &LiveAgent, linking: DatabaseLinking) {
    match (linking, &agent.database, &live.agent.database) {
        (DatabaseLinking::Now, wanted, linked) => link(plan, wanted.clone().unwrap_or_default(), linked, live),
        (DatabaseLinking::Later, Some(wanted), None) => note_not_linked(plan, Some(wanted)),
        (DatabaseLinking::Later, Some(wanted), Some(linked)) => {
            let text = |text: &Option<String>| text.as_deref().map_or(Value::Null, Value::from);
            differs(plan, "/database/type", text(&linked.database_type), text(&wanted.database_type));
            let (target, wanted) = (text(&linked.connection_name), text(&wanted.connection_name));
            differs(plan, "/database/connection_name", target, wanted);
        }
        (DatabaseLinking::Later, None, Some(linked)) if plan.mode == Mode::Exact => {
            let target = linked.connection_name.as_deref().unwrap_or("linked");
            differs(plan, "/database", target.into(), Value::Null);
        }
        (DatabaseLinking::Later, None, _) => {}
    }
}

fn link(plan: &mut Plan, database: DatabaseReference, linked: &Option<DatabaseReference>, live: &LiveAgent) {
    let lost = linked.as_ref().and_then(|linked| linked.connection_name.clone());
    plan.changes.push(Change::LinkDatabase { before: linked.clone(), linked_at: live.linked_at.clone(), database });
    if let Some(name) = lost {
        let message = format!("The database link loses its connection name {name}: the server does not keep it.");
        note(plan, NoteCode::ConnectionNameLost, NoteWeight::Warning, message);
    }
    let message = "A database link cannot be taken back by the server. If the apply fails after it, the link stays and is \
                   reported.";
    note(plan, NoteCode::LinkNotReversible, NoteWeight::Risk, message.into());
}

/// One walk over both sorted maps side by side: linear, whatever the sizes.
fn compare_resources(plan: &mut Plan, wanted: &ResourcePermissions, live: &ResourcePermissions) {
    let (mut wanted, mut live) = (wanted.iter().peekable(), live.iter().peekable());
    loop {
        let side = match (wanted.peek(), live.peek()) {
            (None, None) => return,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((wanted_id, _)), Some((live_id, _))) => wanted_id.cmp(live_id),
        };
        let wanted = if side.is_le() { wanted.next() } else { None };
        let live = if side.is_ge() { live.next() } else { None };
        match (wanted, live) {
            (Some((id, after)), before) => set(plan, id, before.map(|(_, before)| before), after),
            (None, Some((id, before))) => unnamed(plan, id, before),
            (None, None) => return,
        }
    }
}

fn set(plan: &mut Plan, id: &str, before: Option<&ResourcePermission>, after: &ResourcePermission) {
    if before.is_some_and(|before| before.same_access(after)) {
        plan.same.push(id.into());
        return;
    }
    let after = ResourcePermission { extra: Map::new(), ..after.clone() };
    plan.changes.push(Change::SetPermission { resource_id: id.into(), before: before.cloned(), after });
}

fn unnamed(plan: &mut Plan, id: &str, before: &ResourcePermission) {
    if plan.mode == Mode::Merge {
        return plan.kept.push(id.into());
    }
    let Some(change) = removal(id, before) else { return plan.same.push(id.into()) };
    if matches!(change, Change::SetPermission { .. }) {
        let message = format!("The server cannot remove {id} because of its id; it stays listed with no permission.");
        let resource = Some(id.into());
        plan.notes.push(Note { code: NoteCode::EmptiedInstead, weight: NoteWeight::Info, message, resource });
    }
    plan.changes.push(change);
}

/// What takes an entry away: the removal, or, for an id that the server cannot address, the nearest reachable state, an
/// empty list (wire/README.md). `None` when it is there already.
pub(super) fn removal(id: &str, before: &ResourcePermission) -> Option<Change> {
    if addressable(id).is_ok() {
        return Some(Change::Revoke { resource_id: id.into(), before: before.clone() });
    }
    let after = ResourcePermission { permissions: PermissionSet::EMPTY, extra: Map::new(), ..before.clone() };
    (!before.permissions.is_empty()).then(|| Change::SetPermission {
        resource_id: id.into(),
        before: Some(before.clone()),
        after,
    })
}

fn table_set_by(change: &Change) -> Option<&str> {
    match change {
        Change::SetPermission { resource_id, after, .. } if after.resource_type == "table" => Some(resource_id),
        _ => None,
    }
}

/// After some changes were left out: what the plan says of its changes as a whole has to be true again.
pub(super) fn renew_summary_notes(plan: &mut Plan) {
    let (registers, links, deletes) = (plan.registers(), plan.links_database(), plan.deletes_agent());
    plan.notes.retain(|note| match note.code {
        NoteCode::LosesAccess => false,
        NoteCode::NewApiKey => registers,
        NoteCode::ConnectionNameLost | NoteCode::LinkNotReversible => links,
        NoteCode::DeletesAgent => deletes,
        _ => true,
    });
    note_losses(plan);
}

fn note_losses(plan: &mut Plan) {
    let losing = plan.changes.iter().filter(|change| !change.gained_and_lost().1.is_empty()).count();
    if losing > 0 {
        let message = format!("{losing} {} access.", if losing == 1 { "resource loses" } else { "resources lose" });
        note(plan, NoteCode::LosesAccess, NoteWeight::Risk, message);
    }
}
