//! `aidb migrate rollback`.

mod args;

pub(crate) use args::RollbackArgs;

use std::path::Path;

use aidb_core::operations::{
    BackupChoice, BackupFile, BatchOptions, Engine, Record, RollbackOptions, RollbackSource, Target,
};
use aidb_core::plan::Mode;
use aidb_core::store::Backup;

use crate::commands::backups::{LATEST, find};
use crate::commands::change::{Flags, Planned, Turn};
use crate::commands::input::selection;
use crate::commands::recover::Writing;
use crate::commands::{input, recover};
use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;

/// Leads an agent back to a backup or file.
pub(crate) async fn rollback(invocation: &Invocation, args: RollbackArgs) -> Result<Exit, Failure> {
    let named = args.backup.as_deref().ok_or(CommandError::BackupRequired)?;
    let engine = invocation.engine()?;
    let (source, findings) = source(invocation, &engine, named).await?;
    invocation.refuse_other_agent(named, source.agent_id()?.as_str())?;
    let target = target(invocation, &engine, &source).await?;
    let options =
        RollbackOptions { mode: if args.merge { Mode::Merge } else { Mode::Exact }, selection: selection(&args.only) };
    let context = invocation.applying(&engine, &args.apply)?;
    let agent = source.agent_id()?;
    recover::before(invocation, &engine, &target, Writing::of(args.apply.dry_run, &[agent.as_str()]), &context).await?;
    let proposal = engine.propose_rollback(&target, &source, &options, &context).await?;
    let planned = vec![Planned { source: name_of(&source), findings, proposal }];
    let flags = Flags::of_deleting(&args.apply, args.delete_agent);
    let turn = Turn {
        invocation,
        engine: &engine,
        action: "rollback",
        target: &target,
        flags,
        context: &context,
        batch: &BatchOptions::default(),
    };
    turn.end(planned, &args.apply).await
}

/// A backup of the store, or a file in the place of one.
async fn source(
    invocation: &Invocation,
    engine: &Engine,
    named: &str,
) -> Result<(RollbackSource, Vec<aidb_core::config::Finding>), Failure> {
    match backup_choice(named) {
        BackupChoice::Id(id) => {
            let backup = find(invocation, engine, &id).await?;
            Ok((RollbackSource::Backup(Box::new(backup)), Vec::new()))
        }
        BackupChoice::File(path) => {
            if path != Path::new("-")
                && let Some(file) = BackupFile::read(&path)?
            {
                let agent = invocation.global.target.agent.as_deref();
                return Ok((file.choose(agent)?, Vec::new()));
            }
            let read = input::configuration(invocation, &path, "Backup file").await?;
            let source = RollbackSource::File { path, configuration: Box::new(read.configuration) };
            Ok((source, read.report.findings))
        }
    }
}

/// `latest` is a backup too, unless a file is called that.
pub(crate) fn backup_choice(named: &str) -> BackupChoice {
    match BackupChoice::parse(named) {
        BackupChoice::File(path) if named.eq_ignore_ascii_case(LATEST) && !path.exists() => {
            BackupChoice::Id(named.into())
        }
        choice => choice,
    }
}

fn name_of(source: &RollbackSource) -> String {
    match source {
        RollbackSource::Backup(backup) => backup.summary.id.to_string(),
        RollbackSource::Moment { agent_id, at, .. } => format!("{agent_id} at {at}"),
        RollbackSource::File { path, .. } | RollbackSource::Kept { path, .. } => path.display().to_string(),
    }
}

/// The target that was named, else the one the backup was taken from.
async fn target(invocation: &Invocation, engine: &Engine, source: &RollbackSource) -> Result<Target, Failure> {
    match source {
        RollbackSource::Backup(backup) => {
            let target = invocation.target_for(engine, Record::Backup, &backup.summary.server).await?;
            say_other_server(invocation, &target, backup);
            Ok(target)
        }
        RollbackSource::File { .. } | RollbackSource::Moment { .. } | RollbackSource::Kept { .. } => {
            let target = invocation.target(engine).await?;
            source.refuse_elsewhere(&target)?;
            Ok(target)
        }
    }
}

/// Restoring somewhere else is allowed, and never by accident.
fn say_other_server(invocation: &Invocation, target: &Target, backup: &Backup) {
    let server = &backup.summary.server;
    if target.server_id() != server.server_id() {
        let from = server.called();
        invocation.screen.note(&format!("This backup was taken in {from} and is restored into {}.", target.name));
    }
}
