//! What every command works with: the flags, the screen, and the engine once it is needed.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aidb_core::config::AgentId;
use aidb_core::connector::PlainHttp;
use aidb_core::operations::{Context, Engine, EngineSettings, Error, KeyNeed, Target, TargetRequest, WhenBusy};
use aidb_core::vault::Vault;
use directories::ProjectDirs;
use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;

use crate::args::{ApplyArgs, GlobalArgs, KeyStore};
use crate::failure::{CommandError, Failure};
use crate::progress::TerminalProgress;
use crate::screen::Screen;
use crate::usage::{Source, Sources};
use crate::variables;
use crate::view::human::Human;
use crate::view::json::Json;

/// One run of `aidb`.
pub(crate) struct Invocation {
    /// The flags that every command has.
    pub(crate) global: GlobalArgs,
    /// Where they came from.
    pub(crate) sources: Sources,
    /// Where words go.
    pub(crate) screen: Screen,
    /// Ctrl-C.
    pub(crate) cancel: CancellationToken,
    progress: Arc<TerminalProgress>,
}

impl Invocation {
    /// A run with these flags.
    pub(crate) fn new(global: GlobalArgs, sources: Sources) -> Self {
        let screen = Screen::new(global.output);
        let progress = Arc::new(TerminalProgress::new(screen, global.output));
        Self { global, sources, screen, cancel: CancellationToken::new(), progress }
    }

    /// The engine. Nothing is opened yet: its store when it is first needed, its keychain when a key is.
    pub(crate) fn engine(&self) -> Result<Engine, Failure> {
        let folder = self.data_folder()?;
        let vault = match self.global.run.key_store {
            KeyStore::Keychain => Vault::keychain(),
            KeyStore::File => Vault::file(folder.join("keys")),
            KeyStore::Memory => Vault::memory(),
        };
        let mut settings = EngineSettings::for_actor(variables::account());
        if let Some(in_flight) = self.global.run.in_flight {
            settings.in_flight = in_flight;
        }
        if let Some(seconds) = self.global.run.timeout {
            settings.limits.request = Duration::from_secs(seconds);
            settings.limits.connect = settings.limits.connect.min(settings.limits.request);
        }
        Ok(Engine::new(folder, vault, settings))
    }

    fn data_folder(&self) -> Result<PathBuf, Failure> {
        if let Some(folder) = self.global.run.data_dir.clone().filter(|folder| !folder.as_os_str().is_empty()) {
            return Ok(folder);
        }
        // The same folder as the window's.
        let folders = ProjectDirs::from("", "", "aidb").ok_or(CommandError::NoDataFolder)?;
        Ok(folders.data_dir().to_owned())
    }

    /// What was said about the target.
    pub(crate) fn request(&self) -> Result<TargetRequest, Failure> {
        let target = &self.global.target;
        if target.api_key.as_ref().is_some_and(|key| key.expose_secret().trim().is_empty()) {
            let message = "The API key that was given is empty. Nothing was sent.".into();
            let hint = "Check the variable or file that it comes from.".into();
            return Err(CommandError::BadValue { message, hint }.into());
        }
        Ok(TargetRequest {
            environment: target.environment.clone(),
            url: target.url.clone(),
            api_key: target.api_key.clone(),
            ca_file: target.ca_file.clone().into(),
            plain_http: target.allow_plain_http.then_some(PlainHttp::Allowed),
            key: KeyNeed::Required,
        })
    }

    /// The server that is meant.
    pub(crate) async fn target(&self, engine: &Engine) -> Result<Target, Failure> {
        self.target_of(engine, &self.request()?).await
    }

    /// The server that `request` means.
    pub(crate) async fn target_of(&self, engine: &Engine, request: &TargetRequest) -> Result<Target, Failure> {
        let target = engine.target(request).await?;
        self.say_what_overrides(&target);
        Ok(target)
    }

    /// A variable that a person has forgotten about must not redirect an environment in silence, and a flag not either.
    fn say_what_overrides(&self, target: &Target) {
        let Some(named) = &self.global.target.environment else { return };
        let there = target.environment.as_ref();
        if there.is_some_and(|there| there.name.eq_ignore_ascii_case(named) || there.id.as_str() == named) {
            return;
        }
        let words = format!("The URL that was given wins over that of {named}: this goes to {}.", target.name);
        self.screen.note(&words);
    }

    /// The agent that is meant: the flag, the variable, the environment's default.
    pub(crate) fn agent(&self, target: &Target) -> Result<AgentId, Failure> {
        let default = || target.environment.as_ref().and_then(|environment| environment.default_agent.clone());
        let id = self.global.target.agent.clone().or_else(default);
        let id = id.ok_or_else(|| Error::AgentRequired { place: target.name.clone() })?;
        Ok(AgentId::new(id)?)
    }

    /// `-a` together with a file or backup: it has to be about that agent. A variable stays from the export before it and
    /// says nothing.
    pub(crate) fn refuse_other_agent(&self, path: &str, there: &str) -> Result<(), Failure> {
        match (&self.global.target.agent, self.sources.agent) {
            (Some(given), Source::Flag) if given != there => {
                Err(CommandError::OtherAgent { given: given.clone(), path: path.to_owned(), there: there.to_owned() }
                    .into())
            }
            _ => Ok(()),
        }
    }

    /// Whether a target was named on the command line itself.
    pub(crate) fn names_target(&self) -> bool {
        self.global.target.environment.is_some() || self.sources.url == Source::Flag
    }

    /// Whether a server was named in any way, by a variable too.
    pub(crate) fn names_server(&self) -> bool {
        self.global.target.environment.is_some() || self.global.target.url.is_some()
    }

    /// What goes with an operation.
    pub(crate) fn context(&self) -> Context {
        Context {
            progress: Arc::clone(&self.progress) as Arc<dyn aidb_core::progress::ProgressSink>,
            cancel: self.cancel.clone(),
            reason: self.global.run.reason.clone(),
            ..Context::default()
        }
    }

    /// What goes with an operation that applies plans.
    pub(crate) fn applying(&self, args: &ApplyArgs) -> Context {
        let when_busy = if args.wait { WhenBusy::Wait } else { WhenBusy::Refuse };
        Context { when_busy, ..self.context() }
    }

    /// Shows the result of the command: what went well on standard output, what did not on standard error.
    pub(crate) fn result<R: Human + Json>(&self, result: &R) -> Result<(), Failure> {
        self.progress.clear();
        self.screen.result(result)
    }

    /// Takes the progress bar away before words follow.
    pub(crate) fn quiet_progress(&self) {
        self.progress.clear();
    }
}
