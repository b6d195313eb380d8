//! What to do about an error of the engine, in a terminal: the engine's own hints hold for every front end, so they name no
//! flag, no variable and no command. Where this one has a way of its own, it stands here.

use aidb_core::connector::{ConnectorError, Failure};
use aidb_core::error::Explain;
use aidb_core::files::FileError;
use aidb_core::operations::{ConsentError, Error, KeyWithheld};
use aidb_core::plan::UnknownItem;
use aidb_core::store::StoreError;
use aidb_core::vault::VaultError;

use crate::variables::{self, AGENT, API_KEY, URL};

/// The hint that is shown here.
pub(crate) fn hint(error: &Error) -> Option<String> {
    match error {
        Error::NoTarget if variables::is_empty(URL) => Some(empty(URL, "Name an environment with -e, or give a URL.")),
        Error::AgentRequired { .. } if variables::is_empty(AGENT) => Some(empty(AGENT, "Name the agent with -a.")),
        Error::ApiKeyRequired { .. } if variables::is_empty(API_KEY) => {
            Some(empty(API_KEY, "Set it to the key, or store the key with `aidb env set-key`."))
        }
        Error::NotRecorded { cause, .. } => hint(cause),
        Error::Vault(error) => vault(error),
        other => own(other).map(str::to_owned).or_else(|| other.hint()),
    }
}

/// A variable without a value is most often a name that a script got wrong.
fn empty(variable: &str, otherwise: &str) -> String {
    format!("{variable} is set, and empty. {otherwise}")
}

/// Where this front end has its own way.
fn own(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::NoTarget => "Name an environment, or give a URL. `aidb env list` shows the environments.",
        Error::CaFileRelative { .. } => {
            "Name it anew with `aidb env update NAME --ca-file FILE`: its whole path is kept then."
        }
        Error::Connector(ConnectorError::ProxyUnusable { .. }) => {
            "Correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, or exempt the server's host with NO_PROXY."
        }
        Error::Connector(ConnectorError::NoAnswer { failure: Failure::Proxy(failure), .. })
            if failure.is_of_settings() =>
        {
            "Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, or exempt the server's host with NO_PROXY. The server itself was \
             not reached."
        }
        Error::ApiKeyRequired { because: None, .. } => {
            "Set AIDB_API_KEY, or keep the key in the keychain with `aidb env set-key`."
        }
        Error::ApiKeyRequired { because: Some(KeyWithheld::AmbientForAnother), .. } => {
            "AIDB_API_KEY is for the server of AIDB_URL. Store this one's key with `aidb env set-key`, or unset AIDB_URL."
        }
        Error::ApiKeyRequired { because: Some(KeyWithheld::NoServerNamed), .. } => {
            "AIDB_API_KEY goes only to a server that is named: set AIDB_URL beside it, or name the server with -e or -u."
        }
        Error::KeyWithoutServer { .. } => "Name the server with -e or -u beside -k, or give the key in AIDB_API_KEY.",
        Error::OtherServer { .. } => {
            "Say with -e or -u which of the two is meant. Left over from another task, AIDB_URL is better unset."
        }
        Error::AgentRequired { .. } => "Name the agent with -a, or give the environment a default agent.",
        Error::Consent(ConsentError::Protected { .. }) => "Look at the plan with --dry-run, then add --yes.",
        Error::Consent(ConsentError::Deletion { .. }) => {
            "If the agent is to be deleted, say so with --delete-agent: its present key stops working for good."
        }
        Error::AgentBusy { .. } => "Wait for it with --wait, or look at the plan again once it is done.",
        Error::WaitsForRecovery { .. } => {
            "`aidb recover` tries to put it back; --finish carries it through instead, --leave ends it as it is."
        }
        Error::KeyNowhere { .. } => {
            "Have the key written into a file with --agent-key-out FILE, or keep keys in private files with --key-store file."
        }
        Error::WhichBackup { .. } => "Name the agent with -a.",
        Error::BackupElsewhere { .. } => {
            "Name with -e or -u the server that it was taken at. A backup in a file is restored nowhere else."
        }
        Error::NothingToRecover { .. } => "`aidb recover --list` shows what was interrupted.",
        Error::AbsentIsWhole { .. } => "Leave --merge and --only away; restoring it means deleting the agent.",
        Error::ConnectionStringMissing { .. } => {
            "Give it in AIDB_CONNECTION_STRING, in a file, or leave the database for later."
        }
        Error::Item(UnknownItem { nearest: None, .. }) => {
            "Run the same command with --dry-run to see the items of the plan."
        }
        Error::File(FileError::NotFound { .. }) => "Check the path; it is taken from the folder the command runs in.",
        Error::PlanFromElsewhere { .. } => {
            "Let whoever read the plan send its eight words and add --approved \"WORDS\", or apply it at a terminal without \
             --yes. The words prove that the file is the one that was read; they do not prove who saved it."
        }
        Error::PlanIsConfiguration { .. } => "A configuration is imported with -i.",
        Error::File(FileError::Exists { .. } | FileError::Taken { .. }) => {
            "Choose another name, or overwrite it with --force."
        }
        Error::Connector(ConnectorError::PlainHttpRefused { .. }) => {
            "Use https://. If this network may be trusted, allow plain http: for this run with --allow-plain-http, with \
             AIDB_ALLOW_PLAIN_HTTP=1, or for good in the profile with `aidb env update NAME --allow-plain-http`."
        }
        Error::Store(StoreError::BackupNotFound { .. }) => "List the backups with `aidb migrate backups list`.",
        Error::Store(StoreError::EnvironmentNotFound { known, .. }) if known.is_empty() => {
            "Add one first: `aidb env add NAME --url URL`."
        }
        _ => return None,
    })
}

/// What always helps where there is no usable keychain comes after what helps the keychain.
fn vault(error: &VaultError) -> Option<String> {
    let hint = error.hint()?;
    if matches!(error, VaultError::KeyPrompt { .. }) {
        return Some(format!("{hint} A run with nobody in front of it gets its key with AIDB_URL and AIDB_API_KEY."));
    }
    let of_the_keychain = matches!(
        error,
        VaultError::KeychainAbsent { .. }
            | VaultError::NoKeyring
            | VaultError::KeychainLocked
            | VaultError::KeychainSilent { .. }
            | VaultError::KeychainFailed { .. }
            | VaultError::NotKept { .. }
    );
    if of_the_keychain {
        return Some(format!("{hint} Or keep keys in private files with --key-store file."));
    }
    Some(hint)
}
