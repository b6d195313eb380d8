//! The history and the backups in it.

use std::collections::BTreeSet;
use std::sync::Arc;

use aidb_core::apply::ApplyReport;
use aidb_core::config::AgentId;
use aidb_core::files::{self, Overwrite};
use aidb_core::operations::{Engine, Error, HistoryEntry, RollbackOptions, RollbackSource, history_csv, history_json};
use aidb_core::store::{BackupSummary, Operation, OperationSummary, Pin, StoreError};

use super::plans::{context, environment, file_name};
use crate::contract::{
    BackupChoice, BackupExport, BackupNow, BackupTake, BackupUpdate, BackupView, BackupsChecked, EntryChoice,
    EntryDetail, ErrorReport, FilePurpose, HistoryExport, HistoryRequest, HistoryView, PlanKind, PlanTarget, PlanView,
    WrittenFile,
};
use crate::desktop::Desktop;
use crate::held::{Content, NewPlan};
use crate::paths::overwriting;
use crate::progress::Listen;
use crate::views::history::{backup_view, filter, places};
use crate::views::plans::{plan_view, profile_target};

/// How many entries are answered at once.
const MOST_ENTRIES: usize = 100;
/// How many dots a timeline has.
const MOST_DOTS: usize = 200;

/// A part of the history.
pub(crate) async fn history_list(
    desktop: Arc<Desktop>,
    request: HistoryRequest,
    _listen: Listen,
) -> Result<HistoryView, ErrorReport> {
    let all = desktop.engine().history().await?;
    let filter = filter(&request);
    let matching: Vec<&HistoryEntry> = all.iter().filter(|entry| filter.takes(entry)).collect();
    let skip = usize::try_from(request.skip).unwrap_or(usize::MAX);
    let distinct = |words: &mut dyn Iterator<Item = &str>| -> Vec<String> {
        words.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
    };
    Ok(HistoryView {
        entries: matching.iter().skip(skip).take(MOST_ENTRIES).map(|entry| (*entry).into()).collect(),
        total: u32::try_from(matching.len()).unwrap_or(u32::MAX),
        empty: all.is_empty(),
        agents: distinct(&mut all.iter().map(HistoryEntry::agent)),
        actors: distinct(&mut all.iter().filter_map(HistoryEntry::actor)),
        environments: places(&all),
    })
}

/// One entry, opened.
pub(crate) async fn history_entry(
    desktop: Arc<Desktop>,
    request: EntryChoice,
    _listen: Listen,
) -> Result<EntryDetail, ErrorReport> {
    let engine = desktop.engine();
    let all = engine.history().await?;
    let Some(entry) = all.iter().find(|entry| entry.id() == request.id) else {
        return Err(Error::EntryNotFound { id: request.id }.into());
    };
    let (plan, cause) = match entry {
        HistoryEntry::Operation { operation, .. } => past(&desktop, &engine, operation).await?,
        HistoryEntry::Backup(_) => (None, None),
    };
    let backup = match entry.backup() {
        Some(backup) => Some(checked(&engine, backup).await),
        None => None,
    };
    let mut timeline: Vec<_> =
        all.iter().filter(|other| other.agent() == entry.agent()).take(MOST_DOTS).map(Into::into).collect();
    timeline.reverse();
    Ok(EntryDetail { entry: entry.into(), plan, cause, backup, timeline })
}

/// Writes all of it to a file.
pub(crate) async fn history_export(
    desktop: Arc<Desktop>,
    request: HistoryExport,
    _listen: Listen,
) -> Result<WrittenFile, ErrorReport> {
    let all = desktop.engine().history().await?;
    let text = match request.purpose {
        FilePurpose::HistoryJson => history_json(&all),
        _ => history_csv(&all),
    };
    files::write(&desktop.path(&request.path)?, &text, overwriting(request.overwrite))?;
    let entries = if all.len() == 1 { "1 entry was".into() } else { format!("{} entries were", all.len()) };
    let message = format!("{entries} written to {}.", file_name(&request.path));
    Ok(WrittenFile { path: request.path, message, notes: Vec::new() })
}

/// What is different between a backup and its agent now.
pub(crate) async fn backup_now(
    desktop: Arc<Desktop>,
    request: BackupChoice,
    listen: Listen,
) -> Result<BackupNow, ErrorReport> {
    let engine = desktop.engine();
    let backup = engine.backup(&request.id).await?;
    let target = engine.target_of(&backup.summary).await?;
    let source = RollbackSource::Backup(Box::new(backup));
    let options = RollbackOptions::default();
    let plan = engine.propose_rollback(&target, &source, &options, &context(listen)).await?.plan;
    let (changes, unchangeable) = (plan.changes.len(), plan.unchangeable.len());
    let sentence = match (changes, unchangeable) {
        (0, 0) => format!("{} is as it was then: there is nothing to restore.", target.name),
        (0, _) => format!("What differs in {} the server cannot change.", target.name),
        (1, _) => format!("Restoring would make 1 change in {}.", target.name),
        _ => format!("Restoring would make {changes} changes in {}.", target.name),
    };
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(BackupNow { changes: count(changes), unchangeable: count(unchangeable), sentence })
}

/// Takes a backup.
pub(crate) async fn backup_take(
    desktop: Arc<Desktop>,
    request: BackupTake,
    listen: Listen,
) -> Result<BackupView, ErrorReport> {
    let engine = desktop.engine();
    let target = environment(&engine, &request.environment).await?;
    let agent = AgentId::new(request.agent)?;
    let note = request.note.as_deref().and_then(filled);
    let backup = engine.back_up(&target, &agent, note, &context(listen)).await?;
    Ok(backup_view(&backup.summary, None))
}

/// Names, annotates or pins one.
pub(crate) async fn backup_update(
    desktop: Arc<Desktop>,
    request: BackupUpdate,
    _listen: Listen,
) -> Result<BackupView, ErrorReport> {
    let engine = desktop.engine();
    let pin = if request.pinned { Pin::Pinned } else { Pin::Unpinned };
    let changed = engine.describe_backup(&request.id, filled(&request.name), filled(&request.note), pin).await?;
    Ok(checked(&engine, &changed).await)
}

/// Writes one as a configuration file.
pub(crate) async fn backup_export(
    desktop: Arc<Desktop>,
    request: BackupExport,
    _listen: Listen,
) -> Result<WrittenFile, ErrorReport> {
    let overwrite = if request.overwrite { Overwrite::Anything } else { Overwrite::Configurations };
    let path = desktop.path(&request.path)?;
    let backup = desktop.engine().export_backup(&request.id, &path, overwrite).await?;
    let message = format!("The backup of {} was written to {}.", backup.summary.agent_id, file_name(&request.path));
    Ok(WrittenFile { path: request.path, message, notes: Vec::new() })
}

/// Reads every backup and checks its hash.
pub(crate) async fn backups_verify(
    desktop: Arc<Desktop>,
    _request: (),
    _listen: Listen,
) -> Result<BackupsChecked, ErrorReport> {
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
        (_, 0) => format!("All {checked} backups are whole."),
        (_, 1) => format!("1 of {checked} backups is damaged and cannot be restored."),
        (_, damaged) => format!("{damaged} of {checked} backups are damaged and cannot be restored."),
    };
    Ok(BackupsChecked { checked: u32::try_from(checked).unwrap_or(u32::MAX), damaged, sentence })
}

/// Text without the space around it, where there is any.
fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// A backup with what its hash says of it.
async fn checked(engine: &Engine, backup: &BackupSummary) -> BackupView {
    backup_view(backup, engine.backup(backup.id.as_str()).await.err().map(Into::into))
}

/// The plan of an operation as it was applied, and why it did not come through.
async fn past(
    desktop: &Desktop,
    engine: &Engine,
    summary: &OperationSummary,
) -> Result<(Option<PlanView>, Option<ErrorReport>), ErrorReport> {
    let Operation { plan_json, outcome_json, .. } = engine.store().await?.operation(&summary.id).await?;
    let report: Option<ApplyReport> = outcome_json.as_deref().map(read).transpose()?;
    let cause = report.as_ref().and_then(|report| report.cause.clone()).map(ErrorReport::of);
    let Some(plan) = plan_json.as_deref().map(read).transpose()? else { return Ok((None, cause)) };
    let new = NewPlan {
        kind: PlanKind::Past,
        source: summary.source.as_deref().map(file_name).unwrap_or_default(),
        target: Some(past_target(engine, summary).await?),
        notes: Vec::new(),
        content: Content::Past { plan, report },
    };
    let held = desktop.plans.hold(new);
    Ok((Some(plan_view(engine, &held).await), cause))
}

fn read<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, Error> {
    serde_json::from_str(json).map_err(|error| Error::EntryUnreadable { reason: error.to_string() })
}

/// Where it was applied: the profile as it is now, or what the history remembers of one that is gone.
async fn past_target(engine: &Engine, summary: &OperationSummary) -> Result<PlanTarget, Error> {
    let place = &summary.place;
    if let Some(id) = &place.environment {
        match engine.environment(id.as_str()).await {
            Ok(environment) => return Ok(profile_target(&environment)),
            Err(Error::Store(StoreError::EnvironmentNotFound { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(PlanTarget {
        environment: None,
        name: place.environment_name.clone().unwrap_or_else(|| place.url.clone()),
        url: place.url.clone(),
        colour: crate::contract::ColourName::Grey,
        protected: false,
    })
}
