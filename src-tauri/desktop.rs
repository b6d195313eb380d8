//! What the commands work with: the engine, built once and again when its settings change, and what the window adds to it.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use aidb_core::connector::Proxies;
use aidb_core::error::ErrorCode;
use aidb_core::operations::{Engine, EngineSettings, Look};
use aidb_core::store::{Program, Store};
use aidb_core::vault::Vault;
use secrecy::SecretString;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use crate::batch_sessions::BatchSessions;
use crate::checks::Checks;
use crate::chosen::{Chosen, ChosenFiles, Reading, Use};
use crate::clipboard::Clipboard;
use crate::contract::{ChosenFile, ErrorReport, NamedFile, RecoveredView};
use crate::dialogs::{Dialogs, Question};
use crate::error::WindowError;
use crate::plan_sessions::PlanSessions;
use crate::preferences::Preferences;
use crate::sample_servers::SampleServers;
use crate::servers::AgreedServers;
use crate::window::Window;

/// Parts of the application. Tests put their own dialogs, clipboard and window in; everything else is real.
pub(crate) struct Parts {
    pub(crate) folder: PathBuf,
    pub(crate) vault: Vault,
    /// The account, for the history.
    pub(crate) actor: String,
    pub(crate) proxies: Proxies,
    /// The person's own folder: `~`.
    pub(crate) home: Option<PathBuf>,
    /// A configuration file that the application was opened with.
    pub(crate) open_file: Option<PathBuf>,
    pub(crate) dialogs: Box<dyn Dialogs>,
    pub(crate) clipboard: Arc<dyn Clipboard>,
    pub(crate) window: Box<dyn Window>,
}

pub(crate) struct Desktop {
    /// What had to be done so that nobody else gets into the data folder.
    guarded: Option<String>,
    engine: RwLock<Arc<Engine>>,
    folder: PathBuf,
    actor: String,
    proxies: Proxies,
    home: Option<PathBuf>,
    opening: Mutex<Opening>,
    copied: Mutex<Option<SecretString>>,
    /// What the start recovered, once it has.
    pub(crate) recovered: OnceCell<Vec<RecoveredView>>,
    /// Preferences, kept from start to start.
    pub(crate) preferences: Preferences,
    /// The last looks of before this start, by environment.
    pub(crate) looks_before: BTreeMap<String, Look>,
    pub(crate) sandbox: SampleServers,
    /// The plans that the page has tickets for.
    pub(crate) plans: PlanSessions,
    /// The batches that the page has tickets for.
    pub(crate) batches: BatchSessions,
    /// The files that a person chose.
    pub(crate) files: ChosenFiles,
    /// The servers that a person agreed to.
    servers: AgreedServers,
    /// The files that are being checked.
    pub(crate) checks: Checks,
    /// Stops the reading of the overview that is under way.
    pub(crate) overview: Mutex<Option<CancellationToken>>,
    /// Whether a form of the page holds what was not saved.
    pub(crate) unsaved: AtomicBool,
    pub(crate) dialogs: Box<dyn Dialogs>,
    pub(crate) clipboard: Arc<dyn Clipboard>,
    pub(crate) window: Box<dyn Window>,
}

/// Who takes a file that the application is opened with.
enum Opening {
    /// Nobody yet: the page has not started.
    Waiting(Option<PathBuf>),
    Listening,
}

impl Desktop {
    /// Puts it together. Reads what the window remembers, and opens nothing else yet.
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { folder, vault, actor, proxies, home, open_file, dialogs, clipboard, window } = parts;
        // Before anything in it is read.
        let guarded = Store::guard_in_words(&folder);
        let preferences = Preferences::in_folder(&folder);
        let settings = settings(&actor, &proxies, &preferences);
        Self {
            guarded: guarded.ok().flatten(),
            engine: RwLock::new(Arc::new(Engine::new(folder.clone(), vault, settings))),
            sandbox: SampleServers::in_folder(&folder),
            files: ChosenFiles::beside(&folder),
            servers: AgreedServers::default(),
            folder,
            actor,
            proxies,
            home,
            opening: Mutex::new(Opening::Waiting(open_file)),
            copied: Mutex::default(),
            recovered: OnceCell::new(),
            looks_before: preferences.get().looks,
            preferences,
            plans: PlanSessions::default(),
            batches: BatchSessions::default(),
            checks: Checks::default(),
            overview: Mutex::default(),
            unsaved: AtomicBool::new(false),
            dialogs,
            clipboard,
            window,
        }
    }

    /// That the data folder was open to others when this started, as something to look at.
    pub(crate) fn closed_folder(&self) -> Option<ErrorReport> {
        let message = self.guarded.clone()?;
        let hint =
            Some("If somebody may have been in it, have the keys replaced, and look at the environments' URLs.".into());
        Some(ErrorReport { code: ErrorCode::StoreUnusable, message, hint, details: Vec::new() })
    }

    /// The engine as it is now. What runs keeps the one that it began with.
    pub(crate) fn engine(&self) -> Arc<Engine> {
        Arc::clone(&self.engine.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Works by the settings as they are remembered now, and with that vault, from now on.
    pub(crate) fn rebuild(&self, vault: Vault) {
        let settings = settings(&self.actor, &self.proxies, &self.preferences);
        let engine = Arc::new(Engine::new(self.folder.clone(), vault, settings));
        *self.engine.write().unwrap_or_else(PoisonError::into_inner) = engine;
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Path of a file that the page names. Whether anything of it may be shown is not said by that.
    pub(crate) fn path(&self, file: &NamedFile) -> Result<PathBuf, WindowError> {
        match file {
            NamedFile::Chosen { ticket } => Ok(self.files.to_read(ticket, Reading::Configuration)?.path),
            NamedFile::Typed { path } => self.typed(path),
        }
    }

    fn typed(&self, text: &str) -> Result<PathBuf, WindowError> {
        let path = crate::paths::typed(text, self.home.as_deref())?;
        self.files.ordinary(&path)?;
        Ok(path)
    }

    /// The file that the page names as one to be read as that. A person is asked about one that was typed, unless `told` says
    /// that it is what it was typed as.
    pub(crate) async fn chosen(
        &self,
        file: &NamedFile,
        reading: Reading,
        told: impl AsyncFnOnce(&Path) -> Result<bool, ErrorReport>,
    ) -> Result<Chosen, ErrorReport> {
        let path = match file {
            NamedFile::Chosen { ticket } => return Ok(self.files.to_read(ticket, reading)?),
            NamedFile::Typed { path } => self.typed(path)?,
        };
        if let Some(known) = self.files.known(&path, reading) {
            return Ok(known);
        }
        if !told(&path).await? {
            let (question, declined) = match reading {
                Reading::Configuration => {
                    (Question::no_configuration(&path), WindowError::NoConfiguration { path: path.clone() })
                }
                Reading::CaFile => (Question::ca_file(&path), WindowError::CaDeclined { path: path.clone() }),
            };
            if !self.dialogs.ask(&question).await? {
                return Err(declined.into());
            }
        }
        Ok(self.files.grant(path, Use::Read(reading))?)
    }

    /// Has a person agree to the server of a URL, where no environment leads to it.
    pub(crate) async fn agree_to_server(&self, url: &str) -> Result<(), ErrorReport> {
        self.servers.agree(self.dialogs.as_ref(), &self.engine(), url).await
    }

    /// The file that the application was opened with, for the page that starts now. A later one is told to it as it comes.
    pub(crate) fn take_open_file(&self) -> Result<Option<ChosenFile>, WindowError> {
        let mut opening = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *opening, Opening::Listening) {
            Opening::Waiting(Some(path)) => Ok(Some(self.opened(path)?)),
            Opening::Waiting(None) | Opening::Listening => Ok(None),
        }
    }

    /// A file that is to be opened: given back where the page listens already, kept for its start where it does not yet.
    pub(crate) fn open_file(&self, path: PathBuf) -> Result<Option<ChosenFile>, WindowError> {
        let mut opening = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *opening {
            Opening::Listening => Ok(Some(self.opened(path)?)),
            Opening::Waiting(file) => {
                *file = Some(path);
                Ok(None)
            }
        }
    }

    fn opened(&self, path: PathBuf) -> Result<ChosenFile, WindowError> {
        Ok(self.files.grant(path, Use::Read(Reading::Configuration))?.into())
    }

    /// Puts a secret on the clipboard, and knows which, so that it can be taken off again.
    pub(crate) fn copy(&self, secret: &SecretString) -> Result<(), ErrorReport> {
        self.clipboard.put(secret)?;
        *self.copied.lock().unwrap_or_else(PoisonError::into_inner) = Some(secret.clone());
        Ok(())
    }

    /// Takes the last secret off the clipboard, where it is still on it.
    pub(crate) fn clear_clipboard(&self) -> Result<(), ErrorReport> {
        let copied = self.copied.lock().unwrap_or_else(PoisonError::into_inner).take();
        copied.map_or(Ok(()), |secret| self.clipboard.clear(&secret))
    }
}

fn settings(actor: &str, proxies: &Proxies, preferences: &Preferences) -> EngineSettings {
    let plain = EngineSettings::for_actor(actor);
    let in_flight = NonZeroUsize::new(preferences.get().settings.parallel_requests.into()).unwrap_or(plain.in_flight);
    EngineSettings { in_flight, program: Program::Window, proxies: proxies.clone(), ..plain }
}
