//! The commands over a real engine and real sample servers, called as the page calls them.

use aidb_core::config::AgentId;
use aidb_core::error::ErrorCode;
use aidb_core::vault::{SecretName, Vault};
use aidb_sandbox::Sample;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::commands;
use crate::testing::{Bench, KEY, form, save, typed};

fn id(environment: &Value) -> &str {
    environment["id"].as_str().expect("an id")
}

#[tokio::test]
async fn nonsense_is_an_error_that_a_person_can_read_and_changes_nothing() {
    let bench = Bench::new();
    let (_server, _) = bench.environment("Staging", Sample::Staging).await;
    let before = bench.call("environment_list", Value::Null).await.unwrap();
    let huge = "x".repeat(300_000);
    let nonsense = [
        json!(7),
        json!(-1.5),
        json!(true),
        json!("text"),
        json!(huge),
        json!([]),
        json!([null]),
        json!({}),
        json!({ "id": 7 }),
        json!({ "id": "none" }),
        json!({ "id": huge }),
        json!({ "id": "", "key": 1 }),
        json!({ "file": ["a"] }),
        json!({ "draft": 1 }),
        json!({ "settings": { "theme": "pink", "parallel_requests": -4 } }),
        json!({ "ids": [1] }),
        json!({ "environment": "none", "agent": "\u{0}" }),
        json!({ "form": { "name": huge } }),
    ];
    // These take nothing, and what takes nothing cannot be asked wrongly.
    for command in commands::all() {
        for value in &nonsense {
            if let Err(error) = bench.call(command.name, value.clone()).await {
                assert!(!error.message.is_empty() && error.message.len() < 2000, "{}: {value:.40}", command.name);
            } else {
                panic!("{} took {value:.60}", command.name);
            }
        }
    }
    assert_eq!(bench.call("environment_list", Value::Null).await.unwrap(), before);
}

#[tokio::test]
async fn a_form_replaces_every_field_and_clears_what_was_emptied() {
    let bench = Bench::new();
    let saved = bench.call("environment_save", save(" Staging ", "http://127.0.0.1:4602/", Some(KEY))).await.unwrap();
    assert_eq!(saved["name"], "Staging");
    assert_eq!(saved["keep_backups"], 20);
    assert_eq!(saved["key"]["state"], "stored");
    assert_eq!(saved["key"]["ending"], "…5f1e");
    let mut cleared = form("Staging", "http://127.0.0.1:4602");
    cleared["default_agent"] = json!("  ");
    cleared["keep_days"] = json!(1);
    let request = json!({ "id": saved["id"], "form": cleared, "key": null });
    let changed = bench.call("environment_save", request).await.unwrap();
    assert_eq!((&changed["default_agent"], &changed["keep_days"]), (&Value::Null, &json!(1)));
    assert_eq!(changed["key"]["state"], "stored", "the same server keeps its key");
}

#[tokio::test]
async fn another_server_does_not_get_the_key() {
    let bench = Bench::new();
    let (_server, id) = bench.environment("Staging", Sample::Staging).await;
    let moved = json!({ "id": id, "form": form("Staging", "http://127.0.0.1:9"), "key": null });
    let moved = bench.call("environment_save", moved).await.unwrap();
    assert_eq!(moved["key"]["state"], "missing");
    assert_eq!(moved["contact"], Value::Null);
}

#[tokio::test]
async fn a_new_environment_whose_key_cannot_be_kept_is_not_left_behind() {
    let bench = Bench::new();
    let refused = bench.call("environment_save", save("Staging", "http://127.0.0.1:1", Some("two\nlines"))).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::Usage);
    assert_eq!(bench.call("environment_list", Value::Null).await.unwrap(), json!([]));
}

#[tokio::test]
async fn no_answer_and_no_file_ever_holds_a_key() {
    let bench = Bench::new();
    let (_server, id) = bench.environment("Staging", Sample::Staging).await;
    let mut answers = String::new();
    let destination = bench.destination("bundle.json", "support_bundle").await;
    for (command, request) in [
        ("environment_list", Value::Null),
        ("environment_key_set", json!({ "id": id, "key": KEY })),
        ("environment_check", json!({ "id": id })),
        ("environment_test", json!({ "id": id, "form": null, "key": KEY })),
        ("agent_list", json!({ "id": id })),
        ("support_bundle", json!({ "file": destination })),
        ("app_start", Value::Null),
    ] {
        answers.push_str(&bench.call(command, request).await.expect(command).to_string());
    }
    assert!(!answers.contains(KEY));
    for file in ["bundle.json", "data/window.json", "data/aidb.db", "data/aidb.db-wal"] {
        let content = std::fs::read(bench.home.path().join(file)).unwrap_or_default();
        assert!(!content.windows(KEY.len()).any(|part| part == KEY.as_bytes()), "{file}");
    }
}

#[tokio::test]
async fn a_check_says_how_the_server_is_and_is_remembered() {
    let bench = Bench::new();
    let (server, id) = bench.environment("Staging", Sample::Staging).await;
    let checked = bench.call("environment_check", json!({ "id": id })).await.unwrap();
    assert_eq!(checked["contact"]["state"], "reachable");
    let requests = server.request_count();
    bench.call("environment_key_remove", json!({ "id": id })).await.unwrap();
    let checked = bench.call("environment_check", json!({ "id": id })).await.unwrap();
    assert_eq!(checked["contact"]["state"], "key_missing");
    assert_eq!(server.request_count(), requests, "without a key nothing is sent");
    server.switch(|switches| switches.required_api_key = Some(aidb_sandbox::ApiKey::new("another-key")));
    bench.call("environment_key_set", json!({ "id": id, "key": KEY })).await.unwrap();
    let checked = bench.call("environment_check", json!({ "id": id })).await.unwrap();
    assert_eq!(checked["contact"]["state"], "key_refused");
    let _closed = server.leave().await.unwrap();
    let checked = bench.call("environment_check", json!({ "id": id })).await.unwrap();
    assert_eq!(checked["contact"]["state"], "unreachable");
    let again = bench.restarted(Vault::memory());
    let start = again.call("app_start", Value::Null).await.unwrap();
    assert_eq!(start["environments"][0]["contact"]["state"], "unreachable");
}

#[tokio::test]
async fn a_difference_is_accepted_as_it_was_shown_and_agents_are_declared_to_be_one() {
    let bench = Bench::new();
    let (_development, first) = bench.environment("Development", Sample::Development).await;
    let (staging, second) = bench.environment("Staging", Sample::Staging).await;
    let there = json!({ "environment": second, "agent": "faq-bot" });
    let read = bench.call("agent_stages", there.clone()).await.unwrap();
    let differing: Vec<Value> =
        read["items"].as_array().unwrap().iter().map(|item| item["values"][1]["differences"].clone()).collect();
    let [shown] = &differing.iter().filter_map(|all| all.get(0)).collect::<Vec<_>>()[..] else { panic!("{read}") };
    let accept =
        json!({ "agent": there, "items": [shown["shown"]], "reason": "on purpose", "until": "2099-12-31T00:00:00Z" });
    bench.call("difference_accept", accept).await.unwrap();
    let cell = async || {
        let overview = bench.call("overview_read", Value::Null).await.unwrap();
        let row = overview["rows"].as_array().unwrap().iter().find(|row| row["agent"] == "faq-bot").unwrap().clone();
        row["cells"][1].clone()
    };
    assert_eq!(cell().await, json!({ "state": "same", "accepted": 1 }));
    let read = bench.call("agent_stages", there).await.unwrap();
    let accepted = read["items"]
        .as_array()
        .unwrap()
        .iter()
        .find_map(|item| item["values"][1]["differences"][0]["accepted"].as_object());
    let id = accepted.unwrap()["id"].clone();
    bench.call("difference_withdraw", json!({ "id": id })).await.unwrap();
    assert_eq!(cell().await, json!({ "state": "differs", "differences": 1, "accepted": 0 }));

    staging.set_agent("their-bot", serde_json::Map::new(), "its-own-key").unwrap();
    let partner = json!({ "environment": second, "agent": "their-bot" });
    let declare = json!({ "members": [{ "environment": first, "agent": "my-agent" }, partner] });
    bench.call("pair_declare", declare).await.unwrap();
    let plan = json!({ "from": first, "agent": "my-agent", "to": second, "mode": "merge" });
    let plan = bench.call("plan_promote", plan).await.unwrap();
    assert_eq!(plan["agent_id"], "their-bot", "a promotion goes to the partner");
    bench.call("pair_dissolve", partner).await.unwrap();
    let overview = bench.call("overview_read", Value::Null).await.unwrap();
    assert!(overview["rows"].as_array().unwrap().iter().any(|row| row["agent"] == "their-bot"), "{overview}");
}

#[tokio::test]
async fn the_overview_says_how_agents_stand_and_can_be_stopped() {
    let bench = Bench::new();
    let (_development, _) = bench.environment("Development", Sample::Development).await;
    let (staging, id) = bench.environment("Staging", Sample::Staging).await;
    let overview = bench.call("overview_read", Value::Null).await.unwrap();
    let stage = &overview["stages"][1];
    assert_eq!((&stage["environment"], &stage["differing"], &stage["missing"]), (&json!(id), &json!(6), &json!(1)));
    let row = overview["rows"].as_array().unwrap().iter().find(|row| row["agent"] == "my-agent").unwrap();
    assert_eq!(row["cells"], json!([{ "state": "first" }, { "state": "differs", "differences": 3, "accepted": 0 }]));

    let hold = aidb_sandbox::Fault::on(1, aidb_sandbox::FaultAnswer::Hold).path_contains("/agents/").for_ever();
    staging.set_faults([hold]);
    let stop = async {
        while !staging.requests().iter().any(|request| request.waits) {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        bench.call("overview_stop", Value::Null).await.unwrap();
    };
    let (stopped, ()) = tokio::join!(bench.call("overview_read", Value::Null), stop);
    assert_eq!(stopped.unwrap_err().code, aidb_core::error::ErrorCode::Interrupted);
    let last = bench.restarted(Vault::memory()).call("overview_last", Value::Null).await.unwrap();
    assert_eq!(last["rows"], overview["rows"], "the last whole one is there at once at the next start");
}

#[tokio::test]
async fn a_test_uses_the_stored_key_for_its_own_server_alone() {
    let bench = Bench::new();
    let (server, id) = bench.environment("Staging", Sample::Staging).await;
    server.switch(|switches| switches.required_api_key = Some(aidb_sandbox::ApiKey::new(KEY)));
    let other = aidb_sandbox::Sandbox::start(aidb_sandbox::SandboxOptions::sample(Sample::Staging)).await.unwrap();
    other.switch(|switches| switches.required_api_key = Some(aidb_sandbox::ApiKey::new(KEY)));
    let works = |answer: &Value| {
        answer["checks"]
            .as_array()
            .unwrap()
            .iter()
            .all(|check| check["state"] != "fails" && check["state"] != "skipped")
    };
    let test = |url: String| json!({ "id": id, "form": form("Staging", &url), "key": null });
    let own = bench.call("environment_test", test(server.url())).await.unwrap();
    assert!(works(&own), "{own:#}");
    let elsewhere = bench.call("environment_test", test(other.url())).await.unwrap();
    assert!(!works(&elsewhere), "{elsewhere:#}");
    let typed = json!({ "id": null, "form": form("New", &other.url()), "key": KEY });
    assert!(works(&bench.call("environment_test", typed).await.unwrap()));
}

#[tokio::test]
async fn a_removal_says_first_what_goes_and_what_stays() {
    let bench = Bench::new();
    let (_server, id) = bench.environment("Staging", Sample::Staging).await;
    let destination = bench.destination("out.json", "configuration").await;
    let export = json!({ "environment": id, "agent": "my-agent", "file": destination });
    bench.call("agent_export", export).await.unwrap();
    let preview = bench.call("environment_removal", json!({ "id": id })).await.unwrap();
    assert!(preview["stays"][0].as_str().unwrap().contains("1 entry"), "{preview:#}");
    assert_eq!(bench.call("environment_remove", json!({ "id": id })).await.unwrap(), preview);
    assert_eq!(bench.call("environment_list", Value::Null).await.unwrap(), json!([]));
}

#[tokio::test]
async fn an_export_writes_where_a_person_said_and_over_nothing_that_came_since() {
    let bench = Bench::new();
    let (_server, id) = bench.environment("Staging", Sample::Staging).await;
    let export = |file: Value| json!({ "environment": id, "agent": "my-agent", "file": file });
    let free = bench.destination("notes.json", "configuration").await;
    let notes = bench.file("notes.json", "mine");
    assert_eq!(bench.call("agent_export", export(free)).await.unwrap_err().code, ErrorCode::FileExists);
    assert_eq!(std::fs::read_to_string(&notes).unwrap(), "mine");
    let chosen = bench.destination("notes.json", "configuration").await;
    bench.call("agent_export", export(chosen)).await.unwrap();
    assert_eq!(bench.system.with(|told| told.asked.len()), 1, "about the server: the dialog has asked about the file");
    let checked = bench.call("file_check", json!({ "file": typed(notes) })).await.unwrap();
    assert_eq!(checked["configuration"]["agent_id"], "my-agent");
    let agent = bench.call("agent_check", json!({ "environment": id, "agent": "my-agent" })).await.unwrap();
    assert_eq!((&agent["errors"], &agent["configuration"]["agent_id"]), (&json!(0), &json!("my-agent")));
}

#[tokio::test]
async fn a_made_key_goes_to_the_clipboard_and_off_it_again() {
    let bench = Bench::new();
    let (_server, id) = bench.environment("Staging", Sample::Staging).await;
    let copy = json!({ "environment": id, "agent": "my-agent" });
    assert_eq!(bench.call("agent_key_copy", copy.clone()).await.unwrap_err().code, ErrorCode::ApiKeyMissing);
    let name = SecretName::AgentKey { server: id, agent: "my-agent".into(), display: "Staging".into() };
    bench.desktop.engine().vault().set(&name, &SecretString::from("made-key")).await.unwrap();
    assert_eq!(bench.call("agent_key_copy", copy).await.unwrap(), json!({ "cleared_after": 60 }));
    assert_eq!(bench.system.with(|told| told.clipboard.clone()).as_deref(), Some("made-key"));
    bench.system.with(|told| told.clipboard = Some("something else".into()));
    bench.desktop.clear_clipboard().unwrap();
    assert_eq!(bench.system.with(|told| told.clipboard.clone()).as_deref(), Some("something else"));
    assert!(AgentId::new("my-agent").is_ok());
}

#[tokio::test]
async fn every_finding_of_a_file_is_listed_errors_first() {
    let bench = Bench::new();
    let text = "{\n \"versoin\": 1,\n \"version\": \"1.0.0\",\n \"agent\": { \"agent_id\": \"a\" },\n \"tables\": 4\n}";
    let path = bench.file("broken.json", text);
    let checked = bench.call("file_check", json!({ "file": typed(path) })).await.unwrap();
    let severities: Vec<&str> =
        checked["findings"].as_array().unwrap().iter().map(|finding| finding["severity"].as_str().unwrap()).collect();
    assert_eq!((checked["errors"].as_u64(), checked["warnings"].as_u64()), (Some(2), Some(1)), "{checked:#}");
    assert_eq!(severities, ["error", "error", "warning"]);
    assert_eq!(checked["configuration"], Value::Null);
    let excerpt = bench.call("file_excerpt", json!({ "file": checked["ticket"], "line": 2 })).await.unwrap();
    assert_eq!((&excerpt["first"], &excerpt["total"]), (&json!(1), &json!(6)));
    for (path, code) in [
        (bench.home.path().display().to_string(), ErrorCode::FileUnreadable),
        ("~/none.json".into(), ErrorCode::FileNotFound),
        ("broken.json".into(), ErrorCode::Usage),
    ] {
        assert_eq!(bench.call("file_check", json!({ "file": typed(path) })).await.unwrap_err().code, code);
    }
}

#[tokio::test]
async fn dialogs_offer_a_name_and_may_be_closed() {
    let bench = Bench::new();
    let closed = bench.call("file_pick", json!({ "purpose": "configuration" })).await.unwrap();
    assert_eq!(closed, json!({ "file": null }));
    bench.system.with(|told| told.picks = Some("/tmp/a.json".into()));
    let placed = bench.call("file_destination", json!({ "purpose": "backup", "suggested": "a/b.json" })).await.unwrap();
    assert_eq!(placed["file"]["path"], "/tmp/a.json");
    assert_eq!(bench.system.with(|told| told.offered.clone()), ["a_b.json"]);
}

#[tokio::test]
async fn settings_and_drafts_survive_a_restart_within_their_limits() {
    let bench = Bench::new();
    let settings =
        |parallel, zoom| json!({ "settings": { "theme": "dark", "parallel_requests": parallel, "zoom": zoom } });
    for (parallel, zoom) in [(0, 100), (33, 100), (32, 49), (32, 201)] {
        assert_eq!(bench.call("settings_save", settings(parallel, zoom)).await.unwrap_err().code, ErrorCode::Usage);
    }
    assert_eq!(bench.system.with(|told| told.zoom), None, "nothing was drawn anew");
    bench.call("settings_save", settings(32, 125)).await.unwrap();
    assert_eq!(bench.system.with(|told| told.zoom), Some(125));
    let draft = |reason: &str| {
        json!({ "draft": {
            "source": { "kind": "file", "path": "~/a.json" }, "to": null, "mode": "merge", "step": "from",
            "ticks": bench_ticks(), "reason": reason,
        } })
    };
    bench.call("draft_save", draft("because")).await.unwrap();
    let refused = bench.call("draft_save", draft(&"x".repeat(300_000))).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Usage);
    let again = bench.restarted(Vault::memory());
    let start = again.call("app_start", Value::Null).await.unwrap();
    assert_eq!(start["settings"], settings(32, 125)["settings"]);
    assert_eq!(start["draft"]["reason"], "because");
}

/// No item ticked otherwise than it comes.
fn bench_ticks() -> Value {
    serde_json::to_value(crate::contract::Ticks::default()).unwrap()
}

#[tokio::test]
async fn a_store_that_cannot_be_opened_leaves_the_window_usable() {
    let bench = Bench::new();
    std::fs::create_dir_all(bench.home.path().join("data")).unwrap();
    bench.file("data/aidb.db", "this is no database, and long enough to be taken for none");
    let start = bench.call("app_start", Value::Null).await.unwrap();
    assert_eq!(start["environments"], json!([]));
    assert_eq!(start["troubles"].as_array().unwrap().len(), 1, "{start:#}");
    let path = bench.home.path().join("bundle.json");
    let destination = bench.destination("bundle.json", "support_bundle").await;
    bench.call("support_bundle", json!({ "file": destination })).await.unwrap();
    let again = bench.call("support_bundle", json!({ "file": destination })).await.unwrap_err();
    assert_eq!(again.code, ErrorCode::Usage, "a place is for one write");
    assert!(std::fs::read_to_string(path).unwrap().contains("is not a store of aidb"));
}

#[tokio::test]
async fn the_sandbox_starts_keeps_its_state_and_goes() {
    let bench = Bench::new();
    bench.call("environment_save", save("staging", "http://127.0.0.1:1", None)).await.unwrap();
    let environments = bench.call("sandbox_start", Value::Null).await.unwrap();
    let names: Vec<&str> = environments.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["staging", "Development", "Sample Staging", "Production"]);
    let flags: Vec<bool> =
        environments.as_array().unwrap().iter().map(|one| one["sandbox"].as_bool().unwrap()).collect();
    assert_eq!(flags, [false, true, true, true]);
    assert_eq!(bench.call("sandbox_start", Value::Null).await.unwrap(), environments, "twice is once");
    let checked = bench.call("environment_check", json!({ "id": id(&environments[1]) })).await.unwrap();
    assert_eq!(checked["contact"]["state"], "reachable");
    let left = bench.call("sandbox_remove", Value::Null).await.unwrap();
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert!(!bench.home.path().join("data/sandbox").exists());
    assert_eq!(bench.call("app_start", Value::Null).await.unwrap()["sandbox"]["state"], "off");
}

#[tokio::test]
async fn the_sandbox_comes_back_at_the_next_start_and_leaves_what_was_led_elsewhere() {
    let keys = tempfile::tempdir().unwrap();
    let vault = || Vault::file(keys.path().join("keys"));
    let bench = Bench::with_vault(vault());
    let environments = bench.call("sandbox_start", Value::Null).await.unwrap();
    let own = json!({ "id": id(&environments[2]), "form": form("Mine", "http://127.0.0.1:1"), "key": null });
    bench.call("environment_save", own).await.unwrap();
    let bench = bench.restarted(vault());
    assert_eq!(bench.call("app_start", Value::Null).await.unwrap()["sandbox"]["state"], "off");
    crate::sandbox::start_again(&bench.desktop).await.unwrap();
    let start = bench.call("app_start", Value::Null).await.unwrap();
    assert_eq!(start["sandbox"]["state"], "running");
    assert_eq!(start["environments"][2]["url"], "http://127.0.0.1:1");
    let checked = bench.call("environment_check", json!({ "id": id(&environments[0]) })).await.unwrap();
    assert_eq!(checked["contact"]["state"], "reachable");
    let left = bench.call("sandbox_remove", Value::Null).await.unwrap();
    assert_eq!(left[0]["name"], "Mine");
}

#[tokio::test]
async fn a_session_keeps_keys_until_the_keychain_is_back() {
    let keys = tempfile::tempdir().unwrap();
    let bench = Bench::with_vault(Vault::file(keys.path().join("keys")));
    let (_server, id) = bench.environment("Staging", Sample::Staging).await;
    let session = bench.call("keychain_session", Value::Null).await.unwrap();
    assert_eq!(session["state"], "session");
    let listed = bench.call("environment_list", Value::Null).await.unwrap();
    assert_eq!(listed[0]["key"]["state"], "missing");
    let set = bench.call("environment_key_set", json!({ "id": id, "key": KEY })).await.unwrap();
    assert_eq!(set["key"]["session_only"], true);
    let back = bench.call("keychain_status", Value::Null).await.unwrap();
    assert_eq!(back["state"], "ready");
    let listed = bench.call("environment_list", Value::Null).await.unwrap();
    assert_eq!(listed[0]["key"]["session_only"], false);
}

#[tokio::test]
async fn closing_and_the_folder_go_to_the_window() {
    let bench = Bench::new();
    bench.call("data_folder_open", Value::Null).await.unwrap();
    bench.call("window_close", Value::Null).await.unwrap();
    let told = bench.system.with(|told| (told.folders.clone(), told.closed));
    assert_eq!(told, (vec![bench.home.path().join("data")], true));
}

#[tokio::test]
async fn a_file_that_comes_before_the_page_waits_for_it() {
    let bench = Bench::new();
    let early = bench.file("early.json", "{ \"unfinished\":\n");
    assert_eq!(bench.desktop.open_file(early.clone().into()).unwrap(), None, "the page does not listen yet");
    let opened = bench.call("app_start", Value::Null).await.unwrap()["open_file"].clone();
    assert_eq!(opened["path"], json!(early));
    let file = json!({ "kind": "chosen", "ticket": opened["ticket"] });
    let checked = bench.call("file_check", json!({ "file": file })).await.unwrap();
    bench.call("file_excerpt", json!({ "file": checked["ticket"], "line": 1 })).await.unwrap();
    assert_eq!(bench.system.with(|told| told.asked.len()), 0, "a person has opened it");
    let told = bench.desktop.open_file("/tmp/late.json".into()).unwrap();
    assert_eq!(told.map(|file| file.path).as_deref(), Some("/tmp/late.json"), "the page is told of this one");
    assert_eq!(bench.call("app_start", Value::Null).await.unwrap()["open_file"], Value::Null);
}

#[tokio::test]
async fn a_sandbox_that_comes_back_only_in_part_says_so() {
    let keys = tempfile::tempdir().unwrap();
    let vault = || Vault::file(keys.path().join("keys"));
    let bench = Bench::with_vault(vault());
    let environments = bench.call("sandbox_start", Value::Null).await.unwrap();
    let bench = bench.restarted(vault());
    // Its port is somebody else's now, and its key cannot be kept.
    let address = environments[1]["url"].as_str().unwrap().trim_start_matches("http://").to_owned();
    let taken = loop {
        // The server of before ends a moment after its application.
        match std::net::TcpListener::bind(&address) {
            Ok(listener) => break listener,
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
    };
    std::fs::remove_dir_all(keys.path().join("keys")).unwrap();
    std::fs::write(keys.path().join("keys"), "no folder").unwrap();
    let failed = crate::sandbox::start_again(&bench.desktop).await.unwrap_err();
    drop(taken);
    let state = &bench.call("app_start", Value::Null).await.unwrap()["sandbox"];
    assert_eq!((&state["state"], &state["error"]["message"]), (&json!("failed"), &json!(failed.message)));
}

#[tokio::test]
async fn a_test_and_an_export_tell_how_far_they_are_and_why_a_call_is_tried_again() {
    use aidb_sandbox::{ErrorBody, Fault, FaultAnswer};
    let bench = Bench::new();
    let (server, id) = bench.environment("Staging", Sample::Staging).await;
    let destination = bench.destination("a.json", "configuration").await;
    for (command, request) in [
        ("environment_test", json!({ "id": id, "form": null, "key": null })),
        ("agent_export", json!({ "environment": id, "agent": "my-agent", "file": destination })),
    ] {
        server.set_faults([Fault::on(1, FaultAnswer::status(503, ErrorBody::Json))]);
        let told: std::sync::Arc<std::sync::Mutex<Vec<crate::contract::Progress>>> = std::sync::Arc::default();
        let into = std::sync::Arc::clone(&told);
        let listen = std::sync::Arc::new(move |progress| {
            // Slower than progress is thinned out.
            std::thread::sleep(std::time::Duration::from_millis(60));
            into.lock().unwrap().push(progress);
        });
        bench.call_told(command, request, listen).await.expect(command);
        let told = told.lock().unwrap();
        let retry = told.iter().find_map(|progress| progress.retry.clone());
        let reason = retry.map(|retry| retry.reason);
        assert_eq!(
            reason.as_deref(),
            Some("The service behind the server's gateway does not answer"),
            "{command}: {told:?}"
        );
    }
}
