//! File dialogs of the system, behind a trait, because WebDriver cannot touch a native dialog and tests answer themselves.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

use rfd::{AsyncFileDialog, FileHandle};
use tauri::{AppHandle, Runtime};
use tokio::sync::oneshot;

use crate::contract::{ErrorReport, FilePurpose};
use crate::error::WindowError;

/// The answer to a dialog, when it comes: `None` when the person closed it.
pub(crate) type Picked = Pin<Box<dyn Future<Output = Result<Option<PathBuf>, ErrorReport>> + Send>>;

/// Asks for files.
pub(crate) trait Dialogs: Send + Sync {
    /// Which file to open.
    fn pick(&self, purpose: FilePurpose) -> Picked;
    /// Where to write; asks about overwriting by itself.
    fn place(&self, purpose: FilePurpose, suggested: &str) -> Picked;
}

/// The dialogs of the system's toolkit.
pub(crate) struct SystemDialogs<R: Runtime>(pub(crate) AppHandle<R>);

type Chosen = Pin<Box<dyn Future<Output = Option<FileHandle>> + Send>>;

impl<R: Runtime> SystemDialogs<R> {
    /// The toolkit wants its dialogs made on the main thread; the answer may be waited for anywhere.
    fn ask(&self, make: impl FnOnce() -> Chosen + Send + 'static) -> Picked {
        let (made, dialog) = oneshot::channel();
        let asked = self.0.run_on_main_thread(move || drop(made.send(make())));
        Box::pin(async move {
            let refused = || ErrorReport::from(WindowError::Dialog);
            asked.map_err(|_| refused())?;
            let chosen = dialog.await.map_err(|_| refused())?.await;
            Ok(chosen.map(|file| file.path().to_owned()))
        })
    }
}

impl<R: Runtime> Dialogs for SystemDialogs<R> {
    fn pick(&self, purpose: FilePurpose) -> Picked {
        self.ask(move || Box::pin(dialog(purpose).pick_file()))
    }

    fn place(&self, purpose: FilePurpose, suggested: &str) -> Picked {
        let suggested = suggested.to_owned();
        self.ask(move || Box::pin(dialog(purpose).set_file_name(suggested).save_file()))
    }
}

fn dialog(purpose: FilePurpose) -> AsyncFileDialog {
    let (title, kind, endings): (_, _, &[&str]) = match purpose {
        FilePurpose::Configuration => ("Configuration file", "Configuration files", &["json"]),
        FilePurpose::Backup => ("Backup file", "Backup files", &["json"]),
        FilePurpose::CaFile => ("CA certificate", "Certificates", &["pem", "crt", "cer"]),
        FilePurpose::PlanPage => ("Plan as a page", "Pages", &["html"]),
        FilePurpose::HistoryCsv => ("History as CSV", "CSV files", &["csv"]),
        FilePurpose::HistoryJson => ("History as JSON", "JSON files", &["json"]),
        FilePurpose::SupportBundle => ("Support bundle", "JSON files", &["json"]),
    };
    AsyncFileDialog::new().set_title(title).add_filter(kind, endings).add_filter("All files", &["*"])
}
