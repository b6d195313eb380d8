//! What commands may do to the window.

use std::path::Path;

use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_opener::OpenerExt as _;

use crate::contract::ErrorReport;
use crate::error::WindowError;

/// The label of the one window.
pub(crate) const LABEL: &str = "main";

/// The one window.
pub(crate) trait Window: Send + Sync {
    /// Closes it for good, without asking again.
    fn close(&self);
    /// Shows a folder in the system's file browser.
    fn show_folder(&self, folder: &Path) -> Result<(), ErrorReport>;
}

/// The window of the system.
pub(crate) struct SystemWindow<R: Runtime>(pub(crate) AppHandle<R>);

impl<R: Runtime> Window for SystemWindow<R> {
    fn close(&self) {
        match self.0.get_webview_window(LABEL).map(|window| window.destroy()) {
            Some(Ok(())) => {}
            Some(Err(_)) | None => self.0.exit(0),
        }
    }

    fn show_folder(&self, folder: &Path) -> Result<(), ErrorReport> {
        let opened = self.0.opener().open_path(folder.display().to_string(), None::<&str>);
        opened
            .map_err(|error| WindowError::NoFileBrowser { folder: folder.to_owned(), reason: error.to_string() }.into())
    }
}
