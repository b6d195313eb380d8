//! "-" for standard input and output, and never for a file of that name.

use std::fs;

use aidb_testkit::Run;

use crate::stage::Stage;

fn no_file_called_dash(stage: &Stage) {
    assert!(!stage.file("-").exists(), "a file called \"-\" was written");
}

#[test]
fn an_export_to_standard_output_is_the_file_and_nothing_else() {
    let stage = Stage::new().exported();
    let export = ["m", "export", "-e", "Development", "-a", "my-agent", "-o", "-"];
    let run = stage.run(&export).done();
    let (streamed, written) = (run.json(), fs::read_to_string(stage.file("agent.json")).expect("exported before"));
    let written: serde_json::Value = serde_json::from_str(&written).expect("a configuration");
    assert_eq!((&streamed["agent"], &streamed["tables"]), (&written["agent"], &written["tables"]));
    assert!(run.stderr.contains("✓ Configuration exported to standard output"), "{run}");
    let quiet = stage.run(&[export.as_slice(), &["-q"]].concat()).done();
    assert_eq!((quiet.stderr.as_str(), &quiet.json()["agent"]), ("", &written["agent"]));
    let history = stage.run(&["m", "history", "--json"]).done().json();
    assert_eq!(history["history"][0]["summary"], "Exported to standard output");
    no_file_called_dash(&stage);
}

#[test]
fn what_one_command_writes_the_next_one_reads() {
    let stage = Stage::new().exported();
    let exported = stage.run(&["m", "export", "-e", "Development", "-a", "my-agent", "-o", "-"]).done();
    let piped = |arguments: &[&str]| Run::of(stage.aidb(arguments).write_stdin(exported.stdout.clone()));
    let imported = piped(&["m", "import", "-e", "Staging", "-i", "-"]).done();
    assert!(imported.stdout.contains("✓ 3 changes to my-agent were made and verified."), "{imported}");
    assert_eq!(stage.staging.resources("my-agent"), stage.development.resources("my-agent"));
    let _same = piped(&["m", "compare", "-", "agent.json"]).done();
    let back = piped(&["m", "rollback", "-e", "Staging", "--backup", "-", "--dry-run"]).done();
    assert!(back.stdout.contains("  - Nothing\n"), "{back}");
    let invalid = Run::of(stage.aidb(&["m", "import", "-i", "-", "--validate"]).write_stdin("{}"));
    assert!(invalid.status == Some(3) && invalid.stderr.contains("standard input has 2 errors"), "{invalid}");
    no_file_called_dash(&stage);
}

#[test]
fn a_backup_goes_to_standard_output() {
    let stage = Stage::new();
    let _taken = stage.run(&["m", "backups", "create", "-e", "Staging"]).done();
    let run = stage.run(&["m", "backups", "export", "latest", "-e", "Staging", "-a", "my-agent", "-o", "-"]).done();
    assert_eq!(run.json()["agent"]["agent_id"], "my-agent");
    assert!(run.stderr.contains("✓ Configuration exported to standard output, from backup bk-"), "{run}");
    no_file_called_dash(&stage);
}

#[test]
fn where_it_makes_no_sense_it_is_wrong_usage() {
    let stage = Stage::new().exported();
    let _taken = stage.run(&["m", "backups", "create", "-e", "Staging"]).done();
    stage.staging.clear_requests();
    for arguments in [
        &["m", "export", "-e", "Staging", "--all", "-o", "-"][..],
        &["m", "export", "-e", "Staging", "-o", "-", "--json"],
        &["m", "backups", "export", "latest", "-e", "Staging", "-o", "-", "--json"],
        &["m", "import", "-e", "Staging", "-i", "agent.json", "--dry-run", "--plan-out", "-"],
        &["m", "import", "--plan", "-"],
        &["m", "export", "-e", "Staging", "-o", "f.json", "--ca-file", "-"],
        &["m", "compare", "-", "-"],
        &["man", "--out-dir", "-"],
        &["sandbox", "--state-dir", "-"],
        &["env", "list", "--data-dir", "-"],
    ] {
        let run = stage.run(arguments);
        let told = format!("{}{}", run.stdout, run.stderr);
        assert_eq!(run.status, Some(64), "{arguments:?}: {run}");
        assert!(told.to_lowercase().contains("hint") && told.contains("standard "), "{run}");
    }
    assert_eq!(stage.staging.request_count(), 0, "and nothing is sent");
    no_file_called_dash(&stage);
}
