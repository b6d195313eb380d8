use std::fs;

use aidb_sandbox::{ErrorBody, Fault, FaultAnswer, TablesAnswer};
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

#[test]
fn an_id_that_no_request_can_name_is_said_and_fails_only_when_asked() {
    let stage = Stage::new();
    let info = serde_json::json!({ "name": "Slash" }).as_object().expect("an object").clone();
    stage.development.set_agent("team/bot", info, "key").expect("set");
    let export = ["m", "export", "-e", "Development", "--all", "-o", "agents"];
    let run = stage.run(&export).done();
    assert!(run.stderr.contains("warning: 1 agent passed over"), "{run}");
    assert!(run.stderr.contains("\"team/bot\"") && run.stderr.contains("--strict"), "{run}");
    assert_eq!(fs::read_dir(stage.file("agents")).expect("the folder").count(), 8, "every other one is there");
    let json = stage.run(&[&export[..], &["--json"]].concat()).done().json();
    assert_eq!((&json["success"], json["failed"].as_array().map(Vec::len)), (&true.into(), Some(0)));
    assert_eq!(json["not_addressable"][0]["agent_id"], "team/bot");
    assert_eq!(json["not_addressable"][0]["code"], "id_not_addressable");
    let strict = stage.run(&[&export[..], &["--strict"]].concat());
    assert!(strict.status == Some(1) && strict.stderr.contains("team/bot was not exported:"), "{strict}");
    assert_eq!(stage.run(&[&export[..], &["--strict", "--json"]].concat()).json()["success"], false);
    // A failure that may pass stays one.
    let broken = Fault::on(1, FaultAnswer::status(400, ErrorBody::Json)).path_contains("faq-bot").for_ever();
    stage.development.set_faults([broken]);
    let run = stage.run(&export);
    assert!(run.status == Some(1) && run.stderr.contains("faq-bot was not exported:"), "{run}");
}

#[test]
fn files_of_agents_that_are_gone_are_named_and_stay() {
    let stage = Stage::new();
    let export = ["m", "export", "-e", "Development", "--all", "-o", "agents"];
    let first = stage.run(&export).done();
    assert!(!first.stderr.contains("does not have"), "{first}");
    stage.write("agents/notes.json", r#"{"mine": true}"#);
    stage.write("agents/.hidden.json", r#"{"version":"1.0.0","agent":{"agent_id":"hidden","name":"H"}}"#);
    stage.write("agents/copy.json", fs::read(stage.file("agents/my-agent.json")).expect("exported"));
    let old = r#"{"version":"1.0.0","agent":{"agent_id":"old-bot","name":"Old"}}"#;
    stage.write("agents/old-bot.json", old);
    let run = stage.run(&export).done();
    let said = "note: agents/old-bot.json is about old-bot, which Development does not have; it was left as it is.";
    assert_eq!(run.stderr.lines().filter(|line| line.contains("does not have")).collect::<Vec<_>>(), [said], "{run}");
    assert_eq!(fs::read_to_string(stage.file("agents/old-bot.json")).expect("still there"), old);
    let json = stage.run(&[&export[..], &["--json"]].concat()).done().json();
    assert_eq!(json["left_over"], serde_json::json!([{ "agent_id": "old-bot", "file": "agents/old-bot.json" }]));
}
