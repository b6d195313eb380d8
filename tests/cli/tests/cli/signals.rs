//! Ctrl-C in the middle of an import.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use aidb_sandbox::{Fault, FaultAnswer};
use aidb_testkit::Run;
use aidb_testkit::programs::{Program, path_of};

use crate::snap;
use crate::stage::Stage;

/// Starts `aidb` without waiting for it.
pub(crate) fn start(stage: &Stage, arguments: &[&str]) -> Child {
    Command::new(path_of(Program::Aidb))
        .args(arguments)
        .env_clear()
        .env("AIDB_DATA_DIR", stage.data())
        .env("AIDB_KEY_STORE", "file")
        .env("USER", "tester")
        .current_dir(stage.work())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("aidb starts")
}

/// Sends it a signal.
pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
}

/// How long anything may take: a hang fails the test, and a slow machine does not.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// Asks again and again until it is so.
pub(crate) fn wait_until(what: &str, ready: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !ready() {
        assert!(Instant::now() < deadline, "not so: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn wait_for_writes(stage: &Stage, count: usize) {
    let writes = || stage.staging.requests().iter().filter(|request| request.method == "PUT").count();
    wait_until("the writes arrived", || writes() >= count);
}

/// Waits until it has said that on standard error, does what `then` does, and waits for its end.
pub(crate) fn ended_after(mut child: Child, word: &str, then: impl FnOnce()) -> Run {
    let mut errors = BufReader::new(child.stderr.take().expect("standard error"));
    let mut said = String::new();
    while !said.contains(word) {
        let read = errors.read_line(&mut said).expect("text");
        assert!(read > 0, "it ended without {word:?}:\n{said}");
    }
    then();
    errors.read_to_string(&mut said).expect("text");
    Run { stderr: said, ..ended(child) }
}

/// Waits for its end.
pub(crate) fn ended(child: Child) -> Run {
    let output = child.wait_with_output().expect("ends");
    Run {
        status: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn an_interrupt_puts_back_what_was_done() {
    for (name, form) in [("-INT", &[][..]), ("-TERM", &["--json"]), ("-HUP", &["--json"])] {
        let stage = Stage::new().exported();
        let before = stage.staging.snapshot();
        // The interrupt comes while the first write is under way.
        stage.staging.set_faults([Fault::on(1, FaultAnswer::Hold).method("PUT")]);
        stage.staging.clear_requests();
        let import = ["m", "import", "-e", "Staging", "-i", "agent.json", "--in-flight", "1"];
        let child = start(&stage, &[import.as_slice(), form].concat());
        wait_for_writes(&stage, 1);
        signal(&child, name);
        let run = ended_after(child, "Stopping.", || stage.staging.set_faults([]));
        assert_eq!(run.status, Some(130), "{run}");
        assert_eq!(stage.staging.snapshot(), before, "{run}");
        assert!(run.stderr.contains("Stopping."), "{run}");
        if form.is_empty() {
            snap!(stage, "interrupted", run);
        } else {
            assert_eq!((&run.json()["success"], &run.json()["code"]), (&false.into(), &"interrupted".into()), "{run}");
        }
    }
}

/// Nothing fails and nothing is left to send: it was asked for before the end, and that counts.
#[test]
fn an_interrupt_during_the_last_request_puts_back_too() {
    let stage = Stage::new().exported();
    let before = stage.staging.snapshot();
    // All changes are under way at once, and every one of them is made in the end.
    stage.staging.set_faults([Fault::on(1, FaultAnswer::Hold).method("PUT").for_ever()]);
    stage.staging.clear_requests();
    let child = start(&stage, &["m", "import", "-e", "Staging", "-i", "agent.json", "--json"]);
    wait_for_writes(&stage, 3);
    signal(&child, "-INT");
    let run = ended_after(child, "Stopping.", || stage.staging.set_faults([]));
    assert_eq!(run.status, Some(130), "{run}");
    assert_eq!(stage.staging.snapshot(), before, "{run}");
    assert_eq!(run.json()["code"], "interrupted", "{run}");
}

#[test]
fn a_command_that_changes_nothing_can_always_be_stopped() {
    let stage = Stage::new();
    let made = Command::new("mkfifo").arg(stage.file("pipe")).status().expect("mkfifo");
    assert!(made.success());
    let child = start(&stage, &["m", "import", "-i", "pipe", "--validate"]);
    // It can be opened for writing once somebody reads; and nobody ever writes into it.
    let pipe = std::fs::OpenOptions::new().write(true).open(stage.file("pipe")).expect("somebody reads");
    signal(&child, "-TERM");
    let run = ended(child);
    drop(pipe);
    assert_eq!(run.status, Some(130), "{run}");
    assert!(run.stderr.contains("Stopping.") && !run.stderr.contains("put back"), "{run}");
}

#[test]
fn an_export_of_all_that_is_stopped_tells_how_far_it_came() {
    let stage = Stage::new();
    // It cannot come to the end: one of the last agents is never answered.
    stage.development.set_faults([Fault::on(1, FaultAnswer::Hold).path_contains("support-copilot").for_ever()]);
    let child = start(&stage, &["m", "export", "-e", "Development", "--all", "-o", "agents", "--json"]);
    wait_until("a file was written", || stage.file("agents").join("churn-forecast.json").exists());
    signal(&child, "-INT");
    let run = ended(child);
    assert_eq!(run.status, Some(130), "{run}");
    let json = run.json();
    let files = std::fs::read_dir(stage.file("agents")).expect("the folder").count();
    assert_eq!(json["exported"].as_array().map(Vec::len), Some(files), "every file that is there is named: {run}");
    assert!(json["not_reached"].as_array().is_some_and(|left| !left.is_empty()), "{run}");
    assert_eq!(json["success"], false);
}
