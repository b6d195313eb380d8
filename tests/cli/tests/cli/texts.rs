//! Texts: version, help, schema, completions, manual pages.

use std::fs;

use aidb_testkit::Home;

use crate::snap;

#[test]
fn version_and_help() {
    let home = Home::new();
    let version = home.run(&["--version"]).done();
    assert_eq!(version.stdout, format!("aidb {}\n", env!("CARGO_PKG_VERSION")));
    snap!(home, "help", home.run(&["--help"]).done());
    for (name, arguments) in [
        ("help_export", &["migrate", "export", "-h"][..]),
        ("help_import", &["migrate", "import", "-h"]),
        ("help_promote", &["migrate", "promote", "-h"]),
        ("help_rollback", &["migrate", "rollback", "-h"]),
        ("help_backups", &["migrate", "backups", "-h"]),
        ("help_env_add", &["env", "add", "-h"]),
    ] {
        let run = home.run(arguments).done();
        aidb_testkit::snapshots::settings(home.path()).bind(|| insta::assert_snapshot!(name, run.to_string()));
    }
    assert!(!home.data().exists(), "nothing is set up for that");
}

#[test]
fn the_schema_is_json() {
    let home = Home::new();
    let schema = home.run(&["schema"]).done().json();
    assert_eq!(schema, home.run(&["schema", "--json"]).done().json());
    assert!(schema["$schema"].is_string());
}

#[test]
fn completions_and_manual_pages() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish"] {
        let run = home.run(&["completions", shell]).done();
        assert!(run.stdout.contains("aidb") && run.stdout.contains("rollback"), "{shell}");
    }
    assert!(home.run(&["man"]).done().stdout.starts_with(".ie"), "a manual page");
    let _written = home.run(&["man", "--out-dir", "man"]).done();
    let page = fs::read_to_string(home.file("man/aidb-migrate-import.1")).expect("a page for each command");
    assert!(page.contains("Staging"), "{page}");
}
