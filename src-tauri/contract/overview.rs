//! Agents by environments, each beside the stage before it.

use aidb_core::error::ErrorCode;
use serde::Serialize;
use ts_rs::TS;

use super::ErrorReport;

/// `overview_read`: every agent of every environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct OverviewView {
    /// When it was read, RFC 3339.
    pub(crate) at: String,
    /// In stage order.
    pub(crate) stages: Vec<StageView>,
    pub(crate) rows: Vec<OverviewRowView>,
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
    /// One for each stage.
    pub(crate) cells: Vec<CellView>,
}

/// How an agent stands beside the stage right before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum CellView {
    /// Is there, with nothing before it to compare with.
    First,
    Same,
    Differs {
        /// Number of items that do.
        differences: u32,
    },
    Missing,
    /// Cannot be told.
    Unknown {
        #[ts(type = "ErrorCode")]
        code: ErrorCode,
        message: String,
    },
}
