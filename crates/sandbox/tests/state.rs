//! Starting, ending, and state that outlives a process.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::path::Path;

use aidb_sandbox::{
    ChangeError, Permission, ResourceSnapshot, Sample, Sandbox, SandboxOptions, StartError, StateFileError,
};

mod common;
use common::{client, get};

fn kept_in(file: &Path) -> SandboxOptions {
    SandboxOptions { state_file: Some(file.to_owned()), ..SandboxOptions::sample(Sample::Development) }
}

#[tokio::test]
async fn state_in_a_file_survives_a_restart_and_state_in_memory_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let sandbox = Sandbox::start(kept_in(&file)).await.unwrap();
    let url = format!("{}/api/agents/my-agent", sandbox.url());
    let grant = serde_json::json!({"resource_id": "ünï/x", "permissions": ["write", "read"]});
    client().put(format!("{url}/permissions/resources")).json(&grant).send().await.unwrap();
    client().delete(format!("{}/api/agents/faq-bot", sandbox.url())).send().await.unwrap();
    let state = sandbox.snapshot();
    sandbox.shutdown().await;
    let again = Sandbox::start(kept_in(&file)).await.unwrap();
    assert_eq!(again.snapshot(), state);
    assert!(again.agent("faq-bot").is_none(), "the file wins over the sample");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside the file");
    let in_memory = Sandbox::start(SandboxOptions::sample(Sample::Development)).await.unwrap();
    in_memory.remove_agent("faq-bot").unwrap();
    in_memory.shutdown().await;
    let again = Sandbox::start(SandboxOptions::sample(Sample::Development)).await.unwrap();
    assert!(again.agent("faq-bot").is_some());
}

#[tokio::test]
async fn a_state_file_holds_no_key_and_no_connection_string() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let sandbox = Sandbox::start(kept_in(&file)).await.unwrap();
    let new = serde_json::json!({
        "agent_id": "new", "agent_info": {"name": "New"},
        "agent_credentials": {"api_key": "canary-key", "api_secret": "canary-secret"},
        "database": {"connection_string": "postgresql://u:canary-password@db.example.com/shop"},
    });
    let answer = client().post(format!("{}/api/agents/register", sandbox.url())).json(&new).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    assert!(sandbox.accepts_key("new", "canary-key") && !sandbox.accepts_key("new", "other"));
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(kept.contains("\"new\"") && !kept.contains("canary"), "{kept}");
}

#[tokio::test]
async fn a_damaged_state_file_is_a_clear_error_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    Sandbox::start(kept_in(&file)).await.unwrap().remove_agent("faq-bot").unwrap();
    let whole = std::fs::read(&file).unwrap();
    for damaged in [&whole[..whole.len() / 2], b"", b"{\"format\":1,\"registry\":[]}"] {
        std::fs::write(&file, damaged).unwrap();
        let error = Sandbox::start(kept_in(&file)).await.unwrap_err();
        assert!(matches!(error, StartError::StateFile(StateFileError::Damaged { .. })), "{error}");
        assert!(error.to_string().contains("state.json") && error.to_string().contains("left as it is"), "{error}");
        assert_eq!(std::fs::read(&file).unwrap(), damaged);
    }
    std::fs::write(&file, b"{\"format\":2,\"registry\":{}}").unwrap();
    let error = Sandbox::start(kept_in(&file)).await.unwrap_err();
    assert!(matches!(error, StartError::StateFile(StateFileError::OtherFormat { found: 2, .. })), "{error}");
}

#[tokio::test]
async fn a_change_that_cannot_be_kept_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(kept_in(&folder.path().join("gone").join("state.json"))).await.unwrap();
    let answer = client().delete(format!("{}/api/agents/my-agent", sandbox.url())).send().await.unwrap();
    assert_eq!(answer.status(), 500);
    assert!(answer.text().await.unwrap().contains("could not be written"));
    assert!(matches!(sandbox.forget(), Err(ChangeError::StateFile(StateFileError::Unwritable { .. }))));
}

#[tokio::test]
async fn a_taken_port_is_a_clear_error() {
    let sandbox = common::sandbox().await;
    let options = SandboxOptions { port: sandbox.port(), ..SandboxOptions::default() };
    let error = Sandbox::start(options).await.unwrap_err();
    assert!(error.to_string().contains(&sandbox.port().to_string()), "{error}");
}

#[tokio::test]
async fn a_sandbox_that_ended_closes_its_connections_and_frees_its_port() {
    let sandbox = common::sandbox().await;
    let (port, handle) = (sandbox.port(), sandbox.handle());
    let client = client();
    get(&client, &sandbox).await.unwrap();
    sandbox.shutdown().await;
    let again = Sandbox::start(SandboxOptions { port, ..SandboxOptions::default() }).await.unwrap();
    assert_eq!(get(&client, &again).await.unwrap().status(), 404, "nobody of the old one answers");
    assert!(handle.agent("my-agent").is_some(), "what it held can still be looked at");
}

#[tokio::test]
async fn the_trio_has_the_three_samples() {
    let trio = Sandbox::trio([0; 3]).await.unwrap();
    let names: Vec<_> = trio.iter().map(Sandbox::name).collect();
    assert_eq!(names, ["Development", "Staging", "Production"]);
    let url = format!("{}/api/agents/churn-forecast", trio.development.url());
    assert_eq!(client().get(url).send().await.unwrap().status(), 200);
    let url = format!("{}/api/agents/churn-forecast", trio.production.url());
    assert_eq!(client().get(url).send().await.unwrap().status(), 404);
    assert!(trio.staging.accepts_key("my-agent", &Sample::Staging.agent_key("my-agent")));
}

#[tokio::test]
async fn threads_of_its_own_serve_while_the_callers_are_blocked() {
    let sandbox = Sandbox::start_on_own_threads(SandboxOptions::sample(Sample::Staging)).unwrap();
    let port = sandbox.port();
    // This test's only thread is blocked here.
    let answer = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.write_all(b"GET /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    })
    .join()
    .unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("healthy"), "{answer}");
}

#[tokio::test]
async fn changes_from_within_say_what_is_missing() {
    let sandbox = common::sandbox().await;
    let unknown = sandbox.set_resource("nobody", "t", "table", &[Permission::Read]);
    assert!(matches!(unknown, Err(ChangeError::UnknownAgent(id)) if id == "nobody"));
    assert!(matches!(sandbox.revoke_resource("my-agent", "t"), Err(ChangeError::UnknownResource { .. })));
    sandbox.revoke_resource("my-agent", "products").unwrap();
    assert!(sandbox.resources("my-agent").unwrap().is_empty());
}

#[tokio::test]
async fn a_hundred_thousand_resources_on_one_agent() {
    let sandbox = common::sandbox().await;
    let resource = ResourceSnapshot::new("table", [Permission::Read, Permission::Write]);
    sandbox.set_resources("my-agent", (0..100_000).map(|n| (format!("t{n}"), resource.clone()))).unwrap();
    let url = format!("{}/api/agents/my-agent/permissions/resources", sandbox.url());
    let listed: serde_json::Value = client().get(&url).send().await.unwrap().json().await.unwrap();
    assert_eq!(listed["resources"].as_object().unwrap().len(), 100_001);
    assert_eq!(client().delete(format!("{url}/t99999")).send().await.unwrap().status(), 200);
    assert_eq!(sandbox.resources("my-agent").unwrap().len(), 100_000);
}
