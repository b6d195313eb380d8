//! The hash under which a server keeps an agent's API key.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// SHA-256 of an agent's API key, in hex, as `api_key_hash` gives it. Never leaves the machine (wire/README.md): it cannot
/// be serialised, and its debug form is redacted. It exists to answer one question: is this the key we made?
#[derive(Clone, PartialEq, Eq)]
pub struct KeyHash(String);

impl KeyHash {
    pub(super) fn new(hex: &str) -> Option<Self> {
        let known = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        known.then(|| Self(hex.to_ascii_lowercase()))
    }

    /// Whether this is the hash of `key`.
    #[must_use]
    pub fn matches(&self, key: &SecretString) -> bool {
        let digest = Sha256::digest(key.expose_secret().as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>() == self.0
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash(***)")
    }
}
