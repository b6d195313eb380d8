//! At a terminal: what is asked, and what an answer does.

use aidb_testkit::terminal::Terminal;

use crate::stage::{KEY, Stage};

fn at_terminal(stage: &Stage, arguments: &[&str]) -> Terminal {
    Terminal::start(&stage.home, arguments, &[]).expect("a terminal")
}

#[test]
fn an_import_asks_and_takes_no_for_an_answer() {
    let stage = Stage::new().exported();
    let before = stage.staging.snapshot();
    for answer in ["n\n", "\n", "maybe\n"] {
        let mut terminal = at_terminal(&stage, &["m", "import", "-e", "Staging", "-i", "agent.json"]);
        terminal.wait_for("Apply 3 changes to Staging? [y/N]").expect("a question");
        terminal.type_text(answer).expect("typed");
        let session = terminal.finish().expect("ends");
        assert_eq!(session.status, Some(1), "{}", session.screen);
        assert!(session.screen.contains("Not agreed. Nothing was changed."), "{}", session.screen);
    }
    assert_eq!(stage.staging.snapshot(), before);
}

#[test]
fn yes_applies() {
    let stage = Stage::new().exported();
    let mut terminal = at_terminal(&stage, &["m", "import", "-e", "Staging", "-i", "agent.json"]);
    terminal.wait_for("Gains access (3)").expect("the plan comes before the question");
    terminal.wait_for("[y/N]").expect("a question");
    terminal.type_text("y\n").expect("typed");
    let session = terminal.finish().expect("ends");
    assert_eq!(session.status, Some(0), "{}", session.screen);
    assert_eq!(stage.staging.resources("my-agent"), stage.development.resources("my-agent"));
}

/// Once, and to a person only: a script's log would fill with it.
#[test]
fn a_key_that_is_typed_on_the_command_line_is_told_to_be_everybodys() {
    let stage = Stage::new();
    let url = stage.staging.url();
    let session = at_terminal(&stage, &["test", "-u", &url, "-k", KEY]).finish().expect("ends");
    assert_eq!(session.screen.matches("Everybody on this machine can read a key").count(), 1, "{}", session.screen);
    assert!(!session.screen.contains(KEY), "{}", session.screen);
    let run = stage.run(&["test", "-u", &url, "-k", KEY]);
    assert!(!run.to_string().contains("Everybody on this machine"), "{run}");
}

#[test]
fn a_protected_environment_wants_its_name() {
    let stage = Stage::new().exported();
    let before = stage.production.snapshot();
    let import = ["m", "import", "-e", "Production", "-i", "agent.json"];
    let mut terminal = at_terminal(&stage, &import);
    terminal.wait_for("Type Production to go on:").expect("a question");
    terminal.type_text("y\n").expect("typed");
    assert_eq!(terminal.finish().expect("ends").status, Some(1));
    assert_eq!(stage.production.snapshot(), before);
    let mut terminal = at_terminal(&stage, &import);
    terminal.wait_for("Type Production to go on:").expect("a question");
    terminal.type_text("Production\n").expect("typed");
    assert_eq!(terminal.finish().expect("ends").status, Some(0));
    assert_ne!(stage.production.snapshot(), before);
}

#[test]
fn deleting_an_agent_is_asked_by_itself() {
    let stage = Stage::new();
    let _exported = stage.run(&["m", "export", "-e", "Development", "-a", "churn-forecast", "-o", "new.json"]).done();
    let _imported = stage.run(&["m", "import", "-e", "Staging", "-i", "new.json"]).done();
    let mut terminal = at_terminal(&stage, &["m", "rollback", "--backup", "latest", "--yes"]);
    terminal.wait_for("This deletes the agent churn-forecast in Staging").expect("asked although --yes");
    terminal.wait_for("Type churn-forecast to go on:").expect("asked");
    terminal.type_text("churn-forecast\n").expect("typed");
    let session = terminal.finish().expect("ends");
    assert_eq!(session.status, Some(0), "{}", session.screen);
    assert!(stage.staging.agent("churn-forecast").is_none());
}

#[test]
fn one_change_is_one_change() {
    let stage = Stage::new();
    let _exported = stage.run(&["m", "export", "-e", "Production", "-o", "p.json"]).done();
    let text = std::fs::read_to_string(stage.file("p.json")).expect("exported");
    let mut configuration: serde_json::Value = serde_json::from_str(&text).expect("a configuration");
    configuration["agent"]["resource_permissions"]["zeta"] =
        serde_json::json!({ "type": "table", "permissions": ["read"] });
    stage.write("p.json", configuration.to_string());
    let mut terminal = at_terminal(&stage, &["m", "import", "-e", "Production", "-i", "p.json"]);
    terminal.wait_for("Production is protected. 1 change would be applied to it.").expect("one, and not several");
    terminal.type_text("no\n").expect("typed");
    assert_eq!(terminal.finish().expect("ends").status, Some(1));
}

#[test]
fn a_key_is_typed_without_being_shown() {
    let stage = Stage::new();
    let mut terminal = at_terminal(&stage, &["env", "set-key", "Staging"]);
    terminal.wait_for("API key of Staging (not shown):").expect("a question");
    terminal.wait_until_typing_is_hidden().expect("hidden");
    terminal.type_text(&format!("typed-{KEY}\n")).expect("typed");
    let session = terminal.finish().expect("ends");
    assert_eq!(session.status, Some(0), "{}", session.screen);
    assert!(!session.screen.contains(KEY), "{}", session.screen);
    stage.staging.switch(|switches| {
        switches.required_api_key = Some(aidb_sandbox::ApiKey::new(format!("typed-{KEY}")));
    });
    let _accepted = stage.run(&["test", "-e", "Staging"]).done();
}

#[test]
fn interrupting_a_question_changes_nothing() {
    let stage = Stage::new().exported();
    let before = stage.staging.snapshot();
    let mut terminal = at_terminal(&stage, &["m", "import", "-e", "Staging", "-i", "agent.json"]);
    terminal.wait_for("[y/N]").expect("a question");
    terminal.type_text("\u{3}").expect("Ctrl-C");
    let session = terminal.finish().expect("ends");
    assert_eq!(session.status, Some(130), "{}", session.screen);
    let mut terminal = at_terminal(&stage, &["env", "set-key", "Staging"]);
    terminal.wait_for("(not shown):").expect("a question");
    terminal.wait_until_typing_is_hidden().expect("hidden");
    terminal.type_text("\u{3}").expect("Ctrl-C");
    let session = terminal.finish().expect("ends");
    assert_eq!(session.status, Some(130), "{}", session.screen);
    assert_eq!(stage.staging.snapshot(), before);
}

/// A configuration of the agent with so many tables.
fn large(tables: usize) -> String {
    let entries: Vec<String> =
        (0..tables).map(|n| format!(r#""table_{n:05}": {{ "type": "table", "permissions": ["read"] }}"#)).collect();
    let resources = entries.join(",");
    format!(
        r#"{{"version":"1.0.0","agent":{{"agent_id":"bulk","name":"Bulk","resource_permissions":{{{resources}}}}}}}"#
    )
}

#[test]
fn ten_thousand_permissions_take_few_connections_and_a_bar_at_a_terminal_alone() {
    let stage = Stage::new();
    stage.write("large.json", large(10_000));
    let import = ["m", "import", "-e", "Staging", "-i", "large.json", "--yes"];
    stage.staging.clear_requests();
    let piped = stage.run(&import).done();
    assert!(!piped.stderr.contains("Applying") && !piped.stdout.contains("Applying ["), "no bar in a pipe");
    assert_eq!(stage.staging.resources("bulk").map(|resources| resources.len()), Some(10_000));
    assert!(stage.staging.connections() <= 11, "{} connections", stage.staging.connections());
    let _back = stage.run(&["m", "rollback", "--backup", "latest", "--delete-agent", "--yes"]).done();
    let session = at_terminal(&stage, &import).finish().expect("ends");
    assert_eq!(session.status, Some(0), "{}", session.screen);
    assert!(session.screen.contains("Applying [") && session.screen.contains("/10001"), "a bar at a terminal");
}
