//! Files and disks: a file that goes away, one of 20 MB, one of 60 MB that nobody wants, two plans for one agent, no room for a backup.

#![allow(clippy::panic_in_result_fn, reason = "a test stops where something is wrong")]

use std::fmt::Write as _;
use std::time::Duration;

use aidb_test_desktop::steps::{
    Mode, PLAN, apply, check_file, go, on_to_the_plan, open_with_environments, plan_promotion, planned, to_apply,
};
use aidb_test_desktop::{Samples, Session};
use aidb_testkit::HeldFile;
use anyhow::{Result, ensure};

/// A configuration of `my-agent` with these resources, each with read permission.
fn configuration(resources: impl Iterator<Item = String>) -> String {
    let mut entries = String::new();
    for resource in resources {
        let comma = if entries.is_empty() { "" } else { ",\n" };
        let _infallible = write!(entries, r#"{comma}    "{resource}": {{ "type": "table", "permissions": ["read"] }}"#);
    }
    format!(
        r#"{{ "version": "1.0.0", "agent": {{ "agent_id": "my-agent", "name": "My Agent",
  "resource_permissions": {{
{entries}
  }} }}, "tables": [] }}"#
    )
}

#[test]
fn a_file_that_vanished_after_its_check_is_applied_as_it_was_read() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let path = session.write("short-lived.json", configuration(std::iter::once("visitors".to_owned())))?;
    let window = open_with_environments(&session, &samples)?;
    check_file(&window, &path.display().to_string())?;
    window.click("button", "Continue to Check")?;
    on_to_the_plan(&window, "Staging", Mode::Keep)?;
    std::fs::remove_file(path)?;
    apply(&window, "Apply 1 change to Staging", None, "Applied and verified")?;
    let there = samples.staging.handle().resources("my-agent").unwrap_or_default();
    assert!(there.contains_key("visitors"), "{there:?}");
    Ok(())
}

#[test]
fn a_file_of_20_megabytes_is_checked_while_the_window_answers() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let large = configuration((0..230_000).map(|number| format!("a resource with a long name, number {number}")));
    ensure!(large.len() > 20_000_000, "it is large: {}", large.len());
    let path = session.write("large.json", large)?;
    let window = open_with_environments(&session, &samples)?;
    let held = HeldFile::hold(&path)?;
    check_file(&window, &path.display().to_string())?;
    held.wait_until_wanted()?;
    // The check cannot be done before the file can be read, and the screens come all the same.
    for screen in ["Settings", "History", "Import a file"] {
        go(&window, screen)?;
        window.wait_for_role("heading", screen)?;
    }
    ensure!(!window.text()?.contains("large.json is"), "it is being checked:\n{}", window.text()?);
    drop(held);
    window.wait_for_within("large.json is fine.", Duration::from_secs(120))
}

/// Whoever took the wrong file does not wait for it, and takes the right one.
#[test]
fn the_check_of_a_large_file_can_be_stopped_and_another_file_checked_at_once() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    // As large as the time that it takes: it is not read before the test lets go of it.
    let large = session.write("large.json", configuration(std::iter::once("visitors".to_owned())))?;
    let right = session.write("right.json", configuration(std::iter::once("visitors".to_owned())))?;
    let window = open_with_environments(&session, &samples)?;
    let held = HeldFile::hold(&large)?;
    check_file(&window, &large.display().to_string())?;
    held.wait_until_wanted()?;
    window.picture("checking")?;
    window.click("button", "Stop checking")?;
    window.wait_until_gone("Stop checking")?;
    // The wrong one is still not read, and the right one does not wait for it.
    check_file(&window, &right.display().to_string())?;
    window.wait_for("right.json is fine.")?;
    // What was stopped does not come back: it can be read now, and is read before the one that is checked after it.
    drop(held);
    let last = session.write("last.json", configuration(std::iter::once("visitors".to_owned())))?;
    check_file(&window, &last.display().to_string())?;
    window.wait_for("last.json is fine.")?;
    ensure!(!window.text()?.contains("large.json is"), "{}", window.text()?);
    Ok(())
}

#[test]
fn the_second_of_two_plans_for_one_agent_is_refused_with_what_moved() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let path = session.write("other.json", configuration(std::iter::once("visitors".to_owned())))?;
    let window = open_with_environments(&session, &samples)?;
    check_file(&window, &path.display().to_string())?;
    window.click("button", "Continue to Check")?;
    on_to_the_plan(&window, "Staging", Mode::Keep)?;
    plan_promotion(&window, "my-agent", "Development", "Staging", Mode::Keep)?;
    apply(&window, PLAN, None, "Applied and verified")?;
    let writes = samples.writes();

    go(&window, "Import a file")?;
    to_apply(&window, "Apply 1 change to Staging", None)?;
    window.click("button", "Apply 1 change to Staging")?;
    window.wait_for("Staging changed after this plan was made. Nothing was written")?;
    window.picture("second-plan")?;
    assert_eq!(samples.writes(), writes);
    Ok(())
}

#[test]
fn without_room_for_a_backup_nothing_is_written_to_the_server() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = planned(&session, &samples)?;
    to_apply(&window, PLAN, None)?;
    session.fill_disk()?;
    window.click("button", PLAN)?;
    window.wait_for("The store could not do what it was asked. Nothing was changed.")?;
    window.wait_for("look at the disk that holds the data folder")?;
    window.picture("disk-full")?;
    assert_eq!(samples.writes(), 0, "no write without a backup");
    Ok(())
}
