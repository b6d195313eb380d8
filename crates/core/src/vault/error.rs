//! What can go wrong with secrets. No text here ever holds one.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::{ErrorCode, Explain};

/// Reason a secret could not be read, stored or removed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// No keychain service on this machine or in this session.
    #[error("This machine offers no keychain, so no API key can be read from or kept in it.")]
    KeychainAbsent {
        /// Words of the system.
        reason: String,
    },
    /// A keychain service without a default keyring.
    #[error("The keychain has no default keyring yet, so nothing can be kept in it. Nothing was stored.")]
    NoKeyring,
    /// Locked, and stayed so.
    #[error("The keychain is locked. Nothing was read from it and nothing was stored in it.")]
    KeychainLocked,
    /// Kept in a keyring that asks for its password, and nobody typed it.
    #[error(
        "The keychain asks for a password before it hands out \"{label}\", and it was not typed. The key was not used."
    )]
    KeyPrompt {
        /// The name as the keychain shows it.
        label: String,
    },
    /// A key that is to be asked for, where there is nothing that asks.
    #[error("Keys are kept in private files here, and a file cannot ask before it is read. Nothing was stored.")]
    CannotAsk,
    /// No answer within the time limit.
    #[error("The keychain did not answer within {} seconds. Whether it did what it was asked is not known.", limit.as_secs())]
    KeychainSilent {
        /// Time it was given.
        limit: Duration,
    },
    /// Any other failure of the keychain.
    #[error("The keychain could not do what it was asked.")]
    KeychainFailed {
        /// Words of the keychain.
        reason: String,
    },
    /// Several entries of that name with different content.
    #[error("The keychain holds {entries} different secrets under the same name ({label}). None of them was used.")]
    Contradictory {
        /// The name as the keychain shows it.
        label: String,
        /// Number of entries.
        entries: usize,
    },
    /// Stored, read back, and not the same.
    #[error("The secret was stored, but reading it back gave something else. It cannot be relied on.")]
    NotKept {
        /// The name as people know it.
        label: String,
    },
    /// What is stored there is no text.
    #[error("What is stored as {label} is not text, so it cannot be a key that aidb stored.")]
    NotText {
        /// The name as people know it.
        label: String,
    },
    /// Empty, or with a line break or another control character.
    #[error("This secret cannot be stored: {why}. Nothing was stored.")]
    Unusable {
        /// Fault, in words.
        why: &'static str,
    },
    /// A folder or file with secrets that others on this machine could read.
    #[error("{} is open to other people on this machine (mode {mode:03o}), so aidb neither reads nor writes secrets there.", path.display())]
    Exposed {
        /// The folder or file.
        path: PathBuf,
        /// The permission bits.
        mode: u32,
        /// The permission bits that it should have.
        private: u32,
    },
    /// A folder or file of another account, who could read and replace what is in it.
    #[error("{} belongs to another account, so aidb neither reads nor writes secrets there.", path.display())]
    Anothers {
        /// The folder or file.
        path: PathBuf,
    },
    /// A symbolic link, or something that is no plain file or folder.
    #[error("{} is {found} instead of {expected}, so aidb neither reads nor writes secrets there.", path.display())]
    WrongKind {
        /// The path.
        path: PathBuf,
        /// Kind, in words.
        found: &'static str,
        /// Expectation, in words.
        expected: &'static str,
    },
    /// A folder or file that exists and cannot be read.
    #[error("{} could not be read.", path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// Words of the system.
        reason: String,
    },
    /// A folder or file that cannot be written.
    #[error("{} could not be written. The secret was not stored or removed.", path.display())]
    Unwritable {
        /// The folder or file.
        path: PathBuf,
        /// Words of the system.
        reason: String,
    },
}

impl Explain for VaultError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::KeychainAbsent { .. } | Self::NoKeyring => ErrorCode::KeychainAbsent,
            Self::KeychainSilent { .. } => ErrorCode::KeychainSilent,
            Self::KeychainLocked => ErrorCode::KeychainLocked,
            Self::KeyPrompt { .. } => ErrorCode::KeyPrompt,
            Self::KeychainFailed { .. } | Self::Contradictory { .. } | Self::NotKept { .. } | Self::NotText { .. } => {
                ErrorCode::KeychainFailed
            }
            Self::Unusable { .. } | Self::CannotAsk => ErrorCode::Usage,
            Self::Exposed { .. } | Self::Anothers { .. } | Self::WrongKind { .. } | Self::Unreadable { .. } => {
                ErrorCode::FileUnreadable
            }
            Self::Unwritable { .. } => ErrorCode::FileUnwritable,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::KeychainAbsent { .. } => {
                "Run aidb in a desktop session with a keychain (on Linux for example gnome-keyring).".into()
            }
            Self::NoKeyring => {
                "Let aidb unlock the keychain, which creates one, or create a default keyring in your system's password program."
                    .into()
            }
            Self::KeychainLocked => {
                "Unlock it: log in to the desktop, or open your system's password program and unlock the login keyring.".into()
            }
            Self::KeyPrompt { .. } => {
                "Try again, and type the password of that keyring into the window that the system opens.".into()
            }
            Self::CannotAsk => "Keep the keys in the keychain, or let this one be used without asking.".into(),
            Self::KeychainSilent { .. } => "See whether it waits for a password in a window of its own, and try again. If it stays like this, restart the keychain, or log out and in again.".into(),
            Self::KeychainFailed { .. } => "Try again; if it stays like this, restart the keychain.".into(),
            Self::Contradictory { .. } => "Store the secret again: that replaces all of them.".into(),
            Self::NotKept { .. } => "Store it again.".into(),
            Self::NotText { .. } => "Store the secret again: that replaces what is there.".into(),
            Self::Unusable { .. } => "Copy the secret again, without anything before or after it.".into(),
            Self::Exposed { private, .. } => format!(
                "Make it private: `chmod {private:03o}` on that path. If somebody may have read it, have the keys replaced."
            ),
            Self::Anothers { .. } => {
                "Choose another folder for the keys, or have it given to you (`chown`). Have keys replaced that were kept there.".into()
            }
            Self::WrongKind { .. } => "Remove it, or choose another folder for the keys.".into(),
            Self::Unreadable { .. } => "Look at who owns it and what its permissions are.".into(),
            Self::Unwritable { .. } => "Look at its permissions and at the free space there, and try again.".into(),
        })
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::KeychainAbsent { reason }
            | Self::KeychainFailed { reason }
            | Self::Unreadable { reason, .. }
            | Self::Unwritable { reason, .. } => vec![reason.clone()],
            Self::NotKept { label } => vec![label.clone()],
            _ => Vec::new(),
        }
    }
}
