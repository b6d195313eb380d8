//! Environment profiles and their keys. A profile never holds a key; removing a profile removes its key with it and leaves the
//! history.

use std::path::PathBuf;

use secrecy::SecretString;

use super::target::environment_key;
use super::{Engine, Error};
use crate::config::source_url;
use crate::connector::parse_base_url;
use crate::store::{Colour, Environment, EnvironmentId, NewEnvironment, PlainHttpChoice, Protection};
use crate::vault::{Removal, SecretDescription, VaultError};

/// What a person says of an environment; `None` leaves a value as it is, or gives a new profile its default.
#[derive(Clone, Debug, Default)]
pub struct EnvironmentDraft {
    /// Its name.
    pub name: Option<String>,
    /// Its URL.
    pub url: Option<String>,
    /// Its colour.
    pub colour: Option<Colour>,
    /// Whether writing to it has to be agreed to.
    pub protection: Option<Protection>,
    /// The agent that is meant when none is named.
    pub default_agent: Option<String>,
    /// A CA to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Whether plain http beyond this machine is allowed.
    pub plain_http: Option<PlainHttpChoice>,
    /// Where it stands in the stage order, from 0.
    pub position: Option<u32>,
}

/// What is known of an environment's key, without the key.
#[derive(Clone, Debug)]
pub enum KeyState {
    /// Stored.
    Stored(SecretDescription),
    /// None stored.
    Missing,
    /// The keychain is locked, absent or failing.
    Unknown(VaultError),
}

/// What went with an environment that was removed.
#[derive(Clone, Debug)]
pub struct RemovedEnvironment {
    /// The profile as it was.
    pub environment: Environment,
    /// Whether a key went with it.
    pub key: Removal,
}

impl Engine {
    /// Adds a profile.
    ///
    /// # Errors
    /// A name or URL that cannot be one, a name that exists, the store.
    pub async fn add_environment(&self, draft: EnvironmentDraft) -> Result<Environment, Error> {
        let missing = |what: &str| Error::Environment(format!("An environment needs {what}. Nothing was stored."));
        let name = draft.name.ok_or_else(|| missing("a name"))?;
        let url = parse_base_url(draft.url.as_deref().ok_or_else(|| missing("a URL"))?)?;
        let store = self.store().await?;
        let new = NewEnvironment {
            colour: draft.colour.unwrap_or(next_colour(store.environments().await?.len())),
            protection: draft.protection.unwrap_or(Protection::Open),
            default_agent: draft.default_agent,
            ca_file: draft.ca_file,
            plain_http: draft.plain_http.unwrap_or(PlainHttpChoice::LoopbackOnly),
            ..NewEnvironment::new(name, source_url(&url), self.now())
        };
        let environment = store.add_environment(&new).await?;
        self.moved(environment, draft.position).await
    }

    /// Puts a profile at a place in the stage order, where one was asked for.
    async fn moved(&self, environment: Environment, position: Option<u32>) -> Result<Environment, Error> {
        let Some(position) = position else { return Ok(environment) };
        let store = self.store().await?;
        let mut order: Vec<EnvironmentId> = store.environments().await?.into_iter().map(|one| one.id).collect();
        order.retain(|id| *id != environment.id);
        let position = usize::try_from(position).unwrap_or(usize::MAX).min(order.len());
        order.insert(position, environment.id.clone());
        store.reorder_environments(&order).await?;
        Ok(store.environment(environment.id.as_str()).await?)
    }

    /// Changes a profile. A new URL keeps the stored key only when it is the same server (scheme, host and port): a key is
    /// never sent to a server that it was not stored for.
    ///
    /// # Errors
    /// Unknown environment, a value that cannot be used, the store, the keychain.
    pub async fn update_environment(&self, name: &str, draft: EnvironmentDraft) -> Result<Environment, Error> {
        let store = self.store().await?;
        let mut environment = store.environment(name).await?;
        let former = environment.url.clone();
        if let Some(url) = &draft.url {
            environment.url = source_url(&parse_base_url(url)?);
        }
        environment.name = draft.name.unwrap_or(environment.name);
        environment.colour = draft.colour.unwrap_or(environment.colour);
        environment.protection = draft.protection.unwrap_or(environment.protection);
        environment.default_agent = draft.default_agent.or(environment.default_agent);
        environment.ca_file = draft.ca_file.or(environment.ca_file);
        environment.plain_http = draft.plain_http.unwrap_or(environment.plain_http);
        if origin(&former) != origin(&environment.url) {
            self.vault.remove(&environment_key(&environment)).await?;
        }
        store.update_environment(&environment).await?;
        self.moved(environment, draft.position).await
    }

    /// All profiles in stage order.
    ///
    /// # Errors
    /// The store.
    pub async fn environments(&self) -> Result<Vec<Environment>, Error> {
        Ok(self.store().await?.environments().await?)
    }

    /// One profile by name or id.
    ///
    /// # Errors
    /// Unknown environment, the store.
    pub async fn environment(&self, name: &str) -> Result<Environment, Error> {
        Ok(self.store().await?.environment(name).await?)
    }

    /// Removes a profile and its key. Its history stays.
    ///
    /// # Errors
    /// Unknown environment, the store, the keychain: then the profile stays too, so that no key is left without one.
    pub async fn remove_environment(&self, name: &str) -> Result<RemovedEnvironment, Error> {
        let store = self.store().await?;
        let environment = store.environment(name).await?;
        let key = match self.vault.remove(&environment_key(&environment)).await {
            Ok(key) => key,
            // Where there is no keychain there is no key in it.
            Err(VaultError::KeychainAbsent { .. }) => Removal::NotThere,
            Err(error) => return Err(error.into()),
        };
        store.remove_environment(&environment.id).await?;
        Ok(RemovedEnvironment { environment, key })
    }

    /// Stores an environment's key.
    ///
    /// # Errors
    /// Unknown environment, an empty key, the keychain.
    pub async fn set_environment_key(&self, name: &str, key: &SecretString) -> Result<Environment, Error> {
        use secrecy::ExposeSecret;
        if key.expose_secret().trim().is_empty() {
            return Err(Error::Environment("The key is empty. Nothing was stored.".into()));
        }
        let environment = self.environment(name).await?;
        self.vault.set(&environment_key(&environment), key).await?;
        Ok(environment)
    }

    /// Removes an environment's key and keeps its profile.
    ///
    /// # Errors
    /// Unknown environment, the keychain.
    pub async fn remove_environment_key(&self, name: &str) -> Result<Removal, Error> {
        let environment = self.environment(name).await?;
        Ok(self.vault.remove(&environment_key(&environment)).await?)
    }

    /// What is known of an environment's key.
    pub async fn key_state(&self, environment: &Environment) -> KeyState {
        match self.vault.describe(&environment_key(environment)).await {
            Ok(Some(description)) => KeyState::Stored(description),
            Ok(None) => KeyState::Missing,
            Err(error) => KeyState::Unknown(error),
        }
    }
}

/// The colours of a usual row of stages, then the others.
fn next_colour(existing: usize) -> Colour {
    const ORDER: [Colour; 7] =
        [Colour::Blue, Colour::Amber, Colour::Red, Colour::Green, Colour::Violet, Colour::Teal, Colour::Grey];
    ORDER[existing % ORDER.len()]
}

fn origin(url: &str) -> Option<url::Origin> {
    url::Url::parse(url).ok().map(|url| url.origin())
}
