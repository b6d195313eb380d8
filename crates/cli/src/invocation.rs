//! What every command works with: the flags, the screen, and the engine once it is needed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aidb_core::config::AgentId;
use aidb_core::connector::PlainHttp;
use aidb_core::operations::{
    Ambient, AskForKey, Beside, Context, Engine, EngineSettings, Error, KeyNeed, Record, Recorded, Target,
    TargetRequest, WhenBusy,
};
use aidb_core::store::ServerRef;
use aidb_core::vault::{Vault, VaultUse, one_secret};
use directories::ProjectDirs;
use secrecy::{ExposeSecret, SecretString};
use tokio_util::sync::CancellationToken;

use crate::args::{ApplyArgs, GlobalArgs, KeyStore, Source, Sources};
use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::progress::TerminalProgress;
use crate::screen::{Kind, Screen};
use crate::signals;
use crate::variables::URL;
use crate::view::human::Human;
use crate::view::json::Json;
use crate::{prompt, variables};

/// One run of `aidb`.
pub(crate) struct Invocation {
    /// The flags that every command has.
    pub(crate) global: GlobalArgs,
    pub(crate) sources: Sources,
    pub(crate) screen: Screen,
    pub(crate) cancel: CancellationToken,
    progress: Arc<TerminalProgress>,
}

impl Invocation {
    /// A run with these flags.
    pub(crate) fn new(global: GlobalArgs, sources: Sources, kind: Kind) -> Self {
        let screen = global.output.screen(kind);
        let progress = Arc::new(TerminalProgress::new(screen, global.output));
        Self { global, sources, screen, cancel: CancellationToken::new(), progress }
    }

    /// The engine. Nothing is opened yet: its store when it is first needed, its keychain when a key is.
    pub(crate) fn engine(&self) -> Result<Engine, Failure> {
        let folder = self.data_folder()?;
        let vault = match self.global.run.key_store {
            KeyStore::Keychain => Vault::keychain(VaultUse::OneRun),
            KeyStore::File => Vault::file(folder.join("keys")),
            KeyStore::Memory => Vault::memory(),
        };
        let mut settings = EngineSettings::for_actor(variables::account());
        settings.proxies = variables::proxies();
        if let Some(in_flight) = self.global.run.in_flight {
            settings.in_flight = in_flight;
        }
        if let Some(seconds) = self.global.run.timeout {
            settings.limits.request = Duration::from_secs(seconds);
            settings.limits.connect = settings.limits.connect.min(settings.limits.request);
        }
        let engine = Engine::new(folder, vault, settings);
        if let Some(closed) = engine.guard_folder()? {
            self.screen.warning(&closed);
        }
        Ok(engine)
    }

    fn data_folder(&self) -> Result<PathBuf, Failure> {
        if let Some(folder) = self.global.run.data_dir.clone().filter(|folder| !folder.as_os_str().is_empty()) {
            return Ok(folder);
        }
        // The same folder as the window's.
        let folders = ProjectDirs::from("", "", "aidb").ok_or(CommandError::NoDataFolder)?;
        Ok(folders.data_dir().to_owned())
    }

    /// Reads the key from standard input, where `-k -` says so.
    pub(crate) fn read_key(&mut self) -> Result<(), Failure> {
        let target = &mut self.global.target;
        if target.api_key.as_ref().is_some_and(|key| key.expose_secret() == "-") {
            target.api_key = Some(prompt::secret_now("API key (not shown): ")?);
        } else if target.api_key.is_some() && self.screen.can_ask() {
            // Scripts are not told: their logs would fill with it, and nobody reads them while it can be changed.
            self.screen.note(
                "Everybody on this machine can read a key on a command line, and the shell remembers it. Better keep it in the \
                 keychain with `aidb env set-key`, or set AIDB_API_KEY.",
            );
        }
        Ok(())
    }

    /// Request for the target.
    pub(crate) fn request(&self) -> Result<TargetRequest, Failure> {
        let target = &self.global.target;
        let given = |key: &Option<SecretString>, what: &str| -> Result<Option<SecretString>, Failure> {
            let key = key.as_ref().map(one_secret).transpose();
            Ok(key.map_err(|why| CommandError::BadValue {
                message: format!("The API key {what} {why}. Nothing was sent."),
                hint: "Check the variable or file that it comes from.".into(),
            })?)
        };
        Ok(TargetRequest {
            environment: target.environment.clone(),
            url: target.url.clone(),
            api_key: given(&target.api_key, "that was given with -k")?,
            ambient: Ambient {
                url: self.sources.url.clone(),
                url_name: URL,
                api_key: given(&self.sources.api_key, "in AIDB_API_KEY")?,
            },
            recorded: None,
            ca_file: target.ca_file.clone().into(),
            plain_http: target.allow_plain_http.then_some(PlainHttp::Allowed),
            key: KeyNeed::Required,
            ask: AskForKey::Now,
        })
    }

    /// The server that is meant.
    pub(crate) async fn target(&self, engine: &Engine) -> Result<Target, Failure> {
        self.target_of(engine, &self.request()?).await
    }

    /// The server that is meant, for a run about a plan or a backup that names one itself.
    pub(crate) async fn target_for(
        &self,
        engine: &Engine,
        record: Record,
        server: &ServerRef,
    ) -> Result<Target, Failure> {
        let recorded = Some(Recorded { record, server: server.clone() });
        self.target_of(engine, &TargetRequest { recorded, ..self.request()? }).await
    }

    /// The server that `request` means.
    pub(crate) async fn target_of(&self, engine: &Engine, request: &TargetRequest) -> Result<Target, Failure> {
        let target = engine.target(request).await?;
        self.say_what_was_passed_by(&target);
        Ok(target)
    }

    /// A variable that was forgotten about redirects nothing, and whoever set it on purpose reads so, also with `-q`.
    fn say_what_was_passed_by(&self, target: &Target) {
        if let Some(url) = &target.passed_by {
            let words =
                format!("{URL} leads to {url} and was not followed: this goes to {}.", target.server.described());
            self.screen.warning(&words);
        }
        let named = self.global.target.environment.as_ref().filter(|_| self.global.target.url.is_some());
        let Some(named) = named else { return };
        let there = target.environment.as_ref();
        if !there.is_some_and(|there| there.name.eq_ignore_ascii_case(named) || there.id.as_str() == named) {
            self.screen.note(&format!("The URL of -u wins over that of {named}: this goes to {}.", target.name));
        }
    }

    /// The agent that is meant: the flag, the variable, the environment's default.
    pub(crate) fn agent(&self, target: &Target) -> Result<AgentId, Failure> {
        let default = || target.environment.as_ref().and_then(|environment| environment.default_agent.clone());
        let id = self.global.target.agent.clone().or_else(default);
        let id = id.ok_or_else(|| Error::AgentRequired { server: target.name.clone() })?;
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
        self.global.target.environment.is_some() || self.global.target.url.is_some()
    }

    /// Whether a server was named in any way, by a variable too.
    pub(crate) fn names_server(&self) -> bool {
        self.names_target() || self.sources.url.is_some()
    }

    /// The URL that was named in any way.
    pub(crate) fn any_url(&self) -> Option<&String> {
        self.global.target.url.as_ref().or(self.sources.url.as_ref())
    }

    /// Context of an operation.
    pub(crate) fn context(&self) -> Context {
        Context {
            progress: Arc::clone(&self.progress) as Arc<dyn aidb_core::progress::ProgressSink>,
            cancel: self.cancel.clone(),
            reason: self.global.run.reason.clone(),
            ..Context::default()
        }
    }

    /// What goes with an operation that applies plans. The files that it is to leave are looked at before anything is sent.
    pub(crate) fn applying(&self, engine: &Engine, args: &ApplyArgs) -> Result<Context, Failure> {
        let when_busy = if args.wait { WhenBusy::Wait } else { WhenBusy::Refuse };
        let backup_out = beside(engine, "--backup-out", args.backup_out.as_deref())?;
        let agent_key_out = beside(engine, "--agent-key-out", args.agent_key_out.as_deref())?;
        if args.backup_out.is_some() && args.backup_out == args.agent_key_out {
            let message = "--backup-out and --agent-key-out name the same file. Nothing was sent.".into();
            let hint = "Give each a file of its own: the key is for whoever uses the agent, the backup is not.".into();
            return Err(CommandError::BadValue { message, hint }.into());
        }
        Ok(Context { when_busy, backup_out, agent_key_out, ..self.context() })
    }

    /// Shows the result of the command: what went well on standard output, what did not on standard error.
    pub(crate) fn result<R: Human + Json>(&self, result: &R) -> Result<(), Failure> {
        self.progress.clear();
        self.screen.result(result)
    }

    /// Prints what was asked for on standard output, as it is.
    pub(crate) fn print(&self, text: &str) -> Result<(), Failure> {
        self.progress.clear();
        self.screen.print(text)
    }

    /// Remark on a result that has standard output for itself.
    pub(crate) fn beside<R: Human>(&self, result: &R) {
        self.screen.beside_output(&result.remarks(self.screen.detail));
        self.screen.beside_output(&result.human(self.screen.detail));
    }

    /// Shows the result of a command that changed something on this machine; see [`Screen::finished`].
    pub(crate) fn finished<R: Human + Json>(&self, result: &R, exit: Exit) -> Exit {
        self.progress.clear();
        self.screen.finished(result, exit)
    }

    /// Shows the result of a command that changed a server; see [`Screen::changed`].
    pub(crate) fn changed<R: Human + Json>(&self, result: &R, exit: Exit) -> Exit {
        signals::changes_end(exit);
        self.progress.clear();
        self.screen.changed(result, exit)
    }

    /// Takes the progress bar away before words follow.
    pub(crate) fn quiet_progress(&self) {
        self.progress.clear();
    }
}

/// A file that a flag names for what has to outlive this machine.
fn beside(engine: &Engine, flag: &str, path: Option<&Path>) -> Result<Option<Arc<Beside>>, Failure> {
    let Some(path) = path else { return Ok(None) };
    // "-" is refused where the flag is read.
    if path.as_os_str().is_empty() {
        let message =
            format!("{flag} needs the name of a file, never standard output: logs keep that. Nothing was sent.");
        return Err(CommandError::BadValue { message, hint: "Name a file that only this job can read.".into() }.into());
    }
    Ok(Some(engine.beside(path)?))
}
