//! Several agents in one go: planned, looked at one by one, applied, gone on with, taken back.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use aidb_core::config::AgentId;
use aidb_core::operations::{
    AgentEnd, Agreement, BatchEnd, BatchOptions, BatchStop, Consent, Context, Deletion, Engine, Error, ImportOptions,
    Proposal, STOP_AFTER, Target, Which,
};
use aidb_core::plan::{Group, Plan};

use super::plans::{context, environment};
use crate::batch_sessions::BatchSession;
use crate::contract::{
    BatchAgentView, BatchApply, BatchChoice, BatchEndView, BatchLeft, BatchOpen, BatchPlan, BatchPlanView,
    BatchStopRequest, BatchedState, BatchedView, ErrorReport, PlanChoice, PlanView, Ticks,
};
use crate::desktop::Desktop;
use crate::plan_sessions::{PlanError, PlanSession};
use crate::progress::ProgressFn;
use crate::views::batches::{batched, batched_end, words_of};
use crate::views::number;
use crate::views::plans::{plan_target, plan_view};

pub(crate) async fn batch_plan(
    desktop: Arc<Desktop>,
    request: BatchPlan,
    listen: ProgressFn,
) -> Result<BatchPlanView, ErrorReport> {
    let engine = desktop.engine();
    let session = match request {
        BatchPlan::Promote { from, to, agents } => promote(&engine, &from, &to, agents, &context(listen)).await?,
        BatchPlan::Undo { batch } => {
            let batch = engine.batch(&batch).await?;
            let target = engine.target_of_batch(&batch).await?;
            let plans = engine.propose_undo(&target, &batch, &context(listen)).await?;
            let source = format!("before {}", words_of(&batch));
            BatchSession { goes_back: Some(batch.id), ..BatchSession::of(source, target, plans) }
        }
        BatchPlan::Rest { batch } => {
            let batch = engine.batch(&batch).await?;
            let target = engine.target_of_batch(&batch).await?;
            let plans = engine.rest_of_batch(&batch).await?;
            let source = batch.source.clone();
            BatchSession { rest_of: Some(batch), ..BatchSession::of(source, target, plans) }
        }
    };
    let session = desktop.batches.open(session);
    Ok(BatchPlanView {
        batch: session.ticket.clone(),
        choosable: session.rest_of.is_none(),
        source: session.source.clone(),
        target: plan_target(&session.target),
        agents: session.plans.iter().map(|plan| agent_view(&session, plan)).collect::<Result<_, _>>()?,
    })
}

async fn promote(
    engine: &Engine,
    from: &str,
    to: &str,
    agents: Vec<String>,
    context: &Context,
) -> Result<BatchSession, ErrorReport> {
    let (from, to) = (environment(engine, from).await?, environment(engine, to).await?);
    let agents = agents.into_iter().map(AgentId::new).collect::<Result<Vec<_>, _>>()?;
    let options = ImportOptions::default();
    let planned = engine.propose_promotions(&from, &agents, &to, &options, Which::All, context).await?;
    let plans = planned.into_iter().map(|(_, proposal)| proposal).collect();
    Ok(BatchSession::of(from.name, to, plans))
}

fn agent_view(session: &BatchSession, proposal: &Proposal) -> Result<BatchAgentView, PlanError> {
    let plan = &proposal.plan;
    let losses_of = |plan: &Plan| plan.count(Group::LosesAccess) + plan.count(Group::DeleteAgent);
    let losses = losses_of(plan);
    // Just what would be applied, where nobody looks at it.
    let ticked = match &session.rest_of {
        Some(_) => proposal.clone(),
        None => PlanSession::unheld(session.plan(proposal)).chosen(&Ticks::default())?,
    };
    Ok(BatchAgentView {
        agent: plan.agent_id.to_string(),
        registers: plan.registers(),
        deletes: plan.deletes_agent(),
        gains: number(plan.item_count() - losses),
        losses: number(losses),
        ticked: number(ticked.plan.item_count()),
        ticked_losses: number(losses_of(&ticked.plan)),
        cannot_change: number(plan.unchangeable.len()),
    })
}

/// The plan of one agent, as a plan session of its own.
pub(crate) async fn batch_open(desktop: Arc<Desktop>, request: BatchOpen) -> Result<PlanView, ErrorReport> {
    let session = desktop.batches.get(&request.batch)?;
    let plan = session.plan(session.proposal(&request.agent)?);
    let opened = desktop.plans.open(plan);
    Ok(plan_view(&desktop.engine(), &opened).await)
}

/// Carries a batch out.
pub(crate) async fn batch_apply(
    desktop: Arc<Desktop>,
    request: BatchApply,
    listen: ProgressFn,
) -> Result<BatchEndView, ErrorReport> {
    let session = desktop.batches.get(&request.batch)?;
    let engine = desktop.engine();
    let consent = Consent {
        changes: Agreement::NameTyped(request.typed_name.clone().unwrap_or_default()),
        deletion: if request.agree_deletion { Deletion::Agreed } else { Deletion::Refused },
    };
    let chosen = match &session.rest_of {
        Some(_) => session.plans.clone(),
        None => chosen(&session, &request)?,
    };
    if chosen.is_empty() {
        return Err(PlanError::NothingTicked.into());
    }
    for proposal in &chosen {
        engine.refuse_without_consent(&session.target, &proposal.plan, &consent).map_err(Error::from)?;
    }
    let run = desktop.plans.begin_batch(
        &session.ticket,
        &session.target.server.url,
        describe(&session.target, chosen.len()),
    )?;
    let reason = request.reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    let context = Context { cancel: run.cancel.clone(), reason, ..context(listen) };
    let agents: Vec<String> = chosen.iter().map(|proposal| proposal.plan.agent_id.to_string()).collect();
    let end = match &session.rest_of {
        Some(batch) => engine.resume_batch(&session.target, batch, &consent, &session.stop, &context).await?,
        None => {
            let options = BatchOptions {
                first: request.first.map(AgentId::new).transpose()?,
                stop_after: NonZeroU32::new(request.stop_after).unwrap_or(STOP_AFTER),
                undoes: session.goes_back.clone(),
                stop: session.stop.clone(),
            };
            engine.apply_batch(&session.target, chosen, &consent, &options, &context).await?
        }
    };
    run.carried_out();
    desktop.batches.discard(&request.batch);
    Ok(end_view(agents, end))
}

/// The proposals with what is ticked in each; an agent of which nothing is ticked stays out.
fn chosen(session: &BatchSession, request: &BatchApply) -> Result<Vec<Proposal>, PlanError> {
    let ticks: HashMap<&str, &Ticks> = request.ticks.iter().map(|one| (one.agent.as_str(), &one.ticks)).collect();
    let usual = Ticks::default();
    let mut chosen = Vec::with_capacity(session.plans.len());
    for proposal in &session.plans {
        let agent = proposal.plan.agent_id.as_str();
        if request.left_out.iter().any(|left| left == agent) {
            continue;
        }
        let reduced =
            PlanSession::unheld(session.plan(proposal)).chosen(ticks.get(agent).copied().unwrap_or(&usual))?;
        chosen.extend((!reduced.plan.is_empty()).then_some(reduced));
    }
    Ok(chosen)
}

fn describe(target: &Target, agents: usize) -> String {
    format!("Changing {} in {}", aidb_core::numbers::counted(agents, "agent"), target.name)
}

fn end_view(agents: Vec<String>, end: BatchEnd) -> BatchEndView {
    let stopped = end.stopped.map(|stopped| match stopped {
        BatchStop::FirstFailed => "The one that goes first was not done, so the others were not begun.".to_owned(),
        BatchStop::SameFailure(_) => "The same went wrong again and again, so the others were not begun.".to_owned(),
        BatchStop::Cancelled => "It was stopped, so the others were not begun.".to_owned(),
    });
    let agents = agents.into_iter().zip(end.ends).map(|(agent, end)| match end {
        AgentEnd::Applied(applied) => batched_end(agent, &applied),
        AgentEnd::Refused(error) => BatchedView {
            agent,
            state: BatchedState::Refused,
            why: Some(ErrorReport::of(error.report()).message),
            operation: None,
        },
        AgentEnd::NotStarted => BatchedView { agent, state: BatchedState::NotStarted, why: None, operation: None },
    });
    BatchEndView { id: end.batch.to_string(), agents: agents.collect(), stopped }
}

/// Begins no further agent; those under way come to their end, or are put back.
pub(crate) async fn batch_stop(desktop: Arc<Desktop>, request: BatchStopRequest) -> Result<(), ErrorReport> {
    desktop.batches.get(&request.batch)?.stop.cancel();
    if request.put_back {
        desktop.plans.cancel(&request.batch)?;
    }
    Ok(())
}

pub(crate) async fn batch_discard(desktop: Arc<Desktop>, request: PlanChoice) -> Result<(), ErrorReport> {
    desktop.batches.discard(&request.plan);
    Ok(())
}

/// The batches that dead processes left.
pub(super) async fn left(desktop: &Desktop) -> Result<Vec<BatchLeft>, ErrorReport> {
    let left = desktop.engine().interrupted_batches().await?;
    Ok(left
        .iter()
        .map(|batch| {
            let agents = batched(batch);
            let done = agents.iter().filter(|agent| agent.state == BatchedState::Done).count();
            BatchLeft { id: batch.id.to_string(), words: words_of(batch), done: number(done), of: number(agents.len()) }
        })
        .collect())
}

/// Ends a batch that was killed, as it stands.
pub(crate) async fn batch_leave(desktop: Arc<Desktop>, request: BatchChoice) -> Result<(), ErrorReport> {
    let engine = desktop.engine();
    let batch = engine.batch(&request.id).await?;
    Ok(engine.leave_batch(&batch.id).await?)
}
