//! API keys and connection strings: in the system's keychain, in private files, or in memory.
//!
//! Every call is async and bounded in time, because a keychain is another process that may be slow, locked or gone.
//! Nothing here prompts but [`Vault::unlock`], and a key that the keychain is to ask for ([`KeyPrompt`]): whoever runs
//! unattended gets [`VaultError::KeychainLocked`] or [`VaultError::KeyPrompt`] and a hint, and whoever sits in front of the
//! machine is asked exactly when the window or the command line decides so.
//!
//! Where there is no keychain, nothing falls silently to a file: which kind of vault it is, is chosen before it is asked.
//!
//! "No such secret" is `Ok(None)`. Every other reason for having none is an error: a locked keychain taken for an empty
//! one would make aidb ask for keys that are there, and replace them.

mod error;
mod file;
mod keychain;
mod line;
mod memory;
mod name;
mod prompt;
#[cfg(target_os = "linux")]
mod secret_service;
#[cfg(not(target_os = "linux"))]
#[path = "no_keychain.rs"]
mod secret_service;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

pub use error::VaultError;
pub use line::{NotOneSecret, one_secret};
pub use name::SecretName;
pub use prompt::{KeyPrompt, VaultUse};

use file::Folder;
use keychain::Keychain;
use memory::Memory;

/// A secret shorter than this shows none of its characters: four of twelve would be too many.
const SHORTEST_WITH_ENDING: usize = 16;
/// Number of the last characters that tell two keys apart.
const ENDING: usize = 4;

/// Storage of secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultKind {
    /// The system's keychain.
    Keychain,
    /// One private file per secret.
    File {
        /// The folder that holds them.
        folder: PathBuf,
    },
    /// This process, until it ends.
    Memory,
}

/// Whether secrets can be read and stored right now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultStatus {
    /// They can.
    Ready {
        /// Where secrets are kept.
        kind: VaultKind,
    },
    /// The keychain is locked; [`Vault::unlock`] asks for it.
    Locked,
    /// There is a keychain, and it answers nothing: what it holds is still there.
    Silent {
        /// Time it was given.
        limit: Duration,
    },
    /// They cannot.
    Absent {
        /// Reason, in words.
        reason: String,
    },
}

impl VaultStatus {
    /// Reason nothing can be read or stored; `None` where it can.
    #[must_use]
    pub fn unusable(self) -> Option<VaultError> {
        match self {
            Self::Ready { .. } => None,
            Self::Locked => Some(VaultError::KeychainLocked),
            Self::Silent { limit } => Some(VaultError::KeychainSilent { limit }),
            Self::Absent { reason } => Some(VaultError::KeychainAbsent { reason }),
        }
    }
}

/// A secret as the vault has it. Its `Debug` form is redacted.
#[derive(Clone, Debug)]
pub struct StoredSecret {
    /// The secret itself.
    pub secret: SecretString,
    /// When it was stored, where that is known.
    pub set_at: Option<DateTime<Utc>>,
}

/// Public part of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretDescription {
    /// The last four characters of a key of 16 characters or more, to tell two keys apart; empty otherwise, and always
    /// empty for a connection string.
    pub ending: String,
    /// When it was stored, where that is known.
    pub set_at: Option<DateTime<Utc>>,
}

/// Whether there was something to remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// Was there, and is gone.
    Removed,
    /// There was no such secret.
    NotThere,
}

/// One backend for secrets. Clones share it.
#[derive(Clone, Debug)]
pub struct Vault {
    backend: SecretBackend,
}

#[derive(Clone, Debug)]
enum SecretBackend {
    Keychain(Arc<Keychain>),
    File(Arc<Folder>),
    Memory(Arc<Memory>),
    Session(Arc<Memory>, Box<Vault>),
}

impl Vault {
    /// The keychain of the user who runs this process. Nothing is asked of it yet.
    #[must_use]
    pub fn keychain(used_for: VaultUse) -> Self {
        Self { backend: SecretBackend::Keychain(Arc::new(Keychain::new(used_for))) }
    }

    /// Private files in `folder`, which is created (mode 0700) with the first secret.
    #[must_use]
    pub fn file(folder: PathBuf) -> Self {
        Self { backend: SecretBackend::File(Arc::new(Folder::new(folder))) }
    }

    /// This process's memory: for one run with a key from the environment, and for tests.
    #[must_use]
    pub fn memory() -> Self {
        Self { backend: SecretBackend::Memory(Arc::new(Memory::default())) }
    }

    /// This process's memory in place of `beneath`, which cannot be used now. What is removed is removed there too, so that no
    /// key outlives what it was stored for.
    #[must_use]
    pub fn session(beneath: Self) -> Self {
        Self { backend: SecretBackend::Session(Arc::new(Memory::default()), Box::new(beneath)) }
    }

    /// The vault that this one stands in for, until the session ends.
    #[must_use]
    pub fn beneath(&self) -> Option<&Self> {
        match &self.backend {
            SecretBackend::Session(_, beneath) => Some(beneath),
            SecretBackend::Keychain(_) | SecretBackend::File(_) | SecretBackend::Memory(_) => None,
        }
    }

    /// Ends the session: stores what was kept for it in the vault beneath, where there is none of that name, and gives that
    /// vault back. Nothing that somebody typed, and no key that was made, gets lost with the session.
    pub async fn end_session(&self) -> Result<Self, VaultError> {
        let SecretBackend::Session(memory, beneath) = &self.backend else { return Ok(self.clone()) };
        for (name, stored) in memory.all() {
            if beneath.get(&name).await?.is_none() {
                beneath.set(&name, &stored.secret).await?;
            }
        }
        Ok(Self::clone(beneath))
    }

    /// Storage of secrets.
    #[must_use]
    pub fn kind(&self) -> VaultKind {
        match &self.backend {
            SecretBackend::Keychain(_) => VaultKind::Keychain,
            SecretBackend::File(folder) => VaultKind::File { folder: folder.path().to_owned() },
            SecretBackend::Memory(_) | SecretBackend::Session(..) => VaultKind::Memory,
        }
    }

    /// The file that holds `name`, whether or not it exists; `None` unless secrets are files.
    #[must_use]
    pub fn path_of(&self, name: &SecretName) -> Option<PathBuf> {
        match &self.backend {
            SecretBackend::File(folder) => Some(folder.path_of(name)),
            SecretBackend::Keychain(_) | SecretBackend::Memory(_) | SecretBackend::Session(..) => None,
        }
    }

    /// Whether secrets can be read and stored right now. Never prompts. Asks anew, also where no answer came a moment ago.
    pub async fn status(&self) -> VaultStatus {
        let checked = match &self.backend {
            SecretBackend::Keychain(keychain) => keychain.check().await,
            SecretBackend::File(folder) => folder.check().await,
            SecretBackend::Memory(_) | SecretBackend::Session(..) => Ok(()),
        };
        match checked {
            Ok(()) => VaultStatus::Ready { kind: self.kind() },
            Err(VaultError::KeychainLocked) => VaultStatus::Locked,
            Err(VaultError::KeychainSilent { limit }) => VaultStatus::Silent { limit },
            Err(VaultError::KeychainAbsent { reason }) => VaultStatus::Absent { reason },
            Err(error) => VaultStatus::Absent { reason: error.to_string() },
        }
    }

    /// Whether reading the secret brings up no prompt of its own.
    pub async fn is_open(&self, name: &SecretName) -> Result<bool, VaultError> {
        match &self.backend {
            SecretBackend::Keychain(keychain) => keychain.is_open(name.prompt()).await,
            SecretBackend::File(_) | SecretBackend::Memory(_) | SecretBackend::Session(..) => Ok(true),
        }
    }

    /// Whether secrets can be kept so that a password is asked for as `prompt` says. Private files cannot; what is kept in
    /// memory ends with the process.
    #[must_use]
    pub const fn can_ask(&self, prompt: KeyPrompt) -> bool {
        match &self.backend {
            SecretBackend::Keychain(_) | SecretBackend::Memory(_) | SecretBackend::Session(..) => true,
            SecretBackend::File(_) => matches!(prompt, KeyPrompt::Never),
        }
    }

    /// Locks what this process left open of [`KeyPrompt::Idle`]: for the end of the window.
    pub async fn lock_idle(&self) -> Result<(), VaultError> {
        match &self.backend {
            SecretBackend::Keychain(keychain) => keychain.lock_idle().await,
            SecretBackend::Session(_, beneath) => Box::pin(beneath.lock_idle()).await,
            SecretBackend::File(_) | SecretBackend::Memory(_) => Ok(()),
        }
    }

    /// The secret, or `None` where there is definitely none of that name. Prompts where the secret is asked for.
    pub async fn get(&self, name: &SecretName) -> Result<Option<SecretString>, VaultError> {
        match &self.backend {
            SecretBackend::Keychain(keychain) => keychain.get(name).await,
            SecretBackend::File(_) | SecretBackend::Memory(_) | SecretBackend::Session(..) => {
                Ok(self.read(name).await?.map(|stored| stored.secret))
            }
        }
    }

    /// The secret and when it was stored, or `None` where there is definitely none of that name.
    pub async fn read(&self, name: &SecretName) -> Result<Option<StoredSecret>, VaultError> {
        match &self.backend {
            SecretBackend::Keychain(keychain) => keychain.read(name).await,
            SecretBackend::File(folder) => folder.read(name).await,
            SecretBackend::Memory(memory) | SecretBackend::Session(memory, _) => Ok(memory.read(name)),
        }
    }

    /// Stores the secret in place of any earlier one, and reads it back: `Ok` means that it is there.
    ///
    /// A secret that is empty or holds a control character is refused: no header and no connection string can carry it,
    /// and it is what a slipped copy looks like.
    pub async fn set(&self, name: &SecretName, secret: &SecretString) -> Result<(), VaultError> {
        usable(secret.expose_secret())?;
        let kept = match &self.backend {
            // Reads it back itself, before the keyring is locked: the person would be asked a second time.
            SecretBackend::Keychain(keychain) => Some(keychain.set(name, secret).await?),
            SecretBackend::File(folder) => {
                folder.set(name, secret).await?;
                self.get(name).await?
            }
            SecretBackend::Memory(memory) | SecretBackend::Session(memory, _) => {
                memory.set(name, secret);
                self.get(name).await?
            }
        };
        match kept {
            Some(kept) if kept.expose_secret() == secret.expose_secret() => Ok(()),
            _ => Err(VaultError::NotKept { label: name.label() }),
        }
    }

    /// Removes the secret; says whether there was one.
    pub async fn remove(&self, name: &SecretName) -> Result<Removal, VaultError> {
        match &self.backend {
            SecretBackend::Keychain(keychain) => keychain.remove(name).await,
            SecretBackend::File(folder) => folder.remove(name).await,
            SecretBackend::Memory(memory) => Ok(memory.remove(name)),
            SecretBackend::Session(memory, beneath) => {
                let there = match Box::pin(beneath.remove(name)).await {
                    Err(VaultError::KeychainAbsent { .. }) => Removal::NotThere,
                    answer => answer?,
                };
                Ok(if memory.remove(name) == Removal::Removed { Removal::Removed } else { there })
            }
        }
    }

    /// Public part of the secret, or `None` where there is none of that name. Nobody waits for a prompt here, neither
    /// for one that this secret has of its own nor for that of another request: the keychain has ten seconds. A secret that
    /// is asked for is not read for it, so its ending is empty.
    pub async fn describe(&self, name: &SecretName) -> Result<Option<SecretDescription>, VaultError> {
        let stored = match &self.backend {
            SecretBackend::Keychain(keychain) if name.prompt() != KeyPrompt::Never => {
                let set_at = keychain.find_unread(name).await?;
                return Ok(set_at.map(|set_at| SecretDescription { ending: String::new(), set_at }));
            }
            SecretBackend::Keychain(keychain) => keychain.glance(name).await?,
            SecretBackend::File(_) | SecretBackend::Memory(_) | SecretBackend::Session(..) => self.read(name).await?,
        };
        Ok(stored.map(|stored| SecretDescription {
            ending: if name.may_show_ending() { ending(stored.secret.expose_secret()) } else { String::new() },
            set_at: stored.set_at,
        }))
    }

    /// Asks the keychain to ask the person for its password, and waits for up to a minute; creates the default keyring
    /// where there is none. Where nothing can be locked it only says how things are.
    pub async fn unlock(&self) -> Result<VaultStatus, VaultError> {
        if let SecretBackend::Keychain(keychain) = &self.backend {
            keychain.unlock().await?;
        }
        Ok(self.status().await)
    }

    /// The folder of the files, where secrets are files.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        match &self.backend {
            SecretBackend::File(folder) => Some(folder.path()),
            SecretBackend::Keychain(_) | SecretBackend::Memory(_) | SecretBackend::Session(..) => None,
        }
    }
}

fn usable(secret: &str) -> Result<(), VaultError> {
    if secret.is_empty() {
        return Err(VaultError::Unusable { why: "it is empty" });
    }
    if secret.chars().any(char::is_control) {
        return Err(VaultError::Unusable { why: "it contains a line break or another control character" });
    }
    Ok(())
}

fn ending(secret: &str) -> String {
    let length = secret.chars().count();
    if length < SHORTEST_WITH_ENDING { String::new() } else { secret.chars().skip(length - ENDING).collect() }
}
