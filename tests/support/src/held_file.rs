//! A file that nobody else gets to read until the test lets go of it: whoever opens it waits, as on a disk that does not answer.
//!
//! It is a lease of Linux, so the program under test does what it always does and knows nothing of it. The system takes a lease
//! away after 45 seconds (`/proc/sys/fs/lease-break-time`); nothing that a test does meanwhile takes nearly as long.

use std::io::{self, BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::process::Process;

/// The lease is held by a process of its own: another open of the same process would not wait for it everywhere.
const HOLD: &str = r#"
import fcntl, os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGIO])
file = os.open(sys.argv[1], os.O_RDWR)
fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print("held", flush=True)
signal.sigwait([signal.SIGIO])
print("wanted", flush=True)
signal.pause()
"#;

/// How long the system may take to say what it was asked for: a hang fails the test.
const PATIENCE: Duration = Duration::from_secs(60);

/// A file that is held. Dropping it lets go.
#[derive(Debug)]
pub struct HeldFile {
    said: Receiver<String>,
    _holder: Process,
}

impl HeldFile {
    /// Holds a file that is there and that nobody has open.
    ///
    /// # Errors
    /// `python3` is missing, or the file's disk knows no leases.
    pub fn hold(path: &Path) -> io::Result<Self> {
        let mut command = Command::new("python3");
        command.args(["-c", HOLD]).arg(path).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut holder = Process::spawn(&mut command, "python3")?;
        let output = holder.0.stdout.take().ok_or_else(|| io::Error::other("no output"))?;
        let (send, said) = channel();
        // It ends with the process, or with the value that listens.
        std::thread::spawn(move || {
            BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| send.send(line))
        });
        let held = Self { said, _holder: holder };
        held.hears("held")?;
        Ok(held)
    }

    /// Waits until somebody is about to read it, and is kept waiting.
    ///
    /// # Errors
    /// Nobody is.
    pub fn wait_until_wanted(&self) -> io::Result<()> {
        self.hears("wanted")
    }

    fn hears(&self, word: &str) -> io::Result<()> {
        match self.said.recv_timeout(PATIENCE) {
            Ok(said) if said == word => Ok(()),
            other => Err(io::Error::other(format!("the file is not {word}: {other:?}"))),
        }
    }
}
