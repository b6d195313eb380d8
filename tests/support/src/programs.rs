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
}

impl Program {
    const fn name(self) -> &'static str {
        match self {
            Self::Aidb => "aidb",
            Self::Sandbox => "aidb-sandbox",
        }
    }
}

/// Where the program is, built from the sources as they are now.
///
/// # Panics
/// When it is not built, or older than its sources.
#[must_use]
pub fn path_of(program: Program) -> PathBuf {
    static FOUND: [OnceLock<Result<PathBuf, String>>; 2] = [OnceLock::new(), OnceLock::new()];
    let found = FOUND[program as usize].get_or_init(|| find(program));
    match found {
        Ok(path) => path.clone(),
        #[expect(clippy::panic, reason = "a test without its program cannot go on")]
        Err(words) => panic!("{words}"),
    }
}

fn find(program: Program) -> Result<PathBuf, String> {
    let build = "Build it first: cargo build -p aidb-cli -p aidb-sandbox";
    let path = folder_of_programs().map_err(|error| error.to_string())?.join(program.name());
    let built = fs::metadata(&path).and_then(|file| file.modified());
    let built = built.map_err(|error| format!("{} cannot be tested ({error}). {build}", path.display()))?;
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates");
    match newest_source(&crates).map_err(|error| error.to_string())? {
        Some((source, changed)) if changed > built => {
            Err(format!("{} is older than {}. {build}", path.display(), source.display()))
        }
        _ => Ok(path),
    }
}

/// Test programs stand in `deps` beside the others.
fn folder_of_programs() -> io::Result<PathBuf> {
    let test = std::env::current_exe()?;
    let deps = test.parent().and_then(Path::parent);
    deps.map(Path::to_owned).ok_or_else(|| io::Error::other("this test stands in no target folder"))
}

fn newest_source(folder: &Path) -> io::Result<Option<(PathBuf, SystemTime)>> {
    let mut newest: Option<(PathBuf, SystemTime)> = None;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let candidate = if entry.file_type()?.is_dir() {
            // Tests of the crates are not part of the programs.
            if path.file_name().is_some_and(|name| name == "tests" || name == "snapshots") {
                None
            } else {
                newest_source(&path)?
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            Some((path, entry.metadata()?.modified()?))
        } else {
            None
        };
        if let Some((path, changed)) = candidate
            && newest.as_ref().is_none_or(|(_, newest)| changed > *newest)
        {
            newest = Some((path, changed));
        }
    }
    Ok(newest)
}
