//! `--wait`: several at once on one agent, and what each of them was agreed to.

use std::collections::BTreeSet;

use aidb_sandbox::Permission;
use aidb_testkit::terminal::Terminal;

use crate::signals::{ended, start};
use crate::stage::Stage;

/// A configuration of `my-agent` that names one resource alone.
fn naming(stage: &Stage, file: &str, resource: &str) {
    let text = std::fs::read_to_string(stage.file("agent.json")).expect("exported");
    let mut whole: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    whole["agent"]["resource_permissions"] =
        serde_json::json!({ resource: { "type": "table", "permissions": ["read"] } });
    whole["tables"] = serde_json::json!([resource]);
    stage.write(file, whole.to_string());
}

fn has(stage: &Stage, resource: &str) -> bool {
    stage.staging.resources("my-agent").is_some_and(|resources| resources.contains_key(resource))
}

#[test]
fn eight_at_once_that_do_not_touch_each_other_all_get_through_each_with_its_backup() {
    let stage = Stage::new().exported();
    let resources: Vec<String> = (0..8).map(|number| format!("wait_{number}")).collect();
    for resource in &resources {
        naming(&stage, &format!("{resource}.json"), resource);
    }
    let children: Vec<_> = resources
        .iter()
        .map(|name| start(&stage, &["m", "import", "-e", "Staging", "-i", &format!("{name}.json"), "--wait", "--yes"]))
        .collect();
    let mut backups = BTreeSet::new();
    for child in children {
        let run = ended(child);
        assert_eq!(run.status, Some(0), "{run}");
        let (_, backup) = run.stdout.split_once("Backup from before it: ").expect("a backup");
        backups.insert(backup.lines().next().expect("an id").to_owned());
    }
    assert_eq!(backups.len(), 8, "each has its own: {backups:?}");
    let missing: Vec<&String> = resources.iter().filter(|resource| !has(&stage, resource)).collect();
    assert!(missing.is_empty(), "nobody's change is lost: {missing:?}");
}

/// The plan is shown and asked about; before the answer somebody else changes the agent.
fn asked(stage: &Stage, arguments: &[&str]) -> Terminal {
    let mut terminal = Terminal::start(stage, arguments, &[]).expect("a terminal");
    terminal.wait_for("[y/N]").expect("a question");
    terminal
}

#[test]
fn at_a_terminal_the_same_changes_go_on_and_others_are_asked_about_again() {
    let stage = Stage::new().exported();
    naming(&stage, "one.json", "one");
    let import = ["m", "import", "-e", "Staging", "-i", "one.json", "--wait"];
    let mut terminal = asked(&stage, &import);
    stage.staging.set_resource("my-agent", "theirs", "table", &[Permission::Read]).expect("set");
    terminal.type_text("y\n").expect("typed");
    let session = terminal.finish().expect("ends");
    assert_eq!(session.status, Some(0), "the plan is still the same: {}", session.screen);
    assert!(has(&stage, "one") && has(&stage, "theirs"));

    // Exact: what somebody else added meanwhile would go, and nobody agreed to that.
    let exact = [import.as_slice(), &["--exact"]].concat();
    let mut terminal = asked(&stage, &exact);
    stage.staging.set_resource("my-agent", "another", "table", &[Permission::Read]).expect("set");
    terminal.type_text("y\n").expect("typed");
    terminal.wait_for("changed while this waited").expect("it is said");
    terminal.wait_for("another").expect("the new plan is shown");
    terminal.wait_for("[y/N]").expect("asked again");
    terminal.type_text("n\n").expect("typed");
    let session = terminal.finish().expect("ends");
    assert_eq!(session.status, Some(1), "{}", session.screen);
    assert!(has(&stage, "another"), "not agreed to, not done");
}

#[test]
fn a_saved_plan_is_never_made_again() {
    let stage = Stage::new().exported();
    let dry = ["m", "import", "-e", "Staging", "-i", "agent.json", "--dry-run", "--plan-out", "plan.json"];
    let _saved = stage.run(&dry).done();
    stage.staging.set_resource("my-agent", "theirs", "table", &[Permission::Read]).expect("set");
    let before = stage.staging.snapshot();
    let run = stage.run(&["m", "import", "--plan", "plan.json", "--yes", "--wait"]);
    assert_eq!(run.status, Some(5), "{run}");
    assert_eq!(stage.staging.snapshot(), before);
}
