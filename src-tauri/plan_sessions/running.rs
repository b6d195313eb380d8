//! Which plans are being applied. The page can go and come back meanwhile: an apply belongs to nobody but itself.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aidb_core::config::display_text;
use aidb_core::operations::ProposalSource;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{PlanError, PlanSession, Proposable};
use crate::contract::PlanTicket;

pub(crate) struct Running {
    all: Arc<Mutex<State>>,
    count: watch::Receiver<usize>,
}

struct State {
    applies: Vec<Apply>,
    /// Plans that were carried out.
    used: Vec<PlanTicket>,
    count: watch::Sender<usize>,
}

struct Apply {
    ticket: PlanTicket,
    agent: String,
    url: String,
    words: String,
    cancel: CancellationToken,
}

impl Default for Running {
    fn default() -> Self {
        let (sender, count) = watch::channel(0);
        Self { all: Arc::new(Mutex::new(State { applies: Vec::new(), used: Vec::new(), count: sender })), count }
    }
}

/// One plan that is being applied, until it is dropped.
pub(crate) struct Run {
    ticket: PlanTicket,
    all: Arc<Mutex<State>>,
    pub(crate) cancel: CancellationToken,
}

impl Run {
    /// Notes that the plan was carried out, so that nobody can apply it once more.
    pub(crate) fn carried_out(&self) {
        locked(&self.all).used.push(self.ticket.clone());
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let mut state = locked(&self.all);
        state.applies.retain(|apply| apply.ticket != self.ticket);
        state.count.send_replace(state.applies.len());
    }
}

impl Running {
    pub(super) fn begin(&self, session: &PlanSession, proposable: &Proposable) -> Result<Run, PlanError> {
        let Proposable { target, proposal, .. } = proposable;
        let place = (proposal.plan.agent_id.to_string(), target.server.url.clone());
        self.begin_as(&session.ticket, place, describe(proposable))
    }

    /// Begins an apply of that agent at that server. A batch is of no single agent: the lock of each keeps two from it.
    pub(super) fn begin_as(
        &self,
        ticket: &PlanTicket,
        (agent, url): (String, String),
        words: String,
    ) -> Result<Run, PlanError> {
        let mut state = locked(&self.all);
        if state.used.contains(ticket) {
            return Err(PlanError::Used);
        }
        if state.applies.iter().any(|apply| apply.ticket == *ticket) {
            return Err(PlanError::Running);
        }
        if let Some(other) = state.applies.iter().find(|apply| apply.agent == agent && apply.url == url) {
            return Err(PlanError::Busy { words: other.words.clone() });
        }
        let cancel = CancellationToken::new();
        state.applies.push(Apply { ticket: ticket.clone(), agent, url, words, cancel: cancel.clone() });
        state.count.send_replace(state.applies.len());
        Ok(Run { ticket: ticket.clone(), all: Arc::clone(&self.all), cancel })
    }

    pub(super) fn holds(&self, ticket: &PlanTicket) -> bool {
        locked(&self.all).applies.iter().any(|apply| apply.ticket == *ticket)
    }

    pub(super) fn cancel(&self, ticket: &PlanTicket) -> Result<(), PlanError> {
        let state = locked(&self.all);
        let apply = state.applies.iter().find(|apply| apply.ticket == *ticket).ok_or(PlanError::NotRunning)?;
        apply.cancel.cancel();
        Ok(())
    }

    pub(super) fn describe(&self) -> Vec<String> {
        locked(&self.all).applies.iter().map(|apply| apply.words.clone()).collect()
    }

    pub(super) fn stop_all(&self) {
        locked(&self.all).applies.iter().for_each(|apply| apply.cancel.cancel());
    }

    pub(super) async fn ended(&self) {
        // The sender lives as long as this value, so waiting only ends when nothing runs.
        let mut count = self.count.clone();
        let _ended = count.wait_for(|count| *count == 0).await;
    }
}

fn describe(proposable: &Proposable) -> String {
    let (agent, server) = (&proposable.proposal.plan.agent_id, &proposable.target.name);
    display_text(&match proposable.proposal.source {
        ProposalSource::Promotion { .. } => format!("Promoting {agent} to {server}"),
        ProposalSource::Import { .. } => format!("Importing {agent} into {server}"),
        ProposalSource::Rollback { .. } => format!("Restoring {agent} in {server}"),
    })
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
