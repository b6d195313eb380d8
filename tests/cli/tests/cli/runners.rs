//! A runner of a CI, which goes away with its store and its keys: what it leaves in files, and the next job with them.

use aidb_sandbox::{ErrorBody, Fault, FaultAnswer, Sample};
use aidb_testkit::{Home, Run, sandbox};
use serde_json::Value;

use crate::snap;
use crate::stage::{KEY, Stage};

/// A job: a home of its own, and the server in variables.
fn job(home: &Home, url: &str, arguments: &[&str]) -> Run {
    Run::of(home.aidb(arguments).env("AIDB_URL", url).env("AIDB_API_KEY", KEY))
}

fn new_agent(home: &Home, name: &str, id: &str) {
    let configuration = serde_json::json!({
        "version": "1.0.0",
        "agent": { "agent_id": id, "name": "Churn Forecast", "type": "forecasting", "resource_permissions": {
            "orders": { "type": "table", "permissions": ["read"] },
        }},
    });
    home.write(name, configuration.to_string());
}

fn lines(home: &Home, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(home.file(name)).expect("the file");
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

#[cfg(unix)]
fn mode(home: &Home, name: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(home.file(name)).expect("the file").permissions().mode() & 0o777
}

#[test]
fn the_next_job_goes_back_with_the_file_alone() {
    let server = sandbox::start(Sample::Empty);
    let first = Home::new();
    new_agent(&first, "agent.json", "churn-forecast");
    let import =
        ["m", "import", "-i", "agent.json", "--yes", "--backup-out", "before.json", "--agent-key-out", "key.json"];
    let run = job(&first, &server.url(), &import).done();
    snap!(first, "runner_import", run);
    let [key] = lines(&first, "key.json").try_into().expect("one line");
    assert!(server.accepts_key("churn-forecast", key["api_key"].as_str().expect("a key")), "it opens the agent");
    assert_eq!((mode(&first, "key.json"), mode(&first, "before.json")), (0o600, 0o600));
    for stream in [&run.stdout, &run.stderr] {
        assert!(!stream.contains(key["api_key"].as_str().expect("a key")), "the key is in its file and nowhere else");
    }

    let next = Home::new();
    next.write("before.json", std::fs::read(first.file("before.json")).expect("the file"));
    let back = ["m", "rollback", "--backup", "before.json"];
    let nowhere = next.run(&back);
    assert_eq!(nowhere.status, Some(64), "a file does not say where to, and no key goes anywhere:\n{nowhere}");
    let agreed = job(&next, &server.url(), &[&back[..], &["--delete-agent", "--yes"]].concat()).done();
    snap!(next, "runner_rollback", agreed);
    assert!(server.agent("churn-forecast").is_none());
}

#[test]
fn every_command_that_writes_takes_both_flags() {
    let stage = Stage::new().exported();
    let promote = ["m", "promote", "--from", "Development", "--to", "Staging", "churn-forecast", "--yes", "--json"];
    let promoted =
        stage.run(&[&promote[..], &["--backup-out", "1.json", "--agent-key-out", "1.key"]].concat()).done().json();
    assert_eq!(promoted["rollback"], "aidb migrate rollback --backup 1.json", "{promoted}");
    assert_eq!((&promoted["backup_file"], &promoted["agent_key"]["file"]), (&"1.json".into(), &"1.key".into()));

    let import = ["m", "import", "-e", "Staging", "-i", "agent.json", "--json", "--backup-out", "2 b.json"];
    let imported = stage.run(&import).done().json();
    assert_eq!(imported["rollback"], "aidb migrate rollback --backup '2 b.json'", "as a shell takes it");

    // The agent goes, and its restoring registers it anew.
    let before = stage.staging.resources("my-agent");
    let back = ["m", "rollback", "-e", "Staging", "--json"];
    stage.staging.remove_agent("my-agent").expect("removed");
    let anew = [&back[..], &["--backup", "2 b.json", "--backup-out", "3.json", "--agent-key-out", "3.key"]].concat();
    let restored = stage.run(&anew).done().json();
    assert_ne!(stage.staging.resources("my-agent"), before, "as it was before the import");
    assert_eq!(restored["rollback"], "aidb migrate rollback --backup 3.json");
    let [key] = lines(&stage, "3.key").try_into().expect("one line");
    assert!(stage.staging.accepts_key("my-agent", key["api_key"].as_str().expect("a key")));
    let deleted = stage.run(&[&back[..], &["--backup", "3.json", "--delete-agent", "--yes"]].concat()).done();
    assert!(stage.staging.agent("my-agent").is_none(), "3.json says that it did not exist:\n{deleted}");
}

#[test]
fn a_folder_of_agents_fills_one_file_line_by_line() {
    let server = sandbox::start(Sample::Empty);
    let home = Home::new();
    for id in ["first", "second"] {
        new_agent(&home, &format!("agents/{id}.json"), id);
    }
    let import = [
        "m",
        "import",
        "-i",
        "agents",
        "--yes",
        "--json",
        "--backup-out",
        "before.json",
        "--agent-key-out",
        "keys.json",
    ];
    let run = job(&home, &server.url(), &import).done().json();
    let keys = lines(&home, "keys.json");
    assert_eq!(keys.len(), 2);
    for key in &keys {
        let (id, key) = (key["agent_id"].as_str().expect("an id"), key["api_key"].as_str().expect("a key"));
        assert!(server.accepts_key(id, key), "{id}");
    }
    assert_eq!(run["results"][1]["rollback"], "aidb migrate rollback --backup before.json -a second");
    let which = job(&home, &server.url(), &["m", "rollback", "--backup", "before.json", "--delete-agent"]);
    assert_eq!(which.status, Some(64), "{which}");
    assert!(which.stderr.contains("before.json holds the backups of first, second"), "{which}");
    let one = ["m", "rollback", "--backup", "before.json", "-a", "second", "--delete-agent", "--yes"];
    let _back = job(&home, &server.url(), &one).done();
    assert!(server.agent("second").is_none() && server.agent("first").is_some());
}

#[test]
fn a_key_that_opens_nothing_does_not_stay_in_its_file() {
    let server = sandbox::start(Sample::Empty);
    let home = Home::new();
    new_agent(&home, "agent.json", "churn-forecast");
    server.set_faults([Fault::on(1, FaultAnswer::status(400, ErrorBody::Json)).method("PUT")]);
    let import = ["m", "import", "-i", "agent.json", "--yes", "--backup-out", "b.json", "--agent-key-out", "key.json"];
    let run = job(&home, &server.url(), &import);
    assert_eq!(run.status, Some(1), "{run}");
    assert!(run.stderr.contains("The key in key.json opens nothing; it was taken out again."), "{run}");
    assert!(!home.file("key.json").exists() && home.file("b.json").exists(), "the backup stays");
}

#[test]
fn what_such_a_file_must_not_be_is_said_before_anything_is_sent() {
    let server = sandbox::start(Sample::Empty);
    let home = Home::new();
    new_agent(&home, "agent.json", "churn-forecast");
    home.write("taken.json", "mine");
    let in_data = home.data().join("key.json").display().to_string();
    for flag in ["--backup-out", "--agent-key-out"] {
        for (file, status) in [("-", 64), ("", 64), ("taken.json", 1), ("none/key.json", 1), (&*in_data, 64)] {
            let run = job(&home, &server.url(), &["m", "import", "-i", "agent.json", "--yes", flag, file]);
            assert_eq!(run.status, Some(status), "{flag} {file}: {run}");
        }
    }
    let both = ["m", "import", "-i", "agent.json", "--yes", "--backup-out", "one", "--agent-key-out", "one"];
    assert_eq!(job(&home, &server.url(), &both).status, Some(64));
    assert_eq!(std::fs::read_to_string(home.file("taken.json")).expect("there"), "mine");
    assert_eq!(server.request_count(), 0);
}

#[test]
fn a_backup_in_a_file_is_used_whole_and_where_it_was_taken() {
    let (server, other) = (sandbox::start(Sample::Empty), sandbox::start(Sample::Empty));
    let home = Home::new();
    new_agent(&home, "agent.json", "churn-forecast");
    let _done =
        job(&home, &server.url(), &["m", "import", "-i", "agent.json", "--yes", "--backup-out", "b.json"]).done();
    let rollback = ["m", "rollback", "--backup", "b.json", "--delete-agent", "--yes"];
    let elsewhere = job(&home, &other.url(), &rollback);
    assert_eq!(elsewhere.status, Some(64), "{elsewhere}");
    for url in [server.url(), other.url()] {
        assert!(elsewhere.stderr.contains(url.trim_end_matches('/')), "both are named:\n{elsewhere}");
    }
    assert_eq!(other.request_count(), 0, "no key goes to a server that the file did not name");
    let whole = std::fs::read_to_string(home.file("b.json")).expect("the file");
    home.write("b.json", &whole[..whole.len() / 2]);
    server.clear_requests();
    let damaged = job(&home, &server.url(), &[&rollback[..], &["--json"]].concat());
    assert_eq!((damaged.status, &damaged.json()["code"]), (Some(1), &"backup_damaged".into()), "{damaged}");
    assert_eq!(server.request_count(), 0, "nothing is sent for a backup that is not whole");
}

#[test]
fn an_agent_that_somebody_else_registered_since_is_not_deleted() {
    let server = sandbox::start(Sample::Empty);
    let home = Home::new();
    new_agent(&home, "agent.json", "churn-forecast");
    let import = ["m", "import", "-i", "agent.json", "--yes", "--json", "--backup-out", "b.json"];
    let imported = job(&home, &server.url(), &import).done().json();
    let info = serde_json::json!({"name": "Churn Forecast", "type": "forecasting"});
    server
        .set_agent("churn-forecast", info.as_object().expect("an object").clone(), "another")
        .expect("registered anew");
    for backup in ["b.json", imported["backup"].as_str().expect("an id")] {
        let run = job(&home, &server.url(), &["m", "rollback", "--backup", backup, "--delete-agent", "--yes"]);
        assert_eq!(run.status, Some(1), "{backup}: {run}");
        assert!(run.stderr.contains("would delete theirs"), "{backup}: {run}");
        assert!(server.agent("churn-forecast").is_some());
    }
}

#[test]
fn keys_in_memory_register_nothing_without_a_file_for_them() {
    let server = sandbox::start(Sample::Empty);
    let home = Home::new();
    new_agent(&home, "agent.json", "churn-forecast");
    let import = |more: &[&str]| {
        let mut command = home.aidb(&[&["m", "import", "-i", "agent.json", "--yes"][..], more].concat());
        Run::of(command.env("AIDB_URL", server.url()).env("AIDB_API_KEY", KEY).env("AIDB_KEY_STORE", "memory"))
    };
    let refused = import(&[]);
    snap!(home, "keys_in_memory", refused);
    assert_eq!(refused.status, Some(64), "{refused}");
    assert!(server.requests().iter().all(|seen| seen.method == "GET"), "nothing was registered");
    let with = import(&["--agent-key-out", "key.json"]).done();
    assert!(with.stdout.contains("The agent's new API key is in key.json, which only you can read."), "{with}");
    let [key] = lines(&home, "key.json").try_into().expect("one line");
    assert!(server.accepts_key("churn-forecast", key["api_key"].as_str().expect("a key")));
    let nothing = import(&[]).done();
    assert!(nothing.stdout.contains("Nothing to change"), "an agent that is there needs no key:\n{nothing}");
}

#[test]
fn in_ci_one_note_says_what_to_keep() {
    let server = sandbox::start(Sample::Empty);
    let note = "This runs in CI";
    let mut agents = 0;
    let mut run = |variable: (&str, &str), more: &[&str]| {
        let home = Home::new();
        agents += 1;
        new_agent(&home, "agent.json", &format!("agent-{agents}"));
        let mut command = home.aidb(&[&["m", "import", "-i", "agent.json"][..], more].concat());
        let command = command.env("AIDB_URL", server.url()).env("AIDB_API_KEY", KEY);
        Run::of(command.env(variable.0, variable.1)).done()
    };
    for variable in [("CI", "true"), ("GITHUB_ACTIONS", "true"), ("GITLAB_CI", "true"), ("JENKINS_URL", "http://ci/")] {
        let told = run(variable, &[]);
        assert_eq!(told.stderr.matches(note).count(), 1, "{variable:?}: {told}");
        assert!(told.stderr.contains("--backup-out FILE") && told.stderr.contains("--agent-key-out FILE"), "{told}");
    }
    let ci = ("CI", "true");
    for quiet in [
        run(("CI", "false"), &[]),
        run(("CI", ""), &[]),
        run(ci, &["-q"]),
        run(ci, &["--dry-run"]),
        run(ci, &["--backup-out", "b.json"]),
        run(ci, &["--agent-key-out", "k.json"]),
    ] {
        assert!(!quiet.stderr.contains(note), "{quiet}");
    }
}

#[test]
fn a_file_that_was_not_needed_is_said_not_to_be_there() {
    let stage = Stage::new().exported();
    let import = ["m", "import", "-e", "Development", "-i", "agent.json", "--backup-out", "b.json"];
    let run = stage.run(&import).done();
    assert!(
        run.stderr.contains("Nothing was to be changed, so no backup was taken and b.json was not written."),
        "{run}"
    );
    assert!(!stage.file("b.json").exists());
}
