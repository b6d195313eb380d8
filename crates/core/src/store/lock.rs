//! One writer for an agent of a server on this machine: an operating system's lock on a file of the data folder, across
//! processes and within one.
//!
//! A dead process cannot keep such a lock, so nothing here has an age and nothing is ever broken. Who holds it stands in the
//! history: whoever has the lock has an operation that has not ended. An operation without an end whose lock is free was
//! left by a process that died.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{Store, StoreError};
use crate::config::AgentId;
use crate::disk;

/// The folder of the lock files, within the store's.
const FOLDER: &str = "locks";

/// The right to write to one agent of one server. Given back when it is dropped, and when the process ends, however it ends.
#[derive(Debug)]
pub struct AgentLock {
    _file: File,
}

impl Store {
    /// Takes the lock of an agent, or says `None` where somebody else has it. `server` is the same text for every way of
    /// writing one server's address.
    pub fn try_lock(&self, server: &str, agent: &AgentId) -> Result<Option<AgentLock>, StoreError> {
        let path = self.lock_file(server, agent);
        let failed = |error: &std::io::Error| StoreError::from_io(&path, error);
        disk::create_private_folder(path.parent().unwrap_or(Path::new("."))).map_err(|error| failed(&error))?;
        let file = options().open(&path).map_err(|error| failed(&error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(AgentLock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed(&error)),
        }
    }

    /// Ids and addresses can be anything; a hash of both is always a file's name. The file is empty and stays: removing it
    /// would let two processes lock two files of the same name.
    fn lock_file(&self, server: &str, agent: &AgentId) -> PathBuf {
        let hash = Sha256::digest(format!("{server}\0{agent}"));
        let name: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        self.path.with_file_name(FOLDER).join(format!("{name}.lock"))
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
