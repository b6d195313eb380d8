//! What a secret is called, in the keychain and in the folder of files.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::KeyPrompt;

/// Everything but letters, digits, `-`, `_` and `.` is encoded, so that a `:` in an account is always a separator.
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// The longest readable part of a file name; the hash behind it is what tells two names apart.
const SLUG_LENGTH: usize = 48;

/// The secret.
///
/// Every secret is bound to the server that it is for: `server` is the text of its identity, and a profile that is led
/// elsewhere finds nothing that was kept for its former server. `display` is how people know the server (an environment's
/// name): it is shown in the keychain's own window and is no part of the identity, so that renaming an environment loses no
/// key.
#[derive(Clone, Debug)]
pub enum SecretName {
    /// The API key that aidb sends to an environment.
    EnvironmentKey {
        /// The environment's id.
        environment: String,
        /// The server. `None` for a key of before keys were bound to one.
        server: Option<String>,
        /// The environment's name.
        display: String,
        /// When a password is asked for. No part of the identity either: it says which keyring the key lies in.
        prompt: KeyPrompt,
    },
    /// The API key that aidb made for an agent when it registered it.
    AgentKey {
        /// The server.
        server: String,
        /// The agent's id.
        agent: String,
        /// The environment's name, or the URL.
        display: String,
    },
    /// The `api_secret` that was sent with that key.
    AgentSecret {
        /// The server.
        server: String,
        /// The agent's id.
        agent: String,
        /// The environment's name, or the URL.
        display: String,
    },
    /// Connection string of a database.
    ConnectionString {
        /// The server.
        server: String,
        /// The connection's name in that environment.
        connection: String,
        /// The environment's name, or the URL.
        display: String,
    },
}

impl SecretName {
    /// The stable text that identifies the secret: the keychain's user name. Two names share it exactly when they mean
    /// the same secret.
    #[must_use]
    pub fn account(&self) -> String {
        match self {
            Self::EnvironmentKey { environment, server: Some(server), .. } => join(self.kind(), &[environment, server]),
            Self::EnvironmentKey { environment, server: None, .. } => join(self.kind(), &[environment]),
            Self::AgentKey { server, agent, .. } | Self::AgentSecret { server, agent, .. } => {
                join(self.kind(), &[server, agent])
            }
            Self::ConnectionString { server, connection, .. } => join(self.kind(), &[server, connection]),
        }
    }

    /// Label in the keychain's own window: `aidb API key: Staging`.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::EnvironmentKey { display, .. } => format!("aidb API key: {display}"),
            Self::AgentKey { agent, display, .. } => format!("aidb agent key: {agent} in {display}"),
            Self::AgentSecret { agent, display, .. } => format!("aidb agent secret: {agent} in {display}"),
            Self::ConnectionString { connection, display, .. } => {
                format!("aidb connection string: {connection} in {display}")
            }
        }
    }

    /// One path segment for this secret. Readable, and safe for any id: whatever is not a letter or a digit becomes `-`,
    /// and a hash of the account keeps apart what then looks the same.
    #[must_use]
    pub fn file_name(&self) -> String {
        let subject = match self {
            Self::EnvironmentKey { environment, .. } => environment,
            Self::AgentKey { agent, .. } | Self::AgentSecret { agent, .. } => agent,
            Self::ConnectionString { connection, .. } => connection,
        };
        let hash = format!("{:x}", Sha256::digest(self.account()));
        // 128 bits: nobody can choose two ids that share a file.
        format!("{}-{}{}", self.kind(), slug(subject), &hash[..32])
    }

    /// When a password is asked for before the secret is handed out.
    pub(super) const fn prompt(&self) -> KeyPrompt {
        match self {
            Self::EnvironmentKey { prompt, .. } => *prompt,
            Self::AgentKey { .. } | Self::AgentSecret { .. } | Self::ConnectionString { .. } => KeyPrompt::Never,
        }
    }

    /// Whether the last characters of the secret may be shown to tell two keys apart. A connection string ends with
    /// anything, a password included.
    pub(super) const fn may_show_ending(&self) -> bool {
        !matches!(self, Self::ConnectionString { .. })
    }

    const fn kind(&self) -> &'static str {
        match self {
            Self::EnvironmentKey { .. } => "environment-key",
            Self::AgentKey { .. } => "agent-key",
            Self::AgentSecret { .. } => "agent-secret",
            Self::ConnectionString { .. } => "connection-string",
        }
    }
}

impl PartialEq for SecretName {
    fn eq(&self, other: &Self) -> bool {
        self.account() == other.account()
    }
}

impl Eq for SecretName {}

fn join(kind: &str, parts: &[&String]) -> String {
    parts.iter().fold(kind.to_owned(), |account, part| format!("{account}:{}", utf8_percent_encode(part, PART)))
}

/// Lower-case letters and digits of `text`, the rest as single dashes, with a dash at the end; empty when nothing is left.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.chars() {
        match character.to_ascii_lowercase() {
            letter @ ('a'..='z' | '0'..='9') => slug.push(letter),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
        if slug.len() >= SLUG_LENGTH {
            break;
        }
    }
    if !slug.is_empty() && !slug.ends_with('-') {
        slug.push('-');
    }
    slug
}
