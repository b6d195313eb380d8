//! Why one change could not be carried out.

use crate::connector::{ConnectorError, LOST_MEMORY_HINT};
use crate::error::{ErrorCode, Explain};
use crate::store::StoreError;

/// Reason one change could not be carried out.
#[derive(Debug, thiserror::Error)]
pub(super) enum WriteError {
    /// The call failed.
    #[error(transparent)]
    Call(#[from] ConnectorError),
    /// The server refused to link the database: it connects before it answers.
    #[error(transparent)]
    LinkRefused(ConnectorError),
    /// Between looking and registering somebody else registered the agent.
    #[error("Somebody else registered this agent while it was being registered; theirs was left as it is.")]
    RegisteredMeanwhile,
    /// Right before registering the agent was there. Nothing was sent.
    #[error("Somebody else has registered this agent meanwhile; theirs was left as it is.")]
    ThereAlready,
    /// The registration went through, and what somebody else had given to the agent a moment before was there.
    #[error(
        "Somebody else registered this agent at the same moment, and this registration replaced theirs: the agent has the \
         API key that was made here, and theirs is not valid any more."
    )]
    ReplacedAnother,
    /// Somebody changed the agent itself while its permissions were written.
    #[error("Somebody else changed this agent itself while its changes were being written. {}", first_sentence(drift))]
    ChangedMeanwhile {
        /// A sentence for each thing that is not what it was.
        drift: Vec<String>,
    },
    /// Everything was there when it was verified, and a moment later the agent was not.
    #[error("Somebody else deleted this agent while it was being registered.")]
    GoneMeanwhile,
    /// Every agent of the server is gone at once.
    #[error("The server has no agent at all any more: it lost its memory, most likely because it was restarted.")]
    ServerEmptied,
    /// The plan registers, and no key was made beforehand.
    #[error("The plan registers the agent, and no API key was prepared for it. Nothing was sent.")]
    NoAgentKey,
    /// How far the apply would go could not be noted, so it did not go there.
    #[error(transparent)]
    Journal(StoreError),
    /// The plan links a database, and there is no connection string.
    #[error("The plan links a database, and no connection string was given. Nothing was sent.")]
    NoConnectionString,
    /// The person asked to stop after the last change had been sent, and before it was verified.
    #[error("It was asked to stop after the last change had been sent, and before all of them were verified.")]
    Stopped,
}

impl WriteError {
    /// Reason a call that links a database failed. A plain refusal is about the connection, and not about the request.
    pub(super) fn of_the_link(error: ConnectorError) -> Self {
        if error.status() == Some(400) { Self::LinkRefused(error) } else { Self::Call(error) }
    }
}

/// The first says the most: a new registration comes before everything that came with it.
fn first_sentence(drift: &[String]) -> String {
    let first = drift.first().map_or("", String::as_str);
    format!("{}.", first.trim_end_matches('.'))
}

impl Explain for WriteError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Call(error) | Self::LinkRefused(error) => error.code(),
            Self::Journal(error) => error.code(),
            Self::RegisteredMeanwhile
            | Self::ThereAlready
            | Self::ReplacedAnother
            | Self::GoneMeanwhile
            | Self::ChangedMeanwhile { .. } => ErrorCode::TargetChanged,
            Self::ServerEmptied => ErrorCode::ServerEmptied,
            Self::NoAgentKey | Self::NoConnectionString => ErrorCode::PlanUnusable,
            Self::Stopped => ErrorCode::Interrupted,
        }
    }

    fn plain(&self) -> Option<String> {
        match self {
            Self::Call(error) | Self::LinkRefused(error) => error.plain(),
            _ => None,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Call(error) => error.hint(),
            Self::LinkRefused(_) => Some(
                "The server tries the connection before it links. Check host, port, database, user and password of the connection \
                 string as that server sees them, and that the database runs; or leave the database out and link it later."
                    .into(),
            ),
            Self::Journal(error) => error.hint(),
            Self::RegisteredMeanwhile
            | Self::ThereAlready
            | Self::GoneMeanwhile
            | Self::ChangedMeanwhile { .. } => {
                Some("Look at the new plan, and apply that.".into())
            }
            Self::ReplacedAnother => Some(
                "Agree with whoever registered it on whose agent it is, and give them its key if it is theirs. Then look at \
                 the new plan."
                    .into(),
            ),
            Self::ServerEmptied => Some(LOST_MEMORY_HINT.into()),
            Self::NoAgentKey => Some("Make the plan anew and apply it.".into()),
            Self::NoConnectionString => {
                Some("Give the connection string, or make a plan that leaves the database for later.".into())
            }
            Self::Stopped => None,
        }
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::Call(error) | Self::LinkRefused(error) => error.details(),
            Self::Journal(error) => error.details(),
            Self::ChangedMeanwhile { drift } => drift.clone(),
            _ => Vec::new(),
        }
    }
}
