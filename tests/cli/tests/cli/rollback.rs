use crate::stage::{KEY, Stage};
use crate::{snap, snap_both};

fn imported() -> (Stage, String) {
    let stage = Stage::new().exported();
    let run = stage.run(&["m", "import", "-e", "Staging", "-i", "agent.json", "--json"]).done();
    let backup = run.json()["backup"].as_str().expect("a backup").to_owned();
    (stage, backup)
}

#[test]
fn a_rollback_leads_back_and_can_be_rolled_back() {
    let before = Stage::new().staging.resources("my-agent");
    let (stage, backup) = imported();
    let dry_run = ["migrate", "rollback", "--backup", &backup, "--dry-run", "--detailed-exitcode"];
    assert_eq!(snap_both!(stage, "rollback_dry_run", &dry_run).status, Some(2));
    snap!(stage, "rollback", stage.run(&["migrate", "rollback", "--backup", &backup]).done());
    assert_eq!(stage.staging.resources("my-agent"), before);
    let back = stage.run(&["m", "rollback", "--backup", "latest", "--json"]).done();
    assert_eq!(back.json()["success"], true);
    assert_eq!(stage.staging.resources("my-agent"), stage.development.resources("my-agent"));
}

#[test]
fn a_file_stands_in_for_a_backup() {
    let stage = Stage::new();
    let _before = stage.run(&["m", "export", "-e", "Staging", "-o", "before.json"]).done();
    let _now = stage.run(&["m", "export", "-e", "Development", "-o", "agent.json"]).done();
    let _imported = stage.run(&["m", "import", "-e", "Staging", "-i", "agent.json"]).done();
    let url = stage.staging.url();
    let mut rollback = stage.aidb(&["migrate", "rollback", "--backup", "before.json"]);
    rollback.env("AIDB_URL", url).env("AIDB_API_KEY", KEY);
    let run = aidb_testkit::Run::of(&mut rollback).done();
    assert!(run.stdout.contains("were made and verified"), "{run}");
    let nowhere = stage.run(&["migrate", "rollback", "--backup", "before.json"]);
    assert_eq!(nowhere.status, Some(64), "a file does not say where to:\n{nowhere}");
}

#[test]
fn merge_keeps_what_was_added_since() {
    let (stage, backup) = imported();
    let run = stage.run(&["m", "rollback", "--backup", &backup, "--merge", "--json"]).done();
    assert_eq!(run.json()["plan"]["kept"], serde_json::json!(["sales.discounts"]), "{run}");
    assert!(stage.staging.resources("my-agent").expect("there").contains_key("sales.discounts"));
}

#[test]
fn an_agent_is_deleted_only_where_that_was_agreed_to() {
    let stage = Stage::new();
    let _exported = stage.run(&["m", "export", "-e", "Development", "-a", "churn-forecast", "-o", "new.json"]).done();
    let run = stage.run(&["m", "import", "-e", "Staging", "-i", "new.json", "--json"]).done();
    let backup = run.json()["backup"].as_str().expect("a backup").to_owned();
    let run = snap_both!(stage, "rollback_deletes", &["m", "rollback", "--backup", &backup, "--yes"]);
    assert_eq!(run.status, Some(64), "--yes does not cover it");
    assert!(stage.staging.agent("churn-forecast").is_some());
    let agreed = stage.run(&["m", "rollback", "--backup", &backup, "--delete-agent"]).done();
    snap!(stage, "rollback_deleted", agreed);
    assert!(stage.staging.agent("churn-forecast").is_none());
}

#[test]
fn restoring_somewhere_else_is_said() {
    let (stage, backup) = imported();
    let run = stage.run(&["m", "rollback", "--backup", &backup, "-e", "Development", "--dry-run"]).done();
    assert!(run.stderr.contains("This backup was taken in Staging and is restored into Development."), "{run}");
}

#[test]
fn no_such_backup() {
    let stage = Stage::new();
    assert_eq!(
        snap_both!(stage, "rollback_no_such_backup", &["m", "rollback", "--backup", "bk-00000000"]).status,
        Some(1)
    );
    assert_eq!(snap_both!(stage, "rollback_no_such_file", &["m", "rollback", "--backup", "none.json"]).status, Some(1));
}

#[test]
fn the_latest_backup_is_the_latest_of_what_is_named() {
    let stage = Stage::new();
    for environment in ["Production", "Staging"] {
        for agent in ["my-agent", "data-steward"] {
            let _taken = stage.run(&["m", "backups", "create", "-e", environment, "-a", agent]).done();
        }
    }
    let latest = ["m", "rollback", "--backup", "latest", "-e", "Production", "-a", "my-agent", "--dry-run", "--json"];
    let run = stage.run(&latest).done();
    assert_eq!((&run.json()["agent_id"], &run.json()["differs"]), (&"my-agent".into(), &false.into()), "{run}");
    let url = stage.production.url();
    let by_url = ["m", "rollback", "--backup", "latest", "-u", &url, "-a", "my-agent", "--dry-run", "--json"];
    let run = stage.run(&by_url).done();
    assert_eq!(run.json()["agent_id"], "my-agent", "a server is its environment, also by its URL: {run}");
    let none = stage.run(&["m", "rollback", "--backup", "latest", "-e", "Development", "--dry-run"]);
    assert_eq!(none.status, Some(1), "that of another environment must not end up there:\n{none}");
}

#[test]
fn a_variable_that_was_left_over_does_not_choose_what_is_restored() {
    let stage = Stage::new().exported();
    let _imported = stage.run(&["m", "import", "-e", "Staging", "-i", "agent.json"]).done();
    let before = stage.development.snapshot();
    let backups = stage.run(&["m", "backups", "list", "--json"]).done().json();
    let backup = backups["backups"][0]["id"].as_str().expect("a backup").to_owned();
    let mut rollback = stage.aidb(&["m", "rollback", "--backup", &backup, "--yes"]);
    rollback.env("AIDB_URL", stage.development.url()).env("AIDB_API_KEY", "another");
    let run = aidb_testkit::Run::of(&mut rollback);
    assert_eq!(run.status, Some(64), "{run}");
    assert!(run.stderr.contains("AIDB_URL leads to") && run.stderr.contains("taken in Staging"), "{run}");
    assert_eq!(stage.development.snapshot(), before);
}

#[test]
fn did_not_exist_has_no_parts() {
    let stage = Stage::new();
    let _exported = stage.run(&["m", "export", "-e", "Development", "-a", "churn-forecast", "-o", "new.json"]).done();
    let _imported = stage.run(&["m", "import", "-e", "Staging", "-i", "new.json"]).done();
    for part in [&["--merge"][..], &["--only", "orders"]] {
        let run = stage.run(&[&["m", "rollback", "--backup", "latest", "--dry-run"][..], part].concat());
        assert_eq!(run.status, Some(64), "{run}");
        assert!(run.stderr.contains("no part of it to restore"), "{run}");
    }
}
