//! Where the values about the target were named: on the command line, or in a variable.

use secrecy::SecretString;

/// Variables about the target. Kept apart from what was typed for this very run: a key goes only to the server that
/// its own source named.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    pub(crate) url: Option<String>,
    pub(crate) api_key: Option<SecretString>,
    /// Source of the agent's name.
    pub(crate) agent: Source,
}

/// Source of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Flag,
    Variable,
    /// Nowhere: there is none.
    Nowhere,
}
