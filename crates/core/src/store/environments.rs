//! Environments: the profiles of the servers, in stage order. Their API keys are the vault's.

use std::fmt;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};
use uuid::Uuid;

use super::codec::{check_name, parse_time, time_text};
use super::profile_changes::{self, By, ProfileAction};
use super::{Store, StoreError};
use crate::config::ServerId;
use crate::text_enum::text_enum;
use crate::vault::KeyPrompt;

/// The longest name, in characters: it has to fit a column of the overview.
const LONGEST_NAME: usize = 64;

text_enum! {
    /// The colour that tells environments apart at a glance.
    pub enum Colour {
        /// Blue.
        Blue = "blue",
        /// Amber.
        Amber = "amber",
        /// Red.
        Red = "red",
        /// Green.
        Green = "green",
        /// Violet.
        Violet = "violet",
        /// Teal.
        Teal = "teal",
        /// Grey.
        Grey = "grey",
    }
}

text_enum! {
    /// Whether writing needs the person's word, or `--yes`.
    pub enum Protection {
        /// Writing is confirmed as everywhere.
        Open = "open",
        /// Writing is confirmed by name.
        Protected = "protected",
    }
}

text_enum! {
    /// Whether plain http may leave this machine.
    pub enum PlainHttpChoice {
        /// Only to this machine itself.
        LoopbackOnly = "loopback_only",
        /// The person allowed it for this environment.
        Allowed = "allowed",
    }
}

/// An environment's id: stays the same when the environment is renamed or moves. A UUID of version 7.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EnvironmentId(String);

impl EnvironmentId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn random() -> Self {
        Self(Uuid::now_v7().to_string())
    }

    pub(super) const fn from_stored(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for EnvironmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Content of a new environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEnvironment {
    /// One line of 1 to 64 characters, without spaces around it; unique, upper and lower case aside.
    pub name: String,
    /// The server's URL as the connector accepts it. Kept as given.
    pub url: String,
    /// The colour.
    pub colour: Colour,
    /// Protected or not.
    pub protection: Protection,
    /// The agent to take where none is named.
    pub default_agent: Option<String>,
    /// A file with further CA certificates.
    pub ca_file: Option<PathBuf>,
    /// Whether plain http may leave this machine.
    pub plain_http: PlainHttpChoice,
    /// When the keychain asks for a password before it hands out the key.
    pub key_prompt: KeyPrompt,
    /// Number of backups of each agent to keep at least.
    pub keep_backups: u32,
    /// For how many days to keep every backup.
    pub keep_days: u32,
    /// When it is added.
    pub created_at: DateTime<Utc>,
}

impl Environment {
    /// Identity of the server that the profile leads to.
    #[must_use]
    pub fn server_id(&self) -> ServerId {
        ServerId::of_text(&self.url)
    }
}

impl NewEnvironment {
    /// An open, blue environment without a default agent that keeps fifty backups of each agent and all of ninety days.
    pub fn new(name: impl Into<String>, url: impl Into<String>, created_at: DateTime<Utc>) -> Self {
        Self {
            name: name.into(),
            url: url.into(),
            colour: Colour::Blue,
            protection: Protection::Open,
            default_agent: None,
            ca_file: None,
            plain_http: PlainHttpChoice::LoopbackOnly,
            key_prompt: KeyPrompt::Never,
            keep_backups: 50,
            keep_days: 90,
            created_at,
        }
    }
}

/// The profile of one server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// The id.
    pub id: EnvironmentId,
    /// The name; see [`NewEnvironment::name`].
    pub name: String,
    /// The server's URL.
    pub url: String,
    /// The place in the stage order, from 0 without gaps.
    pub position: u32,
    /// The colour.
    pub colour: Colour,
    /// Protected or not.
    pub protection: Protection,
    /// The agent to take where none is named.
    pub default_agent: Option<String>,
    /// A file with further CA certificates.
    pub ca_file: Option<PathBuf>,
    /// Whether plain http may leave this machine.
    pub plain_http: PlainHttpChoice,
    /// When the keychain asks for a password before it hands out the key.
    pub key_prompt: KeyPrompt,
    /// Number of backups of each agent to keep at least.
    pub keep_backups: u32,
    /// For how many days to keep every backup.
    pub keep_days: u32,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

impl Store {
    /// Adds an environment as the last stage.
    pub async fn add_environment(&self, new: &NewEnvironment, by: &By) -> Result<Environment, StoreError> {
        let mut transaction = self.write().await?;
        let last: i64 = sqlx::query_scalar("SELECT count(*) FROM environments")
            .fetch_one(&mut *transaction)
            .await
            .map_err(self.failing())?;
        let environment = Environment {
            id: EnvironmentId::random(),
            name: new.name.clone(),
            url: new.url.clone(),
            position: u32::try_from(last).unwrap_or(u32::MAX),
            colour: new.colour,
            protection: new.protection,
            default_agent: new.default_agent.clone(),
            ca_file: new.ca_file.clone(),
            plain_http: new.plain_http,
            key_prompt: new.key_prompt,
            keep_backups: new.keep_backups,
            keep_days: new.keep_days,
            created_at: new.created_at,
        };
        let values = Values::of(&environment)?;
        sqlx::query(
            "INSERT INTO environments (name, name_key, url, colour, protection, default_agent, ca_file, plain_http, \
             key_prompt, keep_backups, keep_days, id, position, created_at) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&environment.name)
        .bind(values.name_key)
        .bind(&environment.url)
        .bind(environment.colour.as_str())
        .bind(environment.protection.as_str())
        .bind(&environment.default_agent)
        .bind(values.ca_file)
        .bind(environment.plain_http.as_str())
        .bind(environment.key_prompt.as_str())
        .bind(environment.keep_backups)
        .bind(environment.keep_days)
        .bind(environment.id.as_str())
        .bind(environment.position)
        .bind(time_text(&environment.created_at))
        .execute(&mut *transaction)
        .await
        .map_err(|error| self.name_taken(&environment.name, error))?;
        let details = [format!("URL: {}", environment.url), format!("Protection: {}", environment.protection)];
        self.enter_profile_change(&mut transaction, &environment, ProfileAction::Added, &details, by).await?;
        transaction.commit().await.map_err(self.failing())?;
        Ok(environment)
    }

    /// The environment of that name, upper and lower case aside, or of that id.
    pub async fn environment(&self, name_or_id: &str) -> Result<Environment, StoreError> {
        let environments = self.environments().await?;
        let key = name_key(name_or_id.trim());
        let known = environments.iter().map(|environment| environment.name.clone()).collect();
        environments
            .into_iter()
            .find(|environment| name_key(&environment.name) == key || environment.id.as_str() == key)
            .ok_or_else(|| StoreError::EnvironmentNotFound { wanted: name_or_id.to_owned(), known })
    }

    /// All environments in stage order.
    pub async fn environments(&self) -> Result<Vec<Environment>, StoreError> {
        sqlx::query("SELECT * FROM environments ORDER BY position")
            .fetch_all(&self.readers)
            .await
            .map_err(self.failing())?
            .iter()
            .map(|row| self.environment_from(row))
            .collect()
    }

    /// Writes everything of the environment but its position and its date.
    pub async fn update_environment(&self, environment: &Environment, by: &By) -> Result<(), StoreError> {
        let values = Values::of(environment)?;
        let mut transaction = self.write().await?;
        let before = self.stored(&mut transaction, &environment.id).await?;
        sqlx::query(
            "UPDATE environments SET name = ?, name_key = ?, url = ?, colour = ?, protection = ?, default_agent = ?, \
             ca_file = ?, plain_http = ?, key_prompt = ?, keep_backups = ?, keep_days = ? WHERE id = ?",
        )
        .bind(&environment.name)
        .bind(values.name_key)
        .bind(&environment.url)
        .bind(environment.colour.as_str())
        .bind(environment.protection.as_str())
        .bind(&environment.default_agent)
        .bind(values.ca_file)
        .bind(environment.plain_http.as_str())
        .bind(environment.key_prompt.as_str())
        .bind(environment.keep_backups)
        .bind(environment.keep_days)
        .bind(environment.id.as_str())
        .execute(&mut *transaction)
        .await
        .map_err(|error| self.name_taken(&environment.name, error))?;
        let details = profile_changes::differences(&before, environment);
        if !details.is_empty() {
            self.enter_profile_change(&mut transaction, environment, ProfileAction::Changed, &details, by).await?;
        }
        transaction.commit().await.map_err(self.failing())
    }

    /// Sets the stage order; `order` names every environment once.
    pub async fn reorder_environments(&self, order: &[EnvironmentId]) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let mut present = ids(&mut transaction).await.map_err(self.failing())?;
        let mut wanted: Vec<_> = order.iter().map(|id| id.as_str().to_owned()).collect();
        present.sort_unstable();
        wanted.sort_unstable();
        if present != wanted {
            return Err(StoreError::IncompleteOrder);
        }
        renumber(&mut transaction, order.iter().map(EnvironmentId::as_str)).await.map_err(self.failing())?;
        transaction.commit().await.map_err(self.failing())
    }

    /// Removes the environment. Its backups and its history stay. Its keys are the vault's, and stay as well.
    pub async fn remove_environment(&self, id: &EnvironmentId, by: &By) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let before = self.stored(&mut transaction, id).await?;
        sqlx::query("DELETE FROM environments WHERE id = ?")
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await
            .map_err(self.failing())?;
        self.enter_profile_change(&mut transaction, &before, ProfileAction::Removed, &[], by).await?;
        let left = ids(&mut transaction).await.map_err(self.failing())?;
        renumber(&mut transaction, left.iter().map(String::as_str)).await.map_err(self.failing())?;
        transaction.commit().await.map_err(self.failing())
    }

    /// The profile as it stands before this transaction changes it.
    async fn stored(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        id: &EnvironmentId,
    ) -> Result<Environment, StoreError> {
        let row = sqlx::query("SELECT * FROM environments WHERE id = ?")
            .bind(id.as_str())
            .fetch_optional(&mut **transaction)
            .await
            .map_err(self.failing())?
            .ok_or_else(|| StoreError::EnvironmentNotFound { wanted: id.to_string(), known: Vec::new() })?;
        self.environment_from(&row)
    }

    fn name_taken(&self, name: &str, error: sqlx::Error) -> StoreError {
        match error.as_database_error() {
            Some(database) if database.is_unique_violation() => StoreError::EnvironmentExists { name: name.to_owned() },
            _ => self.failing()(error),
        }
    }

    fn environment_from(&self, row: &SqliteRow) -> Result<Environment, StoreError> {
        let failed = self.failing();
        let text = |column: &str| row.try_get::<String, _>(column).map_err(failed);
        let unreadable = |column: &str| self.damaged(format!("an environment has an unknown {column}"));
        Ok(Environment {
            id: EnvironmentId(text("id")?),
            name: text("name")?,
            url: text("url")?,
            position: row.try_get("position").map_err(failed)?,
            colour: Colour::parse(&text("colour")?).ok_or_else(|| unreadable("colour"))?,
            protection: Protection::parse(&text("protection")?).ok_or_else(|| unreadable("protection"))?,
            default_agent: row.try_get("default_agent").map_err(failed)?,
            ca_file: row.try_get::<Option<String>, _>("ca_file").map_err(failed)?.map(PathBuf::from),
            plain_http: PlainHttpChoice::parse(&text("plain_http")?).ok_or_else(|| unreadable("plain_http"))?,
            key_prompt: KeyPrompt::parse(&text("key_prompt")?).ok_or_else(|| unreadable("key_prompt"))?,
            keep_backups: row.try_get("keep_backups").map_err(failed)?,
            keep_days: row.try_get("keep_days").map_err(failed)?,
            created_at: parse_time(&text("created_at")?).ok_or_else(|| unreadable("created_at"))?,
        })
    }
}

/// The values of an environment that need a look before they are stored.
struct Values {
    name_key: String,
    ca_file: Option<String>,
}

impl Values {
    fn of(environment: &Environment) -> Result<Self, StoreError> {
        check_name(&environment.name, LONGEST_NAME).map_err(|reason| StoreError::Unusable {
            what: "The name",
            value: environment.name.clone(),
            reason,
        })?;
        let ca_file = environment.ca_file.as_deref().map(|path| match path.to_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err(StoreError::Unusable {
                what: "The CA file",
                value: path.display().to_string(),
                reason: "its path is not valid UTF-8".into(),
            }),
        });
        Ok(Self { name_key: name_key(&environment.name), ca_file: ca_file.transpose()? })
    }
}

fn name_key(name: &str) -> String {
    name.to_lowercase()
}

/// All ids in stage order.
async fn ids(transaction: &mut Transaction<'_, Sqlite>) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM environments ORDER BY position").fetch_all(&mut **transaction).await
}

async fn renumber<'a>(
    transaction: &mut Transaction<'_, Sqlite>,
    order: impl Iterator<Item = &'a str>,
) -> Result<(), sqlx::Error> {
    for (position, id) in (0_u32..).zip(order) {
        sqlx::query("UPDATE environments SET position = ? WHERE id = ?")
            .bind(position)
            .bind(id)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}
