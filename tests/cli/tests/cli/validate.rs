use aidb_testkit::{Home, Run};

use crate::stage::Stage;
use crate::{snap, snap_both};

#[test]
fn validating_needs_nothing_but_the_file() {
    let home = Home::new();
    home.write("good.json", r#"{"version":"1.0.0","agent":{"agent_id":"a","name":"A"}}"#);
    let mut validate = home.aidb(&["migrate", "import", "-i", "good.json", "--validate"]);
    // A target in a variable is none that was asked for: nothing is contacted.
    validate.env("AIDB_URL", "http://127.0.0.1:1").env_remove("HOME").env_remove("AIDB_DATA_DIR");
    let run = Run::of(&mut validate).done();
    assert_eq!(run.stdout, "✓ Configuration validated\n✓ Validation only - no changes made\n");
    assert_eq!(run.stderr, "");
    snap_both!(home, "validate", &["migrate", "import", "-i", "good.json", "--validate"]);
}

#[test]
fn warnings_do_not_stop_it() {
    let home = Home::new();
    home.write(
        "warned.json",
        r#"{
  "version": "1.3.0",
  "agent": {
    "agent_id": "a",
    "name": "A",
    "resource_permissions": {
      "customers": { "type": "table", "permissions": ["read", "read"], "permisions": [] },
      "orders": { "type": "table", "permissions": [] }
    }
  },
  "tables": ["orders"]
}"#,
    );
    assert_eq!(
        snap_both!(home, "validate_warnings", &["m", "import", "-i", "warned.json", "--validate"]).status,
        Some(0)
    );
}

#[test]
fn every_finding_is_shown_with_its_place() {
    let home = Home::new();
    home.write(
        "bad.json",
        r#"{
  "version": "2.0.0",
  "agent": {
    "agent_id": "a/b",
    "resource_permissions": {
      "customers": { "permissions": ["read", "wirte"] },
      "orders": { "type": "table", "permissions": "read" },
      "products": 7
    },
    "database": { "type": "postgresql", "connection_string": "postgresql://u:p@h/d" }
  },
  "tables": "orders",
  "metadata": []
}"#,
    );
    let run = snap_both!(home, "validate_findings", &["m", "import", "-i", "bad.json", "--validate"]);
    assert_eq!(run.status, Some(3));
    assert!(!format!("{run}").contains("u:p@h"), "{run}");
}

#[test]
fn a_target_on_the_command_line_is_asked_too() {
    let stage = Stage::new();
    let _exported = stage.run(&["m", "export", "-e", "Development", "-a", "support-copilot", "-o", "a.json"]).done();
    stage.production.switch(|switches| switches.tables = aidb_sandbox::TablesAnswer::Listed);
    snap_both!(stage, "validate_target", &["m", "import", "-e", "Production", "-i", "a.json", "--validate"]);
    let _exported = stage.run(&["m", "export", "-e", "Development", "-a", "churn-forecast", "-o", "b.json"]).done();
    snap!(
        stage,
        "validate_target_new",
        stage.run(&["m", "import", "-e", "Staging", "-i", "b.json", "--validate"]).done()
    );
}
