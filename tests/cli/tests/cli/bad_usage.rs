//! Flags that are missing, wrong, or contradict each other.

use aidb_testkit::{Home, Run};

use crate::snap_both;
use crate::stage::KEY;

/// Runs without any settings; each has to be wrong usage and to leave nothing behind.
fn wrong(home: &Home, run: &Run) {
    assert_eq!(run.status, Some(64), "{run}");
    assert_eq!(run.stdout, "", "errors do not belong to standard output:\n{run}");
    assert!(run.stderr.starts_with("Error: ") && run.stderr.contains("\nHint: "), "{run}");
    let left: Vec<_> = std::fs::read_dir(home.work()).expect("the folder").collect();
    assert!(left.is_empty(), "{left:?}");
}

macro_rules! wrong_usage {
    ($($name:ident: $arguments:expr;)+) => {
        $(
            #[test]
            fn $name() {
                let home = Home::new();
                let run = {
                    let arguments: &[&str] = &$arguments;
                    let words = home.run(arguments);
                    let json = home.run(&[arguments, &["--json"]].concat());
                    assert_eq!((json.status, json.stderr.as_str()), (Some(64), ""), "{json}");
                    let document = json.json();
                    assert_eq!(document["success"], false);
                    assert!(document["hint"].is_string() && document["code"].is_string(), "{json}");
                    aidb_testkit::snapshots::settings(home.path())
                        .bind(|| insta::assert_snapshot!(concat!("usage_", stringify!($name)), format!("{words}\n=== --json\n{json}")));
                    words
                };
                wrong(&home, &run);
            }
        )+
    };
}

wrong_usage! {
    no_command: ["migrate"];
    unknown_command: ["migrat"];
    unknown_action: ["migrate", "exprot"];
    unknown_action_without_neighbour: ["migrate", "xyz"];
    unknown_backups_action: ["m", "backups", "delete"];
    unknown_flag: ["migrate", "export", "--outputt", "f.json"];
    no_output: ["migrate", "export"];
    no_input: ["migrate", "import"];
    no_backup: ["migrate", "rollback"];
    no_target: ["migrate", "export", "-o", "f.json", "-a", "x"];
    no_key: ["migrate", "export", "-u", "https://a.example.com", "-o", "f.json", "-a", "x"];
    no_agent: ["migrate", "export", "-u", "http://127.0.0.1:9", "-k", "key", "-o", "f.json"];
    empty_key: ["migrate", "export", "-u", "https://a.example.com", "-k", "", "-o", "f.json", "-a", "x"];
    validate_and_dry_run: ["m", "import", "-i", "f.json", "--validate", "--dry-run"];
    detailed_exitcode_alone: ["m", "import", "-i", "f.json", "--detailed-exitcode"];
    remember_alone: ["m", "import", "-i", "f.json", "--remember"];
    verbose_and_quiet: ["env", "list", "--verbose", "--quiet"];
    no_number: ["env", "list", "--in-flight", "many"];
    too_many_in_flight: ["env", "list", "--in-flight", "100000"];
    no_seconds: ["env", "list", "--timeout", "0"];
    no_such_key_store: ["env", "list", "--key-store", "wallet"];
    no_such_colour: ["env", "add", "X", "--url", "https://x.example.com", "--colour", "pink"];
    env_without_url: ["env", "add", "X"];
    env_without_name: ["env", "add", "--url", "https://x.example.com"];
    url_without_scheme: ["m", "export", "-u", "example.com", "-k", "key", "-a", "x", "-o", "f.json"];
    url_of_another_scheme: ["m", "export", "-u", "ftp://example.com", "-k", "key", "-a", "x", "-o", "f.json"];
    url_with_password: ["m", "export", "-u", "https://u:pass-canary@example.com", "-k", "key", "-a", "x", "-o", "f.json"];
    plain_http: ["m", "export", "-u", "http://example.com", "-k", "key", "-a", "x", "-o", "f.json"];
    agent_id_with_slash: ["m", "export", "-u", "http://127.0.0.1:9", "-k", "key", "-a", "a/b", "-o", "f.json"];
    compare_one: ["m", "compare", "a.json"];
    no_shell: ["completions", "tcsh"];
}

#[test]
fn an_empty_variable_is_none() {
    let home = Home::new();
    let mut export = home.aidb(&["m", "export", "-u", "https://a.example.com", "-a", "x", "-o", "f.json"]);
    export.env("AIDB_API_KEY", "").env("AIDB_URL", "").env("AIDB_AGENT_ID", "");
    let run = Run::of(&mut export);
    assert!(run.stderr.starts_with("Error: API key required"), "{run}");
}

#[test]
fn help_never_shows_what_a_variable_holds() {
    let home = Home::new();
    for arguments in [&["--help"][..], &["m", "import", "--help"], &["-h"]] {
        let mut help = home.aidb(arguments);
        help.env("AIDB_API_KEY", KEY).env("AIDB_URL", "https://secret.example.com");
        let run = Run::of(&mut help).done();
        assert!(
            run.stdout.contains("AIDB_API_KEY") && !run.stdout.contains(KEY) && !run.stdout.contains("secret."),
            "{run}"
        );
    }
}

#[test]
fn without_a_home_there_is_a_hint() {
    let home = Home::new();
    let mut list = std::process::Command::new("unshare");
    let aidb = aidb_testkit::programs::path_of(aidb_testkit::programs::Program::Aidb);
    // An account that the system does not know has no home either.
    list.args(["--user", "--map-user=64001", "--map-group=64001"]).arg(aidb).args(["env", "list"]);
    list.env_clear().env("PATH", "/usr/bin:/bin");
    let run = Run::of(&mut assert_cmd::Command::from_std(list));
    crate::snap!(home, "no_home", run);
    assert_eq!(run.status, Some(1));
}

#[test]
fn a_data_folder_that_cannot_be_one() {
    let home = Home::new();
    home.write("file", "x");
    let run = snap_both!(home, "data_dir_is_a_file", &["env", "list", "--data-dir", "file"]);
    assert_eq!(run.status, Some(1));
}
