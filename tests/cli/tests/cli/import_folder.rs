use std::fs;

use aidb_sandbox::{ErrorBody, Fault, FaultAnswer};

use crate::stage::Stage;
use crate::{snap, snap_both};

fn folder() -> Stage {
    let stage = Stage::new();
    let _exported = stage.run(&["m", "export", "-e", "Development", "--all", "-o", "agents"]).done();
    for name in ["churn-forecast", "report-builder", "support-copilot", "invoice-reader", "nightly-sync"] {
        fs::remove_file(stage.file(&format!("agents/{name}.json"))).expect("exported before");
    }
    stage
}

#[test]
fn a_folder_is_imported_in_order() {
    let stage = folder();
    stage.write("agents/notes.txt", "not read");
    stage.write("agents/.hidden.json", "not read");
    let dry_run = ["m", "import", "-e", "Staging", "-i", "agents", "--dry-run"];
    snap_both!(stage, "folder_dry_run", &dry_run);
    snap!(stage, "folder_import", stage.run(&["m", "import", "-e", "Staging", "-i", "agents"]).done());
    for agent in ["data-steward", "faq-bot", "my-agent"] {
        assert_eq!(stage.staging.resources(agent), stage.development.resources(agent));
    }
}

#[test]
fn one_invalid_file_stops_all_of_them() {
    let stage = folder();
    stage.write("agents/aaa.json", r#"{"version": "1.0.0", "agent": {"agent_id": "x"}}"#);
    stage.write("agents/zzz.json", "no json");
    stage.staging.clear_requests();
    let run = snap_both!(stage, "folder_invalid", &["m", "import", "-e", "Staging", "-i", "agents"]);
    assert_eq!(run.status, Some(3));
    assert_eq!(stage.staging.request_count(), 0, "nothing at all happens");
}

#[test]
fn one_failure_leaves_the_others_done_and_says_how_to_go_on() {
    let stage = folder();
    stage.staging.set_faults([Fault::on(1, FaultAnswer::status(501, ErrorBody::Json))
        .method("PUT")
        .path_contains("faq-bot")
        .for_ever()]);
    let run = stage.run(&["m", "import", "-e", "Staging", "-i", "agents"]);
    snap!(stage, "folder_stopped", run);
    assert_eq!(run.status, Some(6), "the others were changed and stay so");
    assert_eq!(stage.staging.resources("data-steward"), stage.development.resources("data-steward"));
    assert_eq!(stage.staging.resources("my-agent"), stage.development.resources("my-agent"));
    let json = stage.run(&["m", "import", "-e", "Staging", "-i", "agents", "--json"]);
    assert_eq!(json.json()["results"].as_array().map(Vec::len), Some(3), "{json}");
}

#[test]
fn two_files_about_one_agent_are_refused() {
    let stage = folder();
    fs::copy(stage.file("agents/my-agent.json"), stage.file("agents/copy.json")).expect("copied");
    let run = snap_both!(stage, "folder_same_agent_twice", &["m", "import", "-e", "Staging", "-i", "agents"]);
    assert_eq!(run.status, Some(3));
}

#[test]
fn a_folder_without_configurations_is_said() {
    let stage = Stage::new();
    fs::create_dir(stage.file("empty")).expect("made");
    assert_eq!(snap_both!(stage, "folder_empty", &["m", "import", "-e", "Staging", "-i", "empty"]).status, Some(1));
}
