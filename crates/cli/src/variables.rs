//! The variables that no flag has. All others are declared with their flags, in `args/`.

#![expect(clippy::disallowed_methods, reason = "the edge of the process: these variables have no flag on purpose")]

use secrecy::SecretString;

use crate::failure::CommandError;

/// The connection string of an import with `--link-database`. There is no flag for it, because everybody on a machine can
/// read a command line.
const CONNECTION_STRING: &str = "AIDB_CONNECTION_STRING";

/// Who is at work, for the history.
pub(crate) fn account() -> String {
    let names = ["AIDB_ACTOR", "USER", "LOGNAME", "USERNAME"];
    let account = names.iter().filter_map(|name| std::env::var(name).ok()).find(|name| !name.trim().is_empty());
    account.unwrap_or_else(|| "unknown".into())
}

/// The connection string, where the variable holds one.
pub(crate) fn connection_string() -> Result<Option<SecretString>, CommandError> {
    match std::env::var(CONNECTION_STRING) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => Ok(Some(SecretString::from(text))),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(CommandError::VariableNotText { name: CONNECTION_STRING }),
    }
}

/// Whether a variable is set, and to nothing.
pub(crate) fn is_empty(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| value.is_empty())
}
