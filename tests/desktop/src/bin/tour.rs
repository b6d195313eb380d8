//! The tour of `cargo xtask run` where there is no display: the real application on a virtual one, from its first start
//! through a promotion and back, with a picture of each step.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a tour tells what it does")]

use std::path::PathBuf;
use std::process::ExitCode;

use aidb_test_desktop::steps::{Mode, PLAN_IS_THERE, apply, go, plan_promotion, start_sandbox, to_apply};
use aidb_test_desktop::{Session, Window};
use anyhow::{Context as _, Result};

fn main() -> ExitCode {
    match tour() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: the tour does not go on: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn tour() -> Result<()> {
    let folder: PathBuf = std::env::args_os().nth(1).context("usage: aidb-tour FOLDER-FOR-PICTURES")?.into();
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
    }
    let session = Session::start()?.with_screens_in(&folder);
    println!("\nEverything happens in a home and a keychain of its own. The pictures are in {}:\n", folder.display());
    let mut tour = Tour { window: session.open()?, count: 0 };
    begin(&mut tour)?;
    promote(&mut tour)?;
    on_to_production(&mut tour)?;
    back(&mut tour)?;
    look_around(&mut tour)?;
    tour.window.close()?;
    println!("\nThat was the tour. The sample environments are gone again, and so is everything it stored.");
    Ok(())
}

/// The window, and how many pictures there are of it.
struct Tour<'s> {
    window: Window<'s>,
    count: usize,
}

impl Tour<'_> {
    fn picture(&mut self, name: &str, words: &str) -> Result<()> {
        self.count += 1;
        let file = format!("{:02}-{name}", self.count);
        self.window.picture(&file)?;
        println!("  {:28} {words}", format!("{file}.png"));
        Ok(())
    }
}

fn begin(tour: &mut Tour<'_>) -> Result<()> {
    tour.window.wait_for("Try it with sample environments")?;
    tour.picture("first-start", "two ways to begin: sample environments, or one of your own")?;
    start_sandbox(&tour.window)?;
    go(&tour.window, "Environments")?;
    tour.window.wait_for_role("heading", "Environments")?;
    tour.picture("environments", "three servers on this machine, each with a key in the keychain")?;
    tour.window.click("button", "Dismiss")?;
    go(&tour.window, "Overview")?;
    tour.window.wait_for("my-agent")?;
    tour.picture("overview", "which agent is where")
}

fn promote(tour: &mut Tour<'_>) -> Result<()> {
    plan_promotion(&tour.window, "my-agent", "Development", "Staging", Mode::Keep)?;
    tour.picture("plan", "what promoting my-agent to Staging would change, item by item")?;
    to_apply(&tour.window, "Apply 3 changes to Staging", None)?;
    tour.picture("last-look", "the last look before anything is written")?;
    tour.window.click("button", "Apply 3 changes to Staging")?;
    tour.window.wait_for("Applied and verified")?;
    tour.picture("result", "done, read back and verified, with a backup from before")
}

fn on_to_production(tour: &mut Tour<'_>) -> Result<()> {
    let words = "Apply 5 changes to Production";
    plan_promotion(&tour.window, "my-agent", "Staging", "Production", Mode::Keep)?;
    tour.picture("plan-production", "on to Production, which is protected")?;
    to_apply(&tour.window, words, Some("Production"))?;
    tour.picture("protected", "a protected environment wants its name typed")?;
    tour.window.click("button", words)?;
    tour.window.wait_for("Applied and verified")
}

fn back(tour: &mut Tour<'_>) -> Result<()> {
    go(&tour.window, "History")?;
    tour.window.wait_for("Promoted")?;
    tour.picture("history", "every change and every backup, newest first")?;
    tour.window.within("listbox", "History").click_first("option")?;
    tour.window.click("button", "Restore…")?;
    tour.window.wait_for(PLAN_IS_THERE)?;
    tour.picture("restore", "what leading Production back would change")?;
    apply(&tour.window, "Apply 5 changes to Production, 5 losing access", Some("Production"), "Applied and verified")?;
    tour.picture("restored", "and it is as it was before")
}

fn look_around(tour: &mut Tour<'_>) -> Result<()> {
    go(&tour.window, "Compare")?;
    for (side, environment) in [("Left", "Development"), ("Right", "Staging")] {
        let side = tour.window.within("region", side);
        side.choose("Environment", environment)?;
        side.choose("Agent", "report-builder")?;
    }
    tour.window.wait_for_role("button", "Show as text")?;
    tour.picture("compare", "any two of environment, file and backup beside each other")?;
    go(&tour.window, "Import a file")?;
    tour.picture("import", "the same way in for a configuration file")?;
    go(&tour.window, "Settings")?;
    tour.picture("settings", "theme, requests at once, where the data lives")?;
    dark(tour)
}

fn dark(tour: &mut Tour<'_>) -> Result<()> {
    tour.window.click("radio", "Dark")?;
    go(&tour.window, "Overview")?;
    tour.window.wait_for("my-agent")?;
    tour.picture("overview-dark", "the same in the dark")?;
    plan_promotion(&tour.window, "nightly-sync", "Staging", "Production", Mode::Exact)?;
    tour.window.wait_for("Nothing is selected.")?;
    tour.picture("plan-dark", "what would take something away is only ticked by hand")
}
