//! `cargo xtask run --terminal`: builds the command line, starts three sample environments, and carries one agent from Development to Staging
//! and Production and back. Everything happens in a temporary folder; nothing of the person's own is read or changed.
//!
//! Every line is run by the shell exactly as it is printed, so whatever is seen here can be typed.

mod lines;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::needs::{self, Task};
use crate::programs::{Profile, cargo, program_folder, succeed};
use crate::sandbox::SampleEnvironments;
use lines::{Line, SETTINGS, chapters, what_next};

/// Builds, and gives the tour.
///
/// # Errors
/// Something is missing and cannot be installed, the build fails, or a line does not end as it has to.
pub fn run() -> Result<ExitCode> {
    needs::meet(&[Task::Build])?;
    println!("Building aidb (the first time takes some minutes) …");
    succeed(cargo().args(["build", "--package", "aidb-cli", "--package", "aidb-sandbox"]))?;
    let programs = program_folder(Profile::Debug)?;
    let samples = SampleEnvironments::start(&programs.join("aidb-sandbox"))?;
    let run = SampleRun::new(&programs)?;
    println!("\nThree sample environments are running, each a server of its own on this machine:");
    for (stage, url) in crate::sandbox::STAGES.iter().zip(&samples.urls) {
        println!("  {stage:12} {url}");
    }
    for chapter in chapters(&samples.urls) {
        println!("\n── {} ──", chapter.heading);
        for line in &chapter.lines {
            run.run(line)?;
        }
    }
    println!("{}", what_next(&programs));
    Ok(ExitCode::SUCCESS)
}

/// Session of the tour: a home of its own, gone afterwards.
struct SampleRun {
    folder: PathBuf,
    path: std::ffi::OsString,
}

impl SampleRun {
    fn new(programs: &Path) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("aidb-tour-{}", std::process::id()));
        std::fs::create_dir(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let others = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(programs.to_owned()).chain(std::env::split_paths(&others));
        let path = std::env::join_paths(path).context("the build folder cannot stand in PATH")?;
        Ok(Self { folder, path })
    }

    fn run(&self, line: &Line) -> Result<()> {
        println!("\n$ {}", line.typed);
        let status = self.shell(&line.typed).status().context("sh cannot be started")?;
        if status.code() != Some(line.status) {
            bail!("`{}` ended with {status}; it has to end with exit status {}", line.typed, line.status);
        }
        Ok(())
    }

    fn shell(&self, typed: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", typed]).current_dir(&self.folder).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("AIDB_") || name.starts_with("XDG_")) {
                shell.env_remove(name);
            }
        }
        shell.env("HOME", &self.folder).env("PATH", &self.path).envs(SETTINGS.iter().copied());
        shell
    }
}

impl Drop for SampleRun {
    fn drop(&mut self) {
        // It lies in the folder for temporary files: where it cannot be removed, the system does it later.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
