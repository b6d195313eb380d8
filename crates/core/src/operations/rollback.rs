//! Rollback: the plan that leads back to a backup. It is a plan like any other, so that it is shown, checked, backed up and can
//! itself be rolled back.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};

use super::proposal::{Approval, OwnedGoal};
use super::{Context, Engine, Error, Proposal, ProposalSource, Remember, StateAt, Target, TargetRequest, backup_file};
use crate::config::{AgentId, AgentState, Configuration};
use crate::connector::{parse_kept_url, read_record};
use crate::plan::{DatabaseLinking, LimitsGoal, Mode, Selection};
use crate::store::{Backup, BackupSummary, Environment, ServerRef, StoreError};

/// Source of a rollback.
#[derive(Clone, Debug)]
pub enum RollbackSource {
    /// A backup of this machine's store.
    Backup(Box<Backup>),
    /// A backup in a file of its own, from another machine.
    Kept {
        /// File as it was named.
        path: PathBuf,
        /// The backup.
        backup: Box<Backup>,
        /// Mark of the agent that was registered right after it.
        registered: Option<String>,
    },
    /// An agent as it was at a moment.
    Moment {
        /// Id of the agent.
        agent_id: AgentId,
        /// The moment.
        at: DateTime<Utc>,
        /// What was there.
        state: Box<StateAt>,
    },
    /// A configuration file that somebody exported or sent.
    File {
        /// File as it was named.
        path: PathBuf,
        /// State to go back to.
        configuration: Box<Configuration>,
    },
}

/// Options of a rollback.
#[derive(Clone, Debug)]
pub struct RollbackOptions {
    /// Exact unless asked: what was added since is revoked.
    pub mode: Mode,
    /// All of it, or chosen items.
    pub selection: Selection,
}

impl Default for RollbackOptions {
    fn default() -> Self {
        Self { mode: Mode::Exact, selection: Selection::All }
    }
}

impl RollbackSource {
    /// The agent it is about.
    ///
    /// # Errors
    /// A file whose agent id the server could not address.
    pub fn agent_id(&self) -> Result<AgentId, Error> {
        Ok(match self {
            Self::Backup(backup) | Self::Kept { backup, .. } => backup.summary.agent_id.clone(),
            Self::Moment { agent_id, .. } => agent_id.clone(),
            Self::File { configuration, .. } => AgentId::new(configuration.agent.agent_id.clone())?,
        })
    }

    /// Refuses a server that this must not be restored to.
    ///
    /// # Errors
    /// A backup in a file that was taken at another server.
    pub fn refuse_elsewhere(&self, target: &Target) -> Result<(), Error> {
        match self {
            Self::Kept { path, backup, .. } => backup_file::refuse_elsewhere(path, backup, target),
            Self::Backup(_) | Self::Moment { .. } | Self::File { .. } => Ok(()),
        }
    }

    fn goal(&self) -> OwnedGoal {
        let state = match self {
            Self::File { .. } => None,
            Self::Backup(backup) | Self::Kept { backup, .. } => Some(&backup.state),
            Self::Moment { state, .. } => Some(&state.state),
        };
        let (agent, limits) = match (self, state) {
            (Self::File { configuration, .. }, _) => (&configuration.agent, LimitsGoal::Unsaid),
            (_, None | Some(AgentState::Absent)) => return OwnedGoal::Absent,
            (_, Some(AgentState::Present(live))) => {
                (&live.agent, live.rate_limits.clone().map_or(LimitsGoal::NotHeld, LimitsGoal::Known))
            }
        };
        // No backup holds a connection string, so none can link a database.
        OwnedGoal::Agent(Arc::new(agent.clone()), DatabaseLinking::Later, limits)
    }
}

impl Engine {
    /// Target of a backup. A profile that is gone since leaves its URL, and with that no key.
    ///
    /// # Errors
    /// As [`Engine::target`].
    pub async fn target_of(&self, backup: &BackupSummary) -> Result<Target, Error> {
        let environment = self.profile_of(&backup.server).await?.map(|environment| environment.id.to_string());
        let url = environment.is_none().then(|| backup.server.url.clone());
        self.target(&TargetRequest { environment, url, ..TargetRequest::default() }).await
    }

    /// The environment that a backup belongs to now: the profile that it was taken in, or else one that leads to the same
    /// server. `None` where there is neither any more.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn environment_of(&self, backup: &BackupSummary) -> Result<Option<Environment>, Error> {
        if let Some(environment) = self.profile_of(&backup.server).await? {
            return Ok(Some(environment));
        }
        self.environment_at(&parse_kept_url(&backup.server.url)?).await
    }

    /// The profile that a record names, where it still exists.
    pub(super) async fn profile_of(&self, server: &ServerRef) -> Result<Option<Environment>, Error> {
        let Some(id) = &server.environment else { return Ok(None) };
        match self.environment(id.as_str()).await {
            Ok(environment) => Ok(Some(environment)),
            Err(Error::Store(StoreError::EnvironmentNotFound { .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Plans a rollback. Four requests at most, the rate limits included; one when the agent is not there.
    ///
    /// # Errors
    /// The target cannot be read, or an unknown item is chosen.
    pub async fn propose_rollback(
        &self,
        target: &Target,
        source: &RollbackSource,
        options: &RollbackOptions,
        context: &Context,
    ) -> Result<Proposal, Error> {
        source.refuse_elsewhere(target)?;
        let agent_id = source.agent_id()?;
        let goal = source.goal();
        let partly = options.mode == Mode::Merge || options.selection != Selection::All;
        if matches!(goal, OwnedGoal::Absent) && partly {
            return Err(Error::AbsentIsWhole { agent: agent_id.to_string() });
        }
        let (plan, live) = self.plan(target, &agent_id, goal.borrow(), options.mode, context).await?;
        // Asked while planning, so that nobody is shown a deletion that would be refused.
        if plan.deletes_agent() {
            self.refuse_anothers_agent(target, source, &agent_id, context).await?;
        }
        let from = match source {
            RollbackSource::Backup(backup) => backup.summary.id.to_string(),
            RollbackSource::File { path, .. } | RollbackSource::Kept { path, .. } => path.display().to_string(),
            // The history knows by the backup that there was no agent.
            RollbackSource::Moment { state: known, at, .. } => match (&known.state, &known.backup) {
                (AgentState::Absent, Some(backup)) => backup.to_string(),
                _ => at.to_rfc3339_opts(SecondsFormat::Secs, true),
            },
        };
        Ok(Proposal {
            plan: plan.select(&options.selection)?,
            source: ProposalSource::Rollback { backup: from },
            live,
            goal,
            selection: options.selection.clone(),
            connection_string: None,
            keep: Remember::Forget,
            saved: None,
            approval: Approval::Given,
        })
    }

    /// A backup of "did not exist" leads to deleting the agent that was registered after it, and no other of that id. One request,
    /// where it is known which key was made then and the server shows which one the agent has now.
    async fn refuse_anothers_agent(
        &self,
        target: &Target,
        source: &RollbackSource,
        agent: &AgentId,
        context: &Context,
    ) -> Result<(), Error> {
        let registered = match source {
            RollbackSource::Kept { registered, .. } => registered.clone(),
            RollbackSource::Moment { state, .. } => state.registered.clone(),
            RollbackSource::Backup(backup) => match &backup.summary.operation {
                Some(operation) => self.store().await?.made_key(operation).await?.map(|hash| hash.mark()),
                None => None,
            },
            RollbackSource::File { .. } => None,
        };
        let Some(registered) = registered else { return Ok(()) };
        let session = self.session(&target.connector, context);
        let found = read_record(&session, agent, "Looking whose the agent is").await?;
        match found.and_then(|record| record.key_hash) {
            Some(hash) if hash.mark() != registered => {
                Err(Error::AnothersAgent { agent: agent.to_string(), server: target.name.clone() })
            }
            _ => Ok(()),
        }
    }
}
