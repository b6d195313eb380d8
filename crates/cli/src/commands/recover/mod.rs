//! `aidb recover`, and what every command that talks to a server does first: recover what was interrupted.

mod args;
mod human;
mod json;

pub(crate) use args::RecoverArgs;

use aidb_core::apply::{Outcome, RecoveryMode};
use aidb_core::config::AgentId;
use aidb_core::operations::{
    Context, Engine, Interrupted, Owner, Recovered, RecoveryEnd, RecoveryRequest, Target, WhenBusy,
};
use aidb_core::store::{OperationId, OperationSummary};

use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;
use crate::signals;

/// The operations that have no end.
pub(crate) struct InterruptedList(pub(crate) Vec<Interrupted>);

/// Ends of the interrupted operations.
pub(crate) struct RecoveriesDone(pub(crate) Vec<Recovered>);

/// One that was ended as it stands.
pub(crate) struct OperationLeft(pub(crate) OperationSummary);

/// Whether a command is going to write.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Writing<'a> {
    To(&'a [&'a str]),
    Not,
}

impl<'a> Writing<'a> {
    pub(crate) const fn of(dry_run: bool, agents: &'a [&'a str]) -> Self {
        if dry_run { Self::Not } else { Self::To(agents) }
    }
}

/// Recovers interrupted operations, shows them, or leaves one as it is.
pub(crate) async fn recover(invocation: &Invocation, args: RecoverArgs) -> Result<Exit, Failure> {
    let engine = invocation.engine()?;
    if args.list {
        return invocation.result(&InterruptedList(engine.interrupted().await?)).map(|()| Exit::Done);
    }
    let operation = args.operation.as_deref().map(id_of).transpose()?;
    if args.leave
        && let Some(operation) = &operation
    {
        return Ok(invocation.finished(&OperationLeft(engine.leave(operation).await?), Exit::Done));
    }
    let target = match invocation.names_server() {
        true => Some(invocation.target(&engine).await?),
        false => None,
    };
    let mode = if args.finish { RecoveryMode::Finish } else { RecoveryMode::PutBack };
    let request = RecoveryRequest { operation: operation.as_ref(), mode, target: target.as_ref() };
    signals::changes_begin();
    let done = RecoveriesDone(engine.recover(request, &invocation.context()).await?);
    Ok(invocation.changed(&done, done.exit()))
}

/// What comes before a command's own work at a server. One that writes waits for its agents where it was told to, and every
/// one recovers what was interrupted; one that promises not to write only says what there is.
pub(crate) async fn before(
    invocation: &Invocation,
    engine: &Engine,
    target: &Target,
    writing: Writing<'_>,
    context: &Context,
) -> Result<(), Failure> {
    let Writing::To(agents) = writing else { return tell(invocation, engine).await };
    if context.when_busy == WhenBusy::Wait {
        for agent in agents {
            engine.wait_for_agent(target, &AgentId::new((*agent).to_owned())?, context).await?;
        }
    }
    recover_first(invocation, engine, target, context).await
}

/// Recovers what was interrupted, and says what became of it. What cannot be recovered now is in nobody's way but its agent's.
pub(crate) async fn recover_first(
    invocation: &Invocation,
    engine: &Engine,
    target: &Target,
    context: &Context,
) -> Result<(), Failure> {
    let interrupted = engine.interrupted().await?;
    if interrupted.iter().all(|open| open.owner == Owner::AtWork) {
        return Ok(());
    }
    signals::changes_begin();
    let request = RecoveryRequest { target: Some(target), ..RecoveryRequest::default() };
    for recovered in engine.recover(request, context).await? {
        if !matches!(recovered.end, RecoveryEnd::UnderWay) {
            invocation.quiet_progress();
            invocation.screen.note(&human::recovered(&recovered));
        }
    }
    signals::recovered_before();
    Ok(())
}

async fn tell(invocation: &Invocation, engine: &Engine) -> Result<(), Failure> {
    for open in engine.interrupted().await?.iter().filter(|open| open.owner == Owner::Gone) {
        invocation.screen.note(&format!("{} `aidb recover` settles it.", human::interrupted(&open.operation)));
    }
    Ok(())
}

fn id_of(word: &str) -> Result<OperationId, CommandError> {
    OperationId::parse(word).ok_or_else(|| CommandError::BadValue {
        message: format!("{word:?} is no operation's id. Nothing was changed."),
        hint: "An id looks like op-3fz9q2mk; `aidb recover --list` shows them.".into(),
    })
}

impl RecoveriesDone {
    /// What waits, or was changed by somebody else, is left to do.
    fn exit(&self) -> Exit {
        let left = self.0.iter().any(|recovered| match &recovered.end {
            RecoveryEnd::Waiting { .. } => true,
            RecoveryEnd::Recovered { report, .. } => report.outcome == Outcome::NeedsAttention,
            RecoveryEnd::NothingWritten | RecoveryEnd::UnderWay => false,
        });
        if left { Exit::NeedsAttention } else { Exit::Done }
    }
}
