//! `aidb migrate backups`.

mod args;
mod human;
mod json;

pub(crate) use args::{BackupsAction, BackupsArgs};
use args::{CreateArgs, ExportBackupArgs, ListArgs, ShowBackupArgs, VerifyArgs};

use std::path::PathBuf;

use aidb_core::config::{self, AgentId, ServerId};
use aidb_core::connector::parse_base_url;
use aidb_core::error::{ErrorCode, ErrorReport};
use aidb_core::files::Overwrite;
use aidb_core::numbers::counted;
use aidb_core::operations::{Engine, Error};
use aidb_core::store::{Backup, BackupFilter, BackupSummary, ServerFilter, StoreError};

use crate::args::{Output, Source};
use crate::commands::export::{nothing_there, refuse_two_results};
use crate::exit::{self, Exit};
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;

/// The word for the newest backup.
pub(crate) const LATEST: &str = "latest";

pub(crate) struct BackupList {
    pub(crate) backups: Vec<BackupSummary>,
}

/// One backup with its content.
pub(crate) struct BackupShown {
    pub(crate) backup: Backup,
}

/// A backup that was taken on request.
pub(crate) struct BackupTaken {
    pub(crate) backup: Backup,
}

/// A backup that was written as a configuration file.
pub(crate) struct BackupExported {
    pub(crate) path: PathBuf,
    pub(crate) backup: Backup,
}

/// Result of checking backups.
pub(crate) struct BackupsVerified {
    /// Each backup, and what is wrong with it.
    pub(crate) verified: Vec<(BackupSummary, Result<(), StoreError>)>,
}

impl BackupsVerified {
    /// The verdict on all of them, where one is damaged.
    pub(crate) fn error(&self) -> Option<ErrorReport> {
        let damaged: Vec<_> =
            self.verified.iter().filter_map(|(summary, result)| Some((summary, result.as_ref().err()?))).collect();
        let (_, first) = damaged.first()?;
        let report = ErrorReport::of(*first);
        let message = match damaged.as_slice() {
            [_] => report.message.clone(),
            several => {
                format!("{} are damaged and cannot be used to restore anything.", counted(several.len(), "backup"))
            }
        };
        let details = damaged.iter().map(|(summary, error)| format!("{}: {error}", summary.id)).collect();
        Some(ErrorReport { code: ErrorCode::BackupDamaged, message, plain: None, hint: report.hint, details })
    }
}

/// Lists, shows, takes, exports and checks backups.
pub(crate) async fn backups(invocation: &Invocation, action: Option<BackupsAction>) -> Result<Exit, Failure> {
    let engine = invocation.engine()?;
    match action.unwrap_or(BackupsAction::List(ListArgs { limit: None })) {
        BackupsAction::List(args) => list(invocation, &engine, args).await,
        BackupsAction::Show(args) => show(invocation, &engine, args).await,
        BackupsAction::Create(args) => create(invocation, &engine, args).await,
        BackupsAction::Export(args) => export(invocation, &engine, args).await,
        BackupsAction::Verify(args) => verify(invocation, &engine, args).await,
    }
}

async fn list(invocation: &Invocation, engine: &Engine, args: ListArgs) -> Result<Exit, Failure> {
    let filter = filter(invocation, engine, args.limit).await?;
    let backups = engine.store().await?.backups(&filter).await?;
    invocation.result(&BackupList { backups })?;
    Ok(Exit::Done)
}

/// Only what stands on the command line narrows a list down: a variable that is set for exports must not hide backups or entries.
pub(crate) async fn filter(
    invocation: &Invocation,
    engine: &Engine,
    limit: Option<u32>,
) -> Result<BackupFilter, Failure> {
    let target = &invocation.global.target;
    let agent = target.agent.as_ref().filter(|_| invocation.sources.agent == Source::Flag);
    let agent = agent.map(AgentId::new).transpose()?;
    Ok(BackupFilter {
        limit,
        agent,
        server: server_filter(engine, target.environment.as_ref(), target.url.as_ref()).await?,
    })
}

/// Everything about an environment, or about a server, however it was named then. A URL that leads to an environment means
/// both.
async fn server_filter(
    engine: &Engine,
    environment: Option<&String>,
    url: Option<&String>,
) -> Result<Option<ServerFilter>, Failure> {
    Ok(match (environment, url) {
        (Some(name), _) => Some(ServerFilter::from(&engine.environment(name).await?)),
        (None, Some(url)) => {
            let url = parse_base_url(url)?;
            let server = ServerId::of(&url);
            Some(match engine.environment_at(&url).await? {
                Some(there) => ServerFilter::Environment { id: there.id, server },
                None => ServerFilter::Server(server),
            })
        }
        (None, None) => None,
    })
}

/// Reads a backup by what a person calls it. `latest` is the latest of the agent and server that are named in any way: the
/// latest of another one must never end up there.
pub(crate) async fn find(invocation: &Invocation, engine: &Engine, named: &str) -> Result<Backup, Failure> {
    if !named.eq_ignore_ascii_case(LATEST) {
        return Ok(engine.backup(named).await?);
    }
    let target = &invocation.global.target;
    let agent = target.agent.as_ref().map(AgentId::new).transpose()?;
    let url = invocation.any_url().filter(|_| target.environment.is_none() || target.url.is_some());
    let environment = target.environment.as_ref().filter(|_| target.url.is_none());
    let server = server_filter(engine, environment, url).await?;
    Ok(engine.latest_backup(BackupFilter { agent, server, limit: None }).await?)
}

async fn show(invocation: &Invocation, engine: &Engine, args: ShowBackupArgs) -> Result<Exit, Failure> {
    let backup = find(invocation, engine, &args.id).await?;
    invocation.result(&BackupShown { backup })?;
    Ok(Exit::Done)
}

async fn create(invocation: &Invocation, engine: &Engine, _args: CreateArgs) -> Result<Exit, Failure> {
    let target = invocation.target(engine).await?;
    let agent = invocation.agent(&target)?;
    let note = invocation.global.run.reason.as_deref();
    let backup = engine.back_up(&target, &agent, note, &invocation.context()).await;
    let backup = backup.map_err(|error| nothing_there(error, None))?;
    Ok(invocation.finished(&BackupTaken { backup }, Exit::Done))
}

async fn export(invocation: &Invocation, engine: &Engine, args: ExportBackupArgs) -> Result<Exit, Failure> {
    let output = Output::named(args.output.ok_or(CommandError::OutputRequired)?);
    refuse_two_results(invocation, &output)?;
    let overwrite = if args.force { Overwrite::Anything } else { Overwrite::Configurations };
    let id = find(invocation, engine, &args.id).await?.summary.id;
    match output {
        Output::File(path) => {
            let backup = engine.export_backup(id.as_str(), &path, overwrite).await?;
            Ok(invocation.finished(&BackupExported { path, backup }, Exit::Done))
        }
        Output::Standard => {
            let (backup, configuration) = engine.backup_configuration(id.as_str()).await?;
            invocation.print(&config::write(&configuration))?;
            invocation.beside(&BackupExported { path: Output::STANDARD.into(), backup });
            Ok(Exit::Done)
        }
    }
}

async fn verify(invocation: &Invocation, engine: &Engine, args: VerifyArgs) -> Result<Exit, Failure> {
    let store = engine.store().await?;
    let verified = if args.ids.is_empty() {
        store.verify_backups().await.map_err(Error::from)?
    } else {
        let mut verified = Vec::new();
        for id in &args.ids {
            let summary = store.resolve_backup(id, &BackupFilter::default()).await?;
            let whole = store.backup(&summary.id).await.map(|_| ());
            verified.push((summary, whole));
        }
        verified
    };
    let done = BackupsVerified { verified };
    invocation.result(&done)?;
    Ok(done.error().map_or(Exit::Done, |report| exit::of(report.code)))
}
