//! What goes wrong: a broken file, a target that moved, a server that dies in the middle.

use std::time::Duration;

use aidb_sandbox::{Fault, FaultAnswer, Permission};
use aidb_test_desktop::steps::{
    Mode, PLAN, PLAN_IS_THERE, Resources, apply, check_file, go, on_to_the_plan, open_with_environments, planned,
    to_apply,
};
use aidb_test_desktop::{Samples, Session, Window};
use anyhow::{Result, ensure};

#[test]
fn a_broken_file_shows_everything_that_is_wrong_with_it_and_goes_no_further() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let broken = r#"{
  "version": "1.0.0",
  "agent": { "agent_id": "my-agent",
    "resource_permissions": { "orders": { "permissions": ["read", "fly"] } } },
  "tables": "orders"
}"#;
    let path = session.write("broken.json", broken)?;
    let window = open_with_environments(&session, &samples)?;
    check_file(&window, &path.display().to_string())?;
    window.wait_for("broken.json cannot be used yet: 4 errors.")?;
    window.click("button", "Continue to Check")?;
    for finding in ["agent.name", "fly", "type", "tables must be an array"] {
        window.wait_for(finding)?;
    }
    window.picture("broken-file")?;
    assert!(!window.is_enabled("button", "Continue to Target")?, "an error blocks");

    // Put right in an editor, and checked again: what was typed is still there.
    let mended = broken
        .replace(r#""my-agent","#, r#""my-agent", "name": "My Agent","#)
        .replace(r#"{ "permissions": ["read", "fly"] }"#, r#"{ "type": "table", "permissions": ["read", "write"] }"#)
        .replace(r#""tables": "orders""#, r#""tables": ["orders"]"#);
    session.write("broken.json", mended)?;
    window.click("button", "Check again")?;
    on_to_the_plan(&window, "Production", Mode::Keep)
}

#[test]
fn a_file_that_is_not_there_is_told_in_words() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = open_with_environments(&session, &samples)?;
    check_file(&window, &session.home().join("nowhere.json").display().to_string())?;
    window.wait_for("Configuration file not found")?;
    let text = window.text()?;
    ensure!(!text.contains("os error"), "no raw error is shown:\n{text}");
    Ok(())
}

#[test]
fn a_target_that_moved_since_the_plan_is_shown_again_and_not_written() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = planned(&session, &samples)?;
    to_apply(&window, PLAN, None)?;
    let staging = samples.staging.handle();
    let before = samples.writes();
    staging.set_resource("my-agent", "orders", "table", &[Permission::Read, Permission::Write])?;
    window.click("button", PLAN)?;
    window.wait_for("Staging changed after this plan was made. Nothing was written")?;
    window.picture("moved")?;
    assert_eq!(samples.writes(), before, "nothing was written");
    apply(&window, "Apply 2 changes to Staging", None, "Applied and verified")?;
    let (source, target) = (samples.development.handle().resources("my-agent"), staging.resources("my-agent"));
    assert_eq!(source, target);
    Ok(())
}

#[test]
fn a_server_that_fails_in_the_middle_ends_as_it_was() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = planned(&session, &samples)?;
    let staging = samples.staging.handle();
    let before = staging.resources("my-agent");
    // The second change is refused for good, and what puts the first one back is let through.
    staging.set_faults([Fault::on(2, FaultAnswer::status(422, aidb_sandbox::ErrorBody::default())).method("PUT")]);
    apply(&window, PLAN, None, "Put back: nothing was changed in the end")?;
    window.picture("put-back")?;
    assert_eq!(staging.resources("my-agent"), before);
    go(&window, "History")?;
    window.wait_for("Put back")
}

/// An apply that came so far that its server died, and cannot even be put back; and what the server had before it.
fn died_in_the_middle<'s>(session: &'s Session, samples: &Samples) -> Result<(Window<'s>, Resources)> {
    let window = planned(session, samples)?;
    let staging = samples.staging.handle();
    let before = staging.resources("my-agent");
    let dead = Fault { times: None, ..Fault::on(1, FaultAnswer::Cut) };
    staging.set_faults([Fault { times: None, ..Fault::on(2, FaultAnswer::Cut).method("PUT") }, dead.method("DELETE")]);
    to_apply(&window, PLAN, None)?;
    window.click("button", PLAN)?;
    // Each request is tried again for a while before it counts as lost.
    window.wait_for_within("Needs your attention", Duration::from_secs(180))?;
    Ok((window, before))
}

#[test]
fn a_server_that_dies_in_the_middle_leaves_words_and_a_way_on() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let (window, before) = died_in_the_middle(&session, &samples)?;
    window.picture("needs-attention")?;
    ensure!(!window.text()?.contains("Make the plan again"), "nothing can be planned before it is settled");
    let staging = samples.staging.handle();
    staging.set_faults([]);
    window.within("region", "Needs your attention").click("button", "Put it back now")?;
    window.wait_for("Put back: nothing was changed in the end")?;
    ensure!(staging.resources("my-agent") == before, "it is as it was");
    window.picture("put-back-later")?;
    window.click("button", "Make the plan again")?;
    window.wait_for(PLAN_IS_THERE)
}

#[test]
fn what_was_interrupted_and_is_finished_is_called_done_and_can_be_undone() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let (window, before) = died_in_the_middle(&session, &samples)?;
    let staging = samples.staging.handle();
    staging.set_faults([]);
    window.click("button", "Other ways…")?;
    window.click("button", "Finish it")?;
    window.wait_for("Applied and verified")?;
    window.wait_until_gone("Put back")?;
    window.picture("finished-later")?;
    ensure!(staging.resources("my-agent") == samples.development.handle().resources("my-agent"), "all of it is there");
    window.wait_for_role("button", "Promote on to Production")?;
    window.click("button", "Undo this…")?;
    window.wait_for(PLAN_IS_THERE)?;
    ensure!(staging.resources("my-agent") != before, "undoing it is a plan first");
    Ok(())
}
