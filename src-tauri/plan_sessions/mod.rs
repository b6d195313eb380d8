//! The plans that the page has tickets for. A plan never goes to the page whole, and never comes back from it.

mod error;
#[cfg(test)]
mod number_tests;
mod outcomes;
mod rows;
mod running;
#[cfg(test)]
mod tests;
mod ticks;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aidb_core::apply::ApplyReport;
use aidb_core::config::{AgentState, ResourcePermission};
use aidb_core::operations::{Proposal, ProposalSource, Side, Target};
use aidb_core::plan::{Change, Plan};
use chrono::{DateTime, Utc};

use crate::contract::{NoteView, PlanKind, PlanTarget, PlanTicket};

pub(crate) use error::PlanError;
pub(crate) use outcomes::{Outcomes, RowResult};
pub(crate) use rows::Rows;
pub(crate) use running::{Run, Running};
pub(crate) use ticks::group_rule;

/// Number of plans that are held at once.
const MOST_HELD: usize = 12;

/// The plans that the page has tickets for, and which of them are being applied.
#[derive(Default)]
pub(crate) struct PlanSessions {
    plans: Mutex<VecDeque<Arc<PlanSession>>>,
    running: Running,
}

/// A plan that the page has a ticket for.
pub(crate) struct PlanSession {
    pub(crate) ticket: PlanTicket,
    pub(crate) source: String,
    pub(crate) target: Option<PlanTarget>,
    /// Notes of the window besides the plan's own.
    pub(crate) notes: Vec<NoteView>,
    /// When it was made.
    pub(crate) made_at: DateTime<Utc>,
    pub(crate) content: Content,
    /// The rows by group.
    pub(crate) rows: Rows,
}

/// Content of a plan session.
pub(crate) enum Content {
    /// Something that can be applied.
    Proposal(Box<Proposable>),
    /// Two states beside each other.
    Comparison {
        /// Side that the right should be like.
        left: Side,
        /// Other side of the comparison.
        right: Side,
        /// Difference of the two sides.
        plan: Plan,
    },
    /// Something that was applied once, and what became of it where that is known.
    Past {
        plan: Plan,
        outcomes: Option<Outcomes>,
        /// Origin on the screen.
        shown_from: ShownFrom,
    },
}

/// Origin of a past plan on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShownFrom {
    /// In the history, from where it can be had again.
    History,
    /// At the end of its apply, of which the history may know nothing.
    Result,
}

/// A proposal and where it goes.
#[derive(Clone)]
pub(crate) struct Proposable {
    pub(crate) target: Target,
    /// The proposal: all of its plan.
    pub(crate) proposal: Proposal,
}

/// Parts of a new plan session.
pub(crate) struct NewPlan {
    pub(crate) source: String,
    pub(crate) target: Option<PlanTarget>,
    /// Notes of the window besides.
    pub(crate) notes: Vec<NoteView>,
    pub(crate) content: Content,
}

impl NewPlan {
    /// A plan that was applied, to be looked at row by row: the history and the end of an apply show the same.
    pub(crate) fn past(
        source: String,
        target: PlanTarget,
        plan: Plan,
        report: Option<&ApplyReport>,
        shown_from: ShownFrom,
    ) -> Self {
        let outcomes = report.map(|report| Outcomes::of(&plan, report));
        let content = Content::Past { plan, outcomes, shown_from };
        Self { source, target: Some(target), notes: Vec::new(), content }
    }
}

impl Content {
    /// Origin of the plan, as the page knows it.
    pub(crate) fn kind(&self) -> PlanKind {
        match self {
            Self::Proposal(proposable) => match proposable.proposal.source {
                ProposalSource::Promotion { .. } => PlanKind::Promotion,
                ProposalSource::Import { .. } => PlanKind::Import,
                ProposalSource::Rollback { .. } => PlanKind::Rollback,
            },
            Self::Comparison { .. } => PlanKind::Comparison,
            Self::Past { .. } => PlanKind::Past,
        }
    }

    /// All of the plan.
    pub(crate) fn plan(&self) -> &Plan {
        match self {
            Self::Proposal(proposable) => &proposable.proposal.plan,
            Self::Comparison { plan, .. } | Self::Past { plan, .. } => plan,
        }
    }

    /// Whether it is there to be looked at alone, and can be had again at any time.
    fn is_only_shown(&self) -> bool {
        match self {
            Self::Proposal(_) | Self::Past { shown_from: ShownFrom::Result, .. } => false,
            Self::Comparison { .. } | Self::Past { shown_from: ShownFrom::History, .. } => true,
        }
    }

    /// Result of a change, where that is known.
    pub(crate) fn row_result(&self, change: &Change) -> Option<RowResult> {
        let Self::Past { outcomes: Some(outcomes), .. } = self else { return None };
        Some(outcomes.get(&change.key()))
    }

    /// Reason everything that is left was left, where that is one reason for several changes.
    pub(crate) fn shared_reason(&self) -> Option<&str> {
        let Self::Past { outcomes: Some(outcomes), .. } = self else { return None };
        outcomes.shared_reason.as_deref()
    }

    /// What is known of a resource that the plan does not change.
    pub(crate) fn unchanged(&self, id: &str) -> Option<&ResourcePermission> {
        let state: &AgentState = match self {
            Self::Proposal(proposable) => &proposable.proposal.live,
            Self::Comparison { right, .. } => &right.state,
            Self::Past { .. } => return None,
        };
        state.present()?.agent.resource_permissions.get(id)
    }
}

impl PlanSessions {
    /// Holds a plan, and lets the oldest one go where there are too many: those that are only looked at before those that
    /// somebody may still apply, or has just applied.
    pub(crate) fn open(&self, new: NewPlan) -> Arc<PlanSession> {
        let session = Arc::new(PlanSession::unheld(new));
        let mut plans = self.plans();
        plans.push_back(Arc::clone(&session));
        while plans.len() > MOST_HELD {
            let Some(index) = self.dispensable(&plans) else { break };
            plans.remove(index);
        }
        session
    }

    fn dispensable(&self, plans: &VecDeque<Arc<PlanSession>>) -> Option<usize> {
        let older = plans.len() - 1;
        let only_shown = |session: &Arc<PlanSession>| session.content.is_only_shown();
        let idle = |session: &Arc<PlanSession>| !self.running.holds(&session.ticket);
        let oldest = |wanted: &dyn Fn(&Arc<PlanSession>) -> bool| plans.iter().take(older).position(wanted);
        oldest(&only_shown).or_else(|| oldest(&idle))
    }

    /// The plan of a ticket.
    pub(crate) fn get(&self, ticket: &PlanTicket) -> Result<Arc<PlanSession>, PlanError> {
        self.plans().iter().find(|session| session.ticket == *ticket).cloned().ok_or(PlanError::SessionEnded)
    }

    /// Lets a plan go. One that is being applied goes on.
    pub(crate) fn discard(&self, ticket: &PlanTicket) {
        self.plans().retain(|session| session.ticket != *ticket);
    }

    /// Says that a batch is being applied, for as long as the value lives.
    pub(crate) fn begin_batch(&self, ticket: &PlanTicket, url: &str, words: String) -> Result<Run, PlanError> {
        self.running.begin_as(ticket, (String::new(), url.to_owned()), words)
    }

    /// Says that a plan is being applied, for as long as the value lives.
    pub(crate) fn begin(&self, session: &PlanSession, proposable: &Proposable) -> Result<Run, PlanError> {
        self.running.begin(session, proposable)
    }

    /// Stops the apply of a plan; what was done is put back.
    pub(crate) fn cancel(&self, ticket: &PlanTicket) -> Result<(), PlanError> {
        self.running.cancel(ticket)
    }

    /// Applies under way, in words.
    pub(crate) fn running(&self) -> Vec<String> {
        self.running.describe()
    }

    /// Stops every apply; what was done is put back.
    pub(crate) fn stop_all(&self) {
        self.running.stop_all();
    }

    /// Returns when nothing is being applied any more.
    pub(crate) async fn ended(&self) {
        self.running.ended().await;
    }

    fn plans(&self) -> std::sync::MutexGuard<'_, VecDeque<Arc<PlanSession>>> {
        self.plans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PlanSession {
    /// A plan with its rows, which nobody holds yet.
    pub(crate) fn unheld(new: NewPlan) -> Self {
        let NewPlan { source, target, notes, content } = new;
        let rows = Rows::of(&content);
        Self { ticket: next_ticket(), source, target, notes, made_at: Utc::now(), content, rows }
    }

    /// Proposal that can be applied.
    pub(crate) fn proposable(&self) -> Result<&Proposable, PlanError> {
        match &self.content {
            Content::Proposal(proposable) => Ok(proposable),
            Content::Comparison { .. } | Content::Past { .. } => Err(PlanError::OnlyShown),
        }
    }
}

impl PlanSession {
    /// The same with only what was chosen, for words and pages. Has no ticket of its own.
    pub(crate) fn reduced(&self, proposable: &Proposable, chosen: Proposal) -> Self {
        let content = Content::Proposal(Box::new(Proposable { proposal: chosen, ..proposable.clone() }));
        Self {
            ticket: self.ticket.clone(),
            source: self.source.clone(),
            target: self.target.clone(),
            notes: self.notes.clone(),
            made_at: self.made_at,
            rows: Rows::of(&content),
            content,
        }
    }
}

/// Names one plan within this process; there is nothing to guess, because the page may ask for any of them.
/// A ticket that no other plan has.
pub(crate) fn next_ticket() -> PlanTicket {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    PlanTicket(format!("plan-{}", NEXT.fetch_add(1, Ordering::Relaxed)))
}
