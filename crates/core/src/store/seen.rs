//! Which agents were seen at which server last: derived from the history, which holds every time that aidb looked.

use chrono::{DateTime, Utc};
use sqlx::Row;

use super::codec::parse_time;
use super::{Store, StoreError};

/// Last state of an agent in the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenAgent {
    /// The server, as it was called then.
    pub url: String,
    /// Id of the agent.
    pub agent_id: String,
    /// When it was last seen.
    pub at: DateTime<Utc>,
    /// Whether it was there.
    pub existed: bool,
}

/// The last word of the history on each agent of each server. A backup says whether the agent was there; an operation that is done
/// left it there, unless it led back to a backup from before it was, and its word comes after that of its own backup. What was put
/// back, or failed, has a backup that says it.
const LAST_WORDS: &str = "\
    SELECT url, agent_id, at, existed FROM ( \
        SELECT url, agent_id, at, existed, \
            row_number() OVER (PARTITION BY url, agent_id ORDER BY sequence DESC, rank DESC) AS age FROM ( \
            SELECT history.sequence AS sequence, 0 AS rank, server AS url, agent_id, taken_at AS at, existed = 'existed' AS existed \
                FROM backups JOIN history ON history.backup_id = backups.id WHERE reason <> 'received' \
            UNION ALL \
            SELECT coalesce(after.sequence, history.sequence), 1, operations.server, operations.agent_id, \
                coalesce(operations.finished_at, operations.started_at), coalesce(goal.existed, 'existed') = 'existed' \
                FROM operations JOIN history ON history.operation_id = operations.id \
                LEFT JOIN history AS after ON after.backup_id = operations.backup_id \
                LEFT JOIN backups AS goal ON operations.kind = 'rollback' AND goal.id = operations.source \
                WHERE operations.state = 'done' AND operations.kind <> 'recovery' \
        ) \
    ) WHERE age = 1";

impl Store {
    /// The last word on each agent of every server.
    pub async fn agents_seen(&self) -> Result<Vec<SeenAgent>, StoreError> {
        let rows = sqlx::query(LAST_WORDS).fetch_all(&self.readers).await.map_err(self.failing())?;
        let mut seen = Vec::with_capacity(rows.len());
        for row in rows {
            let existed: bool = row.try_get("existed").map_err(self.failing())?;
            let at: String = row.try_get("at").map_err(self.failing())?;
            // A damaged row hides no other.
            let Some(at) = parse_time(&at) else { continue };
            let url = row.try_get("url").map_err(self.failing())?;
            seen.push(SeenAgent { url, agent_id: row.try_get("agent_id").map_err(self.failing())?, at, existed });
        }
        Ok(seen)
    }
}
