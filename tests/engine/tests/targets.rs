//! Which server an operation goes to: its protection and its key follow the server, however it is named.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use aidb_core::config::{Configuration, read};
use aidb_core::operations::{
    Context, Engine, EnvironmentDraft, Error, ImportOptions, LinkDatabase, Relink, Remember, TargetRequest,
};
use aidb_core::store::Protection;
use common::engine_in;
use secrecy::SecretString;

const STAGING: &str = "http://127.0.0.1:4602";
const PRODUCTION: &str = "http://127.0.0.1:4603/prod";

async fn engine(folder: &tempfile::TempDir) -> Engine {
    let engine = engine_in(folder);
    for (name, url, protection) in
        [("Staging", STAGING, Protection::Open), ("Production", PRODUCTION, Protection::Protected)]
    {
        let draft = EnvironmentDraft {
            name: Some(name.into()),
            url: Some(url.into()),
            protection: Some(protection),
            ..EnvironmentDraft::default()
        };
        engine.add_environment(draft).await.expect("added");
        let key = SecretString::from(format!("key-of-{name}"));
        engine.set_environment_key(name, &key).await.expect("stored");
    }
    engine
}

fn request(environment: Option<&str>, url: Option<&str>, key: Option<&str>) -> TargetRequest {
    TargetRequest {
        environment: environment.map(str::to_owned),
        url: url.map(str::to_owned),
        api_key: key.map(SecretString::from),
        ..TargetRequest::default()
    }
}

#[tokio::test]
async fn protection_follows_the_server_however_it_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = engine(&folder).await;
    for (environment, url) in [
        (Some("Production"), None),
        (None, Some(PRODUCTION)),
        (None, Some("http://127.0.0.1:4603/prod/")),
        (None, Some("http://localhost:4603/prod")),
        (None, Some("http://[::1]:4603/prod")),
        (Some("Staging"), Some(PRODUCTION)),
        (Some("Staging"), Some("http://LOCALHOST:4603/prod/")),
    ] {
        let target = engine.target(&request(environment, url, Some("k"))).await.expect("a target");
        assert!(target.is_protected(), "{environment:?} {url:?}");
        assert_eq!(target.server.environment_name.as_deref(), Some("Production"), "its history, not another's");
    }
    let open = engine.target(&request(None, Some("http://127.0.0.1:4603/other"), Some("k"))).await.expect("a target");
    assert!(!open.is_protected() && open.server.environment.is_none(), "another path is another server");
}

#[tokio::test]
async fn a_stored_key_goes_to_its_own_url_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = engine(&folder).await;
    engine.target(&request(Some("Staging"), None, None)).await.expect("its own");
    engine.target(&request(None, Some(STAGING), None)).await.expect("its own, by URL");
    for url in ["http://127.0.0.1:4609", "http://localhost:4602", "https://staging.example.com"] {
        let refused = engine.target(&request(Some("Staging"), Some(url), None)).await.expect_err("no key for this one");
        assert!(matches!(refused, Error::ApiKeyRequired { .. }), "{url}: {refused}");
    }
}

/// A remembered connection string holds a password, and whoever answers at another address is not to have it.
#[tokio::test]
async fn a_remembered_connection_string_goes_only_to_the_server_that_it_was_given_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = engine_in(&folder);
    let (first, second) = (sandbox().await, sandbox().await);
    let at =
        |url: String| EnvironmentDraft { name: Some("Staging".into()), url: Some(url), ..EnvironmentDraft::default() };
    engine.add_environment(at(first.url())).await.expect("added");
    let target = async || {
        let target = engine.target(&request(Some("Staging"), None, Some("k"))).await;
        target.expect("a target")
    };
    let configuration = configuration();
    let context = Context::default();
    let plan = async |link: LinkDatabase| {
        let options = ImportOptions { link, ..ImportOptions::default() };
        engine.propose_import(&target().await, &configuration, &options, "file".into(), &context).await
    };
    let string = SecretString::from("postgresql://churn:canary-password@127.0.0.1/shop");
    let given = LinkDatabase::With { connection_string: string, remember: Remember::Keep, even_if_linked: Relink::No };
    let proposal = plan(given).await.expect("planned");
    plan(LinkDatabase::Remembered).await.expect("it is kept for this server");
    assert!(engine.remembers_connection(&target().await, &proposal).await);

    engine.update_environment("Staging", at(second.url())).await.expect("moved");
    let refused = plan(LinkDatabase::Remembered).await.expect_err("another server");
    assert!(matches!(refused, Error::ConnectionStringMissing { .. }), "{refused}");
    assert!(!engine.remembers_connection(&target().await, &proposal).await);
    let tested = engine.test_connection_string(&target().await, &proposal, None).await.expect_err("another server");
    assert!(matches!(tested, Error::ConnectionStringMissing { .. }), "{tested}");

    engine.update_environment("Staging", at(first.url())).await.expect("back");
    plan(LinkDatabase::Remembered).await.expect("the server that it was given for");
}

async fn sandbox() -> aidb_sandbox::Sandbox {
    let options = aidb_sandbox::SandboxOptions::sample(aidb_sandbox::Sample::Staging);
    aidb_sandbox::Sandbox::start(options).await.expect("a sandbox")
}

fn configuration() -> Configuration {
    let text = r#"{ "version": "1.0.0", "agent": { "agent_id": "churn", "name": "Churn",
        "database": { "type": "postgresql", "connection_name": "main-db" }, "resource_permissions": {} } }"#;
    read(text.as_bytes()).configuration.expect("a configuration")
}
