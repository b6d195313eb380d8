//! Every file of this repository that a program writes, and the check that none has drifted from its source.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};

use crate::programs::{Profile, cargo, program_folder, repository, shell_line, succeed};

/// Whether files are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Write,
    /// They are only compared.
    Check,
}

/// One file, and what to ask `aidb` for what has to stand in it.
struct Generated {
    file: &'static str,
    printed_by: &'static [&'static str],
}

const GENERATED: &[Generated] =
    &[Generated { file: "crates/core/schema/configuration-1.json", printed_by: &["schema"] }];

/// `cargo xtask gen`.
///
/// # Errors
/// A file cannot be made or written; with [`Mode::Check`], one has drifted.
pub fn generate(mode: Mode) -> Result<ExitCode> {
    succeed(cargo().args(["build", "--quiet", "--package", "aidb-cli"]))?;
    generate_with(mode, |_| ())?;
    held_by_tests(mode)?;
    if mode == Mode::Write {
        // Whether they still hold is a test of its own, which shows what differs.
        succeed(cargo().args(["run", "--quiet", "--package", "aidb-test-docs", "--bin", "rewrite-documents"]))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The page's contract and its recorded answers: tests of the window write them, or hold them against what they would
/// write. `cargo xtask test` runs those tests with all others.
fn held_by_tests(mode: Mode) -> Result<()> {
    let mut tests = cargo();
    tests.args(["test", "--quiet", "--package", "aidb-desktop", "--", "typescript", "recording"]);
    match mode {
        Mode::Write => tests.env("AIDB_GENERATE", "1"),
        Mode::Check => tests.env_remove("AIDB_GENERATE"),
    };
    succeed(&mut tests)
}

/// The files that the built `aidb` prints, in an environment that the caller sanitizes.
///
/// # Errors
/// As [`generate`].
pub fn generate_with(mode: Mode, sanitize: impl Fn(&mut Command)) -> Result<()> {
    let aidb = program_folder(Profile::Debug)?.join("aidb");
    let mut drifted = Vec::new();
    for generated in GENERATED {
        let mut command = Command::new(&aidb);
        sanitize(&mut command);
        let wanted = printed(command.args(generated.printed_by))?;
        let path = repository().join(generated.file);
        let is = there(&path)?;
        if is.as_deref() == Some(wanted.as_slice()) {
            println!("{} is up to date", generated.file);
            continue;
        }
        match mode {
            Mode::Check => drifted.push(generated.file),
            Mode::Write => write(&path, &wanted)?,
        }
    }
    if !drifted.is_empty() {
        bail!("{} no longer says what its source says. Type: cargo xtask gen", drifted.join(", "));
    }
    Ok(())
}

fn printed(command: &mut Command) -> Result<Vec<u8>> {
    let output = command.stderr(std::process::Stdio::inherit()).output();
    let output = output.with_context(|| format!("{} cannot be started", shell_line(command)))?;
    if !output.status.success() || output.stdout.is_empty() {
        bail!("{} failed ({})", shell_line(command), output.status);
    }
    Ok(output.stdout)
}

fn there(path: &Path) -> Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

fn write(path: &Path, text: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be created", folder.display()))?;
    }
    std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    println!("{} written", path.strip_prefix(repository()).unwrap_or(path).display());
    Ok(())
}
