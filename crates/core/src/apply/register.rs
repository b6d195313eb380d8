//! A registration, settled by looking.
//!
//! Registering an id that exists destroys what is there (wire/README.md), so a registration is never simply repeated: when its
//! reply is lost, the agent is read, and the key that was made beforehand tells whether it is the one just registered.

use secrecy::SecretString;
use serde_json::{Map, Value};

use super::error::WriteError;
use super::{Apply, Credentials};
use crate::config::DatabaseReference;
use crate::connector::{AgentRecord, Connector, ConnectorError, DatabaseLink, Registration, Sent, Session};

/// How often a registration is sent at most, each time after having looked.
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

/// Registers. The session repeats what definitely had no effect; where that is unknown, looking decides.
pub(super) async fn register(session: &Session, registration: &Registration) -> Result<(), WriteError> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let call = |connector: Connector| async move { connector.register(registration).await };
        let error = match session.retrying("registering the agent", call).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        if error.outcome() != Sent::Unknown {
            return Err(match registration.database {
                Some(_) => WriteError::of_the_link(error),
                None => error.into(),
            });
        }
        match look(session, registration).await? {
            Found::Ours => return Ok(()),
            Found::Foreign => return Err(WriteError::RegisteredMeanwhile),
            Found::Nothing if attempt == ATTEMPTS => return Err(error.into()),
            // Should the lost request arrive after all, it registers the same agent with the same key.
            Found::Nothing => {}
        }
    }
}

enum Found {
    Nothing,
    Ours,
    Foreign,
}

async fn look(session: &Session, registration: &Registration) -> Result<Found, ConnectorError> {
    let id = &registration.agent_id;
    let call = |connector: Connector| async move { connector.agent(id).await };
    let found = session.retrying("looking for the agent", call).await?;
    Ok(match found {
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
