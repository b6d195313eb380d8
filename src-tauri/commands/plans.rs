//! Plans: made, looked at in pieces, and applied.

use std::sync::Arc;

use aidb_core::config::{AgentId, AgentState};
use aidb_core::connector::DatabaseVerdict;
use aidb_core::files;
use aidb_core::operations::{
    Agreement, Applied, BackupFile, Consent, Context, Deletion, Engine, Error, ImportOptions, LinkDatabase, Relink,
    Remember, RollbackOptions, RollbackSource, Target, TargetRequest, Validated, read_configuration,
};
use aidb_core::plan::{NoteWeight, Plan};
use aidb_core::store::BackupSummary;
use secrecy::ExposeSecret;

use super::files::to_read;
use crate::blocking::spawn_blocking;
use crate::contract::{
    ApplyAnswer, ApplyRequest, ApplyView, ErrorReport, FilePurpose, ImportRequest, LinkChoice, LinkRequest, LinkTest,
    LinkTestView, NamedFile, NoteCodeView, NoteView, PlanChoice, PlanPageSave, PlanText, PlanView, PromoteRequest,
    RestoreChoice, RestoreRequest, RowsRequest, RowsView, TickedPlan, WindowNote, WrittenFile,
};
use crate::desktop::Desktop;
use crate::plan_sessions::{Content, NewPlan, PlanError, PlanSession, Proposable, Run, ShownFrom};
use crate::progress::{ProgressFn, ThrottledProgress};
use crate::views::plan_command::command_line;
use crate::views::plans::{apply_view, plan_target, plan_view};
use crate::views::{number, plan_page, plan_text};

pub(crate) async fn plan_promote(
    desktop: Arc<Desktop>,
    request: PromoteRequest,
    listen: ProgressFn,
) -> Result<PlanView, ErrorReport> {
    let engine = desktop.engine();
    let (from, to) = (environment(&engine, &request.from).await?, environment(&engine, &request.to).await?);
    let agent = AgentId::new(request.agent)?;
    let options = ImportOptions { mode: request.mode, ..ImportOptions::default() };
    let proposal = engine.propose_promotion(&from, &agent, &to, &options, &context(listen)).await?;
    open_session(&desktop, &engine, from.name, Vec::new(), Proposable { target: to, proposal }).await
}

pub(crate) async fn plan_import(
    desktop: Arc<Desktop>,
    request: ImportRequest,
    listen: ProgressFn,
) -> Result<PlanView, ErrorReport> {
    let engine = desktop.engine();
    let (path, read) = configuration(&desktop, &request.file, "Configuration file").await?;
    let target = environment(&engine, &request.to).await?;
    let options = ImportOptions { mode: request.mode, ..ImportOptions::default() };
    let proposal =
        engine.propose_import(&target, &read.configuration, &options, path.clone(), &context(listen)).await?;
    let name = file_name(&path);
    let proposable = Proposable { target, proposal };
    open_session(&desktop, &engine, name, Vec::new(), proposable).await
}

pub(crate) async fn plan_restore(
    desktop: Arc<Desktop>,
    request: RestoreRequest,
    listen: ProgressFn,
) -> Result<PlanView, ErrorReport> {
    let engine = desktop.engine();
    let source = restore_source(&desktop, &engine, request.from).await?;
    let target = match (&request.to, &source) {
        (Some(to), _) => environment(&engine, to).await?,
        (None, RollbackSource::Backup(backup)) => home(&engine, &backup.summary).await?,
        (None, RollbackSource::File { .. } | RollbackSource::Moment { .. } | RollbackSource::Kept { .. }) => {
            return Err(PlanError::NoTarget.into());
        }
    };
    let options = RollbackOptions { mode: request.mode, ..RollbackOptions::default() };
    let proposal = engine.propose_rollback(&target, &source, &options, &context(listen)).await?;
    let notes = elsewhere(&source, &target).into_iter().collect();
    let proposable = Proposable { target, proposal };
    open_session(&desktop, &engine, describe_source(&source), notes, proposable).await
}

/// Makes a plan anew with another answer about its database.
pub(crate) async fn plan_link(
    desktop: Arc<Desktop>,
    request: LinkRequest,
    listen: ProgressFn,
) -> Result<PlanView, ErrorReport> {
    let session = desktop.plans.get(&request.plan)?;
    let Proposable { target, proposal } = session.proposable()?.clone();
    if proposal.wanted().is_none() {
        return Err(PlanError::NoDatabase.into());
    }
    let engine = desktop.engine();
    let link = link(request.link, &proposal.live);
    let proposal = engine.propose_again(&target, &proposal, &link, &context(listen)).await?;
    let proposable = Proposable { target, proposal };
    let view = open_session(&desktop, &engine, session.source.clone(), session.notes.clone(), proposable).await?;
    desktop.plans.discard(&request.plan);
    Ok(view)
}

/// Has the target's server try a connection string.
pub(crate) async fn link_test(desktop: Arc<Desktop>, request: LinkTest) -> Result<LinkTestView, ErrorReport> {
    let session = desktop.plans.get(&request.plan)?;
    let Proposable { target, proposal, .. } = session.proposable()?;
    let given = request.connection_string.filter(|given| !given.expose_secret().trim().is_empty());
    let tested = desktop.engine().test_connection_string(target, proposal, given).await?;
    let works = tested.verdict == DatabaseVerdict::Reachable;
    // Never the server's own text: drivers quote the connection string in it.
    let message = if works {
        format!("{} can reach the database.", target.name)
    } else {
        format!("{} cannot reach the database with this connection string.", target.name)
    };
    Ok(LinkTestView { works, message })
}

/// A piece of a group of a plan.
pub(crate) async fn plan_rows(desktop: Arc<Desktop>, request: RowsRequest) -> Result<RowsView, ErrorReport> {
    let session = desktop.plans.get(&request.plan)?;
    let from = usize::try_from(request.from).unwrap_or(usize::MAX);
    let (total, rows) = session.piece(request.group, &request.search, from);
    Ok(RowsView { total: number(total), rows })
}

/// A plan in words, and as a command line.
pub(crate) async fn plan_text(desktop: Arc<Desktop>, request: TickedPlan) -> Result<PlanText, ErrorReport> {
    let session = desktop.plans.get(&request.plan)?;
    let Ok(proposable) = session.proposable() else {
        return Ok(PlanText { text: plan_text::text(&session), command: None, command_note: None });
    };
    let chosen = session.chosen(&request.ticks)?;
    let line = command_line(&session, &chosen);
    let text = plan_text::text(&session.reduced(proposable, chosen));
    Ok(PlanText { text, command: line.command, command_note: line.note })
}

/// Saves a plan as a page for an approver.
pub(crate) async fn plan_page_save(desktop: Arc<Desktop>, request: PlanPageSave) -> Result<WrittenFile, ErrorReport> {
    let session = desktop.plans.get(&request.plan)?;
    let engine = desktop.engine();
    let page = match session.proposable() {
        Err(_) => plan_page::page(&session, 0, engine.actor()),
        Ok(proposable) => {
            let chosen = session.chosen(&request.ticks)?;
            let left_out = session.content.plan().item_count() - chosen.plan.item_count();
            plan_page::page(&session.reduced(proposable, chosen), left_out, engine.actor())
        }
    };
    let destination = desktop.files.to_write(&request.file, &[FilePurpose::PlanPage])?;
    files::write(&destination.path, &page, destination.overwrite)?;
    let path = destination.path.display().to_string();
    let message = format!("The plan was saved as {}.", file_name(&path));
    Ok(WrittenFile { path, message, notes: Vec::new() })
}

pub(crate) async fn plan_discard(desktop: Arc<Desktop>, request: PlanChoice) -> Result<(), ErrorReport> {
    desktop.plans.discard(&request.plan);
    Ok(())
}

/// Carries a plan out.
pub(crate) async fn plan_apply(
    desktop: Arc<Desktop>,
    request: ApplyRequest,
    listen: ProgressFn,
) -> Result<ApplyAnswer, ErrorReport> {
    let session = desktop.plans.get(&request.plan)?;
    let proposable = session.proposable()?;
    let chosen = session.chosen(&request.ticks)?;
    if chosen.plan.is_empty() {
        return Err(PlanError::NothingTicked.into());
    }
    let engine = desktop.engine();
    let changes = Agreement::NameTyped(request.typed_name.unwrap_or_default());
    let deletion = if request.agree_deletion { Deletion::Agreed } else { Deletion::Refused };
    let consent = Consent { changes, deletion };
    engine.refuse_without_consent(&proposable.target, &chosen.plan, &consent).map_err(Error::from)?;
    let run = desktop.plans.begin(&session, proposable)?;
    let reason = request.reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    let context = Context { cancel: run.cancel.clone(), reason, ..context(Arc::clone(&listen)) };
    match engine.apply(&proposable.target, &chosen, &consent, &context).await {
        Ok(applied) => {
            note_end(&run, &applied.report);
            let result = ended(&desktop, &engine, &session.source, &proposable.target, chosen.plan, applied).await;
            Ok(ApplyAnswer::Ended { result: Box::new(result) })
        }
        Err(error @ Error::TargetChanged { .. }) => moved(desktop, engine, session, error).await,
        Err(error) => Err(error.into()),
    }
}

/// Stops an apply; what was done is put back.
pub(crate) async fn plan_cancel(desktop: Arc<Desktop>, request: PlanChoice) -> Result<(), ErrorReport> {
    Ok(desktop.plans.cancel(&request.plan)?)
}

/// An environment as a server that can be talked to.
pub(super) async fn environment(engine: &Engine, id: &str) -> Result<Target, Error> {
    engine.target(&TargetRequest { environment: Some(id.to_owned()), ..TargetRequest::default() }).await
}

/// Server of a backup, as far as that can still be talked to.
pub(super) async fn home(engine: &Engine, backup: &BackupSummary) -> Result<Target, ErrorReport> {
    if engine.environment_of(backup).await?.is_none() {
        let server = backup.server.environment_name.clone().unwrap_or_else(|| backup.server.url.clone());
        return Err(PlanError::EnvironmentGone { server }.into());
    }
    Ok(engine.target_of(backup).await?)
}

/// A configuration file, and its path to be shown.
pub(super) async fn configuration(
    desktop: &Desktop,
    file: &NamedFile,
    what: &'static str,
) -> Result<(String, Validated), ErrorReport> {
    let path = to_read(desktop, file, what).await?.path;
    let shown = path.display().to_string();
    Ok((shown, spawn_blocking(move || read_configuration(&path, what)).await?))
}

/// Context of a call that a person waits for.
pub(super) fn context(listen: ProgressFn) -> Context {
    Context { progress: ThrottledProgress::for_listener(listen), ..Context::default() }
}

/// A file's name without its folders.
pub(super) fn file_name(path: &str) -> String {
    let name = std::path::Path::new(path).file_name();
    name.map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned())
}

async fn open_session(
    desktop: &Desktop,
    engine: &Engine,
    source: String,
    notes: Vec<NoteView>,
    proposable: Proposable,
) -> Result<PlanView, ErrorReport> {
    let target = Some(plan_target(&proposable.target));
    let content = Content::Proposal(Box::new(proposable));
    let session = desktop.plans.open(NewPlan { source, target, notes, content });
    Ok(plan_view(engine, &session).await)
}

async fn restore_source(
    desktop: &Desktop,
    engine: &Engine,
    from: RestoreChoice,
) -> Result<RollbackSource, ErrorReport> {
    Ok(match from {
        RestoreChoice::Backup { id } => RollbackSource::Backup(Box::new(engine.backup(&id).await?)),
        RestoreChoice::File { file } => {
            let kept = super::files::to_read(desktop, &file, "Backup file").await?.path;
            if let Some(file) = spawn_blocking(move || BackupFile::read(&kept)).await? {
                return Ok(file.choose(None)?);
            }
            let (path, read) = configuration(desktop, &file, "Backup file").await?;
            let configuration = Box::new(read.configuration);
            RollbackSource::File { path: path.into(), configuration }
        }
    })
}

fn describe_source(source: &RollbackSource) -> String {
    match source {
        RollbackSource::File { path, .. } | RollbackSource::Kept { path, .. } => file_name(&path.to_string_lossy()),
        RollbackSource::Moment { agent_id, .. } => agent_id.to_string(),
        RollbackSource::Backup(backup) => match &backup.summary.name {
            Some(name) => format!("the backup “{name}”"),
            None => format!("the backup {}", backup.summary.id),
        },
    }
}

/// Restoring somewhere else is allowed, and never by accident.
fn elsewhere(source: &RollbackSource, target: &Target) -> Option<NoteView> {
    let RollbackSource::Backup(backup) = source else { return None };
    let server = &backup.summary.server;
    let from = server.environment_name.as_deref().unwrap_or(&server.url);
    (server.url != target.server.url).then(|| NoteView {
        code: NoteCodeView::Window(WindowNote::OtherEnvironment),
        weight: NoteWeight::Warning,
        message: format!("This backup was taken in {from}, and would be restored into {}.", target.name),
    })
}

/// Somebody who types a connection string for an agent that has a database linked wants it linked anew.
fn link(choice: LinkChoice, live: &AgentState) -> LinkDatabase {
    match choice {
        LinkChoice::Later => LinkDatabase::Later,
        LinkChoice::Remembered => LinkDatabase::Remembered,
        LinkChoice::With { connection_string, remember } => {
            let remember = if remember { Remember::Keep } else { Remember::Forget };
            let linked = live.present().is_some_and(|live| live.agent.database.is_some());
            let even_if_linked = if linked { Relink::Yes } else { Relink::No };
            LinkDatabase::With { connection_string, remember, even_if_linked }
        }
    }
}

/// End of an apply, and what became of each row of its plan.
async fn ended(
    desktop: &Desktop,
    engine: &Engine,
    source: &str,
    target: &Target,
    plan: Plan,
    applied: Applied,
) -> ApplyView {
    let shown =
        NewPlan::past(source.to_owned(), plan_target(target), plan.clone(), Some(&applied.report), ShownFrom::Result);
    let view = plan_view(engine, &desktop.plans.open(shown)).await;
    let next = next_stage(engine, target).await;
    apply_view(applied, &plan, view, target, next)
}

/// What was put back can be tried again with the same plan.
fn note_end(run: &Run, report: &aidb_core::apply::ApplyReport) {
    if report.outcome == aidb_core::apply::Outcome::Done {
        run.carried_out();
    }
}

/// The stage after a target. The apply has ended by now: that the stages cannot be read must not hide how.
async fn next_stage(engine: &Engine, target: &Target) -> Option<String> {
    let own = target.environment.as_ref()?;
    let environments = engine.environments().await.ok()?;
    let index = environments.iter().position(|environment| environment.id == own.id)?;
    environments.get(index + 1).map(|next| next.id.to_string())
}

/// Opens the new plan that the refusal carries.
async fn moved(
    desktop: Arc<Desktop>,
    engine: Arc<Engine>,
    session: Arc<PlanSession>,
    refused: Error,
) -> Result<ApplyAnswer, ErrorReport> {
    let mut error = ErrorReport::of(refused.report());
    let Error::TargetChanged { now, .. } = refused else { return Err(error) };
    let Proposable { target, .. } = session.proposable()?.clone();
    let proposable = Proposable { target, proposal: now.whole() };
    let now = open_session(&desktop, &engine, session.source.clone(), session.notes.clone(), proposable).await?;
    // Said once: what moved has a place of its own on the screen.
    let moved = std::mem::take(&mut error.details);
    Ok(ApplyAnswer::Moved { error, moved, now: Box::new(now) })
}
