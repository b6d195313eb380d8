//! What one environment holds. Every operation is O(log n), because an agent may have 100,000 resources.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::framework::Refusal;
use crate::snapshot::{AgentSnapshot, DatabaseSnapshot, Permission, ResourceSnapshot, Snapshot};

/// Whether an operation changes the registry, or only says what it would have answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storing {
    Kept,
    Discarded,
}

/// The three limits of an agent, as they were sent: numbers or null.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RateLimits {
    pub(crate) queries_per_day: Value,
    pub(crate) queries_per_hour: Value,
    pub(crate) queries_per_minute: Value,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self { queries_per_day: 10_000.into(), queries_per_hour: 1_000.into(), queries_per_minute: 60.into() }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Resource {
    /// Grows with every first setting; what insertion order sorts by.
    pub(crate) place: u64,
    #[serde(rename = "type")]
    pub(crate) resource_type: String,
    /// Each once, in the order in which they were first named.
    pub(crate) permissions: Vec<Permission>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AgentRecord {
    place: u64,
    pub(crate) registered_at: String,
    pub(crate) api_key_hash: String,
    pub(crate) info: Map<String, Value>,
    pub(crate) database: Option<DatabaseLink>,
    pub(crate) resources: BTreeMap<String, Resource>,
}

/// A database link: what the API shows of it, and the database's name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DatabaseLink {
    /// The fields as the API answers them, `connection_string` being `***`.
    pub(crate) shown: Map<String, Value>,
    /// Whose tables are listed.
    pub(crate) database: String,
}

impl DatabaseLink {
    /// A PostgreSQL link, as registering with a connection string and a connection name leaves it.
    pub(crate) fn new(connection_name: &str, database: &str, linked_at: String) -> Self {
        let fields = [
            ("connection_name", connection_name.to_owned()),
            ("connection_string", "***".to_owned()),
            ("linked_at", linked_at),
            ("status", "connected".to_owned()),
            ("type", "postgresql".to_owned()),
        ];
        let shown = fields.into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect();
        Self { shown, database: database.to_owned() }
    }

    pub(crate) fn text(&self, field: &str) -> String {
        self.shown.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

/// Outcome of a registration.
pub(crate) struct Registration {
    pub(crate) registered_at: String,
    pub(crate) api_key: String,
    pub(crate) info: Map<String, Value>,
    pub(crate) database: Option<DatabaseLink>,
    pub(crate) rate_limits: RateLimits,
}

/// The state of one environment.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Registry {
    agents: BTreeMap<String, AgentRecord>,
    rate_limits: BTreeMap<String, RateLimits>,
    /// Table names by database, `schema.table`, or `table` for the schema `public`.
    databases: BTreeMap<String, Vec<String>>,
    next_place: u64,
}

impl Registry {
    /// Ids in the order of their first registration.
    pub(crate) fn agent_ids(&self) -> Vec<&str> {
        let mut ids: Vec<_> = self.agents.iter().map(|(id, agent)| (agent.place, id.as_str())).collect();
        ids.sort_unstable();
        ids.into_iter().map(|(_, id)| id).collect()
    }

    pub(crate) fn find(&self, id: &str) -> Option<&AgentRecord> {
        self.agents.get(id)
    }

    pub(crate) fn agent(&self, id: &str) -> Result<&AgentRecord, Refusal> {
        self.agents.get(id).ok_or_else(|| Refusal::unknown_agent(id))
    }

    fn agent_mut(&mut self, id: &str) -> Result<&mut AgentRecord, Refusal> {
        self.agents.get_mut(id).ok_or_else(|| Refusal::unknown_agent(id))
    }

    /// Registers, or replaces everything but the permissions, as recorded.
    pub(crate) fn register(&mut self, id: &str, registration: Registration) {
        let place = self.new_place();
        let old = self.agents.remove(id);
        let record = AgentRecord {
            place: old.as_ref().map_or(place, |old| old.place),
            registered_at: registration.registered_at,
            api_key_hash: sha256_hex(&registration.api_key),
            info: registration.info,
            database: registration.database,
            resources: old.map(|old| old.resources).unwrap_or_default(),
        };
        self.agents.insert(id.to_owned(), record);
        self.rate_limits.insert(id.to_owned(), registration.rate_limits);
    }

    pub(crate) fn remove(&mut self, id: &str, storing: Storing) -> Result<(), Refusal> {
        self.agent(id)?;
        if storing == Storing::Kept {
            self.agents.remove(id);
            self.rate_limits.remove(id);
        }
        Ok(())
    }

    pub(crate) fn set_resource(
        &mut self,
        id: &str,
        resource_id: String,
        resource_type: String,
        permissions: Vec<Permission>,
        storing: Storing,
    ) -> Result<(), Refusal> {
        if storing == Storing::Discarded {
            return self.agent(id).map(|_| ());
        }
        let new_place = self.new_place();
        let resources = &mut self.agent_mut(id)?.resources;
        match resources.get_mut(&resource_id) {
            Some(resource) => {
                resource.resource_type = resource_type;
                resource.permissions = permissions;
            }
            None => {
                resources.insert(resource_id, Resource { place: new_place, resource_type, permissions });
            }
        }
        Ok(())
    }

    pub(crate) fn revoke_resource(&mut self, id: &str, resource_id: &str, storing: Storing) -> Result<(), Refusal> {
        let resources = &mut self.agent_mut(id)?.resources;
        if !resources.contains_key(resource_id) {
            return Err(Refusal::unknown_resource(id, resource_id));
        }
        if storing == Storing::Kept {
            resources.remove(resource_id);
        }
        Ok(())
    }

    pub(crate) fn link_database(&mut self, id: &str, link: DatabaseLink) -> Result<(), Refusal> {
        self.agent_mut(id)?.database = Some(link);
        Ok(())
    }

    pub(crate) fn rate_limits(&self, id: &str) -> Option<&RateLimits> {
        self.rate_limits.get(id)
    }

    pub(crate) fn set_rate_limits(&mut self, id: &str, limits: RateLimits) {
        self.rate_limits.insert(id.to_owned(), limits);
    }

    pub(crate) fn tables(&self, database: &str) -> &[String] {
        self.databases.get(database).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn set_tables(&mut self, database: &str, mut tables: Vec<String>) {
        tables.sort_unstable();
        self.databases.insert(database.to_owned(), tables);
    }

    /// Loses all agents, as the connector does in a restart. The databases are other servers, and stay.
    pub(crate) fn forget(&mut self) {
        self.agents.clear();
        self.rate_limits.clear();
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot { agents: self.agents.iter().map(|(id, agent)| (id.clone(), agent.snapshot())).collect() }
    }

    const fn new_place(&mut self) -> u64 {
        self.next_place += 1;
        self.next_place
    }
}

impl AgentRecord {
    pub(crate) fn snapshot(&self) -> AgentSnapshot {
        AgentSnapshot {
            info: self.info.clone(),
            registered_at: self.registered_at.clone(),
            api_key_hash: self.api_key_hash.clone(),
            database: self.database.as_ref().map(DatabaseLink::snapshot),
            resources: self.resource_snapshots(),
        }
    }

    pub(crate) fn resource_snapshots(&self) -> BTreeMap<String, ResourceSnapshot> {
        let snapshot = |resource: &Resource| {
            ResourceSnapshot::new(resource.resource_type.clone(), resource.permissions.iter().copied())
        };
        self.resources.iter().map(|(id, resource)| (id.clone(), snapshot(resource))).collect()
    }
}

impl DatabaseLink {
    fn snapshot(&self) -> DatabaseSnapshot {
        DatabaseSnapshot {
            connection_name: self.text("connection_name"),
            database_type: self.text("type"),
            database: self.database.clone(),
            linked_at: self.text("linked_at"),
        }
    }
}

/// Hash of a key, as the connector makes it.
pub(crate) fn sha256_hex(text: &str) -> String {
    use std::fmt::Write;

    Sha256::digest(text).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
