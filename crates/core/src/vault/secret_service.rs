//! The Secret Service of Linux desktops (gnome-keyring, KWallet, KeePassXC) over D-Bus. Blocking: see [`super::keychain`].
//!
//! Every request opens a connection of its own. It costs some milliseconds, and in return a keychain that was started,
//! unlocked or restarted since is simply there.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use secret_service::blocking::{Collection, Item, SecretService};
use secret_service::{EncryptionType, Error as ServiceError};
use zbus::blocking::Connection;
use zeroize::Zeroizing;

use super::{Removal, SecretName, StoredSecret, VaultError};

/// The `service` attribute of every entry.
const SERVICE: &str = "aidb";
/// The type that other programs store a password under.
const CONTENT_TYPE: &str = "application/octet-stream";

const BUS_NAME: &str = "org.freedesktop.secrets";
const OBJECT: &str = "/org/freedesktop/secrets";
const INTERFACE: &str = "org.freedesktop.Secret.Service";

/// State of the keychain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Unlocked, with a default keyring.
    Open,
    /// The default keyring is locked.
    Locked,
    /// There is no default keyring.
    NoKeyring,
}

/// State of the keychain, without prompting.
pub(super) fn look() -> Result<Found, VaultError> {
    let service = connect()?;
    match service.get_default_collection() {
        Ok(keyring) => Ok(if is_locked(&keyring)? { Found::Locked } else { Found::Open }),
        Err(ServiceError::NoResult) => Ok(Found::NoKeyring),
        Err(error) => Err(failed(&error)),
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
    .map_err(|error| failed(&error))?;
    if is_locked(&keyring)? {
        keyring.unlock().map_err(|error| failed(&error))?;
    }
    if is_locked(&keyring)? { Err(VaultError::KeychainLocked) } else { Ok(()) }
}

pub(super) fn get(name: &SecretName) -> Result<Option<SecretString>, VaultError> {
    let service = connect()?;
    agreed(name, &entries(&service, name)?)
}

/// Like [`get`], with the time of the last change where the service knows it; not all do, and none has to.
pub(super) fn read(name: &SecretName) -> Result<Option<StoredSecret>, VaultError> {
    let service = connect()?;
    let entries = entries(&service, name)?;
    Ok(agreed(name, &entries)?.map(|secret| StoredSecret { secret, set_at: modified(&entries) }))
}

/// Replaces what is stored under that name, also where several entries have it: one is written, and only then are the
/// others removed, so that no moment is without the new secret.
pub(super) fn set(name: &SecretName, secret: &SecretString) -> Result<(), VaultError> {
    let service = connect()?;
    let secret = secret.expose_secret().as_bytes();
    let entries = entries(&service, name)?;
    let Some((entry, others)) = entries.split_first() else { return create(&service, name, secret) };
    entry.set_secret(secret, CONTENT_TYPE).map_err(|error| failed(&error))?;
    others.iter().try_for_each(Item::delete).map_err(|error| failed(&error))?;
    relabel(entry, &name.label())
}

pub(super) fn remove(name: &SecretName) -> Result<Removal, VaultError> {
    let service = connect()?;
    let entries = entries(&service, name)?;
    entries.iter().try_for_each(Item::delete).map_err(|error| failed(&error))?;
    Ok(if entries.is_empty() { Removal::NotThere } else { Removal::Removed })
}

/// A session on a connection of its own.
fn connect() -> Result<SecretService<'static>, VaultError> {
    // Whatever fails here, no keychain was reached: no bus, no service on it, or none that speaks this protocol.
    let absent = |reason: String| VaultError::KeychainAbsent { reason };
    let connection = Connection::session().map_err(|error| absent(error.to_string()))?;
    // gnome-keyring (42 to 50 at least) notes who is on a connection beside answering its first call, and aborts where that
    // call opens a session and is faster. One that is answered without knowing the caller goes first.
    connection
        .call_method(Some(BUS_NAME), OBJECT, Some(INTERFACE), "ReadAlias", &SERVICE)
        .map_err(|error| absent(error.to_string()))?;
    SecretService::connect_with_existing(EncryptionType::Dh, connection).map_err(|error| absent(error.to_string()))
}

fn is_locked(keyring: &Collection<'_>) -> Result<bool, VaultError> {
    keyring.is_locked().map_err(|error| failed(&error))
}

/// The entries of that name, open. Prompts where one is locked.
fn entries<'s>(service: &'s SecretService<'s>, name: &SecretName) -> Result<Vec<Item<'s>>, VaultError> {
    let account = name.account();
    let found = service.search_items(attributes(&account)).map_err(|error| failed(&error))?;
    if !found.locked.is_empty() {
        service.unlock_all(&found.locked.iter().collect::<Vec<_>>()).map_err(|error| failed(&error))?;
        found.locked.iter().try_for_each(Item::ensure_unlocked).map_err(|error| failed(&error))?;
    }
    Ok(found.unlocked.into_iter().chain(found.locked).collect())
}

fn attributes(account: &str) -> HashMap<&str, &str> {
    HashMap::from([("service", SERVICE), ("username", account)])
}

fn create(service: &SecretService<'_>, name: &SecretName, secret: &[u8]) -> Result<(), VaultError> {
    let keyring = service.get_default_collection().map_err(|error| failed(&error))?;
    if is_locked(&keyring)? {
        keyring.unlock().map_err(|error| failed(&error))?;
    }
    keyring
        .create_item(&name.label(), attributes(&name.account()), secret, true, CONTENT_TYPE)
        .map(drop)
        .map_err(|error| failed(&error))
}

/// The one secret that all entries of a name agree on: somebody may have copied a keyring, or imported one.
fn agreed(name: &SecretName, entries: &[Item<'_>]) -> Result<Option<SecretString>, VaultError> {
    let mut secrets = Vec::with_capacity(entries.len());
    for entry in entries {
        secrets.push(text(name, entry.get_secret().map_err(|error| failed(&error))?)?);
    }
    if secrets.windows(2).any(|pair| pair[0].expose_secret() != pair[1].expose_secret()) {
        return Err(VaultError::Contradictory { label: name.label(), entries: entries.len() });
    }
    Ok(secrets.pop())
}

/// An entry that was there before keeps its old label, and the environment may have been renamed since.
fn relabel(entry: &Item<'_>, label: &str) -> Result<(), VaultError> {
    if entry.get_label().map_err(|error| failed(&error))? == label {
        return Ok(());
    }
    entry.set_label(label).map_err(|error| failed(&error))
}

/// When one of the entries was last written.
fn modified(entries: &[Item<'_>]) -> Option<DateTime<Utc>> {
    let newest = entries.iter().filter_map(|entry| entry.get_modified().ok()).max()?;
    DateTime::from_timestamp(i64::try_from(newest).ok()?, 0)
}

fn text(name: &SecretName, bytes: Vec<u8>) -> Result<SecretString, VaultError> {
    let bytes = Zeroizing::new(bytes);
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(SecretString::from(text.to_owned())),
        Err(_) => Err(VaultError::NotText { label: name.label() }),
    }
}

/// The words for the service's errors. None of them carries a secret.
fn failed(error: &ServiceError) -> VaultError {
    match error {
        ServiceError::Locked | ServiceError::Prompt | ServiceError::PromptDisconnected => VaultError::KeychainLocked,
        ServiceError::Unavailable => VaultError::KeychainAbsent { reason: error.to_string() },
        ServiceError::NoResult => VaultError::NoKeyring,
        _ => VaultError::KeychainFailed { reason: error.to_string() },
    }
}
