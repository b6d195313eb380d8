//! Where something happened.

use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::environments::{Environment, EnvironmentId};

/// The server that a backup or an operation was about, as it was called then. Outlives the environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The environment; `None` for a run by URL alone.
    pub environment: Option<EnvironmentId>,
    /// The environment's name at that time.
    pub environment_name: Option<String>,
    /// The server's URL, without user, password, query and fragment.
    pub url: String,
}

impl Place {
    /// A server without an environment.
    pub fn by_url(url: impl Into<String>) -> Self {
        Self { environment: None, environment_name: None, url: url.into() }
    }

    /// How people call it: the environment's name, or the URL.
    #[must_use]
    pub fn called(&self) -> &str {
        self.environment_name.as_deref().unwrap_or(&self.url)
    }

    pub(super) fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            environment: row.try_get::<Option<String>, _>("environment_id")?.map(EnvironmentId::from_stored),
            environment_name: row.try_get("environment_name")?,
            url: row.try_get("url")?,
        })
    }
}

impl From<&Environment> for Place {
    fn from(environment: &Environment) -> Self {
        Self {
            environment: Some(environment.id.clone()),
            environment_name: Some(environment.name.clone()),
            url: environment.url.clone(),
        }
    }
}

/// Which places to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceFilter {
    /// Those of one environment, also under earlier URLs and names.
    Environment(EnvironmentId),
    /// Those with exactly this URL, with or without an environment.
    Url(String),
}

impl PlaceFilter {
    pub(super) fn environment(&self) -> Option<&str> {
        match self {
            Self::Environment(id) => Some(id.as_str()),
            Self::Url(_) => None,
        }
    }

    pub(super) fn url(&self) -> Option<&str> {
        match self {
            Self::Environment(_) => None,
            Self::Url(url) => Some(url),
        }
    }
}
