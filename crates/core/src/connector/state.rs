//! The complete state of one agent, as plans and backups need it, and the tables of its database.

use super::answer::Tables;
use super::error::ConnectorError;
use super::key_hash::KeyHash;
use super::retry::Session;
use crate::config::{AgentId, AgentState};

/// Reads agent and permissions: two requests, or one where the agent is absent. The permissions always come from their
/// own call, even where the agent's answer held some: that call is the complete state (docs/CONNECTOR.md#memory).
///
/// # Errors
/// Any [`ConnectorError`]; a server that has the agent in one answer and not in the next is
/// [`ConnectorError::Vanished`] or [`ConnectorError::Emptied`], and never an absent agent.
pub async fn read_state(session: &Session, id: &AgentId) -> Result<(AgentState, Option<KeyHash>), ConnectorError> {
    let read_agent = |connector: super::Connector| async move { connector.agent(id).await };
    let Some(record) = session.retrying("Reading the agent", read_agent).await? else {
        return Ok((AgentState::Absent, None));
    };
    let read_permissions = |connector: super::Connector| async move {
        match connector.resource_permissions(id).await? {
            Some(permissions) => Ok(permissions),
            None => Err(connector.vanished(id)),
        }
    };
    let permissions = match session.retrying("Reading the resource permissions", read_permissions).await {
        Err(ConnectorError::Vanished { id, call }) if has_lost_memory(session, Knew::Agents).await => {
            return Err(ConnectorError::Emptied { id, call });
        }
        read => read?,
    };
    let mut live = record.live;
    live.agent.resource_permissions = permissions;
    Ok((AgentState::Present(Box::new(live)), record.key_hash))
}

/// Reads all that a backup keeps: as [`read_state`], and how many queries the agent may make; three requests, or one where the
/// agent is absent.
///
/// # Errors
/// As [`read_state`]. A server that has no rate limits leaves them unknown.
pub async fn read_whole_state(
    session: &Session,
    id: &AgentId,
) -> Result<(AgentState, Option<KeyHash>), ConnectorError> {
    let (mut state, key_hash) = read_state(session, id).await?;
    if let AgentState::Present(live) = &mut state {
        let call = |connector: super::Connector| async move { connector.rate_limits(id).await };
        live.rate_limits = session.retrying("Reading the rate limits", call).await?;
    }
    Ok((state, key_hash))
}

/// Whether agents were known to be at a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knew {
    /// Some were: in this run, or when aidb looked last.
    Agents,
    /// None was.
    Nothing,
}

/// Whether a server lost its memory: there were agents, and now there is none at all. It keeps everything in memory
/// (docs/CONNECTOR.md#memory), so that to a client a restart is every agent gone at once; saying that one agent is not there would send
/// people looking for the wrong thing. Everything that can meet such a server asks here. Where the list of agents cannot be had,
/// nothing is claimed.
pub async fn has_lost_memory(session: &Session, knew: Knew) -> bool {
    let list = |connector: super::Connector| async move { connector.agent_ids().await };
    knew == Knew::Agents && session.retrying("listing the agents", list).await.is_ok_and(|agents| knew.is_lost(&agents))
}

impl Knew {
    /// The same, where the list of agents is there already.
    #[must_use]
    pub fn is_lost(self, agents: &[String]) -> bool {
        self == Self::Agents && agents.is_empty()
    }
}

/// Reads the tables of the agent's database: one request. Never an error: what cannot be had is said and gone without.
pub async fn read_tables(session: &Session, id: &AgentId) -> Tables {
    let call = |connector: super::Connector| async move { connector.tables(id).await };
    match session.retrying("Listing the tables", call).await {
        Ok(tables) => Tables::Listed(tables),
        Err(error) => Tables::Unavailable { reason: error.briefly() },
    }
}
