//! Compare any two states of an agent: what would make the right like the left.

use super::{Context, Engine, Error, Target};
use crate::config::{self, Agent, AgentId, AgentState, Configuration, FORMAT_VERSION, LiveAgent};
use crate::connector::read_state;
use crate::plan::{self, DatabaseLinking, Goal, Mode, Plan};

/// One side of a comparison.
#[derive(Clone, Debug)]
pub struct Side {
    /// How the person named it: a file, a backup's id.
    pub name: String,
    /// What it holds.
    pub state: AgentState,
}

impl Side {
    /// A side that is a configuration.
    #[must_use]
    pub fn of_agent(name: impl Into<String>, agent: Agent) -> Self {
        let live = LiveAgent { agent, registered_at: None, linked_at: None, withheld: Vec::new() };
        Self { name: name.into(), state: AgentState::Present(Box::new(live)) }
    }

    /// The agent as a configuration file would say it, without what is of the file alone (when, from where, by whom); empty
    /// where there is no agent.
    #[must_use]
    pub fn text(&self) -> String {
        let Some(live) = self.state.present() else { return String::new() };
        config::write(&Configuration {
            version: FORMAT_VERSION.into(),
            exported_at: None,
            source_url: None,
            agent: live.agent.clone(),
            tables: None,
            metadata: None,
            extra: serde_json::Map::new(),
        })
    }
}

impl Engine {
    /// An agent as it is in an environment now, as one side of a comparison. "It does not exist" is a side too.
    ///
    /// # Errors
    /// The server cannot be read.
    pub async fn side_of(&self, target: &Target, agent: &AgentId, context: &Context) -> Result<Side, Error> {
        let session = self.session(&target.connector, context);
        let (state, _) = read_state(&session, agent).await?;
        Ok(Side { name: format!("{agent} in {}", target.name), state })
    }
}

/// What differs between two sides.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The left side's name.
    pub left: String,
    /// The right side's name.
    pub right: String,
    /// What would make the right like the left, in exact mode. Its `same` says what is equal.
    pub plan: Plan,
}

impl Comparison {
    /// Whether both sides say the same.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.plan.changes.is_empty() && self.plan.unchangeable.is_empty()
    }
}

/// Compares two sides. Pure.
///
/// # Errors
/// An id that no server could address.
pub fn compare(left: &Side, right: &Side) -> Result<Comparison, Error> {
    let id = |side: &Side| side.state.present().map(|live| live.agent.agent_id.clone());
    let agent_id = AgentId::new(id(left).or_else(|| id(right)).unwrap_or_else(|| "agent".into()))?;
    let goal = match left.state.present() {
        None => Goal::Absent,
        Some(live) => Goal::Agent { agent: &live.agent, linking: DatabaseLinking::Later },
    };
    let mut plan = plan::make(&agent_id, goal, &right.state, Mode::Exact);
    // Notes speak of what applying would do; nothing is applied here.
    plan.notes.clear();
    if let (Some(left), Some(right)) = (id(left), id(right))
        && left != right
    {
        plan.unchangeable
            .insert(0, plan::Unchangeable { field: "/agent_id".into(), target: right.into(), wanted: left.into() });
    }
    Ok(Comparison { left: left.name.clone(), right: right.name.clone(), plan })
}
