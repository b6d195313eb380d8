//! `--plan-out` and `aidb migrate import --plan`: a plan that is agreed to now and applied later.

use std::path::Path;

use aidb_core::files::Overwrite;
use aidb_core::operations::{Approval, Deletion, Engine, Proposal, Record, SavedPlan, Target};

use super::change::{Asking, Flags, Planned, carry_out};
use super::recover::Writing;
use super::{link, recover};
use crate::args::{ApplyArgs, ImportArgs};
use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;
use crate::prompt;

/// Writes the plan of a dry run, where that was asked for.
pub(super) async fn save(
    invocation: &Invocation,
    engine: &Engine,
    target: &Target,
    planned: &[Planned],
    args: &ApplyArgs,
) -> Result<(), Failure> {
    let Some(path) = &args.plan_out else { return Ok(()) };
    let [planned] = planned else {
        let message = "--plan-out writes one plan, and here are several agents. Nothing was written.".into();
        let hint = "Make one plan for each agent.".into();
        return Err(CommandError::BadValue { message, hint }.into());
    };
    let overwrite = if args.force { Overwrite::Anything } else { Overwrite::Nothing };
    let saved = engine.save_plan(target, &planned.proposal, path, overwrite).await?;
    let path = path.display();
    invocation.screen.note(&format!("The plan is in {path}. To apply it: aidb migrate import --plan {path}"));
    invocation.screen.note(&format!("Its words, for whoever applies it elsewhere: {}", saved.words()));
    Ok(())
}

/// Applies a saved plan.
pub(super) async fn apply(invocation: &Invocation, path: &Path, args: &ImportArgs) -> Result<Exit, Failure> {
    let saved = SavedPlan::read(path)?;
    invocation.refuse_other_agent(&path.display().to_string(), saved.plan().agent_id.as_str())?;
    let engine = invocation.engine()?;
    let target = invocation.target_for(&engine, Record::Plan, saved.server()).await?;
    let context = invocation.applying(&engine, &args.apply)?;
    let agent = saved.plan().agent_id.to_string();
    recover::before(invocation, &engine, &target, Writing::To(&[&agent]), &context).await?;
    let link = link::link_of(invocation, args).await?;
    let words = saved.words();
    let approved = (!args.approved.is_empty()).then(|| args.approved.join(" "));
    let mut proposal = engine.propose_saved(&target, saved, &link, approved.as_deref()).await?;
    let asking = if args.yes { Asking::Never } else { Asking::IfPossible };
    approve(invocation, &mut proposal, &words, asking).await?;
    let planned = vec![Planned { source: path.display().to_string(), findings: Vec::new(), proposal }];
    let flags = Flags { to_changes: asking, to_deletion: Deletion::Refused };
    carry_out(invocation, &engine, "import", &target, planned, flags, &context).await
}

/// Asks a person at the terminal whether a plan from elsewhere is the one that was read. Where nobody can be asked, the plan is
/// shown like any other, and the engine refuses it.
async fn approve(invocation: &Invocation, proposal: &mut Proposal, words: &str, asking: Asking) -> Result<(), Failure> {
    let Approval::Missing { saved_by, .. } = proposal.approval() else { return Ok(()) };
    if asking == Asking::Never || !invocation.screen.can_ask() {
        return Ok(());
    }
    let what = format!("This plan was not saved here, but by {saved_by}, as the file says. Its words: {words}.");
    prompt::agree(&format!("{what} Are they the words that were agreed to?"), &invocation.cancel).await?;
    proposal.approve_in_person();
    Ok(())
}
