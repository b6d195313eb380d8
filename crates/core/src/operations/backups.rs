//! Backups on request: take, find, export, verify. The one before every apply is taken in `apply.rs`.

use std::path::Path;

use super::export::tables_of;
use super::target::server_key;
use super::{Context, Engine, Error, Target};
use crate::config::{self, AgentId, AgentState, Configuration};
use crate::connector::{Tables, read_tables, read_whole_state};
use crate::files::{self, Overwrite};
use crate::store::{Backup, BackupFilter, BackupReason, BackupSummary, NewBackup, Pin, ServerFilter, StoreError};

/// Name that a person gives a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BackupChoice {
    /// By its id, or the beginning of it.
    Id(String),
    /// By a file in its place.
    File(std::path::PathBuf),
}

impl BackupChoice {
    /// What a person typed: an id looks like `bk-…` and is no existing file.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.starts_with("bk-") && !Path::new(text).exists() {
            true => Self::Id(text.to_owned()),
            false => Self::File(text.into()),
        }
    }
}

impl Engine {
    /// Takes a backup now.
    ///
    /// # Errors
    /// The agent is not there or cannot be read, or the backup cannot be stored.
    pub async fn back_up(
        &self,
        target: &Target,
        agent: &AgentId,
        note: Option<&str>,
        context: &Context,
    ) -> Result<Backup, Error> {
        let session = self.session(&target.connector, context);
        let (state, _) = read_whole_state(&session, agent).await?;
        let tables = match state {
            // Somebody who asks for a backup wants something in it; a mistyped id must not look like safety.
            AgentState::Absent => {
                return Err(self.agent_not_found(target, agent, context).await);
            }
            AgentState::Present(_) => match read_tables(&session, agent).await {
                Tables::Listed(tables) => Some(tables),
                Tables::Unavailable { .. } => None,
            },
        };
        let backup = NewBackup {
            server: &target.server,
            agent_id: agent,
            state: &state,
            tables: tables.as_deref(),
            reason: BackupReason::Requested,
            operation: None,
            taken_at: self.now(),
            note,
        };
        let backup = self.store().await?.insert_backup(&backup).await?;
        self.retire_backups(target, agent).await?;
        Ok(backup)
    }

    /// Drops the backups of an agent that its environment no longer keeps: with every new one, while there is a newer one for
    /// sure. Without a profile nothing says how many to keep, and all are kept.
    pub(super) async fn retire_backups(&self, target: &Target, agent: &AgentId) -> Result<(), Error> {
        let Some(environment) = &target.environment else { return Ok(()) };
        self.store().await?.retire_backups(environment, agent, self.now()).await?;
        Ok(())
    }

    /// Reads a backup by its id, the beginning of its id, or `latest`, and checks it against its hash.
    ///
    /// # Errors
    /// No such backup, or it is damaged.
    pub async fn backup(&self, id: &str) -> Result<Backup, Error> {
        let store = self.store().await?;
        let found = store.resolve_backup(id, &BackupFilter::default()).await?;
        Ok(store.backup(&found.id).await?)
    }

    /// Reads the latest backup among those that match, and checks it against its hash. Of an environment that leads elsewhere
    /// now, only those of the server that it leads to count: what was on another server is not its latest state.
    ///
    /// # Errors
    /// There is none, or it is damaged.
    pub async fn latest_backup(&self, filter: BackupFilter) -> Result<Backup, Error> {
        let store = self.store().await?;
        let server = filter.server.as_ref().and_then(ServerFilter::server_id).map(server_key);
        let here = |backup: &BackupSummary| {
            // A record that cannot be read may be the latest: it is refused then, and none before it taken for it.
            backup.unreadable.is_some()
                || server.as_ref().is_none_or(|server| server_key(&backup.server.url) == *server)
        };
        let latest = store.backups(&filter).await?.into_iter().find(here);
        let latest = latest.ok_or_else(|| StoreError::BackupNotFound { wanted: "latest".into() })?;
        Ok(store.backup(&latest.id).await?)
    }

    /// Gives a backup its name, its note and its pin, all three at once: what is left out is taken away.
    ///
    /// # Errors
    /// No such backup, or a name or note that cannot be one; then nothing is changed but what came before it.
    pub async fn describe_backup(
        &self,
        id: &str,
        name: Option<&str>,
        note: Option<&str>,
        pin: Pin,
    ) -> Result<BackupSummary, Error> {
        let store = self.store().await?;
        let id = store.resolve_backup(id, &BackupFilter::default()).await?.id;
        store.rename_backup(&id, name).await?;
        store.annotate_backup(&id, note).await?;
        store.pin_backup(&id, pin).await?;
        Ok(store.resolve_backup(id.as_str(), &BackupFilter::default()).await?)
    }

    /// Writes a backup as a configuration file.
    ///
    /// # Errors
    /// No such backup, damaged, "did not exist", or the file cannot be written.
    pub async fn export_backup(&self, id: &str, path: &Path, overwrite: Overwrite) -> Result<Backup, Error> {
        let (backup, configuration) = self.backup_configuration(id).await?;
        files::write(path, &config::write(&configuration), overwrite)?;
        Ok(backup)
    }

    /// Reads a backup as a configuration.
    ///
    /// # Errors
    /// No such backup, damaged, or "did not exist".
    pub async fn backup_configuration(&self, id: &str) -> Result<(Backup, Configuration), Error> {
        let backup = self.backup(id).await?;
        let live =
            backup.state.present().ok_or_else(|| Error::NothingToExport { id: backup.summary.id.to_string() })?;
        let tables = backup.tables.clone().unwrap_or_else(|| tables_of(&live.agent));
        let server = &backup.summary.server;
        let mut configuration = self.configuration(server.environment_name.as_deref(), &server.url, live, Some(tables));
        let taken = backup.summary.taken_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        configuration.exported_at = Some(taken);
        Ok((backup, configuration))
    }
}
