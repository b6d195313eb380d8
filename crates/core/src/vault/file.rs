//! Secrets as private files: for machines without a keychain, and for CI.
//!
//! A secret lies open to whoever can read its file, so the folder belongs to its owner alone (0700, files 0600). A folder
//! or a file that is open to others, or that is a link to somewhere else, is refused instead of repaired: somebody may
//! have read it already, and the person has to know.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{KeyPrompt, Removal, SecretName, StoredSecret, VaultError};
use crate::disk::{self, Access};

/// The permission bits of the folder.
const FOLDER_MODE: u32 = 0o700;
/// The permission bits of a file.
const FILE_MODE: u32 = 0o600;
/// No secret is longer; what is longer was not written by aidb.
const LONGEST: u64 = 1024 * 1024;

/// A folder of private files, one for each secret.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(super) const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn path_of(&self, name: &SecretName) -> PathBuf {
        self.path.join(name.file_name())
    }

    /// Whether the folder is private, or not there yet.
    pub(super) async fn check(&self) -> Result<(), VaultError> {
        let folder = self.clone();
        off_the_runtime(move || folder.exists().map(|_| ())).await
    }

    pub(super) async fn read(&self, name: &SecretName) -> Result<Option<StoredSecret>, VaultError> {
        let (folder, name) = (self.clone(), name.clone());
        off_the_runtime(move || if folder.exists()? { read(&folder.path_of(&name), &name) } else { Ok(None) }).await
    }

    pub(super) async fn set(&self, name: &SecretName, secret: &SecretString) -> Result<(), VaultError> {
        if name.prompt() != KeyPrompt::Never {
            return Err(VaultError::CannotAsk);
        }
        let (folder, name, secret) = (self.clone(), name.clone(), secret.clone());
        off_the_runtime(move || {
            folder.create()?;
            let path = folder.path_of(&name);
            // What stands there is not overwritten when it is a link or exposed: the person decides.
            inspect(&path, Kind::File)?;
            disk::replace(&path, secret.expose_secret().as_bytes(), disk::Readers::Owner)
                .map_err(|error| unwritable(&path, &error))
        })
        .await
    }

    pub(super) async fn remove(&self, name: &SecretName) -> Result<Removal, VaultError> {
        let (folder, name) = (self.clone(), name.clone());
        off_the_runtime(move || {
            if !folder.exists()? {
                return Ok(Removal::NotThere);
            }
            let path = folder.path_of(&name);
            // Removing is safe whatever stands there: a link is removed, never what it points to.
            match fs::remove_file(&path).and_then(|()| disk::sync_folder(&folder.path)) {
                Ok(()) => Ok(Removal::Removed),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Removal::NotThere),
                Err(error) => Err(unwritable(&path, &error)),
            }
        })
        .await
    }

    /// Whether the folder is there; an error when it is not private.
    fn exists(&self) -> Result<bool, VaultError> {
        Ok(inspect(&self.path, Kind::Folder)?.is_some())
    }

    fn create(&self) -> Result<(), VaultError> {
        if self.exists()? {
            return Ok(());
        }
        disk::create_private_folder(&self.path).map_err(|error| unwritable(&self.path, &error))?;
        // Somebody may have been faster, with a folder of their own.
        self.exists().map(|_| ())
    }
}

/// File calls block; they go to the runtime's threads for that.
async fn off_the_runtime<T, F>(work: F) -> Result<T, VaultError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, VaultError> + Send + 'static,
{
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(VaultError::KeychainFailed { reason: format!("the work was not finished: {error}") })
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Folder,
    File,
}

/// Kind of the entry at `path`, without following a link; `None` where nothing does.
fn inspect(path: &Path, kind: Kind) -> Result<Option<Metadata>, VaultError> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(path, &error)),
    };
    let expected = match kind {
        Kind::Folder => metadata.is_dir(),
        Kind::File => metadata.is_file(),
    };
    if !expected {
        return Err(VaultError::WrongKind {
            path: path.to_owned(),
            found: found(&metadata),
            expected: if kind == Kind::Folder { "a folder" } else { "a plain file" },
        });
    }
    private(path, kind, &metadata)?;
    Ok(Some(metadata))
}

fn found(metadata: &Metadata) -> &'static str {
    if metadata.is_symlink() {
        "a symbolic link"
    } else if metadata.is_dir() {
        "a folder"
    } else if metadata.is_file() {
        "a file"
    } else {
        "a pipe, socket or device"
    }
}

fn read(path: &Path, name: &SecretName) -> Result<Option<StoredSecret>, VaultError> {
    let Some(inspected) = inspect(path, Kind::File)? else { return Ok(None) };
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let opened = file.metadata().map_err(|error| unreadable(path, &error))?;
    if !same_file(&inspected, &opened) {
        return Err(VaultError::Unreadable { path: path.to_owned(), reason: "it was replaced meanwhile".into() });
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(opened.len().min(LONGEST)).unwrap_or_default()));
    file.take(LONGEST).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| VaultError::NotText { label: name.label() })?;
    // Whoever provides a key with `echo` or an editor leaves a line break behind it; no secret ends with one.
    let text = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    let set_at = opened.modified().ok().map(DateTime::<Utc>::from);
    Ok(Some(StoredSecret { secret: SecretString::from(text.to_owned()), set_at }))
}

fn private(path: &Path, kind: Kind, metadata: &Metadata) -> Result<(), VaultError> {
    let path = path.to_owned();
    match disk::access(metadata) {
        Access::Own => Ok(()),
        Access::Open(mode) => {
            let private = if kind == Kind::Folder { FOLDER_MODE } else { FILE_MODE };
            Err(VaultError::Exposed { path, mode, private })
        }
        Access::Anothers(_) => Err(VaultError::Anothers { path }),
    }
}

#[cfg(unix)]
fn same_file(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn same_file(one: &Metadata, other: &Metadata) -> bool {
    one.len() == other.len() && one.modified().ok() == other.modified().ok()
}

fn unreadable(path: &Path, error: &io::Error) -> VaultError {
    VaultError::Unreadable { path: path.to_owned(), reason: error.to_string() }
}

fn unwritable(path: &Path, error: &io::Error) -> VaultError {
    VaultError::Unwritable { path: path.to_owned(), reason: error.to_string() }
}
