//! A session that belongs to one test: home, keychain, display. The application can be started in it again and again.

use std::cell::RefCell;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aidb_testkit::BrokenPortal;
use aidb_testkit::display::Display;
use aidb_testkit::keychain::{KeychainMode, KeychainSession, output_within};
use aidb_testkit::memory::{self, Count};
use aidb_testkit::process::{Process, START_LIMIT, wait_until};
use aidb_testkit::programs::{Program, path_of, repository};
use anyhow::{Context as _, Result};
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};

use crate::driver::{self, Driver};
use crate::window::Window;

/// How long the application may take to close when it was asked to and nothing runs.
const CLOSE_LIMIT: Duration = Duration::from_secs(60);

/// What the application asks before it talks to a server that no environment has led to.
const NEW_SERVER: &str = "Connect to this server?";
/// How often it is looked whether something is asked.
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(30);

/// One application at a time: several at once on a small machine only wait for each other, and run into time limits.
static TURN: Mutex<()> = Mutex::new(());

/// A home with a keychain and a display. Goes with the value, and all that runs in it.
#[derive(Debug)]
pub struct Session {
    // In the order in which they end: the display last, so that nothing dies of it.
    keychain: RefCell<KeychainSession>,
    display: RefCell<Display>,
    screens: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

impl Session {
    /// A new home, an open keychain.
    ///
    /// # Errors
    /// A program is missing; the text says which package has it.
    pub fn start() -> Result<Self> {
        Self::with_keychain(KeychainMode::Unlocked)
    }

    /// A new home, and a keychain that is open, locked, or not there.
    ///
    /// # Errors
    /// As [`Session::start`].
    pub fn with_keychain(mode: KeychainMode) -> Result<Self> {
        // A test that failed leaves nothing behind that the next one could see.
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let screens = repository().join("target/screens/desktop");
        let keychain = RefCell::new(KeychainSession::start(mode)?);
        Ok(Self { keychain, display: RefCell::new(Display::start()?), screens, _turn: turn })
    }

    /// Puts pictures into this folder from now on.
    #[must_use]
    pub fn with_screens_in(mut self, folder: impl Into<PathBuf>) -> Self {
        self.screens = folder.into();
        self
    }

    /// Starts the application and waits until its page is there.
    ///
    /// # Errors
    /// It does not start; with what it said.
    pub fn open(&self) -> Result<Window<'_>> {
        self.open_with(&[])
    }

    /// The same, with arguments.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub fn open_with(&self, arguments: &[&str]) -> Result<Window<'_>> {
        let application = self.write_start_script(arguments)?;
        let command = self.command(driver::PROGRAM);
        let driver = Driver::start(command, &application.display().to_string());
        let driver = driver.with_context(|| format!("the application said:\n{}", self.said()))?;
        let window = Window::new(self, driver);
        window.wait_for_page()?;
        Ok(window)
    }

    /// Starts the application once more beside the one that runs, and waits for the second one's end.
    ///
    /// # Errors
    /// It goes on.
    pub fn start_second(&self, arguments: &[&str]) -> Result<Output> {
        let mut command = self.command(path_of(Program::Desktop));
        Ok(output_within(command.args(arguments), "", CLOSE_LIMIT)?)
    }

    /// Starts the application without a driver: what it shows is seen at the display alone. Ends with the value.
    ///
    /// # Errors
    /// It does not start.
    pub fn start_alone(&self) -> Result<Process> {
        Ok(Process::spawn(&mut self.command(path_of(Program::Desktop)), "aidb")?)
    }

    /// Sends a signal to the process in which the web view of this application loads and paints its page, as soon as there is one.
    ///
    /// # Errors
    /// There is none.
    pub fn signal_web_view(&self, application: &Process, signal: Signal) -> Result<()> {
        wait_until("the web view has a process", START_LIMIT, || match web_process_of(application.0.id())? {
            Some(process) => Ok(kill_process(process, signal).map(|()| true)?),
            None => Ok(false),
        })?;
        Ok(())
    }

    /// Does something in the course of which the application asks, outside of its page, about a server that it has never talked
    /// to; and agrees, as often as it asks.
    ///
    /// # Errors
    /// Those of `work`, or the display does not answer.
    pub fn agreeing<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let done = AtomicBool::new(false);
        let display = self.display.borrow();
        let display: &Display = &display;
        std::thread::scope(|threads| {
            let agreeing = threads.spawn(|| {
                while !done.load(Ordering::Acquire) {
                    display.agree(NEW_SERVER)?;
                    std::thread::sleep(BETWEEN_QUESTIONS);
                }
                io::Result::Ok(())
            });
            let answer = work();
            done.store(true, Ordering::Release);
            agreeing.join().map_err(|_| anyhow::anyhow!("nobody agreed"))??;
            answer
        })
    }

    /// The colour of the window at this place, red, green and blue.
    ///
    /// # Errors
    /// The display does not answer, or there is no window at that place.
    pub fn colour_at(&self, x: i16, y: i16) -> Result<Option<[u8; 3]>> {
        Ok(self.display.borrow().colour_at(x, y)?)
    }

    /// What lies on the clipboard; nothing where that is no text.
    ///
    /// # Errors
    /// `xclip` is missing.
    pub fn clipboard(&self) -> Result<String> {
        let mut command = self.command("xclip");
        let output = output_within(command.args(["-o", "-selection", "clipboard"]), "", CLOSE_LIMIT)?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// A command that runs where the application does, and knows none of its variables.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = self.keychain.borrow().command(program);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("AIDB_")) {
                command.env_remove(name);
            }
        }
        command.env("DISPLAY", self.display.borrow().name()).env("GDK_BACKEND", "x11").env("NO_AT_BRIDGE", "1");
        command.env("LANG", "C.UTF-8").env("TZ", "UTC").env("USER", "tester");
        command
    }

    /// Everything that the application wrote to standard error in this session.
    #[must_use]
    pub fn said(&self) -> String {
        fs::read_to_string(self.errors()).unwrap_or_default()
    }

    /// The home folder.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.keychain.borrow().home()
    }

    /// Writes a file into the home folder.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> io::Result<PathBuf> {
        let path = self.home().join(name);
        fs::write(&path, content)?;
        Ok(path)
    }

    /// Kills keychain and bus and starts them again on the same home, as after a new login. An application that runs would
    /// end with its bus.
    ///
    /// # Errors
    /// They do not start.
    pub fn restart_keychain(&self, mode: KeychainMode) -> Result<()> {
        Ok(self.keychain.borrow_mut().restart(mode)?)
    }

    /// Locks the keychain while the application runs.
    ///
    /// # Errors
    /// It does not start again.
    pub fn lock_keychain(&self) -> Result<()> {
        Ok(self.keychain.borrow_mut().lock()?)
    }

    /// Unlocks the keychain while the application runs: as if somebody had typed its password.
    ///
    /// # Errors
    /// It does not start again.
    pub fn unlock_keychain(&self) -> Result<()> {
        Ok(self.keychain.borrow_mut().unlock()?)
    }

    /// Starts what asks for the passwords of keyrings. Without it nobody is asked. Ends with the value.
    ///
    /// # Errors
    /// It does not start.
    pub fn start_prompter(&self) -> Result<Process> {
        Ok(self.keychain.borrow().start_prompter(&self.display.borrow())?)
    }

    /// Does `work` and types these passwords meanwhile, as they are asked for.
    ///
    /// # Errors
    /// Those of `work`, or another number of questions comes.
    pub fn typing_passwords<T>(&self, passwords: &[&str], work: impl FnOnce() -> Result<T>) -> Result<T> {
        let (done, answered) = self.display.borrow().typing_passwords(passwords, work);
        let done = done?;
        answered?;
        Ok(done)
    }

    /// From now on the keychain answers nothing, and is still there.
    ///
    /// # Errors
    /// There is none.
    pub fn freeze_keychain(&self) -> Result<()> {
        Ok(self.keychain.borrow().freeze()?)
    }

    /// From now on it answers again.
    ///
    /// # Errors
    /// There is none.
    pub fn thaw_keychain(&self) -> Result<()> {
        Ok(self.keychain.borrow().thaw()?)
    }

    /// Puts a desktop portal on the bus that never answers, for as long as the value lives.
    ///
    /// # Errors
    /// There is one already.
    pub fn hang_portal(&self) -> Result<BrokenPortal> {
        Ok(BrokenPortal::start(&self.keychain.borrow().bus_address())?)
    }

    /// How often `needle` stands in the memory of the application, and in that of the process that shows its page.
    ///
    /// # Errors
    /// It does not run, or may not be looked into.
    pub fn memory_with(&self, needle: &str) -> Result<[Count; 2]> {
        let application: u32 = fs::read_to_string(self.process_file())?.trim().parse()?;
        let page = web_process_of(application)?.context("the web view has no process")?;
        let page = u32::try_from(page.as_raw_nonzero().get())?;
        let count = |process| memory::count(process, needle.as_bytes()).context("its memory cannot be read");
        Ok([count(application)?, count(page)?])
    }

    /// From now on the application can write nothing to a file, as on a full disk.
    ///
    /// # Errors
    /// It does not run.
    pub fn fill_disk(&self) -> Result<()> {
        let process: i32 = fs::read_to_string(self.process_file())?.trim().parse()?;
        let process = Pid::from_raw(process).context("the application has no process")?;
        let nothing = Rlimit { current: Some(0), maximum: Some(0) };
        prlimit(Some(process), Resource::Fsize, nothing)?;
        Ok(())
    }

    /// Keeps a picture of the window.
    ///
    /// # Errors
    /// There is no window, or the file cannot be written.
    pub fn save_picture(&self, path: &Path) -> Result<()> {
        Ok(self.display.borrow().save_picture(path)?)
    }

    /// Takes the screen away and puts another one in its place, of so many pixels. Nothing may run on it.
    ///
    /// # Errors
    /// It does not start.
    pub fn change_screen(&self, width: u16, height: u16) -> Result<()> {
        *self.display.borrow_mut() = Display::with_screen((width, height))?;
        Ok(())
    }

    /// Where each window on the display begins and ends: left, top, right and bottom.
    ///
    /// # Errors
    /// The display does not answer.
    pub fn window_bounds(&self) -> Result<Vec<[i32; 4]>> {
        Ok(self.display.borrow().window_bounds()?)
    }

    /// The sizes of the windows on the display.
    ///
    /// # Errors
    /// The display does not answer.
    pub fn window_sizes(&self) -> Result<Vec<(u16, u16)>> {
        Ok(self.display.borrow().window_sizes()?)
    }

    /// Presses the button in the frame of the window that closes it.
    ///
    /// # Errors
    /// There is no window.
    pub fn ask_to_close(&self) -> Result<()> {
        let windows = self.display.borrow().ask_to_close()?;
        anyhow::ensure!(windows > 0, "there is no window to close");
        Ok(())
    }

    /// Whether the application runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        let process = fs::read_to_string(self.process_file()).unwrap_or_default();
        // A process that ended and was not collected yet is still listed, without a command line.
        let line = fs::read(format!("/proc/{}/cmdline", process.trim())).unwrap_or_default();
        !line.is_empty()
    }

    /// Waits until the application has ended by itself.
    ///
    /// # Errors
    /// It goes on; with what it said.
    pub fn wait_until_closed(&self) -> Result<()> {
        wait_until("the application ends", CLOSE_LIMIT, || Ok(!self.is_running()))
            .with_context(|| format!("the application said:\n{}", self.said()))
    }

    /// Where pictures go.
    #[must_use]
    pub fn screens(&self) -> &Path {
        &self.screens
    }

    fn errors(&self) -> PathBuf {
        self.home().join("said.txt")
    }

    fn process_file(&self) -> PathBuf {
        self.home().join("process.txt")
    }

    /// The driver passes nothing on of what the application says, and does not tell which process it is.
    fn write_start_script(&self, arguments: &[&str]) -> Result<PathBuf> {
        use std::os::unix::fs::PermissionsExt as _;
        let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
        let program = quoted(&path_of(Program::Desktop).display().to_string());
        let arguments: Vec<String> = arguments.iter().copied().map(quoted).collect();
        let [process, errors] = [self.process_file(), self.errors()].map(|path| quoted(&path.display().to_string()));
        // A file that may not grow is to be an error, as on a full disk, and not the end of the process.
        let script = format!(
            "#!/bin/sh\ntrap '' XFSZ\necho $$ > {process}\nexec {program} {} 2>> {errors}\n",
            arguments.join(" ")
        );
        let path = self.write("start.sh", script)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
        Ok(path)
    }
}

/// The process in which a web view of this application loads and paints its page.
fn web_process_of(application: u32) -> io::Result<Option<Pid>> {
    for entry in fs::read_dir("/proc")? {
        let Some(process) = entry?.file_name().to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw)
        else {
            continue;
        };
        // One that ended meanwhile has no status.
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let is = |line: &str| status.lines().any(|one| one == line);
        // One that was killed keeps its name until its parent has asked how it ended.
        let ended = status.lines().any(|line| line.starts_with("State:\tZ"));
        if is("Name:\tWebKitWebProces") && is(&format!("PPid:\t{application}")) && !ended {
            return Ok(Some(process));
        }
    }
    Ok(None)
}
