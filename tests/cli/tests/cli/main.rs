//! The real `aidb` against the sandbox over real HTTP: output and exit status of every command, in words and as JSON.
//!
//! Snapshots are read by people: each is what somebody at a terminal sees.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod at_once;
mod at_rest;
mod backups;
mod bad_files;
mod bad_places;
mod bad_servers;
mod bad_usage;
mod batch;
mod compare;
mod dash;
mod declared;
mod dumps;
mod earlier;
mod environments;
mod export;
mod history;
mod import;
mod import_folder;
mod key_prompt;
mod keys;
mod link;
mod memory;
mod moments;
mod one_server;
mod overview;
mod promote;
mod recover;
mod rollback;
mod runners;
mod sandbox;
mod saved_plans;
mod secrets;
mod sentences;
mod signals;
mod stage;
mod statuses;
mod terminal;
mod texts;
mod validate;
mod waiting;
mod wording;

/// Compares a run with its snapshot, without what differs from run to run.
macro_rules! snap {
    ($home:expr, $name:literal, $run:expr) => {
        aidb_testkit::snapshots::settings($home.path()).bind(|| insta::assert_snapshot!($name, $run.to_string()))
    };
}
pub(crate) use snap;

/// Snapshots of the same command in words and as JSON. The second run sees what the first one left.
macro_rules! snap_both {
    ($home:expr, $name:literal, $arguments:expr) => {{
        let arguments: &[&str] = $arguments;
        let words = $home.run(arguments);
        let json = $home.run(&[arguments, &["--json"]].concat());
        assert_eq!(words.status, json.status, "the form must not change the end:\n{words}{json}");
        let _one_document = json.json();
        assert_eq!(json.stderr, "", "with --json nothing has to be said besides");
        aidb_testkit::snapshots::settings($home.path())
            .bind(|| insta::assert_snapshot!($name, format!("{words}\n=== --json\n{json}")));
        words
    }};
}
pub(crate) use snap_both;
