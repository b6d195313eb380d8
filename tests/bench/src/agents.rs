//! Agents with many resources.

use std::collections::BTreeMap;

use aidb_core::config::{Agent, Configuration, FORMAT_VERSION, Permission, ResourcePermission};
use serde_json::{Map, json};

/// An agent with `count` resources; every `changed_every`-th has one permission more (0: none has).
pub fn agent(id: &str, count: usize, changed_every: usize) -> Agent {
    let resource = |number: usize| {
        let mut permissions = vec![Permission::Read];
        if number.is_multiple_of(3) {
            permissions.push(Permission::Write);
        }
        if changed_every > 0 && number.is_multiple_of(changed_every) {
            permissions.push(Permission::Delete);
        }
        (format!("schema_{}.table_{number:06}", number % 97), ResourcePermission::new("table", permissions))
    };
    Agent {
        agent_id: id.to_owned(),
        name: "An agent with many resources".to_owned(),
        agent_type: Some("bench".to_owned()),
        database: None,
        resource_permissions: (0..count).map(resource).collect::<BTreeMap<_, _>>(),
        info: Map::new(),
    }
}

/// The configuration file of an agent.
pub fn file(agent: Agent) -> String {
    aidb_core::config::write(&Configuration {
        version: FORMAT_VERSION.to_owned(),
        exported_at: None,
        source_url: None,
        agent,
        tables: None,
        metadata: None,
        extra: Map::new(),
    })
}

/// The bodies that set an agent's resources, one call each.
pub fn bodies(agent: &Agent) -> Vec<String> {
    let body = |(id, resource): (&String, &ResourcePermission)| {
        let permissions: Vec<&str> = resource.permissions.iter().map(Permission::as_str).collect();
        json!({"resource_id": id, "resource_type": resource.resource_type, "permissions": permissions}).to_string()
    };
    agent.resource_permissions.iter().map(body).collect()
}
