//! One document's session in a shell.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use aidb_sandbox::ReservedPort;
use tempfile::TempDir;

use crate::document::{Block, Keeps, Step, blocks};
use crate::matching::difference;

/// A document's command takes longer than this only when it hangs.
const LIMIT: Duration = Duration::from_secs(60);
/// What keeps running has said all that it says at its start by then.
const START_LIMIT: Duration = Duration::from_secs(20);
/// What is added to a command so that folder, variables and exit status are those of the one before.
const BEFORE: &str = "[ -f \"$SESSION/state\" ] && . \"$SESSION/state\"; cd \"$(cat \"$SESSION/folder\")\"; ";
const AFTER: &str = "\n_status=$?; export -p > \"$SESSION/state\"; pwd > \"$SESSION/folder\"; exit $_status";

/// What the documents take for granted.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder of the programs, first on `PATH`.
    pub programs: PathBuf,
    /// Variables of every command.
    pub variables: Vec<(String, String)>,
    /// The first of three ports in a row, as documented; replaced by free ones.
    pub documented_port: u16,
}

/// A step that is not as the document says.
#[derive(Clone, Debug)]
pub struct Mismatch {
    /// The step, with this session's ports.
    pub step: Step,
    /// What is wrong, for people.
    pub difference: String,
    /// What came out, where that is what differs.
    pub real: Option<String>,
}

impl Mismatch {
    fn of(step: &Step, difference: String) -> Self {
        Self { step: step.clone(), difference, real: None }
    }
}

/// A document that was typed.
#[derive(Clone, Debug)]
pub struct Typed {
    /// How many commands it has.
    pub commands: usize,
    /// Those that are not as it says.
    pub mismatches: Vec<Mismatch>,
    /// The first of this session's ports.
    pub first_port: u16,
    /// This session's home.
    pub home: PathBuf,
}

/// Types a whole document.
///
/// # Errors
/// There is no session.
pub fn type_document(text: &str, settings: &Settings) -> io::Result<Typed> {
    let mut session = Session::start(settings)?;
    let mut typed = Typed {
        commands: 0,
        mismatches: Vec::new(),
        first_port: session.first_port,
        home: session.place.path().join("home"),
    };
    for block in blocks(&session.with_free_ports(text)) {
        for index in 0..block.steps.len() {
            typed.commands += 1;
            typed.mismatches.extend(session.take(&block, index).err());
        }
    }
    Ok(typed)
}

/// Runs a whole document and counts its commands; the text says everything that is not as it says.
///
/// # Errors
/// The differences, with their lines.
pub fn run(name: &str, text: &str, settings: &Settings) -> Result<usize, String> {
    let typed = type_document(text, settings).map_err(|error| format!("{name}: no session: {error}"))?;
    let wrong = typed.mismatches.iter().map(|mismatch| {
        let Mismatch { step, difference, .. } = mismatch;
        format!("{name}, line {}:\n  $ {}\n{difference}", step.line, step.typed)
    });
    let wrong: Vec<String> = wrong.collect();
    if wrong.is_empty() { Ok(typed.commands) } else { Err(wrong.join("\n")) }
}

/// A shell session that remembers folder, variables and files.
#[derive(Debug)]
pub struct Session {
    place: TempDir,
    settings: Settings,
    first_port: u16,
    /// Three in a row from the first. No other program is given one before the sandbox of the document listens there.
    _ports: [ReservedPort; 3],
    running: Vec<Child>,
    last_status: i32,
}

impl Session {
    /// A session in an empty home.
    ///
    /// # Errors
    /// No temporary folder, or no free ports.
    pub fn start(settings: &Settings) -> io::Result<Self> {
        let place = tempfile::Builder::new().prefix("aidb-docs-").tempdir()?;
        for folder in ["session", "home"] {
            fs::create_dir(place.path().join(folder))?;
        }
        let home = place.path().join("home");
        fs::write(place.path().join("session/folder"), home.as_os_str().as_encoded_bytes())?;
        let ports = three_ports()?;
        let first_port = ports[0].number()?;
        Ok(Self { place, settings: settings.clone(), first_port, _ports: ports, running: Vec::new(), last_status: 0 })
    }

    /// The text with the documented ports replaced by this session's.
    #[must_use]
    pub fn with_free_ports(&self, text: &str) -> String {
        let first = self.settings.documented_port;
        (0..3).fold(text.to_owned(), |text, nth| {
            text.replace(&(first + nth).to_string(), &(self.first_port + nth).to_string())
        })
    }

    /// Types one step of a block.
    ///
    /// # Errors
    /// What is not as the document says.
    pub fn take(&mut self, block: &Block, index: usize) -> Result<(), Mismatch> {
        let step = &block.steps[index];
        if block.keeps == Keeps::Running {
            return self.keep_running(step);
        }
        let (status, output) = self.typed(&step.typed).map_err(|error| Mismatch::of(step, format!("  {error}\n")))?;
        self.last_status = status.code().unwrap_or(-1);
        if let Some(difference) = difference(&step.output, &output) {
            return Err(Mismatch { real: Some(output), ..Mismatch::of(step, difference) });
        }
        let shown_next = block.steps.get(index + 1).is_some_and(|next| next.typed.contains("$?"));
        if self.last_status != 0 && !shown_next {
            let hidden = format!("  it ended with {status}, and the document does not show that\n");
            return Err(Mismatch::of(step, hidden));
        }
        Ok(())
    }

    fn typed(&self, typed: &str) -> io::Result<(ExitStatus, String)> {
        let log = self.place.path().join("session/output");
        let mut shell = self.shell(typed, &log)?;
        let deadline = Instant::now() + LIMIT;
        let status = loop {
            if let Some(status) = shell.try_wait()? {
                break status;
            }
            if Instant::now() > deadline {
                shell.kill()?;
                shell.wait()?;
                return Err(io::Error::new(io::ErrorKind::TimedOut, format!("it ran longer than {LIMIT:?}")));
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        Ok((status, read(&log)?))
    }

    fn keep_running(&mut self, step: &Step) -> Result<(), Mismatch> {
        let log = self.place.path().join(format!("session/running-{}", self.running.len()));
        let failed = |error: io::Error| Mismatch::of(step, format!("  {error}\n"));
        self.running.push(self.shell(&format!("exec {}", step.typed), &log).map_err(failed)?);
        let deadline = Instant::now() + START_LIMIT;
        loop {
            let output = read(&log).map_err(failed)?;
            let Some(difference) = difference(&step.output, &output) else { return Ok(()) };
            if Instant::now() > deadline || self.has_ended() {
                return Err(Mismatch { real: Some(output), ..Mismatch::of(step, difference) });
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn has_ended(&mut self) -> bool {
        self.running.last_mut().is_none_or(|running| !matches!(running.try_wait(), Ok(None)))
    }

    fn shell(&self, typed: &str, log: &Path) -> io::Result<Child> {
        let output = File::create(log)?;
        let script = format!("{BEFORE}(exit {})\n{typed}{AFTER}", self.last_status);
        let path = std::env::split_paths("/usr/local/bin:/usr/bin:/bin").collect::<Vec<_>>();
        let path = std::env::join_paths(std::iter::once(self.settings.programs.clone()).chain(path));
        Command::new("bash")
            .args(["--noprofile", "--norc", "-c", &script])
            .env_clear()
            .env("PATH", path.map_err(io::Error::other)?)
            .env("HOME", self.place.path().join("home"))
            .env("SESSION", self.place.path().join("session"))
            .env("LANG", "C.UTF-8")
            .env("USER", "you")
            .env("LOGNAME", "you")
            .envs(self.settings.variables.iter().cloned())
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        for running in &mut self.running {
            // It may have ended by itself; then there is nothing to end, and waiting only collects it.
            let _ended = running.kill();
            let _collected = running.wait();
        }
    }
}

fn read(log: &Path) -> io::Result<String> {
    Ok(String::from_utf8_lossy(&fs::read(log)?).into_owned())
}

fn three_ports() -> io::Result<[ReservedPort; 3]> {
    for _ in 0..100 {
        let first = ReservedPort::any()?;
        let next = |nth| ReservedPort::at(first.number().ok()?.checked_add(nth)?).ok();
        if let (Some(second), Some(third)) = (next(1), next(2)) {
            return Ok([first, second, third]);
        }
    }
    Err(io::Error::other("no three free ports in a row"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            programs: PathBuf::from("/bin"),
            variables: vec![("GREETING".into(), "hello".into())],
            documented_port: 7101,
        }
    }

    fn document(block: &str) -> Result<usize, String> {
        run("a document", block, &settings())
    }

    #[test]
    fn a_session_keeps_folder_variables_files_and_status() {
        let text = "```console\n$ mkdir here && cd here\n$ export NAME=you\n$ echo $GREETING > file\n```\nText.\n\
                    ```console\n$ cat file; echo $NAME; basename $(pwd)\nhello\nyou\nhere\n$ (exit 3)\n$ echo $?\n3\n```\n";
        assert_eq!(document(text), Ok(6));
    }

    #[test]
    fn a_wrong_output_a_hidden_status_and_a_missing_program_are_told() {
        let wrong = document("```console\n$ echo one\ntwo\n```\n").unwrap_err();
        assert!(wrong.contains("line 2") && wrong.contains("→ two") && wrong.contains("→ one"), "{wrong}");
        assert!(document("```console\n$ (exit 3)\n```\n").unwrap_err().contains("exit status: 3"));
        assert!(document("```console\n$ no-such-program-at-all\n```\n").is_err());
    }

    #[test]
    fn a_background_block_keeps_running_and_ends_with_the_session() {
        let text = "```console background\n$ bash -c 'echo $$ > pid; echo ready 7101; exec sleep 60'\nready 7101\n```\n\
                    ```console\n$ kill -0 $(cat pid) && echo runs\nruns\n```\n";
        assert_eq!(document(text), Ok(2));
        let never = "```console background\n$ echo other\nready\n```\n";
        assert!(document(never).unwrap_err().contains("→ other"));
    }
}
