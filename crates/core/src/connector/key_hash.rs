//! The hash under which a server keeps an agent's API key.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// SHA-256 of an agent's API key, in hex, as `api_key_hash` gives it. Never leaves the machine (docs/CONNECTOR.md): it cannot
/// be serialised, its debug form is redacted, and the store alone keeps it, of keys that aidb made: 256 random bits, which no
/// hash gives away. It exists to answer one question: is this the key we made?
#[derive(Clone, PartialEq, Eq)]
pub struct KeyHash(String);

impl KeyHash {
    /// The hash as a server or the store has it.
    pub(crate) fn new(hex: &str) -> Option<Self> {
        let known = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        known.then(|| Self(hex.to_ascii_lowercase()))
    }

    /// The hash of `key`.
    #[must_use]
    pub fn of(key: &SecretString) -> Self {
        let digest = Sha256::digest(key.expose_secret().as_bytes());
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Whether this is the hash of `key`.
    #[must_use]
    pub fn matches(&self, key: &SecretString) -> bool {
        *self == Self::of(key)
    }

    /// Mark that tells one made key from another where its hash itself must not be: in a backup that leaves the machine. Neither key
    /// nor hash can be had from it.
    #[must_use]
    pub fn mark(&self) -> String {
        let digest = Sha256::new().chain_update("aidb made key 1").chain_update(&self.0).finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The hexadecimal text, for the one place that keeps it.
    pub(crate) fn for_the_store(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash(***)")
    }
}
