//! A keychain that is locked, not there, silent, or locked in the middle: said in a sentence, with a way on, and the window goes on.

#![allow(clippy::panic_in_result_fn, reason = "a test stops where something is wrong")]

use std::time::Duration;

use aidb_test_desktop::steps::{Mode, PLAN, REASON, apply, go, open_with_environments, plan_promotion, to_apply};
use aidb_test_desktop::{Samples, Session, Window};
use aidb_testkit::KeychainMode;
use anyhow::{Result, ensure};

/// Types the key of an environment that has none it could use.
fn store_key(window: &Window<'_>, name: &str) -> Result<()> {
    go(window, "Environments")?;
    window.click("button", &format!("Open {name}"))?;
    window.fill("API key", "a key of this session")?;
    window.click("button", "Store this key")?;
    window.wait_for("Kept for this session")
}

/// Keys in memory, because the person chose so; and with them everything works.
fn work_with_keys_of_this_session(window: &Window<'_>, samples: &Samples) -> Result<()> {
    window.within("region", "keychain").click("button", "Keep keys for this session")?;
    window.wait_for("Keys are kept for this session")?;
    store_key(window, "Development")?;
    store_key(window, "Staging")?;
    plan_promotion(window, "my-agent", "Development", "Staging", Mode::Keep)?;
    apply(window, PLAN, None, "Applied and verified")?;
    let [source, target] = [&samples.development, &samples.staging].map(|server| server.handle().resources("my-agent"));
    assert_eq!(source, target);
    Ok(())
}

#[test]
fn a_locked_keychain_is_told_and_the_work_goes_on_with_keys_of_this_session() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    open_with_environments(&session, &samples)?.close()?;
    session.restart_keychain(KeychainMode::Locked)?;
    let window = session.open()?;
    go(&window, "Environments")?;
    window.wait_for("The keychain is locked")?;
    window.wait_for("Keychain locked")?;
    window.picture("keychain-locked")?;
    // Nobody is there to type its password into the system's own dialog.
    window.within("region", "keychain").click("button", "Unlock the keychain")?;
    window.wait_for("Nothing was read from it and nothing was stored in it")?;
    work_with_keys_of_this_session(&window, &samples)?;
    window.close()?;

    // And what is in the keychain is still there.
    session.restart_keychain(KeychainMode::Unlocked)?;
    let window = session.open()?;
    go(&window, "Environments")?;
    window.wait_for("Stored in the keychain")?;
    assert!(!window.text()?.contains("Keychain locked"));
    Ok(())
}

#[test]
fn without_a_keychain_keys_are_kept_for_this_session_and_not_beyond() -> Result<()> {
    let samples = Samples::start();
    let session = Session::with_keychain(KeychainMode::Absent)?;
    let window = session.open()?;
    for (name, server) in [("Development", &samples.development), ("Staging", &samples.staging)] {
        go(&window, "Environments")?;
        window.click("button", "Add an environment")?;
        window.fill("Name", name)?;
        window.fill("URL", &server.url())?;
        window.agreeing(|| {
            window.click("button", &format!("Save {name}"))?;
            window.wait_for(&format!("{name} is saved."))
        })?;
    }
    go(&window, "Environments")?;
    window.wait_for("No keychain on this machine")?;
    window.picture("keychain-absent")?;
    work_with_keys_of_this_session(&window, &samples)?;
    window.close()?;

    let window = session.open()?;
    go(&window, "Environments")?;
    window.wait_for("No keychain on this machine")?;
    assert!(!window.text()?.contains("Kept for this session"), "memory ends with the application");
    Ok(())
}

#[test]
fn a_keychain_that_answers_nothing_does_not_stop_the_window() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = open_with_environments(&session, &samples)?;
    session.freeze_keychain()?;
    window.reload()?;
    // It never answers, and the screens come all the same.
    for screen in ["Settings", "History", "Compare", "Environments"] {
        go(&window, screen)?;
        window.wait_for_role("heading", screen)?;
    }
    // What was under way when it fell silent has ended with it; that no limits add up is shown where they are, on a clock of
    // their own (vault/keychain.rs). Here it only has to come.
    window.wait_for_within("Keychain does not answer", Duration::from_secs(120))?;
    window.wait_for_role("heading", "The keychain does not answer")?;
    let text = window.text()?;
    ensure!(
        !text.contains("No keychain") && !text.contains("Asking the keychain"),
        "it is there, and was asked:\n{text}"
    );
    window.picture("keychain-frozen")?;

    session.thaw_keychain()?;
    window.within("region", "keychain").click("button", "Try again")?;
    window.wait_for("Keychain ready")?;
    window.wait_for("Stored in the keychain")
}

/// Nothing falls to a file, or to an agent whose key nobody has, because a keychain is busy.
#[test]
fn a_keychain_that_falls_silent_after_the_plan_stops_a_registration_too() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = open_with_environments(&session, &samples)?;
    plan_promotion(&window, "churn-forecast", "Development", "Staging", Mode::Keep)?;
    to_apply(&window, "Apply 6 changes to Staging", None)?;
    session.freeze_keychain()?;
    window.click("button", "Apply 6 changes to Staging")?;
    window.wait_for_within("The keychain did not answer within 10 seconds.", Duration::from_secs(120))?;
    window.wait_for("Nothing was written to Staging.")?;
    window.picture("silent-in-the-middle")?;
    assert_eq!(samples.staging.handle().agent("churn-forecast"), None);
    assert_eq!(samples.writes(), 0, "nothing was written");

    session.thaw_keychain()?;
    window.click("button", "Apply 6 changes to Staging")?;
    window.wait_for_within("Applied and verified", Duration::from_secs(120))?;
    window.wait_for("A new API key was made for the agent")
}

/// Registering an agent makes a key for it, and that has to be kept before the server hears of it.
#[test]
fn a_keychain_that_is_locked_after_the_plan_stops_a_registration_with_words_and_loses_nothing() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = open_with_environments(&session, &samples)?;
    plan_promotion(&window, "churn-forecast", "Development", "Staging", Mode::Keep)?;
    to_apply(&window, "Apply 6 changes to Staging", None)?;
    session.lock_keychain()?;
    window.click("button", "Apply 6 changes to Staging")?;
    window.wait_for("The keychain is locked")?;
    window.wait_for("Nothing was written to Staging.")?;
    window.wait_for_role("button", "Unlock the keychain")?;
    window.picture("locked-in-the-middle")?;
    assert_eq!(samples.staging.handle().agent("churn-forecast"), None);
    assert_eq!(samples.writes(), 0, "nothing was written");
    assert_eq!(window.value("Why?")?, REASON, "what was typed is still there");
    Ok(())
}

#[test]
fn a_key_that_is_asked_for_each_time_is_used_only_when_a_person_types_its_password() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let _prompter = session.start_prompter()?;
    let window = open_with_environments(&session, &samples)?;
    go(&window, "Environments")?;
    window.click("button", "Open Production")?;
    window.click("radio", "Each time")?;
    window.picture("key-prompt")?;
    // The new keyring's password is chosen, and repeated.
    session.typing_passwords(&["sesame\tsesame"], || {
        window.click("button", "Save Production")?;
        window.wait_for_within("Production is saved.", Duration::from_secs(60))
    })?;
    window.close()?;

    let before = samples.production.request_count();
    let window = session.open()?;
    window.wait_for("The keychain asks for the password of this key first.")?;
    window.wait_for("key asked for")?;
    window.picture("key-asked-for")?;
    ensure!(samples.production.request_count() == before, "what the window does by itself asks nobody");
    session.typing_passwords(&["sesame"], || {
        window.click("button", "Check again")?;
        window.patiently("Production is asked", || {
            ensure!(samples.production.request_count() > before, "no request came");
            Ok(())
        })
    })?;
    window.wait_until_gone("The keychain asks for the password of this key first.")?;
    // Comparing is a use that nobody asked for.
    window.wait_for("Not compared")?;
    // The list is one use of the key, and the plan another one.
    session
        .typing_passwords(&["sesame"], || plan_promotion(&window, "my-agent", "Staging", "Production", Mode::Keep))?;
    // The plan keeps what it was made with until it is applied.
    apply(&window, "Apply 2 changes to Production", Some("Production"), "Applied and verified")?;
    Ok(())
}
