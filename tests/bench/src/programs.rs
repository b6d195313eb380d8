//! The release programs, started as a script would start them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

/// Where the programs are, and a home for them.
pub struct Programs {
    folder: PathBuf,
    without_journal: PathBuf,
    home: TempDir,
}

impl Programs {
    /// The programs in `folder`, with an empty home; and an `aidb` that keeps no journal.
    pub fn new(folder: PathBuf, without_journal: PathBuf) -> Result<Self> {
        for name in ["aidb", "aidb-sandbox"] {
            if !folder.join(name).is_file() {
                bail!("{} holds no {name}", folder.display());
            }
        }
        Ok(Self { folder, without_journal, home: TempDir::new().context("no temporary folder")? })
    }

    /// Where one of them lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The `aidb` that keeps no journal.
    pub fn without_journal(&self) -> &Path {
        &self.without_journal
    }

    /// A folder for files.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// A program with an empty home and no more of the environment than `PATH`.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("HOME", self.home.path());
        command.env("AIDB_KEY_STORE", "file").env("AIDB_API_KEY", "a key of the bench");
        command.current_dir(self.home.path()).stdin(Stdio::null());
        command
    }

    /// `aidb`, as [`Self::command`].
    pub fn aidb(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(self.path("aidb"));
        command.args(arguments);
        command
    }

    /// Runs to the end and fails unless it succeeded.
    pub fn output(&self, command: &mut Command) -> Result<Output> {
        let output = command.output().with_context(|| format!("{command:?} cannot be started"))?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            bail!("{:?} ended with {}: {text}", command.get_args(), output.status);
        }
        Ok(output)
    }
}
