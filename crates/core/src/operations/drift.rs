//! Drift (docs/RULES.md#drift): what was changed outside aidb, measured against the last state that aidb wrote, read back, or a person
//! accepted. What aidb itself did is none.

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, future, stream};

use super::moment::StateAt;
use super::overview::differences;
use super::stages::{name_of, side_text};
use super::target::{AskForKey, TargetRequest};
use super::{Context, Engine, Error, Proposal, RollbackOptions, RollbackSource, Target};
use crate::config::{AgentId, AgentState};
use crate::connector::{LISTING, list_agents, read_state};
use crate::error::ErrorReport;
use crate::store::{Backup, Environment};

/// Drift of an environment.
#[derive(Clone, Debug)]
pub struct EnvironmentDrift {
    /// The environment.
    pub environment: Environment,
    /// Its agents and those that aidb knew there, or why they could not be listed.
    pub agents: Result<Vec<AgentDrift>, ErrorReport>,
}

/// Drift of one agent.
#[derive(Clone, Debug)]
pub struct AgentDrift {
    /// Id of the agent.
    pub agent_id: AgentId,
    /// State of it that drift is measured against; `None` where aidb knows none.
    pub baseline: Option<StateAt>,
    /// How it stands beside that.
    pub standing: DriftStanding,
}

/// How an agent stands beside its baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DriftStanding {
    /// As aidb knew it last.
    Same,
    /// Was changed outside aidb.
    Changed {
        /// What is different.
        items: Vec<DriftItem>,
    },
    /// Is not there any more.
    Gone,
    /// Is there, and was not when aidb looked last.
    Came,
    /// aidb has never looked, so nothing can be said.
    NoBaseline,
    /// Could not be read.
    Unread(Box<ErrorReport>),
}

/// One item that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriftItem {
    /// The resource's id, or the field's name.
    pub name: String,
    /// What it said when aidb knew it last.
    pub was: String,
    /// What it says now.
    pub now: String,
}

impl DriftStanding {
    /// Whether something was changed outside aidb.
    #[must_use]
    pub const fn is_drift(&self) -> bool {
        matches!(self, Self::Changed { .. } | Self::Gone | Self::Came)
    }
}

impl Engine {
    /// Looks for drift in one environment, or in all of them: one list and two requests an agent. An environment that cannot be read
    /// leaves the others whole.
    ///
    /// # Errors
    /// No such environment, the store, or it was stopped.
    pub async fn drift(
        &self,
        environment: Option<&str>,
        ask: AskForKey,
        context: &Context,
    ) -> Result<Vec<EnvironmentDrift>, Error> {
        let environments = match environment {
            Some(name) => vec![self.environment(name).await?],
            None => self.environments().await?,
        };
        let read = environments.into_iter().map(|environment| async move {
            let agents = self.drift_in(&environment, ask, context).await.map_err(|error| error.report());
            EnvironmentDrift { environment, agents }
        });
        let read = context.cancel.run_until_cancelled(future::join_all(read)).await;
        read.ok_or(Error::Interrupted)
    }

    async fn drift_in(
        &self,
        environment: &Environment,
        ask: AskForKey,
        context: &Context,
    ) -> Result<Vec<AgentDrift>, Error> {
        let request = TargetRequest { environment: Some(environment.id.to_string()), ask, ..TargetRequest::default() };
        let target = self.target(&request).await?;
        let session = self.session(&target.connector, context);
        let mut baselines = self.baselines(&target.server_id()).await?;
        let live: BTreeSet<String> = list_agents(&session, LISTING).await?.into_iter().collect();
        let mut agents: BTreeSet<AgentId> = baselines.keys().cloned().collect();
        for id in &live {
            agents.insert(AgentId::new(id.clone())?);
        }
        let known: Vec<(AgentId, Option<StateAt>)> =
            agents.into_iter().map(|agent| (agent.clone(), baselines.remove(&agent).flatten())).collect();
        let session = &session;
        let looked = stream::iter(known).map(|(agent_id, baseline)| {
            let there = live.contains(agent_id.as_str());
            async move {
                let read = if there {
                    read_state(session, &agent_id).await.map(|(state, _)| state)
                } else {
                    Ok(AgentState::Absent)
                };
                let standing = match read {
                    Ok(state) => standing(baseline.as_ref(), &state)?,
                    Err(error) => DriftStanding::Unread(Box::new(Error::from(error).report())),
                };
                Ok::<_, Error>(AgentDrift { agent_id, baseline, standing })
            }
        });
        let looked: Vec<_> = looked.buffered(self.settings.in_flight.get()).collect().await;
        let mut agents: Vec<AgentDrift> = looked.into_iter().collect::<Result<_, _>>()?;
        // What was deleted by aidb and is not there is as it was left.
        agents.retain(|agent| agent.standing != DriftStanding::Same || live.contains(agent.agent_id.as_str()));
        Ok(agents)
    }

    /// Accepts an agent as it is now as its new state: a backup on request, which is what drift is measured against from then on.
    ///
    /// # Errors
    /// The agent cannot be read, or the backup not be stored.
    pub async fn accept_drift(&self, target: &Target, agent: &AgentId, context: &Context) -> Result<Backup, Error> {
        self.back_up(target, agent, Some("Accepted as the new state"), context).await
    }

    /// Plans the way of an agent back to the last state that aidb knew.
    ///
    /// # Errors
    /// aidb knows none, or the target cannot be read.
    pub async fn propose_baseline(
        &self,
        target: &Target,
        agent: &AgentId,
        context: &Context,
    ) -> Result<Proposal, Error> {
        let baseline = self.baselines(&target.server_id()).await?.remove(agent).flatten();
        let Some(state) = baseline else {
            return Err(Error::NoBaseline { agent: agent.to_string(), server: target.name.clone() });
        };
        let source = RollbackSource::Moment { agent_id: agent.clone(), at: state.since, state: Box::new(state) };
        self.propose_rollback(target, &source, &RollbackOptions::default(), context).await
    }
}

fn standing(baseline: Option<&StateAt>, live: &AgentState) -> Result<DriftStanding, Error> {
    let Some(baseline) = baseline else {
        return Ok(DriftStanding::NoBaseline);
    };
    Ok(match (&baseline.state, live) {
        (AgentState::Absent, AgentState::Absent) => DriftStanding::Same,
        (AgentState::Absent, AgentState::Present(_)) => DriftStanding::Came,
        (AgentState::Present(_), AgentState::Absent) => DriftStanding::Gone,
        (was, now) => {
            let items = differences(was, now)?.into_iter().map(|difference| DriftItem {
                name: name_of(&difference.item).1,
                was: side_text(&difference.left),
                now: side_text(&difference.right),
            });
            let items: Vec<DriftItem> = items.collect();
            if items.is_empty() { DriftStanding::Same } else { DriftStanding::Changed { items } }
        }
    })
}
