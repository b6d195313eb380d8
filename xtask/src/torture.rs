//! `cargo xtask torture`: `aidb` killed at every request and every write of its store, and every write refused (docs/QUALITY.md,
//! "Nothing lost"). With `--prove`: that it finds what is lost where something is left out of `aidb`.

use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};

use crate::needs::{self, Task};
use crate::programs::{Profile, build_folder, cargo, program_folder, succeed, without};

/// What is killed, what it talks to, and what kills.
const PACKAGES: &[&str] = &["-p", "aidb-cli", "-p", "aidb-sandbox", "-p", "aidb-test-torture"];

/// Parts that are left out of `aidb`, each in a build of its own.
const LEFT_OUT: &[&str] = &["put-back", "journal"];

/// Whether the matrix has to find nothing, or something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The whole matrix on `aidb` as it is.
    Whole,
    /// The requests on an `aidb` from which something was left out.
    Prove,
}

/// Builds and runs it.
///
/// # Errors
/// A build fails. A loss, or none where there has to be one, is the status 1.
pub fn torture(mode: Mode) -> Result<ExitCode> {
    needs::meet(&[Task::Build, Task::Torture])?;
    succeed(cargo().arg("build").args(PACKAGES))?;
    let program = program_folder(Profile::Debug)?.join("aidb-torture");
    match mode {
        Mode::Whole => {
            let status = Command::new(program).status().context("aidb-torture cannot be started")?;
            if !status.success() {
                return Ok(ExitCode::FAILURE);
            }
            crate::fuzz::fuzz(crate::fuzz::USUAL_SECONDS)
        }
        Mode::Prove => LEFT_OUT.iter().try_for_each(|part| prove(&program, part)).map(|()| ExitCode::SUCCESS),
    }
}

/// In a build folder of its own, so that no test ever meets a program that lacks something.
fn prove(torture: &std::path::Path, part: &str) -> Result<()> {
    println!("\n── without the {part} ──");
    let folder = build_folder()?.join("torture");
    succeed(without(part).arg("build").args(PACKAGES).arg("--target-dir").arg(&folder))?;
    let status = Command::new(torture).arg("--prove").arg(folder.join("debug").join("aidb")).status()?;
    if !status.success() {
        bail!("the matrix does not notice that the {part} is left out");
    }
    Ok(())
}
