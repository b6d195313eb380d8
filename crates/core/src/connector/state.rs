//! What is read of a server in whole: who it is, its agents, the complete state of one as plans and backups need it, its tables.

use super::answer::{AgentRecord, Tables};
use super::calls::Health;
use super::error::ConnectorError;
use super::key_hash::KeyHash;
use super::retry::Session;
use crate::config::{AgentId, AgentState};

/// The usual name of [`list_agents`].
pub const LISTING: &str = "listing the agents";

/// Reads agent and permissions: two requests, or one where the agent is absent. The permissions always come from their
/// own call, even where the agent's answer held some: that call is the complete state (docs/CONNECTOR.md#memory).
///
/// # Errors
/// Any [`ConnectorError`]; a server that has the agent in one answer and not in the next is
/// [`ConnectorError::Vanished`] or [`ConnectorError::Emptied`], and never an absent agent.
pub async fn read_state(session: &Session, id: &AgentId) -> Result<(AgentState, Option<KeyHash>), ConnectorError> {
    let Some(record) = read_record(session, id, "Reading the agent").await? else {
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

/// Reads an agent without its permissions: one request; `None` where the server has none of that id.
///
/// # Errors
/// Any [`ConnectorError`].
pub async fn read_record(session: &Session, id: &AgentId, what: &str) -> Result<Option<AgentRecord>, ConnectorError> {
    session.retrying(what, |connector: super::Connector| async move { connector.agent(id).await }).await
}

/// Asks a server who it is: one request.
///
/// # Errors
/// Any [`ConnectorError`]; that it is no AI Agent Connector is one of them.
pub async fn ask_server(session: &Session) -> Result<Health, ConnectorError> {
    session.retrying("asking the server", |connector: super::Connector| async move { connector.health().await }).await
}

/// Lists the ids of a server's agents, as it says them: one request. `what` names the call where it has to be repeated.
///
/// # Errors
/// Any [`ConnectorError`].
pub async fn list_agents(session: &Session, what: &str) -> Result<Vec<String>, ConnectorError> {
    session.retrying(what, |connector: super::Connector| async move { connector.agent_ids().await }).await
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
    knew == Knew::Agents && list_agents(session, LISTING).await.is_ok_and(|agents| knew.is_lost(&agents))
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
