//! A plan file is an instruction to write: what this store did not save is applied only where somebody vouches for it.

use std::fs;

use aidb_testkit::{Home, Run};

use crate::snap_both;
use crate::stage::{KEY, Stage};

/// A plan for Staging in `plan.json`, and its eight words.
fn planned() -> (Stage, String) {
    let stage = Stage::new().exported();
    let dry = ["m", "import", "-e", "Staging", "-i", "agent.json", "--dry-run", "--plan-out", "plan.json"];
    let run = stage.run(&dry).done();
    let words = run.stderr.split("applies it elsewhere: ").nth(1).expect("the words").trim().to_owned();
    assert_eq!(words.split(' ').count(), 8, "{run}");
    (stage, words)
}

/// Another machine with a profile of the same server and its key.
fn elsewhere(stage: &Stage) -> Home {
    let home = Home::new();
    let _added = home.run(&["env", "add", "Staging", "--url", &stage.staging.url()]).done();
    let mut set_key = home.aidb(&["env", "set-key", "Staging"]);
    let _stored = Run::of(set_key.write_stdin(KEY)).done();
    fs::copy(stage.file("plan.json"), home.file("plan.json")).expect("sent");
    home
}

#[test]
fn a_plan_of_this_store_is_applied_as_it_stands() {
    let (stage, _words) = planned();
    let run = stage.run(&["m", "import", "--plan", "plan.json", "--yes"]).done();
    assert!(run.stdout.contains("made and verified"), "{run}");
}

#[test]
fn a_plan_from_elsewhere_is_shown_and_refused_until_its_words_are_given() {
    let (stage, words) = planned();
    let home = elsewhere(&stage);
    let before = stage.staging.snapshot();
    let apply = ["m", "import", "--plan", "plan.json", "--yes"];
    let run = home.run(&apply);
    assert!(run.status == Some(64) && run.stderr.contains("This plan was not saved here"), "{run}");
    assert!(run.stderr.contains("they do not prove who saved it"), "{run}");
    assert!(run.stdout.contains("gains write"), "the plan is shown: {run}");
    assert!(!run.stderr.contains(&words), "whoever only copies what stands there vouches for nothing: {run}");
    let wrong = words.replace(words.split(' ').next().expect("a word"), "zebra");
    let run = home.run(&[apply.as_slice(), &["--approved", &wrong]].concat());
    assert!(run.status == Some(64) && run.stderr.contains("not the words of this plan"), "{run}");
    assert_eq!(stage.staging.snapshot(), before, "nothing was written yet");
    let run = home.run(&[apply.as_slice(), &["--approved", &words.to_uppercase()]].concat()).done();
    assert!(run.stdout.contains("made and verified"), "{run}");
}

/// The sum in the file has no key: whoever edits the plan can compute it anew. The words differ then.
#[test]
fn a_plan_that_was_rewritten_with_a_new_sum_is_not_this_stores() {
    let (stage, words) = planned();
    let text = fs::read_to_string(stage.file("plan.json")).expect("saved");
    let mut plan: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let sum = plan["sha256"].as_str().expect("a sum").to_owned();
    assert!(text.contains("\"read\""), "there is something to widen");
    plan["saved"]["saved_by"] = "somebody else".into();
    stage.write("edited.json", serde_json::to_string_pretty(&plan).expect("text"));
    let run = stage.run(&["m", "import", "--plan", "edited.json", "--yes"]);
    assert!(run.status == Some(1) && run.stderr.contains("was changed since it was saved"), "{run}");
    let resealed = resealed(&text, "tester", "intruder");
    assert!(!resealed.contains(&sum));
    stage.write("resealed.json", resealed);
    let before = stage.staging.snapshot();
    for more in [[].as_slice(), &["--approved", &words]] {
        let run = stage.run(&[["m", "import", "--plan", "resealed.json", "--yes"].as_slice(), more].concat());
        assert_eq!(run.status, Some(64), "{run}");
    }
    assert_eq!(stage.staging.snapshot(), before);
}

/// The file with one word for another and the right sum over it, by a program that is not aidb.
fn resealed(text: &str, from: &str, to: &str) -> String {
    let script = "import hashlib,json,sys\n\
        text=sys.stdin.read().replace(sys.argv[1],sys.argv[2])\n\
        p=json.loads(text)\n\
        s=json.dumps(p['saved'],separators=(',',':'),ensure_ascii=False)\n\
        p['sha256']=hashlib.sha256(s.encode()).hexdigest()\n\
        print(json.dumps(p,ensure_ascii=False))";
    let mut python = assert_cmd::Command::new("python3");
    let run = Run::of(python.args(["-c", script, &format!("\"{from}\""), &format!("\"{to}\"")]).write_stdin(text));
    run.done().stdout
}

#[test]
fn what_is_no_plan_is_told_what_it_is() {
    let (stage, _words) = planned();
    let run = snap_both!(stage, "plan_is_a_configuration", &["m", "import", "--plan", "agent.json"]);
    assert!(run.status == Some(64) && run.stderr.contains("-i"), "{run}");
    stage.write("nonsense.json", "{\"a\": 1}");
    snap_both!(stage, "plan_is_nonsense", &["m", "import", "--plan", "nonsense.json"]);
    let plan = fs::read(stage.file("plan.json")).expect("saved");
    stage.write("marked.json", [b"\xef\xbb\xbf".as_slice(), &plan].concat());
    let run = stage.run(&["m", "import", "--plan", "marked.json", "--yes"]).done();
    assert!(run.stdout.contains("made and verified"), "a byte order mark is an editor's: {run}");
}

#[test]
fn a_plan_file_that_is_there_is_overwritten_with_force() {
    let (stage, _words) = planned();
    let dry = ["m", "import", "-e", "Staging", "-i", "agent.json", "--dry-run", "--plan-out", "plan.json"];
    let run = stage.run(&dry);
    assert!(run.status == Some(1) && run.stderr.contains("--force"), "{run}");
    let _forced = stage.run(&[dry.as_slice(), &["--force"]].concat()).done();
}
