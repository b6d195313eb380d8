//! The Secret Service of Linux desktops (gnome-keyring, KWallet, KeePassXC) over D-Bus. Blocking: see [`super::keychain`].
//!
//! Secrets go through keyring-core's store for it. That store unlocks whatever it meets, prompting on the way, and cannot
//! say beforehand whether it will; so looking and unlocking talk to the service themselves.
//!
//! Every request opens a connection of its own. It costs some milliseconds, and in return a keychain that was started,
//! unlocked or restarted since is simply there: the library remembers a failed start and a dead session for ever.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error as KeyringError};
use secrecy::{ExposeSecret, SecretString};
use secret_service::EncryptionType;
use secret_service::Error as ServiceError;
use secret_service::blocking::{Collection, SecretService};
use zbus_secret_service_keyring_store::Store;
use zbus_secret_service_keyring_store::cred::Specifier;
use zeroize::Zeroizing;

use super::keychain::Found;
use super::{Removal, SecretName, StoredSecret, VaultError};

/// The `service` attribute of every entry.
const SERVICE: &str = "aidb";

/// How the keychain is, without prompting.
pub(super) fn look() -> Result<Found, VaultError> {
    let service = connect()?;
    match service.get_default_collection() {
        Ok(keyring) => Ok(if is_locked(&keyring)? { Found::Locked } else { Found::Open }),
        Err(ServiceError::NoResult) => Ok(Found::NoKeyring),
        Err(error) => Err(failed_service(&error)),
    }
}

/// Prompts for the password of the default keyring, or for the creation of one where there is none.
pub(super) fn unlock() -> Result<(), VaultError> {
    let service = connect()?;
    let keyring = match service.get_default_collection() {
        // The name under which libsecret creates it, so that desktop programs recognise it.
        Err(ServiceError::NoResult) => service.create_collection("Default keyring", "default"),
        other => other,
    }
    .map_err(|error| failed_service(&error))?;
    if is_locked(&keyring)? {
        keyring.unlock().map_err(|error| failed_service(&error))?;
    }
    if is_locked(&keyring)? { Err(VaultError::KeychainLocked) } else { Ok(()) }
}

pub(super) fn get(name: &SecretName) -> Result<Option<SecretString>, VaultError> {
    match entry(name)?.get_secret() {
        Ok(bytes) => text(name, bytes).map(Some),
        Err(KeyringError::NoEntry) => Ok(None),
        Err(KeyringError::Ambiguous(entries)) => agreed(name, &entries).map(Some),
        Err(error) => Err(failed(&error)),
    }
}

/// Like [`get`], with the time of the last change where the service knows it; not all do, and none has to.
pub(super) fn read(name: &SecretName) -> Result<Option<StoredSecret>, VaultError> {
    let Some(secret) = get(name)? else { return Ok(None) };
    Ok(Some(StoredSecret { secret, set_at: modified(name).ok().flatten() }))
}

pub(super) fn set(name: &SecretName, secret: &SecretString) -> Result<(), VaultError> {
    let entry = entry(name)?;
    let bytes = secret.expose_secret().as_bytes();
    match entry.set_secret(bytes) {
        Ok(()) => {}
        Err(KeyringError::Ambiguous(entries)) => replace_all(&entries, bytes)?,
        Err(error) => return Err(failed(&error)),
    }
    relabel(&entry, &name.label())
}

pub(super) fn remove(name: &SecretName) -> Result<Removal, VaultError> {
    match entry(name)?.delete_credential() {
        Ok(()) => Ok(Removal::Removed),
        Err(KeyringError::NoEntry) => Ok(Removal::NotThere),
        Err(KeyringError::Ambiguous(entries)) => {
            entries.iter().try_for_each(Entry::delete_credential).map_err(|error| failed(&error))?;
            Ok(Removal::Removed)
        }
        Err(error) => Err(failed(&error)),
    }
}

fn connect() -> Result<SecretService<'static>, VaultError> {
    // Whatever fails here, no keychain was reached: no bus, no service on it, or none that speaks this protocol.
    SecretService::connect(EncryptionType::Dh).map_err(|error| VaultError::KeychainAbsent { reason: error.to_string() })
}

fn is_locked(keyring: &Collection<'_>) -> Result<bool, VaultError> {
    keyring.is_locked().map_err(|error| failed_service(&error))
}

fn entry(name: &SecretName) -> Result<Entry, VaultError> {
    let store: Arc<Store> = Store::new().map_err(|error| failed(&error))?;
    let label = name.label();
    store
        .build(SERVICE, &name.account(), Some(&HashMap::from([("label", label.as_str())])))
        .map_err(|error| failed(&error))
}

/// The one secret that several entries of the same name agree on. Somebody copied a keyring, or imported one.
fn agreed(name: &SecretName, entries: &[Entry]) -> Result<SecretString, VaultError> {
    let mut secrets = Vec::with_capacity(entries.len());
    for entry in entries {
        secrets.push(text(name, entry.get_secret().map_err(|error| failed(&error))?)?);
    }
    let differ = secrets.windows(2).any(|pair| pair[0].expose_secret() != pair[1].expose_secret());
    match secrets.pop() {
        Some(secret) if !differ => Ok(secret),
        _ => Err(VaultError::Contradictory { label: name.label(), entries: entries.len() }),
    }
}

/// Writes one of several entries and only then removes the others, so that no moment is without the new secret.
fn replace_all(entries: &[Entry], secret: &[u8]) -> Result<(), VaultError> {
    let Some((first, others)) = entries.split_first() else { return Ok(()) };
    first.set_secret(secret).map_err(|error| failed(&error))?;
    others.iter().try_for_each(Entry::delete_credential).map_err(|error| failed(&error))
}

/// An entry that was there before keeps its old label, and the environment may have been renamed since.
fn relabel(entry: &Entry, label: &str) -> Result<(), VaultError> {
    let Some(item) = entry.as_any().downcast_ref::<Specifier>() else { return Ok(()) };
    if item.get_label().map_err(|error| failed(&error))? == label {
        return Ok(());
    }
    item.set_label(label).map_err(|error| failed(&error))
}

/// When the entry was last written; the newest where there are several.
fn modified(name: &SecretName) -> Result<Option<DateTime<Utc>>, ServiceError> {
    let service = SecretService::connect(EncryptionType::Dh)?;
    let account = name.account();
    let items = service.search_items(HashMap::from([("service", SERVICE), ("username", account.as_str())]))?.unlocked;
    let mut newest = None;
    for item in items {
        newest = newest.max(Some(item.get_modified()?));
    }
    Ok(newest.and_then(|seconds| DateTime::from_timestamp(i64::try_from(seconds).ok()?, 0)))
}

fn text(name: &SecretName, bytes: Vec<u8>) -> Result<SecretString, VaultError> {
    let bytes = Zeroizing::new(bytes);
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(SecretString::from(text.to_owned())),
        Err(_) => Err(VaultError::NotText { label: name.label() }),
    }
}

/// Words for the store's errors. Only those that hold no secret are rendered, and none of them with `{:?}`:
/// `BadEncoding` and `BadDataFormat` carry the secret's bytes.
fn failed(error: &KeyringError) -> VaultError {
    match error {
        KeyringError::NoStorageAccess(_) => VaultError::KeychainLocked,
        KeyringError::NoDefaultStore => VaultError::KeychainAbsent { reason: "no keychain was opened".into() },
        KeyringError::PlatformFailure(source) => match source.downcast_ref::<ServiceError>() {
            Some(error) => failed_service(error),
            None => VaultError::KeychainFailed { reason: source.to_string() },
        },
        KeyringError::NoEntry => VaultError::KeychainFailed { reason: "the entry disappeared meanwhile".into() },
        KeyringError::TooLong(field, limit) => {
            VaultError::KeychainFailed { reason: format!("{field} is longer than {limit}, the keychain's limit") }
        }
        KeyringError::Invalid(field, reason) => VaultError::KeychainFailed { reason: format!("{field}: {reason}") },
        KeyringError::BadStoreFormat(reason) | KeyringError::NotSupportedByStore(reason) => {
            VaultError::KeychainFailed { reason: reason.clone() }
        }
        _ => VaultError::KeychainFailed { reason: "the keychain gave an answer that cannot be understood".into() },
    }
}

fn failed_service(error: &ServiceError) -> VaultError {
    match error {
        ServiceError::Locked | ServiceError::Prompt | ServiceError::PromptDisconnected => VaultError::KeychainLocked,
        ServiceError::Unavailable => VaultError::KeychainAbsent { reason: error.to_string() },
        _ => VaultError::KeychainFailed { reason: error.to_string() },
    }
}
