//! What the recording shows of routing and of the framework's errors, beyond the very requests that were recorded.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

use aidb_sandbox::{Permission, Sandbox, SandboxOptions};
use aidb_testkit::http::client;
use reqwest::{Method, Response};
use serde_json::{Map, Value, json};

const NOT_FOUND: &str = "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The \
    requested URL was not found on the server. If you entered the URL manually please check your spelling and try \
    again.</p>\n";

async fn with_agent(id: &str) -> Sandbox {
    let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
    sandbox.set_agent(id, Map::from_iter([("name".to_owned(), "Odd".into())]), "key").unwrap();
    sandbox
}

async fn call(sandbox: &Sandbox, method: Method, path: &str) -> Response {
    client().request(method, format!("{}{path}", sandbox.url())).send().await.unwrap()
}

async fn assert_page(answer: Response, status: u16, page: &str) {
    assert_eq!(answer.status(), status);
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(answer.text().await.unwrap(), page);
}

#[tokio::test]
async fn an_encoded_slash_finds_no_route() {
    let sandbox = with_agent("a/b").await;
    assert_page(call(&sandbox, Method::GET, "/api/agents/a%2Fb").await, 404, NOT_FOUND).await;
    assert_page(call(&sandbox, Method::DELETE, "/api/agents/a%2fb").await, 404, NOT_FOUND).await;
    assert!(sandbox.agent("a/b").is_some(), "the agent is there, and out of reach");
}

#[tokio::test]
async fn ids_with_spaces_percent_signs_and_letters_of_any_script_are_reached_by_their_encoding() {
    for (id, encoded) in [
        ("team ägent", "team%20%C3%A4gent"),
        ("100%", "100%25"),
        ("a?b#c&d=e+f", "a%3Fb%23c%26d%3De%2Bf"),
        ("エージェント", "%E3%82%A8%E3%83%BC%E3%82%B8%E3%82%A7%E3%83%B3%E3%83%88"),
        ("%2F", "%252F"),
    ] {
        let sandbox = with_agent(id).await;
        sandbox.set_resource(id, "monthly 2024 ünïcode", "dataset", &[Permission::Read]).unwrap();
        let agent: Value = call(&sandbox, Method::GET, &format!("/api/agents/{encoded}")).await.json().await.unwrap();
        assert_eq!(agent["agent_id"], id);
        let path = format!("/api/agents/{encoded}/permissions/resources/monthly%202024%20%C3%BCn%C3%AFcode");
        let revoked = call(&sandbox, Method::DELETE, &path).await;
        assert_eq!(revoked.status(), 200, "{id}");
        let revoked: Value = revoked.json().await.unwrap();
        assert_eq!(revoked["message"], "Permissions revoked for resource monthly 2024 ünïcode");
        assert!(sandbox.resources(id).unwrap().is_empty());
    }
}

#[tokio::test]
async fn an_agent_called_register_is_an_agent() {
    let sandbox = with_agent("register").await;
    let agent: Value = call(&sandbox, Method::GET, "/api/agents/register").await.json().await.unwrap();
    assert_eq!(agent["name"], "Odd");
    let resources = call(&sandbox, Method::GET, "/api/agents/register/permissions/resources").await;
    assert_eq!(resources.json::<Value>().await.unwrap(), json!({"agent_id": "register", "resources": {}}));
    assert_eq!(call(&sandbox, Method::DELETE, "/api/agents/register").await.status(), 200);
    assert!(sandbox.agent("register").is_none());
}

#[tokio::test]
async fn the_framework_answers_in_html() {
    let sandbox = with_agent("my-agent").await;
    assert_page(call(&sandbox, Method::GET, "/api/agents/").await, 404, NOT_FOUND).await;
    assert_page(call(&sandbox, Method::GET, "/").await, 404, NOT_FOUND).await;
    for (method, path) in
        [(Method::POST, "/api/agents"), (Method::GET, "/api/databases/test"), (Method::PUT, "/api/health")]
    {
        let page = "<!doctype html>\n<html lang=en>\n<title>405 Method Not Allowed</title>\n<h1>Method Not Allowed</h1>\n\
             <p>The method is not allowed for the requested URL.</p>\n";
        assert_page(call(&sandbox, method, path).await, 405, page).await;
    }
}

#[tokio::test]
async fn bodies_are_looked_at_after_the_agent_and_by_their_content_type() {
    let sandbox = with_agent("my-agent").await;
    let put = async |id: &str, content_type: Option<&str>, body: &'static str| {
        let url = format!("{}/api/agents/{id}/permissions/resources", sandbox.url());
        let call = client().put(url).body(body);
        let call = content_type.into_iter().fold(call, |call, content_type| call.header("content-type", content_type));
        let answer = call.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(put("nobody", None, "{bad").await.0, 404, "the agent comes first");
    assert_eq!(put("my-agent", None, r#"{"resource_id":"t"}"#).await.0, 415);
    assert_eq!(put("my-agent", Some("text/plain"), r#"{"resource_id":"t"}"#).await.0, 415);
    assert_eq!(put("my-agent", Some("application/json; charset=utf-8"), r#"{"resource_id":"t"}"#).await.0, 200);
    assert_eq!(put("my-agent", Some("application/json"), "{}").await.0, 400);
    let (status, page) = put("my-agent", Some("application/json"), "").await;
    assert_eq!(status, 400);
    assert!(page.contains("Failed to decode JSON object: Expecting value: line 1 column 1 (char 0)"), "{page}");
    assert_eq!(put("my-agent", Some("application/json"), "[1]").await.0, 500, "the service takes it for an object");
}

#[tokio::test]
async fn a_link_over_again_loses_its_connection_name_and_a_failed_one_changes_nothing() {
    let sandbox = with_agent("my-agent").await;
    sandbox.link_database("my-agent", "main-db", "shop").unwrap();
    let link = async |string: &str| {
        let url = format!("{}/api/agents/my-agent/database", sandbox.url());
        let body = json!({"connection_string": string, "connection_name": "main-db"});
        client().put(url).json(&body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(link("postgresql://u:p@127.0.0.1:1/none").await, 400);
    assert_eq!(sandbox.agent("my-agent").unwrap().database.unwrap().connection_name, "main-db");
    assert_eq!(link("postgresql://u:p@127.0.0.1:5432/other").await, 200);
    let database = sandbox.agent("my-agent").unwrap().database.unwrap();
    assert_eq!((database.connection_name.as_str(), database.database.as_str()), ("default", "other"));
}

#[tokio::test]
async fn rate_limits_of_an_unknown_agent_are_answered_too() {
    let sandbox = with_agent("my-agent").await;
    let limits: Value = call(&sandbox, Method::GET, "/api/rate-limits/nobody").await.json().await.unwrap();
    assert_eq!((&limits["configured"], &limits["config"]["queries_per_minute"]), (&json!(false), &json!(60)));
}
