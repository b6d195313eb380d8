//! `--plan-out`: a plan that is agreed to now and applied later.

use aidb_core::files::Overwrite;

use super::planned::Planned;
use super::turn::Turn;
use crate::args::ApplyArgs;
use crate::failure::Failure;

/// Writes the plan of a dry run, where that was asked for.
pub(super) async fn save(turn: Turn<'_>, planned: &[Planned], args: &ApplyArgs) -> Result<(), Failure> {
    let Turn { invocation, engine, target, .. } = turn;
    let Some(path) = &args.plan_out else { return Ok(()) };
    let proposals: Vec<_> = planned.iter().map(|planned| &planned.proposal).collect();
    let overwrite = if args.force { Overwrite::Anything } else { Overwrite::Nothing };
    let saved = engine.save_plan(target, &proposals, path, overwrite).await?;
    let path = path.display();
    invocation.screen.note(&format!("The plan is in {path}. To apply it: aidb migrate import --plan {path}"));
    invocation.screen.note(&format!("Its words, for whoever applies it elsewhere: {}", saved.words()));
    Ok(())
}
