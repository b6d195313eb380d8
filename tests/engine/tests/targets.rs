//! Which server an operation goes to: its protection and its key follow the server, however it is named.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use aidb_core::operations::{Engine, EnvironmentDraft, Error, TargetRequest};
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
        assert_eq!(target.place.environment_name.as_deref(), Some("Production"), "its history, not another's");
    }
    let open = engine.target(&request(None, Some("http://127.0.0.1:4603/other"), Some("k"))).await.expect("a target");
    assert!(!open.is_protected() && open.place.environment.is_none(), "another path is another server");
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
