//! The state of one environment in a JSON file: read once at the start, rewritten after every change.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::StateFileError;
use crate::registry::Registry;

/// Changes when an older sandbox could not read what this one writes.
const FORMAT: u64 = 1;

#[derive(Serialize)]
struct Written<'a> {
    format: u64,
    registry: &'a Registry,
}

#[derive(Deserialize)]
struct Format {
    format: u64,
}

#[derive(Deserialize)]
struct Read {
    registry: Registry,
}

/// File of the state.
#[derive(Clone, Debug)]
pub(crate) struct StateFile(PathBuf);

impl StateFile {
    pub(crate) const fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// The kept state, or `None` where there is no file yet.
    pub(crate) fn load(&self) -> Result<Option<Registry>, StateFileError> {
        let text = match std::fs::read(&self.0) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(StateFileError::Unreadable { path: self.0.clone(), source }),
        };
        let format: Format = serde_json::from_slice(&text).map_err(|error| self.damaged(&error))?;
        if format.format != FORMAT {
            let path = self.0.clone();
            return Err(StateFileError::OtherFormat { path, found: format.format, expected: FORMAT });
        }
        let read: Read = serde_json::from_slice(&text).map_err(|error| self.damaged(&error))?;
        Ok(Some(read.registry))
    }

    /// Writes beside the file and renames, so that a kill at any moment leaves the old state or the new one.
    pub(crate) fn save(&self, registry: &Registry) -> Result<(), StateFileError> {
        self.replace(registry).map_err(|source| StateFileError::Unwritable { path: self.0.clone(), source })
    }

    fn replace(&self, registry: &Registry) -> std::io::Result<()> {
        let folder = self.0.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let text = serde_json::to_vec(&Written { format: FORMAT, registry })?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&text)?;
        file.as_file().sync_all()?;
        file.persist(&self.0)?;
        Ok(())
    }

    fn damaged(&self, error: &serde_json::Error) -> StateFileError {
        StateFileError::Damaged { path: self.0.clone(), reason: error.to_string() }
    }
}
