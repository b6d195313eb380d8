//! The state as tests compare it: no insertion order, permissions as sets, so that equal states are `==`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One of the four things that an agent may be allowed to do with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// May read.
    Read,
    /// May write.
    Write,
    /// May delete.
    Delete,
    /// May administer.
    Admin,
}

impl Permission {
    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word {
            "read" => Some(Self::Read),
            "write" => Some(Self::Write),
            "delete" => Some(Self::Delete),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }
}

/// All agents of one environment at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// By agent id.
    pub agents: BTreeMap<String, AgentSnapshot>,
}

/// One agent at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentSnapshot {
    /// The `agent_info`: name, type, description, …
    pub info: Map<String, Value>,
    /// When it was registered, as the API says it.
    pub registered_at: String,
    /// SHA-256 of its API key, in hex. Changes exactly when the key does.
    pub api_key_hash: String,
    /// The linked database.
    pub database: Option<DatabaseSnapshot>,
    /// By resource id.
    pub resources: BTreeMap<String, ResourceSnapshot>,
}

/// A linked database. The connection string is not kept by the sandbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseSnapshot {
    /// The name of the connection.
    pub connection_name: String,
    /// `postgresql`, …
    #[serde(rename = "type")]
    pub database_type: String,
    /// The database's own name, from the connection string: whose tables are listed.
    pub database: String,
    /// When it was linked, as the API says it.
    pub linked_at: String,
}

/// Permissions of an agent on one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceSnapshot {
    /// `table`, `dataset`, …
    #[serde(rename = "type")]
    pub resource_type: String,
    /// Permissions.
    pub permissions: BTreeSet<Permission>,
}

impl ResourceSnapshot {
    /// A resource of that type with those permissions.
    pub fn new(resource_type: impl Into<String>, permissions: impl IntoIterator<Item = Permission>) -> Self {
        Self { resource_type: resource_type.into(), permissions: permissions.into_iter().collect() }
    }
}
