//! Where it happens: a sandbox process with three servers, and a data folder that is new for every point.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use aidb_testkit::Run;
use aidb_testkit::process::Process;
use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use crate::control::Control;

/// One server of the sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// Where promotions come from.
    Source,
    /// What is changed.
    Target,
}

/// What is needed to start.
#[derive(Clone, Debug)]
pub struct Programs {
    /// The `aidb` under test.
    pub aidb: PathBuf,
    /// The sandbox.
    pub sandbox: PathBuf,
}

/// A sandbox with agents, and a person's data folder with two environments and their keys.
#[derive(Debug)]
pub struct Ground {
    folder: TempDir,
    aidb: PathBuf,
    _sandbox: Process,
    source: Control,
    target: Control,
}

/// The environment that is changed.
pub const TARGET: &str = "Production";
const SOURCE: &str = "Development";
/// What the two imports carry: one agent that the target does not have, and one that has too much there.
const CARRIED: &[&str] = &["churn-forecast", "nightly-sync"];

impl Ground {
    /// Starts the sandbox and prepares the folder that every point begins with.
    ///
    /// # Errors
    /// A program does not start, or does not do what the preparation needs.
    pub fn new(programs: &Programs) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("aidb-torture-").tempdir()?;
        let mut command = Command::new(&programs.sandbox);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut sandbox = Process::spawn(&mut command, "none: it is built with aidb")?;
        let output = sandbox.0.stdout.take().context("the sandbox has no output")?;
        let (mut source, mut target) = (None, None);
        for line in BufReader::new(output).lines().take(3) {
            let line = line?;
            match line.split_once(' ') {
                Some((SOURCE, url)) => source = Some(Control::new(url)?),
                Some((TARGET, url)) => target = Some(Control::new(url)?),
                _ => {}
            }
        }
        let ground = Self {
            folder,
            aidb: programs.aidb.clone(),
            _sandbox: sandbox,
            source: source.context("the sandbox has no source")?,
            target: target.context("the sandbox has no target")?,
        };
        ground.furnish()?;
        Ok(ground)
    }

    fn furnish(&self) -> Result<()> {
        for (name, server) in [(SOURCE, &self.source), (TARGET, &self.target)] {
            self.done(&["env", "add", name, "--url", &server.url()])?;
            let mut command = self.aidb(&["env", "set-key", name]);
            let mut child = command.stdin(Stdio::piped()).spawn()?;
            child.stdin.take().context("no input")?.write_all(b"key-of-this-ground\n")?;
            ensure!(child.wait()?.success(), "the key of {name} cannot be stored");
        }
        fs::create_dir(self.path("carried"))?;
        for agent in CARRIED {
            self.done(&["m", "export", "-e", SOURCE, "-a", agent, "-o", &format!("carried/{agent}.json")])?;
        }
        copy_folder(&self.data(), &self.path("first"))
    }

    /// As before anything happened.
    ///
    /// # Errors
    /// The sandbox does not answer, or the folder cannot be copied.
    pub fn renew(&self) -> Result<()> {
        for server in [&self.source, &self.target] {
            server.reset()?;
        }
        fs::remove_dir_all(self.data())?;
        copy_folder(&self.path("first"), &self.data())
    }

    /// A server.
    #[must_use]
    pub const fn server(&self, server: Server) -> &Control {
        match server {
            Server::Source => &self.source,
            Server::Target => &self.target,
        }
    }

    /// Where `aidb` keeps its data.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// A file beside it.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `aidb` with these arguments.
    #[must_use]
    pub fn aidb<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(&self.aidb);
        self.sanitize(command.args(arguments));
        command
    }

    /// The same under `strace` with these options.
    #[must_use]
    pub fn traced<S: AsRef<OsStr>>(&self, options: &[String], arguments: &[S]) -> Command {
        let mut command = Command::new("strace");
        self.sanitize(command.args(options).arg("--").arg(&self.aidb).args(arguments));
        command
    }

    fn sanitize(&self, command: &mut Command) {
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.folder.path())
            .env("USER", "tester")
            .env("AIDB_DATA_DIR", self.data())
            .env("AIDB_KEY_STORE", "file")
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
    }

    /// Runs `aidb` to its end.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Result<Run> {
        ended(self.aidb(arguments))
    }

    /// The same, where it has to end well.
    ///
    /// # Errors
    /// It does not.
    pub fn done<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Result<Run> {
        let run = self.run(arguments)?;
        ensure!(run.status == Some(0), "this has to work:\n{run}");
        Ok(run)
    }
}

/// Runs a command to its end.
///
/// # Errors
/// It cannot be started.
pub fn ended(mut command: Command) -> Result<Run> {
    Ok(run_of(&command.output()?))
}

/// What a process left.
#[must_use]
pub fn run_of(output: &std::process::Output) -> Run {
    Run {
        status: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// With the permissions, which the program looks at.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let (from, to) = (entry.as_ref().map(fs::DirEntry::path), to);
        let from = from.map_err(|error| anyhow::anyhow!("{error}"))?;
        let to = to.join(from.file_name().context("a file without a name")?);
        if from.is_dir() {
            copy_folder(&from, &to)?;
        } else {
            fs::copy(&from, &to)?;
        }
    }
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    Ok(())
}
