//! What a killed `aidb` left is recovered by the next start, with the real process and a real SIGKILL.

use aidb_sandbox::{Effect, Fault, FaultAnswer};
use aidb_testkit::Run;
use std::process::Child;
use std::time::{Duration, Instant};

use crate::signals::{PATIENCE, ended, ended_after, signal, start, wait_until};
use crate::snap;
use crate::stage::Stage;

const IMPORT: &[&str] = &["m", "import", "-e", "Staging", "-i", "agent.json", "--exact", "--yes", "--in-flight", "1"];

/// Starts a command and kills it at the second of its writes, after that took effect.
pub(crate) fn killed(stage: &Stage, arguments: &[&str]) {
    killed_at(stage, 2, arguments);
}

pub(crate) fn killed_at(stage: &Stage, write: u64, arguments: &[&str]) {
    let hang = Fault { effect: Effect::After, ..Fault::on(write, FaultAnswer::Hang { ms: None }).method("PUT") };
    stage.staging.set_faults([hang]);
    stage.staging.clear_requests();
    let child = start(stage, arguments);
    struck(stage);
    signal(&child, "-KILL");
    let run = ended(child);
    assert_eq!(run.status, None, "it was killed: {run}");
    stage.staging.set_faults([]);
}

pub(crate) fn struck(stage: &Stage) {
    // After its effect, where that comes before the wait.
    wait_until("the write came", || stage.staging.requests().iter().any(|request| request.waits));
}

#[test]
fn r1_the_next_command_that_talks_to_a_server_puts_back_and_says_so() {
    let stage = Stage::new().exported();
    let before = stage.staging.snapshot();
    killed(&stage, IMPORT);
    assert_ne!(stage.staging.snapshot(), before, "it was killed in the middle");
    let list = stage.run(&["recover", "--list"]).done();
    snap!(stage, "recover_list", list);
    let json = stage.run(&["recover", "--list", "--json"]).done().json();
    assert_eq!((&json["success"], &json["operations"][0]["owner"]), (&true.into(), &"gone".into()));
    assert_ne!(stage.staging.snapshot(), before, "looking changes nothing");

    let next = stage.run(&["m", "export", "-e", "Staging", "-o", "after.json"]).done();
    snap!(stage, "recover_by_the_next_command", next);
    assert_eq!(stage.staging.snapshot(), before);
    let nothing = stage.run(&["recover"]).done();
    assert_eq!(nothing.stdout, "Nothing was interrupted.\n");
}

#[test]
fn recover_says_what_became_of_each_in_words_and_as_json() {
    for (form, name) in [(&[][..], "recover"), (&["--json"][..], "recover_json")] {
        let stage = Stage::new().exported();
        let before = stage.staging.snapshot();
        killed(&stage, IMPORT);
        let run = stage.run(&[&["recover"], form].concat()).done();
        assert_eq!(stage.staging.snapshot(), before, "{run}");
        aidb_testkit::snapshots::settings(stage.path()).bind(|| insta::assert_snapshot!(name, run.to_string()));
    }
}

#[test]
fn a_dry_run_only_says_what_was_interrupted() {
    let stage = Stage::new().exported();
    killed(&stage, IMPORT);
    let half = stage.staging.snapshot();
    let run = stage.run(&["m", "import", "-e", "Staging", "-i", "agent.json", "--dry-run"]).done();
    assert!(run.stderr.contains("was interrupted") && run.stderr.contains("aidb recover"), "{run}");
    assert_eq!(stage.staging.snapshot(), half, "a dry run never writes");
}

#[test]
fn finish_carries_it_through() {
    let stage = Stage::new().exported();
    killed(&stage, IMPORT);
    let run = stage.run(&["recover", "--finish"]).done();
    assert!(run.stdout.contains("were made and verified"), "{run}");
    let same =
        stage.run(&["m", "import", "-e", "Staging", "-i", "agent.json", "--exact", "--dry-run", "--detailed-exitcode"]);
    assert_eq!(same.status, Some(0), "{same}");
}

#[test]
fn without_its_key_it_waits_and_a_person_may_leave_it_as_it_is() {
    let stage = Stage::new().exported();
    killed(&stage, IMPORT);
    let _removed = stage.run(&["env", "remove-key", "Staging"]).done();
    let run = stage.run(&["recover"]);
    assert_eq!(run.status, Some(6), "{run}");
    snap!(stage, "recover_without_a_key", run);
    let url = stage.staging.url();
    let given =
        stage.run(&["m", "import", "-u", &url, "-i", "agent.json", "--yes", "-k", "a-key-for-this-server"]).done();
    assert!(given.stderr.contains("were put back"), "with a key that is given for its server it is settled: {given}");

    let rollback = [
        "m",
        "rollback",
        "--backup",
        "latest",
        "-e",
        "Staging",
        "-a",
        "my-agent",
        "-k",
        "k",
        "--yes",
        "--in-flight",
        "1",
    ];
    killed_at(&stage, 1, &rollback);
    let list = stage.run(&["recover", "--list", "--json"]).done().json();
    let id = list["operations"][0]["operation"].as_str().expect("an id").to_owned();
    let left = stage.run(&["recover", &id, "--leave"]).done();
    assert!(left.stdout.contains("was ended as it stands") && left.stdout.contains("rollback --backup bk-"), "{left}");
    assert_eq!(stage.run(&["recover"]).done().stdout, "Nothing was interrupted.\n");
    let again = stage.run(&["recover", &id, "--leave"]);
    assert_eq!(again.status, Some(64), "{again}");
}

#[test]
fn r7_thirty_terminals_at_once_on_one_agent_one_writes_and_the_others_say_who() {
    let stage = Stage::new().exported();
    // Whoever writes first is held until all the others have ended.
    stage.staging.set_faults([Fault::on(1, FaultAnswer::Hold).method("PUT")]);
    stage.staging.clear_requests();
    let mut children: Vec<Child> = (0..30).map(|_| start(&stage, &IMPORT[..IMPORT.len() - 2])).collect();
    let deadline = Instant::now() + PATIENCE;
    while children.iter_mut().filter_map(|child| child.try_wait().expect("a status")).count() < 29 {
        assert!(Instant::now() < deadline, "more than one waits");
        std::thread::sleep(Duration::from_millis(10));
    }
    stage.staging.set_faults([]);
    let runs: Vec<Run> = children.into_iter().map(ended).collect();
    let writers = runs.iter().filter(|run| run.stdout.contains("were made and verified")).count();
    assert_eq!(writers, 1, "{runs:?}");
    let changes = stage.staging.requests().iter().filter(|request| request.method != "GET").count();
    let (mut busy, mut moved, mut nothing) = (0, 0, 0);
    for run in &runs {
        match run.status {
            Some(0) if run.stdout.contains("Nothing to change") => nothing += 1,
            Some(0) => {}
            Some(1) => {
                assert!(
                    run.stderr.contains("is under way since") || run.stderr.contains("is about to change"),
                    "{run}"
                );
                busy += 1;
            }
            Some(5) => moved += 1,
            _ => panic!("{run}"),
        }
    }
    println!(
        "R7: 30 terminals, 1 wrote ({changes} requests), {busy} said who, {moved} found it changed, {nothing} had nothing to do"
    );
    assert!(busy > 0, "nobody met the lock");
    // A killed holder blocks nobody.
    let _back = stage.run(&["m", "rollback", "--backup", "latest", "-e", "Staging", "--yes"]).done();
    killed(&stage, IMPORT);
    let _done = stage.run(IMPORT).done();
}

#[test]
fn whoever_waits_comes_second_and_has_nothing_to_do() {
    let stage = Stage::new().exported();
    stage.staging.set_faults([Fault::on(1, FaultAnswer::Hold).method("PUT")]);
    stage.staging.clear_requests();
    let first = start(&stage, IMPORT);
    struck(&stage);
    let refused = stage.run(IMPORT);
    assert_eq!(refused.status, Some(1), "{refused}");
    snap!(stage, "recover_somebody_is_at_it", refused);
    let second = start(&stage, &[IMPORT, &["--wait"]].concat());
    let second = ended_after(second, "Waiting for it.", || stage.staging.set_faults([])).done();
    assert!(second.stderr.contains("Waiting for it.") && second.stdout.contains("Nothing to change"), "{second}");
    assert_eq!(ended(first).status, Some(0));
}

#[test]
fn a_plan_is_saved_looked_at_and_applied_once() {
    let stage = Stage::new().exported();
    let dry = ["m", "import", "-e", "Staging", "-i", "agent.json", "--dry-run", "--plan-out", "plan.json"];
    let saved = stage.run(&dry).done();
    assert!(saved.stderr.contains("aidb migrate import --plan plan.json"), "{saved}");
    let taken = stage.run(&dry);
    assert_eq!(taken.status, Some(1), "an existing file stays: {taken}");
    let applied = stage.run(&["m", "import", "--plan", "plan.json", "--yes"]).done();
    snap!(stage, "saved_plan_applied", applied);
    let _back = stage.run(&["m", "rollback", "--backup", "latest", "-e", "Staging", "--yes"]).done();
    let again = stage.run(&["m", "import", "--plan", "plan.json", "--yes"]);
    assert_eq!(again.status, Some(1), "{again}");
    snap!(stage, "saved_plan_applied_again", again);
}

#[test]
fn r6_a_saved_plan_for_a_target_that_moved_writes_nothing_and_shows_what_is_there_now() {
    let stage = Stage::new().exported();
    let dry = ["m", "import", "-e", "Staging", "-i", "agent.json", "--dry-run", "--plan-out", "plan.json"];
    let _saved = stage.run(&dry).done();
    stage.staging.set_resource("my-agent", "orders", "table", &[aidb_sandbox::Permission::Admin]).expect("set");
    let before = stage.staging.snapshot();
    let run = stage.run(&["m", "import", "--plan", "plan.json", "--yes"]);
    assert_eq!(run.status, Some(5), "{run}");
    snap!(stage, "saved_plan_moved", run);
    assert_eq!(stage.staging.snapshot(), before);
    for resource in ["a", "b", "c", "d", "e", "f"] {
        stage.staging.set_resource("my-agent", resource, "table", &[aidb_sandbox::Permission::Read]).expect("set");
    }
    let run = stage.run(&["m", "import", "--plan", "plan.json", "--yes"]);
    assert!(run.stderr.contains("  and 2 more\n"), "five of seven are said: {run}");
    let json = stage.run(&["m", "import", "--plan", "plan.json", "--yes", "--json"]).json();
    assert_eq!(json["moved"].as_array().map(Vec::len), Some(7), "a script gets all: {json}");
}
