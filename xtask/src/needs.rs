//! What has to be on the machine for each task, how to see that it is, and how it gets there.
//!
//! Every need is looked for first, so that a machine that has everything is never asked for rights, and needs no network.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::programs;

/// A task that has needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Compiling the engine and the command line.
    Build,
    Window,
    /// A window where nobody sits in front of it.
    Display,
    Test,
    /// Killing programs at their system calls, and refusing those.
    Torture,
    Bench,
    /// Looking for inputs that nobody thought of.
    Fuzz,
}

/// Way to look for a need.
#[derive(Clone, Copy, Debug)]
enum Probe {
    /// A program on `PATH`.
    Program(&'static str),
    /// Any of these files.
    AnyFile(&'static [&'static str]),
}

/// One Debian package, why it is needed, and the sign that it is there.
#[derive(Clone, Copy, Debug)]
struct Need {
    task: Task,
    package: &'static str,
    because: &'static str,
    probe: Probe,
}

/// The whole list. A new line here is the only thing to do when a task needs another package.
const NEEDS: &[Need] = &[
    need(Task::Build, "gcc", "compiles SQLite and the TLS library's C code", Probe::Program("cc")),
    need(Task::Build, "libc6-dev", "the C headers for it", Probe::AnyFile(&["/usr/include/stdio.h"])),
    need(
        Task::Window,
        "libwebkit2gtk-4.1-dev",
        "the web view in the window",
        Probe::AnyFile(&["/usr/include/webkitgtk-4.1/webkit2/webkit2.h"]),
    ),
    need(Task::Window, "pkg-config", "finds it", Probe::Program("pkg-config")),
    need(Task::Display, "xvfb", "a display in memory", Probe::Program("Xvfb")),
    need(Task::Display, "webkit2gtk-driver", "clicks and types in the window", Probe::Program("WebKitWebDriver")),
    need(Task::Display, "gnome-keyring", "a real keychain to test against", Probe::Program("gnome-keyring-daemon")),
    need(Task::Display, "dbus", "the bus that the keychain sits on", Probe::Program("dbus-daemon")),
    need(
        Task::Display,
        "fonts-dejavu-core",
        "letters that the window's own fonts lack",
        Probe::AnyFile(&["/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"]),
    ),
    need(Task::Test, "chromium", "a second browser for the page's tests", Probe::Program("chromium")),
    need(Task::Test, "xclip", "looks at the clipboard from outside", Probe::Program("xclip")),
    need(Task::Test, "libsecret-tools", "looks into the keychain from outside", Probe::Program("secret-tool")),
    need(Task::Test, "python3", "damages a backup from outside", Probe::Program("python3")),
    need(Task::Test, "procps", "ends and stops processes", Probe::Program("kill")),
    need(Task::Fuzz, "g++", "compiles the fuzzer", Probe::Program("c++")),
    need(Task::Torture, "strace", "kills at a system call, and refuses it", Probe::Program("strace")),
    need(Task::Bench, "git", "a peer to start-up time", Probe::Program("git")),
    need(Task::Bench, "nodejs", "a peer to start-up time", Probe::Program("node")),
    need(Task::Bench, "hey", "a peer to the speed of an import", Probe::Program("hey")),
    need(Task::Bench, "wrk", "another one", Probe::Program("wrk")),
];

const fn need(task: Task, package: &'static str, because: &'static str, probe: Probe) -> Need {
    Need { task, package, because, probe }
}

/// Makes sure that everything is there for these tasks.
///
/// # Errors
/// Something is missing and cannot be installed from here; the text is the line to type.
pub fn meet(tasks: &[Task]) -> Result<()> {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| tasks.contains(&need.task) && !is_there(need.probe)).collect();
    if !missing.is_empty() {
        install(&missing)?;
    }
    Ok(())
}

/// Makes sure that cargo has these components (`fmt`, `clippy`): a minimal Rust comes without them.
///
/// # Errors
/// One is missing and rustup is not there, or cannot add it.
pub fn meet_components(components: &[(&str, &str)]) -> Result<()> {
    for (subcommand, component) in components {
        if quietly(programs::cargo().args([subcommand, "--version"])) {
            continue;
        }
        println!("Adding Rust's {component} …");
        let mut add = Command::new("rustup");
        add.args(["component", "add", component]);
        programs::succeed(&mut add)
            .with_context(|| format!("`cargo {subcommand}` is missing; type: rustup component add {component}"))?;
    }
    Ok(())
}

fn is_there(probe: Probe) -> bool {
    match probe {
        Probe::AnyFile(files) => files.iter().any(|file| Path::new(file).exists()),
        Probe::Program(name) => on_path(name),
    }
}

/// Whether a program of that name is on `PATH`.
pub fn on_path(name: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else { return false };
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

fn install(missing: &[&Need]) -> Result<()> {
    println!("Missing on this machine:");
    for need in missing {
        println!("  {:16} {}", need.package, need.because);
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    let by_hand = by_hand(&packages);
    if !on_path("apt-get") {
        bail!("this machine has no apt-get. Install what Debian calls: {}", packages.join(" "));
    }
    let Some(rights) = Rights::of_this_person() else {
        bail!(
            "they cannot be installed from here without a password. Type this, and then the same task again:\n\n  {by_hand}\n"
        );
    };
    println!("Installing them with apt-get …");
    let by_hand = || format!("installing failed. To see why, type:\n\n  {by_hand}\n");
    programs::succeed(&mut rights.apt_get(&["update"])).with_context(by_hand)?;
    let install = [&["install", "--yes", "--no-install-recommends"], packages.as_slice()].concat();
    programs::succeed(&mut rights.apt_get(&install)).with_context(by_hand)?;
    match missing.iter().find(|need| !is_there(need.probe)) {
        Some(need) => bail!("apt-get installed {}, and it is still not found", need.package),
        None => Ok(()),
    }
}

fn by_hand(packages: &[&str]) -> String {
    let packages = packages.join(" ");
    format!("sudo apt-get update && sudo apt-get install --yes --no-install-recommends {packages}")
}

/// Rights of this person to install packages.
#[derive(Clone, Copy, Debug)]
enum Rights {
    Root,
    Sudo,
}

impl Rights {
    fn of_this_person() -> Option<Self> {
        let id = Command::new("id").arg("-u").output().ok()?;
        if id.stdout.trim_ascii() == b"0" {
            return Some(Self::Root);
        }
        (on_path("sudo") && quietly(Command::new("sudo").args(["--non-interactive", "true"]))).then_some(Self::Sudo)
    }

    fn apt_get(self, arguments: &[&str]) -> Command {
        let mut command = match self {
            Self::Root => Command::new("apt-get"),
            Self::Sudo => {
                let mut command = Command::new("sudo");
                command.args(["--non-interactive", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
                command
            }
        };
        // A lock that another installation holds is waited for; a question would wait for ever.
        command.args(["--quiet", "-o", "DPkg::Lock::Timeout=300"]).args(arguments);
        command.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
        command
    }
}

fn quietly(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_seen_and_what_is_not_is_not() {
        assert!(is_there(Probe::Program("cargo")) || is_there(Probe::Program("sh")));
        assert!(!is_there(Probe::Program("a-program-that-nobody-has")));
        assert!(!is_there(Probe::AnyFile(&["/a/file/that/nobody/has.h"])));
        assert!(is_there(Probe::AnyFile(&["/a/file/that/nobody/has.h", env!("CARGO_MANIFEST_DIR")])));
    }

    #[test]
    fn the_line_to_type_names_every_package() {
        let line = by_hand(&["gcc", "dbus"]);
        assert_eq!(line, "sudo apt-get update && sudo apt-get install --yes --no-install-recommends gcc dbus");
    }

    #[test]
    fn no_package_is_listed_twice_for_a_task() {
        for (index, need) in NEEDS.iter().enumerate() {
            let again =
                NEEDS.iter().skip(index + 1).any(|other| other.task == need.task && other.package == need.package);
            assert!(!again, "{} stands twice", need.package);
        }
    }
}
