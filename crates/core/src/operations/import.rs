//! Dry run and import: the plan that would make a target match a configuration. Never writes; `apply.rs` does.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::proposal::{Approval, OwnedGoal};
use super::{Context, Engine, Error, Proposal, ProposalSource, Target};
use crate::config::{AgentId, AgentState, Configuration, DatabaseReference};
use crate::connector::{DatabaseTest, Tables, read_state, read_tables, read_whole_state};
use crate::plan::{self, DatabaseLinking, Goal, LimitsGoal, Mode, Selection, TargetTables};
use crate::progress::{Event, Stage};
use crate::vault::SecretName;

/// Whether the agent's database is linked on the way.
#[derive(Clone, Debug, Default)]
pub enum LinkDatabase {
    /// Not now: the agent is set up without it.
    #[default]
    Later,
    /// With this connection string.
    With {
        /// The connection string.
        connection_string: SecretString,
        /// Whether to keep it, under environment and connection name.
        remember: Remember,
        /// Whether it replaces what is linked already.
        even_if_linked: Relink,
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

/// Whether a connection string replaces a link that is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Relink {
    /// Does not, unless it is known to be another one: linking again what is linked is no change.
    #[default]
    No,
    /// Does: the person asked for that.
    Yes,
}

/// Options of an import.
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
        let linking = self.linking(target, agent.database.as_ref(), &options.link).await;
        let keep = Remember::after_linking(linking, &options.link);
        let goal = OwnedGoal::Agent(agent, linking, LimitsGoal::Unsaid);
        let (plan, live) = self.plan(target, &agent_id, goal.borrow(), options.mode, context).await?;
        // Whole first: an item that is not there is told with the items that are.
        let plan = plan.select(&options.selection)?;
        let link = self.string_for(target, &plan, configuration.agent.database.as_ref(), &options.link).await?;
        // Only now: a plan that cannot be made must leave nothing in the keychain.
        self.keep_connection_string(target, configuration.agent.database.as_ref(), &options.link).await?;
        Ok(Proposal {
            plan,
            source,
            live,
            goal,
            selection: options.selection.clone(),
            connection_string: link,
            keep,
            saved: None,
            approval: Approval::Given,
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
        let (live, _) = match goal {
            Goal::Agent { limits: LimitsGoal::Known(_), .. } => read_whole_state(&session, agent_id).await?,
            _ => read_state(&session, agent_id).await?,
        };
        let plan = self.plan_from(target, agent_id, goal, &live, mode, context).await?;
        Ok((plan, Arc::new(live)))
    }

    /// Makes the plan from a state that was read, and asks the target for what else the plan's notes need.
    pub(super) async fn plan_from(
        &self,
        target: &Target,
        agent_id: &AgentId,
        goal: Goal<'_>,
        live: &AgentState,
        mode: Mode,
        context: &Context,
    ) -> Result<plan::Plan, Error> {
        let session = self.session(&target.connector, context);
        let mut plan = plan::make(agent_id, goal, live, mode);
        self.note_lost_memory(target, &mut plan, context).await?;
        // The tables of a database that is about to be replaced say nothing.
        if plan.sets_tables() && has_database(live) && !plan.links_database() {
            match read_tables(&session, agent_id).await {
                Tables::Listed(tables) => plan.check_tables(TargetTables::Listed(&tables)),
                Tables::Unavailable { .. } => plan.check_tables(TargetTables::Unavailable),
            }
        }
        Ok(plan)
    }

    /// Whether a connection string is kept for the database of a proposal, or will be once it is linked. A keychain that cannot be read keeps none.
    pub async fn remembers_connection(&self, target: &Target, proposal: &Proposal) -> bool {
        if proposal.keep == Remember::Keep {
            return true;
        }
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
        kept.ok_or_else(|| Error::ConnectionStringMissing { server: target.name.clone() })
    }

    /// Whether a database is linked, by what was given to link it with: anew where the connection string is another one than the
    /// one that is kept. The server shows none, so nothing else tells a new one from the one that is linked.
    pub(super) async fn linking(
        &self,
        target: &Target,
        database: Option<&DatabaseReference>,
        link: &LinkDatabase,
    ) -> DatabaseLinking {
        match link {
            LinkDatabase::Later => DatabaseLinking::Later,
            LinkDatabase::Remembered => DatabaseLinking::Now,
            LinkDatabase::With { even_if_linked: Relink::Yes, .. } => DatabaseLinking::Anew,
            LinkDatabase::With { connection_string, .. } => {
                // A vault that cannot be read keeps none.
                let kept = self.vault.get(&connection_secret(target, database)).await.ok().flatten();
                let differs = kept.is_some_and(|kept| kept.expose_secret() != connection_string.expose_secret());
                if differs { DatabaseLinking::Anew } else { DatabaseLinking::Now }
            }
        }
    }

    /// The connection string for a plan that links a database.
    pub(super) async fn string_for(
        &self,
        target: &Target,
        plan: &plan::Plan,
        database: Option<&DatabaseReference>,
        link: &LinkDatabase,
    ) -> Result<Option<SecretString>, Error> {
        // That none is kept is said also where none is needed: whoever asks for the remembered one believes that there is one.
        let string = self.connection_string(target, database, link).await?;
        Ok(string.filter(|_| plan.links_database()))
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

    /// Keeps a connection string where that was asked for, once there is a plan to use it in. One that replaces another is kept
    /// only when it is linked ([`Engine::keep_linked_string`]): until then the other one is the one that tells what is linked.
    pub(super) async fn keep_connection_string(
        &self,
        target: &Target,
        database: Option<&DatabaseReference>,
        link: &LinkDatabase,
    ) -> Result<(), Error> {
        if self.linking(target, database, link).await == DatabaseLinking::Anew {
            return Ok(());
        }
        if let LinkDatabase::With { connection_string, remember: Remember::Keep, .. } = link {
            self.vault.set(&connection_secret(target, database), connection_string).await?;
        }
        Ok(())
    }
}

impl Engine {
    /// Keeps the connection string that has just replaced another one, where that was asked for.
    pub(super) async fn keep_linked_string(&self, target: &Target, proposal: &Proposal) -> Result<(), Error> {
        if let (Remember::Keep, Some(string), true) =
            (proposal.keep, &proposal.connection_string, proposal.plan.links_database())
        {
            self.vault.set(&connection_secret(target, proposal.database()), string).await?;
        }
        Ok(())
    }
}

impl Remember {
    /// Rest to keep once the database is linked.
    pub(super) fn after_linking(linking: DatabaseLinking, link: &LinkDatabase) -> Self {
        match link {
            LinkDatabase::With { remember, .. } if linking == DatabaseLinking::Anew => *remember,
            _ => Self::Forget,
        }
    }
}

fn has_database(live: &AgentState) -> bool {
    live.present().is_some_and(|live| live.agent.database.is_some())
}

/// Bound to the server like every secret: a profile that is led elsewhere has to be given its connection string again.
fn connection_secret(target: &Target, database: Option<&DatabaseReference>) -> SecretName {
    let connection = database.and_then(|database| database.connection_name.as_deref());
    SecretName::ConnectionString {
        server: target.server_id().to_string(),
        connection: connection.unwrap_or("default").to_owned(),
        display: target.name.clone(),
    }
}
