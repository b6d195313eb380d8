//! The wording that scripts in the wild look for (docs/RULES.md#the-configuration-file).

use aidb_testkit::Home;

use crate::stage::Stage;

fn validated(content: &str) -> String {
    let home = Home::new();
    home.write("f.json", content);
    let run = home.run(&["migrate", "import", "-i", "f.json", "--validate"]);
    assert_eq!(run.status, Some(3), "{run}");
    run.stderr
}

#[test]
fn of_findings() {
    let agent = r#""agent_id":"a","name":"A""#;
    for (content, words) in [
        (format!(r#"{{"agent":{{{agent}}}}}"#), "Missing version field"),
        (r#"{"version":"1.0.0"}"#.to_owned(), "Missing agent configuration"),
        (r#"{"version":"1.0.0","agent":{"name":"A"}}"#.to_owned(), "Missing agent.agent_id"),
        (r#"{"version":"1.0.0","agent":{"agent_id":"a"}}"#.to_owned(), "Missing agent.name"),
        (format!(r#"{{"version":"1.0.0","agent":{{{agent}}},"tables":7}}"#), "tables must be an array"),
        (format!(r#"{{"version":"1.0.0","agent":{{{agent}}},"metadata":7}}"#), "metadata must be an object"),
        (
            format!(r#"{{"version":"1.0.0","agent":{{{agent},"resource_permissions":{{"t":{{"permissions":[]}}}}}}}}"#),
            "Missing type",
        ),
        (
            format!(r#"{{"version":"1.0.0","agent":{{{agent},"resource_permissions":{{"t":{{"type":"table"}}}}}}}}"#),
            "permissions must be an array",
        ),
        ("{".to_owned(), "Invalid JSON"),
    ] {
        let shown = validated(&content);
        assert!(shown.contains(words) && shown.contains("Configuration validation failed"), "{words}:\n{shown}");
        assert!(shown.contains("hint: ") && shown.contains("Hint: "), "each is followed by what to do:\n{shown}");
    }
}

#[test]
fn of_everything_else() {
    let stage = Stage::new();
    let server = "https://connector.example.com";
    for (arguments, status, words) in [
        (&["migrate", "export", "-u", server, "-a", "x", "-o", "f.json"][..], 64, "API key required"),
        (&["migrate", "export", "-u", server, "-k", "x", "-o", "f.json", "-e", "None"], 1, "There is no environment"),
        (&["migrate", "export", "-u", server, "-k", "x", "-o", "f.json"], 64, "Agent ID required"),
        (&["migrate", "import"], 64, "Input file required"),
        (&["migrate", "rollback"], 64, "Backup file required"),
        (&["migrate", "import", "-i", "none.json"], 1, "Configuration file not found"),
        (&["migrate", "rollback", "--backup", "none.json"], 1, "Backup file not found"),
        (&["migrate", "teleport"], 64, "Unknown action"),
    ] {
        let run = stage.run(arguments);
        assert_eq!(run.status, Some(status), "{run}");
        assert!(run.stderr.contains(words) && run.stderr.contains("\nHint: "), "{words}:\n{run}");
    }
}

#[test]
fn of_an_api_error_as_json() {
    let stage = Stage::new();
    stage.staging.switch(|switches| switches.required_api_key = Some(aidb_sandbox::ApiKey::new("another")));
    let run = stage.run(&["m", "export", "-e", "Staging", "-o", "f.json", "-j"]);
    let json = run.json();
    assert_eq!((&json["success"], run.status), (&serde_json::json!(false), Some(4)), "{run}");
    assert!(json["error"].as_str().is_some_and(|error| error.starts_with("API Error (401): ")), "{run}");
    assert!(json["hint"].is_string() && json["code"] == "unauthorized", "{run}");
}
