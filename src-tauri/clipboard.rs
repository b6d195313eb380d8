//! The clipboard: for what a person copies from the page, and for the one secret that a person may have, the key that aidb made for
//! an agent. The page never sees that.

use std::sync::mpsc::{self, Sender};

use secrecy::{ExposeSecret, SecretString};

use crate::contract::ErrorReport;
use crate::error::WindowError;

pub(crate) trait Clipboard: Send + Sync {
    /// Puts a secret on it, kept out of clipboard histories where the system can be told so.
    fn put(&self, secret: &SecretString) -> Result<(), ErrorReport>;
    /// Puts a text on it.
    fn put_text(&self, text: String) -> Result<(), ErrorReport>;
    /// Takes a secret off again, only if it is still there.
    fn clear(&self, secret: &SecretString) -> Result<(), ErrorReport>;
}

type Work = Box<dyn FnOnce(&mut Result<arboard::Clipboard, arboard::Error>) + Send>;

/// The clipboard of the system, on a thread of its own: under X11 what was copied is there only as long as whoever copied it
/// answers for it.
pub(crate) struct SystemClipboard {
    thread: Sender<Work>,
}

impl SystemClipboard {
    /// Nothing is asked of the system before something is copied.
    pub(crate) fn new() -> Self {
        let (thread, work) = mpsc::channel::<Work>();
        // Where no thread can be started, the channel is closed and every use says so.
        let _ = std::thread::Builder::new().name("aidb-clipboard".into()).spawn(move || {
            let Ok(first) = work.recv() else { return };
            let mut clipboard = arboard::Clipboard::new();
            first(&mut clipboard);
            for next in work {
                if clipboard.is_err() {
                    clipboard = arboard::Clipboard::new();
                }
                next(&mut clipboard);
            }
        });
        Self { thread }
    }

    fn ask(
        &self,
        work: impl FnOnce(&mut arboard::Clipboard) -> Result<(), arboard::Error> + Send + 'static,
    ) -> Result<(), String> {
        let (answer, answered) = mpsc::channel();
        let work: Work = Box::new(move |clipboard| {
            let done = match clipboard {
                Ok(clipboard) => work(clipboard).map_err(|error| error.to_string()),
                Err(error) => Err(error.to_string()),
            };
            // Whoever asked is waiting for it, or the process is ending.
            let _ = answer.send(done);
        });
        let gone = || "the clipboard's thread has ended".to_owned();
        self.thread.send(work).map_err(|_| gone())?;
        answered.recv().map_err(|_| gone())?
    }
}

impl Clipboard for SystemClipboard {
    fn put(&self, secret: &SecretString) -> Result<(), ErrorReport> {
        let secret = secret.clone();
        let put = move |clipboard: &mut arboard::Clipboard| private(clipboard.set()).text(secret.expose_secret());
        self.ask(put).map_err(|reason| WindowError::Clipboard { reason }.into())
    }

    fn put_text(&self, text: String) -> Result<(), ErrorReport> {
        self.ask(move |clipboard| clipboard.set_text(text)).map_err(|reason| WindowError::Clipboard { reason }.into())
    }

    fn clear(&self, secret: &SecretString) -> Result<(), ErrorReport> {
        let secret = secret.clone();
        let clear = move |clipboard: &mut arboard::Clipboard| match clipboard.get_text() {
            Ok(text) if text == secret.expose_secret() => clipboard.clear(),
            // Something else is on it, or nothing that is text: it is not ours to clear.
            Ok(_) | Err(arboard::Error::ContentNotAvailable) => Ok(()),
            Err(error) => Err(error),
        };
        self.ask(clear).map_err(|reason| WindowError::ClipboardNotCleared { reason }.into())
    }
}

#[cfg(target_os = "linux")]
fn private(set: arboard::Set<'_>) -> arboard::Set<'_> {
    arboard::SetExtLinux::exclude_from_history(set)
}

#[cfg(target_os = "windows")]
fn private(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtWindows as _;
    set.exclude_from_history().exclude_from_cloud()
}

#[cfg(target_os = "macos")]
fn private(set: arboard::Set<'_>) -> arboard::Set<'_> {
    arboard::SetExtApple::exclude_from_history(set)
}
