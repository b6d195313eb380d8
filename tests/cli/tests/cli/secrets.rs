//! A key given by flag, variable or standard input is found nowhere but in its own file, which nobody else can read.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use aidb_testkit::Run;

use crate::stage::{KEY, Stage};

fn files_with(folder: &Path, needle: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files_with(&path, needle, found);
        } else if fs::read(&path).expect("a file").windows(needle.len()).any(|bytes| bytes == needle.as_bytes()) {
            found.push(path);
        }
    }
}

#[test]
fn the_key_shows_up_nowhere() {
    let stage = Stage::new().exported();
    let url = stage.staging.url();
    stage.staging.switch(|switches| switches.required_api_key = Some(aidb_sandbox::ApiKey::new(KEY)));
    let commands: [&[&str]; 6] = [
        &["m", "import", "-u", &url, "-i", "agent.json", "--verbose"],
        &["m", "export", "-u", &url, "-a", "my-agent", "-o", "out.json", "--json", "--verbose"],
        &["m", "backups", "create", "-u", &url, "-a", "my-agent"],
        &["m", "rollback", "--backup", "latest", "--verbose"],
        &["test", "-u", &url, "-a", "none", "--verbose"],
        &[
            "m",
            "export",
            "-u",
            "https://127.0.0.1:9",
            "-a",
            "x",
            "-o",
            "out2.json",
            "--verbose",
            "--json",
            "--timeout",
            "1",
        ],
    ];
    for arguments in commands {
        let by_flag = stage.run(&[arguments, &["-k", KEY]].concat());
        let mut by_variable = stage.aidb(arguments);
        by_variable.env("AIDB_API_KEY", KEY);
        for run in [by_flag, Run::of(&mut by_variable)] {
            assert!(!format!("{run}").contains(KEY), "{arguments:?}:\n{run}");
        }
    }
    let mut found = Vec::new();
    files_with(stage.path(), KEY, &mut found);
    assert_eq!(found.len(), 3, "one file for each of the three environments: {found:?}");
    for path in found {
        assert!(path.starts_with(stage.data().join("keys")), "{path:?}");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600, "{path:?}");
        let folder = path.parent().expect("a folder");
        assert_eq!(fs::metadata(folder).expect("there").permissions().mode() & 0o777, 0o700);
    }
}

#[test]
fn the_key_of_a_new_agent_is_told_by_its_place() {
    let stage = Stage::new();
    let _exported = stage.run(&["m", "export", "-e", "Development", "-a", "churn-forecast", "-o", "new.json"]).done();
    let run = stage.run(&["m", "import", "-e", "Staging", "-i", "new.json", "--json"]).done();
    let path = run.json()["agent_key"]["path"].as_str().expect("a path").to_owned();
    let kept = fs::read_to_string(&path).expect("the key");
    assert!(stage.staging.accepts_key("churn-forecast", kept.trim()), "it is the key that works");
    assert!(!format!("{run}").contains(kept.trim()), "{run}");
    let mut found = Vec::new();
    files_with(stage.path(), kept.trim(), &mut found);
    assert_eq!(found, [PathBuf::from(path)]);
}

#[test]
fn a_key_that_is_typed_as_an_argument_is_refused_and_not_shown() {
    let stage = Stage::new();
    for arguments in [&["env", "set-key", "Staging", KEY][..], &["env", "set-key", "Staging", "-k", KEY]] {
        for form in [&[][..], &["--json"]] {
            let mut set_key = stage.aidb(&[arguments, form].concat());
            set_key.write_stdin("another-key\n");
            let run = Run::of(&mut set_key);
            assert_eq!(run.status, Some(64), "{run}");
            assert!(!run.stderr.contains(KEY) && !run.stdout.contains(KEY), "{run}");
            assert!(run.to_string().contains("never an argument"), "{run}");
        }
    }
}
