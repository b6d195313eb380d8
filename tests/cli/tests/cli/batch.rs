//! Several agents in one go: `promote --all`, `--differing`, `--first`, and `aidb migrate batch`.

use aidb_sandbox::{ErrorBody, Fault, FaultAnswer};
use serde_json::json;

use crate::snap;
use crate::stage::Stage;

const PROMOTE: [&str; 6] = ["m", "promote", "--from", "Development", "--to", "Staging"];

fn with<'a>(further: &[&'a str]) -> Vec<&'a str> {
    PROMOTE.iter().copied().chain(further.iter().copied()).collect()
}

#[test]
fn what_differs_is_promoted_listed_and_taken_back() {
    let stage = Stage::new();
    let before = stage.staging.snapshot();
    let planned = stage.run(&with(&["--differing", "--dry-run", "--json"])).done().json();
    let agents: Vec<&str> =
        planned["plans"].as_array().unwrap().iter().filter_map(|plan| plan["agent_id"].as_str()).collect();
    assert!(agents.contains(&"my-agent") && !agents.contains(&"invoice-reader"), "{agents:?}");
    let done = stage.run(&with(&["--differing", "--yes", "--json"])).done().json();
    let batch = done["batch"].as_str().unwrap();
    assert_eq!(done["results"].as_array().unwrap().len(), agents.len());
    let none = stage.run(&with(&["--differing", "--yes"])).done();
    assert_eq!(none.stdout, "✓ No agent of Development differs in Staging.\n");

    snap!(stage, "batch_list", stage.run(&["m", "batch"]).done());
    snap!(stage, "batch_show", stage.run(&["m", "batch", "show", batch]).done());
    let left = stage.run(&["m", "batch", "resume", batch]).done();
    assert_eq!(left.stdout, format!("Every agent of {batch} is done.\n"));
    let undo = stage.run(&["m", "batch", "undo", batch, "--yes", "--delete-agent"]).done();
    assert!(undo.stdout.contains("To go back with all of them: aidb migrate batch undo"), "{undo}");
    let access = |snapshot: &aidb_sandbox::Snapshot| {
        let allowed = |agent: &aidb_sandbox::AgentSnapshot| {
            // An entry that the server cannot remove stays, with nothing allowed.
            let mut resources = agent.resources.clone();
            resources.retain(|_, entry| !entry.permissions.is_empty());
            resources
        };
        snapshot.agents.iter().map(|(id, agent)| (id.clone(), allowed(agent))).collect::<Vec<_>>()
    };
    assert_eq!(access(&stage.staging.snapshot()), access(&before));
    let again = stage.run(&["m", "batch", "undo", batch, "--dry-run"]).done();
    assert!(again.stdout.contains("is to be taken back"), "{again}");
    let batches = stage.run(&["m", "batch", "--json"]).done().json();
    assert_eq!(batches["batches"][0]["undoes"], json!(batch));
}

#[test]
fn what_is_on_purpose_is_not_promoted_with_what_differs() {
    let stage = Stage::new();
    let accept = ["accept", "add", "Staging/faq-bot", "--all", "--until", "2099-12-30", "--reason", "on purpose"];
    let _accepted = stage.run(&accept).done();
    let planned = stage.run(&with(&["--differing", "--dry-run", "--json"])).done().json();
    let agents = planned["plans"].as_array().unwrap().iter().map(|plan| &plan["agent_id"]);
    assert!(agents.clone().all(|agent| agent != "faq-bot") && agents.count() > 2, "{planned}");
}

#[test]
fn where_the_first_one_fails_the_others_wait_and_go_on_later() {
    let stage = Stage::new();
    let refused = FaultAnswer::status(403, ErrorBody::Json);
    stage.staging.set_faults([Fault::on(1, refused).method("PUT").path_contains("my-agent").for_ever()]);
    // One request at a time: of several refused ones, the first answered would be named.
    let agents = ["data-steward", "faq-bot", "my-agent", "--first", "my-agent", "--yes", "--in-flight", "1"];
    let stopped = stage.run(&with(&agents));
    snap!(stage, "batch_first_failed", stopped);
    assert_eq!(stopped.status, Some(4), "nothing was changed, and the key was refused");
    stage.staging.set_faults([]);
    let batch = stage.run(&["m", "batch", "--json"]).done().json()["batches"][0]["id"].as_str().unwrap().to_owned();
    snap!(stage, "batch_show_stopped", stage.run(&["m", "batch", "show", &batch]).done());
    snap!(stage, "batch_resume", stage.run(&["m", "batch", "resume", &batch, "--yes"]).done());
    for agent in ["data-steward", "faq-bot", "my-agent"] {
        assert_eq!(stage.staging.resources(agent), stage.development.resources(agent));
    }
}

#[test]
fn the_plans_of_a_batch_are_saved_and_applied_as_they_were_shown() {
    let stage = Stage::new();
    let saved = stage.run(&with(&["data-steward", "faq-bot", "--dry-run", "--plan-out", "plans.json"])).done();
    assert!(saved.stderr.contains("To apply it: aidb migrate import --plan plans.json"), "{saved}");
    let applied = stage.run(&["m", "import", "--plan", "plans.json", "--yes"]).done();
    assert!(applied.stdout.contains("To go back with all of them"), "{applied}");
    let once = stage.run(&["m", "import", "--plan", "plans.json", "--yes"]);
    assert!(once.status != Some(0), "{once}");
}

#[test]
fn what_is_no_batch_is_said_with_what_to_do() {
    let stage = Stage::new();
    assert_eq!(
        stage.run(&["m", "batch"]).done().stdout,
        "No batches: several agents have not been changed in one go yet.\n"
    );
    for action in ["show", "resume", "undo"] {
        let unknown = stage.run(&["m", "batch", action, "ba-nowhere0"]);
        assert!(
            unknown.status == Some(64) && unknown.stderr.contains("Hint: Look at the list of batches."),
            "{unknown}"
        );
    }
    let nobody = stage.run(&with(&["data-steward", "faq-bot", "--first", "nobody", "--yes"]));
    assert!(nobody.status == Some(64) && nobody.stderr.contains("is to go first"), "{nobody}");
}
