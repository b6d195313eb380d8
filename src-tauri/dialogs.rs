//! Dialogs of the system, behind a trait, because WebDriver cannot touch a native dialog and tests answer themselves. What
//! is asked here the page can neither answer nor word.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;

use aidb_core::config::display_text_limited;
use rfd::{AsyncFileDialog, AsyncMessageDialog, FileHandle, MessageButtons, MessageDialogResult, MessageLevel};
use tauri::{AppHandle, Runtime};
use tokio::sync::oneshot;

use crate::contract::{ErrorReport, FilePurpose};
use crate::error::WindowError;

/// The answer to a dialog, when it comes: `None` when the person closed it.
pub(crate) type Picked = Pin<Box<dyn Future<Output = Result<Option<PathBuf>, ErrorReport>> + Send>>;

/// The answer to a question, when it comes. A question that is closed is answered with no.
pub(crate) type Answered = Pin<Box<dyn Future<Output = Result<bool, ErrorReport>> + Send>>;

/// Length of a path or server in a question.
const LONGEST: usize = 300;

/// A question that a person answers with yes or no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// Subject, in few words.
    pub(crate) title: String,
    /// Question, and what a yes means.
    pub(crate) text: String,
    /// Label of the button that agrees.
    pub(crate) yes: &'static str,
}

impl Question {
    /// Whether to look into a file that was typed and is no configuration.
    pub(crate) fn no_configuration(path: &Path) -> Self {
        Self {
            title: "Show what is in this file?".into(),
            text: format!(
                "{} was typed as a configuration file, and it is none, or has errors. If you go on, the window shows what is wrong with it, and lines of it.",
                named(path)
            ),
            yes: "Show it",
        }
    }

    /// Whether to believe servers by a CA whose path was typed.
    pub(crate) fn ca_file(path: &Path) -> Self {
        Self {
            title: "Trust this certificate file?".into(),
            text: format!(
                "{} was typed as the CA certificate of an environment. If you go on, servers with a certificate from it are believed, and get the environment’s API key.",
                named(path)
            ),
            yes: "Trust it",
        }
    }

    /// Whether to talk to a server that no environment has led to.
    pub(crate) fn server(server: &str) -> Self {
        Self {
            title: "Connect to this server?".into(),
            text: format!(
                "{}\n\nNo environment has led to it before. If you go on, aidb sends requests to it, with the API key that is entered for it.",
                display_text_limited(server, LONGEST)
            ),
            yes: "Connect",
        }
    }

    /// Whether to write over a file that the save dialog has not asked about, because it was named without its ending.
    pub(crate) fn overwrite(path: &Path) -> Self {
        Self {
            title: "Replace this file?".into(),
            text: format!("{} is there already. If you go on, what is in it is lost.", named(path)),
            yes: "Replace it",
        }
    }
}

fn named(path: &Path) -> String {
    display_text_limited(&path.to_string_lossy(), LONGEST)
}

pub(crate) trait Dialogs: Send + Sync {
    /// The file to open.
    fn pick(&self, purpose: FilePurpose) -> Picked;
    /// Destination; asks about overwriting by itself.
    fn destination(&self, purpose: FilePurpose, suggested: &str) -> Picked;
    fn ask(&self, question: &Question) -> Answered;
}

/// The dialogs of the system's toolkit.
pub(crate) struct SystemDialogs<R: Runtime>(pub(crate) AppHandle<R>);

type Shown<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl<R: Runtime> SystemDialogs<R> {
    /// The toolkit wants its dialogs made on the main thread; the answer may be waited for anywhere.
    fn show<T: Send + 'static>(
        &self,
        make: impl FnOnce() -> Shown<T> + Send + 'static,
    ) -> impl Future<Output = Result<T, ErrorReport>> + Send + 'static {
        let (made, dialog) = oneshot::channel();
        let asked = self.0.run_on_main_thread(move || drop(made.send(make())));
        async move {
            let refused = || ErrorReport::from(WindowError::Dialog);
            asked.map_err(|_| refused())?;
            Ok(dialog.await.map_err(|_| refused())?.await)
        }
    }

    fn file(&self, make: impl FnOnce() -> Shown<Option<FileHandle>> + Send + 'static) -> Picked {
        let shown = self.show(make);
        Box::pin(async move { Ok(shown.await?.map(|file| file.path().to_owned())) })
    }
}

impl<R: Runtime> Dialogs for SystemDialogs<R> {
    fn pick(&self, purpose: FilePurpose) -> Picked {
        self.file(move || Box::pin(dialog(purpose).pick_file()))
    }

    fn destination(&self, purpose: FilePurpose, suggested: &str) -> Picked {
        let suggested = suggested.to_owned();
        self.file(move || Box::pin(dialog(purpose).set_file_name(suggested).save_file()))
    }

    fn ask(&self, question: &Question) -> Answered {
        let Question { title, text, yes } = question.clone();
        let shown = self.show(move || {
            let buttons = MessageButtons::OkCancelCustom(yes.into(), "Cancel".into());
            let dialog = AsyncMessageDialog::new().set_level(MessageLevel::Warning).set_buttons(buttons);
            Box::pin(dialog.set_title(title).set_description(text).show())
        });
        Box::pin(async move {
            // Systems differ in whether they answer with the button or with what it says.
            Ok(match shown.await? {
                MessageDialogResult::Ok | MessageDialogResult::Yes => true,
                MessageDialogResult::Custom(said) => said == yes,
                MessageDialogResult::No | MessageDialogResult::Cancel => false,
            })
        })
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
