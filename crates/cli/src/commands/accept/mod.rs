//! `aidb accept`.

mod args;
mod human;
mod json;

use args::AddAcceptedArgs;
pub(crate) use args::{AcceptAction, AcceptArgs};

use aidb_core::config::AgentId;
use aidb_core::operations::{Acceptance, AcceptedItems, Engine};
use aidb_core::store::{AcceptedDifference, Environment};
use chrono::{DateTime, Days, Local, NaiveDate, NaiveTime, TimeZone as _, Utc};

use super::pair::environment_and_agent;
use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;

/// Accepted differences, with the environments that they are about.
pub(crate) struct AcceptedShown {
    pub(crate) done: AcceptDone,
    pub(crate) accepted: Vec<AcceptedDifference>,
    pub(crate) environments: Vec<Environment>,
}

/// What was done about accepted differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AcceptDone {
    Listed,
    Added,
    Removed,
}

/// Lists, adds and removes accepted differences.
pub(crate) async fn accept(invocation: &Invocation, action: Option<AcceptAction>) -> Result<Exit, Failure> {
    let engine = invocation.engine()?;
    let (done, accepted) = match action.unwrap_or(AcceptAction::List) {
        AcceptAction::List => (AcceptDone::Listed, engine.accepted_differences().await?),
        AcceptAction::Add(args) => (AcceptDone::Added, add(invocation, &engine, args).await?),
        AcceptAction::Remove(args) => (AcceptDone::Removed, vec![engine.withdraw_accepted(&args.id).await?]),
    };
    invocation.result(&AcceptedShown { done, accepted, environments: engine.environments().await? })?;
    Ok(Exit::Done)
}

async fn add(
    invocation: &Invocation,
    engine: &Engine,
    args: AddAcceptedArgs,
) -> Result<Vec<AcceptedDifference>, Failure> {
    let (environment, agent) = environment_and_agent(&args.agent)?;
    let Some(reason) = invocation.global.run.reason.clone() else {
        return Err(CommandError::BadValue {
            message: "A difference is accepted for a reason, and none was given. Nothing was changed.".into(),
            hint: "Say why it is on purpose with --reason.".into(),
        }
        .into());
    };
    let items = if args.all { AcceptedItems::All } else { AcceptedItems::Named(args.items) };
    let acceptance = Acceptance { environment, agent: AgentId::new(agent)?, items, reason, until: end_of(args.until) };
    Ok(engine.accept(&acceptance, &invocation.context()).await?)
}

/// The midnight that ends a day here. Where that is skipped or comes twice, as clocks are changed, the one of UTC.
fn end_of(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.checked_add_days(Days::new(1)).unwrap_or(day).and_time(NaiveTime::MIN);
    Local.from_local_datetime(&midnight).single().map_or_else(|| midnight.and_utc(), |local| local.to_utc())
}
