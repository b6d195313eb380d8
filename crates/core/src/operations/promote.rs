//! Promote: export → validate → plan from one environment to another. Applied like any other plan.

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::overview::{Accepted, differences};
use super::target::same_server;
use super::{Context, Engine, Error, ImportOptions, Proposal, ProposalSource, Target};
use crate::config::{AgentId, AgentState, DatabaseReference, LiveAgent};
use crate::plan::{Change, Note, NoteCode, NoteWeight, Selection};
use crate::store::{EnvironmentId, OperationFilter, OperationKind, OperationState, PairMember, ServerFilter};

impl Engine {
    /// Plans a promotion, of a paired agent to its partner. What was read from the source is part of the proposal: applying reads the source no more.
    ///
    /// # Errors
    /// Both are the same server, the source does not have the agent or holds what no configuration may hold, or the target
    /// cannot be read.
    pub async fn propose_promotion(
        &self,
        from: &Target,
        agent: &AgentId,
        to: &Target,
        options: &ImportOptions,
        context: &Context,
    ) -> Result<Proposal, Error> {
        if same_server(from.connector.url(), to.connector.url()) {
            return Err(Error::SameServer { from: from.name.clone(), to: to.name.clone() });
        }
        let mut export = self.export(from, agent, context).await?;
        let carried = match &export.configuration.agent.database {
            Some(_) => None,
            None => self.database_left_unlinked(from, agent).await?,
        };
        if carried.is_some() {
            export.configuration.agent.database.clone_from(&carried);
        }
        let there = self.id_in(from.environment.as_ref(), agent, to.environment.as_ref()).await?;
        export.configuration.agent.agent_id = there.to_string();
        let source = ProposalSource::Promotion { from: from.name.clone() };
        let mut proposal = self.propose(to, &export.configuration, options, source, context).await?;
        if there != *agent {
            proposal.plan.notes.push(goes_to_partner(agent, &from.name, &there));
        }
        if export.withheld() > 0 {
            proposal.plan.notes.push(stays_behind(export.withheld(), &from.name));
        }
        if let Some(database) = carried {
            proposal.plan.notes.push(left_behind(&database, &from.name));
        }
        Ok(proposal)
    }

    /// Plans promotions of several agents, several at a time; in the order of the agents.
    ///
    /// # Errors
    /// As [`Engine::propose_promotion`], for the first of them that cannot be planned.
    pub async fn propose_promotions(
        &self,
        from: &Target,
        agents: &[AgentId],
        to: &Target,
        options: &ImportOptions,
        which: Which,
        context: &Context,
    ) -> Result<Vec<(AgentId, Proposal)>, Error> {
        let planned = stream::iter(agents.to_vec()).map(|agent| async move {
            let proposal = self.propose_promotion(from, &agent, to, options, context).await?;
            Ok::<_, Error>((agent, proposal))
        });
        let mut planned: Vec<(AgentId, Proposal)> =
            planned.buffered(self.settings.in_flight.get()).try_collect().await?;
        if which == Which::Differing {
            let accepted = self.accepted_beside(from, to).await?;
            for (agent, proposal) in &mut planned {
                if let Some((accepted, from, to)) = &accepted {
                    *proposal = without_accepted(proposal, agent, accepted, (from, to))?;
                }
            }
            planned.retain(|(_, proposal)| !proposal.plan.is_empty());
        }
        Ok(planned)
    }

    /// The accepted differences, where both are environments.
    async fn accepted_beside(
        &self,
        from: &Target,
        to: &Target,
    ) -> Result<Option<(Accepted, EnvironmentId, EnvironmentId)>, Error> {
        let (Some(from), Some(to)) = (&from.environment, &to.environment) else { return Ok(None) };
        let declared = self.declared(&self.environments().await?).await?;
        Ok(Some((declared.accepted, from.id.clone(), to.id.clone())))
    }

    /// The database that was named by the configuration which aidb brought to an environment, and that was not linked there. The server
    /// knows nothing of it, so without this it would be forgotten one stage later. Looked for back to where the agent was registered:
    /// what came in between, a rollback or a file without a database, says nothing of it.
    async fn database_left_unlinked(&self, from: &Target, agent: &AgentId) -> Result<Option<DatabaseReference>, Error> {
        let server = ServerFilter::Server(from.server_id());
        let filter = OperationFilter { agent: Some(agent.clone()), server: Some(server), limit: Some(MOST_LOOKED_AT) };
        for operation in self.store().await?.operations(&filter).await? {
            if operation.state != OperationState::Done || operation.kind == OperationKind::Export {
                continue;
            }
            let Some(plan) = self.operation_record(&operation.id).await?.plan else { continue };
            if plan.unlinked.is_some() || plan.registers() || plan.deletes_agent() {
                return Ok(plan.unlinked);
            }
        }
        Ok(None)
    }
}

/// Which of several agents are promoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Every one, also where nothing is to be done.
    All,
    /// Those that differ; what was accepted as on purpose stays.
    Differing,
}

/// The proposal without what differs on purpose.
fn without_accepted(
    proposal: &Proposal,
    agent: &AgentId,
    accepted: &Accepted,
    (from, to): (&EnvironmentId, &EnvironmentId),
) -> Result<Proposal, Error> {
    let Some(wanted) = proposal.wanted() else { return Ok(proposal.clone()) };
    let member = |environment: &EnvironmentId, agent: &AgentId| PairMember {
        environment: environment.clone(),
        agent_id: agent.to_string(),
    };
    let (before, there) = (member(from, agent), member(to, &proposal.plan.agent_id));
    let source = AgentState::Present(Box::new(LiveAgent::of(wanted.clone())));
    let found = differences(&source, &proposal.live)?;
    let on_purpose: BTreeSet<&str> =
        found.iter().filter(|one| accepted.of(&there, &before, one).is_some()).map(|one| one.item.as_str()).collect();
    if on_purpose.is_empty() {
        return Ok(proposal.clone());
    }
    let left = proposal.plan.changes.iter().map(Change::key).filter(|key| !on_purpose.contains(key.as_str()));
    Ok(proposal.select(Selection::Only(left.collect()))?)
}

/// Number of the last operations that are looked at for the one that brought an agent to where it is.
const MOST_LOOKED_AT: u32 = 50;

fn goes_to_partner(agent: &AgentId, from: &str, partner: &AgentId) -> Note {
    let message = format!("{agent} in {from} is paired with {partner} here, so {partner} is what changes.");
    Note { code: NoteCode::GoesToPartner, weight: NoteWeight::Info, message, resource: None }
}

fn left_behind(database: &DatabaseReference, from: &str) -> Note {
    let name = database.connection_name.as_deref().unwrap_or("its database");
    let message = format!("{name} is not linked in {from} either: the configuration that came there named it.");
    Note { code: NoteCode::DatabaseLeftBehind, weight: NoteWeight::Info, message, resource: None }
}

fn stays_behind(fields: usize, from: &str) -> Note {
    let message = match fields {
        1 => format!("1 field of the agent in {from} looks like a secret or is masked, and stays there."),
        _ => format!("{fields} fields of the agent in {from} look like secrets or are masked, and stay there."),
    };
    Note { code: NoteCode::Withheld, weight: NoteWeight::Info, message, resource: None }
}
