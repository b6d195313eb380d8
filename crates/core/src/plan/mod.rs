//! The plan: the exact list of changes that would make a target match a goal (docs/RULES.md#plan).
//!
//! Pure and plain: made from a goal and the target's live state, serialisable, versioned, and described entirely by
//! itself. Applying does what the plan says and reads nothing else. Going back is a plan too: [`revert`] decides, for every
//! change that was tried, what leads back to where it was.
//!
//! | file | rule |
//! | --- | --- |
//! | `make.rs` | goal × live → plan; merge and exact |
//! | `fields.rs`, `link.rs` | the same for what stands beside the resources, and for the database link |
//! | `difference.rs` | two states beside each other: every field of the format, in both directions |
//! | `change.rs` | what one change is, and in which order changes are carried out |
//! | `item.rs` | what a change gives and what it takes, apart |
//! | `after.rs` | the state that a plan leads to |
//! | `select.rs` | all of a plan, or chosen items |
//! | `revert.rs` | after a failure: what is still ours goes back, what somebody else changed is left |
//! | `drift.rs` | what moved between two reads of the target, in words |
//! | `describe.rs` | the plan in plain words |
//! | `fingerprint.rs` | the hash of the live state that a plan was made from |

mod after;
mod change;
mod describe;
mod difference;
mod drift;
mod fields;
mod fingerprint;
mod goal;
mod item;
mod link;
mod make;
mod revert;
mod select;

pub use change::{Change, ChangeKey, Group, PHASES, Phase};
pub use describe::{describe_access, summary_lines};
pub use difference::{Compared, Difference, difference};
pub use drift::{drift, record_drift};
pub use fingerprint::Fingerprint;
pub use goal::{DatabaseLinking, Goal, LimitsGoal};
pub use item::{Item, item_count};
pub use make::{TargetTables, make};
pub use revert::{Leftover, LeftoverKind, Ownership, Remainder, Reversal, remaining, revert, shortfalls, unreached};
pub use select::{Selection, UnknownItem};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::{AgentId, AgentState, DatabaseReference};

/// The version of the plan's serialised form. A plan of another version is refused, never guessed at.
pub const PLAN_FORMAT: u32 = 1;

/// Treatment of what the goal does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(rename = "PlanMode"))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Stays. Import and promote do this unless asked.
    Merge,
    /// Is revoked. Rollback does this unless asked.
    Exact,
}

impl Mode {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Exact => "exact",
        }
    }
}

/// Weight of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum NoteWeight {
    /// Good to know.
    Info,
    /// Probably not what is wanted.
    Warning,
    /// Read this before applying: it takes something away, or cannot be put back.
    Risk,
}

/// The closed list of things a plan points out besides its changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum NoteCode {
    /// Registering makes a new API key for the agent.
    NewApiKey,
    /// Resources lose access.
    LosesAccess,
    /// The configuration names a database, the target has none linked, and no connection string was given.
    DatabaseNotLinked,
    /// What is carried names no database, because it was not linked where it comes from; it had one before.
    DatabaseLeftBehind,
    /// What is carried goes to an agent of another id, because the two are a pair.
    GoesToPartner,
    /// The database is linked already, and is not linked again.
    AlreadyLinked,
    /// A link that is made for an agent which exists has no connection name, whatever the configuration calls it.
    ConnectionNameLost,
    /// A backup does not hold the agent's rate limits, or the server does not tell them.
    RateLimitsUnknown,
    /// A link cannot be taken back: the server has no call for it.
    LinkNotReversible,
    /// A permission on a table that the target's database does not have.
    TableMissing,
    /// The target's tables could not be listed, so they were not checked.
    TablesUnavailable,
    /// An entry that the server cannot remove because of its id; an empty permission list is the nearest state.
    EmptiedInstead,
    /// The agent is deleted, with its permissions, key, database link and rate limits.
    DeletesAgent,
    /// Information that was left at the server because it looks like a secret.
    Withheld,
    /// The agent was there when aidb looked last, and the server has no agent at all now.
    ServerEmptied,
}

/// Something the plan points out besides its changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Error code.
    pub code: NoteCode,
    /// How much it matters before applying.
    pub weight: NoteWeight,
    /// One sentence.
    pub message: String,
    /// The resource it is about, if one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
}

/// A difference that no call of the server can remove: name, type, other info of an agent that exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unchangeable {
    /// JSON pointer within the configuration's `agent`: `/name`, `/type`, `/database/type`, `/description`.
    pub field: String,
    /// Present value; `null` where it has nothing.
    pub target: Value,
    /// Wanted value; `null` where it asks for nothing.
    pub wanted: Value,
}

impl Unchangeable {
    /// Whether it is about the database link, which every environment has of its own.
    #[must_use]
    pub fn is_of_the_environment(&self) -> bool {
        self.field.starts_with("/database")
    }
}

/// The exact list of changes that would make a target match a goal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// [`PLAN_FORMAT`] when it was made.
    pub format: u32,
    /// The agent it is for.
    pub agent_id: AgentId,
    /// Merge or exact.
    pub mode: Mode,
    /// The live state it was made from, as a hash.
    pub fingerprint: Fingerprint,
    /// The changes, in the order of [`PHASES`] and by resource id within a phase.
    pub changes: Vec<Change>,
    /// Differences that stay, because the server cannot change them.
    pub unchangeable: Vec<Unchangeable>,
    /// Ids of resources that are the same on both sides.
    pub same: Vec<String>,
    /// Ids of resources that only the target has and that stay, because the mode is merge.
    pub kept: Vec<String>,
    /// Notes for the person who applies it.
    pub notes: Vec<Note>,
    /// The database that the goal names and the target will not have linked after this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unlinked: Option<DatabaseReference>,
}

impl Plan {
    /// Whether the target and what it should be, or two sides of a comparison, say different things: the one answer to that question,
    /// for the command line, the window and the history alike. Whether something would be *done* is [`Plan::is_empty`].
    #[must_use]
    pub fn differs(&self) -> bool {
        !self.changes.is_empty() || !self.unchangeable.is_empty() || self.unlinked.is_some()
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The registration in it, if the target does not have the agent.
    #[must_use]
    pub fn registers(&self) -> bool {
        self.changes.iter().any(|change| matches!(change, Change::Register { .. }))
    }

    /// Whether it deletes the agent: asked for separately, in plain words.
    #[must_use]
    pub fn deletes_agent(&self) -> bool {
        self.changes.iter().any(|change| matches!(change, Change::DeleteAgent { .. }))
    }

    /// Whether applying it needs a connection string.
    #[must_use]
    pub fn links_database(&self) -> bool {
        self.database_to_link().is_some()
    }

    /// The database that applying it links, in the registration or by the call of its own; that needs its connection string.
    #[must_use]
    pub fn database_to_link(&self) -> Option<&DatabaseReference> {
        self.changes.iter().find_map(|change| match change {
            Change::LinkDatabase { database, .. } => Some(database),
            Change::Register { database, .. } => database.as_ref(),
            _ => None,
        })
    }

    /// Whether it was made from exactly this state. Rate limits count where it sets them: a plan for anything else did not look.
    #[must_use]
    pub fn was_made_from(&self, live: &AgentState) -> bool {
        self.fingerprint == Fingerprint::of(live) && self.limits_are_as_they_were(live)
    }

    fn limits_are_as_they_were(&self, live: &AgentState) -> bool {
        self.changes.iter().all(|change| match change {
            Change::SetRateLimits { before, .. } => {
                live.present().is_some_and(|live| live.rate_limits.as_ref() == Some(before))
            }
            _ => true,
        })
    }

    /// Whether its end can only be seen by reading the agent's rate limits.
    #[must_use]
    pub fn sets_rate_limits(&self) -> bool {
        self.changes.iter().any(|change| match change {
            Change::SetRateLimits { .. } => true,
            Change::Register { rate_limits, .. } => rate_limits.is_some(),
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests;
