//! The API keys of environments, each bound to the server that it was stored for: its name in the vault holds the server. A
//! profile that is led elsewhere has no key from then on, also where the old one could not be removed because the keychain was
//! not there.

use secrecy::SecretString;

use super::{AskForKey, Engine};
use crate::store::Environment;
use crate::vault::{Removal, SecretDescription, SecretName, VaultError};

impl Engine {
    /// The key that is stored for the server that a profile leads to.
    ///
    /// # Errors
    /// The keychain; [`VaultError::KeyPrompt`] where it would ask for a password, and `ask` says not to bring that up.
    pub(super) async fn environment_key(
        &self,
        environment: &Environment,
        ask: AskForKey,
    ) -> Result<Option<SecretString>, VaultError> {
        let name = bound(environment);
        if ask == AskForKey::NotNow && !self.vault.is_open(&name).await? && self.vault.describe(&name).await?.is_some()
        {
            return Err(VaultError::KeyPrompt { label: name.label() });
        }
        match self.vault.get(&name).await? {
            None if self.bind_key(environment).await? => self.vault.get(&name).await,
            key => Ok(key),
        }
    }

    /// Public part of that key.
    pub(super) async fn key_description(
        &self,
        environment: &Environment,
    ) -> Result<Option<SecretDescription>, VaultError> {
        let name = bound(environment);
        if let Some(description) = self.vault.describe(&name).await? {
            return Ok(Some(description));
        }
        // Only shown, so nobody waits for a prompt where there is nothing to bind.
        match self.vault.describe(&unbound(environment)).await? {
            Some(_) if self.bind_key(environment).await? => self.vault.describe(&name).await,
            _ => Ok(None),
        }
    }

    /// Stores a key in place of any earlier one.
    pub(super) async fn keep_key(&self, environment: &Environment, key: &SecretString) -> Result<(), VaultError> {
        self.vault.set(&bound(environment), key).await?;
        // Only where it is: a session has nothing to remove from the keychain that it stands in for, which may be locked.
        match self.vault.get(&unbound(environment)).await? {
            Some(_) => self.vault.remove(&unbound(environment)).await.map(drop),
            None => Ok(()),
        }
    }

    /// Moves the key to the keyring that a changed profile says.
    pub(super) async fn move_key(&self, former: &Environment, changed: &Environment) -> Result<(), VaultError> {
        match self.environment_key(former, AskForKey::Now).await? {
            Some(key) => self.keep_key(changed, &key).await,
            None => Ok(()),
        }
    }

    /// Removes the key; says whether there was one.
    pub(super) async fn forget_key(&self, environment: &Environment) -> Result<Removal, VaultError> {
        let bound = self.vault.remove(&bound(environment)).await?;
        let unbound = self.vault.remove(&unbound(environment)).await?;
        Ok(if unbound == Removal::Removed { unbound } else { bound })
    }

    /// A key from before keys were bound counts as the profile's own, and is bound to its server from now on.
    async fn bind_key(&self, environment: &Environment) -> Result<bool, VaultError> {
        let Some(key) = self.vault.get(&unbound(environment)).await? else { return Ok(false) };
        self.keep_key(environment, &key).await?;
        Ok(true)
    }
}

fn bound(environment: &Environment) -> SecretName {
    named(environment, Some(environment.server_id().to_string()))
}

fn unbound(environment: &Environment) -> SecretName {
    named(environment, None)
}

fn named(environment: &Environment, server: Option<String>) -> SecretName {
    SecretName::EnvironmentKey {
        environment: environment.id.to_string(),
        server,
        display: environment.name.clone(),
        prompt: environment.key_prompt,
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::operations::{EngineSettings, EnvironmentDraft, Error, TargetRequest};
    use crate::vault::Vault;

    const OWN: &str = "http://127.0.0.1:4601/api";
    const OTHER: &str = "http://127.0.0.1:4602/api";

    fn at(url: &str) -> EnvironmentDraft {
        EnvironmentDraft { name: Some("Staging".into()), url: Some(url.into()), ..EnvironmentDraft::default() }
    }

    fn request() -> TargetRequest {
        TargetRequest { environment: Some("Staging".into()), ..TargetRequest::default() }
    }

    #[tokio::test]
    async fn a_key_that_could_not_be_removed_is_not_sent_to_another_server() {
        let folder = tempfile::tempdir().expect("folder");
        let keychain = Vault::memory();
        let engine = |vault: &Vault| Engine::new(folder.path(), vault.clone(), EngineSettings::for_actor("tester"));
        let usual = engine(&keychain);
        let added = usual.add_environment(at(OWN)).await.expect("added");
        usual.set_environment_key("Staging", &SecretString::from("key-of-own")).await.expect("stored");
        usual.target(&request()).await.expect("its own server has it");
        // What comes of a session during which the keychain is not there: the profile moves, and the key stays.
        engine(&Vault::memory()).update_environment("Staging", at(OTHER)).await.expect("moved");
        assert!(keychain.get(&bound(&added)).await.expect("read").is_some(), "it is there still");
        let refused = usual.target(&request()).await.expect_err("no key for this server");
        assert!(matches!(refused, Error::ApiKeyRequired { .. }), "{refused}");
        usual.update_environment("Staging", at(OWN)).await.expect("back");
        usual.target(&request()).await.expect("the server that it was stored for");
    }

    #[tokio::test]
    async fn a_key_from_before_keys_were_bound_is_the_profiles_and_moves_no_more() {
        let folder = tempfile::tempdir().expect("folder");
        let engine = Engine::new(folder.path(), Vault::memory(), EngineSettings::for_actor("tester"));
        let added = engine.add_environment(at(OWN)).await.expect("added");
        let old = SecretString::from("key-from-before");
        engine.vault.set(&unbound(&added), &old).await.expect("stored as it was then");
        let key = engine.environment_key(&added, AskForKey::Now).await.expect("read").expect("found");
        assert_eq!(key.expose_secret(), old.expose_secret());
        assert!(engine.vault.get(&unbound(&added)).await.expect("read").is_none(), "it is bound now");
        assert_eq!(engine.remove_environment_key("Staging").await.expect("removed"), Removal::Removed);
        assert!(engine.key_description(&added).await.expect("read").is_none());
    }
}
