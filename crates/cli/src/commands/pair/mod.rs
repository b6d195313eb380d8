//! `aidb pair`.

mod args;
mod human;
mod json;

pub(crate) use args::{PairAction, PairArgs};

use aidb_core::operations::Engine;
use aidb_core::store::{Environment, EnvironmentId, Pair};

use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;

/// Pairs, with the environments that they are about.
pub(crate) struct PairsShown {
    pub(crate) done: PairDone,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) environments: Vec<Environment>,
}

/// What was done about pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PairDone {
    Listed,
    Added,
    Removed,
}

/// Lists, declares and dissolves pairs. Asks no server.
pub(crate) async fn pair(invocation: &Invocation, action: Option<PairAction>) -> Result<Exit, Failure> {
    let engine = invocation.engine()?;
    let (done, pairs) = match action.unwrap_or(PairAction::List) {
        PairAction::List => (PairDone::Listed, engine.pairs().await?),
        PairAction::Add(args) => {
            let agents = args.agents.iter().map(|text| environment_and_agent(text));
            let agents = agents.collect::<Result<Vec<_>, _>>()?;
            (PairDone::Added, vec![engine.declare_pair(&agents).await?])
        }
        PairAction::Remove(args) => {
            let (environment, agent) = environment_and_agent(&args.agent)?;
            (PairDone::Removed, vec![engine.dissolve_pair(&environment, &agent).await?])
        }
    };
    invocation.result(&shown(&engine, done, pairs).await?)?;
    Ok(Exit::Done)
}

async fn shown(engine: &Engine, done: PairDone, pairs: Vec<Pair>) -> Result<PairsShown, Failure> {
    Ok(PairsShown { done, pairs, environments: engine.environments().await? })
}

/// "Production/prod-agent". An environment's name may hold a slash, an agent's id cannot.
pub(crate) fn environment_and_agent(text: &str) -> Result<(String, String), CommandError> {
    match text.rsplit_once('/') {
        Some((environment, agent)) if !environment.is_empty() && !agent.is_empty() => {
            Ok((environment.to_owned(), agent.to_owned()))
        }
        _ => Err(CommandError::BadValue {
            message: format!("{text:?} names no agent of an environment. Nothing was changed."),
            hint: "Write the environment, a slash and the agent's id: Production/prod-agent.".into(),
        }),
    }
}

/// The name of an environment that is known by its id.
pub(crate) fn name_of<'e>(environments: &'e [Environment], id: &'e EnvironmentId) -> &'e str {
    environments.iter().find(|one| one.id == *id).map_or(id.as_str(), |one| &one.name)
}
