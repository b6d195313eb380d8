//! The window is killed in the middle of an apply. The next start puts back what it had changed, and says so; where it cannot, it
//! says what it waits for. And nobody writes while somebody else does.

#![allow(clippy::panic_in_result_fn, reason = "a test stops where something is wrong")]

use std::process::{Command, Stdio};

use aidb_sandbox::{Fault, FaultAnswer};
use aidb_test_desktop::steps::{PLAN, Resources, hurry, in_the_middle, planned, to_apply};
use aidb_test_desktop::{Samples, Session};
use aidb_testkit::programs::{Program, path_of};
use anyhow::{Context as _, Result, ensure};

/// Kills the window with SIGKILL in the middle of a long apply. Gives back what Staging had before it.
fn killed(session: &Session, samples: &Samples) -> Result<Resources> {
    let (window, before) = in_the_middle(session, samples)?;
    window.kill();
    hurry(samples);
    assert_ne!(samples.staging.handle().resources("my-agent"), before, "it was killed in the middle");
    Ok(before)
}

#[test]
fn r1_a_window_that_was_killed_in_the_middle_puts_back_at_its_next_start_and_says_so() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let before = killed(&session, &samples)?;

    let window = session.open()?;
    window.wait_for("The apply was interrupted, and the")?;
    window.wait_for("were put back.")?;
    window.picture("recovered")?;
    assert_eq!(samples.staging.handle().resources("my-agent"), before, "the server is as it was");
    window.click("button", "Show it in the history")?;
    window.wait_for("Promotion of my-agent interrupted")?;
    window.wait_for("Recovery of my-agent: interrupted promotion put back")?;
    window.picture("recovered-history")?;
    window.close()?;

    let window = session.open()?;
    window.wait_for("my-agent")?;
    assert!(!window.text()?.contains("was interrupted"), "it is told once");
    window.close()
}

#[test]
fn what_cannot_be_put_back_yet_waits_with_its_reason_and_its_button() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let before = killed(&session, &samples)?;
    let staging = samples.staging.handle();
    staging.set_faults([Fault::on(1, FaultAnswer::Cut).for_ever()]);

    let window = session.open()?;
    window.wait_for("It waits to be settled, and nothing else is applied to my-agent until then.")?;
    window.picture("recovery-waits")?;
    assert_ne!(staging.resources("my-agent"), before);
    staging.set_faults([]);
    window.click("button", "Other ways…")?;
    window.wait_for("How this is settled")?;
    window.picture("recovery-ways")?;
    window.click("button", "Not now")?;
    window.click("button", "Put it back now")?;
    window.wait_for("were put back.")?;
    window.wait_until_gone("It waits to be settled")?;
    assert_eq!(staging.resources("my-agent"), before, "the server is as it was");
    window.close()
}

#[test]
fn r7_the_window_says_who_is_at_work_in_a_terminal_and_writes_nothing() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = planned(&session, &samples)?;
    to_apply(&window, PLAN, None)?;
    let staging = samples.staging.handle();
    let export = session.write(
        "agent.json",
        r#"{"version":"1.0.0","agent":{"agent_id":"my-agent","name":"x","resource_permissions":
            {"of_the_terminal":{"type":"table","permissions":["read"]}}}}"#,
    )?;
    staging.set_faults([Fault::on(1, FaultAnswer::Hang { ms: None }).method("PUT")]);
    let mut terminal = Command::new(path_of(Program::Aidb))
        .args([
            "m",
            "import",
            "-i",
            &export.display().to_string(),
            "-u",
            &samples.staging.url(),
            "-k",
            "any-key",
            "--yes",
        ])
        .env_clear()
        .env("AIDB_DATA_DIR", session.home().join(".local/share/aidb"))
        .env("AIDB_KEY_STORE", "memory")
        .env("USER", "anna")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("aidb starts")?;
    window.patiently("the terminal writes", || {
        ensure!(staging.requests().iter().any(|request| request.fault.is_some()), "it does not");
        Ok(())
    })?;
    let before = staging.resources("my-agent");
    window.click("button", PLAN)?;
    window.wait_for("by anna in a terminal is under way since")?;
    window.picture("somebody-is-at-work")?;
    assert_eq!(staging.resources("my-agent"), before, "nothing was written");
    terminal.kill()?;
    terminal.wait()?;
    window.close()
}
