//! What it takes for a file to be there after a power cut, and for a private one to be private.

use std::fs::{self, DirBuilder, File, Metadata};
use std::io::{self, Write};
use std::path::Path;

/// Who may look at a file or into a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// This account alone, and root.
    Own,
    /// It belongs to this account, and others may as well: its mode.
    Open(u32),
    /// It belongs to another account: its mode.
    Anothers(u32),
}

/// Who may look there. Others are those of its group and everybody else.
#[cfg(unix)]
pub(crate) fn access(metadata: &Metadata) -> Access {
    use std::os::unix::fs::MetadataExt as _;
    let mode = metadata.mode() & 0o7777;
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        Access::Anothers(mode)
    } else if mode & 0o077 == 0 {
        Access::Own
    } else {
        Access::Open(mode)
    }
}

/// Where permissions are lists instead of bits, a user's own folders are private to begin with.
#[cfg(not(unix))]
pub(crate) fn access(_metadata: &Metadata) -> Access {
    Access::Own
}

/// Takes every right away that others have.
#[cfg(unix)]
pub(crate) fn close_to_others(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode & 0o700))
}

#[cfg(not(unix))]
pub(crate) fn close_to_others(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

/// Readers of a file that is new. One that is replaced keeps its owner and mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// The owner alone (0600).
    Owner,
    /// Whoever the system lets read any new file (0666 less the umask).
    Usual,
}

/// Writes a file whole or not at all: a temporary file beside it, fsync, rename, fsync of the folder. What was there before
/// stays until the rename. What was meant for everybody keeps whatever owner and mode a person gave it since.
pub(crate) fn replace(path: &Path, content: &[u8], readers: Readers) -> io::Result<()> {
    let folder = folder_of(path);
    let there = match readers {
        Readers::Owner => None,
        Readers::Usual => fs::metadata(path).ok(),
    };
    let mut temporary = temporary_in(folder, if there.is_some() { Readers::Owner } else { readers })?;
    if let Some(there) = there {
        keep_access(temporary.as_file(), &there)?;
    }
    temporary.write_all(content)?;
    // A rename can reach the disk before what it names: after a power cut the name would hold nothing.
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    sync_folder(folder)
}

/// Gives a new file the owner, group and mode of the one that it replaces, before there is anything in it to read.
#[cfg(unix)]
fn keep_access(file: &File, there: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let mut mode = there.mode() & 0o7777;
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (there.uid(), there.gid()) {
        // Only root gives files away; a group that one belongs to can be kept by anybody.
        let kept =
            fchown(file, Some(there.uid()), Some(there.gid())).or_else(|_| fchown(file, None, Some(there.gid())));
        if kept.is_err() {
            // What its group was allowed is not for another group: that one gets what everybody has.
            mode = (mode & 0o707) | ((mode & 0o007) << 3);
        }
    }
    file.set_permissions(PermissionsExt::from_mode(mode))
}

/// Access stands elsewhere there, and goes by the folder.
#[cfg(not(unix))]
fn keep_access(_file: &File, _there: &Metadata) -> io::Result<()> {
    Ok(())
}

/// The same, where nothing of that name is yet; what is there stays, and is an error.
pub(crate) fn create(path: &Path, content: &[u8], readers: Readers) -> io::Result<()> {
    let folder = folder_of(path);
    let mut temporary = temporary_in(folder, readers)?;
    temporary.write_all(content)?;
    temporary.as_file().sync_all()?;
    temporary.persist_noclobber(path).map_err(|error| error.error)?;
    sync_folder(folder)
}

/// Removes a file for good.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    std::fs::remove_file(path)?;
    sync_folder(folder_of(path))
}

fn temporary_in(folder: &Path, readers: Readers) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".aidb-").suffix(".tmp");
    // A temporary file is its owner's alone unless it is told otherwise.
    #[cfg(unix)]
    if readers == Readers::Usual {
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Creates a folder that is its owner's alone (0700), and those above it, durably: what is written into it would be gone with
/// it. What exists keeps its permissions.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    let created: Vec<&Path> = path.ancestors().take_while(|folder| !folder.exists()).collect();
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    created.into_iter().rev().map(folder_of).try_for_each(sync_folder)
}

/// The folder that a name stands in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A created, renamed or removed file is only durable once its folder is on disk.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Folders cannot be opened there, and their system orders renames itself.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
