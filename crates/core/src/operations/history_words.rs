//! What a row of the history says.

use super::{EntryOutcome, HistoryEntry};
use crate::store::{BackupSummary, Existence, OperationKind, OperationSummary};

impl HistoryEntry {
    /// "Promoted my-agent from Staging".
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Operation { operation, .. } => operation_title(operation, self.outcome()),
            Self::Backup(backup) => match &backup.name {
                Some(name) => format!("Backup of {}: “{name}”", backup.agent_id),
                None => format!("Backup of {}", backup.agent_id),
            },
        }
    }

    /// "4 changes to my-agent were made and verified."
    #[must_use]
    pub fn summary(&self) -> String {
        match self {
            Self::Operation { operation, .. } => match (&operation.summary, &operation.waiting) {
                (Some(summary), _) => summary.clone(),
                (None, Some(why)) => format!("Waits to be settled. {}", why.message),
                (None, None) => "It is under way, or aidb was ended in the middle of it.".into(),
            },
            Self::Backup(backup) => content(backup),
        }
    }
}

/// "promotion of my-agent to Production by maria": an operation within a sentence.
#[must_use]
pub fn operation_words(operation: &OperationSummary) -> String {
    let (noun, to) = match operation.kind {
        OperationKind::Export => ("export", "from"),
        OperationKind::Import => ("import", "to"),
        OperationKind::Promotion => ("promotion", "to"),
        OperationKind::Rollback => ("rollback", "in"),
        OperationKind::Recovery => ("recovery", "in"),
    };
    format!("{noun} of {} {to} {} by {}", operation.agent_id, operation.place.called(), operation.actor)
}

fn operation_title(operation: &OperationSummary, outcome: EntryOutcome) -> String {
    let agent = &operation.agent_id;
    let ending = match outcome {
        EntryOutcome::Done => return done(operation),
        EntryOutcome::PutBack => "put back",
        EntryOutcome::NeedsAttention => "needs attention",
        EntryOutcome::Failed => "failed",
        EntryOutcome::Unfinished => "not finished",
    };
    let noun = match operation.kind {
        OperationKind::Export => "Export",
        OperationKind::Import => "Import",
        OperationKind::Promotion => "Promotion",
        OperationKind::Rollback => "Restore",
        OperationKind::Recovery => "Recovery",
    };
    format!("{noun} of {agent} {ending}")
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
        (Existence::Existed, count) => format!("{count} resource permissions."),
    }
}
