//! What an environment holds for one agent at one moment: the live side of a plan, and the content of a backup.

use serde::{Deserialize, Serialize};

use super::model::Agent;
use super::secrets::SecretFinding;

/// The state of one agent in one environment. `Absent` is as much a state as any other: it means a definite 404 for the
/// agent itself, never "could not be read" (PRODUCT.md, "Dry run").
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
    /// Its portable settings. `agent.database` is there exactly when a database is linked.
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
}
