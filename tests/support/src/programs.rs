//! The programs under test. They belong to other packages, so cargo does not build them for the tests: `cargo xtask test`
//! does, and a test that finds none, or an old one, says so rather than test something else.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::SystemTime;
use std::{fs, io};

/// A program of this repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// The command line.
    Aidb,
    /// The sandbox as a process of its own.
    Sandbox,
    /// The desktop application, with the page inside it.
    Desktop,
}

impl Program {
    const fn name(self) -> &'static str {
        match self {
            Self::Aidb => "aidb",
            Self::Sandbox => "aidb-sandbox",
            Self::Desktop => "aidb-desktop",
        }
    }

    /// What it is built from, relative to the repository.
    const fn sources(self) -> &'static [&'static str] {
        match self {
            Self::Aidb => &["crates"],
            // It depends on nothing of the engine, and is not built again when that changes.
            Self::Sandbox => &["crates/sandbox"],
            Self::Desktop => &["crates", "src-tauri", "tauri.conf.json", PAGE],
        }
    }

    const fn how_to_build(self) -> &'static str {
        match self {
            Self::Aidb | Self::Sandbox => "Build it first: cargo build -p aidb-cli -p aidb-sandbox",
            Self::Desktop => "Build it first: cargo build -p aidb-desktop",
        }
    }
}

/// The page as it is built into the window.
const PAGE: &str = "ui/dist/index.html";

/// Where the program is, built from the sources as they are now.
///
/// # Panics
/// When it is not built, or older than its sources.
#[must_use]
pub fn path_of(program: Program) -> PathBuf {
    static FOUND: [OnceLock<Result<PathBuf, String>>; 3] = [OnceLock::new(), OnceLock::new(), OnceLock::new()];
    let found = FOUND[program as usize].get_or_init(|| find(program));
    match found {
        Ok(path) => path.clone(),
        #[expect(clippy::panic, reason = "a test without its program cannot go on")]
        Err(words) => panic!("{words}"),
    }
}

/// The folder of the workspace's `Cargo.toml`.
#[must_use]
pub fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

fn find(program: Program) -> Result<PathBuf, String> {
    if program == Program::Desktop {
        page_is_built()?;
    }
    let build = program.how_to_build();
    let path = folder_of_programs().map_err(|error| error.to_string())?.join(program.name());
    let built = changed_at(&path).map_err(|error| format!("{} cannot be tested ({error}). {build}", path.display()))?;
    match newest_of(program.sources(), "rs").map_err(|error| error.to_string())? {
        Some((source, changed)) if changed > built => {
            Err(format!("{} is older than {}. {build}", path.display(), source.display()))
        }
        _ => Ok(path),
    }
}

/// The window holds the page as it was built last, which is not always the page as it is written.
fn page_is_built() -> Result<(), String> {
    let build = "Build the page first, in the folder ui: npm ci && npm run build";
    let built =
        changed_at(&repository().join(PAGE)).map_err(|error| format!("{PAGE} is missing ({error}). {build}"))?;
    for kind in ["svelte", "ts", "css"] {
        match newest_of(&["ui/src"], kind).map_err(|error| error.to_string())? {
            Some((source, changed)) if changed > built => {
                return Err(format!("{PAGE} is older than {}. {build}", source.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Test programs stand in `deps`, beside which are the others.
fn folder_of_programs() -> io::Result<PathBuf> {
    let me = std::env::current_exe()?;
    let folder = me.parent().map(|folder| if folder.ends_with("deps") { folder.parent() } else { Some(folder) });
    folder.flatten().map(Path::to_owned).ok_or_else(|| io::Error::other("this test stands in no target folder"))
}

fn changed_at(path: &Path) -> io::Result<SystemTime> {
    fs::metadata(path)?.modified()
}

/// The newest of these files and of the files with this extension in these folders.
fn newest_of(places: &[&str], extension: &str) -> io::Result<Option<(PathBuf, SystemTime)>> {
    let mut newest = None;
    for place in places {
        let path = repository().join(place);
        let candidate =
            if path.is_dir() { newest_source(&path, extension)? } else { Some((path.clone(), changed_at(&path)?)) };
        newest = later(newest, candidate);
    }
    Ok(newest)
}

fn newest_source(folder: &Path, extension: &str) -> io::Result<Option<(PathBuf, SystemTime)>> {
    let mut newest = None;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let of_tests = ["tests", "snapshots", "tests.rs"].contains(&name) || name.contains(".test.");
        if path.is_dir() && !of_tests {
            newest = later(newest, newest_source(&path, extension)?);
        } else if !of_tests && path.extension().is_some_and(|is| is == extension) {
            let changed = changed_at(&path)?;
            newest = later(newest, Some((path, changed)));
        }
    }
    Ok(newest)
}

fn later(one: Option<(PathBuf, SystemTime)>, other: Option<(PathBuf, SystemTime)>) -> Option<(PathBuf, SystemTime)> {
    [one, other].into_iter().flatten().max_by_key(|(_, changed)| *changed)
}
