//! The page inside the window: what it is built with, and building it.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::needs::on_path;
use crate::programs::{npm, repository, succeed};

/// Says in a sentence what to do where Node is missing or too old. Debian's own is, so nothing is installed here.
///
/// # Errors
/// There is no Node that the page's tools run on, or no npm.
pub fn meet_node() -> Result<()> {
    let found = Command::new("node").arg("--version").output().ok();
    let found = found.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    let here = match version(&found) {
        Some(version) if is_enough(version) && on_path("npm") => return Ok(()),
        Some(version) if is_enough(version) => "has Node without npm".to_owned(),
        Some(_) => format!("has Node {found}"),
        None => "has no Node".to_owned(),
    };
    bail!(
        "The window's page needs Node 20.19 or newer, with npm; this machine {here}, and Debian's own is too old.\n\
         Install it from https://nodejs.org/en/download (or with nvm: nvm install 22), and type the same task again."
    )
}

/// `v20.19.1` is 20 and 19.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// What the page's tools say of themselves: 20.19, 22.13, or 24 and newer. Odd ones are nobody's promise.
fn is_enough((major, minor): (u32, u32)) -> bool {
    match major {
        20 => minor >= 19,
        22 => minor >= 13,
        _ => major >= 24,
    }
}

/// Downloads exactly what the lock file names, where that has not been done.
///
/// # Errors
/// npm cannot.
pub fn fetch() -> Result<()> {
    let ui = repository().join("ui");
    let changed = |file: &str| std::fs::metadata(ui.join(file)).and_then(|file| file.modified());
    let installed = changed("node_modules/.package-lock.json");
    let wanted = changed("package-lock.json").context("ui/package-lock.json is missing")?;
    if installed.is_ok_and(|installed| installed >= wanted) {
        return Ok(());
    }
    succeed(npm().args(["ci", "--no-audit", "--no-fund"]))
}

/// Builds it into `ui/dist`, from where the window takes it in.
///
/// # Errors
/// Its packages cannot be downloaded, or it does not build.
pub fn build() -> Result<()> {
    meet_node()?;
    fetch()?;
    succeed(npm().args(["run", "build"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_is_too_old_is_told_from_one_that_will_do() {
        for enough in ["v20.19.0", "v20.20.2", "v22.13.1", "v24.0.0", "v26.1.0"] {
            assert!(version(enough).is_some_and(is_enough), "{enough}");
        }
        for too_little in ["v18.20.4", "v20.18.9", "v21.7.0", "v22.12.0", "v23.1.0"] {
            assert!(version(too_little).is_some_and(|version| !is_enough(version)), "{too_little}");
        }
        assert_eq!(version(""), None);
        assert_eq!(version("node: not found"), None);
    }
}
