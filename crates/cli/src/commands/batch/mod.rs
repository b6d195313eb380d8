//! `aidb migrate batch`.

mod args;
mod human;
mod json;

pub(crate) use args::{BatchAction, BatchArgs};
use args::{ResumeBatchArgs, UndoBatchArgs};

use aidb_core::operations::{BatchOptions, Engine, Proposal, Record};
use aidb_core::store::Batch;

use crate::commands::change::{Flags, Planned, Turn};
use crate::commands::recover;
use crate::commands::recover::Writing;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;

/// All batches.
pub(crate) struct BatchList {
    pub(crate) batches: Vec<Batch>,
}

/// One batch, agent by agent.
pub(crate) struct BatchShown {
    pub(crate) batch: Batch,
}

/// A batch of which nothing is to be gone on with, or to be taken back.
pub(crate) struct NothingLeft {
    pub(crate) action: &'static str,
    pub(crate) batch: Batch,
}

/// Lists and shows batches, goes on with one, takes one back.
pub(crate) async fn batch(invocation: &Invocation, action: Option<BatchAction>) -> Result<Exit, Failure> {
    let engine = invocation.engine()?;
    match action.unwrap_or(BatchAction::List) {
        BatchAction::List => invocation.result(&BatchList { batches: engine.batches().await? })?,
        BatchAction::Show(args) => invocation.result(&BatchShown { batch: engine.batch(&args.id).await? })?,
        BatchAction::Resume(args) => return resume(invocation, &engine, args).await,
        BatchAction::Undo(args) => return undo(invocation, &engine, args).await,
    }
    Ok(Exit::Done)
}

async fn resume(invocation: &Invocation, engine: &Engine, args: ResumeBatchArgs) -> Result<Exit, Failure> {
    let batch = engine.batch(&args.id).await?;
    let target = invocation.target_for(engine, Record::Plan, &batch.server).await?;
    let context = invocation.applying(engine, &args.apply)?;
    if !args.apply.dry_run {
        recover::before(invocation, engine, &target, Writing::To(&[]), &context).await?;
    }
    // What was in the middle has its end now.
    let batch = engine.batch(&args.id).await?;
    let planned = planned(&batch, engine.rest_of_batch(&batch).await?);
    if planned.is_empty() {
        invocation.result(&NothingLeft { action: "resume", batch })?;
        return Ok(Exit::Done);
    }
    let options = BatchOptions::default();
    let turn = Turn {
        invocation,
        engine,
        action: "batch resume",
        target: &target,
        flags: Flags::of(&args.apply),
        context: &context,
        batch: &options,
    };
    if args.apply.dry_run { turn.end(planned, &args.apply).await } else { turn.resume(&batch, planned).await }
}

async fn undo(invocation: &Invocation, engine: &Engine, args: UndoBatchArgs) -> Result<Exit, Failure> {
    let batch = engine.batch(&args.id).await?;
    let target = invocation.target_for(engine, Record::Plan, &batch.server).await?;
    let context = invocation.applying(engine, &args.apply)?;
    let agents: Vec<&str> = batch.agents.iter().map(|agent| agent.agent_id.as_str()).collect();
    recover::before(invocation, engine, &target, Writing::of(args.apply.dry_run, &agents), &context).await?;
    let planned = planned(&batch, engine.propose_undo(&target, &batch, &context).await?);
    if planned.is_empty() {
        invocation.result(&NothingLeft { action: "undo", batch })?;
        return Ok(Exit::Done);
    }
    let flags = Flags::of_deleting(&args.apply, args.delete_agent);
    let options = BatchOptions { undoes: Some(batch.id.clone()), ..BatchOptions::default() };
    let turn =
        Turn { invocation, engine, action: "batch undo", target: &target, flags, context: &context, batch: &options };
    turn.end(planned, &args.apply).await
}

fn planned(batch: &Batch, proposals: Vec<Proposal>) -> Vec<Planned> {
    let source = |proposal: &Proposal| format!("{} of {}", proposal.plan.agent_id, batch.id);
    let planned = proposals.into_iter();
    planned.map(|proposal| Planned { source: source(&proposal), findings: Vec::new(), proposal }).collect()
}
