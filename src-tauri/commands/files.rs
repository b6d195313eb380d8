//! Files that a person picks, drops or types.

use std::path::Path;
use std::sync::Arc;

use aidb_core::config;
use aidb_core::files::{self, Overwrite};
use aidb_core::operations::{BackupFile, RollbackSource, check_configuration, excerpt};

use crate::blocking::spawn_blocking;
use crate::chosen::{Chosen, Reading, Use};
use crate::contract::{
    ErrorReport, ExcerptRequest, ExcerptView, FileCheck, FileChoice, FileDestination, FilePick, FilePurpose, NamedFile,
    PickedFile,
};
use crate::desktop::Desktop;
use crate::dialogs::Question;
use crate::error::WindowError;
use crate::paths;
use crate::views;

/// Name of the file in errors.
const WHAT: &str = "Configuration file";

/// Asks which file to open.
pub(crate) async fn file_pick(desktop: Arc<Desktop>, request: FilePick) -> Result<PickedFile, ErrorReport> {
    let Some(path) = desktop.dialogs.pick(request.purpose).await? else { return Ok(PickedFile { file: None }) };
    let reading = match request.purpose {
        FilePurpose::CaFile => Reading::CaFile,
        _ => Reading::Configuration,
    };
    desktop.files.ordinary(&path)?;
    Ok(PickedFile { file: Some(desktop.files.grant(path, Use::Read(reading))?.into()) })
}

/// Asks where to write.
pub(crate) async fn file_destination(
    desktop: Arc<Desktop>,
    request: FileDestination,
) -> Result<PickedFile, ErrorReport> {
    let suggested = paths::file_name(&request.suggested);
    let Some(named) = desktop.dialogs.destination(request.purpose, &suggested).await? else {
        return Ok(PickedFile { file: None });
    };
    let path = paths::with_ending(named.clone(), request.purpose);
    desktop.files.destination(&path, request.purpose)?;
    let overwrite = overwriting(&desktop, &named, &path).await?;
    Ok(PickedFile { file: Some(desktop.files.grant(path, Use::Write(request.purpose, overwrite))?.into()) })
}

/// What may be written over, where a person named a file and a path was made of that. The dialog has asked about what they
/// named, where that was there; about what was made of it they are asked here.
async fn overwriting(desktop: &Desktop, named: &Path, path: &Path) -> Result<Overwrite, ErrorReport> {
    if path.symlink_metadata().is_err() {
        return Ok(Overwrite::Nothing);
    }
    if named != path && !desktop.dialogs.ask(&Question::overwrite(path)).await? {
        return Err(WindowError::OverwriteDeclined { path: path.into() }.into());
    }
    Ok(Overwrite::Anything)
}

/// Checks a configuration file, or one that holds a backup, until it is done or stopped.
pub(crate) async fn file_check(desktop: Arc<Desktop>, request: FileChoice) -> Result<FileCheck, ErrorReport> {
    let Chosen { ticket, path, .. } = to_read(&desktop, &request.file, WHAT).await?;
    let file = path.clone();
    let reading = desktop.checks.run(&path, move |cancel| check_configuration(&file, WHAT, cancel)).await?;
    let file = path.clone();
    let backup = match reading.configuration {
        Some(_) => None,
        None => spawn_blocking(move || BackupFile::read(&file)?.map(|kept| kept.choose(None)).transpose()).await?,
    };
    Ok(match backup {
        Some(RollbackSource::Kept { backup, .. }) => views::files::backup_check(ticket, &path, &backup),
        _ => views::files::file_check(ticket, &path, reading),
    })
}

/// A file to be read as a configuration. What was typed and is none stays unread unless a person says otherwise.
pub(super) async fn to_read(desktop: &Desktop, file: &NamedFile, what: &'static str) -> Result<Chosen, ErrorReport> {
    let is_configuration = async |path: &Path| {
        let file = path.to_owned();
        desktop
            .checks
            .run(path, move |_| {
                let bytes = files::read(&file, what)?;
                Ok(config::is_configuration(&bytes) || BackupFile::is_one(&bytes))
            })
            .await
    };
    desktop.chosen(file, Reading::Configuration, is_configuration).await
}

/// Stops checking a file; a check that is done already stays done.
pub(crate) async fn file_check_stop(desktop: Arc<Desktop>, request: FileChoice) -> Result<(), ErrorReport> {
    desktop.checks.stop(&desktop.path(&request.file)?);
    Ok(())
}

/// The text around a finding.
pub(crate) async fn file_excerpt(desktop: Arc<Desktop>, request: ExcerptRequest) -> Result<ExcerptView, ErrorReport> {
    let path = desktop.files.to_read(&request.file, Reading::Configuration)?.path;
    let line = usize::try_from(request.line).unwrap_or(usize::MAX);
    let file = path.clone();
    if !spawn_blocking(move || Ok(begins_as_one(&files::read(&file, WHAT)?))).await? {
        return Err(WindowError::NoExcerpt { path }.into());
    }
    spawn_blocking(move || Ok(excerpt(&path, WHAT, line)?.into())).await
}

/// Whether a text can have been meant as a configuration, as broken as it may be: it begins as an object does.
fn begins_as_one(text: &[u8]) -> bool {
    // Past a mark of its encoding, and the zeros of one with two bytes to a letter.
    let is_space = |byte: &&u8| byte.is_ascii_whitespace() || matches!(byte, 0 | 0xEF | 0xBB | 0xBF | 0xFE | 0xFF);
    text.iter().find(|byte| !is_space(byte)) == Some(&b'{')
}
