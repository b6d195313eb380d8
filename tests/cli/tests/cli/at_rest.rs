//! What lies on the disk is nobody else's: closed with a word where it is ours, refused where it is not.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::Path;

use aidb_testkit::Run;

use crate::stage::Stage;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("there").permissions().mode() & 0o777
}

fn open(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

/// Gives it to somebody else, as only root can.
fn give_away(path: &Path) -> bool {
    chown(path, Some(65534), None).is_ok()
}

#[test]
fn a_data_folder_that_is_open_to_others_is_closed_with_a_word() {
    let stage = Stage::new();
    for open_to in [0o777, 0o750, 0o701] {
        open(&stage.data(), open_to);
        let run = stage.run(&["env", "list", "-q"]).done();
        assert!(
            run.stderr.contains(&format!("was open to other people on this machine (mode {open_to:03o})")),
            "{run}"
        );
        assert_eq!(mode(&stage.data()), 0o700);
        let run = stage.run(&["env", "list", "-q"]).done();
        assert_eq!(run.stderr, "", "said once: {run}");
    }
}

#[test]
fn what_belongs_to_somebody_else_is_refused() {
    let stage = Stage::new();
    let keys = stage.data().join("keys");
    let key = fs::read_dir(&keys).expect("keys").next().expect("one").expect("an entry").path();
    if !give_away(&key) {
        println!("only root can give a file away: not tried here");
        return;
    }
    let names = ["Development", "Staging", "Production"];
    let runs: Vec<Run> = names.iter().map(|name| stage.run(&["env", "test", name])).collect();
    let refused = runs.iter().filter(|run| run.to_string().contains("belongs to another account")).count();
    assert_eq!(refused, 1, "the one whose key it is: {runs:?}");

    assert!(give_away(&stage.data()));
    let run = stage.run(&["env", "list"]);
    assert_eq!(run.status, Some(1), "{run}");
    assert!(run.stderr.contains("belongs to another account") && run.stderr.contains("Hint:"), "{run}");
}

#[test]
fn a_file_with_a_connection_string_is_nobody_elses() {
    let stage = Stage::new().exported();
    let file = stage.file("string");
    fs::write(&file, "postgresql://app:s3cr-7x@127.0.0.1:1/none").expect("written");
    let import = |name: &str| {
        let words = ["m", "import", "-e", name, "-i", "agent.json", "--link-database", "--relink", "--dry-run"];
        stage.run(&[&words[..], &["--connection-string-file", "string"]].concat())
    };
    open(&file, 0o644);
    let run = import("Staging").done();
    assert!(run.stderr.contains("string could be read by other people on this machine (mode 644)"), "{run}");
    assert_eq!(mode(&file), 0o600);
    assert!(!import("Staging").done().stderr.contains("could be read"), "said once");
    if give_away(&file) {
        open(&file, 0o644);
        let run = import("Staging");
        assert!(run.status != Some(0) && run.stderr.contains("belongs to another account"), "{run}");
        assert_eq!(mode(&file), 0o644, "not ours to change");
    }
}
