//! What an environment holds for one agent at one moment: the live side of a plan, and the content of a backup.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::model::Agent;
use super::secrets::SecretFinding;
use super::values;

/// The state of one agent in one environment. `Absent` is as much a state as any other: it means a definite 404 for the
/// agent itself, never "could not be read" (docs/RULES.md#absent).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AgentState {
    /// The environment has no such agent.
    Absent,
    /// The environment has it, like this.
    Present(Box<LiveAgent>),
}

impl AgentState {
    /// The agent, where there is one.
    #[must_use]
    pub fn present(&self) -> Option<&LiveAgent> {
        match self {
            Self::Absent => None,
            Self::Present(live) => Some(live),
        }
    }
}

/// An agent as a server has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveAgent {
    /// The portable settings. `agent.database` is there exactly when a database is linked.
    pub agent: Agent,
    /// When it was registered, as the server writes it. Changes when somebody registers the agent anew, which makes a new
    /// key and unlinks the database: it belongs to the fingerprint, and to nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_at: Option<String>,
    /// When its database was linked, as the server writes it. No call shows *what* is linked, so this is how a link that
    /// somebody replaced is noticed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked_at: Option<String>,
    /// `agent_info` fields that look like a secret: left at the server, known here by place and kind only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<SecretFinding>,
    /// Number of queries it may make. `None` where they were not read, the server does not tell them, or a backup was taken before
    /// aidb kept them: never the same as "the default".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_limits: Option<RateLimits>,
}

impl LiveAgent {
    /// An agent of which nothing but its portable settings is known.
    #[must_use]
    pub fn of(agent: Agent) -> Self {
        Self { agent, registered_at: None, linked_at: None, withheld: Vec::new(), rate_limits: None }
    }

    /// Whether a key of the agent's own information was left at the server, so that nothing can be said of its value.
    #[must_use]
    pub fn withholds(&self, pointer: &str) -> bool {
        let within = |found: &SecretFinding| {
            let rest = found.pointer.strip_prefix("/agent").and_then(|found| found.strip_prefix(pointer));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.withheld.iter().any(within)
    }
}

/// Number of queries an agent may make, as its server words it: `queries_per_minute` and its like, each a number or `null`. Whatever
/// other limits a server has are kept as well, so that they can be set again.
#[derive(Clone, Debug, Default, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RateLimits(pub Map<String, Value>);

impl PartialEq for RateLimits {
    fn eq(&self, other: &Self) -> bool {
        values::same_members(&self.0, &other.0)
    }
}

impl RateLimits {
    /// The limits that the recorded server has, in the order in which people say them, and how they are said.
    const KNOWN: [(&'static str, &'static str); 3] =
        [("queries_per_minute", "a minute"), ("queries_per_hour", "an hour"), ("queries_per_day", "a day")];

    /// "60 a minute, 1000 an hour, no limit a day".
    #[must_use]
    pub fn describe(&self) -> String {
        let limit = |key: &str| match self.0.get(key) {
            None | Some(Value::Null) => "no limit".to_owned(),
            Some(value) => value.to_string(),
        };
        let known = Self::KNOWN.iter().map(|(key, every)| format!("{} {every}", limit(key)));
        let further =
            self.0.iter().filter(|(key, value)| !value.is_null() && Self::KNOWN.iter().all(|(known, _)| known != key));
        let words: Vec<String> = known.chain(further.map(|(key, value)| format!("{key} {value}"))).collect();
        words.join(", ")
    }
}
