//! Every call as the recording has it: request line, headers, body, and what the answer comes to.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use wiremock::matchers::{body_json, header, method};
use wiremock::{Match, Mock, MockServer, Request, ResponseTemplate};

use super::support::{API_KEY, connector, id, secret};
use crate::config::{Permission, ResourcePermission};
use crate::connector::{
    Connector, ConnectorError, DatabaseLink, DatabaseVerdict, Registration, Removal, RetryPolicy, Session, Tables,
    read_tables,
};
use crate::error::{ErrorCode, Explain};

/// The path exactly as it came, still encoded.
struct RawPath(&'static str);

impl Match for RawPath {
    fn matches(&self, request: &Request) -> bool {
        request.url.path() == self.0 && request.url.query().is_none()
    }
}

/// A server that answers that one call, with the key, and nothing else.
async fn server(verb: &str, path: &'static str, status: u16, answer: Value) -> (MockServer, Connector) {
    serve(verb, path, None, ResponseTemplate::new(status).set_body_json(answer)).await
}

async fn serve(
    verb: &str,
    path: &'static str,
    body: Option<Value>,
    response: ResponseTemplate,
) -> (MockServer, Connector) {
    let server = MockServer::start().await;
    let mut mock = Mock::given(method(verb)).and(RawPath(path)).and(header("X-API-Key", API_KEY));
    if let Some(body) = body {
        mock = mock.and(body_json(body)).and(header("Content-Type", "application/json"));
    }
    mock.respond_with(response).expect(1).mount(&server).await;
    let connector = connector(&server.uri());
    (server, connector)
}

fn ok() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"agent_id": "my-agent"}))
}

const HTML_404: &str = "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n";

fn html(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body, "text/html; charset=utf-8")
}

#[tokio::test]
async fn health() {
    let answer = json!({"service": "AI Agent Connector", "status": "healthy"});
    let (server, connector) = server("GET", "/api/health", 200, answer).await;
    let health = connector.health().await.unwrap();
    assert_eq!((health.service.as_str(), health.status.as_str()), ("AI Agent Connector", "healthy"));
    let request = &server.received_requests().await.unwrap()[0];
    assert_eq!(request.headers["user-agent"], format!("aidb/{}", env!("CARGO_PKG_VERSION")).as_str());
    assert_eq!(request.headers["accept"], "application/json");
    assert!(!request.headers.contains_key("content-type"), "a request without a body has no content type");
    assert!(request.body.is_empty());
}

#[tokio::test]
async fn health_of_something_else_is_not_a_connector() {
    for response in [
        ResponseTemplate::new(200).set_body_json(json!({"status": "UP"})),
        ResponseTemplate::new(200).set_body_json(json!({"service": "billing", "status": "healthy"})),
        ResponseTemplate::new(200).set_body_json(json!([])),
        ResponseTemplate::new(404).set_body_json(json!({"error": "no such route"})),
        html(200, "<html><title>Sign in</title>"),
        html(404, HTML_404),
    ] {
        let (_server, connector) = serve("GET", "/api/health", None, response).await;
        let error = connector.health().await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::NotAConnector, "{error}");
        assert!(error.hint().unwrap().contains("Is this URL an AI Agent Connector?"));
    }
}

#[tokio::test]
async fn no_key_sends_no_header() {
    let (server, _) = server("GET", "/api/agents", 200, json!({})).await;
    server.reset().await;
    let answer = ResponseTemplate::new(401).set_body_json(json!({"error": "API key required"}));
    Mock::given(method("GET")).respond_with(answer).mount(&server).await;
    let mut keyless = super::support::endpoint(&server.uri());
    keyless.api_key = None;
    let error = Connector::new(keyless).unwrap().agent_ids().await.unwrap_err();
    assert!(!server.received_requests().await.unwrap()[0].headers.contains_key("x-api-key"));
    assert!(error.to_string().starts_with("API Error (401): API key required"), "{error}");
    assert!(error.hint().unwrap().starts_with("No API key was sent."), "{:?}", error.hint());
}

#[tokio::test]
async fn agent_ids() {
    let (_server, connector) = server("GET", "/api/agents", 200, json!({"agents": ["b", "a"], "count": 2})).await;
    assert_eq!(connector.agent_ids().await.unwrap(), ["b", "a"]);
}

#[tokio::test]
async fn agent_ids_of_another_shape_name_the_field() {
    let (_server, connector) = server("GET", "/api/agents", 200, json!({"agents": ["a", 5]})).await;
    let error = connector.agent_ids().await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::BadAnswer);
    assert!(error.to_string().contains("agents[1]"), "{error}");
}

#[tokio::test]
async fn an_absent_agent_is_none_only_when_the_service_says_so() {
    let said = json!({"error": "Agent nobody not found"});
    let (_server, connector) = server("GET", "/api/agents/nobody", 404, said).await;
    assert_eq!(connector.agent(&id("nobody")).await.unwrap(), None);
    for response in [
        html(404, HTML_404),
        ResponseTemplate::new(404),
        ResponseTemplate::new(404).set_body_json(json!({"message": "no Route matched with those values"})),
        ResponseTemplate::new(404).set_body_json(json!({"error": "Not Found", "path": "/api/agents/nobody"})),
        ResponseTemplate::new(404).set_body_json(json!({"error": "Agent somebody not found"})),
        ResponseTemplate::new(404).set_body_json(json!({"error": "Cannot GET /api/agents/nobody"})),
        ResponseTemplate::new(404).set_body_string("Agent nobody not found"),
    ] {
        let (_server, connector) = serve("GET", "/api/agents/nobody", None, response).await;
        let error = connector.agent(&id("nobody")).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::NotAConnector, "{error}");
        assert!(error.to_string().starts_with("API Error (404): "), "{error}");
    }
}

#[tokio::test]
async fn an_agent_that_cannot_be_read_is_never_none() {
    for status in [400, 401, 403, 407, 410, 429, 500, 502, 503] {
        let said = json!({"error": "Agent nobody not found"});
        let (_server, connector) = server("GET", "/api/agents/nobody", status, said).await;
        let error = connector.agent(&id("nobody")).await.unwrap_err();
        assert!(error.to_string().starts_with(&format!("API Error ({status}): ")), "{error}");
    }
}

#[tokio::test]
async fn ids_travel_as_one_encoded_segment() {
    for (agent, path) in [
        ("team ägent", "/api/agents/team%20%C3%A4gent"),
        ("a?b#c%d&e=f+g", "/api/agents/a%3Fb%23c%25d%26e%3Df%2Bg"),
        ("%2e%2e", "/api/agents/%252e%252e"),
        ("...", "/api/agents/..."),
        ("a;b:c@d,e!f'g(h)*", "/api/agents/a%3Bb%3Ac%40d%2Ce%21f%27g%28h%29%2A"),
        ("A-z_0.9~", "/api/agents/A-z_0.9~"),
        ("back\\slash", "/api/agents/back%5Cslash"),
    ] {
        let path: &'static str = path;
        let answer = json!({"agent_id": agent, "name": "Odd"});
        let (_server, connector) = server("GET", path, 200, answer).await;
        let record = connector.agent(&id(agent)).await.unwrap().unwrap();
        assert_eq!(record.live.agent.agent_id, agent);
    }
}

#[tokio::test]
async fn a_path_prefix_is_kept() {
    let (server, _) = server("GET", "/team/x/api/agents", 200, json!({"agents": []})).await;
    let prefixed = connector(&format!("{}/team/x/", server.uri()));
    assert!(prefixed.agent_ids().await.unwrap().is_empty());
}

#[tokio::test]
async fn resource_permissions() {
    let answer = json!({"agent_id": "my-agent", "resources": {
        "odd/one two": {"permissions": [], "type": "dataset"},
        "customers": {"permissions": ["write", "read", "write"], "type": "table"},
        "untyped": {"permissions": ["admin"]},
    }});
    let (_server, connector) = server("GET", "/api/agents/my-agent/permissions/resources", 200, answer).await;
    let permissions = connector.resource_permissions(&id("my-agent")).await.unwrap().unwrap();
    let expected = [
        ("customers", ResourcePermission::new("table", [Permission::Read, Permission::Write])),
        ("odd/one two", ResourcePermission::new("dataset", [])),
        ("untyped", ResourcePermission::new("table", [Permission::Admin])),
    ];
    assert_eq!(permissions, expected.map(|(id, permission)| (id.to_owned(), permission)).into());
}

async fn tables(connector: &Connector) -> Tables {
    let quick = RetryPolicy { first_delay: Duration::from_millis(1), ..RetryPolicy::default() };
    let session = Session::new(connector.clone(), quick, CancellationToken::new(), Arc::new(|_| {}));
    read_tables(&session, &id("my-agent")).await
}

#[tokio::test]
async fn tables_never_fail() {
    let path = "/api/agents/my-agent/tables";
    let answer = json!({"count": 4, "tables": [
        {"schema": "public", "table_name": "products", "resource_id": "products"},
        {"schema": "sales", "table_name": "invoices"},
        {"table_name": "bare"},
        "plain",
        "plain",
    ]});
    let (_server, listing) = server("GET", path, 200, answer).await;
    let expected = ["bare", "plain", "products", "sales.invoices"].map(str::to_owned).to_vec();
    assert_eq!(tables(&listing).await, Tables::Listed(expected));
    for (status, answer) in [
        (500, json!({"error": "Failed to list tables: Database not connected. Call connect() first."})),
        (400, json!({"error": "Agent does not have a database connection"})),
        (200, json!({"tables": "canary"})),
        (200, json!({"tables": [{"schema": "canary"}]})),
        (200, json!("x")),
        (401, json!({})),
    ] {
        let (_server, connector) = server("GET", path, status, answer).await;
        match tables(&connector).await {
            Tables::Unavailable { reason } => assert!(!reason.is_empty() && !reason.contains("canary"), "{reason}"),
            Tables::Listed(tables) => panic!("{status} listed {tables:?}"),
        }
    }
    let nobody = connector("http://127.0.0.1:1");
    assert!(matches!(tables(&nobody).await, Tables::Unavailable { .. }));
}

fn registration() -> Registration {
    let Value::Object(info) =
        json!({"description": "Answers questions about sales", "big": 18446744073709551616_u128, "name": "x"})
    else {
        unreachable!()
    };
    Registration {
        agent_id: id("my-agent"),
        name: "My Agent".to_owned(),
        agent_type: Some("analytics".to_owned()),
        info,
        api_key: secret("dev-agent-key"),
        api_secret: secret("dev-agent-secret"),
        database: Some(DatabaseLink {
            connection_string: secret("postgresql://postgres@127.0.0.1:5455/dev_shop"),
            connection_name: Some("main-db".to_owned()),
            database_type: Some("postgresql".to_owned()),
        }),
        rate_limits: None,
    }
}

#[tokio::test]
async fn register_with_credentials_and_a_database() {
    let body = json!({
        "agent_id": "my-agent",
        "agent_info": {
            "name": "My Agent",
            "type": "analytics",
            "description": "Answers questions about sales",
            "big": 18446744073709551616_u128,
        },
        "agent_credentials": {"api_key": "dev-agent-key", "api_secret": "dev-agent-secret"},
        "database": {
            "connection_string": "postgresql://postgres@127.0.0.1:5455/dev_shop",
            "connection_name": "main-db",
            "type": "postgresql",
        },
    });
    let answer = ResponseTemplate::new(201).set_body_json(json!({"agent_id": "my-agent", "api_key": "dev-agent-key"}));
    let (_server, connector) = serve("POST", "/api/agents/register", Some(body), answer).await;
    connector.register(&registration()).await.unwrap();
}

#[tokio::test]
async fn register_the_bare_minimum() {
    let body = json!({
        "agent_id": "my-agent",
        "agent_info": {"name": "My Agent"},
        "agent_credentials": {"api_key": "dev-agent-key", "api_secret": "dev-agent-secret"},
    });
    let answer = ResponseTemplate::new(201).set_body_json(json!({"agent_id": "my-agent"}));
    let (_server, connector) = serve("POST", "/api/agents/register", Some(body), answer).await;
    let bare = Registration { agent_type: None, info: serde_json::Map::new(), database: None, ..registration() };
    connector.register(&bare).await.unwrap();
}

#[tokio::test]
async fn link_a_database() {
    let body = json!({"connection_string": "postgresql://postgres@127.0.0.1:5455/dev_shop"});
    let (_server, connector) = serve("PUT", "/api/agents/bare/database", Some(body), ok()).await;
    connector.link_database(&id("bare"), &secret("postgresql://postgres@127.0.0.1:5455/dev_shop")).await.unwrap();
}

#[tokio::test]
async fn set_a_resource_permission() {
    let body = json!({"resource_id": "odd/one two", "resource_type": "dataset", "permissions": ["read", "admin"]});
    let path = "/api/agents/my-agent/permissions/resources";
    let (_server, connector) = serve("PUT", path, Some(body), ok()).await;
    let permission = ResourcePermission::new("dataset", [Permission::Admin, Permission::Read]);
    connector.set_resource_permission(&id("my-agent"), "odd/one two", &permission).await.unwrap();
}

#[tokio::test]
async fn set_for_an_unknown_agent_is_agent_not_found() {
    let said = json!({"error": "Agent nobody not found"});
    let (_server, connector) = server("PUT", "/api/agents/nobody/permissions/resources", 404, said).await;
    let permission = ResourcePermission::new("table", [Permission::Read]);
    let error = connector.set_resource_permission(&id("nobody"), "products", &permission).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::AgentNotFound, "{error}");
}

#[tokio::test]
async fn a_write_believes_only_the_service() {
    let path = "/api/agents/my-agent/permissions/resources";
    let permission = ResourcePermission::new("table", [Permission::Read]);
    for (response, code) in [
        (html(200, "<html><title>Sign in</title>"), Some(ErrorCode::NotAConnector)),
        (ResponseTemplate::new(200), Some(ErrorCode::BadAnswer)),
        (ResponseTemplate::new(200).set_body_string("OK"), Some(ErrorCode::BadAnswer)),
        (ResponseTemplate::new(200).set_body_json(json!([1])), Some(ErrorCode::BadAnswer)),
        (ResponseTemplate::new(200).set_body_string("{\"agent_id\": "), Some(ErrorCode::ConnectionLost)),
        (ResponseTemplate::new(200).set_body_raw("{\"a\": 1}", "text/html"), None),
        (ResponseTemplate::new(204), None),
    ] {
        let (_server, connector) = serve("PUT", path, None, response).await;
        let result = connector.set_resource_permission(&id("my-agent"), "products", &permission).await;
        assert_eq!(result.as_ref().err().map(Explain::code), code, "{result:?}");
    }
}

#[tokio::test]
async fn revoke() {
    let path = "/api/agents/my-agent/permissions/resources/%C3%BCn%C3%AFcode%20t";
    let (agent, resource) = (id("my-agent"), "ünïcode t");
    let (_server, connector) = server("DELETE", path, 200, json!({"message": "Permissions revoked"})).await;
    assert_eq!(connector.revoke(&agent, resource).await.unwrap(), Removal::Removed);
    let said = json!({"error": "Resource ünïcode t not found for agent my-agent"});
    let (_server, connector) = server("DELETE", path, 404, said).await;
    assert_eq!(connector.revoke(&agent, resource).await.unwrap(), Removal::WasAbsent);
    let (_server, connector) = server("DELETE", path, 404, json!({"error": "Agent my-agent not found"})).await;
    let error = connector.revoke(&agent, resource).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::AgentNotFound);
    for response in [html(404, HTML_404), ResponseTemplate::new(404).set_body_json(json!({"error": "nothing here"}))] {
        let (_server, connector) = serve("DELETE", path, None, response).await;
        let error = connector.revoke(&agent, resource).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::NotAConnector);
    }
}

#[tokio::test]
async fn revoke_refuses_what_cannot_be_addressed_before_sending() {
    let nobody = connector("http://127.0.0.1:1");
    for resource in ["odd/one two", "", ".", "..", "a\nb", &"x".repeat(3000)] {
        let error = nobody.revoke(&id("my-agent"), resource).await.unwrap_err();
        assert!(matches!(error, ConnectorError::IdNotAddressable { .. }), "{resource:?}: {error}");
    }
}

#[tokio::test]
async fn delete_an_agent() {
    let path = "/api/agents/my-agent";
    let (_server, connector) = server("DELETE", path, 200, json!({"message": "Agent my-agent revoked"})).await;
    assert_eq!(connector.delete_agent(&id("my-agent")).await.unwrap(), Removal::Removed);
    let (_server, connector) = server("DELETE", path, 404, json!({"error": "Agent my-agent not found"})).await;
    assert_eq!(connector.delete_agent(&id("my-agent")).await.unwrap(), Removal::WasAbsent);
    let (_server, connector) = serve("DELETE", path, None, html(404, HTML_404)).await;
    assert_eq!(connector.delete_agent(&id("my-agent")).await.unwrap_err().code(), ErrorCode::NotAConnector);
}

#[tokio::test]
async fn test_a_database() {
    let path = "/api/databases/test";
    let connection = secret("postgresql://u:pw-19-long@db.internal/shop");
    let body = json!({"connection_string": "postgresql://u:pw-19-long@db.internal/shop"});
    let works = json!({"message": "Database connection test successful", "status": "success"});
    let response = ResponseTemplate::new(200).set_body_json(works);
    let (_server, connector) = serve("POST", path, Some(body), response).await;
    let test = connector.test_database(&connection).await.unwrap();
    assert_eq!(test.verdict, DatabaseVerdict::Reachable);
    assert_eq!(test.message, "Database connection test successful");
    let fails =
        json!({"error": "connection to \"db.internal\" refused\n\tpw-19-long", "message": "x", "status": "error"});
    let (_server, connector) = server("POST", path, 400, fails).await;
    let test = connector.test_database(&connection).await.unwrap();
    assert_eq!(test.verdict, DatabaseVerdict::Unreachable);
    assert_eq!(test.message, "connection to \"***\" refused ***: x");
    let (_server, connector) = server("POST", path, 400, json!({"error": "connection_string is required"})).await;
    assert_eq!(connector.test_database(&connection).await.unwrap_err().code(), ErrorCode::RequestRefused);
    let (_server, connector) = server("POST", path, 200, json!({})).await;
    assert_eq!(connector.test_database(&connection).await.unwrap_err().code(), ErrorCode::BadAnswer);
}
