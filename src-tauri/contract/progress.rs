//! Progress over a channel, and the events that reach the page unasked.

use aidb_core::progress::Stage;
use serde::Serialize;
use ts_rs::TS;

use super::{AgentProgress, ChosenFile};

/// Progress of a running command. At most twenty a second, however many items go by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct Progress {
    pub(crate) stage: Stage,
    /// Number of items of the stage that are finished.
    pub(crate) done: u32,
    /// Number; 0: not counted.
    pub(crate) items: u32,
    /// Time the stage has been going on, in milliseconds.
    pub(crate) elapsed_ms: u32,
    /// The item that was finished last.
    pub(crate) subject: Option<String>,
    /// A call that is being tried again.
    pub(crate) retry: Option<RetryView>,
    /// An agent of several that began or ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub(crate) agent: Option<AgentProgress>,
}

/// A call that is being tried again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct RetryView {
    pub(crate) what: String,
    /// Number of the failed attempt, from 1.
    pub(crate) attempt: u32,
    /// Time until the next one, in milliseconds.
    pub(crate) wait_ms: u32,
    pub(crate) reason: String,
}

/// A file that was opened with the application, or dropped on its window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct FileOpened {
    pub(crate) file: ChosenFile,
}

/// Something is being dragged over the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct FileHovering {
    /// Whether it is over the window now.
    pub(crate) over: bool,
}

/// The person wants to close the window while something runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct CloseAsked {
    /// Applies under way, in words.
    pub(crate) running: Vec<String>,
}
