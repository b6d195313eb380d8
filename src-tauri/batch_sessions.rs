//! The batches that the page has tickets for: plans of many agents, more than are held as plan sessions of their own. One of them
//! becomes a plan session when a person opens it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use aidb_core::operations::{Proposal, Target};
use aidb_core::store::{Batch, BatchId};
use tokio_util::sync::CancellationToken;

use crate::contract::PlanTicket;
use crate::plan_sessions::{Content, NewPlan, PlanError, Proposable, next_ticket};
use crate::views::plans::plan_target;

/// Number of batches that are held at once.
const MOST_HELD: usize = 3;

#[derive(Default)]
pub(crate) struct BatchSessions {
    held: Mutex<VecDeque<Arc<BatchSession>>>,
}

/// A batch that the page has a ticket for.
pub(crate) struct BatchSession {
    pub(crate) ticket: PlanTicket,
    /// Source, in words.
    pub(crate) source: String,
    pub(crate) target: Target,
    pub(crate) plans: Vec<Proposal>,
    pub(crate) goes_back: Option<BatchId>,
    /// The batch that is gone on with.
    pub(crate) rest_of: Option<Batch>,
    /// Has no further agent begin.
    pub(crate) stop: CancellationToken,
}

impl BatchSession {
    pub(crate) fn of(source: String, target: Target, plans: Vec<Proposal>) -> Self {
        let stop = CancellationToken::new();
        Self { ticket: next_ticket(), source, target, plans, goes_back: None, rest_of: None, stop }
    }

    /// The plan of one agent, to be held or only reduced.
    pub(crate) fn plan(&self, proposal: &Proposal) -> NewPlan {
        let proposable = Proposable { target: self.target.clone(), proposal: proposal.clone() };
        let target = Some(plan_target(&self.target));
        let content = Content::Proposal(Box::new(proposable));
        NewPlan { source: self.source.clone(), target, notes: Vec::new(), content }
    }

    pub(crate) fn proposal(&self, agent: &str) -> Result<&Proposal, PlanError> {
        self.plans.iter().find(|proposal| proposal.plan.agent_id.as_str() == agent).ok_or(PlanError::SessionEnded)
    }
}

impl BatchSessions {
    pub(crate) fn open(&self, session: BatchSession) -> Arc<BatchSession> {
        let session = Arc::new(session);
        let mut held = self.held();
        held.push_back(Arc::clone(&session));
        while held.len() > MOST_HELD {
            held.pop_front();
        }
        session
    }

    pub(crate) fn get(&self, ticket: &PlanTicket) -> Result<Arc<BatchSession>, PlanError> {
        self.held().iter().find(|session| session.ticket == *ticket).cloned().ok_or(PlanError::SessionEnded)
    }

    pub(crate) fn discard(&self, ticket: &PlanTicket) {
        self.held().retain(|session| session.ticket != *ticket);
    }

    fn held(&self) -> std::sync::MutexGuard<'_, VecDeque<Arc<BatchSession>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
