//! The history: operations, backups on request and changes of profiles in one list, newest first, filtered and found again.
//!
//! The backup before every apply is part of that apply's entry, and no entry of its own.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;

use super::target::server_key;
use super::{Engine, Error};
use crate::apply::ApplyReport;
use crate::error::ErrorCode;
use crate::plan::{Change, Plan};
use crate::store::{
    BackupId, BackupReason, BackupSummary, Counts, HistoryRecord, Operation, OperationId, OperationKind,
    OperationState, OperationSummary, Pin, ProfileChange, ServerRef,
};
use crate::text_enum::text_enum;

text_enum! {
    /// Kind of an entry: that of its operation, or what else there is.
    pub enum EntryKind {
        /// An agent was written to a file.
        Export = "export",
        /// A configuration file was brought into an environment.
        Import = "import",
        /// An agent was brought from one environment into another.
        Promotion = "promotion",
        /// Back to a backup.
        Rollback = "rollback",
        /// What a crash left half done was finished or taken back.
        Recovery = "recovery",
        /// A backup that was asked for.
        Backup = "backup",
        /// A change of a profile or of its key: what was changed in aidb itself.
        Profile = "profile",
    }
}

impl From<OperationKind> for EntryKind {
    fn from(kind: OperationKind) -> Self {
        match kind {
            OperationKind::Export => Self::Export,
            OperationKind::Import => Self::Import,
            OperationKind::Promotion => Self::Promotion,
            OperationKind::Rollback => Self::Rollback,
            OperationKind::Recovery => Self::Recovery,
        }
    }
}

text_enum! {
    /// End of an entry.
    pub enum EntryOutcome {
        /// Done and verified.
        Done = "done",
        /// Everything was put back.
        PutBack = "put_back",
        /// Something is left to look at.
        NeedsAttention = "needs_attention",
        /// Failed before anything was written.
        Failed = "failed",
        /// Nothing was written, because the target had changed or somebody else was at it.
        Refused = "refused",
        /// Stopped by a person before anything was written.
        Stopped = "stopped",
        /// Somebody is at it now.
        Running = "running",
        /// Has no end, and nobody is at it: aidb was ended in the middle of it.
        Unfinished = "unfinished",
    }
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryEntry {
    /// An operation, with the backup from before it where that still exists.
    Operation {
        /// The operation.
        operation: Box<OperationSummary>,
        /// The backup.
        backup: Option<Box<BackupSummary>>,
        /// The other entry of the same matter, where it was interrupted or recovers one that was.
        other: Option<Box<Counterpart>>,
        /// Whether somebody is at it now, here or in another process.
        running: bool,
    },
    /// A backup that was asked for, or was read from a file.
    Backup(Box<BackupSummary>),
    /// A change of a profile.
    Profile(Box<ProfileChange>),
}

/// The other one of two entries of one matter: an operation that was interrupted, and its recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counterpart {
    /// Recovery of an interrupted operation.
    Recovery(OperationSummary),
    /// Operation that a recovery ended.
    Interrupted(OperationSummary),
}

impl Counterpart {
    /// The other entry.
    #[must_use]
    pub const fn operation(&self) -> &OperationSummary {
        match self {
            Self::Recovery(operation) | Self::Interrupted(operation) => operation,
        }
    }
}

/// Content of an operation's record besides its row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperationRecord {
    /// The plan as it was applied; an export has none.
    pub plan: Option<Plan>,
    /// Result, once that is known.
    pub report: Option<ApplyReport>,
}

/// Filter of entries; the default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Of one environment, by its id.
    pub environment: Option<String>,
    /// Of one agent.
    pub agent: Option<String>,
    /// Of one kind.
    pub kind: Option<EntryKind>,
    /// With one outcome.
    pub outcome: Option<EntryOutcome>,
    /// By one account.
    pub actor: Option<String>,
    /// Begun then or later.
    pub since: Option<DateTime<Utc>>,
    /// Begun before then.
    pub until: Option<DateTime<Utc>>,
    /// Whose words contain this, upper and lower case aside.
    pub search: String,
}

impl Engine {
    /// The whole history, newest first, in the order in which it was entered.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn history(&self) -> Result<Vec<HistoryEntry>, Error> {
        let store = self.store().await?;
        let mut entries = entries(store.history().await?);
        for entry in &mut entries {
            if let HistoryEntry::Operation { operation, running, .. } = entry
                && !operation.state.is_final()
            {
                // Whoever is at it has the lock; it is taken for no longer than it takes to see that it is free. Where that
                // cannot be seen, on a disk that is full or read-only, the history is whole without it.
                let lock = store.try_lock(&server_key(&operation.server.url), &operation.agent_id);
                *running = lock.is_ok_and(|lock| lock.is_none());
            }
        }
        Ok(entries)
    }

    /// Entries that a filter takes. A search also finds the resources of a plan, which no entry holds.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn matching<'e>(
        &self,
        entries: &'e [HistoryEntry],
        filter: &HistoryFilter,
    ) -> Result<Vec<&'e HistoryEntry>, Error> {
        let wanted = filter.search.trim();
        let about = if wanted.is_empty() { HashSet::new() } else { self.operations_about(wanted).await? };
        let anything = HistoryFilter { search: String::new(), ..filter.clone() };
        let takes =
            |entry: &&HistoryEntry| filter.takes(entry) || (about.contains(entry.id()) && anything.takes(entry));
        Ok(entries.iter().filter(takes).collect())
    }

    /// Ids of the operations whose plan changes a resource that has this in its id, upper and lower case aside.
    async fn operations_about(&self, wanted: &str) -> Result<HashSet<String>, Error> {
        let wanted_lower = wanted.to_lowercase();
        let mut about = HashSet::new();
        for (id, plan) in self.store().await?.plans_holding(wanted).await? {
            // A record that this aidb cannot read is shown where it is opened; here it is about nothing.
            let Ok(plan) = serde_json::from_str::<Plan>(&plan) else { continue };
            let names = |change: &Change| {
                change.key().resource_id().is_some_and(|id| id.to_lowercase().contains(&wanted_lower))
            };
            if plan.changes.iter().any(names) {
                about.insert(id.to_string());
            }
        }
        Ok(about)
    }

    /// The plan of an operation, and what became of it.
    ///
    /// # Errors
    /// The store cannot be read, or the record holds what this aidb cannot read.
    pub async fn operation_record(&self, id: &OperationId) -> Result<OperationRecord, Error> {
        let Operation { plan_json, outcome_json, .. } = self.store().await?.operation(id).await?;
        let plan = plan_json.as_deref().map(read).transpose()?;
        Ok(OperationRecord { plan, report: outcome_json.as_deref().map(read).transpose()? })
    }
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, Error> {
    serde_json::from_str(json).map_err(|error| Error::EntryUnreadable { reason: error.to_string() })
}

/// The entry of this id. The backup from before an apply is part of that apply's entry, and its id leads there.
///
/// # Errors
/// [`Error::EntryNotFound`].
pub fn find_entry<'a>(entries: &'a [HistoryEntry], id: &str) -> Result<&'a HistoryEntry, Error> {
    let of_backup = |entry: &&HistoryEntry| entry.backup().is_some_and(|backup| backup.id.as_str() == id);
    let found = entries.iter().find(|entry| entry.id() == id).or_else(|| entries.iter().find(of_backup));
    found.ok_or_else(|| Error::EntryNotFound { id: id.to_owned() })
}

fn entries(records: Vec<HistoryRecord>) -> Vec<HistoryEntry> {
    let mut taken: HashMap<BackupId, BackupSummary> = HashMap::new();
    for record in &records {
        if let HistoryRecord::Backup(backup) = record {
            taken.insert(backup.id.clone(), backup.clone());
        }
    }
    let others = others(&records);
    let entry = |record| match record {
        HistoryRecord::Operation(operation) => {
            let backup = operation.backup.as_ref().and_then(|id| taken.get(id)).cloned().map(Box::new);
            let other = others.get(&operation.id).cloned().map(Box::new);
            Some(HistoryEntry::Operation { operation: Box::new(operation), backup, other, running: false })
        }
        HistoryRecord::Backup(backup) => match backup.reason {
            BackupReason::BeforeImport | BackupReason::BeforeRollback => None,
            BackupReason::Requested | BackupReason::Received => Some(HistoryEntry::Backup(Box::new(backup))),
        },
        HistoryRecord::Profile(change) => Some(HistoryEntry::Profile(Box::new(change))),
    };
    records.into_iter().filter_map(entry).collect()
}

/// What belongs together, by the id of either: a recovery names as its source what it ended.
fn others(records: &[HistoryRecord]) -> HashMap<OperationId, Counterpart> {
    let operations = || {
        records.iter().filter_map(|record| match record {
            HistoryRecord::Operation(operation) => Some(operation),
            HistoryRecord::Backup(_) | HistoryRecord::Profile(_) => None,
        })
    };
    let by_id: HashMap<&str, &OperationSummary> = operations().map(|one| (one.id.as_str(), one)).collect();
    let mut others = HashMap::new();
    for recovery in operations().filter(|one| one.kind == OperationKind::Recovery) {
        let Some(interrupted) = recovery.source.as_deref().and_then(|id| by_id.get(id)) else { continue };
        others.insert(recovery.id.clone(), Counterpart::Interrupted((*interrupted).clone()));
        others.insert(interrupted.id.clone(), Counterpart::Recovery(recovery.clone()));
    }
    others
}

impl HistoryEntry {
    /// The other entry of the same matter: the recovery of what was interrupted, or what a recovery ended.
    #[must_use]
    pub fn other(&self) -> Option<&Counterpart> {
        match self {
            Self::Operation { other, .. } => other.as_deref(),
            Self::Backup(_) | Self::Profile(_) => None,
        }
    }

    /// The id: an operation's, a backup's, or a profile change's.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Operation { operation, .. } => operation.id.as_str(),
            Self::Backup(backup) => backup.id.as_str(),
            Self::Profile(change) => change.id.as_str(),
        }
    }

    /// Kind.
    #[must_use]
    pub fn kind(&self) -> EntryKind {
        match self {
            Self::Operation { operation, .. } => operation.kind.into(),
            Self::Backup(_) => EntryKind::Backup,
            Self::Profile(_) => EntryKind::Profile,
        }
    }

    /// Report.
    #[must_use]
    pub fn outcome(&self) -> EntryOutcome {
        match self {
            Self::Backup(_) | Self::Profile(_) => EntryOutcome::Done,
            Self::Operation { operation, running, .. } => match operation.state {
                OperationState::Done => EntryOutcome::Done,
                OperationState::PutBack => EntryOutcome::PutBack,
                OperationState::NeedsAttention => EntryOutcome::NeedsAttention,
                OperationState::Failed => match operation.cause {
                    Some(ErrorCode::Interrupted) => EntryOutcome::Stopped,
                    Some(ErrorCode::TargetChanged | ErrorCode::AgentBusy) => EntryOutcome::Refused,
                    _ => EntryOutcome::Failed,
                },
                OperationState::Prepared | OperationState::Applying | OperationState::Verifying if *running => {
                    EntryOutcome::Running
                }
                OperationState::Prepared | OperationState::Applying | OperationState::Verifying => {
                    EntryOutcome::Unfinished
                }
            },
        }
    }

    /// The agent; a change of a profile is about none.
    #[must_use]
    pub fn agent(&self) -> Option<&str> {
        match self {
            Self::Operation { operation, .. } => Some(operation.agent_id.as_str()),
            Self::Backup(backup) => Some(backup.agent_id.as_str()),
            Self::Profile(_) => None,
        }
    }

    /// Server, as it was called then.
    #[must_use]
    pub fn server(&self) -> &ServerRef {
        match self {
            Self::Operation { operation, .. } => &operation.server,
            Self::Backup(backup) => &backup.server,
            Self::Profile(change) => &change.server,
        }
    }

    /// By which account; nobody asked for one when a backup was taken.
    #[must_use]
    pub fn actor(&self) -> Option<&str> {
        match self {
            Self::Operation { operation, .. } => Some(&operation.actor),
            Self::Profile(change) => Some(&change.by.actor),
            Self::Backup(_) => None,
        }
    }

    /// Reason, in the person's words.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        match self {
            Self::Operation { operation, .. } => operation.reason.as_deref(),
            Self::Backup(backup) => backup.note.as_deref(),
            Self::Profile(_) => None,
        }
    }

    /// Gains and losses of the plan, where that was noted.
    #[must_use]
    pub fn counts(&self) -> Option<Counts> {
        match self {
            Self::Operation { operation, .. } => operation.counts,
            Self::Backup(_) | Self::Profile(_) => None,
        }
    }

    /// When it began: for people to read, never for order.
    #[must_use]
    pub fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Operation { operation, .. } => operation.started_at,
            Self::Backup(backup) => backup.taken_at,
            Self::Profile(change) => change.by.at,
        }
    }

    /// Time it took, where its end is known.
    #[must_use]
    pub fn duration(&self) -> Option<std::time::Duration> {
        match self {
            Self::Operation { operation, .. } => {
                operation.finished_at.and_then(|end| (end - operation.started_at).to_std().ok())
            }
            Self::Backup(_) | Self::Profile(_) => None,
        }
    }

    /// The backup that it has or is.
    #[must_use]
    pub fn backup(&self) -> Option<&BackupSummary> {
        match self {
            Self::Operation { backup, .. } => backup.as_deref(),
            Self::Backup(backup) => Some(backup),
            Self::Profile(_) => None,
        }
    }

    /// Whether that backup is pinned.
    #[must_use]
    pub fn is_pinned(&self) -> bool {
        self.backup().is_some_and(|backup| backup.pinned == Pin::Pinned)
    }
}

impl HistoryFilter {
    /// Whether an entry is one of those.
    #[must_use]
    pub fn takes(&self, entry: &HistoryEntry) -> bool {
        let environment = entry.server().environment.as_ref().map(|id| id.as_str());
        let same = |wanted: &Option<String>, is: Option<&str>| wanted.is_none() || wanted.as_deref() == is;
        same(&self.environment, environment)
            && same(&self.agent, entry.agent())
            && same(&self.actor, entry.actor())
            && self.kind.is_none_or(|kind| kind == entry.kind())
            && self.outcome.is_none_or(|outcome| outcome == entry.outcome())
            && self.since.is_none_or(|since| since <= entry.at())
            && self.until.is_none_or(|until| entry.at() < until)
            && self.finds(entry)
    }

    fn finds(&self, entry: &HistoryEntry) -> bool {
        let wanted = self.search.trim().to_lowercase();
        let server = entry.server();
        let backup_name = entry.backup().and_then(|backup| backup.name.as_deref());
        let words = [
            Some(entry.id()),
            entry.agent(),
            server.environment_name.as_deref(),
            Some(&server.url),
            entry.actor(),
            entry.note(),
            backup_name,
            entry.backup().map(|backup| backup.id.as_str()),
        ];
        let in_words = words.into_iter().flatten().any(|word| word.to_lowercase().contains(&wanted));
        wanted.is_empty()
            || in_words
            || entry.title().to_lowercase().contains(&wanted)
            || entry.summary().to_lowercase().contains(&wanted)
    }
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
