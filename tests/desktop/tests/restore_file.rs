//! A file that somebody sent, restored: checked as in an import, before anybody chooses where it goes.

#![allow(clippy::panic_in_result_fn, reason = "a test stops where something is wrong")]

use std::process::Command;

use aidb_test_desktop::steps::{apply, go, open_with_environments};
use aidb_test_desktop::{Samples, Session, Window};
use aidb_testkit::programs::{Program, path_of};
use anyhow::{Result, ensure};

fn restore_from(window: &Window<'_>, path: &str) -> Result<()> {
    go(window, "History")?;
    window.click("button", "Restore from a file…")?;
    window.fill("File", path)?;
    window.click("button", "Show what would change")
}

#[test]
fn what_is_missing_broken_or_cut_short_is_told_before_a_target_is_chosen() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = open_with_environments(&session, &samples)?;
    restore_from(&window, &session.home().join("nowhere.json").display().to_string())?;
    window.wait_for("file not found")?;
    // What is no configuration at all a person is asked about first, outside of the page (src-tauri/commands/asking.rs).
    for (name, text, told) in [
        ("broken.json", r#"{ "version": "1.0.0", "agent": { "agent_id": "my-agent" } }"#, "They have to be put right"),
        ("half.json", "{\"backup_format\":1,\"saved\":{", "cut short, or was edited"),
    ] {
        let path = session.write(name, text)?;
        restore_from(&window, &path.display().to_string())?;
        window.wait_for(told)?;
        ensure!(!window.is_enabled("button", "Continue to Target")?, "{name} goes nowhere");
    }
    window.picture("restore-broken-file")?;
    Ok(())
}

#[test]
fn a_backup_in_a_file_shows_whose_it_is_and_leads_back() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let staging = samples.staging.handle();
    let before = staging.resources("my-agent");
    let configuration = r#"{ "version": "1.0.0", "agent": { "agent_id": "my-agent", "name": "My Agent",
        "resource_permissions": { "visitors": { "type": "table", "permissions": ["read"] } } } }"#;
    let file = session.write("visitors.json", configuration)?;
    let backup = session.home().join("before.json");
    let url = samples.staging.url();
    let mut import = Command::new(path_of(Program::Aidb));
    import.env("AIDB_DATA_DIR", session.home().join("a runner's own")).env("AIDB_KEY_STORE", "memory");
    import
        .args(["m", "import", "--yes", "-u", &url, "-k", "a key of this test", "--backup-out"])
        .arg(&backup)
        .arg("-i")
        .arg(&file);
    ensure!(import.output()?.status.success(), "the runner's import fails");
    assert_ne!(staging.resources("my-agent"), before);

    let window = open_with_environments(&session, &samples)?;
    restore_from(&window, &backup.display().to_string())?;
    window.wait_for("What it holds")?;
    window.wait_for("my-agent")?;
    window.picture("restore-backup-file")?;
    window.click("button", "Continue to Target")?;
    window.within("group", "To which environment").click("radio", "Staging")?;
    window.click("button", "Continue to Plan")?;
    apply(&window, "Apply 1 change to Staging, 1 losing access", None, "Applied and verified")?;
    assert_eq!(staging.resources("my-agent"), before);
    Ok(())
}
