//! Files that a person chose: read within limits, written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::config::{self, NotText};
use crate::disk::{self, Access};
use crate::error::{ErrorCode, Explain};

/// The largest file that is read, in bytes: a configuration of 100,000 resources has about 10 MB.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Rights to overwrite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// Nothing: there must be no file of that name.
    Nothing,
    /// A file that is itself a configuration, and nothing else.
    Configurations,
    /// Any file: the person asked for it.
    Anything,
}

/// Fault of a file, and what it means for the data.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Nothing at that path.
    #[error("{what} not found: {path}. Nothing was changed.", path = .path.display())]
    NotFound {
        /// `Configuration file`, `Backup file`, `CA file`.
        what: &'static str,
        /// The path as given.
        path: PathBuf,
    },
    /// A file with a secret that others may read, and that is not this account's to close.
    #[error("{what}: {path} can be read by other people on this machine (mode {mode:03o}), and belongs to another account. Nothing was sent.", path = .path.display())]
    Exposed {
        /// What it is for.
        what: &'static str,
        /// The path as given.
        path: PathBuf,
        /// The permission bits.
        mode: u32,
    },
    /// A folder where a file is needed, or the other way round.
    #[error("{path} is {found}, and {wanted} is needed. Nothing was changed.", path = .path.display())]
    WrongKind {
        /// The path as given.
        path: PathBuf,
        /// Kind of what is there: "a folder".
        found: &'static str,
        /// Kind that was expected: "a file".
        wanted: &'static str,
    },
    /// There, and it cannot be read.
    #[error("{path} could not be read: {}. Nothing was changed.", describe_io(.source), path = .path.display())]
    Unreadable {
        /// The path as given.
        path: PathBuf,
        /// Refusal of the system.
        source: io::Error,
    },
    /// Larger than [`MAX_FILE_BYTES`].
    #[error("{path} is larger than {} MiB, the most that is read. Nothing was changed.", MAX_FILE_BYTES >> 20, path = .path.display())]
    TooLarge {
        /// The path as given.
        path: PathBuf,
    },
    /// No text in an encoding that is read.
    #[error("{path} {problem}. Nothing was changed.", path = .path.display())]
    NotText {
        /// The path as given.
        path: PathBuf,
        /// Reason that it is no text.
        problem: NotText,
    },
    /// Something is there that is not ours to overwrite.
    #[error("{path} exists and is not a configuration file; it was left as it is.", path = .path.display())]
    Exists {
        /// The path as given.
        path: PathBuf,
    },
    /// Something is there, and nothing is to be overwritten.
    #[error("{path} exists already; it was left as it is.", path = .path.display())]
    Taken {
        /// The path as given.
        path: PathBuf,
    },
    /// Something is there, and a key or a backup takes nobody's place.
    #[error("{path} exists already, and keys and backups overwrite nothing; it was left as it is. Nothing was changed.", path = .path.display())]
    Kept {
        /// The path as given.
        path: PathBuf,
    },
    /// Could not be written; what was there before is still there.
    #[error("{path} could not be written: {}. What was there before is unchanged.", describe_io(.source), path = .path.display())]
    Unwritable {
        /// The path as given.
        path: PathBuf,
        /// Refusal of the system.
        source: io::Error,
    },
}

impl Explain for FileError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::NotFound { .. } => ErrorCode::FileNotFound,
            Self::Exposed { .. }
            | Self::WrongKind { .. }
            | Self::Unreadable { .. }
            | Self::TooLarge { .. }
            | Self::NotText { .. } => ErrorCode::FileUnreadable,
            Self::Exists { .. } | Self::Taken { .. } | Self::Kept { .. } => ErrorCode::FileExists,
            Self::Unwritable { .. } => ErrorCode::FileUnwritable,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotFound { .. } => "Check the path.".into(),
            Self::WrongKind { .. } => "Check the path.".into(),
            Self::Exposed { .. } => {
                "Copy it into a file that only you can read, and have the password replaced.".into()
            }
            Self::Unreadable { source, .. } => access_hint(source, "read"),
            Self::TooLarge { .. } => {
                "Check that this is the right file: a configuration of 100,000 resources has 10 MB.".into()
            }
            Self::NotText { problem, .. } => problem.hint().into(),
            Self::Exists { .. } | Self::Taken { .. } => {
                "Choose another name, or say that it is to be overwritten.".into()
            }
            Self::Kept { .. } => "Choose another name, or move the file away.".into(),
            Self::Unwritable { source, .. } => access_hint(source, "write"),
        })
    }
}

/// The usual ones in plain words; a system's own text names numbers and temporary files.
fn describe_io(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "its folder does not exist".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::StorageFull => "the disk is full".into(),
        io::ErrorKind::QuotaExceeded => "the disk quota is used up".into(),
        io::ErrorKind::FileTooLarge => "the file would be larger than the system allows".into(),
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only".into(),
        io::ErrorKind::NotADirectory => "a part of the path is not a folder".into(),
        io::ErrorKind::InvalidFilename => "a name in the path is longer than the system allows".into(),
        _ => error.to_string(),
    }
}

fn access_hint(error: &io::Error, verb: &str) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => format!("Ask for permission to {verb} there, or choose another place."),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "Make room on the disk, or choose another place.".into()
        }
        io::ErrorKind::NotFound => "Create the folder first, or check the path.".into(),
        io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename => "Check the path.".into(),
        io::ErrorKind::ReadOnlyFilesystem => "This disk is read-only: choose another place.".into(),
        _ => "Check the path and the disk, and try again.".into(),
    }
}

/// Reads a whole file of at most [`MAX_FILE_BYTES`]. `what` names it in the error: `Configuration file`.
///
/// # Errors
/// [`FileError`]: not found, a folder, unreadable, too large.
pub fn read(path: &Path, what: &'static str) -> Result<Vec<u8>, FileError> {
    let unreadable = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => FileError::NotFound { what, path: path.into() },
        _ => FileError::Unreadable { path: path.into(), source },
    };
    if fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Err(FileError::WrongKind { path: path.into(), found: "a folder", wanted: "a file" });
    }
    let mut bytes = Vec::new();
    // One byte more than allowed tells "too large" from "just fits", also for pipes, whose length nobody knows beforehand.
    File::open(path).map_err(unreadable)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(FileError::TooLarge { path: path.into() });
    }
    Ok(bytes)
}

/// Reads a text that a person hands over, in any encoding of [`config::decode_text`].
///
/// # Errors
/// [`FileError`], as of [`read`], or no text.
pub fn read_text(path: &Path, what: &'static str) -> Result<String, FileError> {
    let bytes = Zeroizing::new(read(path, what)?);
    let text = config::decode_text(&bytes).map_err(|problem| FileError::NotText { path: path.into(), problem })?;
    Ok(text.into_owned())
}

/// Reads a file that holds a secret, and says what had to be done so that nobody else reads it. What is no plain file, as a pipe of
/// the shell, is nobody else's to begin with.
///
/// # Errors
/// As [`read_text`]; and a file of another account that others may read.
pub fn read_secret(path: &Path, what: &'static str) -> Result<(Zeroizing<String>, Option<String>), FileError> {
    let text = Zeroizing::new(read_text(path, what)?);
    let Some(metadata) = fs::metadata(path).ok().filter(fs::Metadata::is_file) else { return Ok((text, None)) };
    match disk::access(&metadata) {
        Access::Open(mode) => {
            disk::close_to_others(path, mode).map_err(|source| FileError::Unwritable { path: path.into(), source })?;
            let path = path.display();
            let closed = format!(
                "{path} could be read by other people on this machine (mode {mode:03o}). It is yours alone now. If somebody may have \
                 read it, have the password replaced."
            );
            Ok((text, Some(closed)))
        }
        Access::Anothers(mode) if mode & 0o044 != 0 => Err(FileError::Exposed { what, path: path.into(), mode }),
        Access::Own | Access::Anothers(_) => Ok((text, None)),
    }
}

/// Writes a file whole or not at all. It is meant to be shared, so a new one gets the permissions of any new file; one that is
/// replaced keeps its own.
///
/// # Errors
/// [`FileError`]: something is there that may not be overwritten, or the disk refuses; what was there before stays.
pub fn write(path: &Path, text: &str, overwrite: Overwrite) -> Result<(), FileError> {
    refuse_foreign(path, overwrite)?;
    let unwritable = |source: io::Error| FileError::Unwritable { path: path.into(), source };
    disk::replace(&behind_links(path), text.as_bytes(), disk::Readers::Usual).map_err(unwritable)
}

/// The file to write: a link stays a link, and what it leads to is written, also where that is not there yet.
fn behind_links(path: &Path) -> PathBuf {
    // As many links as Linux follows.
    const LONGEST_CHAIN: usize = 40;
    let mut place = path.to_owned();
    for _ in 0..LONGEST_CHAIN {
        let Ok(target) = fs::read_link(&place) else { break };
        place = place.parent().map_or_else(|| target.clone(), |folder| folder.join(&target));
    }
    place
}

/// The path of a file as it holds in every folder. Links of the file itself stay: what they lead to may be renewed.
///
/// # Errors
/// [`FileError`]: not there, or nothing that can be read again and again.
pub fn whole_path(path: &Path, what: &'static str) -> Result<PathBuf, FileError> {
    let unreadable = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => FileError::NotFound { what, path: path.into() },
        _ => FileError::Unreadable { path: path.into(), source },
    };
    let there = fs::metadata(path).map_err(unreadable)?;
    let name = match path.file_name() {
        Some(name) if there.is_file() => name,
        _ => {
            let found = if there.is_dir() { "a folder" } else { "a pipe or a device" };
            return Err(FileError::WrongKind { path: path.into(), found, wanted: "a file" });
        }
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(fs::canonicalize(folder).map_err(unreadable)?.join(name))
}

/// Writes a file of aidb's own whole or not at all, its owner's alone, in a folder that is made where it is missing.
///
/// # Errors
/// [`FileError`]: the disk refuses; what was there before stays.
pub fn write_private(path: &Path, text: &str) -> Result<(), FileError> {
    let unwritable = |source: io::Error| FileError::Unwritable { path: path.into(), source };
    if let Some(folder) = path.parent() {
        disk::create_private_folder(folder).map_err(unwritable)?;
    }
    disk::replace(path, text.as_bytes(), disk::Readers::Owner).map_err(unwritable)
}

/// Writes a new file that its owner alone may read, durably. What is there is never overwritten, whoever made it meanwhile.
///
/// # Errors
/// [`FileError`]: something is there, or the disk refuses.
pub(crate) fn create_private(path: &Path, text: &str) -> Result<(), FileError> {
    disk::create(path, text.as_bytes(), disk::Readers::Owner).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => FileError::Kept { path: path.into() },
        _ => FileError::Unwritable { path: path.into(), source },
    })
}

/// Writes a file of [`create_private`] anew, whole or not at all.
///
/// # Errors
/// [`FileError`]: the disk refuses; what was there before stays.
pub(crate) fn replace_private(path: &Path, text: &str) -> Result<(), FileError> {
    let unwritable = |source: io::Error| FileError::Unwritable { path: path.into(), source };
    disk::replace(path, text.as_bytes(), disk::Readers::Owner).map_err(unwritable)
}

/// Removes a file of [`create_private`], durably. One that is gone already is gone.
///
/// # Errors
/// [`FileError`]: the disk refuses.
pub(crate) fn remove(path: &Path) -> Result<(), FileError> {
    match disk::remove(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(FileError::Unwritable { path: path.into(), source }),
        Ok(()) => Ok(()),
    }
}

/// Whether a new file could be written there: nothing has that name, and its folder is there.
///
/// # Errors
/// [`FileError`]: something is there, or there is no such folder.
pub(crate) fn refuse_taken(path: &Path) -> Result<(), FileError> {
    let unwritable = |source: io::Error| FileError::Unwritable { path: path.into(), source };
    // Not what a link leads to: the link itself would be in the way.
    match fs::symlink_metadata(path) {
        Ok(there) if there.is_dir() => {
            return Err(FileError::WrongKind { path: path.into(), found: "a folder", wanted: "a file name" });
        }
        Ok(_) => return Err(FileError::Kept { path: path.into() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(source) => return Err(unwritable(source)),
    }
    fs::metadata(disk::folder_of(path)).map(drop).map_err(unwritable)
}

fn refuse_foreign(path: &Path, overwrite: Overwrite) -> Result<(), FileError> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(FileError::Unwritable { path: path.into(), source }),
        Ok(there) if there.is_dir() => {
            Err(FileError::WrongKind { path: path.into(), found: "a folder", wanted: "a file name" })
        }
        // A pipe cannot be looked into without taking what is in it, and a device is not replaced by a file.
        Ok(there) if !there.is_file() => {
            Err(FileError::WrongKind { path: path.into(), found: "a pipe or a device", wanted: "a file name" })
        }
        Ok(_) if overwrite == Overwrite::Anything => Ok(()),
        Ok(_) if overwrite == Overwrite::Nothing => Err(FileError::Taken { path: path.into() }),
        Ok(_) if config::is_configuration(&read(path, "File")?) => Ok(()),
        Ok(_) => Err(FileError::Exists { path: path.into() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIGURATION: &str = r#"{"version":"1.0.0","agent":{"agent_id":"a","name":"A"}}"#;

    #[test]
    fn only_a_configuration_is_overwritten_unless_asked() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("agent.json");
        write(&path, CONFIGURATION, Overwrite::Nothing).expect("new file");
        let taken = write(&path, "notes", Overwrite::Nothing).expect_err("it is there");
        assert!(matches!(taken, FileError::Taken { .. }), "{taken}");
        assert_eq!(fs::read_to_string(&path).expect("still there"), CONFIGURATION);
        write(&path, "notes", Overwrite::Configurations).expect("a configuration may be overwritten");
        let refused = write(&path, CONFIGURATION, Overwrite::Configurations).expect_err("notes must stay");
        assert_eq!(refused.code(), ErrorCode::FileExists);
        assert_eq!(fs::read_to_string(&path).expect("still there"), "notes");
        write(&path, CONFIGURATION, Overwrite::Anything).expect("asked for");
    }

    #[test]
    fn a_failed_write_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("folder");
        let refused = write(&folder.path().join("none/agent.json"), "x", Overwrite::Anything).expect_err("no folder");
        assert_eq!(refused.code(), ErrorCode::FileUnwritable);
        let refused = write(folder.path(), "x", Overwrite::Anything).expect_err("a folder");
        assert_eq!(refused.code(), ErrorCode::FileUnreadable);
        assert_eq!(fs::read_dir(folder.path()).expect("folder").count(), 0, "no temporary file is left");
    }

    #[test]
    #[cfg(unix)]
    fn a_private_file_is_its_owners_alone_and_so_is_its_folder() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("data/window.json");
        write_private(&path, "{}").expect("written");
        write_private(&path, "{\"a\":1}").expect("replaced");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().expect("folder"))), (0o600, 0o700));
        assert_eq!(fs::read_to_string(&path).expect("read"), "{\"a\":1}");
    }

    #[test]
    fn a_folder_a_missing_and_an_oversized_file_are_each_said() {
        let folder = tempfile::tempdir().expect("folder");
        let code = |path: &Path| read(path, "Configuration file").expect_err("unreadable").code();
        assert_eq!(code(folder.path()), ErrorCode::FileUnreadable);
        assert_eq!(code(&folder.path().join("none")), ErrorCode::FileNotFound);
        let large = folder.path().join("large");
        File::create(&large).expect("file").set_len(MAX_FILE_BYTES + 1).expect("sparse");
        assert!(matches!(read(&large, "File"), Err(FileError::TooLarge { .. })));
    }

    #[test]
    fn a_text_is_read_whatever_wrote_it_and_anything_else_is_named() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("text");
        for bytes in [b"\xef\xbb\xbfplan".as_slice(), b"\xff\xfep\0l\0a\0n\0", b"plan"] {
            fs::write(&path, bytes).expect("written");
            assert_eq!(read_text(&path, "Plan file").expect("text"), "plan");
        }
        fs::write(&path, b"pl\xe4n").expect("written");
        let refused = read_text(&path, "Plan file").expect_err("no text");
        assert_eq!(refused.code(), ErrorCode::FileUnreadable);
        assert!(refused.to_string().contains("text is not UTF-8: a byte there"), "{refused}");
    }

    #[test]
    #[cfg(unix)]
    fn what_is_replaced_keeps_its_mode_and_owner_and_what_is_new_gets_the_usual() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
        let folder = tempfile::tempdir().expect("folder");
        let access = |path: &Path| {
            fs::metadata(path).map(|there| (there.mode() & 0o7777, there.uid(), there.gid())).expect("there")
        };
        let usual = folder.path().join("usual");
        File::create(&usual).expect("as any program makes it");
        let path = folder.path().join("agent.json");
        write(&path, CONFIGURATION, Overwrite::Nothing).expect("new file");
        assert_eq!(access(&path), access(&usual));
        for mode in [0o600, 0o640, 0o644, 0o664, 0o400] {
            fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("set");
            // Only root may give it to somebody else.
            let _given_away = chown(&path, Some(65_534), Some(65_534));
            let before = access(&path);
            write(&path, CONFIGURATION, Overwrite::Configurations).expect("replaced");
            assert_eq!(access(&path), before, "{mode:o}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_link_stays_and_what_it_leads_to_is_written() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().expect("folder");
        let path = |name: &str| folder.path().join(name);
        symlink("second", path("first")).expect("linked");
        symlink(path("agent.json"), path("second")).expect("linked");
        for text in ["new", "replaced"] {
            write(&path("first"), text, Overwrite::Anything).expect("written");
            assert_eq!(fs::read_to_string(path("agent.json")).expect("there"), text);
            assert!(path("first").is_symlink() && path("second").is_symlink() && !path("agent.json").is_symlink());
        }
        symlink("round", path("round")).expect("linked");
        assert_eq!(
            write(&path("round"), "x", Overwrite::Anything).map_err(|error| error.code()),
            Err(ErrorCode::FileUnwritable)
        );
    }

    #[test]
    fn a_path_that_is_kept_holds_in_every_folder() {
        let folder = tempfile::tempdir().expect("folder");
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).expect("made");
        fs::write(folder.path().join("ca.pem"), "x").expect("written");
        let whole = whole_path(&inner.join("../ca.pem"), "CA file").expect("there");
        assert_eq!(whole, fs::canonicalize(folder.path()).expect("there").join("ca.pem"));
        assert_eq!(whole_path(&inner, "CA file").map_err(|error| error.code()), Err(ErrorCode::FileUnreadable));
        assert_eq!(
            whole_path(&inner.join("none"), "CA file").map_err(|error| error.code()),
            Err(ErrorCode::FileNotFound)
        );
    }
}
