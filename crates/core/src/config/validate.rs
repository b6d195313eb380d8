//! The rules on a configuration that did not come from a file: an export, a backup, an edited model.

use serde_json::{Map, Value};

use super::findings::Findings;
use super::model::{Configuration, DatabaseReference, ResourcePermission};
use super::names::{AgentKey, DATABASE_KEYS, RESOURCE_KEYS, TOP_KEYS, agent_key};
use super::path::Path;
use super::report::ValidationReport;
use super::rules::{self, Found};
use super::secrets::{Hit, scan_within};
use super::values::holds_mask;

/// Checks a configuration by the same rules as [`super::read`]; there are no positions to give.
#[must_use]
pub fn validate(configuration: &Configuration) -> ValidationReport {
    let mut out = Findings::default();
    let root = Path::ROOT;
    rules::version(Found::Text(&configuration.version), &root.key("version"), &mut out);
    for (key, text) in [("exported_at", &configuration.exported_at), ("source_url", &configuration.source_url)] {
        no_secret_in(text.as_deref(), &root.key(key), &mut out);
    }
    agent(configuration, &root.key("agent"), &mut out);
    tables_and_metadata(configuration, &root, &mut out);
    unknown_keys(&configuration.extra, &TOP_KEYS, &root, &mut out);
    out.located(None)
}

fn agent(configuration: &Configuration, path: &Path<'_>, out: &mut Findings) {
    let agent = &configuration.agent;
    rules::agent_id(Found::Text(&agent.agent_id), &path.key("agent_id"), out);
    no_secret_in(Some(&agent.agent_id), &path.key("agent_id"), out);
    rules::agent_name(Found::Text(&agent.name), &path.key("name"), out);
    no_secret_in(Some(&agent.name), &path.key("name"), out);
    no_secret_in(agent.agent_type.as_deref(), &path.key("type"), out);
    if let Some(reference) = &agent.database {
        database(reference, &path.key("database"), out);
    }
    let resources_path = path.key("resource_permissions");
    for (id, permission) in &agent.resource_permissions {
        resource(id, permission, &resources_path.key(id), out);
    }
    if let Some(tables) = &configuration.tables {
        rules::tables_listed(&agent.resource_permissions, tables, &resources_path, out);
    }
    for (key, value) in &agent.info {
        let inner = path.key(key);
        if matches!(rules::agent_key(key, &inner, out), AgentKey::Own | AgentKey::Typo(_)) {
            no_secrets_within(key, value, &inner, out);
            if holds_mask(value) {
                rules::masked(&inner, out);
            }
        }
    }
}

fn database(reference: &DatabaseReference, path: &Path<'_>, out: &mut Findings) {
    no_secret_in(reference.database_type.as_deref(), &path.key("type"), out);
    no_secret_in(reference.connection_name.as_deref(), &path.key("connection_name"), out);
    for (key, value) in &reference.extra {
        let inner = path.key(key);
        match agent_key(key) {
            AgentKey::Secret | AgentKey::ServerState => {
                rules::agent_key(key, &inner, out);
            }
            AgentKey::Own | AgentKey::Typo(_) => {
                rules::unknown_key(key, &DATABASE_KEYS, &inner, out);
                no_secrets_within(key, value, &inner, out);
            }
        }
    }
}

fn resource(id: &str, permission: &ResourcePermission, path: &Path<'_>, out: &mut Findings) {
    rules::resource_id(id, path, out);
    rules::no_secret_key(id, path, out);
    rules::resource_type(Found::Text(&permission.resource_type), id, &path.key("type"), out);
    no_secret_in(Some(&permission.resource_type), &path.key("type"), out);
    if permission.permissions.is_empty() {
        rules::empty_permissions(id, &path.key("permissions"), out);
    }
    unknown_keys(&permission.extra, &RESOURCE_KEYS, path, out);
}

fn tables_and_metadata(configuration: &Configuration, root: &Path<'_>, out: &mut Findings) {
    let tables_path = root.key("tables");
    for (index, table) in configuration.tables.iter().flatten().enumerate() {
        rules::no_secret(None, table, &tables_path.index(index), out);
    }
    let metadata_path = root.key("metadata");
    for (key, value) in configuration.metadata.iter().flatten() {
        no_secrets_within(key, value, &metadata_path.key(key), out);
    }
}

fn unknown_keys(extra: &Map<String, Value>, known: &[&'static str], path: &Path<'_>, out: &mut Findings) {
    for (key, value) in extra {
        let inner = path.key(key);
        rules::unknown_key(key, known, &inner, out);
        no_secrets_within(key, value, &inner, out);
    }
}

fn no_secret_in(text: Option<&str>, path: &Path<'_>, out: &mut Findings) {
    if let Some(text) = text {
        rules::no_secret(None, text, path, out);
    }
}

/// Reports every secret in `key`, and in `value` which stands under it.
pub(super) fn no_secrets_within(key: &str, value: &Value, path: &Path<'_>, out: &mut Findings) {
    rules::no_secret_key(key, path, out);
    scan_within(Some(key), value, path, &mut |inner, hit| match hit {
        Hit::Value(kind) => rules::secret(kind, inner, out),
        Hit::Key(kind) => rules::secret_key(kind, inner, out),
    });
}
