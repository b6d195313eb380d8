//! A server that lost its memory is recognised wherever it is met: aidb knows what it saw there last.

use crate::recover::killed_at;
use crate::stage::Stage;

const CAUSE: &str = "it lost its memory, most likely because it was restarted";

#[test]
fn every_command_that_meets_it_says_so() {
    let stage = Stage::new().exported();
    let new = stage.run(&["test", "-e", "Staging"]).done();
    assert!(!new.stdout.contains("lost its memory"), "it has agents: {new}");
    let _changed = stage.run(&["m", "import", "-e", "Staging", "-i", "agent.json", "--yes"]).done();
    stage.staging.forget().expect("restarted");

    let test = stage.run(&["test", "-e", "Staging"]);
    assert!(test.stdout.contains("It has 0 agents") && test.stdout.contains(CAUSE), "{test}");
    assert!(test.stdout.contains("aidb saw 1 agent there before"), "{test}");
    let export = stage.run(&["m", "export", "-e", "Staging", "-o", "gone.json", "--json"]);
    assert_eq!((export.status, &export.json()["code"]), (Some(1), &"agent_not_found".into()), "{export}");
    assert!(export.stdout.contains(CAUSE) && export.stdout.contains("latest backup"), "{export}");
    assert!(!stage.file("gone.json").exists());
    for command in [
        &["m", "import", "-e", "Staging", "-i", "agent.json", "--dry-run"][..],
        &["m", "rollback", "--backup", "latest", "-e", "Staging", "-a", "my-agent", "--dry-run"],
        &["m", "promote", "--from", "Development", "--to", "Staging", "my-agent", "--dry-run"],
    ] {
        let run = stage.run(command).done();
        assert!(run.stdout.contains("Register new agent") && run.stdout.contains("Risk:"), "{run}");
        assert!(run.stdout.contains(CAUSE) && run.stdout.contains("with a new API key"), "{run}");
    }
    // Once somebody is there again, it is only this agent that is missing.
    let info = serde_json::json!({"name": "Another"});
    stage.staging.set_agent("another", info.as_object().expect("an object").clone(), "key").expect("set");
    let dry = stage.run(&["m", "import", "-e", "Staging", "-i", "agent.json", "--dry-run"]).done();
    assert!(!dry.stdout.contains("lost its memory"), "{dry}");
}

#[test]
fn a_server_that_was_empty_before_and_one_that_was_emptied_on_purpose_lost_nothing() {
    let stage = Stage::new().exported();
    stage.staging.forget().expect("empty from the beginning");
    let test = stage.run(&["test", "-e", "Staging"]);
    assert!(test.stdout.contains("It has no agents yet"), "aidb never saw one there: {test}");
    let _registered = stage.run(&["m", "import", "-e", "Staging", "-i", "agent.json", "--yes"]).done();
    let back = ["m", "rollback", "--backup", "latest", "-e", "Staging", "-a", "my-agent", "--yes", "--delete-agent"];
    let _deleted = stage.run(&back).done();
    let dry = stage.run(&["m", "import", "-e", "Staging", "-i", "agent.json", "--dry-run"]).done();
    assert!(!dry.stdout.contains("lost its memory"), "aidb itself took the last one away: {dry}");
}

#[test]
fn recovery_says_the_cause_first_then_some_of_what_is_left_and_the_way_back() {
    let stage = Stage::new().exported();
    let text = std::fs::read_to_string(stage.file("agent.json")).expect("exported");
    let mut whole: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let many: serde_json::Map<String, serde_json::Value> = (0..60)
        .map(|number| (format!("dataset_{number:03}"), serde_json::json!({"type": "dataset", "permissions": ["read"]})))
        .collect();
    whole["agent"]["resource_permissions"] = many.into();
    stage.write("many.json", whole.to_string());
    for (form, json) in [(&[][..], false), (&["--json"], true)] {
        stage.staging.reset().expect("as at first");
        killed_at(&stage, 40, &["m", "import", "-e", "Staging", "-i", "many.json", "--yes", "--in-flight", "1"]);
        stage.staging.forget().expect("restarted");
        let run = stage.run(&[&["recover"], form].concat());
        assert_eq!(run.status, Some(6), "{run}");
        if json {
            let one = &run.json()["operations"][0];
            assert!(one["left"].as_array().is_some_and(|left| left.len() >= 40), "a script gets all: {run}");
            assert!(one["cause"]["code"] == "server_emptied" && one["rollback"].is_string(), "{run}");
            continue;
        }
        let cause = run.stdout.find("Cause: The server has no agent at all any more").expect("the cause");
        let list = run.stdout.find("Left to look at").expect("what is left");
        assert!(cause < list, "the cause comes first: {run}");
        assert_eq!(run.stdout.matches("  dataset_").count(), 20, "{run}");
        assert_eq!(run.stdout.matches("The agent is not there any more").count(), 1, "said once: {run}");
        assert!(run.stdout.contains(" more; --json names all of them"), "{run}");
        assert!(run.stdout.contains("To go back: aidb migrate rollback --backup bk-"), "{run}");
    }
}

/// Restarted between two reads of one agent: in the middle of an export.
#[test]
fn a_restart_between_two_reads_is_said_as_that() {
    let stage = Stage::new();
    let wait = aidb_sandbox::Fault::on(1, aidb_sandbox::FaultAnswer::Hang { ms: None });
    stage.staging.set_faults([wait.method("GET").path_contains("/permissions/resources")]);
    stage.staging.clear_requests();
    let child = crate::signals::start(&stage, &["m", "export", "-e", "Staging", "-a", "my-agent", "-o", "x.json"]);
    crate::recover::struck(&stage);
    stage.staging.forget().expect("restarted");
    stage.staging.release();
    let run = crate::signals::ended(child);
    assert_eq!(run.status, Some(1), "{run}");
    assert!(run.stderr.contains("was there a moment ago, and now the server has no agent at all"), "{run}");
    assert!(!run.stderr.contains("Is this URL"), "{run}");
}
