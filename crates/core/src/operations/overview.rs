//! Overview: every agent of every environment beside the stage before it (docs/RULES.md#overview).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, future, stream};
use serde::{Deserialize, Serialize};

use super::agents::natural;
use super::pairs::{Pairs, suggested};
use super::target::{AskForKey, TargetRequest};
use super::{Context, Engine, Error};
use crate::config::{AgentId, AgentState, InvalidAgentId, ServerId};
use crate::connector::{LISTING, Session, list_agents, read_state};
use crate::error::ErrorReport;
use crate::plan::{self, Compared, Difference};
use crate::progress::{Event, Stage};
use crate::store::{AcceptedDifference, Environment, EnvironmentId, PairMember, StoreError};

/// Agents by environments, in stage order.
#[derive(Clone, Debug)]
pub struct Overview {
    /// When it was read.
    pub read_at: DateTime<Utc>,
    /// The environments, first stage first.
    pub stages: Vec<OverviewStage>,
    /// The agents that any of them has, in the order in which people count.
    pub rows: Vec<OverviewRow>,
    /// Agents of different ids that may be one, and are in no pair.
    pub suggested: Vec<Vec<PairMember>>,
    /// Why it could not be kept for the next start.
    pub unkept: Option<ErrorReport>,
}

/// One environment of an overview.
#[derive(Clone, Debug)]
pub struct OverviewStage {
    /// Its profile.
    pub environment: Environment,
    /// Why its agents could not be listed; then every cell of it is [`Cell::Unknown`].
    pub failure: Option<ErrorReport>,
    /// Number of its agents.
    pub agents: usize,
    /// Number of those that differ from the stage before, beyond what was accepted.
    pub differing: usize,
    /// Number of agents of other environments that it lacks.
    pub missing: usize,
}

/// One agent of an overview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverviewRow {
    /// The agent's id in the first stage that has it.
    pub agent_id: String,
    /// Its name, as the first environment says it that could be read.
    pub name: Option<String>,
    /// Its own further information, from there as well: an owner, a description.
    pub info: BTreeMap<String, String>,
    /// Number of its resource permissions, from there as well.
    pub resources: Option<usize>,
    /// Its id in each stage: not the same everywhere where it is paired.
    pub agent_ids: Vec<String>,
    /// One for each stage.
    pub cells: Vec<Cell>,
}

/// How an agent stands in an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// Is there, and not in the stage right before; or this is the first stage.
    First,
    /// Says the same as in the stage before.
    Same {
        /// Number of items that differ on purpose.
        accepted: usize,
    },
    /// Differs from the stage before.
    Differs {
        /// Number of items that do, beyond those that were accepted.
        differences: usize,
        /// Number of items that differ on purpose.
        accepted: usize,
    },
    /// Is not there.
    Missing,
    /// Cannot be told.
    Unknown {
        /// Whether it is there, where that is known.
        present: Option<bool>,
        /// What is in the way.
        reason: Box<ErrorReport>,
    },
}

impl Overview {
    /// Whether any agent differs from the stage before, or is missing somewhere.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.stages.iter().any(|stage| stage.differing + stage.missing > 0)
    }

    /// Whether every cell could be told.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.stages.iter().all(|stage| stage.failure.is_none())
            && self.rows.iter().flat_map(|row| &row.cells).all(|cell| !matches!(cell, Cell::Unknown { .. }))
    }
}

impl OverviewRow {
    /// Whether it differs or is missing somewhere, or that cannot be told.
    #[must_use]
    pub fn is_noteworthy(&self) -> bool {
        !self.cells.iter().all(|cell| matches!(cell, Cell::First | Cell::Same { .. }))
    }
}

/// What an environment has: each agent, or why it could not be read.
pub(super) type Agents = BTreeMap<String, Result<AgentState, Box<ErrorReport>>>;

/// An overview as the store keeps it. Stages are told by id and server: what was read of other ones says nothing of these.
#[derive(Serialize, Deserialize)]
struct Kept {
    read_at: DateTime<Utc>,
    stages: Vec<KeptStage>,
    rows: Vec<OverviewRow>,
}

#[derive(Serialize, Deserialize)]
struct KeptStage {
    environment: EnvironmentId,
    server: String,
    failure: Option<ErrorReport>,
    agents: usize,
    differing: usize,
    missing: usize,
}

impl Engine {
    /// Reads every agent of every environment, all environments at once, each with as many requests at a time as the settings
    /// say: one list an environment and two requests an agent. An environment that cannot be read leaves the others whole; so does
    /// one whose key the keychain asks for, where `ask` says not to bring that up.
    ///
    /// # Errors
    /// The store, or it was stopped.
    pub async fn overview(&self, ask: AskForKey, context: &Context) -> Result<Overview, Error> {
        let environments = self.environments().await?;
        // Nothing but reads: they may be dropped in the middle, and a server that does not answer holds nobody who stops.
        let read = context.cancel.run_until_cancelled(self.read_everything(&environments, ask, context)).await;
        let read = read.ok_or(Error::Interrupted)?;
        let declared = self.declared(&environments).await?;
        let mut overview = beside_each_other(environments, &read, &declared);
        overview.unkept = self.keep_overview(&overview).await.err().map(|error| error.report());
        Ok(overview)
    }

    /// The overview that was read last, with the environments as they are now. `None` where none was, and where it was of other
    /// environments, in another order, or at other servers.
    ///
    /// # Errors
    /// The store.
    pub async fn last_overview(&self) -> Result<Option<Overview>, Error> {
        let Some(kept) = self.store().await?.kept_overview().await? else { return Ok(None) };
        // Another version of aidb may have kept something else; it is read anew all the same.
        let Ok(Kept { read_at, stages, rows }) = serde_json::from_str(&kept) else { return Ok(None) };
        let environments = self.environments().await?;
        let now: Vec<(&EnvironmentId, ServerId)> = environments.iter().map(|it| (&it.id, it.server_id())).collect();
        let then = stages.iter().map(|stage| (&stage.environment, stage.server.as_str()));
        if !now.iter().map(|(id, server)| (*id, server.as_str())).eq(then) {
            return Ok(None);
        }
        let stages = environments.into_iter().zip(stages).map(|(environment, kept)| OverviewStage {
            environment,
            failure: kept.failure,
            agents: kept.agents,
            differing: kept.differing,
            missing: kept.missing,
        });
        Ok(Some(Overview { read_at, stages: stages.collect(), rows, suggested: Vec::new(), unkept: None }))
    }

    async fn keep_overview(&self, overview: &Overview) -> Result<(), Error> {
        let stages = overview.stages.iter().map(|stage| KeptStage {
            environment: stage.environment.id.clone(),
            server: stage.environment.server_id().to_string(),
            failure: stage.failure.clone(),
            agents: stage.agents,
            differing: stage.differing,
            missing: stage.missing,
        });
        let kept = Kept { read_at: overview.read_at, stages: stages.collect(), rows: overview.rows.clone() };
        let unwritable = |error: serde_json::Error| StoreError::Failed { reason: error.to_string() };
        let content = serde_json::to_string(&kept).map_err(unwritable)?;
        Ok(self.store().await?.keep_overview(&content).await?)
    }

    /// What persons declared about the agents of these stages.
    pub(super) async fn declared(&self, stages: &[Environment]) -> Result<Declared, Error> {
        let pairs = self.declared_pairs(stages).await?;
        let accepted = self.store().await?.accepted_differences().await?;
        Ok(Declared { pairs, accepted: Accepted::new(accepted, self.now()), now: self.now() })
    }

    async fn read_everything(
        &self,
        environments: &[Environment],
        ask: AskForKey,
        context: &Context,
    ) -> Vec<Result<Agents, Box<ErrorReport>>> {
        let listed = environments.iter().map(|environment| self.listed(environment, ask, context));
        let listed = future::join_all(listed).await;
        let items = listed.iter().flatten().map(|listed| listed.ids.len()).sum();
        context.progress.emit(Event::Stage { stage: Stage::Reading, items });
        let read = listed.into_iter().map(|listed| async { Ok(self.read_all(listed?, context).await) });
        future::join_all(read).await
    }

    async fn listed(
        &self,
        environment: &Environment,
        ask: AskForKey,
        context: &Context,
    ) -> Result<Listed, Box<ErrorReport>> {
        let environment = Some(environment.id.to_string());
        let request = TargetRequest { environment, ask, ..TargetRequest::default() };
        let target = self.target(&request).await.map_err(|error| Box::new(error.report()))?;
        let session = self.session(&target.connector, context);
        let ids = list_agents(&session, LISTING).await;
        let ids = ids.map_err(|error| Box::new(Error::from(error).report()))?;
        Ok(Listed { session, ids: ids.into_iter().collect() })
    }

    async fn read_all(&self, Listed { session, ids }: Listed, context: &Context) -> Agents {
        let session = &session;
        let read = stream::iter(ids).map(|id| async move {
            let state = read_agent(session, &id).await.map_err(|error| Box::new(error.report()));
            (id, state)
        });
        let read = read.buffer_unordered(self.settings.in_flight.get());
        read.inspect(|(id, _)| context.progress.emit(Event::ItemDone { subject: id.clone() })).collect().await
    }
}

/// The agents that a server has, to be read.
struct Listed {
    session: Session,
    ids: BTreeSet<String>,
}

async fn read_agent(session: &Session, id: &str) -> Result<AgentState, Error> {
    let (state, _) = read_state(session, &AgentId::new(id)?).await?;
    Ok(state)
}

/// What persons declared: which agents are one, and what differs on purpose.
pub(super) struct Declared {
    pub(super) pairs: Pairs,
    pub(super) accepted: Accepted,
    now: DateTime<Utc>,
}

/// The accepted differences that have not ended, by the agent that differs.
#[derive(Default)]
pub(super) struct Accepted(HashMap<PairMember, Vec<AcceptedDifference>>);

impl Accepted {
    fn new(all: Vec<AcceptedDifference>, now: DateTime<Utc>) -> Self {
        let mut by_agent: HashMap<PairMember, Vec<AcceptedDifference>> = HashMap::new();
        for one in all.into_iter().filter(|one| one.until > now) {
            by_agent.entry(one.agent.clone()).or_default().push(one);
        }
        Self(by_agent)
    }

    /// The acceptance of just this difference, if there is one: of other values, or beside another stage, it is another one.
    pub(super) fn of(
        &self,
        agent: &PairMember,
        before: &PairMember,
        difference: &Difference,
    ) -> Option<&AcceptedDifference> {
        let accepted = self.0.get(agent)?.iter();
        let mut accepted = accepted.filter(|one| one.before == *before && one.item == difference.item);
        let digest = difference.digest();
        accepted.find(|one| one.digest == digest)
    }
}

/// Puts what was read beside each other.
fn beside_each_other(
    environments: Vec<Environment>,
    read: &[Result<Agents, Box<ErrorReport>>],
    declared: &Declared,
) -> Overview {
    let stage = |nth: usize| read[nth].as_ref().ok();
    let there = |nth: usize, id: &str| stage(nth).is_some_and(|agents| agents.contains_key(id));
    let unclaimed = (0..read.len()).flat_map(|nth| stage(nth).into_iter().flatten().map(move |(id, _)| (nth, id)));
    let own: BTreeSet<&String> =
        unclaimed.filter(|(nth, id)| !declared.pairs.claims(*nth, id)).map(|(_, id)| id).collect();
    let paired = declared.pairs.ids().filter(|ids| ids.iter().enumerate().any(|(nth, id)| there(nth, id)));
    let paired = paired.map(|ids| (ids.to_vec(), Paired::Yes));
    let own = own.into_iter().map(|id| (vec![id.clone(); read.len()], Paired::No));
    let mut rows: Vec<OverviewRow> =
        paired.chain(own).map(|(ids, paired)| row(ids, paired, &environments, read, declared)).collect();
    rows.sort_by(|left, right| natural(&left.agent_id, &right.agent_id));
    let ids: Vec<BTreeSet<&str>> = (0..read.len())
        .map(|nth| stage(nth).map(|agents| agents.keys().map(String::as_str).collect()).unwrap_or_default())
        .collect();
    let suggested = suggested(&environments, &ids, &declared.pairs);
    let count = |nth: usize, of: fn(&Cell) -> bool| rows.iter().filter(|row| of(&row.cells[nth])).count();
    let stages = environments.into_iter().zip(read).enumerate().map(|(nth, (environment, read))| OverviewStage {
        environment,
        failure: read.as_ref().err().map(|error| ErrorReport::clone(error)),
        agents: count(nth, Cell::is_present),
        differing: count(nth, |cell| matches!(cell, Cell::Differs { .. })),
        missing: count(nth, |cell| matches!(cell, Cell::Missing)),
    });
    Overview { read_at: declared.now, stages: stages.collect(), rows, suggested, unkept: None }
}

impl Cell {
    const fn is_present(&self) -> bool {
        match self {
            Self::First | Self::Same { .. } | Self::Differs { .. } | Self::Unknown { present: Some(true), .. } => true,
            Self::Missing | Self::Unknown { .. } => false,
        }
    }
}

/// State of an agent in a stage, or why that is not known.
pub(super) type Known<'r> = Result<&'r AgentState, &'r ErrorReport>;

/// Whether a row is a pair.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Paired {
    Yes,
    No,
}

/// One row. An agent that a pair claims stands in the row of the pair and in no other.
fn row(
    agent_ids: Vec<String>,
    paired: Paired,
    environments: &[Environment],
    read: &[Result<Agents, Box<ErrorReport>>],
    declared: &Declared,
) -> OverviewRow {
    let found: Vec<(Known<'_>, Option<bool>)> = read
        .iter()
        .zip(&agent_ids)
        .enumerate()
        .map(|(nth, (agents, id))| match agents {
            Err(error) => (Err(&**error), None),
            Ok(_) if paired == Paired::No && declared.pairs.claims(nth, id) => (Ok(&AgentState::Absent), Some(false)),
            Ok(agents) => match agents.get(id) {
                None => (Ok(&AgentState::Absent), Some(false)),
                Some(Ok(state)) => (Ok(state), Some(true)),
                // It was listed, so it is there all the same.
                Some(Err(error)) => (Err(&**error), Some(true)),
            },
        })
        .collect();
    let live = found.iter().find_map(|(state, _)| state.ok()?.present());
    let info = live.map(|live| live.agent.info.iter().map(|(key, value)| (key.clone(), plain_text(value))).collect());
    let present = found.iter().position(|(_, present)| *present == Some(true)).unwrap_or_default();
    let member =
        |nth: usize| PairMember { environment: environments[nth].id.clone(), agent_id: agent_ids[nth].clone() };
    let cells = (0..found.len()).map(|nth| {
        let (state, present) = found[nth];
        let before = nth.checked_sub(1).map(|before| (found[before].0, member(before)));
        cell(state, present, &member(nth), before.as_ref(), &declared.accepted)
    });
    let cells = cells.collect();
    OverviewRow {
        agent_id: agent_ids.get(present).cloned().unwrap_or_default(),
        name: live.map(|live| live.agent.name.clone()),
        info: info.unwrap_or_default(),
        resources: live.map(|live| live.agent.resource_permissions.len()),
        agent_ids,
        cells,
    }
}

/// A value of an agent's information, in one line.
pub(super) fn plain_text(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn cell(
    state: Known<'_>,
    present: Option<bool>,
    agent: &PairMember,
    before: Option<&(Known<'_>, PairMember)>,
    accepted: &Accepted,
) -> Cell {
    let unknown = |reason: &ErrorReport| Cell::Unknown { present, reason: Box::new(reason.clone()) };
    let state = match state {
        Ok(state) => state,
        Err(reason) => return unknown(reason),
    };
    if state.present().is_none() {
        return Cell::Missing;
    }
    let (before, before_agent) = match before {
        None | Some((Ok(AgentState::Absent), _)) => return Cell::First,
        Some((Err(reason), _)) => return unknown(reason),
        Some((Ok(before), agent)) => (*before, agent),
    };
    let found = match differences(before, state) {
        Ok(found) => found,
        Err(error) => return unknown(&ErrorReport::of(&error)),
    };
    let (on_purpose, left): (Vec<_>, Vec<_>) =
        found.iter().partition(|one| accepted.of(agent, before_agent, one).is_some());
    let count = |of: &[&Difference]| of.iter().map(|one| one.count).sum();
    match (count(&left), count(&on_purpose)) {
        (0, accepted) => Cell::Same { accepted },
        (differences, accepted) => Cell::Differs { differences, accepted },
    }
}

/// What an agent says differently from itself in the stage before. That a pair has two ids is no difference.
pub(super) fn differences(before: &AgentState, state: &AgentState) -> Result<Vec<Difference>, InvalidAgentId> {
    let Some(live) = state.present() else { return Ok(Vec::new()) };
    let agent_id = AgentId::new(&live.agent.agent_id)?;
    let named_alike = before.present().filter(|before| before.agent.agent_id != live.agent.agent_id).map(|before| {
        let mut before = before.clone();
        before.agent.agent_id.clone_from(&live.agent.agent_id);
        AgentState::Present(Box::new(before))
    });
    let before = named_alike.as_ref().unwrap_or(before);
    let side = |state| Compared { state, extra: None };
    Ok(plan::difference(&agent_id, side(before), side(state)).differences())
}
