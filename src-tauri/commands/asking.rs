//! What a person is asked outside of the page, and what happens when they say no.

use aidb_core::error::ErrorCode;
use aidb_core::vault::Vault;
use aidb_sandbox::Sample;
use serde_json::{Value, json};

use crate::testing::{Bench, KEY, chosen, form, typed};

/// A certificate of a CA that nobody has the key of.
const COMPANY_CA: &str = "\
-----BEGIN CERTIFICATE-----
MIIBjzCCATWgAwIBAgIUGzcg+CuTgIINytF1xXAb8wTagWUwCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRU2FtcGxlIGNvbXBhbnkgQ0EwIBcNMjYxMTI5MDI0ODMxWhgP
MjEyNjExMDUwMjQ4MzFaMBwxGjAYBgNVBAMMEVNhbXBsZSBjb21wYW55IENBMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEskJKFwz3Rtd9DOvykOAhHl0B7D5acavK
7kOtTHSKJBsm+q3zhXJgXOL205ClgD7s1Xq1H0LjXCPcw7ZjL0RN2qNTMFEwHQYD
VR0OBBYEFGUflSrwlVVXYn7MRagUl5/YQbZgMB8GA1UdIwQYMBaAFGUflSrwlVVX
Yn7MRagUl5/YQbZgMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIh
AL3b9pj8VKuggWSx62SlTjZkBrm45tjKgPnpxMW2hlc8AiBsx909EiIXClLCXONd
58/90aX8YMSYWYLaAdJ4itKp7w==
-----END CERTIFICATE-----
";

#[tokio::test]
async fn what_was_typed_and_is_no_configuration_is_asked_back_and_quoted_only_then() {
    let bench = Bench::new();
    let key = bench.file("id_ed25519", "-----BEGIN OPENSSH PRIVATE KEY-----\ncanary-7e\n");
    let half = bench.file("half.json", "{ \"version\": \"1.0.0\",\n  \"agent\": { \"agent_id\": \"canary-8f\"\n");
    bench.system.with(|told| told.declines = true);
    for path in [&key, &half] {
        for (command, request) in [
            ("file_check", json!({ "file": typed(path) })),
            ("plan_import", json!({ "file": typed(path), "to": "none", "mode": "merge" })),
        ] {
            let refused = bench.call(command, request).await.unwrap_err();
            assert_eq!(refused.code, ErrorCode::Declined, "{command} {path}");
            assert!(!format!("{refused:?}").contains("canary"), "{refused:?}");
        }
    }
    bench.system.with(|told| told.declines = false);
    // Agreed to once, and then known: a broken configuration shows its lines, and what never was one shows none.
    for (path, shown) in [(&half, true), (&key, false)] {
        let asked = bench.system.with(|told| told.asked.len());
        for _ in 0..2 {
            let checked = bench.call("file_check", json!({ "file": typed(path) })).await.unwrap();
            assert!(!checked.to_string().contains("canary"), "{checked}");
            let excerpt = bench.call("file_excerpt", json!({ "file": checked["ticket"], "line": 2 })).await;
            match excerpt {
                Ok(excerpt) => assert!(shown && excerpt.to_string().contains("canary-8f"), "{excerpt}"),
                Err(refused) => assert!(!shown && refused.code == ErrorCode::ConfigInvalid, "{refused:?}"),
            }
        }
        assert_eq!(bench.system.with(|told| told.asked.len()), asked + 1, "{path}");
    }
}

#[tokio::test]
async fn a_file_that_gets_its_ending_is_asked_about_where_it_is_there() {
    let bench = Bench::new();
    let there = bench.file("history.csv", "mine");
    let named = |declines| {
        bench.system.with(|told| (told.declines, told.picks) = (declines, Some(bench.home.path().join("history"))));
        bench.call("file_destination", json!({ "purpose": "history_csv", "suggested": "history.csv" }))
    };
    assert_eq!(named(true).await.unwrap_err().code, ErrorCode::Declined);
    let placed = named(false).await.unwrap();
    assert_eq!(placed["file"]["path"], json!(there));
    bench.call("history_export", json!({ "file": placed["file"]["ticket"] })).await.unwrap();
    assert_ne!(std::fs::read_to_string(&there).unwrap(), "mine");
    for (name, purpose) in [(".bashrc", "history_csv"), ("data/history.csv", "history_csv")] {
        bench.system.with(|told| told.picks = Some(bench.home.path().join(name)));
        let refused =
            bench.call("file_destination", json!({ "purpose": purpose, "suggested": "x" })).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Usage, "{name}");
    }
}

#[tokio::test]
async fn a_server_that_no_environment_had_is_agreed_to_outside_of_the_page_once() {
    let bench = Bench::new();
    let (known, _) = bench.environment("Staging", Sample::Staging).await;
    let other = aidb_sandbox::Sandbox::start(aidb_sandbox::SandboxOptions::sample(Sample::Staging)).await.unwrap();
    let test = |url: &str| json!({ "id": null, "form": form("Other", url), "key": KEY });
    let asked = || bench.system.with(|told| std::mem::take(&mut told.asked).len());
    assert_eq!(asked(), 1, "about the first one");
    bench.system.with(|told| told.declines = true);
    for command in ["environment_test", "environment_save"] {
        let refused = bench.call(command, test(&other.url())).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Declined, "{command}");
    }
    assert_eq!((asked(), other.request_count()), (2, 0));
    assert_eq!(bench.call("environment_list", Value::Null).await.unwrap().as_array().unwrap().len(), 1);
    bench.call("environment_test", test(&known.url())).await.unwrap();
    assert_eq!(asked(), 0, "an environment leads there");
    bench.system.with(|told| told.declines = false);
    for command in ["environment_test", "environment_test", "environment_save"] {
        bench.call(command, test(&other.url())).await.unwrap();
    }
    assert_eq!(asked(), 1, "once for all");
    assert!(other.request_count() > 0);
    let bench = bench.restarted(Vault::memory());
    bench.system.with(|told| told.declines = true);
    let moved = json!({ "id": null, "form": form("Again", &other.url()), "key": null });
    bench.call("environment_save", moved).await.unwrap();
    assert_eq!(bench.system.with(|told| told.asked.len()), 0, "an environment still leads there");
}

#[tokio::test]
async fn a_ca_file_is_trusted_by_a_person_and_kept_by_its_profile() {
    let bench = Bench::new();
    let (_server, id) = bench.environment("Staging", Sample::Staging).await;
    let pem = bench.file("company.pem", COMPANY_CA);
    let with = |ca: Value| {
        let mut form = form("Other", "http://127.0.0.1:9");
        form["ca_file"] = ca;
        json!({ "id": id, "form": form, "key": null })
    };
    let file = |file: Value| with(json!({ "kind": "file", "file": file }));
    bench.call("environment_save", with(json!({ "kind": "none" }))).await.unwrap();
    bench.system.with(|told| told.declines = true);
    let refused = bench.call("environment_save", file(typed(&pem))).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Declined);
    bench.system.with(|told| told.picks = Some(pem.clone().into()));
    let picked = bench.call("file_pick", json!({ "purpose": "ca_file" })).await.unwrap();
    let saved = bench.call("environment_save", file(chosen(&picked["file"]["ticket"]))).await.unwrap();
    assert_eq!(saved["ca_file"], json!(pem));
    let kept = bench.call("environment_save", with(json!({ "kind": "kept" }))).await.unwrap();
    assert_eq!(kept["ca_file"], json!(pem));
    let cleared = bench.call("environment_save", with(json!({ "kind": "none" }))).await.unwrap();
    assert_eq!(cleared["ca_file"], Value::Null);
}
