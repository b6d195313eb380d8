//! The journal: what an operation notes before it happens, so that whoever finds it without an end can recover it.

use sqlx::Row;
use sqlx::Sqlite;
use sqlx::sqlite::SqliteRow;

use crate::connector::KeyHash;
use crate::error::ErrorReport;

use super::operations::{End, NewOperation, OperationId, OperationKind, OperationState, OperationSummary};
use super::{Store, StoreError};
use crate::text_enum::text_enum;

text_enum! {
    /// Heading of an operation.
    pub enum Heading {
        /// To the end of its plan.
        Forward = "forward",
        /// Back to where the target was. Once an operation has turned back, it does not turn again by itself.
        Back = "back",
    }
}

/// An operation that has not ended, with everything that recovering it takes besides the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenOperation {
    /// Summary for the history.
    pub summary: OperationSummary,
    /// The plan, as JSON.
    pub plan_json: Option<String>,
    /// Number of the plan's changes, in the plan's order, that may have been sent; `None` where an older aidb did not note it.
    pub sent: Option<usize>,
    /// Whether it had turned back.
    pub heading: Heading,
    /// The hash of the API key that was made for the agent.
    pub key_hash: Option<KeyHash>,
}

impl Store {
    /// The last thing before the first request that changes anything: the operation is applying, and so many changes may have
    /// been sent.
    ///
    /// # Errors
    /// [`StoreError::SavedPlanApplied`] for a saved plan that was applied before.
    pub async fn begin_writing(&self, id: &OperationId, sent: usize) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        // In the same transaction as the step to applying: two processes with one saved plan both see none before.
        let applied_before: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM operations AS own JOIN operations AS other USING (saved_plan) \
             WHERE own.id = ?1 AND other.id <> ?1 AND other.state NOT IN (?2, ?3)",
        )
        .bind(id.as_str())
        .bind(OperationState::Prepared.as_str())
        .bind(OperationState::Failed.as_str())
        .fetch_one(&mut *transaction)
        .await
        .map_err(self.failing())?;
        if applied_before > 0 {
            return Err(StoreError::SavedPlanApplied);
        }
        self.move_to(&mut transaction, id, OperationState::Applying).await?;
        sqlx::query("UPDATE operations SET sent = ? WHERE id = ?")
            .bind(count(sent))
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await
            .map_err(self.failing())?;
        transaction.commit().await.map_err(self.failing())
    }

    /// Notes the hash of the API key that is made for the agent, before that key is kept anywhere.
    pub async fn note_made_key(&self, id: &OperationId, hash: &KeyHash) -> Result<(), StoreError> {
        self.note(id, "UPDATE operations SET key_hash = ?1 WHERE id = ?2", hash.for_the_store()).await
    }

    /// The hash of the API key that an operation made for its agent, where it made one.
    pub async fn made_key(&self, id: &OperationId) -> Result<Option<KeyHash>, StoreError> {
        let hash: Option<Option<String>> = sqlx::query_scalar("SELECT key_hash FROM operations WHERE id = ?")
            .bind(id.as_str())
            .fetch_optional(&self.readers)
            .await
            .map_err(self.failing())?;
        let unreadable = || self.damaged("an operation has an unreadable key hash".to_owned());
        hash.flatten().map(|hash| KeyHash::new(&hash).ok_or_else(unreadable)).transpose()
    }

    /// Notes, before they are sent, that so many changes of the plan may have been.
    pub async fn note_sent(&self, id: &OperationId, sent: usize) -> Result<(), StoreError> {
        self.note(id, "UPDATE operations SET sent = ?1 WHERE id = ?2", count(sent)).await
    }

    /// Notes that the operation leads back from here on.
    pub async fn note_turned_back(&self, id: &OperationId) -> Result<(), StoreError> {
        self.note(id, "UPDATE operations SET heading = ?1 WHERE id = ?2", Heading::Back.as_str()).await
    }

    /// Notes why an operation could not be recovered, and what became of each item so far. It stays open.
    pub async fn note_waiting(
        &self,
        id: &OperationId,
        why: &ErrorReport,
        outcome_json: Option<&str>,
    ) -> Result<(), StoreError> {
        let why = serde_json::to_string(why).map_err(|error| StoreError::Failed { reason: error.to_string() })?;
        let mut transaction = self.write().await?;
        let noted = sqlx::query("UPDATE operations SET waiting = ?, outcome = coalesce(?, outcome) WHERE id = ?")
            .bind(why)
            .bind(outcome_json)
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await
            .map_err(self.failing())?;
        if noted.rows_affected() == 0 {
            return Err(StoreError::OperationNotFound { wanted: id.to_string() });
        }
        transaction.commit().await.map_err(self.failing())
    }

    async fn note<'q, V>(&self, id: &'q OperationId, sql: &'static str, value: V) -> Result<(), StoreError>
    where
        V: sqlx::Encode<'q, Sqlite> + sqlx::Type<Sqlite> + 'q + Send,
    {
        let mut transaction = self.write().await?;
        let noted =
            sqlx::query(sql).bind(value).bind(id.as_str()).execute(&mut *transaction).await.map_err(self.failing())?;
        if noted.rows_affected() == 0 {
            return Err(StoreError::OperationNotFound { wanted: id.to_string() });
        }
        transaction.commit().await.map_err(self.failing())
    }

    /// Ends an operation that a dead process left open, and enters the recovery that did it: both or neither.
    pub async fn finish_recovery(
        &self,
        interrupted: &OperationId,
        recovery: &NewOperation,
        end: &End<'_>,
    ) -> Result<OperationId, StoreError> {
        let mut transaction = self.write().await?;
        self.end(&mut transaction, interrupted, end).await?;
        let id = self.enter(&mut transaction, recovery, end.state).await?;
        self.conclude(&mut transaction, &id, end).await?;
        transaction.commit().await.map_err(self.failing())?;
        Ok(id)
    }

    /// The operations that have not ended, oldest first: those that are under way, and those that a dead process left. An
    /// export changes nothing, and there is nothing about it to recover.
    pub async fn open_operations(&self) -> Result<Vec<OpenOperation>, StoreError> {
        let rows = sqlx::query("SELECT * FROM operations WHERE finished_at IS NULL AND kind <> ? ORDER BY sequence")
            .bind(OperationKind::Export.as_str())
            .fetch_all(&self.readers)
            .await
            .map_err(self.failing())?;
        rows.iter().map(|row| self.open_from(row)).collect()
    }

    fn open_from(&self, row: &SqliteRow) -> Result<OpenOperation, StoreError> {
        let failed = self.failing();
        let unreadable = |column: &str| self.damaged(format!("an operation has an unreadable {column}"));
        let heading: String = row.try_get("heading").map_err(failed)?;
        let sent: Option<i64> = row.try_get("sent").map_err(failed)?;
        let key_hash: Option<String> = row.try_get("key_hash").map_err(failed)?;
        let key_hash = key_hash.map(|hash| KeyHash::new(&hash).ok_or_else(|| unreadable("key hash")));
        Ok(OpenOperation {
            summary: self.operation_from(row)?,
            plan_json: row.try_get("plan").map_err(failed)?,
            sent: sent.map(|sent| usize::try_from(sent).map_err(|_| unreadable("count"))).transpose()?,
            heading: Heading::parse(&heading).ok_or_else(|| unreadable("heading"))?,
            key_hash: key_hash.transpose()?,
        })
    }
}

/// A number of changes as the store holds it.
fn count(changes: usize) -> i64 {
    i64::try_from(changes).unwrap_or(i64::MAX)
}
