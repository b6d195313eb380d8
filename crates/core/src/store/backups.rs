//! Backups: the complete state of one agent in one environment at one moment, "it did not exist" included.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{Row, Sqlite, Transaction};

use crate::config::{AgentId, AgentState};

use super::backup_row::{check_hash, summary_from};
use super::codec::{check_name, short_id, spelled, time_text};
use super::content::{self, Facts};
use super::operations::OperationId;
use super::server_ref::{ServerFilter, ServerRef};
use super::{Store, StoreError};
use crate::text_enum::text_enum;

const LONGEST_NAME: usize = 100;
const LONGEST_NOTE: usize = 2000;
/// Number of candidates an ambiguous id lists.
const CANDIDATES: i64 = 5;

short_id! {
    /// A backup's id: `bk-` and eight characters that are easy to read out.
    BackupId, "bk-"
}

text_enum! {
    /// Reason a backup was taken.
    pub enum BackupReason {
        /// Before an import or a promotion wrote.
        BeforeImport = "before_import",
        /// Before a rollback wrote.
        BeforeRollback = "before_rollback",
        /// Somebody asked for it.
        Requested = "requested",
        /// Read from a file that somebody sent.
        Received = "received",
    }
}

text_enum! {
    /// Whether retention may drop a backup.
    pub enum Pin {
        /// Kept until somebody unpins it.
        Pinned = "pinned",
        /// Removed when its time has come.
        Unpinned = "unpinned",
    }
}

text_enum! {
    /// Whether the agent was there at that moment.
    pub enum Existence {
        /// There was one, whose state this holds.
        Existed = "existed",
        /// Was not: restoring means deleting it.
        DidNotExist = "did_not_exist",
    }
}

/// Content of a new backup.
#[derive(Clone, Copy, Debug)]
pub struct NewBackup<'a> {
    /// Server that it is taken at.
    pub server: &'a ServerRef,
    /// Id of the agent.
    pub agent_id: &'a AgentId,
    /// Everything the environment holds for it.
    pub state: &'a AgentState,
    /// The tables of its database, where they are known.
    pub tables: Option<&'a [String]>,
    /// What it was taken for.
    pub reason: BackupReason,
    /// The operation that needs it. The operation is given this backup in the same transaction.
    pub operation: Option<&'a OperationId>,
    /// When the state was read.
    pub taken_at: DateTime<Utc>,
    /// Words of whoever asked for it.
    pub note: Option<&'a str>,
}

/// A backup as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupSummary {
    /// The id.
    pub id: BackupId,
    /// The place in the order of backups: a later one has a higher number, whatever the clock says.
    pub sequence: i64,
    /// Server that it was taken at.
    #[serde(rename = "place")]
    pub server: ServerRef,
    /// Id of the agent.
    pub agent_id: AgentId,
    /// When the state was read.
    pub taken_at: DateTime<Utc>,
    /// What it was taken for.
    pub reason: BackupReason,
    /// The operation that needed it.
    pub operation: Option<OperationId>,
    /// A name somebody gave it.
    pub name: Option<String>,
    /// Words of whoever asked for it.
    pub note: Option<String>,
    /// Whether retention may drop it.
    pub pinned: Pin,
    /// Whether the agent was there.
    pub existed: Existence,
    /// Number of resource permissions it holds.
    pub resources: u32,
    /// SHA-256 over everything but sequence, name, note and pin, in hexadecimal.
    pub hash: String,
    /// The part of its row that cannot be read, in words, where one cannot: that part says nothing here, and the backup is damaged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
}

/// A backup with its content, which was found to match its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// Summary for lists.
    pub summary: BackupSummary,
    /// The tables of the agent's database, where they were known.
    pub tables: Option<Vec<String>>,
    /// Everything the environment held for the agent.
    pub state: AgentState,
}

/// Filter of backups; the default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BackupFilter {
    /// Of one agent.
    pub agent: Option<AgentId>,
    /// About one server.
    pub server: Option<ServerFilter>,
    /// At most so many, the newest.
    pub limit: Option<u32>,
}

/// The columns that a summary is made of: everything but the content, which can be large.
macro_rules! summary_columns {
    () => {
        "SELECT id, sequence, environment_id, environment_name, url, agent_id, taken_at, reason, operation_id, name, \
         note, pinned, existed, resources, hash"
    };
}

/// Binds to a filter's agent, environment and server, each of which may be missing.
macro_rules! filtered {
    () => {
        " FROM backups WHERE (?1 IS NULL OR agent_id = ?1) \
         AND ((?2 IS NULL AND ?3 IS NULL) OR environment_id = ?2 OR server = ?3)"
    };
}

impl Store {
    /// Stores a backup and reads it back: `Ok` means that it is on disk, whole, and says what was given. On any error
    /// there is no backup, and nothing may be sent.
    pub async fn insert_backup(&self, new: &NewBackup<'_>) -> Result<Backup, StoreError> {
        if let Some(note) = new.note {
            check_note(note)?;
        }
        let unwritable = |error: serde_json::Error| StoreError::Failed { reason: error.to_string() };
        let state = content::to_bytes(new.state).map_err(unwritable)?;
        let tables = new.tables.map(serde_json::to_string).transpose().map_err(unwritable)?;

        let mut transaction = self.write().await?;
        let id = self.fresh_backup_id(&mut transaction, BackupId::random).await?;
        self.insert_row(&mut transaction, &id, new, tables, state).await?;
        if let Some(operation) = new.operation {
            self.link_backup(&mut transaction, operation, &id).await?;
        }
        transaction.commit().await.map_err(self.failing())?;

        let not_kept = |reason: String| StoreError::BackupNotKept { reason };
        let backup = self.backup(&id).await.map_err(|error| not_kept(error.to_string()))?;
        if backup.state != *new.state || backup.tables.as_deref() != new.tables {
            return Err(not_kept(format!("{id} does not hold what was given to it")));
        }
        Ok(backup)
    }

    /// One backup with its content. A content that does not match its hash is an error.
    pub async fn backup(&self, id: &BackupId) -> Result<Backup, StoreError> {
        let row = sqlx::query("SELECT * FROM backups WHERE id = ?")
            .bind(id.as_str())
            .fetch_optional(&self.readers)
            .await
            .map_err(self.failing())?
            .ok_or_else(|| StoreError::BackupNotFound { wanted: id.to_string() })?;
        check_hash(id, &row)?;
        let summary = summary_from(&row);
        let damaged = |reason: String| StoreError::BackupDamaged { id: id.to_string(), reason };
        if let Some(unreadable) = &summary.unreadable {
            return Err(damaged(unreadable.clone()));
        }
        let state: &[u8] = row.try_get("state").map_err(self.failing())?;
        let tables: Option<&str> = row.try_get("tables").map_err(self.failing())?;
        Ok(Backup {
            state: content::from_bytes(summary.existed, state).map_err(damaged)?,
            tables: tables.map(serde_json::from_str).transpose().map_err(|error| damaged(error.to_string()))?,
            summary,
        })
    }

    /// The backups that match, newest first, without their content. A damaged one is among them, and hides no other.
    pub async fn backups(&self, filter: &BackupFilter) -> Result<Vec<BackupSummary>, StoreError> {
        let rows = sqlx::query(concat!(summary_columns!(), filtered!(), " ORDER BY sequence DESC LIMIT ?4"))
            .bind(filter.agent.as_ref().map(AgentId::as_str))
            .bind(filter.server.as_ref().and_then(ServerFilter::environment))
            .bind(filter.server.as_ref().and_then(ServerFilter::server_id))
            .bind(filter.limit.map_or(-1, i64::from))
            .fetch_all(&self.readers)
            .await
            .map_err(self.failing())?;
        Ok(rows.iter().map(summary_from).collect())
    }

    /// The backup that `word` means among those that match: its id, the beginning of its id, or `latest`.
    pub async fn resolve_backup(&self, word: &str, filter: &BackupFilter) -> Result<BackupSummary, StoreError> {
        let not_found = || StoreError::BackupNotFound { wanted: word.to_owned() };
        if word.trim().eq_ignore_ascii_case("latest") {
            let newest = self.backups(&BackupFilter { limit: Some(1), ..filter.clone() }).await?;
            return newest.into_iter().next().ok_or_else(not_found);
        }
        let prefix = spelled(word, BackupId::PREFIX).ok_or_else(not_found)?;
        let sql = concat!(
            summary_columns!(),
            filtered!(),
            " AND substr(id, 1, length(?4)) = ?4 ORDER BY sequence DESC LIMIT ?5"
        );
        let rows = sqlx::query(sql)
            .bind(filter.agent.as_ref().map(AgentId::as_str))
            .bind(filter.server.as_ref().and_then(ServerFilter::environment))
            .bind(filter.server.as_ref().and_then(ServerFilter::server_id))
            .bind(prefix)
            .bind(CANDIDATES)
            .fetch_all(&self.readers)
            .await
            .map_err(self.failing())?;
        match rows.as_slice() {
            [] => Err(not_found()),
            [row] => Ok(summary_from(row)),
            several => Err(StoreError::BackupAmbiguous {
                wanted: word.to_owned(),
                matches: several.iter().filter_map(|row| row.try_get("id").ok()).collect(),
            }),
        }
    }

    /// Names a backup, or takes its name away.
    pub async fn rename_backup(&self, id: &BackupId, name: Option<&str>) -> Result<(), StoreError> {
        if let Some(name) = name {
            check_name(name, LONGEST_NAME).map_err(|reason| unusable("The name", name, reason))?;
        }
        self.change_backup(id, "UPDATE backups SET name = ?1 WHERE id = ?2", name).await
    }

    /// Writes a note onto a backup, or takes it away.
    pub async fn annotate_backup(&self, id: &BackupId, note: Option<&str>) -> Result<(), StoreError> {
        if let Some(note) = note {
            check_note(note)?;
        }
        self.change_backup(id, "UPDATE backups SET note = ?1 WHERE id = ?2", note).await
    }

    /// Pins a backup, or lets retention have it.
    pub async fn pin_backup(&self, id: &BackupId, pin: Pin) -> Result<(), StoreError> {
        self.change_backup(id, "UPDATE backups SET pinned = ?1 WHERE id = ?2", Some(pin.as_str())).await
    }

    /// Reads every backup, one after the other, and says of each whether it is whole. Newest first.
    pub async fn verify_backups(&self) -> Result<Vec<(BackupSummary, Result<(), StoreError>)>, StoreError> {
        let mut verified = Vec::new();
        for summary in self.backups(&BackupFilter::default()).await? {
            let whole = match &summary.unreadable {
                Some(reason) => Err(StoreError::BackupDamaged { id: summary.id.to_string(), reason: reason.clone() }),
                None => self.backup(&summary.id).await.map(|_| ()),
            };
            verified.push((summary, whole));
        }
        Ok(verified)
    }

    async fn insert_row(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        id: &BackupId,
        new: &NewBackup<'_>,
        tables: Option<String>,
        state: Vec<u8>,
    ) -> Result<(), StoreError> {
        let existed = if new.state.present().is_some() { Existence::Existed } else { Existence::DidNotExist };
        let resources = new.state.present().map_or(0, |live| live.agent.resource_permissions.len());
        let taken_at = time_text(&new.taken_at);
        let facts = Facts {
            id: id.as_str(),
            environment_id: new.server.environment.as_ref().map(|environment| environment.as_str()),
            environment_name: new.server.environment_name.as_deref(),
            url: &new.server.url,
            agent_id: new.agent_id.as_str(),
            taken_at: &taken_at,
            reason: new.reason.as_str(),
            operation_id: new.operation.map(OperationId::as_str),
            existed: existed.as_str(),
            resources: i64::try_from(resources).unwrap_or(i64::MAX),
            tables: tables.as_deref(),
            state: &state,
        };
        let hash = facts.hash();
        let query = sqlx::query(
            "INSERT INTO backups (id, environment_id, environment_name, url, server, agent_id, taken_at, reason, \
             operation_id, existed, resources, note, pinned, hash, tables, state) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(facts.id)
        .bind(facts.environment_id)
        .bind(facts.environment_name)
        .bind(facts.url)
        .bind(new.server.server_id().as_str())
        .bind(facts.agent_id)
        .bind(facts.taken_at)
        .bind(facts.reason)
        .bind(facts.operation_id)
        .bind(facts.existed)
        .bind(facts.resources)
        .bind(new.note)
        .bind(Pin::Unpinned.as_str())
        .bind(hash)
        .bind(facts.tables)
        // Moved, not copied: this is the large one.
        .bind(state);
        query.execute(&mut **transaction).await.map(|_| ()).map_err(self.failing())
    }

    /// An id that no backup has yet, from the ones that `candidate` comes up with.
    pub(super) async fn fresh_backup_id(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        mut candidate: impl FnMut() -> Result<BackupId, StoreError>,
    ) -> Result<BackupId, StoreError> {
        for _ in 0..16 {
            let id = candidate()?;
            let taken: i64 = sqlx::query_scalar("SELECT count(*) FROM backups WHERE id = ?")
                .bind(id.as_str())
                .fetch_one(&mut **transaction)
                .await
                .map_err(self.failing())?;
            if taken == 0 {
                return Ok(id);
            }
        }
        Err(StoreError::Failed { reason: "no free backup id was found".into() })
    }

    async fn change_backup(&self, id: &BackupId, sql: &'static str, value: Option<&str>) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let changed =
            sqlx::query(sql).bind(value).bind(id.as_str()).execute(&mut *transaction).await.map_err(self.failing())?;
        if changed.rows_affected() == 0 {
            return Err(StoreError::BackupNotFound { wanted: id.to_string() });
        }
        transaction.commit().await.map_err(self.failing())
    }
}

fn check_note(note: &str) -> Result<(), StoreError> {
    if note.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\t')) {
        return Err(unusable("The note", note, "it contains control characters".into()));
    }
    if note.chars().count() > LONGEST_NOTE {
        return Err(unusable("The note", note, format!("it is longer than {LONGEST_NOTE} characters")));
    }
    Ok(())
}

fn unusable(what: &'static str, value: &str, reason: String) -> StoreError {
    StoreError::Unusable { what, value: value.chars().take(LONGEST_NAME).collect(), reason }
}
