//! Two states of one agent beside each other. The rows come as those of a plan do.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::NamedFile;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum SideChoice {
    /// An agent as it is in an environment now.
    Live {
        environment: String,
        agent: String,
    },
    File {
        file: NamedFile,
    },
    Backup {
        id: String,
    },
}

/// `compare`: what would make the right like the left. Answers a [`super::PlanView`] of kind `comparison`.
#[derive(Deserialize, TS)]
pub(crate) struct CompareRequest {
    pub(crate) left: SideChoice,
    pub(crate) right: SideChoice,
}

/// Both sides as configuration files would say them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct CompareTexts {
    /// Name of the left side, in words.
    pub(crate) left_name: String,
    pub(crate) left: String,
    /// Name of the right side, in words.
    pub(crate) right_name: String,
    pub(crate) right: String,
}
