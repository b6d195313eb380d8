//! Operations that were interrupted, and what became of them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ApplyOutcome, ErrorReport};

/// An operation without an end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct InterruptedView {
    /// Its id, by which the history shows it.
    pub(crate) operation: String,
    /// "promotion of my-agent to Production by maria".
    pub(crate) words: String,
    /// The agent.
    pub(crate) agent: String,
    /// When it began, RFC 3339.
    pub(crate) at: String,
    /// Whether its plan may be finished instead: it had begun to write.
    pub(crate) finishable: bool,
    /// Why it is not recovered yet; `None` where that was not tried.
    pub(crate) waits: Option<ErrorReport>,
}

/// An operation that was interrupted, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct RecoveredView {
    /// As it was left.
    pub(crate) interrupted: InterruptedView,
    /// What became of it.
    pub(crate) end: RecoveredEnd,
}

/// What became of an interrupted operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "end", rename_all = "snake_case")]
pub(crate) enum RecoveredEnd {
    /// It had not written anything.
    NothingWritten,
    /// It has ended.
    Recovered {
        /// In one word.
        outcome: ApplyOutcome,
        /// In one sentence.
        sentence: String,
        /// Whether something is left that somebody has to look at.
        left: u32,
        /// What could not be cleared away afterwards.
        unrecorded: Option<ErrorReport>,
    },
    /// It waits.
    Waiting {
        /// For what.
        error: ErrorReport,
    },
}

/// Which way an interrupted operation is recovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RecoveryWay {
    /// What it had changed is put back.
    PutBack,
    /// It is carried through to its end.
    Finish,
}

/// `recovery_run`: which one, and how.
#[derive(Clone, Debug, Deserialize, TS)]
pub(crate) struct RecoveryChoice {
    /// The operation's id.
    pub(crate) operation: String,
    /// Which way.
    pub(crate) way: RecoveryWay,
}

/// Names an interrupted operation.
#[derive(Clone, Debug, Deserialize, TS)]
pub(crate) struct InterruptedChoice {
    /// The operation's id.
    pub(crate) operation: String,
}
