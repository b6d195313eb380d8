//! Agents by environments, each beside the stage before it.

use std::collections::BTreeMap;

use aidb_core::error::ErrorCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ErrorReport;

/// `overview_read`, `overview_last`: every agent of every environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct OverviewView {
    /// When it was read, RFC 3339.
    pub(crate) at: String,
    /// In stage order.
    pub(crate) stages: Vec<StageView>,
    pub(crate) rows: Vec<OverviewRowView>,
    /// Agents of different ids that may be one.
    pub(crate) suggested: Vec<Vec<PairMemberView>>,
    /// Why it will not be there at the next start.
    pub(crate) unkept: Option<ErrorReport>,
}

/// One environment, with the number of its agents that are worth a look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct StageView {
    /// Id of the environment.
    pub(crate) environment: String,
    /// Number of agents that differ from the stage before.
    pub(crate) differing: u32,
    /// Number of agents of other environments that it lacks.
    pub(crate) missing: u32,
    /// Why it could not be read.
    pub(crate) error: Option<ErrorReport>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct OverviewRowView {
    pub(crate) agent: String,
    pub(crate) name: Option<String>,
    /// Its own further information: an owner, a description.
    pub(crate) info: BTreeMap<String, String>,
    /// Number of its resource permissions in the first stage that could be read.
    pub(crate) resources: Option<u32>,
    /// Its id in each stage: not the same everywhere where it is paired.
    pub(crate) ids: Vec<String>,
    /// One for each stage.
    pub(crate) cells: Vec<CellView>,
}

/// How an agent stands beside the stage right before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum CellView {
    /// Is there, with nothing before it to compare with.
    First,
    Same {
        /// Number of items that differ on purpose.
        accepted: u32,
    },
    Differs {
        /// Number of items that do, beyond those that were accepted.
        differences: u32,
        /// Number of items that differ on purpose.
        accepted: u32,
    },
    Missing,
    /// Cannot be told.
    Unknown {
        #[ts(type = "ErrorCode")]
        code: ErrorCode,
        message: String,
    },
}

/// An agent of an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(crate) struct PairMemberView {
    /// Id of the environment.
    pub(crate) environment: String,
    pub(crate) agent: String,
}

/// `pair_declare`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(crate) struct PairDeclare {
    pub(crate) members: Vec<PairMemberView>,
}

/// `agent_stages`: one agent item by item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct AgentStagesView {
    /// In stage order.
    pub(crate) stages: Vec<AgentStageView>,
    pub(crate) items: Vec<StagedItemView>,
}

/// An agent in one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct AgentStageView {
    /// Id of the environment.
    pub(crate) environment: String,
    /// Id of the agent there.
    pub(crate) agent: String,
    pub(crate) present: bool,
    /// Why it could not be read.
    pub(crate) error: Option<ErrorReport>,
}

/// One item in all stages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct StagedItemView {
    /// Id of the resource, or name of the field.
    pub(crate) name: String,
    pub(crate) resource: bool,
    /// One for each stage.
    pub(crate) values: Vec<StagedValueView>,
}

/// An item in one stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct StagedValueView {
    /// `null` where it says nothing.
    pub(crate) text: Option<String>,
    /// How that differs from the stage before.
    pub(crate) differences: Vec<StagedDifferenceView>,
}

/// A difference from the stage before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct StagedDifferenceView {
    pub(crate) shown: ShownDifference,
    /// Declaration that it is on purpose.
    pub(crate) accepted: Option<AcceptedView>,
}

/// A difference as it was shown: another one than that is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShownDifference {
    pub(crate) item: String,
    pub(crate) digest: String,
}

/// An accepted difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct AcceptedView {
    pub(crate) id: String,
    pub(crate) reason: String,
    /// When it ends, RFC 3339.
    pub(crate) until: String,
    pub(crate) by: String,
}

/// `difference_accept`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(crate) struct DifferenceAccept {
    /// Agent that differs from the stage before.
    pub(crate) agent: PairMemberView,
    pub(crate) items: Vec<ShownDifference>,
    pub(crate) reason: String,
    /// When it ends, RFC 3339.
    #[ts(type = "string")]
    pub(crate) until: DateTime<Utc>,
}

/// `difference_withdraw`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub(crate) struct DifferenceWithdraw {
    /// Id of the accepted difference.
    pub(crate) id: String,
}
