//! The status and what stands at the server agree, also where nobody can read the result.

use std::fs::File;
use std::process::{Command, Stdio};

use aidb_sandbox::{ErrorBody, Fault, FaultAnswer};
use aidb_testkit::Run;
use aidb_testkit::programs::{Program, path_of};

use crate::recover::killed;
use crate::signals::ended;
use crate::stage::Stage;

/// Standard output that takes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Output {
    /// A full disk.
    Full,
    /// A pipe whose reader has left.
    Gone,
}

const OUTPUTS: [Output; 2] = [Output::Full, Output::Gone];
const IMPORT: &[&str] = &["m", "import", "-e", "Staging", "-i", "agent.json", "--yes"];
const PROMOTE: &[&str] = &["m", "promote", "--from", "Development", "--to", "Staging", "my-agent", "--yes"];
const ROLLBACK: &[&str] = &["m", "rollback", "--backup", "latest", "-e", "Staging", "-a", "my-agent", "--yes"];

fn run_into(stage: &Stage, arguments: &[&str], output: Output) -> Run {
    let stdout: Stdio = match output {
        Output::Full => File::options().write(true).open("/dev/full").expect("a full device").into(),
        Output::Gone => std::io::pipe().expect("a pipe").1.into(),
    };
    let child = Command::new(path_of(Program::Aidb))
        .args(arguments)
        .env_clear()
        .env("AIDB_DATA_DIR", stage.data())
        .env("AIDB_KEY_STORE", "file")
        .current_dir(stage.work())
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn()
        .expect("aidb starts");
    ended(child)
}

fn with<'a>(arguments: &[&'a str], more: &'a str) -> Vec<&'a str> {
    [arguments, &[more]].concat()
}

#[test]
fn what_was_done_at_a_server_is_said_elsewhere_and_what_nobody_could_see_is_not_done() {
    let stage = Stage::new().exported();
    for command in [IMPORT, PROMOTE, ROLLBACK] {
        for output in OUTPUTS {
            let case = format!("{command:?} into {output:?}");
            stage.staging.reset().expect("as at first");
            if command == ROLLBACK {
                let _something_to_take_back = stage.run(IMPORT).done();
            }
            let before = stage.staging.snapshot();

            let unseen = run_into(&stage, command, output);
            assert_eq!(unseen.status, Some(1), "{case}: {unseen}");
            assert!(unseen.stderr.contains("The plan could not be shown"), "{case}: {unseen}");
            assert_eq!(stage.staging.snapshot(), before, "{case}: 1 says that nothing was changed");

            let untold = run_into(&stage, &with(command, "--json"), output);
            assert_eq!(untold.status, Some(74), "{case}: {untold}");
            assert_ne!(stage.staging.snapshot(), before, "{case}: 74 says that it was done");
            for words in ["were made and verified", "Backup from before it: bk-", "rollback --backup bk-"] {
                assert!(untold.stderr.contains(words), "{case}: {words:?} is missing in {untold}");
            }
            let newest = stage.run(&["m", "history", "list", "-e", "Staging", "--limit", "1", "--json"]).done().json();
            assert!(newest.to_string().contains("\"done\""), "{case}: {newest}");
        }
    }
}

#[test]
fn what_did_not_end_well_keeps_its_status_where_nobody_reads_it() {
    let stage = Stage::new().exported();
    let import = [IMPORT, &["--json", "--in-flight", "1"]].concat();
    for (status, first, code) in [(4, 1, 403), (1, 1, 400), (6, 2, 400)] {
        stage.staging.reset().expect("as at first");
        let before = stage.staging.snapshot();
        let fault = Fault::on(first, FaultAnswer::status(code, ErrorBody::Json)).method("PUT").for_ever();
        stage.staging.set_faults([fault]);
        let run = run_into(&stage, &import, Output::Full);
        stage.staging.set_faults([]);
        assert_eq!(run.status, Some(status), "{run}");
        assert_eq!(stage.staging.snapshot() == before, status != 6, "{run}");
        assert!(run.stderr.contains("The apply failed at"), "{run}");
        if status == 6 {
            assert!(run.stderr.contains("Left to look at") && run.stderr.contains("Backup from before it"), "{run}");
        }
        let _recovered = stage.run(&["recover"]);
    }
    // An error from before the first write is said too, and not only that it cannot be said.
    let run = run_into(&stage, &["m", "import", "-e", "Staging", "-i", "none.json", "--json"], Output::Full);
    assert!(run.status == Some(1) && run.stderr.contains("Configuration file not found"), "{run}");
}

#[test]
fn a_folder_of_which_one_fails_says_so_where_nobody_reads_it() {
    let stage = Stage::new();
    let _exported = stage.run(&["m", "export", "-e", "Development", "--all", "-o", "agents"]).done();
    for agent in ["churn-forecast", "nightly-sync"] {
        std::fs::remove_file(stage.file(&format!("agents/{agent}.json"))).expect("removed");
    }
    let import = ["m", "import", "-e", "Staging", "-i", "agents", "--yes", "--json"];
    let fault = Fault::on(1, FaultAnswer::status(400, ErrorBody::Json)).method("PUT").path_contains("faq-bot");
    stage.staging.set_faults([fault.for_ever()]);
    let run = run_into(&stage, &import, Output::Full);
    stage.staging.set_faults([]);
    assert_eq!(run.status, Some(6), "the first agent was changed and stays so: {run}");
    assert!(run.stderr.contains("were made and verified") && run.stderr.contains("1 put back"), "{run}");
    assert_eq!(stage.staging.resources("data-steward"), stage.development.resources("data-steward"), "{run}");
    let run = run_into(&stage, &import, Output::Full);
    assert_eq!(run.status, Some(74), "{run}");
}

#[test]
fn what_was_done_on_this_machine_stands_and_a_reader_may_leave() {
    let stage = Stage::new().exported();
    for (output, status) in [(Output::Full, 74), (Output::Gone, 0)] {
        let export = ["m", "export", "-e", "Staging", "-o", "there.json"];
        let run = run_into(&stage, &export, output);
        assert_eq!((run.status, stage.file("there.json").exists()), (Some(status), true), "{run}");
        let run = run_into(&stage, &["m", "backups", "create", "-e", "Staging", "--json"], output);
        assert_eq!(run.status, Some(status), "{run}");
        assert_eq!(run.stderr.contains("bk-"), status == 74, "the backup is named: {run}");
        let name = format!("Another {output:?}");
        let run = run_into(&stage, &["env", "add", &name, "--url", "http://127.0.0.1:1"], output);
        assert_eq!(run.status, Some(status), "{run}");
        let _it_is_there = stage.run(&["env", "show", &name]).done();
    }
    killed(&stage, &[IMPORT, &["--in-flight", "1"]].concat());
    let run = run_into(&stage, &["recover", "--json"], Output::Full);
    assert!(run.status == Some(74) && run.stderr.contains("put back"), "{run}");
    assert_eq!(stage.run(&["recover"]).done().stdout, "Nothing was interrupted.\n");
}

#[test]
fn what_only_looks_changes_nothing_whatever_becomes_of_its_result() {
    let stage = Stage::new().exported();
    let before = stage.staging.snapshot();
    let dry = with(&IMPORT[..6], "--dry-run");
    let detailed = with(&dry, "--detailed-exitcode");
    let compare = ["m", "compare", "agent.json", "agent.json"];
    for (command, own) in [
        (dry.as_slice(), 0),
        (&detailed, 2),
        (&compare, stage.run(&compare).status.expect("it ends")),
        (&["m", "backups", "list"], 0),
        (&["m", "history"], 0),
        (&["test", "-e", "Staging"], 0),
        (&["env", "list"], 0),
    ] {
        for form in [&[][..], &["--json"]] {
            let command = [command, form].concat();
            let full = run_into(&stage, &command, Output::Full);
            assert!(full.status == Some(1) && full.stderr.contains("could not be written"), "{command:?}: {full}");
            assert_eq!(run_into(&stage, &command, Output::Gone).status, Some(own), "{command:?}");
        }
    }
    assert_eq!(stage.staging.snapshot(), before);
}
