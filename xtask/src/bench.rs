//! `cargo xtask bench`: the figures of docs/QUALITY.md that are timings, from a release build. The measuring itself is
//! done by `tests/bench`, which may depend on the engine; this only builds and starts it.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::needs::{self, Task};
use crate::page;
use crate::programs::{Profile, build_folder, cargo, program_folder, succeed, without};

/// Programs that are measured, its peers, and what measures. What people get is built by itself: cargo gives every package of one
/// build the features that any of them asks for, and the command line would carry what only the window needs.
const BUILDS: &[&[&str]] = &[&["aidb-cli"], &["aidb-desktop", "aidb-empty-window"], &["aidb-sandbox", "aidb-bench"]];

/// Builds for release and measures these parts; all where none is named.
///
/// # Errors
/// The build fails, or a figure cannot be taken. A missed bar is the status 1.
pub fn bench(parts: &[&str]) -> Result<ExitCode> {
    needs::meet(&[Task::Build, Task::Window, Task::Display, Task::Bench])?;
    page::build()?;
    println!("Building for release …");
    let folder = program_folder(Profile::Release)?;
    // The command line without its journal, to see what that costs. In a build folder of its own, so that nobody takes it for
    // the whole one.
    let apart = build_folder()?.join("without-journal");
    succeed(without("journal").args(["build", "--release", "--package", "aidb-cli", "--target-dir"]).arg(&apart))?;
    let without_journal = apart.join("release").join("aidb");
    for packages in BUILDS {
        let packages = packages.iter().flat_map(|package| ["--package", package]);
        succeed(cargo().args(["build", "--release"]).args(packages))?;
    }
    let mut measuring = Command::new(folder.join("aidb-bench"));
    let status = measuring.arg(&folder).arg(&without_journal).args(parts).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
