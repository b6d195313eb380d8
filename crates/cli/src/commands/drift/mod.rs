//! `aidb drift`.

mod args;
mod human;
mod json;

use args::{AcceptDriftArgs, PutBackArgs};
pub(crate) use args::{DriftAction, DriftArgs};

use aidb_core::config::AgentId;
use aidb_core::operations::{AskForKey, BatchOptions, Engine, EnvironmentDrift};
use aidb_core::store::Backup;

use crate::commands::change::{Flags, Planned, Turn};
use crate::commands::recover;
use crate::commands::recover::Writing;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;

/// Drift of environments.
pub(crate) struct DriftShown {
    pub(crate) environments: Vec<EnvironmentDrift>,
}

/// Agents that were accepted as they are.
pub(crate) struct DriftAccepted {
    pub(crate) backups: Vec<Backup>,
}

/// Looks for drift, accepts it, or puts it back.
pub(crate) async fn drift(invocation: &Invocation, args: DriftArgs) -> Result<Exit, Failure> {
    let engine = invocation.engine()?;
    match args.action {
        Some(DriftAction::Accept(accept)) => return accept_drift(invocation, &engine, accept).await,
        Some(DriftAction::PutBack(back)) => return put_back(invocation, &engine, back).await,
        None => {}
    }
    let only = invocation.global.target.environment.as_deref();
    let environments = engine.drift(only, AskForKey::Now, &invocation.context()).await?;
    let shown = DriftShown { environments };
    invocation.result(&shown)?;
    Ok(exit(&shown.environments, args.detailed_exitcode))
}

/// Where it is asked whether something was changed, what could not be read is no "nothing".
fn exit(environments: &[EnvironmentDrift], detailed: bool) -> Exit {
    let unread = environments.iter().filter(|environment| environment.agents.is_err()).count();
    if !environments.is_empty() && unread == environments.len() {
        return Exit::Failed;
    }
    let mut agents = environments.iter().flat_map(|environment| environment.agents.iter().flatten());
    match detailed {
        true if agents.any(|agent| agent.standing.is_drift()) => Exit::Differs,
        true if unread > 0 => Exit::Failed,
        true | false => Exit::Done,
    }
}

async fn accept_drift(invocation: &Invocation, engine: &Engine, args: AcceptDriftArgs) -> Result<Exit, Failure> {
    let target = invocation.target(engine).await?;
    let mut backups = Vec::with_capacity(args.agents.len());
    for agent in args.agents {
        backups.push(engine.accept_drift(&target, &AgentId::new(agent)?, &invocation.context()).await?);
    }
    invocation.result(&DriftAccepted { backups })?;
    Ok(Exit::Done)
}

async fn put_back(invocation: &Invocation, engine: &Engine, args: PutBackArgs) -> Result<Exit, Failure> {
    let target = invocation.target(engine).await?;
    let context = invocation.applying(engine, &args.apply)?;
    let agents: Vec<&str> = args.agents.iter().map(String::as_str).collect();
    recover::before(invocation, engine, &target, Writing::of(args.apply.dry_run, &agents), &context).await?;
    let mut planned = Vec::with_capacity(agents.len());
    for agent in &agents {
        let proposal = engine.propose_baseline(&target, &AgentId::new(*agent)?, &context).await?;
        let source = format!("{agent} as aidb knew it last");
        planned.push(Planned { source, findings: Vec::new(), proposal });
    }
    let flags = Flags::of_deleting(&args.apply, args.delete_agent);
    let batch = BatchOptions::default();
    let turn =
        Turn { invocation, engine, action: "drift put-back", target: &target, flags, context: &context, batch: &batch };
    turn.end(planned, &args.apply).await
}
