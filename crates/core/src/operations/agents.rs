//! Which agents a server has, and the keys that aidb made for them.

use std::cmp::Ordering;

use secrecy::SecretString;

use super::{Context, Engine, Error, Target};
use crate::config::AgentId;
use crate::connector::{LISTING, ask_server, list_agents};
use crate::store::{Environment, ServerRef};
use crate::vault::{SecretName, Vault};

impl Engine {
    /// Asks a server who it is and which agents it has, each once, in the order in which people count: `agent-9` before
    /// `agent-10`. Two requests.
    ///
    /// # Errors
    /// The server does not answer as an AI Agent Connector, or refuses the key.
    pub async fn agents(&self, target: &Target, context: &Context) -> Result<Vec<String>, Error> {
        let session = self.session(&target.connector, context);
        ask_server(&session).await?;
        let mut ids = list_agents(&session, LISTING).await?;
        ids.sort_unstable_by(|left, right| natural(left, right));
        ids.dedup();
        Ok(ids)
    }

    /// The API key that aidb made for an agent when it registered it.
    ///
    /// # Errors
    /// Unknown environment, none is kept, the keychain.
    pub async fn agent_key(&self, environment: &str, agent: &AgentId) -> Result<SecretString, Error> {
        let environment = self.environment(environment).await?;
        let (files, mut asked) = (self.private_files(), Ok(None));
        for name in agent_key_names(&environment, agent) {
            let stored = self.vault.get(&name).await;
            if let Ok(Some(key)) = stored {
                return Ok(key);
            }
            if let Some(key) = files.get(&name).await? {
                return Ok(key);
            }
            asked = asked.and(stored);
        }
        asked?.ok_or(Error::AgentKeyMissing { agent: agent.to_string(), server: environment.name })
    }

    /// Whether [`Engine::agent_key`] would answer one. Nothing of the key is told.
    ///
    /// # Errors
    /// Unknown environment, the keychain.
    pub async fn keeps_agent_key(&self, environment: &str, agent: &AgentId) -> Result<bool, Error> {
        let (files, mut asked) = (self.private_files(), Ok(None));
        for name in agent_key_names(&self.environment(environment).await?, agent) {
            let stored = self.vault.describe(&name).await;
            if matches!(stored, Ok(Some(_))) || files.describe(&name).await?.is_some() {
                return Ok(true);
            }
            asked = asked.and(stored);
        }
        Ok(asked?.is_some())
    }

    /// Where there was no keychain when a key was made, it went into a private file.
    pub(super) fn private_files(&self) -> Vault {
        Vault::file(self.folder().join("keys"))
    }
}

fn agent_key_names(environment: &Environment, agent: &AgentId) -> impl Iterator<Item = SecretName> {
    let (agent, display) = (agent.to_string(), environment.name.clone());
    let key = move |server| SecretName::AgentKey { server, agent: agent.clone(), display: display.clone() };
    key_scopes(&environment.into()).into_iter().map(key)
}

/// Scopes of the keys of a server's agents: under the server, and under the environment's id, as keys of before they
/// were bound to a server are. Those are only shown to a person, and never sent.
pub(super) fn key_scopes(server: &ServerRef) -> Vec<String> {
    let former = server.environment.as_ref().map(ToString::to_string);
    [server.server_id().to_string()].into_iter().chain(former).collect()
}

/// Digits compare by the number they make, and everything else by character, upper and lower case aside. Ids that would then
/// be equal are told apart by their characters alone, so that the order is total.
pub(super) fn natural(left: &str, right: &str) -> Ordering {
    let (mut a, mut b) = (left, right);
    loop {
        let order = match (a.chars().next(), b.chars().next()) {
            (None, None) => return left.cmp(right),
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => number(&mut a).cmp(&number(&mut b)),
            (x, y) => {
                a = x.map_or("", |x| &a[x.len_utf8()..]);
                b = y.map_or("", |y| &b[y.len_utf8()..]);
                x.map(|x| x.to_ascii_lowercase()).cmp(&y.map(|y| y.to_ascii_lowercase()))
            }
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Takes the digits at the beginning. As length and text: a number in an id may be longer than any integer.
fn number<'t>(text: &mut &'t str) -> (usize, &'t str) {
    let (digits, rest) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    *text = rest;
    let digits = digits.trim_start_matches('0');
    (digits.len(), digits)
}

#[cfg(test)]
mod tests {
    use super::natural;

    #[test]
    fn ids_stand_in_the_order_in_which_people_count() {
        let mut ids = [
            "b",
            "agent-10",
            "agent-9",
            "Agent-9",
            "agent-09a",
            "a",
            "",
            "ä2",
            "agent-9999999999999999999999999",
            "ä10",
        ];
        ids.sort_by(|left, right| natural(left, right));
        let wanted = [
            "",
            "a",
            "Agent-9",
            "agent-9",
            "agent-09a",
            "agent-10",
            "agent-9999999999999999999999999",
            "b",
            "ä2",
            "ä10",
        ];
        assert_eq!(ids, wanted);
    }
}
