//! Servers that are slow, gone, lying, or not what they were when the plan was made: a sentence for each, and nothing half done.

#![allow(clippy::panic_in_result_fn, reason = "a test stops where something is wrong")]

use std::time::Duration;

use aidb_sandbox::{ApiKey, Fault, FaultAnswer, Writes};
use aidb_test_desktop::steps::{
    PLAN, PLAN_IS_THERE, REASON, choose_target, go, open_with_environments, pass_check, planned, to_apply,
};
use aidb_test_desktop::{Samples, Session};
use anyhow::{Result, ensure};

#[test]
fn a_slow_server_holds_up_its_own_answer_and_no_other_screen() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = open_with_environments(&session, &samples)?;
    go(&window, "Promote")?;
    window.click("radio", "Development")?;
    window.click("option", "my-agent")?;
    window.click("button", "Continue to Check")?;
    pass_check(&window)?;
    choose_target(&window, "Staging")?;
    let staging = samples.staging.handle();
    // Also what is repeated once the engine has waited long enough.
    staging.set_faults([Fault::on(1, FaultAnswer::Hold).for_ever()]);
    window.click("button", "Continue to Plan")?;
    window.wait_for("Comparing Development with Staging")?;
    // Whoever waits is told for whom.
    window.wait_for("Still waiting for Development and Staging.")?;
    for screen in ["Settings", "Environments", "History"] {
        go(&window, screen)?;
        window.wait_for_role("heading", screen)?;
    }
    go(&window, "Promote")?;
    window.wait_for("Comparing Development with Staging")?;
    staging.set_faults([]);
    window.wait_for_within(PLAN_IS_THERE, Duration::from_secs(120))
}

#[test]
fn a_server_that_is_gone_is_told_with_what_it_means() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = planned(&session, &samples)?;
    to_apply(&window, PLAN, None)?;
    let Samples { staging, .. } = samples;
    drop(staging);
    window.click("button", PLAN)?;
    window.wait_for_within("Connection refused: nothing listens there", Duration::from_secs(60))?;
    window.wait_for("Nothing was written to Staging.")?;
    window.picture("server-gone")?;
    let text = window.text()?;
    ensure!(!text.contains("os error") && !text.contains("reqwest"), "no raw error is shown:\n{text}");
    assert_eq!(window.value("Why?")?, REASON, "what was typed is still there");
    Ok(())
}

#[test]
fn a_server_that_only_says_it_did_is_found_out() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = planned(&session, &samples)?;
    let staging = samples.staging.handle();
    let before = staging.resources("my-agent");
    to_apply(&window, PLAN, None)?;
    staging.switch(|switches| switches.writes = Writes::OnlyConfirmed);
    window.click("button", PLAN)?;
    window.wait_for_within("Put back: nothing was changed in the end", Duration::from_secs(60))?;
    window.picture("server-lies")?;
    ensure!(!window.text()?.contains("Applied and verified\n3"), "nothing is verified");
    assert_eq!(staging.resources("my-agent"), before);
    Ok(())
}

#[test]
fn a_server_that_lost_every_agent_since_the_plan_is_not_written_to() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = planned(&session, &samples)?;
    let staging = samples.staging.handle();
    to_apply(&window, PLAN, None)?;
    staging.forget()?;
    window.click("button", PLAN)?;
    window.wait_for("Staging changed after this plan was made. Nothing was written")?;
    window.picture("server-restarted-empty")?;
    assert_eq!(samples.writes(), 0);
    assert_eq!(staging.agent("my-agent"), None);
    Ok(())
}

#[test]
fn a_key_that_was_revoked_since_the_plan_is_told_and_nothing_is_written() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = planned(&session, &samples)?;
    let staging = samples.staging.handle();
    let before = staging.resources("my-agent");
    to_apply(&window, PLAN, None)?;
    staging.switch(|switches| switches.required_api_key = Some(ApiKey::new("another one")));
    window.click("button", PLAN)?;
    window.wait_for("The server does not accept the API key.")?;
    window.wait_for("Nothing was written to Staging.")?;
    window.wait_for_role("button", "Open Environments")?;
    window.picture("key-revoked")?;
    assert_eq!(staging.resources("my-agent"), before);
    assert_eq!(window.value("Why?")?, REASON, "what was typed is still there");
    Ok(())
}
