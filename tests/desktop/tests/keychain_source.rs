//! One source for what the keychain is: what any command finds out holds on every screen, with a way out beside it, and once the
//! keychain is well again so is everything that waited for it.

#![allow(clippy::panic_in_result_fn, reason = "a test stops where something is wrong")]

use std::time::Duration;

use aidb_test_desktop::steps::{go, open_with_environments};
use aidb_test_desktop::{Samples, Session, Window};
use aidb_testkit::KeychainMode;
use anyhow::{Result, ensure};

/// The overview, with the agents of all three environments.
fn overview<'s>(session: &'s Session, samples: &Samples) -> Result<Window<'s>> {
    let window = open_with_environments(session, samples)?;
    go(&window, "Overview")?;
    window.wait_for("churn-forecast")?;
    Ok(window)
}

#[test]
fn a_keychain_that_is_locked_while_the_window_runs_is_called_so_everywhere_and_unlocked_where_it_is_in_the_way()
-> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = overview(&session, &samples)?;
    session.lock_keychain()?;
    window.click("button", "Check again")?;
    // The side bar, the three pills and the three columns, and the banner with the ways out: one word for all of them.
    window.wait_for("The keychain is locked.")?;
    window.patiently("everything says the same", || {
        let text = window.text()?;
        let said = text.matches("Keychain locked").count();
        ensure!(said >= 7, "it is said {said} times:\n{text}");
        ensure!(
            !text.contains("Keychain ready") && !text.contains("Reachable"),
            "something says another thing:\n{text}"
        );
        Ok(())
    })?;
    window.picture("locked-while-running")?;
    window.wait_for_role("button", "Unlock the keychain")?;

    session.unlock_keychain()?;
    window.click("button", "Check again")?;
    window.wait_for("Keychain ready")?;
    window.patiently("every server was asked again", || {
        let text = window.text()?;
        ensure!(!text.contains("Keychain locked") && !text.contains("Cannot tell"), "it is not:\n{text}");
        Ok(())
    })
}

#[test]
fn on_a_first_start_without_a_keychain_the_way_out_stands_where_the_failure_is() -> Result<()> {
    let session = Session::with_keychain(KeychainMode::Absent)?;
    let window = session.open()?;
    window.wait_for("Try it with sample environments")?;
    window.click("button", "Start the sample environments")?;
    window.wait_for("This machine offers no keychain")?;
    window.picture("first-start-without-keychain")?;
    window.click("button", "Keep keys for this session")?;
    window.wait_for_within("The sample environments are ready.", Duration::from_secs(180))?;
    window.wait_for("my-agent")
}
