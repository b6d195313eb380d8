//! Dry run and import: the plan that would make a target match a configuration. Never writes; `change.rs` does.

use std::sync::Arc;

use secrecy::SecretString;

use super::change::OwnedGoal;
use super::{Context, Engine, Error, Proposal, ProposalSource, Target};
use crate::config::{AgentId, AgentState, Configuration};
use crate::connector::{Tables, read_state, read_tables};
use crate::plan::{self, DatabaseLinking, Goal, Mode, Selection, TargetTables};
use crate::progress::{Event, Stage};
use crate::vault::SecretName;

/// Whether the agent's database is linked on the way.
#[derive(Clone, Debug, Default)]
pub enum LinkDatabase {
    /// No.
    #[default]
    Later,
    /// With this connection string.
    With {
        /// The connection string.
        connection_string: SecretString,
        /// Whether to keep it, under environment and connection name.
        remember: Remember,
    },
    /// With the one that is kept for this environment and connection name.
    Remembered,
}

/// Whether a connection string is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remember {
    /// In the keychain.
    Keep,
    /// Used once.
    Forget,
}

/// How an import is planned.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// Merge unless asked.
    pub mode: Mode,
    /// All of it, or chosen items.
    pub selection: Selection,
    /// Whether the database is linked.
    pub link: LinkDatabase,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self { mode: Mode::Merge, selection: Selection::All, link: LinkDatabase::Later }
    }
}

impl Engine {
    /// Plans an import. Three requests; one when the target does not have the agent.
    ///
    /// # Errors
    /// The target cannot be read (which is never taken for "missing"), an unknown item is chosen, no connection string.
    pub async fn propose_import(
        &self,
        target: &Target,
        configuration: &Configuration,
        options: &ImportOptions,
        source: String,
        context: &Context,
    ) -> Result<Proposal, Error> {
        let agent = Arc::new(configuration.agent.clone());
        let agent_id = AgentId::new(agent.agent_id.clone())?;
        let connection = agent.database.as_ref().and_then(|database| database.connection_name.as_deref());
        let link = self.connection_string(target, connection, &options.link).await?;
        let linking = if link.is_some() { DatabaseLinking::Now } else { DatabaseLinking::Later };
        let goal = OwnedGoal::Agent(agent, linking);
        let plan = self.plan(target, &agent_id, goal.borrow(), options.mode, context).await?;
        Ok(Proposal {
            plan: plan.select(&options.selection)?,
            source: ProposalSource::Import { file: source },
            goal,
            selection: options.selection.clone(),
            connection_string: link,
        })
    }

    /// Reads the target and makes the plan.
    pub(super) async fn plan(
        &self,
        target: &Target,
        agent_id: &AgentId,
        goal: Goal<'_>,
        mode: Mode,
        context: &Context,
    ) -> Result<plan::Plan, Error> {
        context.progress.emit(Event::Stage { stage: Stage::Reading, items: 0 });
        let session = self.session(&target.connector, context);
        let (live, _) = read_state(&session, agent_id).await?;
        let tables = match (goal, &live) {
            // The tables of a database that is about to be replaced, or of an agent that goes or is not there, say nothing.
            (Goal::Agent { linking: DatabaseLinking::Later, .. }, AgentState::Present(_)) => {
                Some(read_tables(&session, agent_id).await)
            }
            _ => None,
        };
        let tables = match &tables {
            None => TargetTables::NotAsked,
            Some(Tables::Listed(tables)) => TargetTables::Listed(tables),
            Some(Tables::Unavailable { .. }) if !has_database(&live) => TargetTables::NotAsked,
            Some(Tables::Unavailable { reason }) => TargetTables::Unavailable(reason),
        };
        Ok(plan::make(agent_id, goal, &live, mode, tables))
    }

    async fn connection_string(
        &self,
        target: &Target,
        connection: Option<&str>,
        link: &LinkDatabase,
    ) -> Result<Option<SecretString>, Error> {
        let name = connection_secret(target, connection);
        match link {
            LinkDatabase::Later => Ok(None),
            LinkDatabase::With { connection_string, remember } => {
                if *remember == Remember::Keep {
                    self.vault.set(&name, connection_string).await?;
                }
                Ok(Some(connection_string.clone()))
            }
            LinkDatabase::Remembered => match self.vault.get(&name).await? {
                Some(kept) => Ok(Some(kept)),
                None => Err(Error::ConnectionStringMissing { place: target.name.clone() }),
            },
        }
    }
}

fn has_database(live: &AgentState) -> bool {
    live.present().is_some_and(|live| live.agent.database.is_some())
}

fn connection_secret(target: &Target, connection: Option<&str>) -> SecretName {
    SecretName::ConnectionString {
        scope: target.scope(),
        connection: connection.unwrap_or("default").to_owned(),
        display: target.name.clone(),
    }
}
