//! `cargo xtask run`: builds the desktop application and opens it. Where there is no display, a tour on a virtual one:
//! the same application, clicked through, with a picture of each step.

use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use crate::needs::{self, Task};
use crate::page;
use crate::programs::{Profile, build_folder, cargo, program_folder, succeed};

/// Builds, and opens the window or gives the tour.
///
/// # Errors
/// Something is missing and cannot be installed, the build fails, or the tour does not go as it has to.
pub fn run() -> Result<ExitCode> {
    if has_display() {
        return open();
    }
    println!("No display here: this is the tour on a virtual one. With a display, the same command opens the window.");
    tour()
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

fn open() -> Result<ExitCode> {
    needs::meet(&[Task::Build, Task::Window])?;
    build(&["--package", "aidb-desktop"])?;
    println!(
        "\naidb is open. Its first screen offers three sample environments to try it with. Close the window to end it."
    );
    let status = Command::new(program_folder(Profile::Debug)?.join("aidb-desktop")).status();
    let status = status.context("the window cannot be opened")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The tour on a virtual display, whether or not there is a real one.
///
/// # Errors
/// As [`run`].
pub fn tour() -> Result<ExitCode> {
    needs::meet(&[Task::Build, Task::Window, Task::Display])?;
    build(&["--package", "aidb-desktop", "--package", "aidb-test-desktop", "--bins"])?;
    let pictures = build_folder()?.join("tour");
    let status = Command::new(program_folder(Profile::Debug)?.join("aidb-tour")).arg(&pictures).status();
    let status = status.context("the tour cannot be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn build(what: &[&str]) -> Result<()> {
    println!("Building the page and the window (the first time takes some minutes) …");
    page::build()?;
    succeed(cargo().arg("build").args(what))
}
