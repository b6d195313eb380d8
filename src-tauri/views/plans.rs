//! Plans and what became of them, in the page's words.

use aidb_core::apply::KeyStanding;
use aidb_core::config::{Permission, ResourcePermission, display_text};
use aidb_core::operations::{AgentKey, Applied, Engine, KeyStorage, Target};
use aidb_core::plan::{Change, Note, NoteWeight, Plan};
use aidb_core::store::{Colour, Environment, Protection};

use super::{number, time};
use crate::contract::{
    AgentKeyView, ApplyView, ChipChange, ChipView, DatabaseView, ErrorReport, NoteCodeView, NoteView, PlanTarget,
    PlanView, WindowNote,
};
use crate::plan_sessions::{Content, PlanSession, Proposable, group_rule};

/// Everything of a plan session but its rows.
pub(crate) async fn plan_view(engine: &Engine, session: &PlanSession) -> PlanView {
    let plan = session.content.plan();
    let database = match &session.content {
        Content::Proposal(proposable) => database(engine, proposable).await,
        Content::Comparison { .. } | Content::Past { .. } => None,
    };
    PlanView {
        plan: session.ticket.clone(),
        kind: session.content.kind(),
        agent_id: plan.agent_id.to_string(),
        mode: plan.mode,
        source: session.source.clone(),
        target: session.target.clone(),
        groups: session.rows.counts().map(|(group, count)| group_rule(session.content.kind(), group, count)).collect(),
        notes: sorted_notes(plan, &session.notes),
        database,
        made_at: time(session.made_at),
        same: !plan.differs(),
        left_because: session.content.shared_reason().map(display_text),
    }
}

/// The notes of a plan and those of the window, the weightiest first.
pub(crate) fn sorted_notes(plan: &Plan, more: &[NoteView]) -> Vec<NoteView> {
    let mut notes: Vec<NoteView> = plan.notes.iter().map(NoteView::from).chain(more.iter().cloned()).collect();
    if plan.registers() && plan.changes.len() > 1 {
        notes.push(NoteView {
            code: NoteCodeView::Window(WindowNote::RegisterFirst),
            weight: NoteWeight::Info,
            message: "The agent is registered first, whatever else is ticked.".into(),
        });
    }
    notes.sort_by_key(|note| std::cmp::Reverse(note.weight));
    notes
}

async fn database(engine: &Engine, proposable: &Proposable) -> Option<DatabaseView> {
    let Proposable { target, proposal, .. } = proposable;
    let database = proposal.wanted()?.database.as_ref()?;
    Some(DatabaseView {
        connection_name: database.connection_name.clone(),
        database_type: database.database_type.clone(),
        linked_by_plan: proposal.plan.links_database(),
        linked_there: proposal.live.present().is_some_and(|live| live.agent.database.is_some()),
        remembered: engine.remembers_connection(target, proposal).await,
    })
}

/// Target of a plan.
pub(crate) fn plan_target(target: &Target) -> PlanTarget {
    let own = target.environment.as_ref();
    PlanTarget {
        environment: own.map(|own| own.id.to_string()),
        name: target.name.clone(),
        url: target.server.url.clone(),
        colour: own.map_or(Colour::Grey, |own| own.colour),
        protected: target.is_protected(),
    }
}

/// The same of a profile, without contacting anything.
pub(crate) fn profile_target(environment: &Environment) -> PlanTarget {
    PlanTarget {
        environment: Some(environment.id.to_string()),
        name: environment.name.clone(),
        url: environment.url.clone(),
        colour: environment.colour,
        protected: environment.protection == Protection::Protected,
    }
}

impl From<&Note> for NoteView {
    fn from(note: &Note) -> Self {
        Self { code: NoteCodeView::Plan(note.code), weight: note.weight, message: display_text(&note.message) }
    }
}

/// Permissions before and after a change, in the order read, write, delete, admin.
pub(crate) fn chips(change: &Change) -> Vec<ChipView> {
    let (before, after) = match change {
        Change::SetPermission { before, after, .. } => (before.as_ref(), Some(after)),
        Change::Revoke { before, .. } => (Some(before), None),
        Change::Register { .. }
        | Change::LinkDatabase { .. }
        | Change::SetRateLimits { .. }
        | Change::DeleteAgent { .. } => return Vec::new(),
    };
    let has = |entry: Option<&ResourcePermission>, one| entry.is_some_and(|entry| entry.permissions.contains(one));
    let chip = |one: Permission| {
        let change = match (has(before, one), has(after, one)) {
            (true, true) => ChipChange::Kept,
            (false, true) => ChipChange::Gained,
            (true, false) => ChipChange::Lost,
            (false, false) => return None,
        };
        Some(ChipView { permission: one.as_str().into(), change })
    };
    Permission::ALL.into_iter().filter_map(chip).collect()
}

/// The permissions of a resource that stays as it is.
pub(crate) fn unchanged_chips(entry: &ResourcePermission) -> Vec<ChipView> {
    let chip = |one: Permission| ChipView { permission: one.as_str().into(), change: ChipChange::Kept };
    entry.permissions.iter().map(chip).collect()
}

/// An apply that came to an end. `plan` is what was applied, with its rows in `view`, and `next` the stage after the target's.
pub(crate) fn apply_view(
    applied: Applied,
    plan: &Plan,
    view: PlanView,
    target: &Target,
    next: Option<String>,
) -> ApplyView {
    let sentence = applied.report.sentence(plan);
    let agent_key = applied.agent_key.map(|key| AgentKeyView {
        environment: target.environment.as_ref().map(|environment| environment.id.to_string()),
        agent: view.agent_id.clone(),
        kept: kept(&key),
    });
    let report = applied.report;
    ApplyView {
        outcome: report.outcome,
        sentence: display_text(&sentence),
        cause: report.cause.map(ErrorReport::of),
        cancelled: report.cancelled,
        applied: number(plan.items_of(&report.applied)),
        put_back: number(plan.items_of(&report.put_back)),
        left: number(report.left.len()),
        plan: view,
        duration_ms: number(applied.duration.as_millis()),
        operation: applied.operation.to_string(),
        backup: applied.backup.map(|backup| backup.summary.id.to_string()),
        agent_key,
        unrecorded: applied.unrecorded.map(ErrorReport::of),
        next_stage: next,
    }
}

fn kept(key: &AgentKey) -> String {
    let kept: String = match &key.storage {
        KeyStorage::Keychain => "in the keychain".into(),
        KeyStorage::File(path) => format!("in {}, which only you can read", path.display()),
        KeyStorage::Memory => "in memory, for this session only".into(),
    };
    match key.standing {
        KeyStanding::NotShown | KeyStanding::NotRead => {
            format!("{kept}; whether it is the agent's key could not be checked, because the server did not say")
        }
        KeyStanding::TheAgents | KeyStanding::Anothers | KeyStanding::Nobodys => kept,
    }
}
