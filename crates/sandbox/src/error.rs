//! What can go wrong with the sandbox itself, as opposed to what it answers.

use std::path::PathBuf;

/// A sandbox that could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port cannot be listened on.
    #[error("Port {port} of this machine cannot be listened on. Choose another port, or 0 for any free one.")]
    Bind {
        /// The port that was asked for.
        port: u16,
        /// Words of the system.
        source: std::io::Error,
    },
    /// The state file cannot be used.
    #[error(transparent)]
    StateFile(#[from] StateFileError),
    /// The threads that should serve could not be started.
    #[error("The sandbox could not start its threads.")]
    Threads(#[source] std::io::Error),
}

/// A state file that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateFileError {
    /// Exists and cannot be read.
    #[error("The state file {path:?} could not be read. It was left as it is.")]
    Unreadable {
        /// Path of the file.
        path: PathBuf,
        /// Words of the system.
        source: std::io::Error,
    },
    /// Is not what the sandbox writes.
    #[error("The state file {path:?} is damaged ({reason}) and was left as it is. Remove it to start afresh.")]
    Damaged {
        /// Path of the file.
        path: PathBuf,
        /// Position and fault.
        reason: String,
    },
    /// Was written by another version of the sandbox.
    #[error(
        "The state file {path:?} has format {found}, and this sandbox reads {expected}. It was left as it is. Remove it to start afresh."
    )]
    OtherFormat {
        /// Path of the file.
        path: PathBuf,
        /// The format it has.
        found: u64,
        /// The format this sandbox reads and writes.
        expected: u64,
    },
    /// Cannot be written; the change is kept in memory only.
    #[error("The state file {path:?} could not be written. It still holds the state from before this change.")]
    Unwritable {
        /// Path of the file.
        path: PathBuf,
        /// Words of the system.
        source: std::io::Error,
    },
}

/// A change through the [`crate::Handle`] that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// There is no such agent.
    #[error("The sandbox has no agent {0:?}. Nothing was changed.")]
    UnknownAgent(String),
    /// The agent has no such resource.
    #[error("The agent {agent_id:?} of the sandbox has no resource {resource_id:?}. Nothing was changed.")]
    UnknownResource {
        /// Id of the agent.
        agent_id: String,
        /// The resource that it does not have.
        resource_id: String,
    },
    /// The change was made in memory and could not be kept.
    #[error(transparent)]
    StateFile(#[from] StateFileError),
}
