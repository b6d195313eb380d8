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
use zbus::zvariant::ObjectPath;
use zeroize::Zeroizing;

use super::prompt::Afterwards;
use super::{KeyPrompt, Removal, SecretName, StoredSecret, VaultError};

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

/// The secret, with the time of the last change where the service knows it; not all do, and none has to.
pub(super) fn read(name: &SecretName, afterwards: Afterwards) -> Result<Option<StoredSecret>, VaultError> {
    let service = connect()?;
    let Entries { items, opened } = entries(&service, name)?;
    let secret = agreed(name, &items);
    if afterwards == Afterwards::Lock || (afterwards == Afterwards::LockIfOpened && opened) {
        lock_keyring(&service, name.prompt())?;
    }
    Ok(secret?.map(|secret| StoredSecret { secret, set_at: modified(&items) }))
}

/// When a secret was stored, where that is known, without opening anything; the outer `None` where there is none.
pub(super) fn find_unread(name: &SecretName) -> Result<Option<Option<DateTime<Utc>>>, VaultError> {
    let service = connect()?;
    let found = service.search_items(attributes(&name.account())).map_err(|error| failed(&error))?;
    let items: Vec<_> = found.unlocked.into_iter().chain(found.locked).collect();
    Ok((!items.is_empty()).then(|| modified(&items)))
}

/// Replaces what is stored under that name, also where several entries have it: one is written in the keyring that the name
/// says, and only then are the others removed, so that no moment is without the new secret.
pub(super) fn set(name: &SecretName, secret: &SecretString) -> Result<(), VaultError> {
    let service = connect()?;
    let secret = secret.expose_secret().as_bytes();
    let Entries { items, .. } = entries(&service, name)?;
    let (mut there, mut elsewhere) = (Vec::new(), Vec::new());
    for item in items {
        let keyring = keyring_of(&service, &item)?;
        if keyring == name.prompt() { there.push(item) } else { elsewhere.push(item) }
    }
    let others = match there.split_first() {
        None => {
            create(&service, name, secret)?;
            &[]
        }
        Some((entry, others)) => {
            entry.set_secret(secret, CONTENT_TYPE).map_err(|error| failed(&error))?;
            relabel(entry, &name.label())?;
            others
        }
    };
    others.iter().chain(&elsewhere).try_for_each(Item::delete).map_err(|error| failed(&error))
}

pub(super) fn remove(name: &SecretName) -> Result<Removal, VaultError> {
    let service = connect()?;
    let Entries { items, .. } = entries(&service, name)?;
    items.iter().try_for_each(Item::delete).map_err(|error| failed(&error))?;
    Ok(if items.is_empty() { Removal::NotThere } else { Removal::Removed })
}

/// Whether the keyring of keys that are asked for in that way is open now.
pub(super) fn is_open(prompt: KeyPrompt) -> Result<bool, VaultError> {
    let service = connect()?;
    match asking_keyring(&service, prompt)? {
        Some(keyring) => Ok(!is_locked(&keyring)?),
        None => Ok(false),
    }
}

/// Locks that keyring, where there is one.
pub(super) fn lock(prompt: KeyPrompt) -> Result<(), VaultError> {
    lock_keyring(&connect()?, prompt)
}

fn lock_keyring(service: &SecretService<'_>, prompt: KeyPrompt) -> Result<(), VaultError> {
    match asking_keyring(service, prompt)? {
        Some(keyring) => keyring.lock().map_err(|error| failed(&error)),
        None => Ok(()),
    }
}

/// The keyring of keys that are asked for in that way; `None` where there is none yet, and for keys that are not.
fn asking_keyring<'s>(service: &'s SecretService<'s>, prompt: KeyPrompt) -> Result<Option<Collection<'s>>, VaultError> {
    let Some(label) = prompt.keyring() else { return Ok(None) };
    for keyring in service.get_all_collections().map_err(|error| failed(&error))? {
        if keyring.get_label().map_err(|error| failed(&error))? == label {
            return Ok(Some(keyring));
        }
    }
    Ok(None)
}

/// Takes back what gnome-keyring's question offers, and has ticked: "Automatically unlock this keyring whenever I'm logged
/// in". It puts the keyring's password into the login keyring, where every program of the account finds it, and never asks
/// again.
fn forget_passwords(service: &SecretService<'_>) -> Result<(), VaultError> {
    for prompt in [KeyPrompt::Idle, KeyPrompt::Always] {
        let Some(keyring) = asking_keyring(service, prompt)? else { continue };
        let file = format!("LOCAL:/keyrings/{}.keyring", identifier(keyring.collection_path.as_str()));
        let attributes = || HashMap::from([("keyring", file.as_str())]);
        let kept = service.search_items(attributes()).map_err(|error| failed(&error))?;
        for item in kept.unlocked {
            let Some((login, _)) = item.item_path.as_str().rsplit_once('/') else { continue };
            let login = ObjectPath::try_from(login).map_err(|error| failed(&error.into()))?.into();
            let login = service.get_collection_by_path(login).map_err(|error| failed(&error))?;
            // gnome-keyring made it past the bus, which therefore cannot delete it; what takes its place can be deleted.
            let replaced = login.create_item("aidb", attributes(), b"none", true, CONTENT_TYPE);
            replaced.and_then(|item| item.delete()).map_err(|error| failed(&error))?;
        }
    }
    Ok(())
}

/// The name of a keyring's file without its ending: gnome-keyring's object path of it has `_` and two hexadecimal digits for every
/// byte that is no letter or digit.
fn identifier(path: &str) -> String {
    let mut pieces = path.rsplit('/').next().unwrap_or_default().split('_');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let (code, rest) = piece.split_at(piece.len().min(2));
        bytes.extend(u8::from_str_radix(code, 16).ok());
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Which keyring an entry lies in: any but those with passwords of their own counts as the default one.
fn keyring_of(service: &SecretService<'_>, item: &Item<'_>) -> Result<KeyPrompt, VaultError> {
    for prompt in [KeyPrompt::Idle, KeyPrompt::Always] {
        if let Some(keyring) = asking_keyring(service, prompt)?
            && item.item_path.as_str().starts_with(&format!("{}/", keyring.collection_path.as_str()))
        {
            return Ok(prompt);
        }
    }
    Ok(KeyPrompt::Never)
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

/// The entries of a name.
struct Entries<'s> {
    items: Vec<Item<'s>>,
    /// Whether one was locked before.
    opened: bool,
}

/// The entries of that name, open. Prompts where one is locked.
fn entries<'s>(service: &'s SecretService<'s>, name: &SecretName) -> Result<Entries<'s>, VaultError> {
    let account = name.account();
    let found = service.search_items(attributes(&account)).map_err(|error| failed(&error))?;
    let opened = !found.locked.is_empty();
    if opened {
        let unlocked = service
            .unlock_all(&found.locked.iter().collect::<Vec<_>>())
            .and_then(|()| found.locked.iter().try_for_each(Item::ensure_unlocked));
        unlocked.map_err(|error| refused(name, &error))?;
        forget_passwords(service)?;
    }
    Ok(Entries { items: found.unlocked.into_iter().chain(found.locked).collect(), opened })
}

/// The words for a keyring that stayed locked.
fn refused(name: &SecretName, error: &ServiceError) -> VaultError {
    match failed(error) {
        VaultError::KeychainLocked if name.prompt() != KeyPrompt::Never => {
            VaultError::KeyPrompt { label: name.label() }
        }
        other => other,
    }
}

fn attributes(account: &str) -> HashMap<&str, &str> {
    HashMap::from([("service", SERVICE), ("username", account)])
}

fn create(service: &SecretService<'_>, name: &SecretName, secret: &[u8]) -> Result<(), VaultError> {
    let keyring = match name.prompt().keyring() {
        None => service.get_default_collection(),
        Some(label) => match asking_keyring(service, name.prompt())? {
            Some(keyring) => Ok(keyring),
            // Asks for the password that it is to have.
            None => service.create_collection(label, ""),
        },
    };
    let keyring = keyring.map_err(|error| refused(name, &error))?;
    if is_locked(&keyring)? {
        keyring.unlock().map_err(|error| refused(name, &error))?;
        forget_passwords(service)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_a_keyring_is_read_off_its_path() {
        for (path, file) in [
            ("/org/freedesktop/secrets/collection/login", "login"),
            ("/org/freedesktop/secrets/collection/aidb_5fkeys_2c_5fasked_5ffor", "aidb_keys,_asked_for"),
            ("/org/freedesktop/secrets/collection/_c3_9f_5f1", "ß_1"),
        ] {
            assert_eq!(identifier(path), file);
        }
    }
}
