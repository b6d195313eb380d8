//! Foreign answers: both shapes of an agent, what is dropped, what is refused.

use serde_json::{Value, json};

use super::support::{Act, RawServer, connector, id, secret};
use crate::config::{AgentState, Permission, ResourcePermission};
use crate::connector::answer::{Missing, agent_record, missing};
use crate::connector::{NestedPermissions, RetryPolicy, Session, read_state};
use crate::error::{ErrorCode, Explain};

const HASH: &str = "768d431c7599a91b58ae5747e08e9aa96dcb4eef45e029c87e3e060e521dcead";

#[test]
fn the_flat_shape() {
    let answer = json!({
        "agent_id": "my-agent",
        "api_key_hash": HASH,
        "credentials": {"api_key": "canary"},
        "database": {
            "connection_name": "main-db",
            "connection_string": "***",
            "linked_at": "2026-11-22T13:04:52.727893Z",
            "status": "connected",
            "type": "postgresql",
        },
        "description": "Answers questions about sales",
        "owner": {"team": "sales", "big": 18446744073709551616_u128},
        "name": "My Agent",
        "registered_at": "2026-11-22T13:04:52.713190Z",
        "type": "analytics",
    });
    let record = agent_record(answer, &id("my-agent")).unwrap();
    let agent = &record.live.agent;
    assert_eq!((agent.agent_id.as_str(), agent.name.as_str()), ("my-agent", "My Agent"));
    assert_eq!(agent.agent_type.as_deref(), Some("analytics"));
    let database = agent.database.as_ref().unwrap();
    assert_eq!(database.database_type.as_deref(), Some("postgresql"));
    assert_eq!(database.connection_name.as_deref(), Some("main-db"));
    assert!(database.extra.is_empty(), "of a database only type and name travel");
    let info = Value::Object(agent.info.clone());
    assert_eq!(
        info,
        json!({"description": "Answers questions about sales", "owner": {"team": "sales", "big": 18446744073709551616_u128}})
    );
    assert_eq!(record.live.registered_at.as_deref(), Some("2026-11-22T13:04:52.713190Z"));
    assert_eq!(record.live.linked_at.as_deref(), Some("2026-11-22T13:04:52.727893Z"));
    assert_eq!(record.nested_permissions, NestedPermissions::NotDelivered);
    assert!(record.key_hash.as_ref().unwrap().matches(&secret("dev-agent-key")), "the recorded key and hash");
    assert!(!record.key_hash.as_ref().unwrap().matches(&secret("another-key")));
    let shown = format!("{record:?}");
    assert!(!shown.contains(HASH) && !shown.contains("canary"), "{shown}");
}

#[test]
fn the_nested_shape() {
    let answer = json!({
        "agent_id": "my-agent",
        "agent_info": {"name": "My Agent", "type": "analytics", "description": "d", "api_key_hash": "canary"},
        "resource_permissions": {"customers": {"type": "table", "permissions": ["write", "read"]}},
        "database": null,
        "rate_limits": {"queries_per_day": 1},
        "registered_at": "2026",
        "surplus": true,
    });
    let record = agent_record(answer, &id("my-agent")).unwrap();
    let agent = &record.live.agent;
    assert_eq!((agent.name.as_str(), agent.agent_type.as_deref()), ("My Agent", Some("analytics")));
    assert_eq!(Value::Object(agent.info.clone()), json!({"description": "d"}));
    assert_eq!(agent.database, None);
    assert_eq!(record.nested_permissions, NestedPermissions::Delivered);
    let both = ResourcePermission::new("table", [Permission::Read, Permission::Write]);
    assert_eq!(agent.resource_permissions, [("customers".to_owned(), both)].into());
    assert_eq!(record.live.registered_at.as_deref(), Some("2026"));
    assert_eq!(record.key_hash, None);
}

#[test]
fn an_agent_with_next_to_nothing() {
    let record = agent_record(json!({"agent_id": "bare", "database": {}}), &id("bare")).unwrap();
    assert_eq!((record.live.agent.name.as_str(), &record.live.agent.agent_type), ("", &None));
    assert!(record.live.agent.database.is_some(), "a database object, even an empty one, is a linked database");
}

#[test]
fn an_agent_of_another_shape_names_the_field_and_not_the_value() {
    for (answer, field) in [
        (json!([]), "object"),
        (json!({"name": "canary"}), "agent_id"),
        (json!({"agent_id": "canary", "name": "x"}), "agent_id"),
        (json!({"agent_id": "a", "name": ["canary"]}), "name"),
        (json!({"agent_id": "a", "name": "x", "type": {"canary": 1}}), "type"),
        (json!({"agent_id": "a", "database": "postgresql://u:canary@h/d"}), "database"),
        (json!({"agent_id": "a", "database": {"type": ["canary"]}}), "type"),
        (json!({"agent_id": "a", "agent_info": "canary"}), "agent_info"),
        (json!({"agent_id": "a", "registered_at": {"canary": 1}}), "registered_at"),
        (json!({"agent_id": "a", "resource_permissions": {"r": {"permissions": "canary"}}}), "r.permissions"),
    ] {
        let problem = agent_record(answer, &id("a")).unwrap_err();
        assert!(problem.contains(field) && !problem.contains("canary"), "{problem}");
    }
}

#[tokio::test]
async fn permissions_that_are_not_understood_are_refused() {
    for (body, word) in [
        (r#"{"resources": {"products": {"type": "table", "permissions": ["read", "fly"]}}}"#, "products"),
        (r#"{"resources": {"products": {"type": "table", "permissions": ["Read"]}}}"#, "Read"),
        (r#"{"resources": {"a": {"permissions": []}, "a": {"permissions": ["admin"]}}}"#, "twice"),
        (r#"{"resources": {"a": {"type": "table"}}}"#, "resources.a"),
        (r#"{"resources": {"a": {"permissions": null}}}"#, "resources.a.permissions"),
        (r#"{"resources": {"a": {"permissions": [1]}}}"#, "resources.a.permissions[0]"),
        (r#"{"resources": {"a": ["read"]}}"#, "resources.a"),
        (r#"{"resources": []}"#, "resources"),
        (r#"{"permissions": {}}"#, "field"),
        (r#"{"agent_id": "other", "resources": {}}"#, "agent_id"),
        (r#"{"resources": {}} and more"#, "not JSON"),
    ] {
        let server = RawServer::start(vec![Act::json("200 OK", body)]).await;
        let error = connector(&server.url()).resource_permissions(&id("a")).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::BadAnswer, "{body}: {error}");
        assert!(error.to_string().contains(word), "{body}: {error}");
    }
}

#[test]
fn only_the_services_own_words_say_that_something_is_missing() {
    let said = |text: &str| json!({"error": text});
    let cases = [
        (said("Agent a not found"), Missing::Agent),
        (said("Agent 'a' not found."), Missing::Agent),
        (said("agent \"a\" does not exist"), Missing::Agent),
        (said("Agent not found"), Missing::Agent),
        (json!({"error": "not_found", "message": "Agent a not found"}), Missing::Agent),
        (said("Resource r not found for agent a"), Missing::Resource),
        (said("Resource 'r' not found"), Missing::Resource),
        (said("Agent b not found"), Missing::Unclear),
        (said("Resource r not found for agent b"), Missing::Unclear),
        (said("Resource q not found for agent a"), Missing::Unclear),
        (said("Not Found"), Missing::Unclear),
        (said("/api/agents/a not found"), Missing::Unclear),
        (json!({"detail": "Agent a not found"}), Missing::Unclear),
        (json!("Agent a not found"), Missing::Unclear),
        (json!({"error": 404}), Missing::Unclear),
    ];
    for (answer, meant) in cases {
        assert_eq!(missing(Some(&answer), "a", Some("r")), meant, "{answer}");
    }
    assert_eq!(missing(None, "a", Some("r")), Missing::Unclear);
    // Without a resource in the request, an answer about one says nothing of the agent.
    assert_eq!(missing(Some(&said("Resource r not found for agent a")), "a", None), Missing::Unclear);
}

fn session(url: &str) -> Session {
    let policy = RetryPolicy { attempts: 1, ..RetryPolicy::default() };
    Session::new(connector(url), policy, tokio_util::sync::CancellationToken::new(), std::sync::Arc::new(|_| {}))
}

#[tokio::test]
async fn the_complete_state_takes_two_requests_and_one_where_the_agent_is_absent() {
    let agent = format!(r#"{{"agent_id": "a", "name": "A", "api_key_hash": "{HASH}"}}"#);
    let permissions = r#"{"agent_id": "a", "resources": {"r": {"type": "table", "permissions": ["read"]}}}"#;
    let server = RawServer::start(vec![Act::json("200 OK", &agent), Act::json("200 OK", permissions)]).await;
    let (state, hash) = read_state(&session(&server.url()), &id("a")).await.unwrap();
    assert_eq!(state.present().unwrap().agent.resource_permissions.len(), 1);
    assert!(hash.unwrap().matches(&secret("dev-agent-key")));
    assert_eq!(server.received().len(), 2);

    let server = RawServer::start(vec![Act::json("404 NOT FOUND", r#"{"error": "Agent a not found"}"#)]).await;
    let (state, hash) = read_state(&session(&server.url()), &id("a")).await.unwrap();
    assert_eq!((state, hash), (AgentState::Absent, None));
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn an_agent_that_vanishes_between_the_two_reads_is_an_error() {
    let acts = vec![
        Act::json("200 OK", r#"{"agent_id": "a", "name": "A"}"#),
        Act::json("404 NOT FOUND", r#"{"error": "Agent a not found"}"#),
    ];
    let server = RawServer::start(acts).await;
    let error = read_state(&session(&server.url()), &id("a")).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::BadAnswer, "{error}");
}

#[tokio::test]
async fn nested_permissions_are_not_taken_for_the_complete_state() {
    let agent = r#"{"agent_id": "a", "agent_info": {"name": "A"},
        "resource_permissions": {"old": {"type": "table", "permissions": ["admin"]}}}"#;
    let permissions = r#"{"resources": {"new": {"permissions": ["read"]}}}"#;
    let server = RawServer::start(vec![Act::json("200 OK", agent), Act::json("200 OK", permissions)]).await;
    let (state, _) = read_state(&session(&server.url()), &id("a")).await.unwrap();
    let names: Vec<_> = state.present().unwrap().agent.resource_permissions.keys().collect();
    assert_eq!(names, ["new"]);
}
