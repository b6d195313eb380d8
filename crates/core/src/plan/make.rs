//! Goal × live → plan.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Map;

use super::fields::{compare_info, compare_limits, note_not_linked};
use super::goal::{DatabaseLinking, Goal, LimitsGoal, note};
use super::link::compare_database;
use super::{Change, Fingerprint, Group, Mode, Note, NoteCode, NoteWeight, PLAN_FORMAT, Plan};
use crate::config::{
    Agent, AgentId, AgentState, LiveAgent, PermissionSet, ResourcePermission, ResourcePermissions, addressable, values,
};
use crate::numbers::counted;

/// Knowledge of the tables in the target's database.
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
    let mut plan = Plan::empty(agent_id, mode, live);
    match (goal, live) {
        (Goal::Absent, AgentState::Absent) => {}
        (Goal::Absent, AgentState::Present(live)) => delete(&mut plan, live),
        (Goal::Agent { agent, linking, limits }, AgentState::Absent) => {
            register(&mut plan, &said(agent), linking, limits);
            compare_resources(&mut plan, &agent.resource_permissions, &ResourcePermissions::new());
        }
        (Goal::Agent { agent, linking, limits }, AgentState::Present(live)) => {
            let wanted = said(agent);
            compare_info(&mut plan, &wanted, live);
            compare_database(&mut plan, &wanted, live, linking);
            compare_limits(&mut plan, limits, live);
            compare_resources(&mut plan, &agent.resource_permissions, &live.agent.resource_permissions);
        }
    }
    if let Goal::Agent { agent, .. } = goal {
        note_masked(&mut plan, agent);
    }
    // Stable: the merge below already walks resources by id, so phases are all that is left to order.
    plan.changes.sort_by_key(Change::phase);
    note_losses(&mut plan);
    plan
}

/// The agent without what a server masked: a mask is no value, so it is neither compared nor written.
pub(super) fn said(agent: &Agent) -> Cow<'_, Agent> {
    let masked = |text: &Option<String>| text.as_deref().is_some_and(values::is_mask);
    let database = agent.database.as_ref();
    let link_is_masked = database.is_some_and(|it| masked(&it.database_type) || masked(&it.connection_name));
    if !masked(&agent.agent_type) && !link_is_masked && !agent.info.values().any(values::holds_mask) {
        return Cow::Borrowed(agent);
    }
    let mut agent = agent.clone();
    agent.agent_type.take_if(|text| values::is_mask(text));
    if let Some(database) = &mut agent.database {
        database.database_type.take_if(|text| values::is_mask(text));
        database.connection_name.take_if(|text| values::is_mask(text));
    }
    agent.info.retain(|_, value| !values::holds_mask(value));
    Cow::Owned(agent)
}

fn note_masked(plan: &mut Plan, agent: &Agent) {
    let keys: Vec<&str> =
        agent.info.iter().filter(|(_, value)| values::holds_mask(value)).map(|(key, _)| key.as_str()).collect();
    if !keys.is_empty() {
        let message = format!("Left out, because a server masked what stands there: {}.", keys.join(", "));
        note(plan, NoteCode::Withheld, NoteWeight::Info, message);
    }
}

impl Plan {
    pub(super) fn empty(agent_id: &AgentId, mode: Mode, live: &AgentState) -> Self {
        Self {
            format: PLAN_FORMAT,
            agent_id: agent_id.clone(),
            mode,
            fingerprint: Fingerprint::of(live),
            changes: Vec::new(),
            unchangeable: Vec::new(),
            same: Vec::new(),
            kept: Vec::new(),
            notes: Vec::new(),
            unlinked: None,
        }
    }

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

fn delete(plan: &mut Plan, live: &LiveAgent) {
    plan.changes.push(Change::DeleteAgent { before: Box::new(live.clone()) });
    let message = format!(
        "{} is deleted, with its {}, API key, database link and rate limits. Its present key stops \
         working and cannot be brought back.",
        plan.agent_id,
        counted(live.agent.resource_permissions.len(), "resource permission")
    );
    note(plan, NoteCode::DeletesAgent, NoteWeight::Risk, message);
}

fn register(plan: &mut Plan, agent: &Agent, linking: DatabaseLinking, limits: &LimitsGoal) {
    let database = match linking {
        DatabaseLinking::Now | DatabaseLinking::Anew => Some(agent.database.clone().unwrap_or_default()),
        DatabaseLinking::Later => None,
    };
    if linking == DatabaseLinking::Later
        && let Some(database) = &agent.database
    {
        note_not_linked(plan, database);
    }
    plan.changes.push(Change::Register {
        name: agent.name.clone(),
        agent_type: agent.agent_type.clone(),
        info: agent.info.clone(),
        database,
        rate_limits: match limits {
            LimitsGoal::Known(limits) => Some(limits.clone()),
            LimitsGoal::Unsaid | LimitsGoal::NotHeld => None,
        },
    });
    if *limits == LimitsGoal::NotHeld {
        let message = "The backup holds no rate limits: the agent gets those that the server gives to every new agent.";
        note(plan, NoteCode::RateLimitsUnknown, NoteWeight::Warning, message.into());
    }
    note(
        plan,
        NoteCode::NewApiKey,
        NoteWeight::Info,
        "A new API key is made for the agent here; whoever uses the agent needs it.".into(),
    );
}

/// One walk over both sorted maps side by side: linear, whatever the sizes.
pub(super) fn compare_resources(plan: &mut Plan, wanted: &ResourcePermissions, live: &ResourcePermissions) {
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
/// empty list (docs/CONNECTOR.md#ids-with-a-slash). `None` when it is there already.
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
        NoteCode::NewApiKey | NoteCode::ServerEmptied => registers,
        NoteCode::LinkNotReversible => links,
        // Also said where nothing is linked anew: then it is about the link that is there.
        NoteCode::ConnectionNameLost => links || note.weight == NoteWeight::Info,
        NoteCode::DeletesAgent => deletes,
        _ => true,
    });
    note_losses(plan);
}

fn note_losses(plan: &mut Plan) {
    let losing = plan.count(Group::LosesAccess);
    if losing > 0 {
        let message = format!("{losing} {} access.", if losing == 1 { "resource loses" } else { "resources lose" });
        note(plan, NoteCode::LosesAccess, NoteWeight::Risk, message);
    }
}
