//! The hash of the live state that a plan was made from.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::config::secrets::SecretFinding;
use crate::config::{AgentState, DatabaseReference, ResourcePermissions, values};

/// SHA-256, in hex, of what is known of an agent's live state: portable settings, when it was registered, when its database was
/// linked. Two states with the same fingerprint give the same plan. Values count, not how a server spells them; rate limits do not
/// count, because most plans do not ask for them ([`super::Plan::was_made_from`] looks at them where a plan does).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of a state. Order of keys, resources and permissions makes no difference: the model sorts them.
    #[must_use]
    pub fn of(state: &AgentState) -> Self {
        let mut hash = Sha256::new();
        // Hashing cannot fail and the model has no value that JSON cannot say; were that to change, an empty hash would
        // compare equal to another empty one, so the error text goes in instead.
        if let Err(error) = serde_json::to_writer(HashWriter(&mut hash), &Hashed::of(state)) {
            hash.update(error.to_string());
        }
        Self(format!("{:x}", hash.finalize()))
    }

    /// The hex text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is hashed of a state, in the form that [`AgentState`] itself is written in: so a fingerprint from before stays the same.
#[derive(Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum Hashed<'a> {
    Absent,
    Present(HashedLive<'a>),
}

#[derive(Serialize)]
struct HashedLive<'a> {
    agent: HashedAgent<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registered_at: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    linked_at: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    withheld: &'a [SecretFinding],
}

#[derive(Serialize)]
struct HashedAgent<'a> {
    agent_id: &'a str,
    name: &'a str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    agent_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<&'a DatabaseReference>,
    resource_permissions: &'a ResourcePermissions,
    #[serde(skip_serializing_if = "Map::is_empty")]
    info: Map<String, Value>,
}

impl<'a> Hashed<'a> {
    fn of(state: &'a AgentState) -> Self {
        let Some(live) = state.present() else { return Self::Absent };
        let agent = &live.agent;
        Self::Present(HashedLive {
            agent: HashedAgent {
                agent_id: &agent.agent_id,
                name: &agent.name,
                agent_type: agent.agent_type.as_deref(),
                database: agent.database.as_ref(),
                resource_permissions: &agent.resource_permissions,
                info: values::canonical_members(&agent.info),
            },
            registered_at: live.registered_at.as_deref(),
            linked_at: live.linked_at.as_deref(),
            withheld: &live.withheld,
        })
    }
}

struct HashWriter<'a>(&'a mut Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
