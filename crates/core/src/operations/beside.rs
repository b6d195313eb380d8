//! A file beside store and vault, for a machine that goes away with both, as in CI: one line of JSON for each agent, its owner's
//! alone, never in the place of another file.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use super::{Engine, Error};
use crate::files::{self, FileError};

/// Such a file. It is there once there is something in it.
pub struct Beside {
    path: PathBuf,
    /// By what each is known.
    lines: Mutex<Vec<(String, Zeroizing<String>)>>,
}

impl fmt::Debug for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Beside").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Beside {
    /// File as it was named.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether nothing is in it, so that it is not there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines().is_empty()
    }

    /// Adds a line, durably: `Ok` means that it is on disk.
    pub(super) fn add(&self, mark: String, line: String) -> Result<(), FileError> {
        let mut lines = self.lines();
        lines.push((mark, Zeroizing::new(line)));
        let text = text_of(&lines);
        let written = match lines.len() {
            1 => files::create_private(&self.path, &text),
            _ => files::replace_private(&self.path, &text),
        };
        // What is not on disk must not come along with the next line, as if it had been.
        if written.is_err() {
            lines.pop();
        }
        written
    }

    /// Takes a line out again; with the last one the file goes.
    pub(super) fn remove(&self, mark: &str) -> Result<(), FileError> {
        let mut lines = self.lines();
        let before = lines.len();
        lines.retain(|(known, _)| known != mark);
        match lines.len() {
            same if same == before => Ok(()),
            0 => files::remove(&self.path),
            _ => files::replace_private(&self.path, &text_of(&lines)),
        }
    }

    /// A poisoned lock only means that another thread panicked while it held plain data; the data is still true.
    fn lines(&self) -> MutexGuard<'_, Vec<(String, Zeroizing<String>)>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn text_of(lines: &[(String, Zeroizing<String>)]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::new());
    for (_, line) in lines {
        text.push_str(line);
        text.push('\n');
    }
    text
}

impl Engine {
    /// A file that a person wants keys or backups in. Nothing is written yet; what would stand in its way is said now, before
    /// anything is sent.
    ///
    /// # Errors
    /// Something is there already, its folder is not, or it would lie in the data folder.
    pub fn beside(&self, path: &Path) -> Result<Arc<Beside>, Error> {
        files::refuse_taken(path)?;
        // A backup beside the store goes with the store: no way back from a lost machine.
        if whole(path).starts_with(whole(self.folder())) {
            return Err(Error::InsideData { path: path.into() });
        }
        Ok(Arc::new(Beside { path: path.into(), lines: Mutex::default() }))
    }
}

/// The path without links, as far as it exists.
fn whole(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.into());
    for there in path.ancestors() {
        if let (Ok(real), Ok(rest)) = (there.canonicalize(), path.strip_prefix(there)) {
            return real.join(rest);
        }
    }
    path
}
