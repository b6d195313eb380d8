//! `aidb migrate import --plan`: applies a plan that was made and agreed to before.

use std::path::Path;

use aidb_core::operations::{Approval, Proposal, Record, SavedPlan};

use super::{ImportArgs, link};
use crate::commands::change::{Asking, Flags, Planned, Turn};
use crate::commands::recover;
use crate::commands::recover::Writing;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::prompt;

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
    let flags = Flags::of(&args.apply);
    approve(invocation, &mut proposal, &words, flags.to_changes).await?;
    let planned = vec![Planned { source: path.display().to_string(), findings: Vec::new(), proposal }];
    let turn = Turn { invocation, engine: &engine, action: "import", target: &target, flags, context: &context };
    turn.end(planned, &args.apply).await
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
