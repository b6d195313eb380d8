//! The variables that no flag has. All others are declared with their flags, in `args/`.

#![expect(clippy::disallowed_methods, reason = "the edge of the process: these variables have no flag on purpose")]

use aidb_core::connector::Proxies;
use secrecy::SecretString;

/// The variable of the server's URL.
pub(crate) const URL: &str = "AIDB_URL";
/// The variable of its key.
pub(crate) const API_KEY: &str = "AIDB_API_KEY";
/// The variable of the agent.
pub(crate) const AGENT: &str = "AIDB_AGENT_ID";
/// The connection string of an import with `--link-database`. There is no flag for it, because everybody on a machine can
/// read a command line.
const CONNECTION_STRING: &str = "AIDB_CONNECTION_STRING";

/// The person who started a run of a CI system, as the systems call them.
const CI_ACTORS: &[&str] =
    &["GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_USER_ID", "BUILD_USER", "BUILD_REQUESTEDFOR", "CIRCLE_USERNAME"];

/// Person at work, for the history: whoever `AIDB_USER` names, in CI the person who started the run, else the account. The
/// account has a name also where no variable says so, as in a container.
pub(crate) fn account() -> String {
    let actors = if in_ci() { CI_ACTORS } else { &[] };
    let variables = ["AIDB_USER"].iter().chain(actors).chain(&["USER", "LOGNAME", "USERNAME"]);
    variables
        .into_iter()
        .find_map(|name| named(name))
        .or_else(|| whoami::username().ok())
        .unwrap_or_else(|| "unknown".into())
}

fn named(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// A variable that holds no text.
#[derive(Debug, thiserror::Error)]
#[error("The variable {name} holds characters that are not text. Nothing was sent.")]
pub(crate) struct NotText {
    name: &'static str,
}

/// Text of a variable, where it is set to any.
pub(crate) fn text(name: &'static str) -> Result<Option<String>, NotText> {
    match std::env::var(name) {
        Ok(text) => Ok(Some(text).filter(|text| !text.is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(NotText { name }),
    }
}

/// The proxies on the way to servers beyond this machine.
pub(crate) fn proxies() -> Proxies {
    Proxies::of_variables(|name| std::env::var_os(name))
}

/// The connection string, where the variable holds one.
pub(crate) fn connection_string() -> Result<Option<SecretString>, NotText> {
    Ok(text(CONNECTION_STRING)?.map(SecretString::from))
}

/// Whether this runs in CI, on a machine that is most likely gone afterwards.
pub(crate) fn in_ci() -> bool {
    let says_so = |name: &&str| {
        let value = std::env::var_os(name).unwrap_or_default();
        !value.is_empty() && !value.eq_ignore_ascii_case("false") && value != "0"
    };
    ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "BUILDKITE", "TEAMCITY_VERSION", "TF_BUILD"]
        .iter()
        .any(says_so)
}

/// Whether a variable is set, and to nothing.
pub(crate) fn is_empty(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| value.is_empty())
}
