//! The history: operations, backups and changes of profiles in the one order in which they were entered.

use std::collections::HashMap;

use sqlx::Row;

use super::backups::{BackupFilter, BackupSummary};
use super::operations::{OperationFilter, OperationSummary};
use super::profile_changes::ProfileChange;
use super::{Store, StoreError};

/// One record of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryRecord {
    /// An operation.
    Operation(OperationSummary),
    /// A backup, taken by an operation or for its own sake.
    Backup(BackupSummary),
    /// A change of a profile.
    Profile(ProfileChange),
}

impl Store {
    /// Every operation, every backup and every change of a profile, newest first, without their content. Order is as entered, whatever the clock said.
    pub async fn history(&self) -> Result<Vec<HistoryRecord>, StoreError> {
        let operations = self.operations(&OperationFilter::default()).await?.into_iter();
        let mut operations: HashMap<String, OperationSummary> =
            operations.map(|operation| (operation.id.to_string(), operation)).collect();
        let backups = self.backups(&BackupFilter::default()).await?.into_iter();
        let mut backups: HashMap<String, BackupSummary> =
            backups.map(|backup| (backup.id.to_string(), backup)).collect();
        let changes = self.profile_changes().await?.into_iter();
        let mut changes: HashMap<String, ProfileChange> =
            changes.map(|change| (change.id.to_string(), change)).collect();
        let order =
            sqlx::query("SELECT operation_id, backup_id, profile_change_id FROM history ORDER BY sequence DESC")
                .fetch_all(&self.readers)
                .await
                .map_err(self.failing())?;
        let mut records = Vec::with_capacity(order.len());
        for row in order {
            let operation: Option<String> = row.try_get("operation_id").map_err(self.failing())?;
            let backup: Option<String> = row.try_get("backup_id").map_err(self.failing())?;
            let change: Option<String> = row.try_get("profile_change_id").map_err(self.failing())?;
            // One that was entered between these reads is in the next answer.
            records.extend(operation.and_then(|id| operations.remove(&id)).map(HistoryRecord::Operation));
            records.extend(backup.and_then(|id| backups.remove(&id)).map(HistoryRecord::Backup));
            records.extend(change.and_then(|id| changes.remove(&id)).map(HistoryRecord::Profile));
        }
        Ok(records)
    }
}
