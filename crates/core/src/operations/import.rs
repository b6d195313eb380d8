//! Dry run and import: the plan that would make a target match a configuration. Never writes; `change.rs` does.

use std::sync::Arc;

use secrecy::SecretString;

use super::proposal::{OwnedGoal, linking_by};
use super::{Context, Engine, Error, Proposal, ProposalSource, Target};
use crate::config::{AgentId, AgentState, Configuration, DatabaseReference};
use crate::connector::{DatabaseTest, Tables, read_state, read_tables};
use crate::plan::{self, Goal, Mode, Selection, TargetTables};
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
        self.propose(target, configuration, options, ProposalSource::Import { file: source }, context).await
    }

    /// The plan that brings a configuration into a target, wherever the configuration comes from.
    pub(super) async fn propose(
        &self,
        target: &Target,
        configuration: &Configuration,
        options: &ImportOptions,
        source: ProposalSource,
        context: &Context,
    ) -> Result<Proposal, Error> {
        let agent = Arc::new(configuration.agent.clone());
        let agent_id = AgentId::new(agent.agent_id.clone())?;
        let link = self.connection_string(target, agent.database.as_ref(), &options.link).await?;
        let goal = OwnedGoal::Agent(agent, linking_by(link.as_ref()));
        let (plan, live) = self.plan(target, &agent_id, goal.borrow(), options.mode, context).await?;
        let plan = plan.select(&options.selection)?;
        self.keep_connection_string(target, configuration.agent.database.as_ref(), &options.link).await?;
        Ok(Proposal {
            plan,
            source,
            live,
            goal,
            selection: options.selection.clone(),
            connection_string: link,
            saved: None,
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
    ) -> Result<(plan::Plan, Arc<AgentState>), Error> {
        context.progress.emit(Event::Stage { stage: Stage::Reading, items: 0 });
        let session = self.session(&target.connector, context);
        let (live, _) = read_state(&session, agent_id).await?;
        let mut plan = plan::make(agent_id, goal, &live, mode);
        // The tables of a database that is about to be replaced say nothing.
        if plan.sets_tables() && has_database(&live) && !plan.links_database() {
            match read_tables(&session, agent_id).await {
                Tables::Listed(tables) => plan.check_tables(TargetTables::Listed(&tables)),
                Tables::Unavailable { .. } => plan.check_tables(TargetTables::Unavailable),
            }
        }
        Ok((plan, Arc::new(live)))
    }

    /// Whether a connection string is kept for the database of a proposal. A keychain that cannot be read keeps none.
    pub async fn remembers_connection(&self, target: &Target, proposal: &Proposal) -> bool {
        let name = connection_secret(target, proposal.database());
        matches!(self.vault.get(&name).await, Ok(Some(_)))
    }

    /// Has the target's server try a connection string, the remembered one unless one is given. Links nothing.
    ///
    /// # Errors
    /// None is remembered, or the server cannot be asked.
    pub async fn test_connection_string(
        &self,
        target: &Target,
        proposal: &Proposal,
        connection_string: Option<SecretString>,
    ) -> Result<DatabaseTest, Error> {
        let string = match connection_string {
            Some(given) => given,
            None => self.remembered(target, proposal.database()).await?,
        };
        Ok(target.connector.test_database(&string).await?)
    }

    async fn remembered(&self, target: &Target, database: Option<&DatabaseReference>) -> Result<SecretString, Error> {
        let kept = self.vault.get(&connection_secret(target, database)).await?;
        kept.ok_or_else(|| Error::ConnectionStringMissing { place: target.name.clone() })
    }

    pub(super) async fn connection_string(
        &self,
        target: &Target,
        database: Option<&DatabaseReference>,
        link: &LinkDatabase,
    ) -> Result<Option<SecretString>, Error> {
        match link {
            LinkDatabase::Later => Ok(None),
            LinkDatabase::With { connection_string, .. } => Ok(Some(connection_string.clone())),
            LinkDatabase::Remembered => self.remembered(target, database).await.map(Some),
        }
    }

    /// Keeps a connection string where that was asked for, once there is a plan to use it in.
    pub(super) async fn keep_connection_string(
        &self,
        target: &Target,
        database: Option<&DatabaseReference>,
        link: &LinkDatabase,
    ) -> Result<(), Error> {
        if let LinkDatabase::With { connection_string, remember: Remember::Keep } = link {
            self.vault.set(&connection_secret(target, database), connection_string).await?;
        }
        Ok(())
    }
}

fn has_database(live: &AgentState) -> bool {
    live.present().is_some_and(|live| live.agent.database.is_some())
}

fn connection_secret(target: &Target, database: Option<&DatabaseReference>) -> SecretName {
    let connection = database.and_then(|database| database.connection_name.as_deref());
    SecretName::ConnectionString {
        scope: target.scope(),
        connection: connection.unwrap_or("default").to_owned(),
        display: target.name.clone(),
    }
}
