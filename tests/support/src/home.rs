//! A home folder of its own for every test, and `aidb` in it with nothing else of this machine's settings.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

use crate::programs::{Program, path_of};
use crate::run::Run;

/// A temporary home. Goes with the value.
#[derive(Debug)]
pub struct Home {
    folder: TempDir,
}

impl Home {
    /// A new and empty one.
    ///
    /// # Panics
    /// When the system has no place for it.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test without a home cannot go on")]
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("aidb-home-").tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("desk")).expect("a folder in a new folder");
        Self { folder }
    }

    /// The home folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The folder in which commands run.
    #[must_use]
    pub fn work(&self) -> PathBuf {
        self.path().join("desk")
    }

    /// Where `aidb` keeps its data here.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// A file in the folder in which commands run.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.work().join(name)
    }

    /// Writes such a file.
    ///
    /// # Panics
    /// When it cannot be written.
    #[expect(clippy::expect_used, reason = "a test without its file cannot go on")]
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.file(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).expect("a folder in the temporary home");
        }
        fs::write(&path, content).expect("a file in the temporary home");
        path
    }

    /// `aidb` with these arguments: no variable but those it needs, keys in files.
    #[must_use]
    pub fn aidb(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(path_of(Program::Aidb));
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.path())
            .env("USER", "tester")
            .env("TZ", "UTC")
            .env("LANG", "C.UTF-8")
            .env("AIDB_DATA_DIR", self.data())
            .env("AIDB_KEY_STORE", "file")
            .current_dir(self.work())
            .args(arguments);
        command
    }

    /// Runs it to its end.
    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(&mut self.aidb(arguments))
    }
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}
