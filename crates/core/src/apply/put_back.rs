//! What was tried and is still ours goes back to what it was.

use super::error::WriteError;
use super::{Apply, ApplyReport, Noting, Outcome, Stop};
use crate::config::AgentState;
use crate::connector::{ConnectorError, KeyHash, Knew, Session, has_lost_memory, read_state, read_whole_state};
use crate::error::{ErrorCode, ErrorReport, Explain};
use crate::plan::{Change, ChangeKey, Leftover, LeftoverKind, Ownership, item_count, revert, unreached};
use crate::progress::Stage;
use tokio_util::sync::CancellationToken;

impl Apply<'_> {
    /// Leads back from wherever `tried` came to. Not cancellable: half a way back is the one place nobody wants to be.
    pub(super) async fn put_back(&self, tried: &[&Change], stop: Stop) -> ApplyReport {
        if tried.is_empty() {
            return self.report(Vec::new(), Vec::new(), stop);
        }
        self.stage(Stage::PuttingBack, 0);
        // A token of its own: whoever asked to stop asked for exactly this.
        let session = self.session(CancellationToken::new());
        let (live, ownership) = match self.look(&session).await {
            Ok(looked) => looked,
            Err(error) => return self.report(Vec::new(), unreadable(tried, &error), stop),
        };
        // A target that changed is no answer that was lost: what stands there is not this apply's alone, however alike it looks.
        let only_unheard = !stop.cancelled && stop.cause.code != ErrorCode::TargetChanged;
        let stop = match self.reached(&live, ownership) && only_unheard {
            false => stop,
            true if self.cancel.is_cancelled() => Stop::asked(),
            // Only the answer to the last call was lost, not its effect.
            true => match self.changed_meanwhile(&live) {
                None => return ApplyReport::done(self.plan),
                Some(changed) => changed,
            },
        };
        self.put_back_from(tried, &live, ownership, stop).await
    }

    /// Leads back from `live`.
    pub(super) async fn put_back_from(
        &self,
        tried: &[&Change],
        live: &AgentState,
        ownership: Ownership,
        stop: Stop,
    ) -> ApplyReport {
        let session = self.session(CancellationToken::new());
        let stop = self.name_lost_memory(&session, live, stop).await;
        let effective: Vec<ChangeKey> = keys(tried, |change| unreached(std::slice::from_ref(*change), live).is_empty());
        let mut undo = revert(tried.iter().copied(), live, ownership).undo;
        if cfg!(aidb_leave_out = "put-back") {
            undo.clear();
        }
        self.stage(Stage::PuttingBack, item_count(&undo));
        // Before the first call that leads back: a crash in between must not carry on forward.
        self.journal.turned_back().await;
        let (_, failed) = self.write_all(&session, &undo, Noting::Done).await;
        let left = self.remaining(&session, tried, failed.as_ref()).await;
        let put_back = effective.into_iter().filter(|key| !left.iter().any(|left| left.change == *key)).collect();
        self.report(put_back, left, stop)
    }

    /// Whether the target is at the plan's end.
    pub(super) fn reached(&self, live: &AgentState, ownership: Ownership) -> bool {
        unreached(&self.plan.changes, live).is_empty() && ownership != Ownership::Foreign
    }

    /// Where not only this agent is gone but every agent, that is the reason.
    async fn name_lost_memory(&self, session: &Session, live: &AgentState, mut stop: Stop) -> Stop {
        let was_there = !self.plan.registers() || stop.cause.code == ErrorCode::AgentNotFound;
        if live.present().is_some() || self.plan.deletes_agent() || !was_there {
            return stop;
        }
        if has_lost_memory(session, Knew::Agents).await {
            stop.cause = ErrorReport::of(&WriteError::ServerEmptied);
        }
        stop
    }

    /// What is still not as it was, asked of the target itself after everything was sent.
    async fn remaining(&self, session: &Session, tried: &[&Change], failed: Option<&Stop>) -> Vec<Leftover> {
        let (live, ownership) = match self.look(session).await {
            Ok(looked) => looked,
            Err(error) => return unreadable(tried, &error),
        };
        let reversal = revert(tried.iter().copied(), &live, ownership);
        let why = failed.map_or("the server did not keep what was written", |stop| stop.cause.message.as_str());
        let mut left = reversal.left;
        for undo in &reversal.undo {
            let reason = format!("{} could not be put back: {why}", undo.subject());
            let stands = |change: ChangeKey| Leftover { change, reason: reason.clone(), kind: LeftoverKind::NotYet };
            match undo {
                // An agent that was registered and is still there is there with everything that was given to it.
                Change::DeleteAgent { .. } => left.extend(tried.iter().map(|change| stands(change.key()))),
                _ => left.push(stands(undo.key())),
            }
        }
        left
    }

    pub(super) async fn look(&self, session: &Session) -> Result<(AgentState, Ownership), ConnectorError> {
        let agent = &self.plan.agent_id;
        let (live, key_hash) = match self.plan.sets_rate_limits() {
            true => read_whole_state(session, agent).await?,
            false => read_state(session, agent).await?,
        };
        Ok((live, self.ownership(key_hash.as_ref())))
    }

    pub(super) fn ownership(&self, key_hash: Option<&KeyHash>) -> Ownership {
        match (key_hash, self.made_key) {
            (Some(hash), Some(ours)) if hash == ours => Ownership::Ours,
            (Some(_), Some(_)) => Ownership::Foreign,
            _ => Ownership::Unknown,
        }
    }

    pub(super) fn report(&self, put_back: Vec<ChangeKey>, left: Vec<Leftover>, stop: Stop) -> ApplyReport {
        ApplyReport {
            outcome: if left.is_empty() { Outcome::PutBack } else { Outcome::NeedsAttention },
            cause: Some(stop.cause),
            stopped_at: stop.at,
            cancelled: stop.cancelled,
            applied: Vec::new(),
            put_back,
            left,
            key: None,
        }
    }
}

fn keys(changes: &[&Change], keep: impl Fn(&&Change) -> bool) -> Vec<ChangeKey> {
    changes.iter().filter(|change| keep(change)).map(|change| change.key()).collect()
}

/// The target cannot be asked any more: every change that was sent is unknown, and that is said of each.
fn unreadable(tried: &[&Change], error: &ConnectorError) -> Vec<Leftover> {
    let reason = |change: &Change| {
        format!(
            "{} may have been changed and could not be put back, because the server cannot be read: {error} [{}]",
            change.subject(),
            error.code().as_str()
        )
    };
    let left = |change: &Change| Leftover { change: change.key(), reason: reason(change), kind: LeftoverKind::NotYet };
    tried.iter().map(|change| left(change)).collect()
}
