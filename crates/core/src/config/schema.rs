//! The published JSON Schema of configuration format 1.x, for editors and other people's tools.
//!
//! It says what a schema can say. What it cannot, [`super::read`] checks besides: the byte length of ids, duplicate keys
//! and the other ambiguities of the text, values that look like a secret, secret keys in another spelling, and every
//! warning. `crates/core/schema/configuration-1.json` is this schema as it is published.

use serde_json::{Map, Value, json};

use super::id::MAX_ID_BYTES;
use super::model::Permission;
use super::names::SECRET_KEYS;

/// The JSON Schema (draft 2020-12) of format 1.x.
#[must_use]
pub fn json_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:aidb:configuration:1",
        "title": "aidb configuration, format 1.x",
        "description": "One AI agent's portable settings. Never holds a secret.",
        "type": "object",
        "required": ["version", "agent"],
        "properties": {
            "version": {
                "description": "The format version: semantic, 1.x.",
                "type": "string",
                "pattern": version_pattern()
            },
            "exported_at": { "description": "When it was exported, RFC 3339.", "type": ["string", "null"] },
            "source_url": {
                "description": "The server it was exported from, without user, password, query and fragment.",
                "type": ["string", "null"]
            },
            "agent": agent(),
            "tables": {
                "description": "The tables of the agent's database, sorted.",
                "type": "array",
                "items": { "type": "string" }
            },
            "metadata": { "description": "Free-form.", "type": "object" }
        }
    })
}

fn agent() -> Value {
    let mut properties = never();
    properties.extend([
        (
            "agent_id".to_owned(),
            json!({
                "description": "The id; stands as one segment of a URL.",
                "type": "string",
                "minLength": 1,
                "maxLength": MAX_ID_BYTES,
                "pattern": "^[^/\\u0000-\\u001f\\u007f-\\u009f]+$",
                "not": { "enum": [".", ".."] }
            }),
        ),
        ("name".to_owned(), json!({ "description": "The name that people see.", "type": "string", "minLength": 1 })),
        ("type".to_owned(), json!({ "description": "The agent's type.", "type": ["string", "null"] })),
        ("database".to_owned(), database()),
        ("resource_permissions".to_owned(), resource_permissions()),
    ]);
    json!({
        "description": "The agent. Further keys are information of the agent's own.",
        "type": "object",
        "required": ["agent_id", "name"],
        "properties": properties
    })
}

fn database() -> Value {
    let mut properties = never();
    properties.extend([
        ("type".to_owned(), json!({ "type": ["string", "null"], "examples": ["postgresql", "mysql"] })),
        (
            "connection_name".to_owned(),
            json!({
                "description": "The name under which an environment knows its connection.",
                "type": ["string", "null"]
            }),
        ),
    ]);
    json!({
        "description": "The database link: never how to reach it.",
        "type": ["object", "null"],
        "properties": properties
    })
}

fn resource_permissions() -> Value {
    json!({
        "description": "What the agent may do, by resource id.",
        "type": "object",
        "propertyNames": {
            "minLength": 1,
            "maxLength": MAX_ID_BYTES,
            "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"
        },
        "additionalProperties": {
            "type": "object",
            "required": ["type", "permissions"],
            "properties": {
                "type": { "type": "string", "minLength": 1, "examples": ["table", "dataset"] },
                "permissions": {
                    "type": "array",
                    "items": { "enum": Permission::ALL.map(Permission::as_str) }
                }
            }
        }
    })
}

/// Keys that must not be there, whatever stands under them.
fn never() -> Map<String, Value> {
    SECRET_KEYS.iter().map(|key| ((*key).to_owned(), Value::Bool(false))).collect()
}

/// Semantic versions (semver.org) of major number 1.
fn version_pattern() -> String {
    let number = r"(0|[1-9][0-9]*)";
    let identifier = r"(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)";
    let build = "[0-9a-zA-Z-]+";
    format!(r"^1\.{number}\.{number}(-{identifier}(\.{identifier})*)?(\+{build}(\.{build})*)?$")
}
