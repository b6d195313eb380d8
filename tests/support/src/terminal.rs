//! A person at a terminal: `script` of util-linux gives the program one.

use std::fs;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::home::Home;
use crate::process::wait_until;
use crate::programs::{Program, path_of};

/// How long anything may take: a hang fails the test, and a slow machine does not.
const PATIENCE: Duration = Duration::from_secs(180);

/// `aidb` at a terminal.
#[derive(Debug)]
pub struct Terminal {
    child: Child,
    keyboard: Option<ChildStdin>,
    screen: Receiver<Vec<u8>>,
    seen: String,
    read_until: usize,
}

/// What was on the screen, and how it ended.
#[derive(Debug)]
pub struct Session {
    /// The exit status.
    pub status: Option<i32>,
    /// Everything that was on the screen.
    pub screen: String,
}

impl Terminal {
    /// Starts `aidb` with these arguments and variables.
    ///
    /// # Errors
    /// When `script` cannot be started.
    pub fn start(home: &Home, arguments: &[&str], variables: &[(&str, &str)]) -> io::Result<Self> {
        let mut line = format!("exec '{}'", path_of(Program::Aidb).display());
        for argument in arguments {
            line.push_str(&format!(" '{}'", argument.replace('\'', r"'\''")));
        }
        let mut child = Command::new("script")
            .args(["--quiet", "--return", "--command", &line, "/dev/null"])
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("SHELL", "/bin/sh")
            .env("HOME", home.path())
            .env("USER", "tester")
            .env("TERM", "xterm")
            .env("NO_COLOR", "1")
            .env("LANG", "C.UTF-8")
            .env("AIDB_DATA_DIR", home.data())
            .env("AIDB_KEY_STORE", "file")
            .envs(variables.iter().copied())
            .current_dir(home.work())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let keyboard = child.stdin.take();
        let output = child.stdout.take().ok_or_else(|| io::Error::other("no output"))?;
        Ok(Self { child, keyboard, screen: reader(output), seen: String::new(), read_until: 0 })
    }

    /// Waits until this text appears, after what was waited for before.
    ///
    /// # Errors
    /// When it does not, with what was there instead.
    pub fn wait_for(&mut self, text: &str) -> io::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.seen[self.read_until..].find(text) {
                self.read_until += at + text.len();
                return Ok(());
            }
            match self.screen.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.seen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    return Err(io::Error::other(format!("{text:?} did not appear in:\n{}", self.seen)));
                }
            }
        }
    }

    /// Waits until the terminal does not show what is typed. The question stands there a moment before.
    ///
    /// # Errors
    /// It goes on showing it.
    pub fn wait_until_typing_is_hidden(&self) -> io::Result<()> {
        wait_until("the terminal hides what is typed", PATIENCE, || {
            let Some(terminal) = terminal_of(self.child.id())? else { return Ok(false) };
            let settings = Command::new("stty").arg("-F").arg(terminal).arg("-a").output()?;
            Ok(String::from_utf8_lossy(&settings.stdout).split_whitespace().any(|word| word == "-echo"))
        })
    }

    /// Types this.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn type_text(&mut self, text: &str) -> io::Result<()> {
        match &mut self.keyboard {
            Some(keyboard) => keyboard.write_all(text.as_bytes()).and_then(|()| keyboard.flush()),
            None => Err(io::Error::other("no keyboard")),
        }
    }

    /// Waits for the end.
    ///
    /// # Errors
    /// When it does not come.
    pub fn finish(mut self) -> io::Result<Session> {
        let deadline = Instant::now() + PATIENCE;
        while let Ok(bytes) = self.screen.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
        if Instant::now() >= deadline {
            self.child.kill()?;
            return Err(io::Error::other(format!("did not end:\n{}", self.seen)));
        }
        let status = self.child.wait()?.code();
        Ok(Session { status, screen: self.seen.replace("\r\n", "\n") })
    }
}

/// The terminal that `script` gave to what it runs.
fn terminal_of(script: u32) -> io::Result<Option<PathBuf>> {
    let children = fs::read_to_string(format!("/proc/{script}/task/{script}/children"))?;
    // One that ended meanwhile has no terminal any more.
    Ok(children.split_whitespace().find_map(|child| fs::read_link(format!("/proc/{child}/fd/0")).ok()))
}

fn reader(mut output: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let mut buffer = [0_u8; 4096];
        // A terminal that closed ends the reading; an error says the same.
        while let Ok(count @ 1..) = output.read(&mut buffer) {
            if send.send(buffer[..count].to_vec()).is_err() {
                break;
            }
        }
    });
    receive
}
