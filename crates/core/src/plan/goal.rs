//! Goal of a plan: what the target is to become.

use serde::{Deserialize, Serialize};

use super::{Note, NoteCode, NoteWeight, Plan};
use crate::config::{Agent, RateLimits};

/// Whether the person gave a connection string for this environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseLinking {
    /// No: the plan says what is not linked.
    Later,
    /// Yes: it is linked in the registration, or by its own call. What is linked already stays as it is.
    Now,
    /// Yes, and also where a database is linked already: with another connection string than the one before.
    Anew,
}

/// Goal for the rate limits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitsGoal {
    /// Nothing: a configuration never does.
    #[default]
    Unsaid,
    /// Limits that the goal names.
    Known(RateLimits),
    /// Is a backup, and does not hold them: the server did not tell, or it is from before aidb kept them.
    NotHeld,
}

impl LimitsGoal {
    /// Whether it says nothing.
    #[must_use]
    pub const fn is_unsaid(&self) -> bool {
        matches!(self, Self::Unsaid)
    }
}

/// Goal for the target.
#[derive(Clone, Copy, Debug)]
pub enum Goal<'a> {
    /// Has this agent.
    Agent {
        /// The settings.
        agent: &'a Agent,
        /// Whether its database is linked on the way.
        linking: DatabaseLinking,
        /// Number of queries it may make.
        limits: &'a LimitsGoal,
    },
    /// Does not have the agent: a rollback to "it did not exist".
    Absent,
}

pub(super) fn note(plan: &mut Plan, code: NoteCode, weight: NoteWeight, message: String) {
    plan.notes.push(Note { code, weight, message, resource: None });
}
