//! Files that a person picks, drops or types.

use std::path::PathBuf;
use std::sync::Arc;

use aidb_core::error::ErrorCode;
use aidb_core::operations::{Error, check_configuration, excerpt};

use crate::contract::{
    ErrorReport, ExcerptRequest, ExcerptView, FileCheck, FileChoice, FilePick, FilePlace, PickedFile,
};
use crate::desktop::Desktop;
use crate::paths;
use crate::progress::Listen;
use crate::views;

/// What the file is called in errors.
const WHAT: &str = "Configuration file";

/// Asks which file to open.
pub(crate) async fn file_pick(desktop: Arc<Desktop>, request: FilePick, _: Listen) -> Result<PickedFile, ErrorReport> {
    Ok(picked(desktop.dialogs.pick(request.purpose).await?))
}

/// Asks where to write.
pub(crate) async fn file_place(
    desktop: Arc<Desktop>,
    request: FilePlace,
    _: Listen,
) -> Result<PickedFile, ErrorReport> {
    let suggested = paths::file_name(&request.suggested);
    Ok(picked(desktop.dialogs.place(request.purpose, &suggested).await?))
}

fn picked(path: Option<PathBuf>) -> PickedFile {
    PickedFile { path: path.map(|path| path.display().to_string()) }
}

/// Checks a configuration file, until it is done or stopped.
pub(crate) async fn file_check(
    desktop: Arc<Desktop>,
    request: FileChoice,
    _: Listen,
) -> Result<FileCheck, ErrorReport> {
    let path = desktop.path(&request.path)?;
    let file = path.clone();
    let check = move |cancel: &_| Ok(views::files::file_check(&file, check_configuration(&file, WHAT, cancel)?));
    desktop.checks.run(&path, check).await
}

/// Stops checking a file; a check that is done already stays done.
pub(crate) async fn file_check_stop(desktop: Arc<Desktop>, request: FileChoice, _: Listen) -> Result<(), ErrorReport> {
    desktop.checks.stop(&desktop.path(&request.path)?);
    Ok(())
}

/// The text around a finding.
pub(crate) async fn file_excerpt(
    desktop: Arc<Desktop>,
    request: ExcerptRequest,
    _: Listen,
) -> Result<ExcerptView, ErrorReport> {
    let path = desktop.path(&request.path)?;
    let line = usize::try_from(request.line).unwrap_or(usize::MAX);
    aside(move || Ok(excerpt(&path, WHAT, line)?.into())).await
}

/// A large file takes a second to be checked: the other commands go on meanwhile.
pub(crate) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, ErrorReport> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(error) => Err(ErrorReport {
            code: ErrorCode::Internal,
            message: "aidb itself failed while it read the file. Nothing was changed.".into(),
            hint: Some("Save a support bundle in Settings and send it to whoever looks after aidb.".into()),
            details: vec![error.to_string()],
        }),
    }
}
