//! Where something happened.

use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::environments::{Environment, EnvironmentId};
use crate::config::ServerId;

/// The server that a backup or an operation was about, as it was called then. Outlives the environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerRef {
    /// The environment; `None` for a run by URL alone.
    pub environment: Option<EnvironmentId>,
    /// The environment's name at that time.
    pub environment_name: Option<String>,
    /// The server's URL, without user, password, query and fragment.
    pub url: String,
}

impl ServerRef {
    /// A server without an environment.
    pub fn by_url(url: impl Into<String>) -> Self {
        Self { environment: None, environment_name: None, url: url.into() }
    }

    /// Name that people use: the environment's name, or the URL.
    #[must_use]
    pub fn called(&self) -> &str {
        self.environment_name.as_deref().unwrap_or(&self.url)
    }

    /// Name that people use, with the address where that is not the name itself.
    #[must_use]
    pub fn described(&self) -> String {
        match &self.environment_name {
            Some(name) => format!("{name} ({})", self.url),
            None => self.url.clone(),
        }
    }

    /// Identity of the server.
    #[must_use]
    pub fn server_id(&self) -> ServerId {
        ServerId::of_text(&self.url)
    }

    pub(super) fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            environment: row.try_get::<Option<String>, _>("environment_id")?.map(EnvironmentId::from_stored),
            environment_name: row.try_get("environment_name")?,
            url: row.try_get("url")?,
        })
    }
}

impl From<&Environment> for ServerRef {
    fn from(environment: &Environment) -> Self {
        Self {
            environment: Some(environment.id.clone()),
            environment_name: Some(environment.name.clone()),
            url: environment.url.clone(),
        }
    }
}

/// Records of the history and backups to list, by where they were entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerFilter {
    /// Entered under this profile, also under earlier URLs and names of it, and no other.
    Own(EnvironmentId),
    /// Entered under this profile, or about the server that it leads to now, however that was named.
    Environment {
        /// The profile.
        id: EnvironmentId,
        /// The server that it leads to.
        server: ServerId,
    },
    /// About this server, however it was named.
    Server(ServerId),
}

impl ServerFilter {
    /// Whether a record belongs to the list.
    #[must_use]
    pub fn takes(&self, server: &ServerRef) -> bool {
        let own =
            self.environment().is_some_and(|id| server.environment.as_ref().is_some_and(|own| own.as_str() == id));
        own || self.server_id().is_some_and(|wanted| server.server_id().as_str() == wanted)
    }

    pub(super) fn environment(&self) -> Option<&str> {
        match self {
            Self::Own(id) | Self::Environment { id, .. } => Some(id.as_str()),
            Self::Server(_) => None,
        }
    }

    /// The server that records are to be about, where the filter names one.
    #[must_use]
    pub fn server_id(&self) -> Option<&str> {
        match self {
            Self::Own(_) => None,
            Self::Environment { server, .. } | Self::Server(server) => Some(server.as_str()),
        }
    }
}

/// Everything about an environment and its server.
impl From<&Environment> for ServerFilter {
    fn from(environment: &Environment) -> Self {
        Self::Environment { id: environment.id.clone(), server: environment.server_id() }
    }
}
