//! The repository, its build folder, and the programs that are built into it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// Optimisation of a build; decides the folder that its programs land in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// For trying out and testing.
    Debug,
    /// For measuring and shipping.
    Release,
}

/// The folder of the workspace's `Cargo.toml`.
pub fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The build folder, wherever the person's settings put it: this program lies in `<folder>/debug/`.
pub fn build_folder() -> Result<PathBuf> {
    let me = std::env::current_exe().context("cannot tell where this program lies")?;
    let folder = me.parent().and_then(Path::parent).context("this program lies in no build folder")?;
    Ok(folder.to_owned())
}

/// Folder of programs for a profile.
pub fn program_folder(profile: Profile) -> Result<PathBuf> {
    let name = match profile {
        Profile::Debug => "debug",
        Profile::Release => "release",
    };
    Ok(build_folder()?.join(name))
}

/// A cargo call in the repository: the same cargo that started this task.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(repository());
    // Set for this program by `cargo run`; inherited, they would make build scripts run again.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    command
}

/// A cargo call that builds an engine without one of its parts, see `aidb_leave_out` in the workspace's manifest. Wants a target
/// folder of its own.
pub fn without(part: &str) -> Command {
    let mut command = cargo();
    command.env("RUSTFLAGS", format!("--cfg aidb_leave_out=\"{part}\""));
    command
}

/// An npm call in the folder of the page.
pub fn npm() -> Command {
    let mut command = Command::new("npm");
    command.current_dir(repository().join("ui"));
    command
}

/// Runs a command to its end.
///
/// # Errors
/// It cannot be started, or ends with another status than 0.
pub fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{} cannot be started", shell_line(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", shell_line(command));
    }
    Ok(())
}

/// A command as a person would type it.
pub fn shell_line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program()).to_string_lossy();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy());
    std::iter::once(program).chain(arguments).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_where_the_workspace_is() {
        assert!(repository().join("Cargo.lock").is_file());
    }

    #[test]
    fn a_command_reads_as_it_is_typed() {
        let mut command = Command::new("/usr/bin/apt-get");
        assert_eq!(shell_line(command.args(["install", "-y", "gcc"])), "apt-get install -y gcc");
    }
}
