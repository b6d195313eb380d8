use aidb_testkit::{Home, Run};

use crate::stage::{KEY, Stage};
use crate::{snap, snap_both};

#[test]
fn a_profile_is_added_changed_and_removed() {
    let home = Home::new();
    snap_both!(home, "env_list_none", &["env", "list"]);
    let add = ["env", "add", "Staging", "--url", "https://staging.example.com/", "--colour", "amber"];
    snap!(home, "env_add", home.run(&add).done());
    assert_eq!(snap_both!(home, "env_add_again", &add).status, Some(1));
    let add = [
        "env",
        "add",
        "Live",
        "--url",
        "https://live.example.com",
        "--protected",
        "--default-agent",
        "bot",
        "--position",
        "1",
    ];
    let _live = home.run(&add).done();
    snap_both!(home, "env_list", &["env", "list"]);
    snap_both!(home, "env_show", &["env", "show", "live"]);
    let update =
        ["env", "update", "Live", "--rename", "Production", "--colour", "red", "--url", "https://prod.example.com"];
    snap!(home, "env_update", home.run(&update).done());
    assert_eq!(snap_both!(home, "env_remove_protected", &["env", "remove", "Production"]).status, Some(64));
    snap!(home, "env_remove", home.run(&["env", "remove", "Production", "--yes"]).done());
    assert_eq!(snap_both!(home, "env_unknown", &["env", "show", "Stagign"]).status, Some(1));
}

#[test]
fn a_variable_never_ends_up_in_a_profile() {
    let home = Home::new();
    let mut add = home.aidb(&["env", "add", "Staging"]);
    add.env("AIDB_URL", "https://elsewhere.example.com");
    let run = Run::of(&mut add);
    assert_eq!(run.status, Some(64), "{run}");
    assert!(run.stderr.contains("needs a URL"), "{run}");
}

#[test]
fn a_key_is_stored_shown_by_its_end_and_removed() {
    let stage = Stage::new();
    let mut set_key = stage.aidb(&["env", "set-key", "Staging"]);
    set_key.write_stdin(format!("{KEY}\n"));
    snap!(stage, "env_set_key", Run::of(&mut set_key).done());
    let shown = stage.run(&["env", "show", "Staging"]).done();
    assert!(!shown.stdout.contains(KEY) && shown.stdout.contains(&KEY[KEY.len() - 4..]), "{shown}");
    snap_both!(stage, "env_remove_key", &["env", "remove-key", "Staging"]);
    let export = ["migrate", "export", "-e", "Staging", "-o", "f.json"];
    assert_eq!(snap_both!(stage, "env_no_key", &export).status, Some(64));
    let tested = stage.run(&["test", "-e", "Staging"]).done();
    assert!(tested.stdout.contains("! No key"), "a test says more than that there is no key: {tested}");
    let mut empty = stage.aidb(&["env", "set-key", "Staging"]);
    empty.write_stdin("\n");
    let run = Run::of(&mut empty);
    assert_eq!(run.status, Some(64), "{run}");
}

#[test]
fn a_key_goes_to_no_other_server() {
    let stage = Stage::new();
    let url = stage.development.url();
    stage.development.clear_requests();
    // The same server under another name: its protection would hold, its key is not sent.
    let elsewhere = url.replace("127.0.0.1", "localhost");
    let run = stage.run(&["m", "export", "-e", "Staging", "-u", &elsewhere, "-o", "f.json"]);
    snap!(stage, "env_key_elsewhere", run);
    assert_eq!((run.status, stage.development.request_count()), (Some(64), 0));
    let update = ["env", "update", "Staging", "--url", &url];
    let _updated = stage.run(&update).done();
    let run = stage.run(&["m", "export", "-e", "Staging", "-o", "f.json"]);
    assert_eq!((run.status, stage.development.request_count()), (Some(64), 0), "{run}");
}

#[test]
fn a_connection_is_tested_line_by_line() {
    let stage = Stage::new();
    snap_both!(stage, "test", &["test", "-e", "Staging"]);
    let run = snap_both!(stage, "test_unknown_agent", &["env", "test", "Staging", "-a", "my-agnt"]);
    assert_eq!(run.status, Some(1));
    stage.staging.switch(|switches| switches.required_api_key = Some(aidb_sandbox::ApiKey::new("another")));
    assert_eq!(snap_both!(stage, "test_unauthorised", &["test", "-e", "Staging"]).status, Some(4));
}

#[test]
fn a_variable_that_leads_elsewhere_than_the_environment_is_not_followed() {
    let stage = Stage::new();
    let mut export = stage.aidb(&["m", "export", "-e", "Staging", "-o", "f.json"]);
    export.env("AIDB_URL", stage.development.url()).env("AIDB_API_KEY", KEY);
    let run = Run::of(&mut export).done();
    assert!(run.stderr.contains("was not followed: this goes to Staging"), "{run}");
    assert!(run.stdout.contains("my-agent in Staging"), "{run}");
}

#[test]
fn a_key_is_called_accepted_only_where_one_is_asked_for() {
    let stage = Stage::new();
    stage.staging.clear_requests();
    let open = stage.run(&["test", "-e", "Staging"]).done();
    assert!(open.stdout.contains("! This server asks for no key\n") && !open.stdout.contains("accepted"), "{open}");
    let keys = |stage: &Stage| {
        let seen = stage.staging.requests();
        seen.iter().map(|request| (request.had_api_key, request.status)).collect::<Vec<_>>()
    };
    let (ok, refused) = (Some(200), Some(401));
    // Health, then the agents without a key, then with it; after that the agent itself.
    assert_eq!(keys(&stage)[..3], [(true, ok), (false, ok), (true, ok)], "one request goes without a key");
    assert!(keys(&stage)[3..].iter().all(|(key, _)| *key), "{open}");
    stage.staging.switch(|switches| switches.required_api_key = Some(aidb_sandbox::ApiKey::new(KEY)));
    stage.staging.clear_requests();
    let closed = stage.run(&["test", "-e", "Staging"]).done();
    assert!(closed.stdout.contains("✓ The key is accepted\n"), "{closed}");
    // A made-up key would have been refused as well.
    assert_eq!(keys(&stage)[..3], [(true, ok), (false, refused), (true, ok)]);
    assert_eq!(keys(&stage).iter().filter(|(_, status)| *status == refused).count(), 1);
}
