//! Carries out a plan: write, retry, verify; and when it cannot finish, puts back what it changed.
//!
//! Reads nothing but the plan and the target. To its user an apply has three ends ([`Outcome`]): done; put back; or an exact
//! list of what is left. What took effect is never remembered on the side: the target is asked, so that the same code serves a
//! failure, a cancel and a crash.
//!
//! | file | rule |
//! | --- | --- |
//! | `write.rs` | one change → one call; phases in order, several in flight within one |
//! | `register.rs` | a registration is sent where nobody is, and one whose reply was lost is decided by looking |
//! | `key_standing.rs` | whether the key that was made is the agent's, asked at the very end |
//! | `put_back.rs` | what was tried and is still ours goes back |
//! | `interrupted.rs` | after a crash: back, or forward to the end |
//! | `journal.rs` | what is noted before it happens |
//! | `sentence.rs` | the one sentence a person reads |

mod error;
mod interrupted;
mod journal;
mod key_standing;
mod put_back;
mod register;
mod sentence;
mod write;

use error::WriteError;
pub use interrupted::RecoveryMode;
pub use journal::Journal;
pub use key_standing::KeyStanding;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::config::AgentState;
use crate::connector::{Connector, KeyHash, RetryNotice, RetryPolicy, Session};
use crate::error::{ErrorCode, ErrorReport};
use crate::numbers::counted;
use crate::plan::{
    Change, ChangeKey, Leftover, LeftoverKind, Ownership, Plan, item_count, record_drift, shortfalls, unreached,
};
use crate::progress::{Event, ProgressSink, Stage};

/// Number of calls that are under way at once unless asked.
pub const DEFAULT_IN_FLIGHT: NonZeroUsize = NonZeroUsize::new(10).unwrap();

/// The secrets that a plan may need. Never part of the plan, which is shown, saved and kept.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// The key that aidb made for an agent that the plan registers, stored before the first request.
    pub agent_key: Option<AgentCredentials>,
    /// The connection string that the person gave for this environment.
    pub connection_string: Option<SecretString>,
}

/// `agent_credentials` of a registration.
#[derive(Clone, Debug)]
pub struct AgentCredentials {
    /// The agent's API key.
    pub api_key: SecretString,
    /// The secret; the server asks for both together.
    pub api_secret: SecretString,
}

/// Everything an apply works with.
pub struct Apply<'a> {
    /// Plan that is carried out.
    pub plan: &'a Plan,
    /// Client of the server that is written to.
    pub connector: &'a Connector,
    /// With which secrets.
    pub credentials: &'a Credentials,
    /// State of the target right before the first write. `None` in a recovery: days may lie between, and the agent's record is
    /// whatever somebody made of it since.
    pub before: Option<&'a AgentState>,
    /// The hash of the key that was made for an agent that the plan registers: it tells our agent from another's.
    pub made_key: Option<&'a KeyHash>,
    /// The operation's record.
    pub journal: Journal<'a>,
    /// Policy for repeating single calls.
    pub retry: RetryPolicy,
    /// Number of calls at once within a phase.
    pub in_flight: NonZeroUsize,
    /// Stops it: what was changed is put back.
    pub cancel: &'a CancellationToken,
    /// Told what happens.
    pub progress: Arc<dyn ProgressSink>,
}

/// End of an apply, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(rename = "ApplyOutcome"))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The plan was carried out and the read-back shows it.
    Done,
    /// Could not be finished; the target is what it was before.
    PutBack,
    /// Could not be finished, and something is left: see [`ApplyReport::left`].
    NeedsAttention,
}

/// End of an apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplyReport {
    /// In one word.
    pub outcome: Outcome,
    /// Reason it could not be finished.
    pub cause: Option<ErrorReport>,
    /// The change at which it stopped, where one is to blame.
    pub stopped_at: Option<ChangeKey>,
    /// Whether the person asked it to stop.
    pub cancelled: bool,
    /// Changes that were carried out and stayed.
    pub applied: Vec<ChangeKey>,
    /// Changes that were carried out, or may have been, and were put back.
    pub put_back: Vec<ChangeKey>,
    /// Rest that somebody has to do.
    pub left: Vec<Leftover>,
    /// Whose key the one is that was made for the agent; `None` where none was, or where the agent is gone again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyStanding>,
}

impl ApplyReport {
    /// Whether the operation has ended: nothing is left that trying again could help with.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.left.iter().all(|left| left.kind == LeftoverKind::Final)
    }

    /// Reason the operation has not ended, for whoever looks at it: what is left, and that it is tried again.
    pub(crate) fn waiting(&self, plan: &Plan) -> ErrorReport {
        let cause = self.left.iter().filter(|left| left.kind == LeftoverKind::NotYet);
        ErrorReport {
            code: ErrorCode::Unsettled,
            message: self.sentence(plan),
            plain: None,
            hint: Some("The next start of aidb tries again by itself.".into()),
            details: cause.take(20).map(|left| left.reason.clone()).collect(),
        }
    }

    /// All of the plan was carried out, and is there.
    pub(crate) fn done(plan: &Plan) -> Self {
        Self {
            outcome: Outcome::Done,
            cause: None,
            stopped_at: None,
            cancelled: false,
            applied: plan.changes.iter().map(Change::key).collect(),
            put_back: Vec::new(),
            left: Vec::new(),
            key: None,
        }
    }
}

/// Whether changes are noted in the journal before they are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Noting {
    /// They are.
    Ahead,
    /// They are not: they lead back, or all of the plan is noted already.
    Done,
}

/// Reason carrying out stopped before the end.
pub(crate) struct Stop {
    cause: ErrorReport,
    at: Option<ChangeKey>,
    cancelled: bool,
}

impl Stop {
    /// The person asked for it, and nothing failed.
    fn asked() -> Self {
        Self { cause: ErrorReport::of(&WriteError::Stopped), at: None, cancelled: true }
    }
}

impl Apply<'_> {
    /// Carries the plan out. Never fails: every end is one of the three outcomes, and the report says why.
    pub async fn run(&self) -> ApplyReport {
        let session = self.session(self.cancel.clone());
        self.stage(Stage::Applying, item_count(&self.plan.changes));
        // From here on every end is a report: an error would leave the caller without what was written already.
        let (tried, stop) = self.write_all(&session, &self.plan.changes, Noting::Ahead).await;
        let stop = match stop {
            Some(stop) => stop,
            None => {
                // Noted before the read: a crash from here on finds all changes sent, and only has to look.
                self.journal.verifying().await;
                match self.verify(&self.plan.changes).await {
                    Ok(()) => return self.with_key(ApplyReport::done(self.plan), &tried).await,
                    Err(stop) => stop,
                }
            }
        };
        let report = self.put_back(&tried, stop).await;
        self.with_key(report, &tried).await
    }

    /// Reads the state back and compares it with the end of `changes`. Whoever asks for it to be put back gets that, also where
    /// the last answer came meanwhile; reading may be cut off anywhere.
    async fn verify(&self, changes: &[Change]) -> Result<(), Stop> {
        match self.cancel.run_until_cancelled(self.compare_with(changes)).await {
            Some(Ok(())) if !self.cancel.is_cancelled() => Ok(()),
            Some(Err(stop)) => Err(stop),
            _ => Err(Stop::asked()),
        }
    }

    async fn compare_with(&self, changes: &[Change]) -> Result<(), Stop> {
        self.stage(Stage::Verifying, 0);
        let (live, ownership) = match self.look(&self.session(CancellationToken::new())).await {
            Ok(read) => read,
            Err(error) => return Err(Stop { cause: ErrorReport::of(&error), at: None, cancelled: false }),
        };
        // Asked before the permissions are compared: those of another agent may well be what the plan wanted.
        if ownership == Ownership::Foreign {
            let cause = ErrorReport::of(&WriteError::RegisteredMeanwhile);
            return Err(Stop { cause, at: self.plan.changes.first().map(Change::key), cancelled: false });
        }
        if let Some(changed) = self.changed_meanwhile(&live) {
            return Err(changed);
        }
        match unreached(changes, &live).as_slice() {
            [] => Ok(()),
            missing => Err(not_stored(missing, &live)),
        }
    }

    /// Whether somebody changed the agent itself, or put another in its place, while it was written to. Its permissions outlive
    /// a registration (docs/CONNECTOR.md), so they alone would not show it.
    fn changed_meanwhile(&self, live: &AgentState) -> Option<Stop> {
        let drift = record_drift(self.before?, live, self.plan);
        let cause = (!drift.is_empty()).then(|| ErrorReport::of(&WriteError::ChangedMeanwhile { drift }))?;
        Some(Stop { cause, at: None, cancelled: false })
    }

    fn session(&self, cancel: CancellationToken) -> Session {
        let progress = Arc::clone(&self.progress);
        let tell = move |notice: RetryNotice| progress.emit(Event::from(notice));
        Session::new(self.connector.clone(), self.retry, cancel, Arc::new(tell))
    }

    fn stage(&self, stage: Stage, items: usize) {
        self.progress.emit(Event::Stage { stage, items });
    }
}

/// The server confirmed every call, and the read-back does not show these: reported as what it is, with what is there instead.
fn not_stored(missing: &[&Change], live: &AgentState) -> Stop {
    let gone = live.present().is_none() && !missing.iter().any(|change| matches!(change, Change::DeleteAgent { .. }));
    let differs: Vec<String> = missing.iter().take(20).flat_map(|change| shortfalls(change, live)).take(20).collect();
    let first = differs.first().map_or("", String::as_str);
    let message = match missing {
        _ if gone => "The server confirmed every change, and the agent is not there when read back.".to_owned(),
        [_] => format!("The server confirmed the change, and reading back shows something else: {first}."),
        _ => format!(
            "The server confirmed {} that reading back does not show, the first of them {first}.",
            counted(missing.len(), "change")
        ),
    };
    let cause = ErrorReport {
        code: ErrorCode::VerificationFailed,
        message,
        plain: None,
        hint: Some(
            "The server keeps something else than it is sent, or somebody changed the same items at the same moment. Compare the \
             environment with the configuration; where the server changes a value by itself, write it as the server keeps it."
                .into(),
        ),
        details: differs,
    };
    Stop { cause, at: missing.first().map(|change| change.key()), cancelled: false }
}

impl From<RetryNotice> for Event {
    fn from(notice: RetryNotice) -> Self {
        Self::Retrying {
            what: notice.what,
            attempt: notice.attempt,
            wait_ms: u64::try_from(notice.wait.as_millis()).unwrap_or(u64::MAX),
            reason: notice.reason,
            plain: notice.plain,
        }
    }
}

/// A poisoned lock only means that another call panicked while it held plain data; the data is still true.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
