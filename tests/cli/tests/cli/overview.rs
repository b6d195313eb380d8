//! `aidb overview`: what differs from stage to stage, in a terminal and in CI.

use aidb_testkit::Home;

use crate::stage::Stage;
use crate::{snap, snap_both};

#[test]
fn every_agent_beside_the_stage_before() {
    let stage = Stage::new();
    let run = snap_both!(stage, "overview", &["overview"]);
    assert_eq!(run.status, Some(0));
    let detailed = stage.run(&["overview", "--differing", "--detailed-exitcode"]);
    snap!(stage, "overview_differing", detailed);
    assert_eq!(detailed.status, Some(2));
}

#[test]
fn an_environment_without_a_key_leaves_the_others_whole() {
    let stage = Stage::new();
    let _gone = stage.run(&["env", "remove-key", "Production"]).done();
    let run = stage.run(&["overview"]);
    snap!(stage, "overview_without_a_key", run);
    assert_eq!(run.status, Some(0), "what could be read is shown");
    for name in ["Development", "Staging"] {
        let _gone = stage.run(&["env", "remove-key", name]).done();
    }
    assert_eq!(stage.run(&["overview"]).status, Some(1), "nothing could be read");
}

#[test]
fn what_could_not_be_read_is_no_yes() {
    let stage = Stage::new();
    let _gone = stage.run(&["env", "remove", "Staging", "--yes"]).done();
    let _gone = stage.run(&["env", "remove", "Production", "--yes"]).done();
    let alone = stage.run(&["overview", "--detailed-exitcode"]);
    assert_eq!(alone.status, Some(0), "one environment differs from none: {alone}");
    let _added = stage.run(&["env", "add", "Later", "--url", &stage.staging.url()]).done();
    let unread = stage.run(&["overview", "--detailed-exitcode"]);
    assert_eq!(unread.status, Some(1), "{unread}");
}

#[test]
fn without_environments_it_says_how_to_begin() {
    let home = Home::new();
    let run = home.run(&["overview"]);
    assert!(run.stdout.contains("No environments yet. Add one with `aidb env add NAME --url URL`."), "{run}");
}
