//! What a row of the history says.

use super::{Counterpart, EntryOutcome, HistoryEntry};
use crate::numbers::grouped;
use crate::store::{BackupSummary, Existence, OperationKind, OperationSummary, ProfileAction, ProfileChange};

impl HistoryEntry {
    /// "Promoted my-agent from Staging".
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Operation { operation, other, .. } => match other.as_deref() {
                Some(Counterpart::Recovery(_)) => interrupted_title(operation),
                Some(Counterpart::Interrupted(of)) => recovery_title(of, self.outcome()),
                None => operation_title(operation, self.outcome()),
            },
            Self::Backup(backup) => match &backup.name {
                Some(name) => format!("Backup of {}: “{name}”", backup.agent_id),
                None => format!("Backup of {}", backup.agent_id),
            },
            Self::Profile(change) => profile_title(change),
        }
    }

    /// "4 changes to my-agent were made and verified." Of an operation that was interrupted it says what became of it, and of its
    /// recovery what that did: two entries, and each its own sentence.
    #[must_use]
    pub fn summary(&self) -> String {
        match self {
            Self::Operation { operation, other, running, .. } => {
                match (other.as_deref(), &operation.summary, &operation.waiting) {
                    (Some(Counterpart::Recovery(recovery)), ..) => interrupted_summary(recovery, self.outcome()),
                    (Some(Counterpart::Interrupted(of)), Some(summary), _) => {
                        format!("It ended the {} {}. {summary}", noun(of).to_lowercase(), of.id)
                    }
                    (_, Some(summary), _) => summary.clone(),
                    (_, None, _) if *running => "It has not ended yet.".into(),
                    (_, None, Some(why)) => format!("Waits to be settled. {}", why.message),
                    (_, None, None) => "aidb was ended in the middle of it.".into(),
                }
            }
            Self::Backup(backup) => content(backup),
            Self::Profile(change) => change.details.join(". "),
        }
    }

    /// Source: an environment's name, a file's name, the id of the backup that it leads back to.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        let Self::Operation { operation, .. } = self else { return None };
        let source = operation.source.as_deref()?;
        // An environment's name is no path, whatever is in it.
        Some(if operation.kind == OperationKind::Promotion { source } else { last(source) })
    }
}

impl Counterpart {
    /// Title of its row.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Recovery(recovery) => format!("Recovery of {}", recovery.agent_id),
            Self::Interrupted(operation) => interrupted_title(operation),
        }
    }
}

fn profile_title(change: &ProfileChange) -> String {
    let name = change.server.called();
    match change.action {
        ProfileAction::Added => format!("Added {name}"),
        ProfileAction::Changed => format!("Changed {name}"),
        ProfileAction::Removed => format!("Removed {name}"),
        ProfileAction::KeyStored => format!("Stored an API key for {name}"),
        ProfileAction::KeyReplaced => format!("Replaced the API key of {name}"),
        ProfileAction::KeyRemoved => format!("Removed the API key of {name}"),
    }
}

fn interrupted_title(operation: &OperationSummary) -> String {
    format!("{} of {} interrupted", noun(operation), operation.agent_id)
}

/// "promotion of my-agent to Production by maria": an operation within a sentence.
#[must_use]
pub fn describe_operation(operation: &OperationSummary) -> String {
    let (noun, to) = match operation.kind {
        OperationKind::Export => ("export", "from"),
        OperationKind::Import => ("import", "to"),
        OperationKind::Promotion => ("promotion", "to"),
        OperationKind::Rollback => ("rollback", "in"),
        OperationKind::Recovery => ("recovery", "in"),
    };
    format!("{noun} of {} {to} {} by {}", operation.agent_id, operation.server.called(), operation.actor)
}

fn operation_title(operation: &OperationSummary, outcome: EntryOutcome) -> String {
    let agent = &operation.agent_id;
    let ending = match outcome {
        EntryOutcome::Done => return done(operation),
        EntryOutcome::PutBack => "put back",
        EntryOutcome::NeedsAttention => "needs attention",
        EntryOutcome::Failed => "failed",
        EntryOutcome::Refused => "refused",
        EntryOutcome::Stopped => "stopped",
        EntryOutcome::Running => "under way",
        EntryOutcome::Unfinished => "not finished",
    };
    format!("{} of {agent} {ending}", noun(operation))
}

const fn noun(operation: &OperationSummary) -> &'static str {
    match operation.kind {
        OperationKind::Export => "Export",
        OperationKind::Import => "Import",
        OperationKind::Promotion => "Promotion",
        OperationKind::Rollback => "Restore",
        OperationKind::Recovery => "Recovery",
    }
}

/// "Recovery of my-agent: interrupted promotion put back".
fn recovery_title(of: &OperationSummary, outcome: EntryOutcome) -> String {
    let ending = match outcome {
        EntryOutcome::Done => "settled, and verified",
        EntryOutcome::PutBack => "put back",
        EntryOutcome::NeedsAttention => "needs attention",
        EntryOutcome::Failed | EntryOutcome::Refused => "failed",
        EntryOutcome::Stopped => "stopped",
        EntryOutcome::Running => "under way",
        EntryOutcome::Unfinished => "not finished",
    };
    format!("Recovery of {}: interrupted {} {ending}", of.agent_id, noun(of).to_lowercase())
}

/// What became of an operation that aidb did not live to end; how exactly, its recovery says.
fn interrupted_summary(recovery: &OperationSummary, outcome: EntryOutcome) -> String {
    let became = match outcome {
        EntryOutcome::Done => "saw to it that all of it is there, and verified that",
        EntryOutcome::PutBack => "led the agent back to where it was before",
        EntryOutcome::NeedsAttention
        | EntryOutcome::Failed
        | EntryOutcome::Refused
        | EntryOutcome::Stopped
        | EntryOutcome::Running
        | EntryOutcome::Unfinished => "ended it, and something is neither as planned nor as before",
    };
    format!("aidb was ended in the middle of it. The recovery {} {became}.", recovery.id)
}

fn done(operation: &OperationSummary) -> String {
    let agent = &operation.agent_id;
    let source = operation.source.as_deref();
    match (operation.kind, source) {
        (OperationKind::Export, Some(file)) => format!("Exported {agent} to {}", last(file)),
        (OperationKind::Export, None) => format!("Exported {agent}"),
        (OperationKind::Import, Some(file)) => format!("Imported {agent} from {}", last(file)),
        (OperationKind::Import, None) => format!("Imported {agent}"),
        (OperationKind::Promotion, Some(from)) => format!("Promoted {agent} from {from}"),
        (OperationKind::Promotion, None) => format!("Promoted {agent}"),
        (OperationKind::Rollback, Some(from)) => format!("Restored {agent} from {}", last(from)),
        (OperationKind::Rollback, None) => format!("Restored {agent}"),
        (OperationKind::Recovery, _) => format!("Recovered {agent}"),
    }
}

/// A file's name without its folders, whichever system wrote it down.
fn last(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn content(backup: &BackupSummary) -> String {
    if let Some(unreadable) = &backup.unreadable {
        return format!("It is damaged, {unreadable}: it is kept, and never restored.");
    }
    match (backup.existed, backup.resources) {
        (Existence::DidNotExist, _) => "The agent did not exist.".into(),
        (Existence::Existed, 1) => "1 resource permission.".into(),
        (Existence::Existed, count) => format!("{} resource permissions.", grouped(count)),
    }
}
