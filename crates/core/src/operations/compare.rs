//! Compare any two states of an agent: what would make the right like the left.

use serde_json::{Map, Value};

use super::{Context, Engine, Error, Target};
use crate::config::{self, AgentId, AgentState, Configuration, FORMAT_VERSION, LiveAgent};
use crate::connector::read_whole_state;
use crate::plan::{self, Compared, Plan};

/// One side of a comparison.
#[derive(Clone, Debug)]
pub struct Side {
    /// Name that the person gave: a file, a backup's id.
    pub name: String,
    /// The agent, or that there is none.
    pub state: AgentState,
    /// The keys of a configuration file beside those of the format; `None` where it is no file.
    extra: Option<Map<String, Value>>,
}

impl Side {
    /// A side that is an agent of an environment, now or when a backup was taken.
    #[must_use]
    pub fn of_state(name: impl Into<String>, state: AgentState) -> Self {
        Self { name: name.into(), state, extra: None }
    }

    /// A side that is a configuration file.
    #[must_use]
    pub fn of_file(name: impl Into<String>, configuration: Configuration) -> Self {
        let Configuration { agent, extra, .. } = configuration;
        let state = AgentState::Present(Box::new(LiveAgent::of(agent)));
        Self { name: name.into(), state, extra: Some(extra) }
    }

    fn compared(&self) -> Compared<'_> {
        Compared { state: &self.state, extra: self.extra.as_ref() }
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
            extra: self.extra.clone().unwrap_or_default(),
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
        let (state, _) = read_whole_state(&session, agent).await?;
        Ok(Side::of_state(format!("{agent} in {}", target.name), state))
    }
}

/// Differences of two sides.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The left side's name.
    pub left: String,
    /// The right side's name.
    pub right: String,
    /// Difference of the two sides, in exact mode. Its `same` says what is equal.
    pub plan: Plan,
}

impl Comparison {
    /// Whether both sides say the same.
    #[must_use]
    pub fn is_same(&self) -> bool {
        !self.plan.differs()
    }
}

/// Compares two sides. Pure.
///
/// # Errors
/// An id that no server could address.
pub fn compare(left: &Side, right: &Side) -> Result<Comparison, Error> {
    let id = |side: &Side| side.state.present().map(|live| live.agent.agent_id.clone());
    let agent_id = AgentId::new(id(left).or_else(|| id(right)).unwrap_or_else(|| "agent".into()))?;
    let plan = plan::difference(&agent_id, left.compared(), right.compared());
    Ok(Comparison { left: left.name.clone(), right: right.name.clone(), plan })
}
