//! The one secret that a person gets out of aidb: the key that was made for an agent. It goes by way of the clipboard, and never
//! through the page.

#![allow(clippy::panic_in_result_fn, reason = "a test stops where something is wrong")]

use aidb_test_desktop::steps::{Mode, apply, open_with_environments, plan_promotion};
use aidb_test_desktop::{Samples, Session};
use anyhow::{Result, ensure};
use serde_json::json;

const AGENT: &str = "churn-forecast";

#[test]
fn the_key_of_a_new_agent_is_copied_past_the_page_and_gone_with_the_window() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let staging = samples.staging.handle();
    assert_eq!(staging.agent(AGENT), None, "it is new there");
    let window = open_with_environments(&session, &samples)?;
    plan_promotion(&window, AGENT, "Development", "Staging", Mode::Keep)?;
    window.picture("plan-registers")?;
    apply(&window, "Apply 6 changes to Staging", None, "Applied and verified")?;
    window.wait_for("A new API key was made for the agent")?;
    window.picture("result-with-key")?;
    window.click("button", "Copy the agent's API key")?;
    window.wait_for("is on the clipboard for a minute.")?;

    let key = session.clipboard()?;
    ensure!(staging.accepts_key(AGENT, &key), "what is on the clipboard is the agent's key");
    let (first, second) = key.split_at(key.len() / 2);
    let found = window.script_later(include_str!("../src/leaks.js"), &[json!(first), json!(second)])?;
    assert_eq!(found["places"], json!([]));
    ensure!(!session.said().contains(&key), "it is said nowhere");
    window.close()?;
    ensure!(!session.clipboard()?.contains(&key), "it goes with the window");
    Ok(())
}
