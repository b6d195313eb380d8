//! The overview says how things are, and does not grow old in silence.

#![allow(clippy::panic_in_result_fn, reason = "a test stops where something is wrong")]

use aidb_sandbox::Permission;
use aidb_test_desktop::steps::{go, have_environment, open_with_environments};
use aidb_test_desktop::{Samples, Session, Window};
use anyhow::{Result, ensure};

/// As when a person comes back to the window.
const FOCUS: &str = "dispatchEvent(new Event('focus'))";

/// The overview with the agents of all three servers: what nobody has seen is not missed, and no list comes any more that would move
/// the rows.
fn looked_at<'s>(session: &'s Session, samples: &Samples) -> Result<Window<'s>> {
    let window = open_with_environments(session, samples)?;
    go(&window, "Overview")?;
    for agents in ["8 agents", "7 agents", "6 agents"] {
        window.wait_for(agents)?;
    }
    Ok(window)
}

#[test]
fn what_changed_at_a_server_is_seen_when_a_person_comes_back_and_a_lost_memory_is_named() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = looked_at(&session, &samples)?;
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

#[test]
fn what_happened_while_the_window_was_closed_is_told_at_its_next_start() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = looked_at(&session, &samples)?;
    ensure!(!window.text()?.contains("While you were away"), "nobody had looked before");
    window.close()?;
    samples.development.handle().remove_agent("churn-forecast")?;
    samples.staging.handle().forget()?;

    let window = session.open()?;
    window.wait_for("While you were away")?;
    window.wait_for("1 agent is gone:")?;
    window.wait_for("churn-forecast")?;
    // It is known from the last look, and stays so until there is an agent again.
    window.wait_for("Lost its agents")?;
    window.picture("while-you-were-away")?;
    window.click("button", "Dismiss what happened while you were away")?;
    window.wait_until_gone("While you were away")?;
    go(&window, "Settings")?;
    window.wait_for_role("heading", "Settings")?;
    go(&window, "Overview")?;
    window.wait_for("faq-bot")?;
    ensure!(!window.text()?.contains("While you were away"), "it was read");
    Ok(())
}

/// What the focus is on, as a screen reader says it.
fn focused(window: &Window<'_>) -> Result<String> {
    let script = "const at = document.activeElement; return at.getAttribute('aria-label') ?? at.textContent;";
    Ok(window.script(script, &[])?.as_str().unwrap_or_default().to_owned())
}

const LEFT: &str = "\u{e012}";
const RIGHT: &str = "\u{e014}";
const DOWN: &str = "\u{e015}";

#[test]
fn arrows_go_from_cell_to_cell_and_enter_opens_what_can_be_done_there() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = looked_at(&session, &samples)?;
    window.script("document.querySelector('[role=row][data-index=\"0\"]').focus()", &[])?;
    window.press(RIGHT)?;
    window.patiently("what selects the row has the focus", || {
        ensure!(focused(&window)? == "Select churn-forecast", "it is {}", focused(&window)?);
        Ok(())
    })?;
    window.press(RIGHT)?;
    window.patiently("the first cell has it", || {
        ensure!(focused(&window)? == "churn-forecast in Development: 5 permissions", "it is {}", focused(&window)?);
        Ok(())
    })?;
    window.press(DOWN)?;
    window.patiently("the same cell of the next row has it", || {
        ensure!(focused(&window)?.starts_with("data-steward in Development: "), "it is {}", focused(&window)?);
        Ok(())
    })?;
    window.press(RIGHT)?;
    for _ in 0..3 {
        window.press(LEFT)?;
    }
    window.patiently("the row has it again", || {
        let row = window.script("return document.activeElement.getAttribute('role')", &[])?;
        ensure!(row == "row", "it is on {row}");
        Ok(())
    })
}

#[test]
fn several_agents_are_promoted_in_one_go_and_taken_back() -> Result<()> {
    let samples = Samples::start();
    let before = samples.staging.resources("my-agent");
    let session = Session::start()?;
    let window = looked_at(&session, &samples)?;
    window.wait_for("Compared")?;
    for agent in ["data-steward", "my-agent"] {
        window.click("checkbox", &format!("Select {agent}"))?;
    }
    window.wait_for("2 agents selected")?;
    window.click("button", "Review…")?;
    window.wait_for_role("heading", "2 agents in Staging")?;
    window.click("button", "Apply 6 changes to 2 agents in Staging")?;
    window.wait_for("2 done.")?;
    window.picture("batch-end")?;
    for agent in ["data-steward", "my-agent"] {
        ensure!(samples.staging.resources(agent) == samples.development.resources(agent), "{agent} was not promoted");
    }
    window.click("button", "Undo this batch…")?;
    window.click("button", "my-agent")?;
    window.wait_for("Loses access")?;
    window.picture("batch-undo")?;
    window.click("button", "Apply 6 changes, 6 of them losing access to 2 agents in Staging")?;
    window.wait_for_role("button", "To the overview")?;
    ensure!(samples.staging.resources("my-agent") == before, "it was not taken back");
    Ok(())
}

#[test]
fn five_environments_leave_the_rows_their_room_and_the_size_is_remembered() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = open_with_environments(&session, &samples)?;
    have_environment(&window, "Acceptance", &samples.staging.url(), false)?;
    have_environment(&window, "Training", &samples.development.url(), false)?;
    samples.development.handle().set_resource("my-agent", "customers", "table", &[Permission::Read])?;
    window.reload()?;
    for (width, height) in [(1280, 800), (1024, 640)] {
        window.resize(width, height)?;
        window.wait_for("support-copilot")?;
        window.patiently("six rows and every menu are in sight", || {
            let seen = window.script(WHOLE, &[])?;
            ensure!(seen["rows"].as_u64() >= Some(6) && seen["cut"] == 0, "{seen}");
            Ok(())
        })?;
        window.picture(&format!("five-environments-{width}"))?;
    }
    let wide = |window: &Window<'_>| {
        Ok::<_, anyhow::Error>(window.script("return innerWidth", &[])?.as_f64().unwrap_or_default())
    };
    let before = wide(&window)?;
    window.press(&(CONTROL.to_owned() + "+"))?;
    window.patiently("the page is drawn larger", || {
        ensure!(wide(&window)? < before * 0.95, "it is not");
        Ok(())
    })?;
    let larger = wide(&window)?;
    window.close()?;
    let window = session.open()?;
    window.wait_for("support-copilot")?;
    ensure!(
        (wide(&window)? - larger).abs() < larger * 0.3 && ratio(&window)? > 1.05,
        "the next start is drawn as large"
    );
    Ok(())
}

const CONTROL: &str = "\u{e009}";

/// How many pixels of the screen one of the page has.
fn ratio(window: &Window<'_>) -> Result<f64> {
    Ok(window.script("return outerWidth / innerWidth", &[])?.as_f64().unwrap_or_default())
}

/// How many rows of the table are wholly in sight, and how many menus of theirs are not.
const WHOLE: &str = r#"
    const table = document.querySelector("[role=grid]").getBoundingClientRect();
    const inside = (box) => box.top >= table.top && box.bottom <= table.bottom + 1 && box.left >= table.left && box.right <= table.right + 1;
    const rows = [...document.querySelectorAll("[role=row][data-index]")].filter((row) => {
        const box = row.getBoundingClientRect();
        return box.top >= table.top && box.bottom <= Math.min(table.bottom, innerHeight) + 1;
    });
    return { rows: rows.length, cut: rows.filter((row) => !inside(row.querySelector(".more button").getBoundingClientRect())).length };
"#;
