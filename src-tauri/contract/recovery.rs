//! Operations that were interrupted, and what became of them.

use aidb_core::apply::{Outcome, RecoveryMode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ErrorReport;

/// An operation without an end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct InterruptedView {
    /// The id, by which the history shows it.
    pub(crate) operation: String,
    /// "promotion of my-agent to Production by maria".
    pub(crate) words: String,
    pub(crate) agent: String,
    /// When it began, RFC 3339.
    pub(crate) at: String,
    /// Whether its plan may be finished instead: it had begun to write.
    pub(crate) finishable: bool,
    /// Reason it is not recovered yet; `None` where that was not tried.
    pub(crate) waits: Option<ErrorReport>,
}

/// An operation that was interrupted, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct RecoveredView {
    /// As it was left.
    pub(crate) interrupted: InterruptedView,
    pub(crate) end: RecoveredEnd,
}

/// End of an interrupted operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "end", rename_all = "snake_case")]
pub(crate) enum RecoveredEnd {
    /// Had not written anything.
    NothingWritten,
    Recovered {
        outcome: Outcome,
        sentence: String,
        /// Whether something is left that somebody has to look at.
        left: u32,
        /// Failure to clear up afterwards.
        unrecorded: Option<ErrorReport>,
    },
    Waiting {
        error: ErrorReport,
    },
}

/// `recovery_run`: which one, and how.
#[derive(Clone, Debug, Deserialize, TS)]
pub(crate) struct RecoveryChoice {
    pub(crate) operation: String,
    pub(crate) mode: RecoveryMode,
}

/// Names an interrupted operation.
#[derive(Clone, Debug, Deserialize, TS)]
pub(crate) struct InterruptedChoice {
    pub(crate) operation: String,
}
