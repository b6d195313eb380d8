//! What a backup consists of, as bytes, and the hash over it.

use sha2::{Digest, Sha256};

use crate::config::{AgentState, LiveAgent};

use super::backups::Existence;

/// An agent's state as it is stored: the JSON of the agent, nothing for an agent that did not exist.
///
/// Not the JSON of [`AgentState`] itself: serde reads a tagged enum by first building the whole content in memory a second
/// time, which a backup of a hundred thousand resources would feel.
pub(super) fn to_bytes(state: &AgentState) -> Result<Vec<u8>, serde_json::Error> {
    match state {
        AgentState::Absent => Ok(Vec::new()),
        AgentState::Present(live) => serde_json::to_vec(live),
    }
}

pub(super) fn from_bytes(existence: Existence, bytes: &[u8]) -> Result<AgentState, String> {
    match existence {
        Existence::DidNotExist if bytes.is_empty() => Ok(AgentState::Absent),
        Existence::DidNotExist => Err("it holds an agent that did not exist".into()),
        Existence::Existed => serde_json::from_slice::<LiveAgent>(bytes)
            .map(|live| AgentState::Present(Box::new(live)))
            .map_err(|error| format!("its content cannot be read ({error})")),
    }
}

/// The facts of a backup that never change, in the order in which they are hashed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'a> {
    pub id: &'a str,
    pub environment_id: Option<&'a str>,
    pub environment_name: Option<&'a str>,
    pub url: &'a str,
    pub agent_id: &'a str,
    pub taken_at: &'a str,
    pub reason: &'a str,
    pub operation_id: Option<&'a str>,
    pub existed: &'a str,
    pub resources: i64,
    pub tables: Option<&'a str>,
    pub state: &'a [u8],
}

impl Facts<'_> {
    /// SHA-256 over all facts, in hexadecimal. Each one is preceded by its length, so that nothing can move from one to
    /// the next unnoticed.
    pub(super) fn hash(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"aidb backup 1");
        let mut add = |fact: Option<&[u8]>| match fact {
            None => hash.update([0]),
            Some(bytes) => {
                hash.update([1]);
                hash.update((bytes.len() as u64).to_be_bytes());
                hash.update(bytes);
            }
        };
        let resources = self.resources.to_be_bytes();
        add(Some(self.id.as_bytes()));
        add(self.environment_id.map(str::as_bytes));
        add(self.environment_name.map(str::as_bytes));
        add(Some(self.url.as_bytes()));
        add(Some(self.agent_id.as_bytes()));
        add(Some(self.taken_at.as_bytes()));
        add(Some(self.reason.as_bytes()));
        add(self.operation_id.map(str::as_bytes));
        add(Some(self.existed.as_bytes()));
        add(Some(&resources));
        add(self.tables.map(str::as_bytes));
        add(Some(self.state));
        format!("{:x}", hash.finalize())
    }
}
