//! `aidb env`: profiles.

mod args;
mod human;
mod json;
mod key;

use args::{AddArgs, NameArgs, ProfileArgs, RemoveArgs, SetKeyArgs, UpdateArgs};
pub(crate) use args::{EnvAction, EnvArgs};

use aidb_core::operations::{Engine, EnvironmentDraft, KeyState, RemovedEnvironment};
use aidb_core::store::{Environment, PlainHttpChoice, Protection};

use crate::commands::test;
use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;
use crate::prompt;

/// All environments, in stage order.
pub(crate) struct EnvironmentList {
    /// Each with what is known of its key.
    pub(crate) environments: Vec<EnvironmentShown>,
}

pub(crate) struct EnvironmentShown {
    pub(crate) environment: Environment,
    /// State of its key.
    pub(crate) key: KeyState,
}

/// An environment that was added or updated.
pub(crate) struct EnvironmentSaved {
    pub(crate) saved: Saved,
    /// The profile as it is now.
    pub(crate) environment: Environment,
    /// State of its key.
    pub(crate) key: KeyState,
}

/// Result for a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Saved {
    Added,
    Updated,
}

/// An environment that was removed.
pub(crate) struct RemovedShown {
    pub(crate) removed: RemovedEnvironment,
}

/// Adds, lists, changes and removes environments and their keys.
pub(crate) async fn env(invocation: &Invocation, action: EnvAction) -> Result<Exit, Failure> {
    let engine = invocation.engine()?;
    match action {
        EnvAction::Add(args) => add(invocation, &engine, args).await,
        EnvAction::List => list(invocation, &engine).await,
        EnvAction::Show(args) => show(invocation, &engine, args).await,
        EnvAction::Update(args) => update(invocation, &engine, args).await,
        EnvAction::Remove(args) => remove(invocation, &engine, args).await,
        EnvAction::SetKey(args) => key::set_key(invocation, &engine, args).await,
        EnvAction::RemoveKey(args) => key::remove_key(invocation, &engine, args).await,
        EnvAction::Test(args) => test::test_environment(invocation, &engine, args.name).await,
    }
}

/// The URL from the command line alone: a variable that is set for exports must not end up in a profile.
fn draft(invocation: &Invocation, profile: ProfileArgs) -> EnvironmentDraft {
    let target = &invocation.global.target;
    EnvironmentDraft {
        name: None,
        url: target.url.clone(),
        colour: profile.colour,
        protection: None,
        default_agent: profile.default_agent.into(),
        ca_file: target.ca_file.clone().into(),
        plain_http: target.allow_plain_http.then_some(PlainHttpChoice::Allowed),
        key_prompt: profile.ask_key,
        keep_backups: None,
        keep_days: None,
        position: profile.position.map(|position| position.saturating_sub(1)),
    }
}

async fn add(invocation: &Invocation, engine: &Engine, args: AddArgs) -> Result<Exit, Failure> {
    let mut draft = draft(invocation, args.profile);
    if draft.url.is_none() {
        return Err(CommandError::UrlRequired.into());
    }
    draft.name = Some(args.name);
    draft.protection = args.protected.then_some(Protection::Protected);
    let environment = engine.add_environment(draft).await?;
    saved(invocation, engine, Saved::Added, environment).await
}

async fn update(invocation: &Invocation, engine: &Engine, args: UpdateArgs) -> Result<Exit, Failure> {
    let mut draft = draft(invocation, args.profile);
    draft.name = args.rename;
    draft.protection = match (args.protected, args.unprotected) {
        (true, _) => Some(Protection::Protected),
        (false, true) => Some(Protection::Open),
        (false, false) => None,
    };
    let environment = engine.update_environment(&args.name, draft).await?;
    saved(invocation, engine, Saved::Updated, environment).await
}

async fn saved(
    invocation: &Invocation,
    engine: &Engine,
    saved: Saved,
    environment: Environment,
) -> Result<Exit, Failure> {
    let key = engine.key_state(&environment).await;
    Ok(invocation.finished(&EnvironmentSaved { saved, environment, key }, Exit::Done))
}

async fn list(invocation: &Invocation, engine: &Engine) -> Result<Exit, Failure> {
    let mut environments = Vec::new();
    for environment in engine.environments().await? {
        let key = engine.key_state(&environment).await;
        environments.push(EnvironmentShown { environment, key });
    }
    invocation.result(&EnvironmentList { environments })?;
    Ok(Exit::Done)
}

async fn show(invocation: &Invocation, engine: &Engine, args: NameArgs) -> Result<Exit, Failure> {
    let environment = engine.environment(&args.name).await?;
    let key = engine.key_state(&environment).await;
    invocation.result(&EnvironmentShown { environment, key })?;
    Ok(Exit::Done)
}

async fn remove(invocation: &Invocation, engine: &Engine, args: RemoveArgs) -> Result<Exit, Failure> {
    let environment = engine.environment(&args.name).await?;
    if !args.yes && invocation.screen.can_ask() {
        let question = format!("Remove {} and its key? Its backups and its history stay.", environment.name);
        prompt::agree(&question, &invocation.cancel).await?;
    } else if !args.yes && environment.protection == Protection::Protected {
        return Err(CommandError::ProtectedProfile { server: environment.name }.into());
    }
    let removed = engine.remove_environment(environment.id.as_str()).await?;
    Ok(invocation.finished(&RemovedShown { removed }, Exit::Done))
}
