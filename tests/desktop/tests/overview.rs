//! The overview says how things are, and does not grow old in silence.

#![allow(clippy::panic_in_result_fn, reason = "a test stops where something is wrong")]

use aidb_test_desktop::steps::{go, open_with_environments};
use aidb_test_desktop::{Samples, Session};
use anyhow::{Result, ensure};

/// As when a person comes back to the window.
const FOCUS: &str = "dispatchEvent(new Event('focus'))";

#[test]
fn what_changed_at_a_server_is_seen_when_a_person_comes_back_and_a_lost_memory_is_named() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = open_with_environments(&session, &samples)?;
    go(&window, "Overview")?;
    window.wait_for("faq-bot")?;
    samples.development.handle().remove_agent("churn-forecast")?;
    samples.staging.handle().forget()?;
    window.patiently("the overview is looked at again", || {
        window.script(FOCUS, &[])?;
        let text = window.text()?;
        ensure!(!text.contains("churn-forecast"), "an agent that is gone stands there");
        ensure!(text.contains("Lost its agents"), "a server that lost its memory is called reachable");
        Ok(())
    })?;
    window.picture("overview-lost-memory")?;
    Ok(())
}
