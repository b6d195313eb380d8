//! `aidb migrate restore`.

mod args;

pub(crate) use args::RestoreArgs;

use aidb_core::operations::{BatchOptions, RestorePlan};
use serde_json::{Value, json};

use crate::commands::change::{Flags, Planned, Turn};
use crate::commands::recover;
use crate::commands::recover::Writing;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::view::Detail;
use crate::view::human::{Human, done};
use crate::view::json::Json;

/// Leads every agent of an environment back to a moment.
pub(crate) async fn restore(invocation: &Invocation, args: RestoreArgs) -> Result<Exit, Failure> {
    let engine = invocation.engine()?;
    let target = invocation.target(&engine).await?;
    let context = invocation.applying(&engine, &args.apply)?;
    recover::before(invocation, &engine, &target, Writing::of(args.apply.dry_run, &[]), &context).await?;
    let RestorePlan { proposals, unknown } = engine.propose_moment(&target, args.at.0, &context).await?;
    invocation.quiet_progress();
    for (agent, why) in &unknown {
        invocation.screen.warning(&format!("{agent} is left as it is: {}", why.sentence()));
    }
    if proposals.is_empty() {
        invocation.result(&NothingToRestore { unknown: unknown.len() })?;
        return Ok(Exit::Done);
    }
    let planned = proposals.into_iter().map(|proposal| {
        let source = format!("{} at {}", proposal.plan.agent_id, args.at);
        Planned { source, findings: Vec::new(), proposal }
    });
    let planned = planned.collect();
    let flags = Flags::of_deleting(&args.apply, args.delete_agent);
    let batch = BatchOptions::default();
    let turn = Turn {
        invocation,
        engine: &engine,
        action: "restore",
        target: &target,
        flags,
        context: &context,
        batch: &batch,
    };
    turn.end(planned, &args.apply).await
}

/// That every agent is as it was, as far as that is known.
struct NothingToRestore {
    unknown: usize,
}

impl Human for NothingToRestore {
    fn human(&self, _detail: Detail) -> String {
        match self.unknown {
            0 => done("Nothing to restore: every agent is as it was then.\n"),
            _ => done("Nothing to restore: every agent of which it is known is as it was then.\n"),
        }
    }
}

impl Json for NothingToRestore {
    fn json(&self) -> Value {
        json!({ "success": true, "action": "restore", "differs": false, "results": [], "unknown": self.unknown })
    }
}
