//! The history and the backups in it.

use std::collections::BTreeSet;
use std::sync::Arc;

use aidb_core::config::AgentId;
use aidb_core::files;
use aidb_core::numbers::{counted_as, grouped};
use aidb_core::operations::{
    Engine, Error, HistoryEntry, HistoryFilter, OperationRecord, RollbackOptions, RollbackSource, find_entry,
    history_csv, history_json,
};
use aidb_core::store::{BackupSummary, Colour, OperationState, OperationSummary, Pin, ServerRef, StoreError};

use super::plans::{context, environment, file_name, home};
use crate::contract::{
    BackupChoice, BackupExport, BackupNow, BackupTake, BackupUpdate, BackupView, BackupsChecked, EntryChoice,
    EntryDetail, EntryKey, ErrorReport, FilePurpose, HistoryExport, HistoryRequest, HistoryView, LastChange,
    LossesRequest, LossesView, PlanTarget, PlanView, WrittenFile,
};
use crate::desktop::Desktop;
use crate::plan_sessions::{NewPlan, ShownFrom};
use crate::progress::ProgressFn;
use crate::views::history::{backup_view, filter, last_changes, servers};
use crate::views::number;
use crate::views::plans::{plan_view, profile_target};

/// Number of entries that are answered at once.
const MOST_ENTRIES: usize = 100;
/// Number of dots a timeline has.
const MOST_DOTS: usize = 200;

/// A part of the history.
pub(crate) async fn history_list(desktop: Arc<Desktop>, request: HistoryRequest) -> Result<HistoryView, ErrorReport> {
    let engine = desktop.engine();
    let all = engine.history().await?;
    let matching = engine.matching(&all, &filter(&request)).await?;
    let skip = usize::try_from(request.skip).unwrap_or(usize::MAX);
    let distinct = |words: &mut dyn Iterator<Item = &str>| -> Vec<String> {
        words.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
    };
    Ok(HistoryView {
        entries: matching.iter().skip(skip).take(MOST_ENTRIES).map(|entry| (*entry).into()).collect(),
        total: number(matching.len()),
        empty: all.is_empty(),
        agents: distinct(&mut all.iter().filter_map(HistoryEntry::agent)),
        actors: distinct(&mut all.iter().filter_map(HistoryEntry::actor)),
        environments: servers(&all),
    })
}

/// The last change of each environment.
pub(crate) async fn history_last(desktop: Arc<Desktop>, _: ()) -> Result<Vec<LastChange>, ErrorReport> {
    Ok(last_changes(&desktop.engine().history().await?))
}

/// Losses of access, the most first.
pub(crate) async fn history_losses(desktop: Arc<Desktop>, request: LossesRequest) -> Result<LossesView, ErrorReport> {
    let engine = desktop.engine();
    let all = engine.history().await?;
    let filter = HistoryFilter { since: request.from, until: request.until, ..HistoryFilter::default() };
    let within = engine.matching(&all, &filter).await?;
    let taken = engine.taken_away(&within, &request.words).await?;
    Ok(LossesView { losses: taken.iter().take(MOST_ENTRIES).map(Into::into).collect(), total: number(taken.len()) })
}

pub(crate) async fn history_entry(desktop: Arc<Desktop>, request: EntryChoice) -> Result<EntryDetail, ErrorReport> {
    let engine = desktop.engine();
    let all = engine.history().await?;
    let entry = find_entry(&all, &request.id)?;
    let Past { plan, cause, made_key } = match entry {
        HistoryEntry::Operation { operation, .. } => past(&desktop, &engine, operation).await?,
        HistoryEntry::Backup(_) | HistoryEntry::Profile(_) => Past::default(),
    };
    let backup = match entry.backup() {
        Some(backup) => Some(checked(&engine, backup).await),
        None => None,
    };
    let of_agent = |other: &&HistoryEntry| entry.agent().is_some() && other.agent() == entry.agent();
    let mut timeline: Vec<_> = all.iter().filter(of_agent).take(MOST_DOTS).map(Into::into).collect();
    timeline.reverse();
    Ok(EntryDetail { entry: entry.into(), plan, cause, made_key, backup, timeline })
}

/// Whether the key that an operation made for its agent can still be copied.
pub(crate) async fn entry_key(desktop: Arc<Desktop>, request: EntryChoice) -> Result<EntryKey, ErrorReport> {
    let engine = desktop.engine();
    let all = engine.history().await?;
    let found = all.iter().find(|entry| entry.id() == request.id);
    let Some(HistoryEntry::Operation { operation, .. }) = found else {
        return Err(Error::EntryNotFound { id: request.id }.into());
    };
    if let Some(sentence) = outdated(&engine, &all, operation).await? {
        return Ok(EntryKey::Gone { sentence });
    }
    let (agent, server) = (&operation.agent_id, server_name(&operation.server));
    let target = past_target(&engine, operation).await?;
    let Some(environment) = target.environment else {
        let sentence = format!("{server} is no longer among the environments, and no key of it can be copied here.");
        return Ok(EntryKey::Gone { sentence });
    };
    if engine.keeps_agent_key(&environment, agent).await? {
        return Ok(EntryKey::Kept { environment, agent: agent.to_string() });
    }
    let sentence = format!("The key that was made for {agent} is no longer kept on this machine.");
    Ok(EntryKey::Gone { sentence })
}

/// Writes all of it to a file.
pub(crate) async fn history_export(desktop: Arc<Desktop>, request: HistoryExport) -> Result<WrittenFile, ErrorReport> {
    let destination = desktop.files.to_write(&request.file, &[FilePurpose::HistoryCsv, FilePurpose::HistoryJson])?;
    let all = desktop.engine().history().await?;
    let text = match destination.purpose {
        FilePurpose::HistoryJson => history_json(&all),
        _ => history_csv(&all),
    };
    files::write(&destination.path, &text, destination.overwrite)?;
    let entries = counted_as(all.len(), "entry was", "entries were");
    let path = destination.path.display().to_string();
    let message = format!("{entries} written to {}.", file_name(&path));
    Ok(WrittenFile { path, message, notes: Vec::new() })
}

/// Differences between a backup and its agent now.
pub(crate) async fn backup_now(
    desktop: Arc<Desktop>,
    request: BackupChoice,
    listen: ProgressFn,
) -> Result<BackupNow, ErrorReport> {
    let engine = desktop.engine();
    let backup = engine.backup(&request.id).await?;
    let target = home(&engine, &backup.summary).await?;
    let source = RollbackSource::Backup(Box::new(backup));
    let options = RollbackOptions::default();
    let plan = engine.propose_rollback(&target, &source, &options, &context(listen)).await?.plan;
    let (changes, unchangeable) = (plan.item_count(), plan.unchangeable.len());
    let sentence = match (changes, unchangeable) {
        _ if !plan.differs() => format!("{} is as it was then: there is nothing to restore.", target.name),
        (0, 0) => format!("All but the database link in {} is as it was then.", target.name),
        (0, _) => format!("What differs in {} the server cannot change.", target.name),
        (1, _) => format!("Restoring would make 1 change in {}.", target.name),
        _ => format!("Restoring would make {} changes in {}.", grouped(changes), target.name),
    };
    Ok(BackupNow { changes: number(changes), unchangeable: number(unchangeable), sentence })
}

pub(crate) async fn backup_take(
    desktop: Arc<Desktop>,
    request: BackupTake,
    listen: ProgressFn,
) -> Result<BackupView, ErrorReport> {
    let engine = desktop.engine();
    let target = environment(&engine, &request.environment).await?;
    let agent = AgentId::new(request.agent)?;
    let note = request.note.as_deref().and_then(filled);
    let backup = engine.back_up(&target, &agent, note, &context(listen)).await?;
    Ok(backup_view(&backup.summary, None))
}

/// Names, annotates or pins one.
pub(crate) async fn backup_update(desktop: Arc<Desktop>, request: BackupUpdate) -> Result<BackupView, ErrorReport> {
    let engine = desktop.engine();
    let pin = if request.pinned { Pin::Pinned } else { Pin::Unpinned };
    let changed = engine.describe_backup(&request.id, filled(&request.name), filled(&request.note), pin).await?;
    Ok(checked(&engine, &changed).await)
}

/// Writes one as a configuration file.
pub(crate) async fn backup_export(desktop: Arc<Desktop>, request: BackupExport) -> Result<WrittenFile, ErrorReport> {
    let destination = desktop.files.to_write(&request.file, &[FilePurpose::Configuration])?;
    let backup = desktop.engine().export_backup(&request.id, &destination.path, destination.overwrite).await?;
    let path = destination.path.display().to_string();
    let message = format!("The backup of {} was written to {}.", backup.summary.agent_id, file_name(&path));
    Ok(WrittenFile { path, message, notes: Vec::new() })
}

/// Reads every backup and checks its hash.
pub(crate) async fn backups_verify(desktop: Arc<Desktop>, _request: ()) -> Result<BackupsChecked, ErrorReport> {
    let engine = desktop.engine();
    let verified = engine.store().await?.verify_backups().await?;
    let checked = verified.len();
    let damaged: Vec<BackupView> = verified
        .into_iter()
        .filter_map(|(summary, whole)| whole.err().map(|error| backup_view(&summary, Some(error.into()))))
        .collect();
    let sentence = match (checked, damaged.len()) {
        (0, _) => "There are no backups yet.".into(),
        (1, 0) => "The 1 backup is whole.".into(),
        (_, 0) => format!("All {} backups are whole.", grouped(checked)),
        (_, 1) => format!("1 of {} backups is damaged and cannot be restored.", grouped(checked)),
        (_, damaged) => {
            format!("{} of {} backups are damaged and cannot be restored.", grouped(damaged), grouped(checked))
        }
    };
    Ok(BackupsChecked { checked: number(checked), damaged, sentence })
}

/// Text without the space around it, where there is any.
fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// A backup with what its hash says of it.
async fn checked(engine: &Engine, backup: &BackupSummary) -> BackupView {
    backup_view(backup, engine.backup(backup.id.as_str()).await.err().map(Into::into))
}

/// Facts about an operation besides its row.
#[derive(Default)]
struct Past {
    plan: Option<PlanView>,
    cause: Option<ErrorReport>,
    made_key: bool,
}

/// The plan of an operation as it was applied, and why it did not come through.
async fn past(desktop: &Desktop, engine: &Engine, summary: &OperationSummary) -> Result<Past, ErrorReport> {
    let OperationRecord { plan, report } = engine.operation_record(&summary.id).await?;
    let cause = report.as_ref().and_then(|report| report.cause.clone()).map(ErrorReport::of);
    let Some(plan) = plan else {
        return Ok(Past { cause, ..Past::default() });
    };
    let made_key = plan.registers() && may_stand(summary.state);
    let source = summary.source.as_deref().map(file_name).unwrap_or_default();
    let target = past_target(engine, summary).await?;
    let session = desktop.plans.open(NewPlan::past(source, target, plan, report.as_ref(), ShownFrom::History));
    Ok(Past { plan: Some(plan_view(engine, &session).await), cause, made_key })
}

/// Whether something that an operation wrote may stand at its target.
fn may_stand(state: OperationState) -> bool {
    !matches!(state, OperationState::PutBack | OperationState::Failed)
}

/// Reason a key that an operation made is of no use any more, as far as the history knows: the agent was deleted since, or
/// registered anew with another key.
async fn outdated(
    engine: &Engine,
    all: &[HistoryEntry],
    made: &OperationSummary,
) -> Result<Option<String>, ErrorReport> {
    let (agent, server) = (&made.agent_id, server_name(&made.server));
    for entry in all.iter().take_while(|entry| entry.id() != made.id.as_str()) {
        let HistoryEntry::Operation { operation, .. } = entry else { continue };
        let same = operation.agent_id == *agent && operation.server.environment == made.server.environment;
        if !same || !may_stand(operation.state) {
            continue;
        }
        let Some(plan) = engine.operation_record(&operation.id).await?.plan else { continue };
        if plan.registers() {
            return Ok(Some(format!("{agent} was registered in {server} again since, with another key.")));
        }
        if plan.deletes_agent() {
            return Ok(Some(format!("{agent} was deleted in {server} since, and its key with it.")));
        }
    }
    Ok(None)
}

fn server_name(server: &ServerRef) -> &str {
    server.environment_name.as_deref().unwrap_or(&server.url)
}

/// Where it was applied: the profile as it is now, or what the history remembers of one that is gone.
async fn past_target(engine: &Engine, summary: &OperationSummary) -> Result<PlanTarget, Error> {
    let server = &summary.server;
    if let Some(id) = &server.environment {
        match engine.environment(id.as_str()).await {
            Ok(environment) => return Ok(profile_target(&environment)),
            Err(Error::Store(StoreError::EnvironmentNotFound { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(PlanTarget {
        environment: None,
        name: server_name(server).to_owned(),
        url: server.url.clone(),
        colour: Colour::Grey,
        protected: false,
    })
}
