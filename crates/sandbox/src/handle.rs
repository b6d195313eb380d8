//! State, switches and record of a running sandbox, from within the process.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::error::{ChangeError, StateFileError};
use crate::framework::Refusal;
use crate::registry::{AgentRecord, DatabaseLink, RateLimits, Registration, Registry, Storing, sha256_hex};
use crate::shared::Shared;
use crate::snapshot::{AgentSnapshot, Permission, ResourceSnapshot, Snapshot};
use crate::switches::{Fault, Switches};
use crate::traffic::{SeenRequest, Traffic};

/// Reads and changes a running sandbox. Clones are the same sandbox. Changes are kept in its state file, if it has one,
/// are never spoiled, and do not count as requests.
#[derive(Clone, Debug)]
pub struct Handle {
    pub(crate) shared: Arc<Shared>,
}

impl Handle {
    /// The switches as they are now.
    #[must_use]
    pub fn switches(&self) -> Switches {
        self.shared.switches().switches.clone()
    }

    /// Changes switches, for the requests that arrive from now on. Faults that stay the same keep counting; others
    /// count from now.
    pub fn switch(&self, change: impl FnOnce(&mut Switches)) {
        let changed: Result<_, Infallible> = self.shared.change_switches(|switches| {
            let mut switches = switches.clone();
            change(&mut switches);
            Ok(switches)
        });
        match changed {
            Ok(_) => {}
            Err(never) => match never {},
        }
    }

    /// Replaces all faults by these, counting from now.
    pub fn set_faults(&self, faults: impl IntoIterator<Item = Fault>) {
        self.switch(|switches| switches.faults.clear());
        self.switch(|switches| switches.faults.extend(faults));
    }

    /// Cuts the requests that hang until they are released, and lets those go on that are held.
    pub fn release(&self) {
        self.shared.release.notify_waiters();
    }

    /// One agent, if it is registered.
    #[must_use]
    pub fn agent(&self, id: &str) -> Option<AgentSnapshot> {
        self.shared.registry().find(id).map(AgentRecord::snapshot)
    }

    /// The resources of one agent, if it is registered.
    #[must_use]
    pub fn resources(&self, id: &str) -> Option<BTreeMap<String, ResourceSnapshot>> {
        self.shared.registry().find(id).map(AgentRecord::resource_snapshots)
    }

    /// All agents.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.shared.registry().snapshot()
    }

    /// Whether `api_key` is the agent's key now.
    #[must_use]
    pub fn accepts_key(&self, id: &str, api_key: &str) -> bool {
        self.shared.registry().find(id).is_some_and(|agent| agent.api_key_hash == sha256_hex(api_key))
    }

    /// Registers an agent with that `agent_info` and key, or replaces all of it but its permissions.
    ///
    /// # Errors
    /// When the state file cannot be written.
    pub fn set_agent(&self, id: &str, info: Map<String, Value>, api_key: &str) -> Result<(), ChangeError> {
        let registration = Registration {
            registered_at: crate::api::timestamp(),
            api_key: api_key.to_owned(),
            info,
            database: None,
            rate_limits: RateLimits::default(),
        };
        self.change(id, |registry| {
            registry.register(id, registration);
            Ok(())
        })
    }

    /// Links a database under that connection name and database name, without connecting to anything.
    ///
    /// # Errors
    /// When there is no such agent, or the state file cannot be written.
    pub fn link_database(&self, id: &str, connection_name: &str, database: &str) -> Result<(), ChangeError> {
        let link = DatabaseLink::new(connection_name, database, crate::api::timestamp());
        self.change(id, |registry| registry.link_database(id, link))
    }

    /// Removes an agent with everything that belongs to it.
    ///
    /// # Errors
    /// When there is no such agent, or the state file cannot be written.
    pub fn remove_agent(&self, id: &str) -> Result<(), ChangeError> {
        self.change(id, |registry| registry.remove(id, Storing::Kept))
    }

    /// Sets one resource of an agent.
    ///
    /// # Errors
    /// When there is no such agent, or the state file cannot be written.
    pub fn set_resource(
        &self,
        id: &str,
        resource_id: &str,
        resource_type: &str,
        permissions: &[Permission],
    ) -> Result<(), ChangeError> {
        let (resource, kind, permissions) = (resource_id.to_owned(), resource_type.to_owned(), permissions.to_vec());
        self.change(id, |registry| registry.set_resource(id, resource, kind, permissions, Storing::Kept))
    }

    /// Sets many resources at once: for agents with 100,000 of them.
    ///
    /// # Errors
    /// When there is no such agent, or the state file cannot be written.
    pub fn set_resources(
        &self,
        id: &str,
        resources: impl IntoIterator<Item = (String, ResourceSnapshot)>,
    ) -> Result<(), ChangeError> {
        self.change(id, |registry| {
            for (resource_id, resource) in resources {
                let permissions = resource.permissions.into_iter().collect();
                registry.set_resource(id, resource_id, resource.resource_type, permissions, Storing::Kept)?;
            }
            Ok(())
        })
    }

    /// Revokes one resource of an agent.
    ///
    /// # Errors
    /// When there is no such agent or resource, or the state file cannot be written.
    pub fn revoke_resource(&self, id: &str, resource_id: &str) -> Result<(), ChangeError> {
        let missing = |agent: &AgentRecord| !agent.resources.contains_key(resource_id);
        if self.shared.registry().find(id).is_some_and(missing) {
            let (agent_id, resource_id) = (id.to_owned(), resource_id.to_owned());
            return Err(ChangeError::UnknownResource { agent_id, resource_id });
        }
        self.change(id, |registry| registry.revoke_resource(id, resource_id, Storing::Kept))
    }

    /// Says which tables a database has: `schema.table`, or `table` alone for the schema `public`.
    ///
    /// # Errors
    /// When the state file cannot be written.
    pub fn set_tables(&self, database: &str, tables: &[&str]) -> Result<(), ChangeError> {
        let mut registry = self.shared.registry();
        registry.set_tables(database, tables.iter().map(|table| (*table).to_owned()).collect());
        Ok(self.shared.keep(&registry)?)
    }

    /// Loses all agents, as a restart of the connector does.
    ///
    /// # Errors
    /// When the state file cannot be written.
    pub fn forget(&self) -> Result<(), ChangeError> {
        let mut registry = self.shared.registry();
        registry.forget();
        Ok(self.shared.keep(&registry)?)
    }

    /// Back to the sample state and the first switches, with nothing recorded.
    ///
    /// # Errors
    /// When the state file cannot be written.
    pub fn reset(&self) -> Result<(), ChangeError> {
        Ok(self.shared.reset()?)
    }

    /// The requests so far: the latest 100,000.
    #[must_use]
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.shared.record.read(|traffic| traffic.requests.iter().cloned().collect())
    }

    /// The requests so far, with the counters.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.shared.record.traffic()
    }

    /// Number of requests so far.
    #[must_use]
    pub fn request_count(&self) -> u64 {
        self.shared.record.read(|traffic| traffic.count)
    }

    /// Over how many connections they came.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.record.read(|traffic| traffic.connections)
    }

    /// Counts requests and connections from now.
    pub fn clear_requests(&self) {
        self.shared.record.clear();
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Registry) -> Result<(), Refusal>) -> Result<(), ChangeError> {
        let mut registry = self.shared.registry();
        // The only refusal that is left to a change from within is the agent that is not there.
        change(&mut registry).map_err(|_| ChangeError::UnknownAgent(id.to_owned()))?;
        let kept: Result<(), StateFileError> = self.shared.keep(&registry);
        Ok(kept?)
    }
}
