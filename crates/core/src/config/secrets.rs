//! The secret scan: what looks like a secret, by place and kind, never by value.

use serde::{Deserialize, Serialize};

/// Something that looks like a secret. Names where and what kind, and never holds the value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SecretFinding {
    /// JSON pointer to the value within what was scanned.
    pub pointer: String,
    /// What kind of secret, in words: `PostgreSQL connection string`, `AWS access key`.
    pub kind: String,
}
