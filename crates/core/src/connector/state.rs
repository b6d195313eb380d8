//! The complete state of one agent, as plans and backups need it, and the tables of its database.

use super::answer::Tables;
use super::error::ConnectorError;
use super::key_hash::KeyHash;
use super::retry::Session;
use crate::config::{AgentId, AgentState};

/// Reads agent and permissions: two requests, or one where the agent is absent. The permissions always come from their
/// own call, even where the agent's answer held some: that call is the complete state (wire/README.md).
///
/// # Errors
/// Any [`ConnectorError`]; a server that has the agent in one answer and not in the next is
/// [`ConnectorError::BadAnswer`], and never an absent agent.
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
    let permissions = session.retrying("Reading the resource permissions", read_permissions).await?;
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

/// Reads the tables of the agent's database: one request. Never an error: what cannot be had is said and gone without.
pub async fn read_tables(session: &Session, id: &AgentId) -> Tables {
    let call = |connector: super::Connector| async move { connector.tables(id).await };
    match session.retrying("Listing the tables", call).await {
        Ok(tables) => Tables::Listed(tables),
        Err(error) => Tables::Unavailable { reason: error.briefly() },
    }
}
