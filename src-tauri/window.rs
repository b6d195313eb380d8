//! What commands may do to the window.

use std::path::Path;

use tauri::{AppHandle, Manager, Runtime, WebviewWindow};
use tauri_plugin_opener::OpenerExt as _;

use crate::contract::ErrorReport;
use crate::error::WindowError;

/// The label of the one window.
pub(crate) const LABEL: &str = "main";

pub(crate) trait Window: Send + Sync {
    /// Closes it for good, without asking again.
    fn close(&self);
    /// Draws the page at so many percent of its size.
    fn zoom(&self, percent: u16) -> Result<(), ErrorReport>;
    /// Shows a folder in the system's file browser.
    fn show_folder(&self, folder: &Path) -> Result<(), ErrorReport>;
}

/// Draws a window's page at so many percent of its size.
pub(crate) fn draw_at<R: Runtime>(window: &WebviewWindow<R>, percent: u16) -> tauri::Result<()> {
    window.set_zoom(f64::from(percent) / 100.0)
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

    fn zoom(&self, percent: u16) -> Result<(), ErrorReport> {
        let Some(window) = self.0.get_webview_window(LABEL) else { return Ok(()) };
        draw_at(&window, percent).map_err(|error| WindowError::NoZoom { reason: error.to_string() }.into())
    }

    fn show_folder(&self, folder: &Path) -> Result<(), ErrorReport> {
        let opened = self.0.opener().open_path(folder.display().to_string(), None::<&str>);
        opened
            .map_err(|error| WindowError::NoFileBrowser { folder: folder.to_owned(), reason: error.to_string() }.into())
    }
}
