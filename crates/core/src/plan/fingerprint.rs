//! The hash of the live state that a plan was made from.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::config::AgentState;

/// SHA-256, in hex, of everything that is known of an agent's live state: portable settings, when it was registered, when
/// its database was linked. Two states with the same fingerprint give the same plan.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of a state. Order of keys, resources and permissions makes no difference: the model sorts them.
    #[must_use]
    pub fn of(state: &AgentState) -> Self {
        let mut hash = Sha256::new();
        // Hashing cannot fail and the model has no value that JSON cannot say; were that to change, an empty hash would
        // compare equal to another empty one, so the error text goes in instead.
        if let Err(error) = serde_json::to_writer(HashWriter(&mut hash), state) {
            hash.update(error.to_string());
        }
        Self(format!("{:x}", hash.finalize()))
    }

    /// The hex text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

struct HashWriter<'a>(&'a mut Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
