//! The Secret Service of Linux desktops (gnome-keyring, KWallet, KeePassXC) over D-Bus. Blocking: see [`super::keychain`].
//!
//! Every request opens a connection of its own. It costs some milliseconds, and in return a keychain that was started,
//! unlocked or restarted since is simply there.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use secret_service::blocking::{Collection, Item, SecretService};
use secret_service::{EncryptionType, Error as ServiceError};
use zbus::blocking::Connection;
use zbus::zvariant::ObjectPath;
use zeroize::Zeroizing;

use super::prompt::Afterwards;
use super::{KeyPrompt, Removal, SecretName, StoredSecret, VaultError, VaultUse};

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
pub(super) fn read(name: &SecretName, used_for: VaultUse) -> Result<Option<StoredSecret>, VaultError> {
    with_entries(name, used_for, |_, items| {
        Ok(agreed(name, items)?.map(|secret| StoredSecret { secret, set_at: modified(items) }))
    })
}

/// When a secret was stored, where that is known, without opening anything; the outer `None` where there is none.
pub(super) fn find_unread(name: &SecretName) -> Result<Option<Option<DateTime<Utc>>>, VaultError> {
    let service = connect()?;
    let found = service.search_items(attributes(&name.account())).map_err(|error| failed(&error))?;
    let items: Vec<_> = found.unlocked.into_iter().chain(found.locked).collect();
    Ok((!items.is_empty()).then(|| modified(&items)))
}

/// Replaces what is stored under that name, also where several entries have it: one is written in the keyring that the name
/// says, and only then are the others removed, so that no moment is without the new secret. Answers what can be read there then.
pub(super) fn set(name: &SecretName, secret: &SecretString, used_for: VaultUse) -> Result<SecretString, VaultError> {
    let secret = secret.expose_secret().as_bytes();
    with_entries(name, used_for, |keyrings, items| {
        let (mut there, mut elsewhere) = (Vec::new(), Vec::new());
        for item in items {
            let keyring = keyrings.holding(item)?;
            if keyring == name.prompt() { there.push(item) } else { elsewhere.push(item) }
        }
        let (created, others);
        let entry = match there.split_first() {
            None => {
                created = create(keyrings, name, secret)?;
                others = &[][..];
                &created
            }
            Some((entry, rest)) => {
                entry.set_secret(secret, CONTENT_TYPE).map_err(|error| failed(&error))?;
                relabel(entry, &name.label())?;
                others = rest;
                *entry
            }
        };
        let mut others = others.iter().chain(&elsewhere).copied();
        others.try_for_each(Item::delete).map_err(|error| failed(&error))?;
        text(name, entry.get_secret().map_err(|error| failed(&error))?)
    })
}

pub(super) fn remove(name: &SecretName, used_for: VaultUse) -> Result<Removal, VaultError> {
    with_entries(name, used_for, |_, items| {
        items.iter().try_for_each(Item::delete).map_err(|error| failed(&error))?;
        Ok(if items.is_empty() { Removal::NotThere } else { Removal::Removed })
    })
}

/// Whether the keyring of keys that are asked for in that way is open now.
pub(super) fn is_open(prompt: KeyPrompt) -> Result<bool, VaultError> {
    let service = connect()?;
    match Keyrings::new(&service).of(prompt)? {
        Some(keyring) => Ok(!is_locked(keyring)?),
        None => Ok(false),
    }
}

/// Locks that keyring, where there is one.
pub(super) fn lock(prompt: KeyPrompt) -> Result<(), VaultError> {
    Keyrings::new(&connect()?).lock(prompt)
}

/// Opens the entries of a name, which prompts where one is locked, and runs `with` on them. Whatever comes of that, a keyring is
/// locked again where `used_for` says so: neither a request that fails leaves it open, nor one that moves a key out of it.
fn with_entries<T>(
    name: &SecretName,
    used_for: VaultUse,
    with: impl FnOnce(&Keyrings<'_>, &[Item<'_>]) -> Result<T, VaultError>,
) -> Result<T, VaultError> {
    let service = connect()?;
    let keyrings = Keyrings::new(&service);
    let done = entries(&keyrings, name).and_then(|items| with(&keyrings, &items));
    let opened = keyrings.opened.take();
    let locked = KeyPrompt::ALL.iter().try_for_each(|prompt| match used_for.afterwards(*prompt) {
        Afterwards::Lock if opened.contains(prompt) || *prompt == name.prompt() => keyrings.lock(*prompt),
        Afterwards::LockIfOpened if opened.contains(prompt) => keyrings.lock(*prompt),
        Afterwards::Lock | Afterwards::LockIfOpened | Afterwards::Leave => Ok(()),
    });
    let done = done?;
    locked.map(|()| done)
}

/// The keyrings that have passwords of their own, as one connection sees them.
struct Keyrings<'s> {
    service: &'s SecretService<'s>,
    /// Asked for once, when first wanted.
    listed: OnceCell<Vec<(KeyPrompt, Collection<'s>)>>,
    /// One that was made since.
    created: OnceCell<(KeyPrompt, Collection<'s>)>,
    /// What was opened over this connection.
    opened: RefCell<Vec<KeyPrompt>>,
}

impl<'s> Keyrings<'s> {
    const fn new(service: &'s SecretService<'s>) -> Self {
        Self { service, listed: OnceCell::new(), created: OnceCell::new(), opened: RefCell::new(Vec::new()) }
    }

    fn all(&self) -> Result<impl Iterator<Item = &(KeyPrompt, Collection<'s>)>, VaultError> {
        let listed = match self.listed.get() {
            Some(listed) => listed,
            None => {
                let listed = self.list()?;
                self.listed.get_or_init(|| listed)
            }
        };
        Ok(listed.iter().chain(self.created.get()))
    }

    fn list(&self) -> Result<Vec<(KeyPrompt, Collection<'s>)>, VaultError> {
        let mut listed = Vec::new();
        for keyring in self.service.get_all_collections().map_err(|error| failed(&error))? {
            let label = keyring.get_label().map_err(|error| failed(&error))?;
            let prompt =
                [KeyPrompt::Idle, KeyPrompt::Always].into_iter().find(|prompt| prompt.keyring() == Some(&label));
            listed.extend(prompt.map(|prompt| (prompt, keyring)));
        }
        Ok(listed)
    }

    /// The keyring of keys that are asked for in that way; `None` where there is none yet, and for keys that are not.
    fn of(&self, prompt: KeyPrompt) -> Result<Option<&Collection<'s>>, VaultError> {
        if prompt == KeyPrompt::Never {
            return Ok(None);
        }
        Ok(self.all()?.find(|(asks, _)| *asks == prompt).map(|(_, keyring)| keyring))
    }

    /// Which keyring an entry lies in: any but those with passwords of their own counts as the default one.
    fn holding(&self, item: &Item<'_>) -> Result<KeyPrompt, VaultError> {
        let lies_in = |keyring: &Collection<'_>| {
            item.item_path.as_str().starts_with(&format!("{}/", keyring.collection_path.as_str()))
        };
        Ok(self.all()?.find(|(_, keyring)| lies_in(keyring)).map_or(KeyPrompt::Never, |(prompt, _)| *prompt))
    }

    /// Takes back what gnome-keyring's question offers, and has ticked: "Automatically unlock this keyring whenever I'm logged
    /// in". It puts the keyring's password into the login keyring, where every program of the account finds it, and never asks
    /// again.
    fn forget_passwords(&self) -> Result<(), VaultError> {
        for (_, keyring) in self.all()? {
            let file = format!("LOCAL:/keyrings/{}.keyring", identifier(keyring.collection_path.as_str()));
            let attributes = || HashMap::from([("keyring", file.as_str())]);
            let kept = self.service.search_items(attributes()).map_err(|error| failed(&error))?;
            for item in kept.unlocked {
                let Some((login, _)) = item.item_path.as_str().rsplit_once('/') else { continue };
                let login = ObjectPath::try_from(login).map_err(|error| failed(&error.into()))?.into();
                let login = self.service.get_collection_by_path(login).map_err(|error| failed(&error))?;
                // gnome-keyring made it past the bus, which therefore cannot delete it; what takes its place can be deleted.
                let replaced = login.create_item("aidb", attributes(), b"none", true, CONTENT_TYPE);
                replaced.and_then(|item| item.delete()).map_err(|error| failed(&error))?;
            }
        }
        Ok(())
    }

    fn lock(&self, prompt: KeyPrompt) -> Result<(), VaultError> {
        match self.of(prompt)? {
            Some(keyring) => keyring.lock().map_err(|error| failed(&error)),
            None => Ok(()),
        }
    }
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
fn entries<'s>(keyrings: &Keyrings<'s>, name: &SecretName) -> Result<Vec<Item<'s>>, VaultError> {
    let service = keyrings.service;
    let found = service.search_items(attributes(&name.account())).map_err(|error| failed(&error))?;
    if !found.locked.is_empty() {
        let unlocked = service
            .unlock_all(&found.locked.iter().collect::<Vec<_>>())
            .and_then(|()| found.locked.iter().try_for_each(Item::ensure_unlocked));
        unlocked.map_err(|error| refused(name, &error))?;
        for item in &found.locked {
            keyrings.opened.borrow_mut().push(keyrings.holding(item)?);
        }
        keyrings.forget_passwords()?;
    }
    Ok(found.unlocked.into_iter().chain(found.locked).collect())
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

fn create<'k>(keyrings: &'k Keyrings<'_>, name: &SecretName, secret: &[u8]) -> Result<Item<'k>, VaultError> {
    let default;
    let keyring = match (name.prompt().keyring(), keyrings.of(name.prompt())?) {
        (Some(_), Some(keyring)) => keyring,
        // Asks for the password that it is to have.
        (Some(label), None) => {
            let made = keyrings.service.create_collection(label, "").map_err(|error| refused(name, &error))?;
            keyrings.opened.borrow_mut().push(name.prompt());
            &keyrings.created.get_or_init(|| (name.prompt(), made)).1
        }
        (None, _) => {
            default = keyrings.service.get_default_collection().map_err(|error| refused(name, &error))?;
            &default
        }
    };
    if is_locked(keyring)? {
        keyring.unlock().map_err(|error| refused(name, &error))?;
        keyrings.opened.borrow_mut().push(name.prompt());
        keyrings.forget_passwords()?;
    }
    let made = keyring.create_item(&name.label(), attributes(&name.account()), secret, true, CONTENT_TYPE);
    let path = made.map_err(|error| failed(&error))?.item_path;
    keyrings.service.get_item_by_path(path).map_err(|error| failed(&error))
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
