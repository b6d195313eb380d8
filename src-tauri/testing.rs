//! What tests of commands are made of: a real engine in a temporary folder, real sample servers, and fakes of the three things
//! that only a system has.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use aidb_core::vault::Vault;
use aidb_sandbox::{Sample, Sandbox, SandboxOptions};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tempfile::TempDir;

use crate::clipboard::Clipboard;
use crate::commands;
use crate::contract::{ErrorReport, FilePurpose};
use crate::desktop::{Desktop, Parts};
use crate::dialogs::{Answered, Dialogs, Picked, Question};
use crate::progress::{ProgressFn, nobody};
use crate::window::Window;

/// A key that must never be seen anywhere.
pub(crate) const KEY: &str = "canary-environment-key-5f1e";

/// What the system was asked to do.
#[derive(Clone, Default)]
pub(crate) struct System(Arc<Mutex<Told>>);

/// What it was told, and what it answers.
#[derive(Default)]
pub(crate) struct Told {
    /// The clipboard's content.
    pub(crate) clipboard: Option<String>,
    /// Whether it was closed.
    pub(crate) closed: bool,
    /// At what size the page was last drawn, in percent.
    pub(crate) zoom: Option<u16>,
    /// The folders that were shown.
    pub(crate) folders: Vec<PathBuf>,
    /// What a person picks.
    pub(crate) picks: Option<PathBuf>,
    /// The names that were offered.
    pub(crate) offered: Vec<String>,
    /// What was asked, outside of the page.
    pub(crate) asked: Vec<Question>,
    /// Whether a person says no to all that is asked.
    pub(crate) declines: bool,
}

impl System {
    /// Reads or changes it.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Told) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Dialogs for System {
    fn pick(&self, _: FilePurpose) -> Picked {
        let picked = self.with(|told| told.picks.clone());
        Box::pin(async move { Ok(picked) })
    }

    fn destination(&self, purpose: FilePurpose, suggested: &str) -> Picked {
        self.with(|told| told.offered.push(suggested.to_owned()));
        self.pick(purpose)
    }

    fn ask(&self, question: &Question) -> Answered {
        let agreed = self.with(|told| {
            told.asked.push(question.clone());
            !told.declines
        });
        Box::pin(async move { Ok(agreed) })
    }
}

impl Clipboard for System {
    fn put(&self, secret: &SecretString) -> Result<(), ErrorReport> {
        self.with(|told| told.clipboard = Some(secret.expose_secret().to_owned()));
        Ok(())
    }

    fn put_text(&self, text: String) -> Result<(), ErrorReport> {
        self.with(|told| told.clipboard = Some(text));
        Ok(())
    }

    fn clear(&self, secret: &SecretString) -> Result<(), ErrorReport> {
        self.with(|told| told.clipboard.take_if(|content| content == secret.expose_secret()));
        Ok(())
    }
}

impl Window for System {
    fn close(&self) {
        self.with(|told| told.closed = true);
    }

    fn zoom(&self, percent: u16) -> Result<(), ErrorReport> {
        self.with(|told| told.zoom = Some(percent));
        Ok(())
    }

    fn show_folder(&self, folder: &Path) -> Result<(), ErrorReport> {
        self.with(|told| told.folders.push(folder.to_owned()));
        Ok(())
    }
}

/// The application without its window.
pub(crate) struct Bench {
    /// The application.
    pub(crate) desktop: Arc<Desktop>,
    /// The system that it runs on.
    pub(crate) system: System,
    /// The folder that is its home; the data is in `data` within.
    pub(crate) home: TempDir,
}

impl Bench {
    /// Nothing stored, keys in memory.
    pub(crate) fn new() -> Self {
        Self::with_vault(Vault::memory())
    }

    /// Nothing stored, keys in that vault.
    pub(crate) fn with_vault(vault: Vault) -> Self {
        Self::at(tempfile::tempdir().expect("a folder"), vault)
    }

    /// Started again on the same folder.
    pub(crate) fn restarted(self, vault: Vault) -> Self {
        drop(self.desktop);
        Self::at(self.home, vault)
    }

    fn at(home: TempDir, vault: Vault) -> Self {
        let system = System::default();
        let parts = Parts {
            folder: home.path().join("data"),
            vault,
            actor: "tester".into(),
            proxies: aidb_core::connector::Proxies::default(),
            home: Some(home.path().to_owned()),
            open_file: None,
            dialogs: Box::new(system.clone()),
            clipboard: Arc::new(system.clone()),
            window: Box::new(system.clone()),
        };
        Self { desktop: Arc::new(Desktop::new(parts)), system, home }
    }

    /// Calls a command as the page does.
    pub(crate) async fn call(&self, name: &str, request: Value) -> Result<Value, ErrorReport> {
        self.call_told(name, request, nobody()).await
    }

    /// The same, with somebody who is told of progress.
    pub(crate) async fn call_told(&self, name: &str, request: Value, listen: ProgressFn) -> Result<Value, ErrorReport> {
        let command = commands::all().into_iter().find(|command| command.name == name).expect("a command");
        command.run(Arc::clone(&self.desktop), request, listen).await
    }

    /// Writes a file into the home folder.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.home.path().join(name);
        std::fs::write(&path, content).expect("written");
        path.display().to_string()
    }

    /// Has a person choose where to write, and answers the ticket of that place.
    pub(crate) async fn destination(&self, name: &str, purpose: &str) -> Value {
        self.system.with(|told| told.picks = Some(self.home.path().join(name)));
        let request = serde_json::json!({ "purpose": purpose, "suggested": name });
        self.call("file_destination", request).await.expect("a place")["file"]["ticket"].clone()
    }

    /// Adds an environment that leads to a server of its own, with a key, and answers its id.
    pub(crate) async fn environment(&self, name: &str, sample: Sample) -> (Sandbox, String) {
        let server = Sandbox::start(SandboxOptions::sample(sample)).await.expect("a server");
        let saved = self.call("environment_save", save(name, &server.url(), Some(KEY))).await.expect("saved");
        (server, saved["id"].as_str().expect("an id").to_owned())
    }
}

/// A file by its path, as somebody types it.
pub(crate) fn typed(path: impl AsRef<Path>) -> Value {
    serde_json::json!({ "kind": "typed", "path": path.as_ref() })
}

/// A file by the ticket that a person has given for it.
pub(crate) fn chosen(ticket: &Value) -> Value {
    serde_json::json!({ "kind": "chosen", "ticket": ticket })
}

/// A request to add an environment.
pub(crate) fn save(name: &str, url: &str, key: Option<&str>) -> Value {
    serde_json::json!({ "id": null, "form": form(name, url), "key": key })
}

/// A filled form.
pub(crate) fn form(name: &str, url: &str) -> Value {
    serde_json::json!({
        "name": name, "url": url, "colour": "amber", "protected": false, "default_agent": "my-agent", "ca_file": { "kind": "none" },
        "plain_http": false, "key_prompt": "never", "keep_backups": 20, "keep_days": 30,
    })
}
