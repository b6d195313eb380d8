//! The sample servers that run within the window, and whether they do.

use std::path::{Path, PathBuf};
use std::sync::{Mutex as StateLock, PoisonError};

use aidb_sandbox::Sandbox;
use tokio::sync::Mutex;

use crate::contract::SandboxState;

/// The servers of this process.
pub(crate) struct SampleServers {
    pub(crate) folder: PathBuf,
    /// Held while they are started or ended, so that two clicks start them once.
    pub(crate) running: Mutex<Vec<Sandbox>>,
    state: StateLock<SandboxState>,
}

impl SampleServers {
    /// None running yet; their state is kept beside the data in `folder`.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        let folder = folder.join("sandbox");
        Self { folder, running: Mutex::default(), state: StateLock::new(SandboxState::Off) }
    }

    pub(crate) fn state(&self) -> SandboxState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_state(&self, state: SandboxState) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}
