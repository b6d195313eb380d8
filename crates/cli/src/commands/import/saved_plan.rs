//! `aidb migrate import --plan`: applies a plan that was made and agreed to before.

use std::path::Path;

use aidb_core::config::AgentId;
use aidb_core::operations::{Approval, BatchOptions, Proposal, Record, SavedPlan};

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
    let named = path.display().to_string();
    let agents: Vec<String> = saved.plans().map(|plan| plan.agent_id.to_string()).collect();
    if let [agent] = agents.as_slice() {
        invocation.refuse_other_agent(&named, agent)?;
    }
    let engine = invocation.engine()?;
    let target = invocation.target_for(&engine, Record::Plan, saved.server()?).await?;
    let context = invocation.applying(&engine, &args.apply)?;
    let ids: Vec<&str> = agents.iter().map(String::as_str).collect();
    recover::before(invocation, &engine, &target, Writing::To(&ids), &context).await?;
    let link = link::link_of(invocation, args).await?;
    let words = saved.words();
    let approved = (!args.approved.is_empty()).then(|| args.approved.join(" "));
    let mut proposals = engine.propose_saved(&target, saved, &link, approved.as_deref()).await?;
    let flags = Flags::of(&args.apply);
    approve(invocation, &mut proposals, &words, flags.to_changes).await?;
    let several = proposals.len() > 1;
    let source = |agent: &AgentId| if several { format!("{agent} in {named}") } else { named.clone() };
    let planned = proposals
        .into_iter()
        .map(|proposal| Planned { source: source(&proposal.plan.agent_id), findings: Vec::new(), proposal })
        .collect();
    let batch = BatchOptions::default();
    let turn = Turn {
        invocation,
        engine: &engine,
        action: "import",
        target: &target,
        flags,
        context: &context,
        batch: &batch,
    };
    turn.end(planned, &args.apply).await
}

/// Asks a person at the terminal whether a plan from elsewhere is the one that was read. Where nobody can be asked, the plan is
/// shown like any other, and the engine refuses it.
async fn approve(
    invocation: &Invocation,
    proposals: &mut [Proposal],
    words: &str,
    asking: Asking,
) -> Result<(), Failure> {
    let missing = proposals.iter().find_map(|proposal| match proposal.approval() {
        Approval::Missing { saved_by, .. } => Some(saved_by),
        Approval::Given => None,
    });
    let Some(saved_by) = missing else { return Ok(()) };
    if asking == Asking::Never || !invocation.screen.can_ask() {
        return Ok(());
    }
    let what = format!("This plan was not saved here, but by {saved_by}, as the file says. Its words: {words}.");
    prompt::agree(&format!("{what} Are they the words that were agreed to?"), &invocation.cancel).await?;
    proposals.iter_mut().for_each(Proposal::approve_in_person);
    Ok(())
}
