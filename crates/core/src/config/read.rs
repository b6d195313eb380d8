//! Reading a configuration file: all findings at once, each with its place, and the configuration when none is an error.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use super::encoding::{decode, unparsable};
use super::findings::{Findings, Message};
use super::model::{
    Agent, Configuration, DatabaseReference, Permission, PermissionSet, ResourcePermission, ResourcePermissions,
};
use super::names::{AGENT_KEYS, AgentKey, DATABASE_KEYS, RESOURCE_KEYS, TOP_KEYS};
use super::path::Path;
use super::report::{FindingCode, Severity, ValidationReport};
use super::rules::{self, Found};
use super::tree::{self, Member, Node, into_map};
use super::validate::no_secrets_within;
use super::values::{holds_mask, is_mask};

/// Result of reading a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// All findings.
    pub report: ValidationReport,
    /// The configuration: there exactly when no finding is an error.
    pub configuration: Option<Configuration>,
}

/// Reads a configuration file. Never panics, whatever the bytes; a BOM, CRLF and UTF-16 are accepted.
///
/// Refused, with the place: what is not UTF-8, not JSON, or ambiguous (a key given twice, something after the end), and
/// what is beyond [`super::MAX_FILE_BYTES`], [`super::MAX_DEPTH`], [`super::MAX_VALUES`] or [`super::MAX_TEXT_BYTES`].
#[must_use]
pub fn read(bytes: &[u8]) -> Reading {
    read_until(bytes, &CancellationToken::new())
}

/// Reading, of a file that may take its time. Once `cancel` is cancelled it ends soon, and what it gives is of no use.
#[must_use]
pub fn read_until(bytes: &[u8], cancel: &CancellationToken) -> Reading {
    let text = match decode(bytes) {
        Ok(text) => text,
        Err(report) => return Reading { report, configuration: None },
    };
    let tree = match tree::parse(&text, cancel) {
        Ok(tree) => tree,
        Err(failure) => return Reading { report: unparsable(&text, &failure), configuration: None },
    };
    let mut out = Findings::until(cancel);
    let root = tree::take_faults(tree, &mut out);
    let configuration = configuration(root, &mut out);
    let configuration = configuration.filter(|_| !out.has_errors());
    Reading { report: out.located(Some(&text)), configuration }
}

/// Whether these bytes are a configuration file at all, valid or not: a JSON object with `version` and an `agent` object.
/// Export overwrites such a file, and nothing else, without being told to (docs/RULES.md#export-overwrites).
#[must_use]
pub fn is_configuration(bytes: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Outline {
        version: IgnoredAny,
        agent: AnyObject,
    }
    struct AnyObject;
    impl<'de> Deserialize<'de> for AnyObject {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            std::collections::BTreeMap::<IgnoredKey, IgnoredAny>::deserialize(deserializer).map(|_| Self)
        }
    }
    decode(bytes).is_ok_and(|text| {
        serde_json::from_str(&text).is_ok_and(|Outline { version: IgnoredAny, agent: AnyObject }| true)
    })
}

/// A key of which nothing is kept.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct IgnoredKey;

impl<'de> Deserialize<'de> for IgnoredKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// The model as far as it can be made; `None` where there is nothing to make it from.
fn configuration(root: Node<'_>, out: &mut Findings) -> Option<Configuration> {
    let root_path = Path::ROOT;
    let mut members = object(root, "A configuration", &root_path, out)?;
    let version = take(&mut members, "version");
    rules::version(found(version.as_ref()), &root_path.key("version"), out);
    let exported_at = optional_text(take(&mut members, "exported_at"), &root_path.key("exported_at"), out);
    let source_url = optional_text(take(&mut members, "source_url"), &root_path.key("source_url"), out);
    let agent = agent(take(&mut members, "agent"), &root_path.key("agent"), out);
    let tables = take(&mut members, "tables").and_then(|node| tables(node, &root_path.key("tables"), out));
    let metadata = take(&mut members, "metadata").and_then(|node| metadata(node, &root_path.key("metadata"), out));
    let extra = further(members, &TOP_KEYS, &root_path, out);
    let agent = agent?;
    if let Some(tables) = &tables {
        let agent_path = root_path.key("agent");
        rules::tables_listed(&agent.resource_permissions, tables, &agent_path.key("resource_permissions"), out);
    }
    Some(Configuration { version: text(version), exported_at, source_url, agent, tables, metadata, extra })
}

fn agent(node: Option<Node<'_>>, path: &Path<'_>, out: &mut Findings) -> Option<Agent> {
    let mut members = match node {
        Some(Node::Object(members)) => members,
        other => {
            missing_agent(other.as_ref(), path, out);
            return None;
        }
    };
    let id = take(&mut members, "agent_id");
    rules::agent_id(found(id.as_ref()), &path.key("agent_id"), out);
    let name = take(&mut members, "name");
    rules::agent_name(found(name.as_ref()), &path.key("name"), out);
    for (key, node) in [("agent_id", &id), ("name", &name)] {
        if let Some(Node::Text(text)) = node {
            rules::no_secret(None, text, &path.key(key), out);
        }
    }
    Some(Agent {
        agent_id: text(id),
        name: text(name),
        agent_type: optional_text(take(&mut members, "type"), &path.key("type"), out),
        database: take(&mut members, "database").and_then(|node| database(node, &path.key("database"), out)),
        resource_permissions: take(&mut members, "resource_permissions")
            .and_then(|node| resources(node, &path.key("resource_permissions"), out))
            .unwrap_or_default(),
        info: info(members, &AGENT_KEYS, path, out),
    })
}

fn missing_agent(found: Option<&Node<'_>>, path: &Path<'_>, out: &mut Findings) {
    out.report(Severity::Error, FindingCode::MissingAgent, path, || {
        let what = found.map_or_else(
            || "the file does not describe an agent.".to_owned(),
            |node| format!("\"agent\" must be an object, and {} stands there.", node.kind()),
        );
        Message::new(format!("Missing agent configuration: {what}"))
            .hint("Add \"agent\": { \"agent_id\": …, \"name\": … }, or export the file again.")
    });
}

/// The further keys of `agent`: its own information, without what may not be in a file.
fn info(members: Vec<Member<'_>>, known: &[&str], path: &Path<'_>, out: &mut Findings) -> Map<String, Value> {
    let mut info = Map::new();
    for (key, node) in members {
        if known.contains(&&*key) {
            continue;
        }
        let inner = path.key(&key);
        if matches!(rules::agent_key(&key, &inner, out), AgentKey::Own | AgentKey::Typo(_)) {
            keep(&mut info, &key, node, &inner, out);
            if info.get(&*key).is_some_and(holds_mask) {
                info.remove(&*key);
                rules::masked(&inner, out);
            }
        }
    }
    info
}

fn database(node: Node<'_>, path: &Path<'_>, out: &mut Findings) -> Option<DatabaseReference> {
    if node == Node::Null {
        return None;
    }
    let mut members = object(node, "The agent's database", path, out)?;
    let database_type = optional_text(take(&mut members, "type"), &path.key("type"), out);
    let connection_name = optional_text(take(&mut members, "connection_name"), &path.key("connection_name"), out);
    let mut extra = Map::new();
    for (key, node) in members {
        if DATABASE_KEYS.contains(&&*key) {
            continue;
        }
        let inner = path.key(&key);
        match super::names::agent_key(&key) {
            AgentKey::Secret | AgentKey::ServerState => {
                rules::agent_key(&key, &inner, out);
            }
            AgentKey::Own | AgentKey::Typo(_) => {
                rules::unknown_key(&key, &DATABASE_KEYS, &inner, out);
                keep(&mut extra, &key, node, &inner, out);
            }
        }
    }
    Some(DatabaseReference { database_type, connection_name, extra })
}

fn resources(node: Node<'_>, path: &Path<'_>, out: &mut Findings) -> Option<ResourcePermissions> {
    let members = object(node, "The agent's resource_permissions", path, out)?;
    let mut resources = Vec::with_capacity(members.len());
    for (index, (id, node)) in members.into_iter().enumerate() {
        if !out.goes_on(index) {
            break;
        }
        let inner = path.key(&id);
        rules::resource_id(&id, &inner, out);
        rules::no_secret_key(&id, &inner, out);
        if let Some(permission) = resource(&id, node, &inner, out) {
            resources.push((id.into_owned(), permission));
        }
    }
    // All at once: building a sorted map from a list takes a fraction of inserting one by one.
    Some(resources.into_iter().collect())
}

fn resource(id: &str, node: Node<'_>, path: &Path<'_>, out: &mut Findings) -> Option<ResourcePermission> {
    let mut members = match node {
        Node::Object(members) => members,
        other => {
            let what = format!("The permission on {}", rules::resource(id));
            rules::wrong_type(&what, "an object", other.kind(), path, out);
            return None;
        }
    };
    let resource_type = take(&mut members, "type");
    let type_path = path.key("type");
    rules::resource_type(found(resource_type.as_ref()), id, &type_path, out);
    if let Some(Node::Text(word)) = &resource_type {
        rules::no_secret(None, word, &type_path, out);
    }
    let permissions = permissions(id, take(&mut members, "permissions"), &path.key("permissions"), out);
    let extra = further(members, &RESOURCE_KEYS, path, out);
    Some(ResourcePermission { resource_type: text(resource_type), permissions, extra })
}

fn permissions(id: &str, node: Option<Node<'_>>, path: &Path<'_>, out: &mut Findings) -> PermissionSet {
    let mut granted = PermissionSet::EMPTY;
    let Some(Node::Array(items)) = node else {
        rules::permissions_not_array(found(node.as_ref()), id, path, out);
        return granted;
    };
    for (index, item) in items.iter().enumerate() {
        let inner = path.index(index);
        let permission = match item {
            Node::Text(word) => Permission::parse(word),
            _ => None,
        };
        match permission {
            None => rules::unknown_permission(found(Some(item)), id, &inner, out),
            Some(permission) if granted.insert(permission) => {}
            Some(permission) => rules::repeated_permission(permission, id, &inner, out),
        }
    }
    if items.is_empty() {
        rules::empty_permissions(id, path, out);
    }
    granted
}

fn tables(node: Node<'_>, path: &Path<'_>, out: &mut Findings) -> Option<Vec<String>> {
    let report = |what: &str, kind: &str, inner: &Path<'_>, out: &mut Findings| {
        out.report(Severity::Error, FindingCode::TablesNotArray, inner, || {
            Message::new(format!("tables must be an array of table names, and {what}{kind} stands there."))
                .hint("List the names as texts, for example \"tables\": [\"customers\", \"orders\"].")
        });
    };
    let Node::Array(items) = node else {
        report("", node.kind(), path, out);
        return None;
    };
    let mut tables = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        if !out.goes_on(index) {
            break;
        }
        let inner = path.index(index);
        match item {
            Node::Text(table) => {
                rules::no_secret(None, &table, &inner, out);
                tables.push(table.into_owned());
            }
            other => report("among them ", other.kind(), &inner, out),
        }
    }
    tables.sort_unstable();
    tables.dedup();
    Some(tables)
}

fn metadata(node: Node<'_>, path: &Path<'_>, out: &mut Findings) -> Option<Map<String, Value>> {
    let Node::Object(members) = node else {
        out.report(Severity::Error, FindingCode::MetadataNotObject, path, || {
            Message::new(format!("metadata must be an object, and {} stands there.", node.kind()))
                .hint("Write it as \"metadata\": { \"environment\": … }, or remove it.")
        });
        return None;
    };
    let metadata = into_map(members);
    for (key, value) in &metadata {
        no_secrets_within(key, value, &path.key(key), out);
    }
    Some(metadata)
}

/// Keys beyond the known ones: kept, and said.
fn further(
    members: Vec<Member<'_>>,
    known: &[&'static str],
    path: &Path<'_>,
    out: &mut Findings,
) -> Map<String, Value> {
    let mut extra = Map::new();
    for (key, node) in members {
        if !known.contains(&&*key) {
            let inner = path.key(&key);
            rules::unknown_key(&key, known, &inner, out);
            keep(&mut extra, &key, node, &inner, out);
        }
    }
    extra
}

fn keep(into: &mut Map<String, Value>, key: &str, node: Node<'_>, path: &Path<'_>, out: &mut Findings) {
    let value = node.into_value();
    no_secrets_within(key, &value, path, out);
    into.insert(key.to_owned(), value);
}

fn object<'a>(node: Node<'a>, what: &str, path: &Path<'_>, out: &mut Findings) -> Option<Vec<Member<'a>>> {
    match node {
        Node::Object(members) => Some(members),
        other => {
            rules::wrong_type(what, "an object", other.kind(), path, out);
            None
        }
    }
}

/// Takes the member of that key.
fn take<'a>(members: &mut Vec<Member<'a>>, key: &str) -> Option<Node<'a>> {
    let at = members.iter().position(|(name, _)| name == key)?;
    Some(members.remove(at).1)
}

fn found<'n>(node: Option<&'n Node<'_>>) -> Found<'n> {
    match node {
        None => Found::Nothing,
        Some(Node::Text(text)) => Found::Text(text),
        Some(other) => Found::Other(other.kind()),
    }
}

fn text(node: Option<Node<'_>>) -> String {
    match node {
        Some(Node::Text(text)) => text.into_owned(),
        _ => String::new(),
    }
}

/// A text that need not be there; `null` says that it is not.
fn optional_text(node: Option<Node<'_>>, path: &Path<'_>, out: &mut Findings) -> Option<String> {
    match node? {
        Node::Null => None,
        Node::Text(text) if is_mask(&text) => {
            rules::masked(path, out);
            None
        }
        Node::Text(text) => {
            rules::no_secret(None, &text, path, out);
            Some(text.into_owned())
        }
        other => {
            let what = format!("\"{}\"", path.last_key().unwrap_or_default());
            rules::wrong_type(&what, "text", other.kind(), path, out);
            None
        }
    }
}
