//! Processes that a test starts, and that never outlive it.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// How long a process of a session may take to start.
pub const START_LIMIT: Duration = Duration::from_secs(20);

/// A child and all that it starts: they end with this value.
#[derive(Debug)]
pub struct Process(pub Child);

impl Process {
    /// Starts it in a process group of its own.
    ///
    /// # Errors
    /// It cannot be started; the text names `packages`, where Debian keeps it.
    pub fn spawn(command: &mut Command, packages: &str) -> io::Result<Self> {
        spawn(command.process_group(0), packages).map(Self)
    }

    /// Kills it and all that it started, and waits for its end. Nothing happens where it has ended.
    pub fn kill(&mut self) {
        let group = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw);
        // A group that is gone has nothing left to kill, and waiting only collects it.
        let _ended = group.map(|group| kill_process_group(group, Signal::KILL));
        let _collected = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Starts a command.
///
/// # Errors
/// It cannot be started; the text names `packages`, where Debian keeps it.
pub fn spawn(command: &mut Command, packages: &str) -> io::Result<Child> {
    command.spawn().map_err(|error| {
        let program = command.get_program().display();
        let text = format!("{program} could not be started ({error}). It is in one of these packages: {packages}");
        io::Error::new(error.kind(), text)
    })
}

/// Asks again and again until it is so.
///
/// # Errors
/// It is not so within `limit`, or cannot be asked.
pub fn wait_until(what: &str, limit: Duration, mut ready: impl FnMut() -> io::Result<bool>) -> io::Result<()> {
    let deadline = Instant::now() + limit;
    while !ready()? {
        if Instant::now() > deadline {
            return Err(io::Error::new(io::ErrorKind::TimedOut, format!("{what}: not within {limit:?}")));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
