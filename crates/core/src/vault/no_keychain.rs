//! Where aidb has no keychain support yet (macOS, Windows): every request says so.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::keychain::Found;
use super::{KeyPrompt, Removal, SecretName, StoredSecret, VaultError};

fn absent<T>() -> Result<T, VaultError> {
    Err(VaultError::KeychainAbsent { reason: "this build of aidb cannot use the keychain of this system".into() })
}

pub(super) fn look() -> Result<Found, VaultError> {
    absent()
}

pub(super) fn unlock() -> Result<(), VaultError> {
    absent()
}

pub(super) fn read(_name: &SecretName, _used_for: VaultUse) -> Result<Option<StoredSecret>, VaultError> {
    absent()
}

pub(super) fn find_unread(_name: &SecretName) -> Result<Option<Option<DateTime<Utc>>>, VaultError> {
    absent()
}

pub(super) fn is_open(_prompt: KeyPrompt) -> Result<bool, VaultError> {
    absent()
}

pub(super) fn lock(_prompt: KeyPrompt) -> Result<(), VaultError> {
    absent()
}

pub(super) fn set(_name: &SecretName, _secret: &SecretString, _used_for: VaultUse) -> Result<SecretString, VaultError> {
    absent()
}

pub(super) fn remove(_name: &SecretName, _used_for: VaultUse) -> Result<Removal, VaultError> {
    absent()
}
