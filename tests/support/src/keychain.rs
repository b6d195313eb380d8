//! A real keychain in a session of its own: a private D-Bus bus, gnome-keyring on it, a private home.
//!
//! The bus has no service folder, so nothing else is ever started on it: no password prompt, no desktop portal. A process
//! finds the session by environment variables, so whatever is tested runs as a child ([`KeychainSession::command`]).
//! The session's processes end with it.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::display::Display;
use crate::process::{Process, START_LIMIT, spawn, wait_until};

/// The password of the session's keyring.
const PASSWORD: &str = "a password for tests";
const PACKAGES: &str = "gnome-keyring dbus dbus-x11 libsecret-tools";

/// How the keychain of a session is when it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeychainMode {
    /// There, and open.
    Unlocked,
    /// There, and waiting for its password.
    Locked,
    /// There, and without any keyring.
    Empty,
    /// No keychain on the bus.
    Absent,
}

/// A private session with a keychain, or with none.
#[derive(Debug)]
pub struct KeychainSession {
    folder: TempDir,
    keychain: Option<Process>,
    bus: Option<Process>,
}

impl KeychainSession {
    /// Starts a session on a new home. The error names what to install where a program is missing.
    pub fn start(mode: KeychainMode) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("aidb-keychain-").tempdir()?;
        let mut session = Self { folder, keychain: None, bus: None };
        for private in [session.home(), session.runtime()] {
            fs::create_dir(&private)?;
            fs::set_permissions(&private, fs::Permissions::from_mode(0o700))?;
        }
        if mode == KeychainMode::Locked {
            // Only a keyring that exists can be locked.
            session.restart(KeychainMode::Unlocked)?;
        }
        session.restart(mode)?;
        Ok(session)
    }

    /// Kills bus and keychain and starts them again on the same home, as after a new login.
    pub fn restart(&mut self, mode: KeychainMode) -> io::Result<()> {
        self.keychain = None;
        self.bus = None;
        self.start_bus()?;
        match mode {
            KeychainMode::Absent => Ok(()),
            KeychainMode::Unlocked => self.start_keychain(Some(PASSWORD)),
            KeychainMode::Locked | KeychainMode::Empty => self.start_keychain(None),
        }
    }

    /// Starts the keychain again, locked, on the bus that stays: what runs in the session goes on.
    pub fn lock(&mut self) -> io::Result<()> {
        self.start_again(None)
    }

    /// Starts it again, open, on the bus that stays: as if somebody had typed its password.
    pub fn unlock(&mut self) -> io::Result<()> {
        self.start_again(Some(PASSWORD))
    }

    fn start_again(&mut self, password: Option<&str>) -> io::Result<()> {
        self.keychain = None;
        wait_until("the keychain ends", START_LIMIT, || Ok(!self.has_keychain()?))?;
        self.start_keychain(password)
    }

    /// Stops the keychain in its tracks: it keeps its name on the bus and answers nothing.
    pub fn freeze(&self) -> io::Result<()> {
        self.signal("-STOP")
    }

    /// Lets it go on, with what it was asked meanwhile.
    pub fn thaw(&self) -> io::Result<()> {
        self.signal("-CONT")
    }

    fn signal(&self, signal: &str) -> io::Result<()> {
        let Some(keychain) = &self.keychain else { return Err(io::Error::other("this session has no keychain")) };
        let status = Command::new("kill").args([signal, &keychain.0.id().to_string()]).status()?;
        if status.success() { Ok(()) } else { Err(io::Error::other("the keychain could not be reached")) }
    }

    /// The session's home folder.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A command that runs inside the session and knows no other.
    #[must_use]
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        for foreign in
            ["DISPLAY", "WAYLAND_DISPLAY", "GNOME_KEYRING_CONTROL", "SSH_AUTH_SOCK", "XDG_DATA_HOME", "XDG_CONFIG_HOME"]
        {
            command.env_remove(foreign);
        }
        command
            .env("HOME", self.home())
            .env("XDG_RUNTIME_DIR", self.runtime())
            .env("DBUS_SESSION_BUS_ADDRESS", self.bus_address());
        command
    }

    /// Where the session's bus is, as D-Bus writes it.
    #[must_use]
    pub fn bus_address(&self) -> String {
        format!("unix:path={}", self.bus_socket().display())
    }

    fn runtime(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    fn bus_socket(&self) -> PathBuf {
        self.runtime().join("bus")
    }

    fn start_bus(&mut self) -> io::Result<()> {
        let socket = self.bus_socket();
        match fs::remove_file(&socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let config = self.folder.path().join("bus.conf");
        fs::write(&config, bus_config(&socket.display().to_string()))?;
        let mut command = self.command("dbus-daemon");
        command.arg(format!("--config-file={}", config.display())).args(["--nofork", "--nopidfile"]);
        self.bus = Some(quiet(&mut command)?);
        wait_until("the bus starts", START_LIMIT, || Ok(UnixStream::connect(&socket).is_ok()))
    }

    fn start_keychain(&mut self, password: Option<&str>) -> io::Result<()> {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]);
        command.arg(format!("--control-directory={}", self.runtime().join("keyring").display()));
        if password.is_some() {
            command.arg("--unlock");
        }
        command.stdin(Stdio::piped());
        let mut keychain = quiet(&mut command)?;
        if let (Some(mut stdin), Some(password)) = (keychain.0.stdin.take(), password) {
            stdin.write_all(password.as_bytes())?;
        }
        self.keychain = Some(keychain);
        wait_until("the keychain starts", START_LIMIT, || self.has_keychain())
    }

    /// Starts the program that asks for the passwords of keyrings, on that display. Without it nobody is asked, and every
    /// question counts as dismissed. Ends with the value.
    ///
    /// # Errors
    /// It is not installed (Debian's `gcr`, which comes with gnome-keyring), or does not start.
    pub fn start_prompter(&self, display: &Display) -> io::Result<Process> {
        let service = fs::read_to_string("/usr/share/dbus-1/services/org.gnome.keyring.SystemPrompter.service")?;
        let program = service.lines().find_map(|line| line.strip_prefix("Exec="));
        let program = program.ok_or_else(|| io::Error::other("the service of the prompter names no program"))?;
        let mut command = self.command(program);
        command.env("DISPLAY", display.name()).env("GDK_BACKEND", "x11").env("NO_AT_BRIDGE", "1");
        let prompter = quiet(&mut command)?;
        wait_until("the prompter starts", START_LIMIT, || self.has_name("org.gnome.keyring.SystemPrompter"))?;
        Ok(prompter)
    }

    fn has_keychain(&self) -> io::Result<bool> {
        self.has_name("org.freedesktop.secrets")
    }

    fn has_name(&self, name: &str) -> io::Result<bool> {
        let mut command = self.command("dbus-send");
        command.args(["--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"]);
        command.args(["org.freedesktop.DBus.NameHasOwner", &format!("string:{name}")]);
        let output = output_within(&mut command, "", START_LIMIT)?;
        Ok(String::from_utf8_lossy(&output.stdout).contains("true"))
    }
}

impl Drop for KeychainSession {
    fn drop(&mut self) {
        // The keychain before the bus it sits on; the folder goes last, by itself.
        self.keychain = None;
        self.bus = None;
    }
}

/// Runs a command to its end with `input` on its standard input. One that takes longer than `limit` is killed, which is
/// an error of kind `TimedOut`.
pub fn output_within(command: &mut Command, input: &str, limit: Duration) -> io::Result<Output> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = spawn(command, PACKAGES)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let deadline = Instant::now() + limit;
    while child.try_wait()?.is_none() {
        if Instant::now() > deadline {
            child.kill()?;
            child.wait()?;
            let program = command.get_program().display();
            return Err(io::Error::new(io::ErrorKind::TimedOut, format!("{program} ran longer than {limit:?}")));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output()
}

fn quiet(command: &mut Command) -> io::Result<Process> {
    Process::spawn(command.stdout(Stdio::null()).stderr(Stdio::null()), PACKAGES)
}

fn bus_config(socket: &str) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#
    )
}
