//! What can go wrong with the store.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{ErrorCode, Explain};

/// Reason the store could not be opened, read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A folder of somebody else.
    #[error("The folder {} belongs to another account, who could change what aidb keeps there. Nothing was changed.", path.display())]
    Anothers {
        /// The folder.
        path: PathBuf,
    },
    /// Folder or file that cannot be created, opened or written.
    #[error("The store {} cannot be opened for writing. Nothing was changed.", path.display())]
    Unwritable {
        /// The folder or file.
        path: PathBuf,
        /// Words of the system.
        reason: String,
    },
    /// A file that is no database, or a broken one.
    #[error("The store {} is damaged, or is not a store of aidb. It was left as it is.", path.display())]
    Damaged {
        /// Path of the file.
        path: PathBuf,
        /// Finding, as the rest of a sentence.
        reason: String,
    },
    /// A database of some other program.
    #[error("{} is a database of another program, not a store of aidb. It was left as it is.", path.display())]
    Foreign {
        /// Path of the file.
        path: PathBuf,
    },
    /// A store of a newer aidb.
    #[error(
        "The store {} was written by a newer aidb (store version {found}; this one knows up to {known}). It was left as it is.",
        path.display()
    )]
    Newer {
        /// Path of the file.
        path: PathBuf,
        /// The version.
        found: i64,
        /// The newest version that this aidb knows.
        known: i64,
    },
    /// Another process held the store for longer than the time limit.
    #[error("Another aidb is writing to the store {} and did not finish in time. Nothing was changed.", path.display())]
    Busy {
        /// Path of the file.
        path: PathBuf,
    },
    /// No space left.
    #[error("The disk is full, so nothing could be written to the store {}. What it held before is still there.", path.display())]
    Full {
        /// Path of the file.
        path: PathBuf,
    },
    /// Anything else that the database or the system reports.
    #[error("The store could not do what it was asked. Nothing was changed.")]
    Failed {
        /// Finding, as the rest of a sentence.
        reason: String,
    },
    /// The sync that ends a transaction failed. The log holds the transaction whole or not, and the next start goes by that.
    #[error(
        "The store could not force what it wrote to the disk; whether it is kept shows when the store is opened again."
    )]
    NotForced {
        /// Finding, as the rest of a sentence.
        reason: String,
    },
    /// No environment of that name or id.
    #[error("There is no environment {wanted:?}.")]
    EnvironmentNotFound {
        /// As asked for.
        wanted: String,
        /// The names that there are, in stage order.
        known: Vec<String>,
    },
    /// The name is taken.
    #[error("There is already an environment {name:?}. Nothing was changed.")]
    EnvironmentExists {
        /// As asked for.
        name: String,
    },
    /// The new stage order does not name every environment once.
    #[error("The order has to name every environment exactly once. Nothing was changed.")]
    IncompleteOrder,
    /// A name, note or path that cannot be kept.
    #[error("{what} {value:?} cannot be used: {reason}. Nothing was changed.")]
    Unusable {
        /// Expectation: `The name`.
        what: &'static str,
        /// As given.
        value: String,
        /// Finding, as the rest of a sentence.
        reason: String,
    },
    /// Two agents of one environment in one pair.
    #[error("{} and {} are both in {environment}, and a pair has one agent in each environment. Nothing was changed.", agents[0], agents[1])]
    PairContradicts {
        /// The environment's name.
        environment: String,
        /// The two ids.
        agents: [String; 2],
    },
    /// No batch of that id.
    #[error("There is no batch {wanted:?}.")]
    BatchNotFound {
        /// As asked for.
        wanted: String,
    },
    /// A pair with one agent.
    #[error("A pair has agents in two environments or more. Nothing was changed.")]
    PairOfOne,
    /// An agent that is in no pair.
    #[error("{agent} in {environment} is in no pair.")]
    NotPaired {
        /// Id of the agent.
        agent: String,
        /// The environment's name.
        environment: String,
    },
    /// No accepted difference of that id.
    #[error("There is no accepted difference {wanted:?}.")]
    AcceptedNotFound {
        /// As asked for.
        wanted: String,
    },
    /// No backup of that id.
    #[error("There is no backup {wanted:?}.")]
    BackupNotFound {
        /// As asked for.
        wanted: String,
    },
    /// Several backups begin like this.
    #[error("Several backups begin with {wanted:?}.")]
    BackupAmbiguous {
        /// As asked for.
        wanted: String,
        /// Some of them, newest first.
        matches: Vec<String>,
    },
    /// The content is not what was stored.
    #[error("The backup {id} is damaged: {reason}. It cannot be used to restore anything.")]
    BackupDamaged {
        /// The backup.
        id: String,
        /// Finding, as the rest of a sentence.
        reason: String,
    },
    /// Written, read back, and not the same.
    #[error(
        "The backup was written, but reading it back failed, so there is no backup. Nothing was sent to the environment."
    )]
    BackupNotKept {
        /// Finding, as the rest of a sentence.
        reason: String,
    },
    /// A saved plan is applied a second time.
    #[error("This saved plan was applied before, and a saved plan can be applied once. Nothing was changed.")]
    SavedPlanApplied,
    /// No operation of that id.
    #[error("There is no operation {wanted:?} in the history.")]
    OperationNotFound {
        /// As asked for.
        wanted: String,
    },
    /// An operation cannot go from here to there.
    #[error("The operation {id} is {from} and cannot become {to}. The history was left as it is.")]
    OperationOrder {
        /// The operation.
        id: String,
        /// The state.
        from: &'static str,
        /// The state asked for.
        to: &'static str,
    },
}

/// SQLite's primary result codes that mean something of their own here (<https://www.sqlite.org/rescode.html>).
mod sqlite {
    pub const PERM: i64 = 3;
    pub const BUSY: i64 = 5;
    pub const LOCKED: i64 = 6;
    pub const READONLY: i64 = 8;
    pub const CORRUPT: i64 = 11;
    pub const FULL: i64 = 13;
    pub const CANTOPEN: i64 = 14;
    pub const IOERR_FSYNC: i64 = 1034;
    pub const NOTADB: i64 = 26;
}

impl StoreError {
    /// What a file of the data folder that cannot be created or opened means.
    pub(super) fn from_io(path: &Path, error: &io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            _ => Self::Unwritable { path, reason: error.to_string() },
        }
    }

    /// What an error of the database means for the store at `path`.
    pub(super) fn from_sqlx(path: &Path, error: &sqlx::Error) -> Self {
        let path = path.to_owned();
        let reason = error.to_string();
        match error {
            sqlx::Error::Database(database) => {
                let code = database.code().and_then(|code| code.parse::<i64>().ok()).unwrap_or_default();
                match code & 0xff {
                    _ if code == sqlite::IOERR_FSYNC => Self::NotForced { reason },
                    sqlite::BUSY | sqlite::LOCKED => Self::Busy { path },
                    sqlite::PERM | sqlite::READONLY | sqlite::CANTOPEN => Self::Unwritable { path, reason },
                    sqlite::FULL => Self::Full { path },
                    sqlite::CORRUPT | sqlite::NOTADB => Self::Damaged { path, reason },
                    _ => Self::Failed { reason },
                }
            }
            // Every query takes its turn at the one writing connection.
            sqlx::Error::PoolTimedOut => Self::Busy { path },
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Damaged { path, reason },
            _ => Self::Failed { reason },
        }
    }
}

impl Explain for StoreError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Anothers { .. }
            | Self::Unwritable { .. }
            | Self::Damaged { .. }
            | Self::Foreign { .. }
            | Self::Full { .. }
            | Self::Failed { .. }
            | Self::NotForced { .. }
            | Self::OperationOrder { .. }
            | Self::BackupNotKept { .. } => ErrorCode::StoreUnusable,
            Self::Newer { .. } => ErrorCode::StoreNewer,
            Self::Busy { .. } => ErrorCode::StoreBusy,
            Self::EnvironmentNotFound { .. } => ErrorCode::EnvironmentNotFound,
            Self::EnvironmentExists { .. } => ErrorCode::EnvironmentExists,
            Self::IncompleteOrder
            | Self::Unusable { .. }
            | Self::PairContradicts { .. }
            | Self::PairOfOne
            | Self::BatchNotFound { .. }
            | Self::NotPaired { .. }
            | Self::AcceptedNotFound { .. }
            | Self::OperationNotFound { .. } => ErrorCode::Usage,
            Self::BackupNotFound { .. } | Self::BackupAmbiguous { .. } => ErrorCode::BackupNotFound,
            Self::BackupDamaged { .. } => ErrorCode::BackupDamaged,
            Self::SavedPlanApplied => ErrorCode::PlanUnusable,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Anothers { .. } => {
                "Choose a data folder of your own. If this one is meant to be yours, have it given to you (`chown`).".into()
            }
            Self::Unwritable { .. } => "Look at who owns that folder and its files, or choose another data folder.".into(),
            Self::Damaged { .. } => {
                "Put the whole data folder back from your own backup of this machine, or move it aside: aidb then starts \
                 an empty store. Keep it in either case."
                    .into()
            }
            Self::Foreign { .. } => "Choose another data folder.".into(),
            Self::Newer { .. } => "Update aidb here, or choose another data folder.".into(),
            Self::Busy { .. } => "Wait until the other window or command is done, and try again.".into(),
            Self::Full { .. } => "Free some space and try again.".into(),
            Self::Failed { .. } => "Try again; if it stays like this, look at the disk that holds the data folder.".into(),
            Self::NotForced { .. } => {
                "Look at the disk that holds the data folder, and whether it is there, before trying again.".into()
            }
            Self::EnvironmentNotFound { wanted, known } => which_environment(wanted, known),
            Self::EnvironmentExists { .. } => "Choose another name; upper and lower case make no difference.".into(),
            Self::IncompleteOrder => "List the environments anew and order them again.".into(),
            Self::Unusable { .. } => "Choose another one.".into(),
            Self::PairContradicts { .. } => "Take the other one out of its pair first, if it does not belong there.".into(),
            Self::BatchNotFound { .. } => "Look at the list of batches.".into(),
            Self::PairOfOne => "Name an agent of another environment as well.".into(),
            Self::NotPaired { .. } => "Look at the list of pairs.".into(),
            Self::AcceptedNotFound { .. } => "Look at the list of accepted differences; it may have been removed.".into(),
            Self::BackupNotFound { .. } => "Look at the list of backups; it may have been removed.".into(),
            Self::BackupAmbiguous { .. } => "Give more of its id.".into(),
            Self::BackupDamaged { .. } => "Use another backup of the same agent; this one is kept for whoever looks into it.".into(),
            Self::BackupNotKept { .. } => "Look at the disk that holds the data folder, and try again.".into(),
            Self::SavedPlanApplied => "Make the plan anew, and look at what it would change now.".into(),
            Self::OperationNotFound { .. } => "Look at the history; the entry may be gone.".into(),
            Self::OperationOrder { .. } => "Look it up in the history; another aidb may have finished it.".into(),
        })
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::Unwritable { reason, .. }
            | Self::Damaged { reason, .. }
            | Self::Failed { reason }
            | Self::NotForced { reason }
            | Self::BackupNotKept { reason } => vec![reason.clone()],
            Self::BackupAmbiguous { matches, .. } => matches.clone(),
            Self::EnvironmentNotFound { known, .. } => known.clone(),
            _ => Vec::new(),
        }
    }
}

fn which_environment(wanted: &str, known: &[String]) -> String {
    let wanted = wanted.to_lowercase();
    let near = known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(&wanted, &name.to_lowercase()), name))
        .min()
        .filter(|(distance, name)| *distance <= 1 + name.chars().count() / 4);
    match near {
        Some((_, name)) => format!("Did you mean {name:?}?"),
        None if known.is_empty() => "Add one first.".into(),
        None => format!("There are: {}.", known.join(", ")),
    }
}
