//! `aidb migrate history`.

mod args;
mod human;
mod json;

pub(crate) use args::HistoryArgs;
use args::{HistoryAction, ListHistoryArgs, OutcomeName, ShowEntryArgs};

use aidb_core::operations::{Engine, EntryOutcome, Error, HistoryEntry, HistoryFilter, OperationRecord, find_entry};
use aidb_core::store::BackupFilter;

use crate::commands::backups::{self, LATEST};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;

pub(crate) struct HistoryList {
    pub(crate) entries: Vec<HistoryEntry>,
}

/// One entry with what its record holds.
pub(crate) struct EntryShown {
    pub(crate) entry: HistoryEntry,
    /// The plan, and what became of it.
    pub(crate) record: OperationRecord,
}

/// Lists the history, or shows an entry of it.
pub(crate) async fn history(invocation: &Invocation, action: Option<HistoryAction>) -> Result<Exit, Failure> {
    let engine = invocation.engine()?;
    match action.unwrap_or(HistoryAction::List(ListHistoryArgs::default())) {
        HistoryAction::List(args) => list(invocation, &engine, args).await,
        HistoryAction::Show(args) => show(invocation, &engine, args).await,
    }
}

async fn list(invocation: &Invocation, engine: &Engine, args: ListHistoryArgs) -> Result<Exit, Failure> {
    let filter = HistoryFilter {
        outcome: args.outcome.map(outcome),
        search: args.search.unwrap_or_default(),
        ..HistoryFilter::default()
    };
    let mut entries = narrowed(invocation, engine, &filter).await?;
    if !args.environments {
        entries.retain(is_about_an_agent);
    }
    entries.truncate(args.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX)));
    invocation.result(&HistoryList { entries })?;
    Ok(Exit::Done)
}

async fn show(invocation: &Invocation, engine: &Engine, args: ShowEntryArgs) -> Result<Exit, Failure> {
    let entry = if args.id.eq_ignore_ascii_case(LATEST) {
        let newest = narrowed(invocation, engine, &HistoryFilter::default()).await?.into_iter().find(is_about_an_agent);
        newest.ok_or(Error::EntryNotFound { id: args.id })?
    } else {
        find_entry(&engine.history().await?, &args.id)?.clone()
    };
    let record = match &entry {
        HistoryEntry::Operation { operation, .. } => engine.operation_record(&operation.id).await?,
        HistoryEntry::Backup(_) | HistoryEntry::Profile(_) => OperationRecord::default(),
    };
    invocation.result(&EntryShown { entry, record })?;
    Ok(Exit::Done)
}

/// The entries that a filter takes, of the agent and the place that stand on the command line.
async fn narrowed(
    invocation: &Invocation,
    engine: &Engine,
    filter: &HistoryFilter,
) -> Result<Vec<HistoryEntry>, Failure> {
    let BackupFilter { agent, server, .. } = backups::filter(invocation, engine, None).await?;
    let all = engine.history().await?;
    let mut entries = engine.matching(&all, filter).await?;
    entries.retain(|entry| {
        let there = server.as_ref().is_none_or(|server| server.takes(entry.server()));
        there && agent.as_ref().is_none_or(|agent| Some(agent.as_str()) == entry.agent())
    });
    Ok(entries.into_iter().cloned().collect())
}

/// What people mean by the history where they do not say more.
fn is_about_an_agent(entry: &HistoryEntry) -> bool {
    entry.agent().is_some()
}

const fn outcome(name: OutcomeName) -> EntryOutcome {
    match name {
        OutcomeName::Done => EntryOutcome::Done,
        OutcomeName::PutBack => EntryOutcome::PutBack,
        OutcomeName::NeedsAttention => EntryOutcome::NeedsAttention,
        OutcomeName::Failed => EntryOutcome::Failed,
        OutcomeName::Refused => EntryOutcome::Refused,
        OutcomeName::Stopped => EntryOutcome::Stopped,
        OutcomeName::Running => EntryOutcome::Running,
        OutcomeName::Unfinished => EntryOutcome::Unfinished,
    }
}
