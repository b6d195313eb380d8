//! What is done once is done once, and a result is shown as long as it is true.

#![allow(clippy::panic_in_result_fn, reason = "a test stops where something is wrong")]

use aidb_sandbox::{Fault, FaultAnswer, Permission};
use aidb_test_desktop::steps::{
    Mode, PLAN, PLAN_IS_THERE, apply, go, hurry, open_with_environments, plan_promotion, planned, to_apply,
};
use aidb_test_desktop::{Samples, Session};
use anyhow::{Context as _, Result, ensure};

#[test]
fn a_double_click_on_apply_applies_and_stops_nothing() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = planned(&session, &samples)?;
    to_apply(&window, PLAN, None)?;
    let staging = samples.staging.handle();
    staging.set_faults([Fault::on(2, FaultAnswer::Hold).method("PUT").for_ever()]);
    window.double_click("button", PLAN)?;
    window.wait_for("Stop and put back")?;
    window.picture("applying")?;
    ensure!(!window.text()?.contains("Stopping, and putting back"), "the second click stopped it");
    hurry(&samples);
    window.wait_for("Applied and verified")
}

#[test]
fn a_result_is_gone_once_it_was_undone_and_a_restore_leads_no_further() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = open_with_environments(&session, &samples)?;
    plan_promotion(&window, "churn-forecast", "Development", "Staging", Mode::Keep)?;
    apply(&window, "Apply 6 changes to Staging", None, "Applied and verified")?;
    // It made a key, so its result stays for another copy, until it was undone.
    window.click("button", "Undo this…")?;
    window.wait_for("Nothing is selected.")?;
    window.click("checkbox", "All of “Delete the agent”")?;
    window.click("button", "Delete churn-forecast in Staging…")?;
    window.click("checkbox", "Yes, delete churn-forecast in Staging")?;
    window.click("button", "Delete churn-forecast in Staging")?;
    window.wait_for("Applied and verified")?;
    assert_eq!(samples.staging.handle().agent("churn-forecast"), None);
    ensure!(!window.text()?.contains("Promote on"), "whoever goes back does not carry it on");
    window.picture("restored")?;
    go(&window, "Promote")?;
    window.wait_for("Choose an environment and an agent.")?;
    ensure!(!window.text()?.contains("API key was made"), "the key of an agent that is gone is not offered");
    Ok(())
}

#[test]
fn the_history_stays_narrowed_down_and_finds_a_resource() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = planned(&session, &samples)?;
    apply(&window, PLAN, None, "Applied and verified")?;
    go(&window, "History")?;
    window.fill("Search the history", "sales.invoices")?;
    window.wait_for("Promoted my-agent from Development")?;
    go(&window, "Settings")?;
    window.wait_for_role("heading", "Settings")?;
    go(&window, "History")?;
    window.wait_for("Promoted my-agent from Development")?;
    assert_eq!(window.value("Search the history")?, "sales.invoices");
    window.fill("Search the history", "no resource of that name")?;
    window.wait_until_gone("Promoted my-agent from Development")
}

#[test]
fn what_broke_is_found_by_a_word_and_given_back_by_itself() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = open_with_environments(&session, &samples)?;
    let staging = samples.staging.handle();
    for resource in ["customers", "macros", "leads"] {
        staging.set_resource("my-agent", resource, "table", &[Permission::Read, Permission::Write])?;
    }
    plan_promotion(&window, "my-agent", "Development", "Staging", Mode::Exact)?;
    window.click("checkbox", "All of “Loses access”")?;
    let whole = window.patiently("the button counts all of it", || {
        let text = window.text()?;
        let line = text.lines().find(|line| line.starts_with("Apply ") && line.contains("to Staging"));
        line.map(|line| line.trim_end_matches('…').to_owned()).context("there is no such button")
    })?;
    apply(&window, &whole, None, "Applied and verified")?;
    ensure!(staging.resources("my-agent").is_some_and(|now| !now.contains_key("macros")), "it is gone");
    go(&window, "History")?;
    window.click("button", "It broke…")?;
    window.fill("An agent, a resource, a person or a day", "macros today")?;
    // Where several are left, none is the one that is meant.
    window.wait_for_role("button", "Give back just this…")?;
    window.picture("it-broke")?;
    window.click("button", "Give back just this…")?;
    window.wait_for_role("button", "Apply 1 change to Staging…")?;
    apply(&window, "Apply 1 change to Staging", None, "Applied and verified")?;
    let now = staging.resources("my-agent").context("the agent is there")?;
    ensure!(now.contains_key("macros") && !now.contains_key("leads"), "just this came back: {:?}", now.keys());
    Ok(())
}

#[test]
fn closing_the_window_asks_about_a_half_filled_environment() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = open_with_environments(&session, &samples)?;
    go(&window, "Environments")?;
    window.click("button", "Add an environment")?;
    window.fill("Name", "Quality")?;
    session.ask_to_close()?;
    window.wait_for("Leave without saving?")?;
    window.picture("close-unsaved")?;
    window.click("button", "Go on editing")?;
    assert_eq!(window.value("Name")?, "Quality");
    session.ask_to_close()?;
    window.wait_for("Leave without saving?")?;
    // The window goes with the press, and with it whoever would answer for that.
    let leave = "const leave = [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === 'Leave without saving');
        setTimeout(() => leave.click(), 50);";
    window.script(leave, &[])?;
    session.wait_until_closed()
}

#[test]
fn every_copy_button_puts_its_text_on_the_clipboard() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = planned(&session, &samples)?;
    window.wait_for(PLAN_IS_THERE)?;
    window.click("button", "Copy as text")?;
    window.patiently("the plan is on the clipboard", || {
        let text = session.clipboard()?;
        ensure!(
            text.starts_with("Plan for my-agent in Staging") && text.contains("sales.invoices"),
            "it holds {text:?}"
        );
        Ok(())
    })?;
    window.within("region", PLAN_IS_THERE).click("button", "Copy")?;
    window.patiently("the command is on the clipboard", || {
        let text = session.clipboard()?;
        ensure!(text == "aidb migrate promote --from Development --to Staging my-agent", "it holds {text:?}");
        Ok(())
    })?;
    go(&window, "Settings")?;
    window.click("button", "Copy the path")?;
    window.patiently("the folder is on the clipboard", || {
        let text = session.clipboard()?;
        ensure!(text.starts_with('/') && std::path::Path::new(&text).is_dir(), "it holds {text:?}");
        Ok(())
    })
}
