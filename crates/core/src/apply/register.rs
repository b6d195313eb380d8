//! A registration: looked before, and decided by looking.
//!
//! Registering an id that exists destroys what is there (docs/CONNECTOR.md#registration), so aidb looks right before it registers, and never
//! simply repeats: when a reply is lost, the agent is read, and the key that was made beforehand tells whether it is the one
//! just registered.

use secrecy::SecretString;
use serde_json::{Map, Value};

use super::error::WriteError;
use super::{Apply, Credentials};
use crate::config::DatabaseReference;
use crate::connector::{AgentRecord, Connector, ConnectorError, DatabaseLink, Registration, Sent, Session};

/// Number of times a registration is sent at most, each time after having looked.
const ATTEMPTS: usize = 4;

impl Apply<'_> {
    pub(super) fn registration(
        &self,
        name: &str,
        agent_type: Option<&str>,
        info: &Map<String, Value>,
        database: Option<&DatabaseReference>,
    ) -> Result<Registration, WriteError> {
        let key = self.credentials.agent_key.clone().ok_or(WriteError::NoAgentKey)?;
        let link = |database: &DatabaseReference| {
            Ok::<_, WriteError>(DatabaseLink {
                connection_string: self.credentials.connection_string()?.clone(),
                connection_name: database.connection_name.clone(),
                database_type: database.database_type.clone(),
            })
        };
        Ok(Registration {
            agent_id: self.plan.agent_id.clone(),
            name: name.to_owned(),
            agent_type: agent_type.map(str::to_owned),
            info: info.clone(),
            api_key: key.api_key,
            api_secret: key.api_secret,
            database: database.map(link).transpose()?,
            rate_limits: None,
        })
    }
}

impl Credentials {
    pub(super) fn connection_string(&self) -> Result<&SecretString, WriteError> {
        self.connection_string.as_ref().ok_or(WriteError::NoConnectionString)
    }
}

/// Registers, and only where nobody is: looks right before every request, because on an id that exists a registration
/// destroys what is there. Where it is not known what became of a request, looking decides as well.
pub(super) async fn register(session: &Session, registration: &Registration) -> Result<(), WriteError> {
    let mut sent = false;
    for attempt in 1.. {
        let call = |connector: Connector| async move {
            match look(&connector, registration).await? {
                Found::Nothing => connector.register(registration).await.map(|()| Found::Ours),
                found => Ok(found),
            }
        };
        let error = match session.retrying("registering the agent", call).await {
            Ok(Found::Foreign) if sent => return Err(WriteError::RegisteredMeanwhile),
            Ok(Found::Foreign) => return Err(WriteError::ThereAlready),
            Ok(Found::Ours | Found::Nothing) => break,
            Err(error) => error,
        };
        if error.outcome() != Sent::Unknown {
            return Err(match registration.database {
                Some(_) => WriteError::of_the_link(error),
                None => error.into(),
            });
        }
        sent = true;
        // Should the lost request arrive after all, it registers the same agent with the same key.
        if attempt < ATTEMPTS {
            continue;
        }
        let last = |connector: Connector| async move { look(&connector, registration).await };
        return match session.retrying("looking for the agent", last).await? {
            Found::Ours => break,
            Found::Foreign => Err(WriteError::RegisteredMeanwhile),
            Found::Nothing => Err(error.into()),
        };
    }
    // Looking and registering are two requests: somebody may have come between.
    alone(session, registration).await
}

/// Whether the registration met nobody. Permissions outlive the registration of an id that exists (docs/CONNECTOR.md#registration): an agent
/// that has some as soon as it is registered was somebody's in the moment between looking and registering.
async fn alone(session: &Session, registration: &Registration) -> Result<(), WriteError> {
    let id = &registration.agent_id;
    let call = |connector: Connector| async move { connector.resource_permissions(id).await };
    match session.retrying("looking at the new agent", call).await? {
        Some(permissions) if !permissions.is_empty() => Err(WriteError::ReplacedAnother),
        _ => Ok(()),
    }
}

enum Found {
    Nothing,
    Ours,
    Foreign,
}

async fn look(connector: &Connector, registration: &Registration) -> Result<Found, ConnectorError> {
    Ok(match connector.agent(&registration.agent_id).await? {
        None => Found::Nothing,
        Some(record) if is_ours(&record, registration) => Found::Ours,
        Some(_) => Found::Foreign,
    })
}

/// By the key, where the server shows its hash; else by everything that was sent.
fn is_ours(record: &AgentRecord, registration: &Registration) -> bool {
    let agent = &record.live.agent;
    match &record.key_hash {
        Some(hash) => hash.matches(&registration.api_key),
        None => agent.name == registration.name && agent.agent_type == registration.agent_type,
    }
}
