//! Two states of one agent beside each other. The rows come as those of a plan do.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::NamedFile;

/// One side.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum SideChoice {
    /// An agent as it is in an environment now.
    Live {
        /// The environment's id.
        environment: String,
        /// The agent's id.
        agent: String,
    },
    /// A configuration file.
    File {
        /// Which.
        file: NamedFile,
    },
    /// A backup.
    Backup {
        /// Its id.
        id: String,
    },
}

/// `compare`: what would make the right like the left. Answers a [`super::PlanView`] of kind `comparison`.
#[derive(Deserialize, TS)]
pub(crate) struct CompareRequest {
    /// The left side.
    pub(crate) left: SideChoice,
    /// The right side.
    pub(crate) right: SideChoice,
}

/// Both sides as configuration files would say them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct CompareTexts {
    /// What the left side is, in words.
    pub(crate) left_name: String,
    /// Its text.
    pub(crate) left: String,
    /// What the right side is, in words.
    pub(crate) right_name: String,
    /// Its text.
    pub(crate) right: String,
}
