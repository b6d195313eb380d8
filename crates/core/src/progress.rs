//! How a long-running operation tells what it is doing. It leaves the engine through one small trait; the window and the
//! terminal subscribe, and neither can slow an apply down: a sink must not block.

use serde::Serialize;

use crate::error::ErrorCode;

/// Current action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(rename = "ProgressStage"))]
#[serde(rename_all = "snake_case")]
pub enum Stage {
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

/// One piece of progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A stage begins, with how many items it has (0: not counted).
    Stage {
        /// Action that begins.
        stage: Stage,
        /// Number of items in it.
        items: usize,
    },
    /// One item of the present stage is finished.
    ItemDone {
        /// Resource id, or "agent", "database".
        subject: String,
    },
    /// A call failed and is tried again.
    Retrying {
        /// Call that is made again, in words: "setting orders".
        what: String,
        /// Number of the failed attempt, from 1.
        attempt: usize,
        /// Time until the next one, in milliseconds.
        wait_ms: u64,
        /// Reason it failed.
        reason: String,
        /// The same without the server's own words, where those are part of it.
        plain: Option<String>,
    },
    /// Somebody else is changing the agent; they are waited for.
    Waiting {
        /// Person, and since when.
        reason: String,
    },
    /// One agent of several begins.
    Agent {
        /// Id of the agent.
        agent_id: String,
        /// From 1.
        number: usize,
        /// Out of how many.
        of: usize,
    },
    /// One agent of several has ended.
    AgentEnded {
        /// Id of the agent.
        agent_id: String,
        /// Number of agents that have ended.
        done: usize,
        /// Out of how many.
        of: usize,
        /// Why it was not done; `None` where it was.
        failure: Option<ErrorCode>,
    },
}

/// Takes progress. Must return at once.
pub trait ProgressSink: Send + Sync {
    /// Takes one event, in the order of events.
    fn emit(&self, event: Event);
}

/// For callers that show no progress.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl ProgressSink for Silent {
    fn emit(&self, _event: Event) {}
}

impl<F: Fn(Event) + Send + Sync> ProgressSink for F {
    fn emit(&self, event: Event) {
        self(event);
    }
}
