//! Environments, backups and the history of operations, in one SQLite file on this machine.
//!
//! One connection writes, the others only read. Every write is one immediate transaction, forced to disk before it
//! counts (`synchronous=FULL`): with a plain `BEGIN`, two processes that read first and write then fail each other.
//! Order is by sequence, never by clock.
//!
//! Nothing secret is in here. API keys and connection strings are the vault's.

mod accepted;
mod backup_row;
mod backups;
mod batches;
mod codec;
mod content;
mod environments;
mod error;
mod history;
mod journal;
mod last_overview;
mod lock;
mod opening;
mod operations;
mod pairs;
mod profile_changes;
mod retention;
mod seen;
mod server_ref;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use sqlx::sqlite::SqlitePool;
use sqlx::{Sqlite, Transaction};

pub use accepted::{AcceptedDifference, AcceptedId, NewAccepted};
pub use backups::{Backup, BackupFilter, BackupId, BackupReason, BackupSummary, Existence, NewBackup, Pin};
pub use batches::{Batch, BatchAgent, NewBatch};
pub use environments::{Colour, Environment, EnvironmentId, NewEnvironment, PlainHttpChoice, Protection};
pub use error::StoreError;
pub use history::HistoryRecord;
pub use journal::{Heading, OpenOperation};
pub use lock::AgentLock;
pub use operations::{
    BatchId, Counts, End, NewOperation, Operation, OperationFilter, OperationId, OperationKind, OperationState,
    OperationSummary, Program,
};
pub use pairs::{Pair, PairId, PairMember};
pub use profile_changes::{By, ProfileAction, ProfileChange, ProfileChangeId};
pub use seen::SeenAgent;
pub use server_ref::{ServerFilter, ServerRef};

/// The store's file within its folder.
pub const STORE_FILE: &str = "aidb.db";

/// The store. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Store {
    path: PathBuf,
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Store {
    /// Opens the store in `folder`, creating both where they are missing (0700 and 0600), and brings an older one up to
    /// date. A newer one, a damaged one and a database of another program are refused and left untouched.
    pub async fn open(folder: &Path) -> Result<Self, StoreError> {
        // SQLite takes a path that begins with `file:` for a URL; an absolute one never does.
        let folder = std::path::absolute(folder)
            .map_err(|error| StoreError::Unwritable { path: folder.to_owned(), reason: error.to_string() })?;
        let path = folder.join(STORE_FILE);
        opening::create_file(&folder, &path)?;
        opening::inspect(&path).await?;
        let writer = opening::writer(&path).await?;
        let readers = opening::readers(&path);
        Ok(Self { path, writer, readers })
    }

    /// Sees to it that nobody else gets into a store's folder, where there is one, and says so where it had to be closed.
    /// [`Store::open`] does the same, and says nothing of it.
    pub fn guard_in_words(folder: &Path) -> Result<Option<String>, StoreError> {
        let mode = opening::guard(folder)?;
        Ok(mode.map(|mode| {
            format!(
                "{} was open to other people on this machine (mode {mode:03o}). It is yours alone now. What lay in it may have been \
                 read or changed by them.",
                folder.display()
            )
        }))
    }

    /// The store's file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Closes the connections, of all clones. The last one of all processes merges the log into the file.
    pub async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Begins to write, alone among all processes. Dropped without a commit it changes nothing.
    async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(self.failing())
    }

    /// Turns the database's errors into the store's.
    fn failing(&self) -> impl Fn(sqlx::Error) -> StoreError + Copy + '_ {
        |error| StoreError::from_sqlx(&self.path, &error)
    }

    /// What a row holds is not what aidb wrote there.
    fn damaged(&self, reason: impl Into<String>) -> StoreError {
        StoreError::Damaged { path: self.path.clone(), reason: reason.into() }
    }
}
