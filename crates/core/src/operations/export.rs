//! Export: the agent, its permissions and its tables, as a configuration file.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::SecondsFormat;
use serde::Serialize;
use serde_json::Map;

use super::file_name::free_name;
use super::{Context, Engine, Error, Target};
use crate::config::{self, Agent, AgentId, Configuration, FORMAT_VERSION, LiveAgent};
use crate::connector::{LISTING, Tables, list_agents, read_state, read_tables};
use crate::error::ErrorReport;
use crate::files::{self, FileError, Overwrite};
use crate::progress::{Event, Stage};
use crate::store::{End, NewOperation, OperationKind, OperationState};

/// Something the person should know about an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum ExportNote {
    /// The server could not list the tables; they are the resources of type `table`.
    TablesFromPermissions {
        /// Words of the server.
        reason: String,
    },
    /// A field that looks like a secret stayed behind.
    Withheld {
        /// Pointer at the agent.
        pointer: String,
        /// Kind of secret: "PostgreSQL URL".
        kind: String,
    },
    /// The configuration has something that a validation would warn about.
    Finding {
        /// The message.
        message: String,
    },
}

/// One agent's configuration, read from a server.
#[derive(Clone, Debug)]
pub struct Export {
    /// The configuration.
    pub configuration: Configuration,
    /// Notes on it.
    pub notes: Vec<ExportNote>,
}

impl Export {
    /// Number of fields that stayed behind because they look like secrets.
    #[must_use]
    pub fn withheld(&self) -> usize {
        self.notes.iter().filter(|note| matches!(note, ExportNote::Withheld { .. })).count()
    }
}

/// An export that was written to a file.
#[derive(Clone, Debug)]
pub struct Exported {
    /// File that was written.
    pub path: PathBuf,
    /// Configuration in it, with its notes.
    pub export: Export,
}

/// All agents of an environment, one file each.
#[derive(Debug, Default)]
pub struct ExportedAll {
    /// The files, by agent id.
    pub exported: Vec<Exported>,
    /// Agents that could not be exported; the others were.
    pub failed: Vec<(String, ErrorReport)>,
    /// Agents that no request can name, because of their ids: none of them can ever be exported.
    pub not_addressable: Vec<(String, ErrorReport)>,
    /// Agents that were not reached before the person stopped it.
    pub not_reached: Vec<String>,
    /// Files of the folder about agents that the server does not have. They stay as they are.
    pub left_over: Vec<LeftOver>,
}

/// A configuration about an agent that the server does not have, most often one that was deleted since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOver {
    /// Path of the file.
    pub path: PathBuf,
    /// Id of the agent.
    pub agent_id: String,
}

impl Engine {
    /// Reads one agent as a configuration. Three requests.
    ///
    /// # Errors
    /// The agent is not there, cannot be read, or holds what no configuration may hold.
    pub async fn export(&self, target: &Target, agent: &AgentId, context: &Context) -> Result<Export, Error> {
        context.progress.emit(Event::Stage { stage: Stage::Reading, items: 0 });
        let session = self.session(&target.connector, context);
        let (state, _) = read_state(&session, agent).await?;
        let Some(live) = state.present() else { return Err(self.agent_not_found(target, agent, context).await) };
        let tables = read_tables(&session, agent).await;
        let (tables, mut notes) = tables_or_fallback(tables, &live.agent);
        let configuration =
            self.configuration(target.server.environment_name.as_deref(), &target.server.url, live, Some(tables));
        notes.extend(withheld(live));
        let report = config::validate(&configuration);
        if report.has_errors() {
            return Err(Error::NotExportable { agent: agent.to_string(), server: target.name.clone(), report });
        }
        notes.extend(report.findings.into_iter().map(|finding| ExportNote::Finding { message: finding.message }));
        Ok(Export { configuration, notes })
    }

    /// Exports one agent to a file, and notes it in the history.
    ///
    /// # Errors
    /// As [`Engine::export`], or the file cannot be written; what was there before stays.
    pub async fn export_to_file(
        &self,
        target: &Target,
        agent: &AgentId,
        path: &Path,
        overwrite: Overwrite,
        context: &Context,
    ) -> Result<Exported, Error> {
        let export = self.export(target, agent, context).await?;
        files::write(path, &config::write(&export.configuration), overwrite)?;
        self.note_export(target, agent, &path.display().to_string(), context).await?;
        Ok(Exported { path: path.into(), export })
    }

    /// Exports every agent of an environment into a folder, one file each. One that fails does not stop the others.
    ///
    /// # Errors
    /// The list of agents cannot be read, or the folder cannot be made.
    pub async fn export_all(
        &self,
        target: &Target,
        folder: &Path,
        overwrite: Overwrite,
        context: &Context,
    ) -> Result<ExportedAll, Error> {
        let session = self.session(&target.connector, context);
        let mut ids = list_agents(&session, LISTING).await?;
        ids.sort_unstable();
        ids.dedup();
        fs::create_dir_all(folder).map_err(|source| FileError::Unwritable { path: folder.into(), source })?;
        let mut all = ExportedAll::default();
        let mut taken = BTreeSet::new();
        for (index, id) in ids.iter().enumerate() {
            context.progress.emit(Event::Agent { agent_id: id.clone(), number: index + 1, of: ids.len() });
            let path = folder.join(free_name(id, &mut taken));
            match self.export_one(target, id, &path, overwrite, context).await {
                Ok(exported) => all.exported.push(exported),
                Err(error @ Error::Id(_)) => all.not_addressable.push((id.clone(), error.report())),
                Err(error) => all.failed.push((id.clone(), error.report())),
            }
            if context.cancel.is_cancelled() {
                all.not_reached = ids[index + 1..].to_vec();
                break;
            }
        }
        all.left_over = left_over(folder, &ids)?;
        Ok(all)
    }

    async fn export_one(
        &self,
        target: &Target,
        id: &str,
        path: &Path,
        overwrite: Overwrite,
        context: &Context,
    ) -> Result<Exported, Error> {
        self.export_to_file(target, &AgentId::new(id)?, path, overwrite, context).await
    }

    /// A configuration of what an environment has, or had when a backup was taken.
    pub(super) fn configuration(
        &self,
        environment: Option<&str>,
        url: &str,
        live: &LiveAgent,
        tables: Option<Vec<String>>,
    ) -> Configuration {
        let mut metadata = Map::new();
        metadata.insert("exported_by".into(), self.settings.actor.clone().into());
        if let Some(environment) = environment {
            metadata.insert("environment".into(), environment.into());
        }
        // A backup from before masks were known to be none may hold some.
        let info = config::values::unmasked(&live.agent.info).into_owned();
        Configuration {
            version: FORMAT_VERSION.into(),
            exported_at: Some(self.now().to_rfc3339_opts(SecondsFormat::Millis, true)),
            source_url: url::Url::parse(url).ok().map(|url| config::source_url(&url)),
            agent: Agent { info, ..live.agent.clone() },
            tables,
            metadata: Some(metadata),
            extra: Map::new(),
        }
    }

    /// Notes in the history where an export went: the path of a file, or where else its reader wrote it.
    ///
    /// # Errors
    /// The store.
    pub async fn note_export(
        &self,
        target: &Target,
        agent: &AgentId,
        destination: &str,
        context: &Context,
    ) -> Result<(), Error> {
        let now = self.now();
        let operation = NewOperation {
            kind: OperationKind::Export,
            server: target.server.clone(),
            agent_id: agent.clone(),
            mode: "read".into(),
            actor: self.settings.actor.clone(),
            reason: context.reason.clone(),
            started_at: now,
            plan_json: None,
            fingerprint: None,
            source: Some(destination.to_owned()),
            program: self.settings.program,
            saved_plan: None,
            counts: None,
            batch: None,
        };
        let summary = format!("Exported to {destination}");
        let end = End { state: OperationState::Done, summary: &summary, outcome_json: None, cause: None, at: now };
        self.store().await?.record_operation(&operation, &end).await?;
        Ok(())
    }
}

fn tables_or_fallback(tables: Tables, agent: &Agent) -> (Vec<String>, Vec<ExportNote>) {
    match tables {
        Tables::Listed(tables) => (tables, Vec::new()),
        // An agent without a database has no tables to list: nothing is missing.
        Tables::Unavailable { .. } if agent.database.is_none() => (tables_of(agent), Vec::new()),
        Tables::Unavailable { reason } => (tables_of(agent), vec![ExportNote::TablesFromPermissions { reason }]),
    }
}

/// Tables of a server that does not list them: the resources of type `table`.
pub(super) fn tables_of(agent: &Agent) -> Vec<String> {
    let tables = agent.resource_permissions.iter().filter(|(_, entry)| entry.resource_type == "table");
    tables.map(|(id, _)| id.clone()).collect()
}

fn withheld(live: &LiveAgent) -> impl Iterator<Item = ExportNote> + '_ {
    live.withheld.iter().map(|found| ExportNote::Withheld { pointer: found.pointer.clone(), kind: found.kind.clone() })
}

/// The configurations of a folder about agents that are not among `ids`. What cannot be read as a configuration is about none.
fn left_over(folder: &Path, ids: &[String]) -> Result<Vec<LeftOver>, FileError> {
    let unreadable = |source| FileError::Unreadable { path: folder.into(), source };
    let mut left = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if hidden || !path.is_file() || path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let Ok(bytes) = files::read(&path, "File") else { continue };
        let agent_id = config::read(&bytes).configuration.map(|configuration| configuration.agent.agent_id);
        if let Some(agent_id) = agent_id.filter(|id| ids.binary_search(id).is_err()) {
            left.push(LeftOver { path, agent_id });
        }
    }
    left.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(left)
}
