//! `aidb migrate compare`.

mod args;
mod human;
mod json;

pub(crate) use args::CompareArgs;

use std::path::Path;

use aidb_core::config::AgentId;
use aidb_core::operations::{self, BackupChoice, Comparison, Engine, KnownAt, Side, TargetRequest};

use crate::args::{Moment, is_dash};
use crate::commands::backups::find;
use crate::commands::input;
use crate::commands::pair::environment_and_agent;
use crate::commands::rollback::backup_choice;
use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;

/// Differences of two configurations.
pub(crate) struct ComparisonDone {
    pub(crate) comparison: Comparison,
}

/// Compares two files or backups.
pub(crate) async fn compare(invocation: &Invocation, args: CompareArgs) -> Result<Exit, Failure> {
    if [&args.left, &args.right].iter().all(|side| is_dash(Path::new(side))) {
        let message = "Both sides are \"-\", and standard input can be read once. Nothing was compared.".into();
        let hint = "Name a file or a backup for one of them.".into();
        return Err(CommandError::BadValue { message, hint }.into());
    }
    let mut engine = None;
    let left = side(invocation, &mut engine, &args.left).await?;
    let right = side(invocation, &mut engine, &args.right).await?;
    let done = ComparisonDone { comparison: operations::compare(&left, &right)? };
    invocation.result(&done)?;
    Ok(if done.comparison.is_same() { Exit::Done } else { Exit::Differs })
}

/// Two files need no engine: they can be compared where nothing can be stored.
async fn side(invocation: &Invocation, engine: &mut Option<Engine>, named: &str) -> Result<Side, Failure> {
    // A file that is there is meant, whatever it is called.
    if !Path::new(named).exists() {
        if let Some(place) = named.strip_prefix("env:") {
            return live(invocation, opened(invocation, engine)?, place).await;
        }
        if let Some(moment) = named.strip_prefix("at:") {
            return at_moment(opened(invocation, engine)?, moment).await;
        }
    }
    let named = named.strip_prefix("backup:").unwrap_or(named);
    match backup_choice(named) {
        BackupChoice::File(path) => {
            let read = input::configuration(invocation, &path, "Configuration file").await?;
            Ok(Side::of_file(named, read.configuration))
        }
        BackupChoice::Id(id) => {
            let engine = opened(invocation, engine)?;
            let backup = find(invocation, engine, &id).await?;
            Ok(Side::of_state(backup.summary.id.to_string(), backup.state))
        }
    }
}

fn opened<'e>(invocation: &Invocation, engine: &'e mut Option<Engine>) -> Result<&'e Engine, Failure> {
    match engine {
        Some(engine) => Ok(engine),
        None => Ok(engine.insert(invocation.engine()?)),
    }
}

/// "Staging/my-agent", as it is now.
async fn live(invocation: &Invocation, engine: &Engine, place: &str) -> Result<Side, Failure> {
    let (environment, agent) = environment_and_agent(place)?;
    let request = TargetRequest { environment: Some(environment), ..invocation.request()? };
    let target = engine.target(&request).await?;
    Ok(engine.side_of(&target, &AgentId::new(agent)?, &invocation.context()).await?)
}

/// "2026-11-01T12:00/Staging/my-agent", as far as the history knows it.
async fn at_moment(engine: &Engine, named: &str) -> Result<Side, Failure> {
    let unknown = |message: String, hint: &str| CommandError::BadValue { message, hint: hint.into() };
    let form = "Write at:TIME/ENVIRONMENT/AGENT, as at:2026-11-01T12:00/Staging/my-agent.";
    let (time, place) = named.split_once('/').ok_or_else(|| unknown(format!("at:{named} names no agent."), form))?;
    let at: Moment = time.parse().map_err(|why| unknown(format!("{time:?} is no time: {why}."), form))?;
    let (environment, agent) = environment_and_agent(place)?;
    let (environment, agent) = (engine.environment(&environment).await?, AgentId::new(agent)?);
    match engine.agent_at(&environment.server_id(), &agent, at.0).await? {
        KnownAt::State(known) => Ok(Side::of_state(format!("{agent} in {} at {at}", environment.name), known.state)),
        KnownAt::Unknown(why) => {
            let message = format!("What {agent} in {} was at {at} is not known. {}", environment.name, why.sentence());
            Err(unknown(message, "Look at the history for a backup of it, and compare with that.").into())
        }
    }
}
