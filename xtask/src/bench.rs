//! `cargo xtask bench`: the figures of docs/QUALITY.md that are timings, from a release build. The measuring itself is
//! done by `tests/bench`, which may depend on the engine; this only builds and starts it.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::needs::{self, Task};
use crate::programs::{Profile, cargo, program_folder, succeed};

/// Builds for release and measures.
///
/// # Errors
/// The build fails, or a figure cannot be taken. A missed bar is the status 1.
pub fn bench() -> Result<ExitCode> {
    needs::meet(&[Task::Build, Task::Bench])?;
    println!("Building for release …");
    succeed(cargo().args([
        "build",
        "--release",
        "--package",
        "aidb-cli",
        "--package",
        "aidb-sandbox",
        "--package",
        "aidb-bench",
    ]))?;
    let folder = program_folder(Profile::Release)?;
    let status = Command::new(folder.join("aidb-bench")).arg(&folder).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
