//! Files that an earlier aidb wrote, and that somebody kept: read as they were then, whatever a type is called by now.

use aidb_testkit::{Home, programs::repository};

fn earlier(name: &str) -> String {
    repository().join("tests/cli/tests/cli/earlier").join(name).display().to_string()
}

#[test]
fn a_plan_file_is_read() {
    let run = Home::new().run(&["m", "import", "--plan", &earlier("plan.json"), "--yes"]);
    assert!(run.stderr.contains("API key required: none was given for http://127.0.0.1:4712"), "read: {run}");
}

#[test]
fn a_backup_file_is_read() {
    let elsewhere = ["-u", "http://127.0.0.1:1", "-k", "k", "--dry-run"];
    let run = Home::new().run(&[&["m", "rollback", "--backup", &earlier("backup.json")], &elsewhere[..]].concat());
    assert!(run.stderr.contains("http://127.0.0.1:4712"), "it says where it was taken: {run}");
}
