//! The way of somebody who has just installed it: sample environments, a promotion that takes something away, the
//! history, and back again, first one item and then all.

use aidb_test_desktop::Session;
use aidb_test_desktop::steps::{
    Mode, PLAN_IS_THERE, apply, choose_target, go, pass_check, permissions_at, plan_promotion, start_sandbox, to_apply,
};
use anyhow::Result;
use serde_json::{Value, json};

const AGENT: &str = "nightly-sync";
const KEY: &str = "sample-key-of-production";
const PROTECTED: Option<&str> = Some("Production");

fn production(urls: &[String; 3]) -> Result<Value> {
    permissions_at(&urls[2], KEY, AGENT)
}

/// Opens the entry of the history that holds this, and goes to the plan that leads back to its backup.
fn plan_restore(window: &aidb_test_desktop::Window<'_>, entry: &str) -> Result<()> {
    go(window, "History")?;
    window.click("option", entry)?;
    window.wait_for("Backup from before")?;
    window.click("button", "Restore…")?;
    window.wait_for(PLAN_IS_THERE)
}

#[test]
fn from_the_first_start_through_a_promotion_and_all_the_way_back() -> Result<()> {
    let session = Session::start()?;
    let window = session.open()?;
    window.picture("01-first-start")?;
    let urls = start_sandbox(&window)?;
    let before = production(&urls)?;
    assert_eq!(before["customers"].as_array().map(Vec::len), Some(4), "{before}");

    // Production has more than Staging: what would be lost is only lost when it is ticked.
    plan_promotion(&window, AGENT, "Staging", "Production", Mode::Exact)?;
    window.wait_for("Nothing is selected.")?;
    window.click("checkbox", "customers")?;
    window.click("checkbox", "suppliers")?;
    window.picture("02-plan-with-losses")?;
    apply(&window, "Apply 2 changes to Production, 2 losing access", PROTECTED, "Applied and verified")?;
    window.picture("03-result")?;
    let promoted = production(&urls)?;
    assert_eq!(promoted["customers"], json!(["read"]));
    assert_eq!(promoted.get("suppliers"), None);
    assert_eq!(promoted["dead letters"], before["dead letters"], "what was not ticked stays");

    // One item back.
    plan_restore(&window, AGENT)?;
    window.click("checkbox", "suppliers")?;
    window.picture("04-restore-one")?;
    apply(&window, "Apply 1 change to Production", PROTECTED, "Applied and verified")?;
    let half = production(&urls)?;
    assert_eq!(half["customers"], before["customers"]);
    assert_eq!(half.get("suppliers"), None);

    // And all of it, from the backup of the promotion: the older of the two entries.
    go(&window, "History")?;
    window.wait_for("Restored")?;
    window.picture("05-history")?;
    plan_restore(&window, "Promoted")?;
    apply(&window, "Apply 1 change to Production", PROTECTED, "Applied and verified")?;
    assert_eq!(production(&urls)?, before, "everything is as it was");

    // The window says so too.
    plan_restore_is_off(&window)
}

/// Nothing differs any more from what the promotion found.
fn plan_restore_is_off(window: &aidb_test_desktop::Window<'_>) -> Result<()> {
    go(window, "History")?;
    window.click("option", "Promoted")?;
    window.wait_for("Nothing to restore.")?;
    assert!(!window.is_enabled("button", "Restore…")?);
    Ok(())
}

#[test]
fn the_sample_environments_come_back_with_what_was_promoted_in_them() -> Result<()> {
    let session = Session::start()?;
    let window = session.open()?;
    start_sandbox(&window)?;
    plan_promotion(&window, "my-agent", "Development", "Staging", Mode::Keep)?;
    apply(&window, "Apply 3 changes to Staging", None, "Applied and verified")?;
    window.close()?;
    let window = session.open()?;
    plan_promotion_is_empty(&window)
}

fn plan_promotion_is_empty(window: &aidb_test_desktop::Window<'_>) -> Result<()> {
    go(window, "Promote")?;
    window.click("radio", "Development")?;
    window.click("option", "my-agent")?;
    window.click("button", "Continue to Check")?;
    pass_check(window)?;
    choose_target(window, "Staging")?;
    window.click("button", "Continue to Plan")?;
    window.wait_for("Staging has it all already")
}

#[test]
fn a_protected_environment_takes_its_own_name_and_no_other() -> Result<()> {
    let session = Session::start()?;
    let window = session.open()?;
    let urls = start_sandbox(&window)?;
    let before = permissions_at(&urls[2], KEY, "my-agent")?;
    plan_promotion(&window, "my-agent", "Development", "Production", Mode::Keep)?;
    let words = "Apply 5 changes to Production";
    to_apply(&window, words, PROTECTED)?;
    for other in ["production", "Staging", "Productio"] {
        window.fill("Type Production to confirm", other)?;
        assert!(!window.is_enabled("button", words)?, "{other:?} is not its name");
    }
    assert_eq!(permissions_at(&urls[2], KEY, "my-agent")?, before, "nothing is written before");
    Ok(())
}
