//! The API key that aidb makes for an agent that it registers: kept before the request that sends it, called the agent's only
//! where the server says so, and removed where it opens nothing.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::agents::key_scopes;
use super::{Context, Engine, Error, Target};
use crate::apply::{AgentCredentials, ApplyReport, KeyStanding, Outcome};
use crate::config::AgentId;
use crate::connector::KeyHash;
use crate::plan::Plan;
use crate::store::{OperationSummary, ServerRef};
use crate::vault::{SecretName, Vault, VaultKind, VaultStatus};

/// Storage of a key that aidb made for an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyStorage {
    /// In the keychain.
    Keychain,
    /// In a file that nobody else can read.
    File(PathBuf),
    /// In memory, for this session.
    Memory,
}

/// A key that was made for an agent and may be called the agent's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentKey {
    /// Where it is kept.
    pub storage: KeyStorage,
    /// The file that a person wanted besides, where it is in there.
    pub file: Option<PathBuf>,
    /// Verdict of the server.
    pub standing: KeyStanding,
}

impl Engine {
    /// Refuses to make a key that nobody would have afterwards, before anything is sent: without it nobody could use the agent
    /// again.
    ///
    /// # Errors
    /// The plan registers an agent, keys are kept in memory alone, and no file is to have it.
    pub async fn refuse_lost_key(&self, target: &Target, plan: &Plan, context: &Context) -> Result<(), Error> {
        let lasts = context.agent_key_out.is_some() || !plan.registers();
        if lasts || self.vault_for_made_keys().await.kind() != VaultKind::Memory {
            return Ok(());
        }
        Err(Error::KeyNowhere { agent: plan.agent_id.to_string(), server: target.name.clone() })
    }

    /// Makes a key for the agent, kept nowhere yet, and asks the vault that is to keep it.
    pub(super) async fn make_agent_key(&self, target: &Target, agent: &AgentId) -> Result<MadeKey, Error> {
        // Ours rather than the server's: a key that only the answer holds is lost with the answer.
        let (api_key, api_secret) = (random_key()?, random_key()?);
        let hash = KeyHash::of(&api_key);
        let vault = self.vault_for_made_keys().await;
        let [name, secret] = MadeKey::names(target.server.server_id().to_string(), &target.server, agent);
        // One that does not answer, locked for example, is told now: nothing is kept in it yet that would have to be removed.
        vault.get(&name).await?;
        let storage = storage_in(&vault, &name).unwrap_or_else(|| KeyStorage::File(self.folder().into()));
        Ok(MadeKey { vault, secrets: [(name, api_key), (secret, api_secret)], storage, hash, found: Mutex::default() })
    }

    /// The key that an operation made for an agent, of which its record has only the hash; `None` where it is not kept here.
    pub(super) async fn kept_agent_key(
        &self,
        operation: &OperationSummary,
        hash: &KeyHash,
    ) -> Result<Option<MadeKey>, Error> {
        let vault = self.vault_for_made_keys().await;
        for scope in key_scopes(&operation.server) {
            let [name, secret] = MadeKey::names(scope, &operation.server, &operation.agent_id);
            let (Some(api_key), Some(api_secret)) = (vault.get(&name).await?, vault.get(&secret).await?) else {
                continue;
            };
            if hash.matches(&api_key) {
                let storage = storage_in(&vault, &name).unwrap_or_else(|| KeyStorage::File(self.folder().into()));
                let secrets = [(name, api_key), (secret, api_secret)];
                return Ok(Some(MadeKey { vault, secrets, storage, hash: hash.clone(), found: Mutex::default() }));
            }
        }
        Ok(None)
    }

    /// The vault; on a machine without a keychain a folder of files that nobody else can read, whose path is told, so that
    /// the scripts of a CI still work. A keychain that is only locked is not passed by: unlocking it is the person's choice.
    async fn vault_for_made_keys(&self) -> Vault {
        match self.vault.status().await {
            VaultStatus::Absent { .. } => self.private_files(),
            _ => self.vault.clone(),
        }
    }
}

/// A key that was made for an agent, and where it is kept.
pub(super) struct MadeKey {
    vault: Vault,
    secrets: [(SecretName, SecretString); 2],
    storage: KeyStorage,
    pub(super) hash: KeyHash,
    /// What was kept under the same names before: of an agent that was deleted since, or of one that somebody else on this
    /// machine registers at the same moment.
    found: Mutex<Vec<(SecretName, SecretString)>>,
}

/// Content of `--agent-key-out` for one agent, as one line of JSON.
#[derive(Serialize)]
struct KeyLine<'k> {
    agent_id: &'k str,
    server: &'k str,
    api_key: &'k str,
    api_secret: &'k str,
}

impl MadeKey {
    /// Under which names the key and its secret are kept.
    fn names(server_id: String, server: &ServerRef, agent: &AgentId) -> [SecretName; 2] {
        let (agent, display) = (agent.to_string(), server.called().to_owned());
        let secret =
            SecretName::AgentSecret { server: server_id.clone(), agent: agent.clone(), display: display.clone() };
        [SecretName::AgentKey { server: server_id, agent, display }, secret]
    }

    /// As a registration sends it.
    pub(super) fn credentials(&self) -> AgentCredentials {
        let [(_, api_key), (_, api_secret)] = &self.secrets;
        AgentCredentials { api_key: api_key.clone(), api_secret: api_secret.clone() }
    }

    /// The secret first: who finds the key finds both.
    pub(super) async fn keep(&self) -> Result<(), Error> {
        for (name, secret) in self.secrets.iter().rev() {
            let kept = self.vault.get(name).await?;
            if kept.as_ref().is_none_or(|kept| !same(kept, secret)) {
                self.vault.set(name, secret).await?;
                let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
                found.retain(|(found, _)| found != name);
                found.extend(kept.map(|kept| (name.clone(), kept)));
            }
        }
        Ok(())
    }

    /// Puts the key into the file that a person wants it in besides.
    pub(super) fn write_out(&self, server: &ServerRef, agent: &AgentId, context: &Context) -> Result<(), Error> {
        let Some(out) = &context.agent_key_out else { return Ok(()) };
        let [(_, api_key), (_, api_secret)] = &self.secrets;
        let line = KeyLine {
            agent_id: agent.as_str(),
            server: &server.url,
            api_key: api_key.expose_secret(),
            api_secret: api_secret.expose_secret(),
        };
        let unwritable = |error: serde_json::Error| Error::PlanUnusable { reason: format!("{error}.") };
        Ok(out.add(self.mark(), serde_json::to_string(&line).map_err(unwritable)?)?)
    }

    /// Under what the file knows the line of this key.
    fn mark(&self) -> String {
        self.hash.mark()
    }

    /// What becomes of the key, now that the apply has ended: told where it may be the agent's, removed where it opens nothing.
    pub(super) async fn conclude(
        self,
        report: &ApplyReport,
        context: &Context,
    ) -> (Option<AgentKey>, Result<(), Error>) {
        let standing = report.key.unwrap_or(KeyStanding::NotRead);
        if report.outcome == Outcome::PutBack || standing == KeyStanding::Anothers {
            return (None, self.withdraw(context).await);
        }
        // Another registration of the same agent may have put its key in the place of the one that the server took.
        let kept = match standing {
            KeyStanding::TheAgents => self.keep().await,
            _ => Ok(()),
        };
        let file = context.agent_key_out.as_ref().map(|out| out.path().to_owned());
        let key = standing.may_be_the_agents().then_some(AgentKey { storage: self.storage, file, standing });
        (key, kept)
    }

    /// Takes the key away from wherever it was put.
    pub(super) async fn withdraw(self, context: &Context) -> Result<(), Error> {
        let removed = context.agent_key_out.as_ref().map_or(Ok(()), |out| out.remove(&self.mark()));
        self.forget().await?;
        Ok(removed?)
    }

    /// Removes it from the vault, and brings back what was there before.
    pub(super) async fn forget(self) -> Result<(), Error> {
        let found = self.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        for (name, secret) in &self.secrets {
            let kept = self.vault.get(name).await?;
            // Only our own: by now another registration may have kept its key there.
            if !kept.is_some_and(|kept| same(&kept, secret)) {
                continue;
            }
            match found.iter().find(|(found, _)| found == name) {
                Some((_, before)) => self.vault.set(name, before).await?,
                None => self.vault.remove(name).await.map(drop)?,
            }
        }
        Ok(())
    }
}

fn same(one: &SecretString, other: &SecretString) -> bool {
    one.expose_secret() == other.expose_secret()
}

/// Storage of a secret of that name.
fn storage_in(vault: &Vault, name: &SecretName) -> Option<KeyStorage> {
    match vault.kind() {
        VaultKind::Keychain => Some(KeyStorage::Keychain),
        VaultKind::Memory => Some(KeyStorage::Memory),
        VaultKind::File { .. } => vault.path_of(name).map(KeyStorage::File),
    }
}

/// 256 bits of OS randomness in hex: the shape of the server's own keys is its business, the strength is ours.
fn random_key() -> Result<SecretString, Error> {
    let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
    getrandom::fill(&mut *bytes).map_err(|error| Error::PlanUnusable {
        reason: format!("the operating system gave no randomness for the agent's key ({error})."),
    })?;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(SecretString::from(hex))
}
