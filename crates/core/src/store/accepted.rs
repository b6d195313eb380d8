//! Accepted differences: what a person declared to differ on purpose, with a reason and an end (docs/RULES.md#accepted-differences).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::codec::{check_name, parse_time, short_id, time_text};
use super::environments::EnvironmentId;
use super::pairs::PairMember;
use super::profile_changes::By;
use super::{Store, StoreError};

/// The longest reason, in characters.
const LONGEST_REASON: usize = 500;

short_id! {
    /// An accepted difference's id: `ad-` and eight characters that are easy to read out.
    AcceptedId, "ad-"
}

/// What is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccepted {
    /// Agent that differs.
    pub agent: PairMember,
    /// Same agent in the stage before.
    pub before: PairMember,
    /// What differs: the key of a change, or the pointer of a field.
    pub item: String,
    /// Digest of the two values.
    pub digest: String,
    /// The two values, for people.
    pub says: String,
    /// Reason, in the person's words.
    pub reason: String,
    /// When it ends by itself.
    pub until: DateTime<Utc>,
}

/// A difference that a person accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedDifference {
    /// The id.
    pub id: AcceptedId,
    /// Agent that differs.
    pub agent: PairMember,
    /// Same agent in the stage before.
    pub before: PairMember,
    /// What differs: the key of a change, or the pointer of a field.
    pub item: String,
    /// Digest of the two values: other values are not what was accepted.
    pub digest: String,
    /// The two values, for people.
    pub says: String,
    /// Reason, in the words of whoever accepted it.
    pub reason: String,
    /// When it ends by itself.
    pub until: DateTime<Utc>,
    /// Person who accepted it.
    pub actor: String,
    /// When that was.
    pub at: DateTime<Utc>,
}

impl AcceptedDifference {
    /// The resource or the field, as people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.item.strip_prefix("resource:").or_else(|| self.item.strip_prefix('/')).unwrap_or(&self.item)
    }
}

impl Store {
    /// Accepts a difference, in place of what was accepted for that item before.
    ///
    /// # Errors
    /// [`StoreError::Unusable`] for a reason that cannot be kept.
    pub async fn accept_difference(&self, new: &NewAccepted, by: &By) -> Result<AcceptedId, StoreError> {
        check_name(&new.reason, LONGEST_REASON).map_err(|reason| StoreError::Unusable {
            what: "The reason",
            value: new.reason.clone(),
            reason,
        })?;
        let id = AcceptedId::random()?;
        let mut transaction = self.write().await?;
        sqlx::query(
            "INSERT OR REPLACE INTO accepted_differences (id, environment_id, agent_id, before_environment_id, \
             before_agent_id, item, digest, says, reason, until, actor, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(id.as_str())
        .bind(new.agent.environment.as_str())
        .bind(&new.agent.agent_id)
        .bind(new.before.environment.as_str())
        .bind(&new.before.agent_id)
        .bind(&new.item)
        .bind(&new.digest)
        .bind(&new.says)
        .bind(&new.reason)
        .bind(time_text(&new.until))
        .bind(&by.actor)
        .bind(time_text(&by.at))
        .execute(&mut *transaction)
        .await
        .map_err(self.failing())?;
        transaction.commit().await.map_err(self.failing())?;
        Ok(id)
    }

    /// Takes an acceptance back: the difference counts again.
    ///
    /// # Errors
    /// [`StoreError::AcceptedNotFound`].
    pub async fn withdraw_accepted(&self, id: &AcceptedId) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let deleted = sqlx::query("DELETE FROM accepted_differences WHERE id = ?")
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await
            .map_err(self.failing())?;
        if deleted.rows_affected() == 0 {
            return Err(StoreError::AcceptedNotFound { wanted: id.to_string() });
        }
        transaction.commit().await.map_err(self.failing())
    }

    /// Every accepted difference, oldest first; those that have ended as well.
    pub async fn accepted_differences(&self) -> Result<Vec<AcceptedDifference>, StoreError> {
        let rows = sqlx::query("SELECT * FROM accepted_differences ORDER BY sequence");
        let rows = rows.fetch_all(&self.readers).await.map_err(self.failing())?;
        rows.iter().map(|row| self.accepted_from(row)).collect()
    }

    fn accepted_from(&self, row: &SqliteRow) -> Result<AcceptedDifference, StoreError> {
        let text = |column: &str| row.try_get::<String, _>(column).map_err(self.failing());
        let time = |column: &str| {
            parse_time(&text(column)?).ok_or_else(|| self.damaged("an accepted difference has an unreadable time"))
        };
        let member = |environment: &str, agent: &str| {
            let environment = EnvironmentId::from_stored(text(environment)?);
            Ok::<_, StoreError>(PairMember { environment, agent_id: text(agent)? })
        };
        Ok(AcceptedDifference {
            id: AcceptedId::from_stored(text("id")?),
            agent: member("environment_id", "agent_id")?,
            before: member("before_environment_id", "before_agent_id")?,
            item: text("item")?,
            digest: text("digest")?,
            says: text("says")?,
            reason: text("reason")?,
            until: time("until")?,
            actor: text("actor")?,
            at: time("at")?,
        })
    }
}
