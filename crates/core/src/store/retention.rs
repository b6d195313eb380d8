//! Which backups go when their time has come (docs/RULES.md#retention).
//!
//! A backup goes only when all of this holds: its environment keeps no more days and no more backups of this agent; it is not the
//! agent's latest; it is not pinned; no operation without an end needs it; and it is whole. A damaged one is
//! kept for whoever looks into it.

use chrono::{DateTime, Duration, Utc};

use super::backups::{BackupFilter, BackupId, BackupSummary, Pin};
use super::environments::Environment;
use super::server_ref::ServerFilter;
use super::{Store, StoreError};
use crate::config::AgentId;

impl Store {
    /// Drops the backups of an agent that its environment no longer keeps. Gives back their ids, the newest first.
    pub async fn retire_backups(
        &self,
        environment: &Environment,
        agent: &AgentId,
        now: DateTime<Utc>,
    ) -> Result<Vec<BackupId>, StoreError> {
        let filter = BackupFilter {
            agent: Some(agent.clone()),
            server: Some(ServerFilter::Own(environment.id.clone())),
            limit: None,
        };
        let backups = self.backups(&filter).await?;
        let needed = self.needed_backups().await?;
        let mut retired = Vec::new();
        for backup in outlived(&backups, environment.keep_backups, environment.keep_days, now) {
            if needed.contains(&backup.id) {
                continue;
            }
            match self.backup(&backup.id).await {
                Ok(whole) => retired.extend(self.remove_backup(whole.summary.id).await?),
                Err(StoreError::BackupDamaged { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(retired)
    }

    /// The backups that operations without an end lead back to.
    async fn needed_backups(&self) -> Result<Vec<BackupId>, StoreError> {
        Ok(self.open_operations().await?.into_iter().filter_map(|open| open.summary.backup).collect())
    }

    /// In one transaction with another look: an operation that has begun meanwhile keeps what it needs.
    async fn remove_backup(&self, id: BackupId) -> Result<Option<BackupId>, StoreError> {
        let mut transaction = self.write().await?;
        let removed = sqlx::query(
            "DELETE FROM backups WHERE id = ?1 AND pinned = ?2 \
             AND NOT EXISTS (SELECT 1 FROM operations WHERE backup_id = ?1 AND finished_at IS NULL)",
        )
        .bind(id.as_str())
        .bind(Pin::Unpinned.as_str())
        .execute(&mut *transaction)
        .await
        .map_err(self.failing())?;
        transaction.commit().await.map_err(self.failing())?;
        Ok((removed.rows_affected() > 0).then_some(id))
    }
}

/// Backups (of one agent, newest first) that are beyond the newest `keep` and older than `days`.
fn outlived(
    backups: &[BackupSummary],
    keep: u32,
    days: u32,
    now: DateTime<Utc>,
) -> impl Iterator<Item = &BackupSummary> {
    // The latest stays, whatever is asked for.
    let newest = usize::try_from(keep.max(1)).unwrap_or(usize::MAX);
    let limit = now.checked_sub_signed(Duration::days(i64::from(days)));
    let old = move |backup: &BackupSummary| limit.is_some_and(|limit| backup.taken_at < limit);
    let may_go = move |backup: &&BackupSummary| backup.pinned == Pin::Unpinned && backup.unreadable.is_none();
    backups.iter().skip(newest).filter(may_go).filter(move |backup| old(backup))
}
