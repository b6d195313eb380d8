use aidb_sandbox::{ErrorBody, Fault, FaultAnswer};

use crate::snap_both;
use crate::stage::Stage;

const IMPORT: &[&str] = &["m", "import", "-i", "agent.json", "--yes"];

/// An export, an import that a refused write leads back, one that is done, and a backup on request.
fn with_a_past() -> Stage {
    let stage = Stage::new().exported();
    let refused = Fault::on(2, FaultAnswer::status(400, ErrorBody::Json)).method("PUT");
    stage.staging.set_faults([refused]);
    let put_back = stage.run(&[IMPORT, &["-e", "Staging", "--in-flight", "1"]].concat());
    assert_eq!(put_back.status, Some(1), "{put_back}");
    stage.staging.set_faults([]);
    let _done = stage.run(&[IMPORT, &["-e", "Production", "--reason", "Release 12"]].concat()).done();
    let _taken = stage.run(&["m", "backups", "create", "-e", "Staging", "-a", "nightly-sync"]).done();
    stage
}

#[test]
fn the_history_is_listed_and_narrowed_down() {
    let stage = with_a_past();
    snap_both!(stage, "history_list", &["m", "history", "list"]);
    let without_action = stage.run(&["m", "history"]).done();
    assert_eq!(without_action.stdout.lines().count(), 4, "without an action it is listed:\n{without_action}");
    for (narrowing, title) in [
        (&["--outcome", "put-back"][..], "Import of my-agent put back"),
        (&["--search", "release 12"], "Imported my-agent from agent.json"),
        (&["--limit", "1"], "Backup of nightly-sync"),
        (&["-e", "Production"], "Imported my-agent from agent.json"),
        (&["-u", &stage.production.url()], "Imported my-agent from agent.json"),
        (&["-a", "nightly-sync"], "Backup of nightly-sync"),
    ] {
        let run = stage.run(&[&["m", "history", "list", "--json"], narrowing].concat()).done().json();
        let titles: Vec<_> = run["history"].as_array().expect("a list").iter().map(|entry| &entry["title"]).collect();
        assert_eq!(titles, [title], "{narrowing:?}");
    }
    let nothing = stage.run(&["m", "history", "list", "--search", "nobody wrote this"]).done();
    assert_eq!(nothing.stdout, "Nothing in the history.\n");
}

#[test]
fn an_entry_is_shown_with_its_plan_and_how_it_ended() {
    let stage = with_a_past();
    snap_both!(stage, "history_show_put_back", &["m", "history", "show", "latest", "-e", "Staging", "-a", "my-agent"]);
    let done = snap_both!(stage, "history_show_done", &["m", "history", "show", "latest", "-e", "Production"]);
    snap_both!(stage, "history_show_backup", &["m", "history", "show", "latest"]);
    let backup = done.stdout.lines().find_map(|line| line.trim().strip_prefix("Backup")).expect("a backup").trim();
    let by_backup = stage.run(&["m", "history", "show", backup]).done();
    assert_eq!(by_backup.stdout, done.stdout, "the backup from before it leads to it");
}

#[test]
fn an_entry_that_is_not_there_is_said() {
    let stage = Stage::new();
    for id in ["op-zzzzzzzz", "latest"] {
        let run = stage.run(&["m", "history", "show", id]);
        assert_eq!(run.status, Some(1), "{run}");
        assert!(run.stderr.contains("There is no entry") && run.stderr.contains("Hint:"), "{run}");
    }
    let mistyped = stage.run(&["m", "history", "list", "--outcome", "fine"]);
    assert_eq!(mistyped.status, Some(64), "{mistyped}");
}

#[test]
fn what_was_changed_in_environments_is_listed_when_it_is_asked_for() {
    let stage = with_a_past();
    let _changed = stage.run(&["env", "update", "Staging", "--protected"]).done();
    let usual = stage.run(&["m", "history", "list", "--json"]).done().json();
    assert!(usual["history"].as_array().expect("a list").iter().all(|entry| entry["kind"] != "profile"), "{usual}");
    let all = stage.run(&["m", "history", "list", "--environments", "-e", "Staging", "--json"]).done().json();
    let newest = &all["history"][0];
    assert_eq!(newest["title"], "Changed Staging");
    assert_eq!(newest["summary"], "Protection: open → protected");
    assert_eq!((&newest["account"], &newest["agent"]), (&"tester".into(), &serde_json::Value::Null));
    let shown = stage.run(&["m", "history", "show", newest["id"].as_str().expect("an id")]).done();
    assert!(shown.stdout.contains("Protection: open → protected"), "{shown}");
    let latest = stage.run(&["m", "history", "show", "latest", "--json"]).done().json();
    assert_ne!(latest["entry"]["kind"], "profile", "{latest}");
}
