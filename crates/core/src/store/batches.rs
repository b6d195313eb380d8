//! Batches: several agents changed in one go (docs/RULES.md#batch). Each agent is an operation of its own, which says how it ended;
//! a batch holds the plans, so that whoever finds it without an end can go on.

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};

use super::codec::{parse_time, time_text};
use super::operations::{BatchId, OperationId, OperationKind, OperationSummary, Program};
use super::server_ref::ServerRef;
use super::{Store, StoreError};
use crate::config::AgentId;
use crate::error::ErrorReport;

/// Content of a new batch. No secret belongs into any of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBatch {
    /// What is done to each agent.
    pub kind: OperationKind,
    /// Where it writes.
    pub server: ServerRef,
    /// Where the agents come from: an environment, a folder, a batch, a moment.
    pub source: String,
    /// Person who does it.
    pub actor: String,
    /// Reason, in the person's words.
    pub reason: Option<String>,
    /// The program that carries it out.
    pub program: Program,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// Number of failures of one kind in a row after which it stops.
    pub stop_after: u32,
    /// The batch that it takes back.
    pub undoes: Option<BatchId>,
    /// Each agent, with its plan and what that was made from, as JSON; in the order in which they begin.
    pub agents: Vec<(AgentId, String)>,
}

/// A batch as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The id.
    pub id: BatchId,
    /// What is done to each agent.
    pub kind: OperationKind,
    /// Where it writes.
    pub server: ServerRef,
    /// Where the agents come from.
    pub source: String,
    /// Person who did it.
    pub actor: String,
    /// Reason, in the person's words.
    pub reason: Option<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended, if it did.
    pub finished_at: Option<DateTime<Utc>>,
    /// Number of failures of one kind in a row after which it stops.
    pub stop_after: u32,
    /// The batch that it takes back.
    pub undoes: Option<BatchId>,
    /// The agents, in the order in which they begin.
    pub agents: Vec<BatchAgent>,
}

/// One agent of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchAgent {
    /// Its place in the batch.
    pub number: u32,
    /// Id of the agent.
    pub agent_id: AgentId,
    /// Its last operation in the batch; `None` where it was not begun.
    pub operation: Option<OperationSummary>,
    /// Why it was not begun, where that was tried last.
    pub refused: Option<ErrorReport>,
}

impl Store {
    /// Enters a batch, before its first agent begins.
    pub async fn begin_batch(&self, new: &NewBatch) -> Result<BatchId, StoreError> {
        let id = BatchId::random()?;
        let mut transaction = self.write().await?;
        sqlx::query(
            "INSERT INTO batches (id, kind, environment_id, environment_name, url, source, actor, reason, program, started_at, \
             stop_after, undoes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(id.as_str())
        .bind(new.kind.as_str())
        .bind(new.server.environment.as_ref().map(|environment| environment.as_str()))
        .bind(&new.server.environment_name)
        .bind(&new.server.url)
        .bind(&new.source)
        .bind(&new.actor)
        .bind(&new.reason)
        .bind(new.program.as_str())
        .bind(time_text(&new.started_at))
        .bind(new.stop_after)
        .bind(new.undoes.as_ref().map(BatchId::as_str))
        .execute(&mut *transaction)
        .await
        .map_err(self.failing())?;
        for (number, (agent, plan)) in (0_u32..).zip(&new.agents) {
            sqlx::query("INSERT INTO batch_agents (batch, number, agent_id, plan) VALUES (?, ?, ?, ?)")
                .bind(id.as_str())
                .bind(number)
                .bind(agent.as_str())
                .bind(plan)
                .execute(&mut *transaction)
                .await
                .map_err(self.failing())?;
        }
        transaction.commit().await.map_err(self.failing())?;
        Ok(id)
    }

    /// Notes why an agent of a batch could not be begun; `None` where it is tried again.
    pub async fn note_refused(
        &self,
        batch: &BatchId,
        number: u32,
        why: Option<&ErrorReport>,
    ) -> Result<(), StoreError> {
        let why = why.map(serde_json::to_string).transpose();
        let why = why.map_err(|error| StoreError::Failed { reason: error.to_string() })?;
        let mut transaction = self.write().await?;
        sqlx::query("UPDATE batch_agents SET refused = ? WHERE batch = ? AND number = ?")
            .bind(why)
            .bind(batch.as_str())
            .bind(number)
            .execute(&mut *transaction)
            .await
            .map_err(self.failing())?;
        transaction.commit().await.map_err(self.failing())
    }

    /// Ends a batch: nobody has to go on with it any more.
    pub async fn end_batch(&self, id: &BatchId, at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        self.found(&mut transaction, id).await?;
        sqlx::query("UPDATE batches SET finished_at = coalesce(finished_at, ?) WHERE id = ?")
            .bind(time_text(&at))
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await
            .map_err(self.failing())?;
        transaction.commit().await.map_err(self.failing())
    }

    async fn found(&self, transaction: &mut Transaction<'_, Sqlite>, id: &BatchId) -> Result<(), StoreError> {
        let found = sqlx::query("SELECT 1 FROM batches WHERE id = ?").bind(id.as_str());
        let found = found.fetch_optional(&mut **transaction).await.map_err(self.failing())?;
        found.map(drop).ok_or_else(|| StoreError::BatchNotFound { wanted: id.to_string() })
    }

    /// Every batch, newest first.
    pub async fn batches(&self) -> Result<Vec<Batch>, StoreError> {
        let rows = sqlx::query("SELECT * FROM batches ORDER BY sequence DESC").fetch_all(&self.readers).await;
        let mut batches = Vec::new();
        for row in rows.map_err(self.failing())? {
            batches.push(self.batch_from(&row).await?);
        }
        Ok(batches)
    }

    /// The batch of that id, or of an id that begins like this where there is one.
    pub async fn batch(&self, wanted: &str) -> Result<Batch, StoreError> {
        let unknown = || StoreError::BatchNotFound { wanted: wanted.to_owned() };
        let id = BatchId::parse(wanted).ok_or_else(unknown)?;
        let row =
            sqlx::query("SELECT * FROM batches WHERE id = ?").bind(id.as_str()).fetch_optional(&self.readers).await;
        self.batch_from(&row.map_err(self.failing())?.ok_or_else(unknown)?).await
    }

    /// The plan of an agent of a batch, as JSON.
    pub async fn batch_plan(&self, batch: &BatchId, number: u32) -> Result<String, StoreError> {
        let plan = sqlx::query_scalar("SELECT plan FROM batch_agents WHERE batch = ? AND number = ?");
        let plan: Option<String> =
            plan.bind(batch.as_str()).bind(number).fetch_optional(&self.readers).await.map_err(self.failing())?;
        plan.ok_or_else(|| StoreError::BatchNotFound { wanted: batch.to_string() })
    }

    async fn batch_from(&self, row: &SqliteRow) -> Result<Batch, StoreError> {
        let failed = self.failing();
        let text = |column: &str| row.try_get::<String, _>(column).map_err(failed);
        let maybe = |column: &str| row.try_get::<Option<String>, _>(column).map_err(failed);
        let unreadable = |column: &str| self.damaged(format!("a batch has an unreadable {column}"));
        let time = |text: &str| parse_time(text).ok_or_else(|| unreadable("time"));
        let id = BatchId::from_stored(text("id")?);
        Ok(Batch {
            kind: OperationKind::parse(&text("kind")?).ok_or_else(|| unreadable("kind"))?,
            server: ServerRef::from_row(row).map_err(failed)?,
            source: text("source")?,
            actor: text("actor")?,
            reason: maybe("reason")?,
            started_at: time(&text("started_at")?)?,
            finished_at: maybe("finished_at")?.as_deref().map(time).transpose()?,
            stop_after: row.try_get("stop_after").map_err(failed)?,
            undoes: maybe("undoes")?.map(BatchId::from_stored),
            agents: self.agents_of(&id).await?,
            id,
        })
    }

    async fn agents_of(&self, id: &BatchId) -> Result<Vec<BatchAgent>, StoreError> {
        let operations = sqlx::query("SELECT * FROM operations WHERE batch = ? ORDER BY sequence").bind(id.as_str());
        let operations = operations.fetch_all(&self.readers).await.map_err(self.failing())?;
        let operations: Vec<OperationSummary> =
            operations.iter().map(|row| self.operation_from(row)).collect::<Result<_, _>>()?;
        let rows = sqlx::query("SELECT number, agent_id, refused FROM batch_agents WHERE batch = ? ORDER BY number");
        let rows = rows.bind(id.as_str()).fetch_all(&self.readers).await.map_err(self.failing())?;
        let unreadable = |column: &str| self.damaged(format!("a batch has an unreadable {column}"));
        let agent = |row: &SqliteRow| {
            let agent_id: String = row.try_get("agent_id").map_err(self.failing())?;
            let refused: Option<String> = row.try_get("refused").map_err(self.failing())?;
            let refused = refused.map(|why| serde_json::from_str(&why).map_err(|_| unreadable("reason")));
            Ok(BatchAgent {
                number: row.try_get("number").map_err(self.failing())?,
                operation: operations.iter().rfind(|operation| operation.agent_id.as_str() == agent_id).cloned(),
                agent_id: AgentId::new(agent_id).map_err(|_| unreadable("agent id"))?,
                refused: refused.transpose()?,
            })
        };
        rows.iter().map(agent).collect()
    }

    /// The batch that an operation is part of.
    pub async fn batch_of(&self, operation: &OperationId) -> Result<Option<BatchId>, StoreError> {
        let batch = sqlx::query_scalar("SELECT batch FROM operations WHERE id = ?").bind(operation.as_str());
        let batch: Option<Option<String>> = batch.fetch_optional(&self.readers).await.map_err(self.failing())?;
        Ok(batch.flatten().map(BatchId::from_stored))
    }
}
