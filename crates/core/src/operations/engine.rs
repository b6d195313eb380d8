//! The engine: store, vault and settings, built once by the window or the command line.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use super::{Beside, Error, WhenMoved};
use crate::apply::DEFAULT_IN_FLIGHT;
use crate::connector::{Connector, Limits, Proxies, RetryNotice, RetryPolicy, Session};
use crate::progress::{Event, ProgressSink, Silent};
use crate::store::{BatchId, By, Program, Store};
use crate::vault::Vault;

/// Number of times a read is tried at most before anything was written.
const READ_ATTEMPTS: usize = 3;

/// Settings that the front end decides.
#[derive(Clone, Debug)]
pub struct EngineSettings {
    /// Person at work, for the history: the name of the account.
    pub actor: String,
    /// The program, for whoever finds an agent taken.
    pub program: Program,
    /// Number of calls at once.
    pub in_flight: NonZeroUsize,
    /// Time and size limits of a call.
    pub limits: Limits,
    /// Policy for repeating calls.
    pub retry: RetryPolicy,
    /// Proxies by scheme, and the hosts that none leads to.
    pub proxies: Proxies,
}

impl EngineSettings {
    /// The defaults for `actor`, in a terminal.
    #[must_use]
    pub fn for_actor(actor: impl Into<String>) -> Self {
        Self {
            actor: actor.into(),
            program: Program::Terminal,
            in_flight: DEFAULT_IN_FLIGHT,
            limits: Limits::default(),
            retry: RetryPolicy::default(),
            proxies: Proxies::default(),
        }
    }
}

/// Context of one operation: who listens, what stops it, and why it is done.
#[derive(Clone)]
pub struct Context {
    /// Told what happens.
    pub progress: Arc<dyn ProgressSink>,
    /// Stops it.
    pub cancel: CancellationToken,
    /// Reason, in the person's words, for the history.
    pub reason: Option<String>,
    /// Behaviour while somebody else is changing the same agent.
    pub when_busy: WhenBusy,
    /// Behaviour where the target moved before an apply had its turn.
    pub when_moved: WhenMoved,
    /// A file for the keys that are made for agents, besides the vault.
    pub agent_key_out: Option<Arc<Beside>>,
    /// A file for the backups that are taken, besides the store.
    pub backup_out: Option<Arc<Beside>>,
    /// The batch that this is part of.
    pub batch: Option<BatchId>,
}

/// Behaviour while somebody else is changing the same agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenBusy {
    /// Whether it is said who.
    #[default]
    Refuse,
    /// They are waited for.
    Wait,
}

impl Default for Context {
    fn default() -> Self {
        let cancel = CancellationToken::new();
        Self {
            progress: Arc::new(Silent),
            cancel,
            reason: None,
            when_busy: WhenBusy::default(),
            when_moved: WhenMoved::default(),
            agent_key_out: None,
            backup_out: None,
            batch: None,
        }
    }
}

/// The engine. The store is opened when it is first needed, so that validating works where nothing can be stored.
pub struct Engine {
    folder: PathBuf,
    store: OnceCell<Store>,
    pub(super) vault: Vault,
    pub(super) settings: EngineSettings,
}

impl Engine {
    /// An engine that keeps its store in `folder` and its secrets in `vault`. Opens nothing yet.
    pub fn new(folder: impl Into<PathBuf>, vault: Vault, settings: EngineSettings) -> Self {
        Self { folder: folder.into(), store: OnceCell::new(), vault, settings }
    }

    /// Data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Person at work, for the history.
    #[must_use]
    pub fn actor(&self) -> &str {
        &self.settings.actor
    }

    /// Person at work, for the records of what is changed in aidb itself.
    pub(super) fn by(&self) -> By {
        By { actor: self.settings.actor.clone(), program: self.settings.program, at: self.now() }
    }

    /// Where this engine keeps its secrets.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The store, opened on first use.
    ///
    /// # Errors
    /// The store cannot be opened, is damaged, or of a newer version.
    pub async fn store(&self) -> Result<&Store, Error> {
        Ok(self.store.get_or_try_init(|| Store::open(&self.folder)).await?)
    }

    /// Sees to it that nobody else gets into the data folder, before anything of it is used. Says what had to be done.
    ///
    /// # Errors
    /// It belongs to somebody else, or cannot be closed.
    pub fn guard_folder(&self) -> Result<Option<String>, Error> {
        Ok(Store::guard_in_words(&self.folder)?)
    }

    /// A session for reading: repeats safe calls, tells progress, stops on cancel. Somebody is waiting to see a plan, and
    /// nothing is at stake yet: a server that is not there is said sooner than in the middle of an apply.
    pub(super) fn session(&self, connector: &Connector, context: &Context) -> Session {
        let progress = Arc::clone(&context.progress);
        let tell = move |notice: RetryNotice| progress.emit(Event::from(notice));
        let retry = RetryPolicy { attempts: self.settings.retry.attempts.min(READ_ATTEMPTS), ..self.settings.retry };
        Session::new(connector.clone(), retry, context.cancel.clone(), Arc::new(tell))
    }

    /// The only clock of the engine: for people to read, never for order (docs/QUALITY.md, R9).
    pub(super) fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}
