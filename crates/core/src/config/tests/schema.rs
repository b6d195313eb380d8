//! The published schema, against the file in the repository and against reading.

use boon::{CompileError, Compiler, SchemaIndex, Schemas};
use serde_json::Value;

use super::*;

const PUBLISHED: &str = include_str!("../../../schema/configuration-1.json");

#[test]
fn the_published_schema_is_up_to_date() {
    let current = serde_json::to_string_pretty(&json_schema()).expect("serialises") + "\n";
    assert!(PUBLISHED == current, "crates/core/schema/configuration-1.json has drifted; it should be:\n{current}");
}

/// The schema, held against the one of schemas.
fn compiled(schema: Value) -> Result<(Schemas, SchemaIndex), Box<CompileError>> {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("schema.json", schema)?;
    let index = compiler.compile("schema.json", &mut schemas)?;
    Ok((schemas, index))
}

#[test]
fn the_schema_is_one() {
    compiled(json_schema()).expect("a schema");
    let mut wrong = json_schema();
    wrong["properties"]["agent"]["type"] = "thing".into();
    assert!(compiled(wrong).is_err(), "what is none is told from it");
}

fn resource(permission: &str) -> String {
    file(&format!(r#", "resource_permissions": {{"t": {permission}}}"#), "")
}

/// What the schema and reading have to agree on. Not among it, because a schema cannot say it: duplicate keys and all
/// else about the text, lengths in bytes, secrets by their look, secret keys in other spellings.
#[test]
fn the_schema_and_reading_agree() {
    let agent = |agent: &str| format!(r#"{{"version": "1.0.0", "agent": {agent}}}"#);
    let documents = [
        SAMPLE.to_owned(),
        file("", ""),
        file("", r#", "unknown": [1, {"a": null}], "tables": [], "metadata": {}"#),
        file("", r#", "exported_at": null, "source_url": null"#),
        file(r#", "type": null, "database": null, "owner": {"a": 1}"#, ""),
        file(r#", "database": {}, "resource_permissions": {}"#, ""),
        file(r#", "database": {"type": null, "connection_name": null, "more": 1}"#, ""),
        resource(r#"{"type": "table", "permissions": []}"#),
        resource(r#"{"type": "dataset", "permissions": ["admin", "read", "read"], "note": 1}"#),
        SAMPLE.replace("1.0.0", "1.7.12-rc.1+b.2"),
        "{}".into(),
        "[]".into(),
        "null".into(),
        r#"{"version": "1.0.0"}"#.into(),
        agent("{}"),
        agent("[]"),
        agent(r#"{"agent_id": "a"}"#),
        agent(r#"{"name": "a"}"#),
        agent(r#"{"agent_id": "", "name": "a"}"#),
        agent(r#"{"agent_id": "a", "name": ""}"#),
        agent(r#"{"agent_id": 5, "name": "a"}"#),
        agent(r#"{"agent_id": "a/b", "name": "a"}"#),
        agent(r#"{"agent_id": "..", "name": "a"}"#),
        agent(r#"{"agent_id": "...", "name": "a"}"#),
        agent(r#"{"agent_id": "a\u0007", "name": "a"}"#),
        agent(r#"{"agent_id": "ä 顧客", "name": null}"#),
        SAMPLE.replace("1.0.0", "2.0.0"),
        SAMPLE.replace("1.0.0", "1.0"),
        SAMPLE.replace("1.0.0", "1.0.0-01"),
        SAMPLE.replace("1.0.0", "1.00.0"),
        SAMPLE.replace("\"1.0.0\"", "1"),
        file(r#", "type": 5"#, ""),
        file(r#", "api_key": "***""#, ""),
        file(r#", "connection_string": null"#, ""),
        file(r#", "database": "main""#, ""),
        file(r#", "database": {"type": 1}"#, ""),
        file(r#", "database": {"connection_name": []}"#, ""),
        file(r#", "database": {"password": ""}"#, ""),
        file(r#", "resource_permissions": []"#, ""),
        file(r#", "resource_permissions": null"#, ""),
        file(r#", "resource_permissions": {"": {"type": "table", "permissions": []}}"#, ""),
        file(r#", "resource_permissions": {"a\u001b": {"type": "table", "permissions": []}}"#, ""),
        resource("[]"),
        resource("{}"),
        resource(r#"{"type": "", "permissions": []}"#),
        resource(r#"{"type": null, "permissions": []}"#),
        resource(r#"{"type": "table"}"#),
        resource(r#"{"type": "table", "permissions": "read"}"#),
        resource(r#"{"type": "table", "permissions": ["READ"]}"#),
        resource(r#"{"type": "table", "permissions": [null]}"#),
        file("", r#", "tables": null"#),
        file("", r#", "tables": [null]"#),
        file("", r#", "metadata": null"#),
        file("", r#", "exported_at": 5"#),
        file("", r#", "source_url": {}"#),
    ];
    let (schemas, schema) = compiled(json_schema()).expect("a schema");
    let mut accepted = 0;
    for document in documents {
        let value = serde_json::from_str(&document).expect("JSON");
        let read = !read(document.as_bytes()).report.has_errors();
        assert_eq!(schemas.validate(&value, schema).is_ok(), read, "{document}");
        accepted += usize::from(read);
    }
    assert_eq!(accepted, 11, "both kinds of documents are among them");
}
