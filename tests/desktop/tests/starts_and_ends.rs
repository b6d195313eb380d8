//! How the application is started once more, with a file, and how it ends while something runs.

#![allow(clippy::panic_in_result_fn, reason = "a test stops where something is wrong")]

use std::time::{Duration, Instant};

use aidb_sandbox::{Fault, FaultAnswer};
use aidb_test_desktop::steps::{PLAN, Resources, hurry, in_the_middle, planned, to_apply};
use aidb_test_desktop::{Samples, Session, Window};
use aidb_testkit::process::wait_until;
use anyhow::{Result, ensure};
use rustix::process::Signal;

/// How long anything may take: a hang fails the test, and a slow machine does not.
const LIMIT: Duration = Duration::from_secs(120);

/// A configuration of that agent, as small as one can be.
fn configuration(agent: &str) -> String {
    format!(
        r#"{{ "version": "1.0.0", "agent": {{ "agent_id": "{agent}", "name": "An agent" }},
  "resource_permissions": {{}}, "tables": [] }}"#
    )
}

#[test]
fn a_file_that_the_application_is_started_with_is_imported_by_the_first_start_and_by_a_second() -> Result<()> {
    let session = Session::start()?;
    let first = session.write("first.json", configuration("agent-of-the-first"))?.display().to_string();
    let second = session.write("second.json", configuration("agent-of-the-second"))?.display().to_string();
    let window = session.open_with(&[&first])?;
    window.wait_for_role("heading", "Import agent-of-the-first")?;

    let ended = session.start_second(&[&second])?;
    ensure!(ended.status.success(), "the second start ends well: {ended:?}");
    window.wait_for_role("heading", "Import agent-of-the-second")?;
    assert_eq!(session.window_sizes()?.len(), 1, "there is one window");
    Ok(())
}

#[test]
fn a_desktop_portal_that_hangs_does_not_hold_up_the_start() -> Result<()> {
    let session = Session::start()?;
    let start = || -> Result<(Duration, Window<'_>)> {
        let begun = Instant::now();
        let window = session.open()?;
        window.wait_for("Add your first environment")?;
        Ok((begun.elapsed(), window))
    };
    let (without, window) = start()?;
    window.close()?;
    let _portal = session.hang_portal()?;
    let (with, window) = start()?;
    // GTK waits 25 seconds for it, on every machine: that long more than the start before, and no measure of how fast this one is.
    ensure!(with < without + Duration::from_secs(20), "the start took {with:?}, and {without:?} without a portal");
    // The keychain is on the same bus.
    window.wait_for("Keychain ready")?;
    Ok(())
}

#[test]
fn the_window_shows_the_frames_outlines_before_its_web_view_paints_anything() -> Result<()> {
    let session = Session::start()?;
    let application = session.start_alone()?;
    // It paints nothing from now on.
    session.signal_web_view(&application, Signal::STOP)?;
    let [line, sunken, surface, ground] =
        [[0xdf, 0xe3, 0xea], [0xec, 0xee, 0xf2], [0xff, 0xff, 0xff], [0xf4, 0xf5, 0xf7]].map(Some);
    wait_until("the window is painted", LIMIT, || Ok(session.colour_at(0, 400).ok() == Some(sunken)))?;
    for (x, y, expected) in [
        (214, 0, sunken),
        (215, 400, line),
        (216, 0, surface),
        (1279, 50, surface),
        (600, 51, line),
        (216, 52, ground),
        (1279, 799, ground),
    ] {
        assert_eq!(session.colour_at(x, y)?, expected, "at {x}, {y}");
    }
    Ok(())
}

#[test]
fn a_web_view_that_dies_has_its_page_loaded_again() -> Result<()> {
    let session = Session::start()?;
    let application = session.start_alone()?;
    // On the button that starts the sample environments.
    let button = || Ok(session.colour_at(270, 473).ok() == Some(Some([0x3b, 0x4f, 0xd6])));
    wait_until("the page is painted", LIMIT, button)?;
    // The second time after a pause: it died within seconds of the first.
    for _ in 0..2 {
        session.signal_web_view(&application, Signal::KILL)?;
        wait_until("the page is gone", LIMIT, || Ok(!button()?))?;
        wait_until("the page is painted again", LIMIT, button)?;
    }
    Ok(())
}

/// Somebody wants to close the window in the middle of an apply.
fn closing<'s>(session: &'s Session, samples: &Samples) -> Result<(Window<'s>, Resources)> {
    let (window, before) = in_the_middle(session, samples)?;
    session.ask_to_close()?;
    window.wait_for("Promoting my-agent to Staging is still running")?;
    Ok((window, before))
}

#[test]
fn closing_while_something_runs_asks_and_can_be_thought_better_of() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let (window, _) = closing(&session, &samples)?;
    window.picture("closing-asks")?;
    window.click("button", "Keep running")?;
    hurry(&samples);
    window.wait_for_within("Applied and verified", LIMIT)?;
    assert!(session.is_running());
    let [source, target] = [&samples.development, &samples.staging].map(|server| server.handle().resources("my-agent"));
    assert_eq!(source, target);
    window.close()
}

#[test]
fn the_question_goes_away_with_what_it_was_about() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let (window, _) = closing(&session, &samples)?;
    hurry(&samples);
    window.wait_for_within("Applied and verified", LIMIT)?;
    window.wait_until_gone("Stop, put back and close")?;
    window.close()
}

#[test]
fn closing_while_something_runs_puts_back_what_was_done_and_ends() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let (window, before) = closing(&session, &samples)?;
    window.click("button", "Stop, put back and close")?;
    window.wait_for("Stopping and putting back.")?;
    hurry(&samples);
    session.wait_until_closed()?;
    assert_eq!(samples.staging.handle().resources("my-agent"), before);
    Ok(())
}

#[test]
fn closing_while_the_very_last_answers_are_awaited_puts_back_all_the_same() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = planned(&session, &samples)?;
    let staging = samples.staging.handle();
    let before = staging.resources("my-agent");
    to_apply(&window, PLAN, None)?;
    // All three changes are under way at once, and each of them is made in the end.
    staging.set_faults([Fault::on(1, FaultAnswer::Hold).method("PUT").for_ever()]);
    staging.clear_requests();
    window.click("button", PLAN)?;
    window.patiently("every change is sent", || {
        let sent = staging.requests().iter().filter(|request| request.method == "PUT").count();
        ensure!(sent == 3, "{sent} are");
        Ok(())
    })?;
    session.ask_to_close()?;
    window.click("button", "Stop, put back and close")?;
    window.wait_for("Stopping and putting back.")?;
    staging.set_faults([]);
    session.wait_until_closed()?;
    assert_eq!(staging.resources("my-agent"), before);
    Ok(())
}
