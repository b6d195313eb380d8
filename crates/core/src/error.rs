//! What every error of the engine has in common.
//!
//! Each layer has its own error type; all of them implement [`Explain`], so that the window and the command line
//! render any of them the same way and decide by [`ErrorCode`] alone, never by text. A code exists because somebody
//! acts on it: an exit status, a button, a place in the form. The list is closed.

use serde::{Deserialize, Serialize};

use crate::shorten::shortened;

/// The closed list of error codes. Serialised in snake case, in `--json` and across the window boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// A flag is missing, two contradict each other, or a value cannot be used.
    Usage,
    /// A person or a protected environment has to agree first, and nobody could be asked.
    ConfirmationRequired,
    /// The person said no, or closed the question.
    Declined,
    /// The configuration has errors; its validation report says which.
    ConfigInvalid,
    /// No file at that path.
    FileNotFound,
    /// A file or folder exists and could not be read.
    FileUnreadable,
    /// A file exists and is not ours to overwrite.
    FileExists,
    /// A file or folder could not be written.
    FileUnwritable,
    /// No API key was given and none is stored for the environment.
    ApiKeyMissing,
    /// The URL cannot be one of an environment.
    UrlInvalid,
    /// Plain http beyond this machine, and nobody allowed it.
    PlainHttpRefused,
    /// The CA file of the environment cannot be used.
    CaFileInvalid,
    /// Nothing listens there.
    ConnectionRefused,
    /// The host name does not resolve.
    HostUnknown,
    /// The TLS connection failed; the certificate is not trusted, or it is no TLS server.
    TlsFailed,
    /// The connection broke while the request was under way.
    ConnectionLost,
    /// No answer within the time limit.
    Timeout,
    /// Answers, and not as an AI Agent Connector does.
    NotAConnector,
    /// Answers with a redirect, which is never followed.
    Redirected,
    /// 401: the API key was not accepted.
    Unauthorized,
    /// 403: the API key may not do this.
    Forbidden,
    /// A definite 404 for the agent itself.
    AgentNotFound,
    /// An id that the server could not address.
    IdNotAddressable,
    /// 429, still after every retry.
    RateLimited,
    /// 400, 413 and other refusals of one request.
    RequestRefused,
    /// 5xx, still after every retry where retrying was safe.
    ServerError,
    /// An answer that cannot be understood: not JSON, wrong shape, too large.
    BadAnswer,
    /// The target moved since the plan was made; nothing was written.
    TargetChanged,
    /// The plan cannot be applied: of another version, or for another agent or environment.
    PlanUnusable,
    /// The apply failed; everything it had changed was put back.
    PutBack,
    /// The apply failed and something is left to do.
    NeedsAttention,
    /// The server confirmed a change that reading back does not show.
    VerificationFailed,
    /// Every agent of the server is gone at once: it lost its memory.
    ServerEmptied,
    /// The person interrupted; what was changed was put back.
    Interrupted,
    /// Another window or terminal is changing this agent.
    AgentBusy,
    /// An operation on this agent was interrupted and could not be recovered yet; nothing else is applied to it until then.
    Unsettled,
    /// The store cannot be opened or written.
    StoreUnusable,
    /// The store was written by a newer aidb.
    StoreNewer,
    /// Another process is writing to the store.
    StoreBusy,
    /// No such environment.
    EnvironmentNotFound,
    /// An environment of that name exists.
    EnvironmentExists,
    /// No such backup.
    BackupNotFound,
    /// No such entry in the history.
    EntryNotFound,
    /// A backup whose content does not match its hash.
    BackupDamaged,
    /// This machine has no keychain.
    KeychainAbsent,
    /// There is a keychain, and it answers nothing.
    KeychainSilent,
    /// The keychain is locked.
    KeychainLocked,
    /// The keychain asks for a password before it hands out a key, and nobody typed it.
    KeyPrompt,
    /// Any other keychain failure.
    KeychainFailed,
    /// The clipboard cannot be written.
    ClipboardFailed,
    /// A sample server cannot be started.
    SandboxFailed,
    /// A mistake in aidb itself.
    Internal,
}

impl ErrorCode {
    /// Every code, in the order of the list above.
    #[rustfmt::skip]
    pub const ALL: &[Self] = &[
        Self::Usage, Self::ConfirmationRequired, Self::Declined, Self::ConfigInvalid, Self::FileNotFound,
        Self::FileUnreadable, Self::FileExists, Self::FileUnwritable, Self::ApiKeyMissing, Self::UrlInvalid,
        Self::PlainHttpRefused, Self::CaFileInvalid, Self::ConnectionRefused, Self::HostUnknown, Self::TlsFailed,
        Self::ConnectionLost, Self::Timeout, Self::NotAConnector, Self::Redirected, Self::Unauthorized,
        Self::Forbidden, Self::AgentNotFound, Self::IdNotAddressable, Self::RateLimited, Self::RequestRefused,
        Self::ServerError, Self::BadAnswer, Self::TargetChanged, Self::PlanUnusable, Self::PutBack,
        Self::NeedsAttention, Self::VerificationFailed, Self::ServerEmptied, Self::Interrupted, Self::AgentBusy,
        Self::Unsettled, Self::StoreUnusable, Self::StoreNewer, Self::StoreBusy, Self::EnvironmentNotFound,
        Self::EnvironmentExists, Self::BackupNotFound, Self::EntryNotFound, Self::BackupDamaged, Self::KeychainAbsent,
        Self::KeychainSilent, Self::KeychainLocked, Self::KeyPrompt, Self::KeychainFailed, Self::ClipboardFailed, Self::SandboxFailed,
        Self::Internal,
    ];

    /// The code as it stands in `--json`, for example `api_key_missing`.
    #[must_use]
    pub fn as_str(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(text)) => text,
            _ => format!("{self:?}"),
        }
    }
}

/// An error that can say what it is, and what the person can do about it.
///
/// The `Display` text is one sentence: what happened and what it means for the data. It never holds a secret.
pub trait Explain: std::error::Error {
    /// Code from the closed list.
    fn code(&self) -> ErrorCode;

    /// The sentence without what a server said in its own words and without the request, where `Display` quotes them: a
    /// terminal is read by people who know what to make of them, a window by anybody.
    fn plain(&self) -> Option<String> {
        None
    }

    /// Hint, in one or two sentences; `None` only where nothing can be done.
    fn hint(&self) -> Option<String> {
        None
    }

    /// More for whoever unfolds the error: one line each, no secrets.
    fn details(&self) -> Vec<String> {
        Vec::new()
    }
}

/// An error as it leaves the engine: the same in `--json` and in the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorReport {
    /// Error code.
    pub code: ErrorCode,
    /// One sentence: what happened, what it means for the data.
    pub message: String,
    /// See [`Explain::plain`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plain: Option<String>,
    /// What to do, where something can be done.
    pub hint: Option<String>,
    /// One line each, folded away by default.
    pub details: Vec<String>,
}

impl ErrorReport {
    /// Renders any error of the engine.
    pub fn of(error: &dyn Explain) -> Self {
        Self {
            code: error.code(),
            message: shortened(&error.to_string()),
            plain: error.plain().as_deref().map(shortened),
            hint: error.hint().as_deref().map(shortened),
            details: error.details().iter().map(|line| shortened(line)).collect(),
        }
    }
}
