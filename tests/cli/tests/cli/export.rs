use std::fs;

use aidb_sandbox::TablesAnswer;
use aidb_testkit::Run;

use crate::stage::{KEY, Stage};
use crate::{snap, snap_both};

#[test]
fn an_agent_is_exported_to_a_file() {
    let stage = Stage::new();
    let export = ["migrate", "export", "-e", "Development", "-a", "support-copilot", "-o", "copilot.json"];
    snap_both!(stage, "export", &export);
    let file = fs::read_to_string(stage.file("copilot.json")).expect("the file");
    aidb_testkit::snapshots::settings(stage.path()).bind(|| insta::assert_snapshot!("export_file", file));
}

#[test]
fn with_tables_that_the_server_lists_there_is_nothing_to_warn_about() {
    let stage = Stage::new();
    stage.development.switch(|switches| switches.tables = TablesAnswer::Listed);
    let run = stage.run(&["m", "export", "-e", "Development", "-o", "agent.json"]).done();
    assert_eq!(run.stderr, "");
    assert!(run.stdout.contains("Configuration exported"), "{run}");
}

#[test]
fn the_variables_of_old_scripts_are_enough() {
    let stage = Stage::new();
    let mut export = stage.aidb(&["migrate", "export", "--output", "f.json"]);
    export.env("AIDB_URL", stage.staging.url()).env("AIDB_API_KEY", KEY).env("AIDB_AGENT_ID", "invoice-reader");
    let run = Run::of(&mut export).done();
    assert!(run.stdout.contains("Configuration exported"), "{run}");
    let mut dry_run = stage.aidb(&["m", "import", "--input", "f.json", "--dry-run"]);
    dry_run.env("AIDB_URL", stage.production.url()).env("AIDB_API_KEY", KEY).env("AIDB_AGENT_ID", "my-agent");
    let run = Run::of(&mut dry_run).done();
    assert!(run.stdout.starts_with("Dry run mode - no changes will be made\n\nWould perform:\n  - Nothing\n"), "{run}");
}

#[test]
fn all_agents_go_into_a_folder() {
    let stage = Stage::new();
    snap_both!(stage, "export_all", &["migrate", "export", "-e", "Production", "--all", "-o", "agents"]);
    assert_eq!(fs::read_dir(stage.file("agents")).expect("the folder").count(), 6);
}

#[test]
fn what_is_no_configuration_is_left_alone() {
    let stage = Stage::new();
    stage.write("notes.txt", "mine");
    let export = ["migrate", "export", "-e", "Development", "-o", "notes.txt"];
    let run = snap_both!(stage, "export_onto_notes", &export);
    assert_eq!(run.status, Some(1));
    assert_eq!(fs::read_to_string(stage.file("notes.txt")).expect("still there"), "mine");
    let _forced = stage.run(&[export.as_slice(), &["--force"]].concat()).done();
    assert!(fs::read_to_string(stage.file("notes.txt")).expect("there").contains("\"my-agent\""));
}

#[test]
fn an_agent_that_is_not_there_is_no_empty_configuration() {
    let stage = Stage::new();
    let export = ["migrate", "export", "-e", "Development", "-a", "my-agnet", "-o", "f.json"];
    let run = snap_both!(stage, "export_unknown_agent", &export);
    assert_eq!(run.status, Some(1));
    assert!(!stage.file("f.json").exists());
}

#[test]
fn ids_and_names_with_escapes_reach_no_terminal() {
    let stage = Stage::new();
    let info = serde_json::json!({ "name": "Red \u{1b}[31malert\u{202e}", "type": "x" });
    let info = info.as_object().expect("an object").clone();
    stage.development.set_agent("hostile", info, "key").expect("set");
    let permissions = [aidb_sandbox::Permission::Read];
    stage.development.set_resource("hostile", "\u{1b}]0;title\u{7}", "ta\u{1b}[2Jble", &permissions).expect("set");
    stage.development.set_resource("hostile", "plain", "ta\u{1b}[2Jble", &permissions).expect("set");
    let run = stage.run(&["m", "export", "-e", "Development", "-a", "hostile", "-o", "h.json"]);
    snap!(stage, "export_hostile_agent", run);
    assert!(!format!("{run}").contains('\u{1b}') && !format!("{run}").contains('\u{202e}'));
}
