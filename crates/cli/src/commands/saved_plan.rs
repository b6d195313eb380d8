//! `--plan-out` and `aidb migrate import --plan`: a plan that is agreed to now and applied later.

use std::path::Path;

use aidb_core::files::Overwrite;
use aidb_core::operations::{Deletion, Engine, Error, SavedPlan, Target, TargetRequest};
use aidb_core::store::StoreError;

use super::change::{Asking, Consent, Planned, carry_out};
use super::recover::Writing;
use super::{link, recover};
use crate::args::{ApplyArgs, ImportArgs};
use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;

/// Writes the plan of a dry run, where that was asked for.
pub(super) fn save(
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
    engine.save_plan(target, &planned.proposal, path, overwrite)?;
    invocation.screen.note(&format!("The plan is in {0}. To apply it: aidb migrate import --plan {0}", path.display()));
    Ok(())
}

/// Applies a saved plan.
pub(super) async fn apply(invocation: &Invocation, path: &Path, args: &ImportArgs) -> Result<Exit, Failure> {
    let saved = SavedPlan::read(path)?;
    invocation.refuse_other_agent(&path.display().to_string(), saved.plan().agent_id.as_str())?;
    let engine = invocation.engine()?;
    let target = target(invocation, &engine, &saved).await?;
    let context = invocation.applying(&args.apply);
    let agent = saved.plan().agent_id.to_string();
    recover::before(invocation, &engine, &target, Writing::To(&[&agent]), &context).await?;
    let link = link::link_of(invocation, args).await?;
    let proposal = engine.propose_saved(&target, saved, &link).await?;
    let planned = vec![Planned { source: path.display().to_string(), findings: Vec::new(), proposal }];
    let asking = if args.yes { Asking::Never } else { Asking::IfPossible };
    let consent = Consent { to_changes: asking, to_deletion: Deletion::Refused };
    carry_out(invocation, &engine, "import", &target, planned, consent, &context).await
}

/// The target that was named, else the one that the plan was made for.
async fn target(invocation: &Invocation, engine: &Engine, saved: &SavedPlan) -> Result<Target, Failure> {
    if invocation.names_target() {
        return invocation.target(engine).await;
    }
    let place = saved.place();
    let mut request = TargetRequest { url: None, ..invocation.request()? };
    match &place.environment {
        Some(id) => match engine.environment(id.as_str()).await {
            Ok(environment) => request.environment = Some(environment.id.to_string()),
            // It was made on another machine, or the profile is gone; the server is still known.
            Err(Error::Store(StoreError::EnvironmentNotFound { .. })) => request.url = Some(place.url.clone()),
            Err(error) => return Err(error.into()),
        },
        None => request.url = Some(place.url.clone()),
    }
    Ok(engine.target(&request).await?)
}
