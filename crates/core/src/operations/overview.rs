//! Overview: every agent of every environment beside the stage before it (docs/RULES.md#overview).

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, future, stream};

use super::agents::natural;
use super::target::{AskForKey, TargetRequest};
use super::{Context, Engine, Error};
use crate::config::{AgentId, AgentState};
use crate::connector::{LISTING, Session, list_agents, read_state};
use crate::error::ErrorReport;
use crate::plan::{self, Compared};
use crate::progress::{Event, Stage};
use crate::store::Environment;

/// Agents by environments, in stage order.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The environments, first stage first.
    pub stages: Vec<OverviewStage>,
    /// The agents that any of them has, in the order in which people count.
    pub rows: Vec<OverviewRow>,
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
    /// Number of those that differ from the stage before.
    pub differing: usize,
    /// Number of agents of other environments that it lacks.
    pub missing: usize,
}

/// One agent of an overview.
#[derive(Clone, Debug)]
pub struct OverviewRow {
    /// The agent's id.
    pub agent_id: String,
    /// Its name, as the first environment says it that could be read.
    pub name: Option<String>,
    /// One for each stage.
    pub cells: Vec<Cell>,
}

/// How an agent stands in an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Is there, and not in the stage right before; or this is the first stage.
    First,
    /// Says the same as in the stage before.
    Same,
    /// Differs from the stage before.
    Differs {
        /// Number of items that do.
        differences: usize,
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
        !self.cells.iter().all(|cell| matches!(cell, Cell::First | Cell::Same))
    }
}

/// What an environment has: each agent, or why it could not be read.
type Agents = BTreeMap<String, Result<AgentState, Box<ErrorReport>>>;

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
        Ok(beside_each_other(environments, &read))
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

/// Puts what was read beside each other.
fn beside_each_other(environments: Vec<Environment>, read: &[Result<Agents, Box<ErrorReport>>]) -> Overview {
    let ids: BTreeSet<&String> = read.iter().flatten().flat_map(BTreeMap::keys).collect();
    let mut ids: Vec<&String> = ids.into_iter().collect();
    ids.sort_unstable_by(|left, right| natural(left, right));
    let rows: Vec<OverviewRow> = ids.into_iter().map(|id| row(id, read)).collect();
    let count = |nth: usize, of: fn(&Cell) -> bool| rows.iter().filter(|row| of(&row.cells[nth])).count();
    let stages = environments.into_iter().zip(read).enumerate().map(|(nth, (environment, read))| OverviewStage {
        environment,
        failure: read.as_ref().err().map(|error| ErrorReport::clone(error)),
        agents: count(nth, Cell::is_present),
        differing: count(nth, |cell| matches!(cell, Cell::Differs { .. })),
        missing: count(nth, |cell| matches!(cell, Cell::Missing)),
    });
    Overview { stages: stages.collect(), rows }
}

impl Cell {
    const fn is_present(&self) -> bool {
        match self {
            Self::First | Self::Same | Self::Differs { .. } | Self::Unknown { present: Some(true), .. } => true,
            Self::Missing | Self::Unknown { .. } => false,
        }
    }
}

fn row(id: &str, read: &[Result<Agents, Box<ErrorReport>>]) -> OverviewRow {
    let states: Vec<Result<&AgentState, &ErrorReport>> = read
        .iter()
        .map(|agents| match agents {
            Ok(agents) => agents.get(id).map_or(Ok(&AgentState::Absent), |state| match state {
                Ok(state) => Ok(state),
                Err(error) => Err(&**error),
            }),
            Err(error) => Err(&**error),
        })
        .collect();
    let name = states.iter().find_map(|state| state.ok()?.present().map(|live| live.agent.name.clone()));
    let before = std::iter::once(None).chain(states.iter().map(Some));
    let mut cells: Vec<Cell> = states.iter().zip(before).map(|(state, before)| cell(*state, before.copied())).collect();
    // An agent that was listed and could not be read is there all the same.
    for (cell, agents) in cells.iter_mut().zip(read) {
        if let (Cell::Unknown { present: present @ None, .. }, Ok(agents)) = (cell, agents) {
            *present = Some(agents.contains_key(id));
        }
    }
    OverviewRow { agent_id: id.to_owned(), name, cells }
}

fn cell(state: Result<&AgentState, &ErrorReport>, before: Option<Result<&AgentState, &ErrorReport>>) -> Cell {
    let unknown = |present, reason: &ErrorReport| Cell::Unknown { present, reason: Box::new(reason.clone()) };
    let state = match state {
        Ok(state) => state,
        Err(reason) => return unknown(None, reason),
    };
    let Some(live) = state.present() else { return Cell::Missing };
    let before = match before {
        None => return Cell::First,
        Some(Err(reason)) => return unknown(Some(true), reason),
        Some(Ok(AgentState::Absent)) => return Cell::First,
        Some(Ok(before)) => before,
    };
    let agent_id = match AgentId::new(&live.agent.agent_id) {
        Ok(agent_id) => agent_id,
        Err(error) => return unknown(Some(true), &ErrorReport::of(&error)),
    };
    let side = |state| Compared { state, extra: None };
    let plan = plan::difference(&agent_id, side(before), side(state));
    match plan.differs() {
        false => Cell::Same,
        true => Cell::Differs { differences: plan.item_count() + plan.unchangeable.len() },
    }
}
