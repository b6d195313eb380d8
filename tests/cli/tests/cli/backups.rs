use std::fs;

use crate::stage::Stage;
use crate::{snap, snap_both};

#[test]
fn backups_are_taken_listed_shown_exported_and_checked() {
    let stage = Stage::new();
    snap_both!(stage, "backups_none", &["migrate", "backups", "list"]);
    let create = ["m", "backups", "create", "-e", "Staging", "--reason", "before the audit"];
    snap!(stage, "backups_create", stage.run(&create).done());
    let _other = stage.run(&["m", "backups", "create", "-e", "Production", "-a", "nightly-sync"]).done();
    snap_both!(stage, "backups_list", &["m", "backups", "list"]);
    let listed = stage.run(&["m", "backups"]).done();
    assert_eq!(listed.stdout.lines().count(), 2, "without an action they are listed:\n{listed}");
    let filtered = stage.run(&["m", "backups", "list", "-e", "Staging", "-a", "my-agent", "--json"]).done().json();
    assert_eq!(filtered["backups"].as_array().map(Vec::len), Some(1), "{filtered}");
    assert_eq!(filtered["backups"][0]["note"], "before the audit");
    snap_both!(stage, "backups_show", &["m", "backups", "show", "latest"]);
    snap_both!(stage, "backups_export", &["m", "backups", "export", "latest", "-o", "back.json"]);
    let file = fs::read_to_string(stage.file("back.json")).expect("written");
    assert!(file.contains("\"nightly-sync\"") && file.contains("\"environment\": \"Production\""), "{file}");
    snap_both!(stage, "backups_verify", &["m", "backups", "verify"]);
}

#[test]
fn a_damaged_backup_is_found_named_and_not_restored() {
    let stage = Stage::new();
    let run = stage.run(&["m", "backups", "create", "-e", "Staging", "--json"]).done();
    let id = run.json()["backup"]["id"].as_str().expect("an id").to_owned();
    let _whole = stage.run(&["m", "backups", "create", "-e", "Development"]).done();
    damage(&stage, &id, "agent_id = 'other'");
    stage.staging.clear_requests();
    let verify = snap_both!(stage, "backups_verify_damaged", &["m", "backups", "verify"]);
    assert_eq!(verify.status, Some(1));
    assert!(verify.stderr.contains(&id), "{verify}");
    let rollback = stage.run(&["m", "rollback", "--backup", &id]);
    assert_eq!(rollback.status, Some(1), "{rollback}");
    assert_eq!(stage.staging.request_count(), 0, "caught before the first request");
}

/// One whose row cannot even be read stands in nobody's way: it is listed, named, and takes no other with it.
#[test]
fn a_backup_whose_row_is_damaged_hides_no_other_and_stops_no_import() {
    let stage = Stage::new().exported();
    let run = stage.run(&["m", "backups", "create", "-e", "Staging", "--json"]).done();
    let id = run.json()["backup"]["id"].as_str().expect("an id").to_owned();
    let _whole = stage.run(&["m", "backups", "create", "-e", "Development"]).done();
    damage(&stage, &id, "taken_at = 'yesterday'");
    snap!(stage, "backups_list_damaged", stage.run(&["m", "backups", "list"]).done());
    let verify = snap_both!(stage, "backups_verify_unreadable", &["m", "backups", "verify"]);
    assert_eq!(verify.status, Some(1));
    assert!(verify.stderr.contains(&id), "{verify}");
    stage.staging.clear_requests();
    let rollback = stage.run(&["m", "rollback", "--backup", "latest", "-e", "Staging", "--yes"]);
    assert_eq!(rollback.status, Some(1), "no older one is taken in its place: {rollback}");
    assert!(rollback.stderr.contains(&id) && rollback.stderr.contains("damaged"), "{rollback}");
    assert_eq!(stage.staging.request_count(), 0, "caught before the first request");
    let _imported = stage.run(&["m", "import", "-e", "Staging", "-i", "agent.json", "--yes"]).done();
    let listed = stage.run(&["m", "history", "list", "-e", "Staging"]).done();
    assert_eq!(listed.stdout.lines().count(), 2, "{listed}");
}

/// Changes what is stored as a failing disk would: behind the store's back.
fn damage(stage: &Stage, id: &str, change: &str) {
    let sql = format!("UPDATE backups SET {change} WHERE id = '{id}'");
    let store = stage.data().join("aidb.db");
    let python =
        format!("import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute({sql:?}); c.commit(); c.close()");
    let status = std::process::Command::new("python3").args(["-c", &python]).arg(store).status().expect("python3");
    assert!(status.success());
}

#[test]
fn what_is_not_there_is_said() {
    let stage = Stage::new();
    for arguments in [["m", "backups", "show", "bk-zzzzzzzz"], ["m", "backups", "verify", "bk-zzzzzzzz"]] {
        let run = stage.run(&arguments);
        assert_eq!(run.status, Some(1), "{run}");
        assert!(run.stderr.contains("There is no backup") && run.stderr.contains("Hint:"), "{run}");
    }
    let mistyped = stage.run(&["m", "backups", "create", "-e", "Staging", "-a", "gone"]);
    assert_eq!(mistyped.status, Some(1), "a mistyped agent must not look like safety: {mistyped}");
    let _exported = stage.run(&["m", "export", "-e", "Development", "-a", "churn-forecast", "-o", "new.json"]).done();
    let _imported = stage.run(&["m", "import", "-e", "Staging", "-i", "new.json"]).done();
    let export = stage.run(&["m", "backups", "export", "latest", "-o", "f.json"]);
    assert!(export.stderr.contains("did not exist"), "{export}");
    assert_eq!(export.status, Some(1), "{export}");
    assert!(!stage.file("f.json").exists());
}
