//! Progress over a channel, and the events that reach the page unasked.

use serde::Serialize;
use ts_rs::TS;

use super::ChosenFile;

/// How far a running command is. At most twenty a second, however many items go by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct Progress {
    /// What is being done.
    pub(crate) stage: ProgressStage,
    /// How many items of the stage are finished.
    pub(crate) done: u32,
    /// How many it has; 0: not counted.
    pub(crate) items: u32,
    /// How long the stage has been going on, in milliseconds.
    pub(crate) elapsed_ms: u32,
    /// The item that was finished last.
    pub(crate) subject: Option<String>,
    /// A call that is being tried again.
    pub(crate) retry: Option<RetryView>,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProgressStage {
    /// Reading the live state.
    Reading,
    /// Taking the backup, and reading it back.
    BackingUp,
    /// Carrying the plan out.
    Applying,
    /// Reading the state back and comparing it with the plan's end.
    Verifying,
    /// Putting back what was changed.
    PuttingBack,
}

/// A call that is being tried again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct RetryView {
    /// What was tried.
    pub(crate) what: String,
    /// Which attempt failed, from 1.
    pub(crate) attempt: u32,
    /// How long until the next one, in milliseconds.
    pub(crate) wait_ms: u32,
    /// Why it failed.
    pub(crate) reason: String,
}

/// A file that was opened with the application, or dropped on its window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct FileOpened {
    /// The file.
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
    /// What runs, in words.
    pub(crate) running: Vec<String>,
}
