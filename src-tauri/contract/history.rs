//! The history: operations, backups and changes of environments in one list, newest first.

use aidb_core::operations::{EntryKind, EntryOutcome};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ErrorReport, FileTicket, PlanView};

/// `history_list`: which part of it.
#[derive(Clone, Debug, Default, Deserialize, TS)]
pub(crate) struct HistoryRequest {
    /// Only of this environment (id).
    pub(crate) environment: Option<String>,
    /// Only of this agent.
    pub(crate) agent: Option<String>,
    /// Only of this kind.
    pub(crate) kind: Option<EntryKind>,
    /// Only with this outcome.
    pub(crate) outcome: Option<EntryOutcome>,
    /// Only by this account.
    pub(crate) actor: Option<String>,
    /// Only what began then or later, RFC 3339.
    #[ts(type = "string | null")]
    pub(crate) from: Option<DateTime<Utc>>,
    /// Only what began before then, RFC 3339.
    #[ts(type = "string | null")]
    pub(crate) until: Option<DateTime<Utc>>,
    /// Only entries that contain this.
    pub(crate) search: String,
    /// Number of newer entries to leave out: how many the page has already. At most 100 are answered.
    pub(crate) skip: u32,
}

/// A part of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct HistoryView {
    /// The entries, newest first.
    pub(crate) entries: Vec<EntryView>,
    /// Number that match in all.
    pub(crate) total: u32,
    /// Whether there is anything at all, whatever the filter.
    pub(crate) empty: bool,
    /// Choices of the filters.
    pub(crate) agents: Vec<String>,
    pub(crate) actors: Vec<String>,
    /// Environments, also those that are gone.
    pub(crate) environments: Vec<HistoryServer>,
}

/// `history_last`: the last change of an environment. One that was never changed has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct LastChange {
    /// The environment's id.
    pub(crate) environment: String,
    /// The history's entry of it.
    pub(crate) id: String,
    /// "Promoted my-agent from Staging".
    pub(crate) title: String,
    /// The account.
    pub(crate) actor: Option<String>,
    /// When it began, RFC 3339.
    pub(crate) at: String,
}

/// An environment that the history knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
pub(crate) struct HistoryServer {
    /// The id; `None` for a server without a profile.
    pub(crate) id: Option<String>,
    /// The name then, or its URL.
    pub(crate) name: String,
}

/// One row of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct EntryView {
    pub(crate) id: String,
    pub(crate) kind: EntryKind,
    pub(crate) outcome: EntryOutcome,
    /// "Promoted my-agent from Staging".
    pub(crate) title: String,
    /// "4 changes to my-agent were made and verified."
    pub(crate) summary: String,
    /// The agent; `None` for a change of an environment.
    pub(crate) agent: Option<String>,
    /// Source: an environment's name, a file's name, the id of the backup that it leads back to.
    pub(crate) source: Option<String>,
    /// Number of items of its plan that give access; `None` where that was not noted.
    pub(crate) gains: Option<u32>,
    /// Number that take something away.
    pub(crate) losses: Option<u32>,
    pub(crate) server: HistoryServer,
    /// By which account; `None` for a backup.
    pub(crate) actor: Option<String>,
    /// Reason, in the person's words; a backup's note.
    pub(crate) note: Option<String>,
    /// When it began, RFC 3339.
    pub(crate) at: String,
    /// Time it took, in milliseconds.
    pub(crate) duration_ms: Option<u32>,
    /// The backup that it has or is.
    pub(crate) backup: Option<String>,
    /// Whether that backup is pinned.
    pub(crate) pinned: bool,
    /// The other entry of the same matter: the recovery of what was interrupted, or what a recovery ended.
    pub(crate) other: Option<OtherEntry>,
}

/// `history_losses`: what took access away.
#[derive(Clone, Debug, Deserialize, TS)]
pub(crate) struct LossesRequest {
    /// Each has to do with it: part of an agent, a resource, an environment, an account or a reason.
    pub(crate) words: Vec<String>,
    /// Only what began then or later, RFC 3339.
    #[ts(type = "string | null")]
    pub(crate) from: Option<DateTime<Utc>>,
    /// Only what began before then, RFC 3339.
    #[ts(type = "string | null")]
    pub(crate) until: Option<DateTime<Utc>>,
}

/// Losses, the most first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct LossesView {
    pub(crate) losses: Vec<LossView>,
    pub(crate) total: u32,
}

/// Loss of one resource in one operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct LossView {
    /// The operation. Its backup leads back.
    pub(crate) entry: EntryView,
    /// The resource; `None`: the agent itself was deleted.
    pub(crate) resource: Option<String>,
    /// The permissions that were taken.
    pub(crate) permissions: Vec<String>,
}

/// Leads to another entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct OtherEntry {
    pub(crate) id: String,
    /// "Promotion of my-agent interrupted".
    pub(crate) title: String,
}

#[derive(Deserialize, TS)]
pub(crate) struct EntryChoice {
    /// The id: an operation's, or a backup's.
    pub(crate) id: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct EntryDetail {
    pub(crate) entry: EntryView,
    /// The plan as it was applied, each row with its outcome.
    pub(crate) plan: Option<PlanView>,
    /// Reason it did not come through.
    pub(crate) cause: Option<ErrorReport>,
    /// Whether a key was made for its agent, of which `entry_key` says more.
    pub(crate) made_key: bool,
    /// The backup from before it, or itself.
    pub(crate) backup: Option<BackupView>,
    /// A dot for every change of this agent, oldest first, at most 200.
    pub(crate) timeline: Vec<TimelineDot>,
}

/// Whether the key that an operation made for its agent can still be copied. Never the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum EntryKey {
    /// Is kept on this machine, and is the agent's as far as the history knows.
    Kept {
        /// The environment's id, to copy it by.
        environment: String,
        agent: String,
    },
    /// Cannot be copied any more.
    Gone { sentence: String },
}

/// A change of an agent on its timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct TimelineDot {
    pub(crate) id: String,
    pub(crate) at: String,
    pub(crate) server: HistoryServer,
    pub(crate) kind: EntryKind,
    pub(crate) outcome: EntryOutcome,
    pub(crate) title: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct BackupView {
    pub(crate) id: String,
    /// Title of its row in the history, where it has one of its own.
    pub(crate) title: String,
    /// A name that somebody gave it.
    pub(crate) name: Option<String>,
    pub(crate) note: Option<String>,
    /// Whether retention leaves it.
    pub(crate) pinned: bool,
    /// When it was taken, RFC 3339.
    pub(crate) taken_at: String,
    pub(crate) server: HistoryServer,
    pub(crate) agent: String,
    /// Number of resource permissions; `None`: the agent did not exist.
    pub(crate) resources: Option<u32>,
    /// Reason it cannot be used: its content does not match its hash.
    pub(crate) damage: Option<ErrorReport>,
}

/// `backup_now`: what is different between a backup and its agent now.
#[derive(Deserialize, TS)]
pub(crate) struct BackupChoice {
    pub(crate) id: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct BackupNow {
    /// Number of changes restoring would make.
    pub(crate) changes: u32,
    /// Number of differences the server cannot change.
    pub(crate) unchangeable: u32,
    pub(crate) sentence: String,
}

/// `backup_take`: a backup on request.
#[derive(Deserialize, TS)]
pub(crate) struct BackupTake {
    pub(crate) environment: String,
    pub(crate) agent: String,
    pub(crate) note: Option<String>,
}

/// `backup_update`: its name, note and pin.
#[derive(Deserialize, TS)]
pub(crate) struct BackupUpdate {
    pub(crate) id: String,
    /// The name; empty: none.
    pub(crate) name: String,
    /// The note; empty: none.
    pub(crate) note: String,
    /// Whether retention leaves it.
    pub(crate) pinned: bool,
}

/// `backup_export`: as a configuration file.
#[derive(Deserialize, TS)]
pub(crate) struct BackupExport {
    pub(crate) id: String,
    /// Destination, as `file_destination` answered.
    pub(crate) file: FileTicket,
}

/// Result of checking every backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct BackupsChecked {
    pub(crate) checked: u32,
    /// Backups whose content does not match their hash.
    pub(crate) damaged: Vec<BackupView>,
    pub(crate) sentence: String,
}

/// `history_export`: all of it, into a file; as CSV or as JSON, by what that was chosen for.
#[derive(Deserialize, TS)]
pub(crate) struct HistoryExport {
    /// Destination, as `file_destination` answered.
    pub(crate) file: FileTicket,
}
