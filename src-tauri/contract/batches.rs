//! Several agents in one go: planned, looked at one by one, and applied.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{PlanTarget, PlanTicket, Ticks};

/// `batch_plan`: what is to be done to several agents.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum BatchPlan {
    /// From one environment to another, by their ids.
    Promote { from: String, to: String, agents: Vec<String> },
    /// Back to before a batch.
    Undo {
        /// Id of the batch.
        batch: String,
    },
    /// The agents of a batch that are not done, by the plans that were agreed to.
    Rest {
        /// Id of the batch.
        batch: String,
    },
}

/// The plans of a batch, agent by agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct BatchPlanView {
    pub(crate) batch: PlanTicket,
    /// Whether what is ticked can be changed: a batch that is gone on with was agreed to.
    pub(crate) choosable: bool,
    /// Source, in words.
    pub(crate) source: String,
    pub(crate) target: PlanTarget,
    pub(crate) agents: Vec<BatchAgentView>,
}

/// Counts of the plan of one agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct BatchAgentView {
    pub(crate) agent: String,
    /// It is new there.
    pub(crate) registers: bool,
    /// It is deleted.
    pub(crate) deletes: bool,
    /// Number of items that give, or change something.
    pub(crate) gains: u32,
    pub(crate) losses: u32,
    /// Number of items that are ticked until a person says otherwise.
    pub(crate) ticked: u32,
    /// Number of losses among them.
    pub(crate) ticked_losses: u32,
    /// Number of differences that the server cannot change.
    pub(crate) cannot_change: u32,
}

/// `batch_open`: the plan of one agent.
#[derive(Clone, Debug, Deserialize, TS)]
pub(crate) struct BatchOpen {
    pub(crate) batch: PlanTicket,
    pub(crate) agent: String,
}

/// `batch_apply`: carry it out. What is not said otherwise of an agent is ticked as in its plan: no loss.
#[derive(Clone, Debug, Deserialize, TS)]
pub(crate) struct BatchApply {
    pub(crate) batch: PlanTicket,
    /// Ticks of the plans that a person looked at.
    pub(crate) ticks: Vec<AgentTicks>,
    /// Agents that stay as they are.
    pub(crate) left_out: Vec<String>,
    /// Text that was typed where the environment is protected.
    pub(crate) typed_name: Option<String>,
    /// Whether the person agreed to agents being deleted, asked for separately.
    pub(crate) agree_deletion: bool,
    /// Reason, for the history.
    pub(crate) reason: Option<String>,
    /// The agent that goes first, alone.
    pub(crate) first: Option<String>,
    /// Number of failures of one kind in a row after which no further agent begins.
    pub(crate) stop_after: u32,
}

/// What is ticked in the plan of an agent.
#[derive(Clone, Debug, Deserialize, TS)]
pub(crate) struct AgentTicks {
    pub(crate) agent: String,
    pub(crate) ticks: Ticks,
}

/// End of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct BatchEndView {
    /// Id of the batch.
    pub(crate) id: String,
    pub(crate) agents: Vec<BatchedView>,
    /// Why some were not begun, in one sentence.
    pub(crate) stopped: Option<String>,
}

/// How an agent of a batch stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct BatchedView {
    pub(crate) agent: String,
    pub(crate) state: BatchedState,
    /// In one sentence; `null` where it is done or was not begun.
    pub(crate) why: Option<String>,
    /// The record in the history.
    pub(crate) operation: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BatchedState {
    Done,
    PutBack,
    NeedsAttention,
    /// Could not be begun.
    Refused,
    /// Was begun, and has no end.
    Open,
    NotStarted,
}

/// `batch_stop`: begin no further agent.
#[derive(Clone, Debug, Deserialize, TS)]
pub(crate) struct BatchStopRequest {
    pub(crate) batch: PlanTicket,
    /// Whether those that are under way are put back.
    pub(crate) put_back: bool,
}

/// A batch that a dead process left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct BatchLeft {
    pub(crate) id: String,
    /// What it did, in words.
    pub(crate) words: String,
    pub(crate) done: u32,
    pub(crate) of: u32,
}

/// `batch_leave`: nobody goes on with it.
#[derive(Clone, Debug, Deserialize, TS)]
pub(crate) struct BatchChoice {
    /// Id of the batch.
    pub(crate) id: String,
}

/// Progress of one agent of several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct AgentProgress {
    pub(crate) agent: String,
    /// Whether it ended, and how.
    pub(crate) state: AgentProgressState,
    /// Number of agents that have ended.
    pub(crate) done: u32,
    /// Out of how many.
    pub(crate) of: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AgentProgressState {
    Begun,
    Done,
    NotDone,
}
