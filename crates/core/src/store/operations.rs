//! Operations: the history of who did what, when, where, why, and how it ended.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};

use crate::config::AgentId;
use crate::error::{ErrorCode, ErrorReport};

use super::backups::BackupId;
use super::codec::{parse_time, short_id, time_text};
use super::server_ref::{ServerFilter, ServerRef};
use super::{Store, StoreError};
use crate::text_enum::text_enum;

short_id! {
    /// An operation's id: `op-` and eight characters that are easy to read out.
    OperationId, "op-"
}

short_id! {
    /// A batch's id: `ba-` and eight characters that are easy to read out.
    BatchId, "ba-"
}

text_enum! {
    /// Kind of an operation.
    pub enum OperationKind {
        /// Reads an agent into a file.
        Export = "export",
        /// Brings a configuration file into an environment.
        Import = "import",
        /// Brings an agent from one environment into another.
        Promotion = "promotion",
        /// Leads back to a backup.
        Rollback = "rollback",
        /// Finishes or takes back what a crash left half done.
        Recovery = "recovery",
    }
}

text_enum! {
    /// Progress of an operation.
    pub enum OperationState {
        /// Planned; nothing has been written.
        Prepared = "prepared",
        /// Has begun to write.
        Applying = "applying",
        /// Written; being read back.
        Verifying = "verifying",
        /// Done, as planned.
        Done = "done",
        /// Failed on the way; what it had changed was put back.
        PutBack = "put_back",
        /// Failed on the way; something is left to do.
        NeedsAttention = "needs_attention",
        /// Failed with nothing written.
        Failed = "failed",
    }
}

impl OperationState {
    /// The states from which an operation may come here: only forward.
    #[must_use]
    pub const fn predecessors(self) -> &'static [Self] {
        match self {
            Self::Prepared => &[],
            Self::Applying => &[Self::Prepared],
            Self::Verifying => &[Self::Applying],
            // A plan without changes, and an export, are done without writing.
            Self::Done => &[Self::Prepared, Self::Applying, Self::Verifying],
            Self::PutBack | Self::NeedsAttention => &[Self::Applying, Self::Verifying],
            Self::Failed => &[Self::Prepared],
        }
    }

    /// Whether an operation can end like this.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::PutBack | Self::NeedsAttention | Self::Failed)
    }
}

text_enum! {
    /// Program that carries an operation out: said to whoever finds an agent taken.
    pub enum Program {
        /// The desktop application.
        Window = "window",
        /// The command line.
        Terminal = "terminal",
    }
}

/// Content of a new operation. No secret belongs into any of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOperation {
    /// What is done: export, import, promotion.
    pub kind: OperationKind,
    /// Where it writes; for an export, where it reads.
    pub server: ServerRef,
    /// Id of the agent.
    pub agent_id: AgentId,
    /// How: `merge`, `exact`, or whatever else there is to say.
    pub mode: String,
    /// Person: the person, as the system knows them.
    pub actor: String,
    /// Reason, in the person's words.
    pub reason: Option<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// The plan, as JSON.
    pub plan_json: Option<String>,
    /// The hash of the live state that the plan was made from.
    pub fingerprint: Option<String>,
    /// Source of the configuration: a file, an environment, a backup; for a recovery the operation that it recovered.
    pub source: Option<String>,
    /// The program that carries it out.
    pub program: Program,
    /// The id of the saved plan that is applied.
    pub saved_plan: Option<String>,
    /// Gains and losses of the plan; `None` without a plan.
    pub counts: Option<Counts>,
    /// The batch that it is part of.
    pub batch: Option<BatchId>,
}

/// Number of items of a plan that give and take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Items that give access.
    pub gains: u32,
    /// Items that take something away, the agent itself among them.
    pub losses: u32,
}

/// End of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End<'a> {
    /// One of the final states.
    pub state: OperationState,
    /// One sentence.
    pub summary: &'a str,
    /// Result of each item, as JSON.
    pub outcome_json: Option<&'a str>,
    /// Reason it ended before it wrote anything.
    pub cause: Option<ErrorCode>,
    /// When it ended.
    pub at: DateTime<Utc>,
}

/// An operation as the history lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationSummary {
    /// The id.
    pub id: OperationId,
    /// The place in the order of operations: a later one has a higher number, whatever the clock says.
    pub sequence: i64,
    /// What is done: export, import, promotion.
    pub kind: OperationKind,
    /// How far it came.
    pub state: OperationState,
    /// Server, with the name that its environment had then.
    #[serde(rename = "place")]
    pub server: ServerRef,
    /// Id of the agent.
    pub agent_id: AgentId,
    /// `merge` or `exact`.
    pub mode: String,
    /// Account that did it.
    pub actor: String,
    /// Reason, in the words of whoever did it.
    pub reason: Option<String>,
    /// Source of the configuration.
    pub source: Option<String>,
    /// The hash of the live state that the plan was made from.
    pub fingerprint: Option<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended, if it did.
    pub finished_at: Option<DateTime<Utc>>,
    /// End, in one sentence.
    pub summary: Option<String>,
    /// The backup that was taken before its first write.
    pub backup: Option<BackupId>,
    /// The program that carried it out, where that was noted.
    pub program: Option<Program>,
    /// Reason it is not recovered yet, where that was tried.
    pub waiting: Option<ErrorReport>,
    /// Reason it ended before it wrote anything, where that was noted and is a code that this aidb knows.
    pub cause: Option<ErrorCode>,
    /// Gains and losses of the plan, where that was noted.
    #[serde(default)]
    pub counts: Option<Counts>,
    /// The batch that it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchId>,
}

/// An operation with its plan and its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// Summary for the history.
    pub summary: OperationSummary,
    /// The plan, as JSON.
    pub plan_json: Option<String>,
    /// Result of each item, as JSON.
    pub outcome_json: Option<String>,
}

/// Filter of operations; the default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperationFilter {
    /// Of one agent.
    pub agent: Option<AgentId>,
    /// About one server.
    pub server: Option<ServerFilter>,
    /// At most so many, the newest.
    pub limit: Option<u32>,
}

impl Store {
    /// Enters an operation into the history, as prepared.
    pub async fn begin_operation(&self, new: &NewOperation) -> Result<OperationId, StoreError> {
        let mut transaction = self.write().await?;
        let id = self.enter(&mut transaction, new, OperationState::Prepared).await?;
        transaction.commit().await.map_err(self.failing())?;
        Ok(id)
    }

    pub(super) async fn enter(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        new: &NewOperation,
        state: OperationState,
    ) -> Result<OperationId, StoreError> {
        let id = OperationId::random()?;
        sqlx::query(
            "INSERT INTO operations (id, kind, state, environment_id, environment_name, url, server, agent_id, mode, \
             actor, reason, source, fingerprint, started_at, plan, program, saved_plan, gains, losses, batch, sent) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        )
        .bind(id.as_str())
        .bind(new.kind.as_str())
        .bind(state.as_str())
        .bind(new.server.environment.as_ref().map(|environment| environment.as_str()))
        .bind(&new.server.environment_name)
        .bind(&new.server.url)
        .bind(new.server.server_id().as_str())
        .bind(new.agent_id.as_str())
        .bind(&new.mode)
        .bind(&new.actor)
        .bind(&new.reason)
        .bind(&new.source)
        .bind(&new.fingerprint)
        .bind(time_text(&new.started_at))
        .bind(&new.plan_json)
        .bind(new.program.as_str())
        .bind(&new.saved_plan)
        .bind(new.counts.map(|counts| counts.gains))
        .bind(new.counts.map(|counts| counts.losses))
        .bind(new.batch.as_ref().map(BatchId::as_str))
        .execute(&mut **transaction)
        .await
        .map_err(self.failing())?;
        Ok(id)
    }

    /// Says which backup was taken before the operation's first write. [`Store::insert_backup`] does it by itself for a
    /// backup that names its operation.
    pub async fn attach_backup(&self, operation: &OperationId, backup: &BackupId) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        self.link_backup(&mut transaction, operation, backup).await?;
        transaction.commit().await.map_err(self.failing())
    }

    /// Moves an operation on. Backwards is an error.
    pub async fn advance_operation(&self, id: &OperationId, state: OperationState) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        self.move_to(&mut transaction, id, state).await?;
        transaction.commit().await.map_err(self.failing())
    }

    /// Ends an operation in a final state, with one sentence about it.
    pub async fn finish_operation(&self, id: &OperationId, end: &End<'_>) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        self.end(&mut transaction, id, end).await?;
        transaction.commit().await.map_err(self.failing())
    }

    /// Enters an operation that has ended already: one that changed nothing at its target.
    pub async fn record_operation(&self, new: &NewOperation, end: &End<'_>) -> Result<OperationId, StoreError> {
        let mut transaction = self.write().await?;
        let id = self.enter(&mut transaction, new, end.state).await?;
        self.conclude(&mut transaction, &id, end).await?;
        transaction.commit().await.map_err(self.failing())?;
        Ok(id)
    }

    pub(super) async fn end(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        id: &OperationId,
        end: &End<'_>,
    ) -> Result<(), StoreError> {
        if !end.state.is_final() {
            let from = self.state_of(transaction, id).await?.as_str();
            return Err(StoreError::OperationOrder { id: id.to_string(), from, to: end.state.as_str() });
        }
        self.move_to(transaction, id, end.state).await?;
        self.conclude(transaction, id, end).await
    }

    pub(super) async fn conclude(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        id: &OperationId,
        end: &End<'_>,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE operations SET summary = ?, outcome = coalesce(?, outcome), cause = ?, waiting = NULL, finished_at = ? \
             WHERE id = ?")
            .bind(end.summary)
            .bind(end.outcome_json)
            .bind(end.cause.map(ErrorCode::as_str))
            .bind(time_text(&end.at))
            .bind(id.as_str())
            .execute(&mut **transaction)
            .await
            .map(|_| ())
            .map_err(self.failing())
    }

    /// The operations that match, newest first, without plans and outcomes.
    pub async fn operations(&self, filter: &OperationFilter) -> Result<Vec<OperationSummary>, StoreError> {
        sqlx::query(
            "SELECT id, sequence, kind, state, environment_id, environment_name, url, agent_id, mode, actor, reason, \
             source, fingerprint, started_at, finished_at, summary, backup_id, program, waiting, cause, gains, \
             losses, batch FROM operations \
             WHERE (?1 IS NULL OR agent_id = ?1) \
             AND ((?2 IS NULL AND ?3 IS NULL) OR environment_id = ?2 OR server = ?3) ORDER BY sequence DESC LIMIT ?4",
        )
        .bind(filter.agent.as_ref().map(AgentId::as_str))
        .bind(filter.server.as_ref().and_then(ServerFilter::environment))
        .bind(filter.server.as_ref().and_then(ServerFilter::server_id))
        .bind(filter.limit.map_or(-1, i64::from))
        .fetch_all(&self.readers)
        .await
        .map_err(self.failing())?
        .iter()
        .map(|row| self.operation_from(row))
        .collect()
    }

    /// Notes that a plan with this hash was saved by this store.
    pub async fn note_saved_plan(&self, sha256: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query("INSERT OR IGNORE INTO saved_plans (sha256, saved_at) VALUES (?, ?)")
            .bind(sha256)
            .bind(time_text(&at))
            .execute(&mut *transaction)
            .await
            .map_err(self.failing())?;
        transaction.commit().await.map_err(self.failing())
    }

    /// Whether a plan with this hash was saved by this store.
    pub async fn saved_plan_is_known(&self, sha256: &str) -> Result<bool, StoreError> {
        let found = sqlx::query("SELECT 1 FROM saved_plans WHERE sha256 = ?").bind(sha256);
        Ok(found.fetch_optional(&self.readers).await.map_err(self.failing())?.is_some())
    }

    /// Plans, as JSON, in whose text this occurs, with their operations; of text beyond ASCII all plans, because SQLite knows no
    /// upper and lower case there.
    pub async fn plans_holding(&self, text: &str) -> Result<Vec<(OperationId, String)>, StoreError> {
        let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let pattern = if text.is_ascii() { format!("%{escaped}%") } else { "%".to_owned() };
        sqlx::query("SELECT id, plan FROM operations WHERE plan LIKE ? ESCAPE '\\' ORDER BY sequence DESC")
            .bind(pattern)
            .fetch_all(&self.readers)
            .await
            .map_err(self.failing())?
            .iter()
            .map(|row| Ok((OperationId(row.try_get("id")?), row.try_get("plan")?)))
            .collect::<Result<_, sqlx::Error>>()
            .map_err(self.failing())
    }

    /// One operation with its plan and its outcome.
    pub async fn operation(&self, id: &OperationId) -> Result<Operation, StoreError> {
        let row = sqlx::query("SELECT * FROM operations WHERE id = ?")
            .bind(id.as_str())
            .fetch_optional(&self.readers)
            .await
            .map_err(self.failing())?
            .ok_or_else(|| StoreError::OperationNotFound { wanted: id.to_string() })?;
        Ok(Operation {
            summary: self.operation_from(&row)?,
            plan_json: row.try_get("plan").map_err(self.failing())?,
            outcome_json: row.try_get("outcome").map_err(self.failing())?,
        })
    }

    /// The only place where the state of an operation that has begun changes.
    pub(super) async fn move_to(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        id: &OperationId,
        to: OperationState,
    ) -> Result<(), StoreError> {
        let from = self.state_of(transaction, id).await?;
        if !to.predecessors().contains(&from) {
            return Err(StoreError::OperationOrder { id: id.to_string(), from: from.as_str(), to: to.as_str() });
        }
        sqlx::query("UPDATE operations SET state = ? WHERE id = ?")
            .bind(to.as_str())
            .bind(id.as_str())
            .execute(&mut **transaction)
            .await
            .map(|_| ())
            .map_err(self.failing())
    }

    async fn state_of(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        id: &OperationId,
    ) -> Result<OperationState, StoreError> {
        let state: String = sqlx::query_scalar("SELECT state FROM operations WHERE id = ?")
            .bind(id.as_str())
            .fetch_optional(&mut **transaction)
            .await
            .map_err(self.failing())?
            .ok_or_else(|| StoreError::OperationNotFound { wanted: id.to_string() })?;
        OperationState::parse(&state).ok_or_else(|| self.damaged("an operation has an unknown state"))
    }

    pub(super) async fn link_backup(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        operation: &OperationId,
        backup: &BackupId,
    ) -> Result<(), StoreError> {
        let linked = sqlx::query("UPDATE operations SET backup_id = ? WHERE id = ?")
            .bind(backup.as_str())
            .bind(operation.as_str())
            .execute(&mut **transaction)
            .await
            .map_err(|error| match error.as_database_error() {
                Some(database) if database.is_foreign_key_violation() => {
                    StoreError::BackupNotFound { wanted: backup.to_string() }
                }
                _ => self.failing()(error),
            })?;
        match linked.rows_affected() {
            0 => Err(StoreError::OperationNotFound { wanted: operation.to_string() }),
            _ => Ok(()),
        }
    }

    pub(super) fn operation_from(&self, row: &SqliteRow) -> Result<OperationSummary, StoreError> {
        let failed = self.failing();
        let text = |column: &str| row.try_get::<String, _>(column).map_err(failed);
        let maybe = |column: &str| row.try_get::<Option<String>, _>(column).map_err(failed);
        let counts = |column: &str| row.try_get::<Option<u32>, _>(column).map_err(failed);
        let unreadable = |column: &str| self.damaged(format!("an operation has an unreadable {column}"));
        let finished_at = maybe("finished_at")?.map(|time| parse_time(&time).ok_or_else(|| unreadable("end")));
        let backup = maybe("backup_id")?.map(|id| BackupId::parse(&id).ok_or_else(|| unreadable("backup")));
        Ok(OperationSummary {
            id: OperationId(text("id")?),
            sequence: row.try_get("sequence").map_err(failed)?,
            kind: OperationKind::parse(&text("kind")?).ok_or_else(|| unreadable("kind"))?,
            state: OperationState::parse(&text("state")?).ok_or_else(|| unreadable("state"))?,
            server: ServerRef::from_row(row).map_err(failed)?,
            agent_id: AgentId::new(text("agent_id")?).map_err(|_| unreadable("agent id"))?,
            mode: text("mode")?,
            actor: text("actor")?,
            reason: maybe("reason")?,
            source: maybe("source")?,
            fingerprint: maybe("fingerprint")?,
            started_at: parse_time(&text("started_at")?).ok_or_else(|| unreadable("start"))?,
            finished_at: finished_at.transpose()?,
            summary: maybe("summary")?,
            backup: backup.transpose()?,
            program: maybe("program")?
                .map(|word| Program::parse(&word).ok_or_else(|| unreadable("program")))
                .transpose()?,
            waiting: maybe("waiting")?
                .map(|why| serde_json::from_str(&why).map_err(|_| unreadable("reason to wait")))
                .transpose()?,
            cause: maybe("cause")?.and_then(|code| serde_json::from_value(code.into()).ok()),
            batch: maybe("batch")?.map(BatchId::from_stored),
            counts: counts("gains")?.zip(counts("losses")?).map(|(gains, losses)| Counts { gains, losses }),
        })
    }
}
