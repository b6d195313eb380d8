//! Documents that are tests: every `console` block is typed into a shell, and what comes out has to be what stands there.
//!
//! - Lines that begin with `$ ` are typed, in order; the lines up to the next one are the output, standard error
//!   included. `> ` continues a command.
//! - `...` alone on a line stands for any number of lines; `[..]` within a line for any text. Blank lines at the end do
//!   not count.
//! - All blocks of a document are one session: folder, variables and files stay.
//! - A command has to end with status 0, unless the next one shows its status (`echo $?`).
//! - A block marked `console background` keeps running, as in a second terminal, once its output has appeared.
//!
//! The session has a home of its own; the sandbox's ports are replaced by free ones, in what is typed and in what is
//! expected. `cargo xtask gen` writes outputs anew that have changed; then read the difference before you commit it.

mod document;
mod matching;
mod rewrite;
mod session;

use std::path::{Path, PathBuf};
use std::process::Command;

pub use document::{Block, Keeps, Step, blocks};
pub use matching::difference;
pub use rewrite::rewritten;
pub use session::{Mismatch, Session, Settings, Typed, run, type_document};

/// The documents, and how many commands each has to have at least.
pub const DOCUMENTS: [(&str, usize); 2] = [("README.md", 5), ("docs/GUIDE.md", 30)];

/// The folder of the workspace.
#[must_use]
pub fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Builds `aidb` now, so that no document is held against an older one, and gives what the documents take for granted.
///
/// # Errors
/// It cannot be built, or this program lies in no build folder.
pub fn settings() -> std::io::Result<Settings> {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--package", "aidb-cli", "--package", "aidb-sandbox"]);
    if !build.current_dir(repository()).status()?.success() {
        return Err(std::io::Error::other("aidb cannot be built"));
    }
    let me = std::env::current_exe()?;
    let Some(programs) = me.ancestors().find(|folder| folder.join("aidb").is_file()) else {
        return Err(std::io::Error::other("aidb is not in the build folder of this program"));
    };
    Ok(Settings {
        programs: programs.to_owned(),
        // Where there is no keychain, keys lie in private files: see docs/GUIDE.md, "Where keys are kept".
        variables: vec![("AIDB_KEY_STORE".into(), "file".into())],
        documented_port: 4601,
    })
}
