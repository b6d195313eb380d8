//! What was tried and is still ours goes back to what it was.

use super::{Apply, ApplyReport, Outcome, Stop};
use crate::config::AgentState;
use crate::connector::{ConnectorError, KeyHash, Session, read_state};
use crate::error::Explain;
use crate::plan::{Change, ChangeKey, Leftover, Ownership, settle, unreached};
use crate::progress::Stage;
use tokio_util::sync::CancellationToken;

impl Apply<'_> {
    /// Leads back from wherever `tried` came to. Not cancellable: half a way back is the one place nobody wants to be.
    pub(super) async fn put_back(&self, tried: &[&Change], stop: Stop) -> ApplyReport {
        if tried.is_empty() {
            return self.report(Vec::new(), Vec::new(), stop);
        }
        self.stage(Stage::PuttingBack, 0);
        let session = self.session(CancellationToken::new());
        let (live, ownership) = match self.look(&session).await {
            Ok(looked) => looked,
            Err(error) => return self.report(Vec::new(), unreadable(tried, &error), stop),
        };
        let reached = unreached(&self.plan.changes, &live).is_empty() && ownership != Ownership::Foreign;
        if !stop.cancelled && reached {
            // Only the answer to the last call was lost, not its effect.
            return ApplyReport::done(self.plan);
        }
        let effective: Vec<ChangeKey> =
            keys(tried, |change| unreached(std::slice::from_ref(*change), &live).is_empty());
        let settlement = settle(tried.iter().copied(), &live, ownership);
        self.stage(Stage::PuttingBack, settlement.undo.len());
        let (_, failed) = self.write_all(&session, &settlement.undo).await;
        let left = self.remaining(&session, tried, failed.as_ref()).await;
        let put_back = effective.into_iter().filter(|key| !left.iter().any(|left| left.change == *key)).collect();
        self.report(put_back, left, stop)
    }

    /// What is still not as it was, asked of the target itself after everything was sent.
    async fn remaining(&self, session: &Session, tried: &[&Change], failed: Option<&Stop>) -> Vec<Leftover> {
        let (live, ownership) = match self.look(session).await {
            Ok(looked) => looked,
            Err(error) => return unreadable(tried, &error),
        };
        let settlement = settle(tried.iter().copied(), &live, ownership);
        let why = failed.map_or("the server did not keep what was written", |stop| stop.cause.message.as_str());
        let mut left = settlement.left;
        left.extend(settlement.undo.iter().map(|undo| Leftover {
            change: undo.key(),
            reason: format!("{} could not be put back: {why}", undo.subject()),
        }));
        left
    }

    async fn look(&self, session: &Session) -> Result<(AgentState, Ownership), ConnectorError> {
        let (live, key_hash) = read_state(session, &self.plan.agent_id).await?;
        Ok((live, self.ownership(key_hash.as_ref())))
    }

    pub(super) fn ownership(&self, key_hash: Option<&KeyHash>) -> Ownership {
        match (key_hash, &self.credentials.agent_key) {
            (Some(hash), Some(credentials)) if hash.matches(&credentials.api_key) => Ownership::Ours,
            (Some(_), Some(_)) => Ownership::Foreign,
            _ => Ownership::Unknown,
        }
    }

    fn report(&self, put_back: Vec<ChangeKey>, left: Vec<Leftover>, stop: Stop) -> ApplyReport {
        ApplyReport {
            outcome: if left.is_empty() { Outcome::PutBack } else { Outcome::NeedsAttention },
            cause: Some(stop.cause),
            stopped_at: stop.at,
            cancelled: stop.cancelled,
            applied: Vec::new(),
            put_back,
            left,
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
    tried.iter().map(|change| Leftover { change: change.key(), reason: reason(change) }).collect()
}
