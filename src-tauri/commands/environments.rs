//! Environment profiles, their keys, and whether their servers can be worked with.

use std::path::Path;
use std::sync::Arc;

use aidb_core::config::AgentId;
use aidb_core::error::ErrorCode;
use aidb_core::operations::{AskForKey, Context, Edit, Engine, EnvironmentDraft, KeyState, TargetRequest};
use aidb_core::store::Environment;
use aidb_core::vault::{VaultError, VaultKind};
use secrecy::ExposeSecret;

use super::plans::context;
use crate::chosen::Reading;
use crate::contract::{
    CaChoice, ConnectionView, EnvironmentChoice, EnvironmentForm, EnvironmentOrder, EnvironmentSave, EnvironmentTest,
    EnvironmentView, ErrorReport, KeySet, RemovalView,
};
use crate::desktop::Desktop;
use crate::progress::ProgressFn;
use crate::views::environments as views;

/// All of them in stage order.
pub(crate) async fn environment_list(desktop: Arc<Desktop>, _: ()) -> Result<Vec<EnvironmentView>, ErrorReport> {
    list(&desktop).await
}

/// Adds one, or changes one: every field is replaced by what the form says.
pub(crate) async fn environment_save(
    desktop: Arc<Desktop>,
    request: EnvironmentSave,
) -> Result<EnvironmentView, ErrorReport> {
    let engine = desktop.engine();
    let key = request.key.filter(|key| !key.expose_secret().trim().is_empty());
    let id = match &request.id {
        Some(id) => Some(known(&engine, id).await?),
        None => None,
    };
    let draft = agreed(&desktop, request.form).await?;
    let environment = match id {
        None => match &key {
            Some(key) => engine.add_environment_with_key(draft, key).await?,
            None => engine.add_environment(draft).await?,
        },
        Some(id) => {
            let environment = engine.update_environment(&id, draft).await?;
            if let Some(key) = &key {
                engine.set_environment_key(environment.id.as_str(), key).await?;
            }
            environment
        }
    };
    forget_contact(&desktop, &environment)?;
    Ok(one(&desktop, environment).await)
}

/// What a form says, once a person has agreed to where it leads and whom it trusts. There is no other way from a form to
/// a server.
async fn agreed(desktop: &Desktop, form: EnvironmentForm) -> Result<EnvironmentDraft, ErrorReport> {
    desktop.agree_to_server(&form.url).await?;
    let ca_file = match &form.ca_file {
        CaChoice::None => Edit::Clear,
        CaChoice::Kept => Edit::Keep,
        CaChoice::File { file } => {
            // Nothing in a certificate file says that it is the right one.
            Edit::Set(desktop.chosen(file, Reading::CaFile, async |_: &Path| Ok(false)).await?.path)
        }
    };
    Ok(views::draft(form, ca_file))
}

/// Consequences of removing one. Removes nothing.
pub(crate) async fn environment_removal(
    desktop: Arc<Desktop>,
    request: EnvironmentChoice,
) -> Result<RemovalView, ErrorReport> {
    let engine = desktop.engine();
    let preview = engine.preview_removal(&known(&engine, &request.id).await?).await?;
    let key = views::key(engine.key_state(&preview.environment).await, engine.vault());
    Ok(views::removal(&preview, &key))
}

/// Removes one, and its key.
pub(crate) async fn environment_remove(
    desktop: Arc<Desktop>,
    request: EnvironmentChoice,
) -> Result<RemovalView, ErrorReport> {
    let removal = environment_removal(Arc::clone(&desktop), EnvironmentChoice { id: request.id.clone() }).await?;
    let removed = desktop.engine().remove_environment(&request.id).await?;
    forget_contact(&desktop, &removed.environment)?;
    Ok(removal)
}

/// Puts them into another stage order.
pub(crate) async fn environment_order(
    desktop: Arc<Desktop>,
    request: EnvironmentOrder,
) -> Result<Vec<EnvironmentView>, ErrorReport> {
    desktop.engine().order_environments(&request.ids).await?;
    list(&desktop).await
}

/// Stores or replaces a key.
pub(crate) async fn environment_key_set(
    desktop: Arc<Desktop>,
    request: KeySet,
) -> Result<EnvironmentView, ErrorReport> {
    let engine = desktop.engine();
    let environment = engine.set_environment_key(&known(&engine, &request.id).await?, &request.key).await?;
    forget_contact(&desktop, &environment)?;
    Ok(one(&desktop, environment).await)
}

pub(crate) async fn environment_key_remove(
    desktop: Arc<Desktop>,
    request: EnvironmentChoice,
) -> Result<EnvironmentView, ErrorReport> {
    let engine = desktop.engine();
    let id = known(&engine, &request.id).await?;
    engine.remove_environment_key(&id).await?;
    let environment = engine.environment(&id).await?;
    forget_contact(&desktop, &environment)?;
    Ok(one(&desktop, environment).await)
}

/// Tests a connection, line by line.
pub(crate) async fn environment_test(
    desktop: Arc<Desktop>,
    request: EnvironmentTest,
    listen: ProgressFn,
) -> Result<ConnectionView, ErrorReport> {
    let engine = desktop.engine();
    let stored = match &request.id {
        Some(id) => Some(engine.environment(&known(&engine, id).await?).await?),
        None => None,
    };
    let typed = request.form.as_ref().map(|form| form.default_agent.clone());
    let agent = typed.unwrap_or_else(|| stored.and_then(|environment| environment.default_agent));
    let agent = agent.filter(|id| !id.trim().is_empty()).map(|id| AgentId::new(id.trim())).transpose()?;
    let key = request.key.filter(|key| !key.expose_secret().trim().is_empty());
    let draft = match request.form {
        Some(form) => Some(agreed(&desktop, form).await?),
        None => None,
    };
    let target = engine.target(&views::test_request(request.id, draft, key)).await?;
    Ok(engine.test_connection(&target, agent.as_ref(), &context(listen)).await.into())
}

/// Contacts one, and notes how it came out. Without a key nothing is sent, and the keychain is not made to ask for one: then
/// the last contact stands.
pub(crate) async fn environment_check(
    desktop: Arc<Desktop>,
    request: EnvironmentChoice,
) -> Result<EnvironmentView, ErrorReport> {
    let engine = desktop.engine();
    let id = known(&engine, &request.id).await?;
    let answer = agents(&engine, &id).await;
    note_contact(&desktop, &id, &answer)?;
    Ok(one(&desktop, engine.environment(&id).await?).await)
}

/// Notes how asking a server for its agents came out. A key that the keychain was not made to ask for says nothing about it.
pub(super) fn note_contact(
    desktop: &Desktop,
    id: &str,
    answer: &Result<Vec<String>, ErrorReport>,
) -> Result<(), ErrorReport> {
    if let Err(ErrorReport { code: ErrorCode::KeyPrompt, .. }) = answer {
        return Ok(());
    }
    let contact = views::contact(answer);
    desktop.preferences.change(|memory| drop(memory.contacts.insert(id.to_owned(), contact)))?;
    Ok(())
}

/// The agents of an environment, by its id.
async fn agents(engine: &Engine, id: &str) -> Result<Vec<String>, ErrorReport> {
    let environment = Some(id.to_owned());
    let request = TargetRequest { environment, ask: AskForKey::NotNow, ..TargetRequest::default() };
    let target = engine.target(&request).await?;
    Ok(engine.agents(&target, &Context::default()).await?)
}

/// The id, where an environment has it. The engine takes names too, and the page must not.
pub(super) async fn known(engine: &Engine, id: &str) -> Result<String, ErrorReport> {
    let environments = engine.environments().await?;
    match environments.iter().find(|environment| environment.id.as_str() == id) {
        Some(environment) => Ok(environment.id.to_string()),
        None => {
            let known = environments.into_iter().map(|environment| environment.name).collect();
            Err(aidb_core::store::StoreError::EnvironmentNotFound { wanted: id.chars().take(64).collect(), known }
                .into())
        }
    }
}

/// All of them, with what is known of their keys. A keychain that cannot be used is asked once, and not for each.
pub(super) async fn list(desktop: &Desktop) -> Result<Vec<EnvironmentView>, ErrorReport> {
    let engine = desktop.engine();
    let mut unusable = match engine.vault().kind() {
        VaultKind::Keychain => engine.vault().status().await.unusable(),
        VaultKind::File { .. } | VaultKind::Memory => None,
    };
    let memory = desktop.preferences.get();
    let mut views = Vec::new();
    for environment in engine.environments().await? {
        let state = match &unusable {
            Some(error) => KeyState::Unknown(error.clone()),
            None => engine.key_state(&environment).await,
        };
        if let KeyState::Unknown(silent @ VaultError::KeychainSilent { .. }) = &state {
            // Each of the others would wait as long again.
            unusable = Some(silent.clone());
        }
        views.push(views::environment(environment, views::key(state, engine.vault()), &memory));
    }
    Ok(views)
}

async fn one(desktop: &Desktop, environment: Environment) -> EnvironmentView {
    let engine = desktop.engine();
    let key = views::key(engine.key_state(&environment).await, engine.vault());
    views::environment(environment, key, &desktop.preferences.get())
}

/// What was found with another URL or another key says nothing any more.
fn forget_contact(desktop: &Desktop, environment: &Environment) -> Result<(), ErrorReport> {
    desktop.preferences.change(|memory| drop(memory.contacts.remove(environment.id.as_str())))
}
