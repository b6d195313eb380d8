//! Foreign answers as aidb's own data. Nothing is guessed: what does not have the shape that docs/CONNECTOR.md gives it is an
//! error that names the field, and never the value, which may be a secret.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::echo::Echoes;
use super::key_hash::KeyHash;
use crate::config::secrets::SecretFinding;
use crate::config::{
    Agent, AgentId, DatabaseReference, LiveAgent, Permission, RateLimits, ResourcePermission, ResourcePermissions,
    secrets, values,
};

/// The tables of an agent's database, as far as the server tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tables {
    /// Their resource ids, sorted, each once.
    Listed(Vec<String>),
    /// The server does not tell. Never a reason to fail: the tables are then the resources of type `table`.
    Unavailable {
        /// Reason not, in words.
        reason: String,
    },
}

/// Whether the agent's own answer held its resource permissions too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NestedPermissions {
    /// Did: they stand in the record.
    Delivered,
    /// Did not: the record has none, which says nothing about the agent.
    NotDelivered,
}

/// Fault of an answer: the field, in words.
pub(super) type Problem = String;

/// Fields of the flat shape that are the server's or Agent's own, and not `agent_info`. The first three are secrets or
/// made from one; the next two are the server's bookkeeping of a registration.
const NOT_INFO: [&str; 11] = [
    "api_key_hash",
    "credentials",
    "agent_credentials",
    "credentials_stored",
    "rate_limits",
    "agent_id",
    "name",
    "type",
    "database",
    "resource_permissions",
    "registered_at",
];

/// Why an answer is refused that says a secret back.
pub(super) const ECHO: &str = "it repeats a secret that it was sent, so nothing of it is shown or kept";

/// Takes out of an agent what says a secret back: the agent's own key, which servers put there, without a word; a field of
/// `agent_info` as one that stays behind.
///
/// # Errors
/// The secret is where nothing can be left away: in a name, an id, a permission.
pub(super) fn withhold_echoes(answer: &mut Value, echoes: &Echoes) -> Result<Vec<SecretFinding>, Problem> {
    if !echoes.in_data(&answer.to_string()) {
        return Ok(Vec::new());
    }
    let mut withheld = Vec::new();
    let Some(top) = answer.as_object_mut() else { return Err(ECHO.to_owned()) };
    if let Some(info) = top.get_mut("agent_info").and_then(Value::as_object_mut) {
        leave_out_echoes(info, echoes, &mut withheld);
    }
    leave_out_echoes(top, echoes, &mut withheld);
    if echoes.in_data(&answer.to_string()) { Err(ECHO.to_owned()) } else { Ok(withheld) }
}

fn leave_out_echoes(fields: &mut Map<String, Value>, echoes: &Echoes, withheld: &mut Vec<SecretFinding>) {
    fields.retain(|field, value| {
        let named = echoes.in_data(field);
        if NEEDED.contains(&field.as_str()) || !(named || echoes.in_data(&value.to_string())) {
            return true;
        }
        if !OWN_SECRETS.contains(&field.as_str()) {
            let pointer = if named { "/agent/(withheld)".to_owned() } else { format!("/agent/{field}") };
            withheld.push(SecretFinding { pointer, kind: "a secret that this server was sent".to_owned() });
        }
        false
    });
}

/// Fields that hold secrets of the agent.
const OWN_SECRETS: [&str; 2] = ["credentials", "agent_credentials"];
/// Fields without which an agent is not one.
const NEEDED: [&str; 6] = ["agent_info", "agent_id", "name", "type", "database", "resource_permissions"];

/// An agent as the server's own call gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentRecord {
    /// The agent. Its resource permissions are there only if [`Self::nested_permissions`] says so.
    pub live: LiveAgent,
    /// Whether the answer held the resource permissions too.
    pub nested_permissions: NestedPermissions,
    /// The hash of the agent's key, where the server gives one.
    pub key_hash: Option<KeyHash>,
}

/// Reads an agent in either of its two shapes: `agent_info` flattened to the top level, or nested beside
/// `resource_permissions`.
pub(super) fn agent_record(answer: Value, asked: &AgentId) -> Result<AgentRecord, Problem> {
    let Value::Object(mut top) = answer else { return Err("it is not an object".to_owned()) };
    let answered = text(&mut top, "agent_id")?;
    if answered.as_deref().is_some_and(|id| id != asked.as_str()) {
        return Err("it is about another agent (field agent_id)".to_owned());
    }
    let nested = match top.get_mut("agent_info").map(Value::take) {
        Some(Value::Object(info)) => Some(info),
        Some(Value::Null) | None => None,
        Some(_) => return Err("the field agent_info is not an object".to_owned()),
    };
    if answered.is_none() && nested.is_none() {
        return Err("the field agent_id is missing".to_owned());
    }
    let permissions = top.remove("resource_permissions").filter(|value| !value.is_null());
    let registered_at = text(&mut top, "registered_at")?;
    let key_hash = text(&mut top, "api_key_hash")?.and_then(|hex| KeyHash::new(&hex));
    let database = top.remove("database").filter(|value| !value.is_null());
    let mut info = match nested {
        Some(info) => info,
        None => {
            top.remove("agent_info");
            top
        }
    };
    let database = database.or_else(|| info.remove("database").filter(|value| !value.is_null()));
    let linked_at = database.as_ref().and_then(|database| database.get("linked_at")?.as_str().map(str::to_owned));
    let (mut name, mut agent_type) = (text(&mut info, "name")?, text(&mut info, "type")?);
    for field in NOT_INFO {
        info.remove(field);
    }
    // Before anything is made of them: from here on they may be shown, stored and exported.
    let mut withheld = secrets::withhold(&mut info);
    let mut database = database.map(database_reference).transpose()?;
    let linked = database.as_mut().map(|linked| (&mut linked.database_type, &mut linked.connection_name));
    let (database_type, connection_name) = linked.unzip();
    let own = [("name", Some(&mut name)), ("type", Some(&mut agent_type))];
    let of_the_link = [("database/type", database_type), ("database/connection_name", connection_name)];
    for (field, text) in own.into_iter().chain(of_the_link) {
        withhold_mask(field, text, &mut withheld);
    }
    let delivered = permissions.map(nested_permissions).transpose()?;
    let nested_permissions =
        if delivered.is_some() { NestedPermissions::Delivered } else { NestedPermissions::NotDelivered };
    let agent = Agent {
        agent_id: asked.as_str().to_owned(),
        // The server keeps agents without a name; an empty one compares and plans like any other.
        name: name.unwrap_or_default(),
        agent_type,
        database,
        resource_permissions: delivered.unwrap_or_default(),
        info,
    };
    let live = LiveAgent { agent, registered_at, linked_at, withheld, rate_limits: None };
    Ok(AgentRecord { live, nested_permissions, key_hash })
}

/// Takes a text that the server masked for none, and notes that it has one.
fn withhold_mask(field: &str, text: Option<&mut Option<String>>, withheld: &mut Vec<SecretFinding>) {
    if text.and_then(|text| text.take_if(|text| values::is_mask(text))).is_some() {
        withheld.push(SecretFinding { pointer: format!("/agent/{field}"), kind: values::MASKED.to_owned() });
    }
}

/// Reads rate limits. Ones that are masked, or no object of numbers, are none that could be set again.
pub(super) fn rate_limits(answer: &Value) -> Result<RateLimits, Problem> {
    let config =
        answer.get("config").and_then(Value::as_object).ok_or("the field config is missing or not an object")?;
    match config.iter().find(|(_, limit)| !limit.is_null() && !limit.is_number()) {
        Some((limit, _)) => Err(format!("the field config.{limit} is not a number")),
        None => Ok(RateLimits(config.clone())),
    }
}

/// Takes a text field out; missing and `null` are the same.
fn text(object: &mut Map<String, Value>, field: &str) -> Result<Option<String>, Problem> {
    match object.remove(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("the field {field} is not a text")),
    }
}

/// Type and connection name alone: the rest says how to reach the database, or when it was linked.
fn database_reference(database: Value) -> Result<DatabaseReference, Problem> {
    let Value::Object(mut database) = database else { return Err("the field database is not an object".to_owned()) };
    let within = |problem: Problem| format!("in database, {problem}");
    Ok(DatabaseReference {
        database_type: text(&mut database, "type").map_err(within)?,
        connection_name: text(&mut database, "connection_name").map_err(within)?,
        extra: Map::new(),
    })
}

fn nested_permissions(value: Value) -> Result<ResourcePermissions, Problem> {
    let entries = serde_path_to_error::deserialize::<_, WireResources>(value)
        .map_err(|error| format!("the field resource_permissions.{} has another shape", error.path()))?;
    entries.into_permissions()
}

/// The answer of the permission listing.
pub(super) struct WirePermissions {
    /// Whose they are, where the answer says.
    pub(super) agent_id: Option<String>,
    pub(super) resources: WireResources,
}

impl<'de> Deserialize<'de> for WirePermissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        struct Raw {
            #[serde(default)]
            agent_id: Option<String>,
            resources: WireResources,
        }
        let Raw { agent_id, resources } = Raw::deserialize(deserializer)?;
        Ok(Self { agent_id, resources })
    }
}

/// Resources as the server gives them: a resource given twice is kept in mind, and not taken as its last version.
#[derive(Default)]
pub(super) struct WireResources {
    entries: BTreeMap<String, WireResource>,
    twice: Option<String>,
}

#[derive(serde::Deserialize)]
struct WireResource {
    #[serde(rename = "type", default)]
    resource_type: Option<String>,
    permissions: Vec<Word>,
}

/// A permission word; one that aidb does not know is kept, to be named.
enum Word {
    Known(Permission),
    Unknown(String),
}

impl WireResources {
    /// Refuses what aidb does not understand: a permission that is dropped here would be revoked later on.
    pub(super) fn into_permissions(self) -> Result<ResourcePermissions, Problem> {
        if let Some(resource) = self.twice {
            return Err(format!("it lists the resource {resource:?} twice"));
        }
        let convert = |(resource, wire): (String, WireResource)| {
            let mut known = Vec::with_capacity(wire.permissions.len());
            for word in wire.permissions {
                match word {
                    Word::Known(permission) => known.push(permission),
                    Word::Unknown(word) => {
                        return Err(format!(
                            "the resource {resource:?} has the permission {word:?}, which aidb does not know"
                        ));
                    }
                }
            }
            let resource_type = wire.resource_type.unwrap_or_else(|| "table".to_owned());
            Ok((resource, ResourcePermission::new(resource_type, known)))
        };
        self.entries.into_iter().map(convert).collect()
    }
}

impl<'de> Deserialize<'de> for WireResources {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = WireResources;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of resources")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WireResources, A::Error> {
                let mut resources = WireResources::default();
                while let Some((id, resource)) = map.next_entry::<String, WireResource>()? {
                    if resources.entries.contains_key(&id) {
                        resources.twice = Some(id.clone());
                    }
                    resources.entries.insert(id, resource);
                }
                Ok(resources)
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AWord;
        impl Visitor<'_> for AWord {
            type Value = Word;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a permission")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Word, E> {
                Ok(Permission::parse(word).map_or_else(|| Word::Unknown(word.to_owned()), Word::Known))
            }
        }
        deserializer.deserialize_str(AWord)
    }
}

/// Reads the tables, whose entries are objects, or plain texts in older answers.
pub(super) fn tables(answer: &Value) -> Result<Vec<String>, Problem> {
    let entries = answer.get("tables").and_then(Value::as_array).ok_or("the field tables is missing or not a list")?;
    let mut ids = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let id = table_id(entry).ok_or_else(|| format!("the field tables[{index}] names no table"))?;
        ids.push(id);
    }
    ids.sort();
    ids.dedup();
    Ok(ids)
}

fn table_id(entry: &Value) -> Option<String> {
    let field = |key: &str| entry.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let plain = entry.as_str().filter(|text| !text.is_empty());
    if let Some(id) = plain.or_else(|| field("resource_id")) {
        return Some(id.to_owned());
    }
    let table = field("table_name")?;
    Some(field("schema").map_or_else(|| table.to_owned(), |schema| format!("{schema}.{table}")))
}

/// Subject of a 404.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// The agent, definitely.
    Agent,
    /// The resource, definitely.
    Resource,
    /// Does not say so: a gateway's 404, another service's, another route's.
    Unclear,
}

/// Reads a 404. Only the service's own words count, with the very ids that were asked for or with none: a gateway's
/// `no Route matched`, taken for "no such agent", would register an agent anew and kill its key.
pub(super) fn missing(answer: Option<&Value>, agent: &str, resource: Option<&str>) -> Missing {
    let said: Vec<String> =
        ["error", "message"].iter().filter_map(|field| answer?.get(field)?.as_str()).map(plain_text).collect();
    let is_said = |sentence: String| said.contains(&plain_text(&sentence));
    if let Some(resource) = resource {
        let whose = [String::new(), format!(" for agent {agent}"), " for agent".to_owned()];
        let which = [format!("Resource {resource} not found"), "Resource not found".to_owned()];
        if which.iter().any(|which| whose.iter().any(|whose| is_said(format!("{which}{whose}")))) {
            return Missing::Resource;
        }
    }
    let agent_words = [
        format!("Agent {agent} not found"),
        format!("Agent {agent} does not exist"),
        "Agent not found".to_owned(),
        "Agent does not exist".to_owned(),
    ];
    if agent_words.into_iter().any(is_said) { Missing::Agent } else { Missing::Unclear }
}

/// Lower case, without quotes and full stop, spaces joined.
fn plain_text(text: &str) -> String {
    let bare: String = text.chars().filter(|c| !matches!(c, '"' | '\'' | '`')).collect();
    bare.trim().trim_end_matches('.').split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
