//! Exit statuses (docs/RULES.md#exit-statuses).

use std::process::ExitCode;

use aidb_core::error::ErrorCode;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done = 0,
    /// Failed; nothing was changed, or all of it was put back.
    Failed = 1,
    /// Two sides differ. Only where that was asked.
    Differs = 2,
    /// The configuration is invalid.
    Invalid = 3,
    NotAuthorised = 4,
    /// The target changed since the plan.
    TargetChanged = 5,
    /// Failed, and something is left to do.
    NeedsAttention = 6,
    /// Done, and the result could not be written where it was asked for.
    Unwritten = 74,
    /// Wrong usage, or somebody has to agree first.
    Usage = 64,
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The one place that turns an error into an exit status.
pub(crate) const fn of(code: ErrorCode) -> Exit {
    match code {
        ErrorCode::Usage
        | ErrorCode::ConfirmationRequired
        | ErrorCode::ApiKeyMissing
        | ErrorCode::UrlInvalid
        | ErrorCode::PlainHttpRefused
        | ErrorCode::IdNotAddressable => Exit::Usage,
        ErrorCode::ConfigInvalid => Exit::Invalid,
        ErrorCode::Unauthorized | ErrorCode::Forbidden => Exit::NotAuthorised,
        ErrorCode::TargetChanged => Exit::TargetChanged,
        ErrorCode::NeedsAttention | ErrorCode::Unsettled => Exit::NeedsAttention,
        ErrorCode::Interrupted => Exit::Interrupted,
        ErrorCode::Declined
        | ErrorCode::FileNotFound
        | ErrorCode::FileUnreadable
        | ErrorCode::FileExists
        | ErrorCode::FileUnwritable
        | ErrorCode::CaFileInvalid
        | ErrorCode::ConnectionRefused
        | ErrorCode::HostUnknown
        | ErrorCode::TlsFailed
        | ErrorCode::ConnectionLost
        | ErrorCode::Timeout
        | ErrorCode::NotAConnector
        | ErrorCode::Redirected
        | ErrorCode::AgentNotFound
        | ErrorCode::RateLimited
        | ErrorCode::RequestRefused
        | ErrorCode::ServerError
        | ErrorCode::BadAnswer
        | ErrorCode::PlanUnusable
        | ErrorCode::PutBack
        | ErrorCode::VerificationFailed
        | ErrorCode::ServerEmptied
        | ErrorCode::AgentBusy
        | ErrorCode::StoreUnusable
        | ErrorCode::StoreNewer
        | ErrorCode::StoreBusy
        | ErrorCode::EnvironmentNotFound
        | ErrorCode::EnvironmentExists
        | ErrorCode::BackupNotFound
        | ErrorCode::EntryNotFound
        | ErrorCode::BackupDamaged
        | ErrorCode::KeychainAbsent
        | ErrorCode::KeychainSilent
        | ErrorCode::KeychainLocked
        | ErrorCode::KeyPrompt
        | ErrorCode::KeychainFailed
        | ErrorCode::ClipboardFailed
        | ErrorCode::SandboxFailed
        | ErrorCode::Internal => Exit::Failed,
    }
}
