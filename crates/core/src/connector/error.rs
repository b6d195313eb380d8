//! What goes wrong between aidb and a server: who answered what, and whether the server may have acted.

use std::fmt;
use std::time::Duration;

use super::failure::Failure;
use super::pause::{Pause, left_alone};
use super::status::meaning;
use crate::config::NotAddressable;
use crate::error::{ErrorCode, Explain};

/// Whether a failed request may have changed something. Ordered from harmless to unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sent {
    /// Not sent.
    NotSent,
    /// The server answered, and definitely did not act.
    Refused,
    /// May have taken effect: only reading back tells.
    Unknown,
}

/// Whether the same request may be made again without looking first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Would fail again, or do harm.
    Never,
    /// May; `after` is what the server asks for in `Retry-After`.
    Safe {
        /// Time the server wants to be left alone.
        after: Option<Duration>,
    },
}

/// Effect of a request on a server; [`ConnectorError::retry`] goes by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Changes nothing.
    None,
    /// Changes nothing, and is gone without where it is refused: a server that failed at it has answered (the tables of an
    /// agent, at which the recorded server always fails: docs/CONNECTOR.md).
    Dispensable,
    /// Changes something; twice is the same as once.
    Repeatable,
    /// Changes something, and a second time destroys (registering: docs/CONNECTOR.md). Repeated only when the first time
    /// definitely had no effect.
    Once,
}

impl Effect {
    /// Whether it leaves the server as it is.
    pub(super) const fn is_reading(self) -> bool {
        matches!(self, Self::None | Self::Dispensable)
    }
}

/// The request that an error is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Method, host and path: `PUT https://dev.example.com/api/agents/my-agent/database`.
    pub target: String,
    /// What the request does at the server, by which it is repeated or not.
    pub effect: Effect,
    /// The worst that earlier attempts of the same call may have done.
    pub(super) earlier: Sent,
}

impl Call {
    pub(super) fn new(target: String, effect: Effect) -> Box<Self> {
        Box::new(Self { target, effect, earlier: Sent::NotSent })
    }
}

/// Anything that goes wrong between aidb and a server.
///
/// No variant holds a secret: foreign text was scrubbed before it came here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectorError {
    /// The URL cannot be one of an environment.
    #[error("The URL cannot be used: {reason}. Nothing was sent.")]
    UrlInvalid {
        /// Fault, without repeating it.
        reason: String,
    },
    /// Plain http beyond this machine.
    #[error(
        "Plain http to {host} is refused: the API key would travel readable for everyone on the way. Nothing was sent."
    )]
    PlainHttpRefused {
        /// The host.
        host: String,
    },
    /// The CA file of the environment holds no usable certificate.
    #[error("The CA file of the environment cannot be used: {reason}. Nothing was sent.")]
    CaFileInvalid {
        /// Fault, as the rest of a sentence.
        reason: String,
    },
    /// A proxy setting of this machine is none.
    #[error("The proxy that this machine's settings name cannot be used: {reason}. Nothing was sent.")]
    ProxyUnusable {
        /// Fault, without repeating it: it may hold a password.
        reason: &'static str,
    },
    /// The TLS client cannot be set up on this machine.
    #[error("Secure connections are not possible on this machine: {reason}. Nothing was sent.")]
    TlsUnavailable {
        /// Words of the TLS library.
        reason: String,
    },
    /// The API key holds characters that no HTTP header can carry.
    #[error(
        "The API key cannot be sent: it holds a line break or another character that no HTTP header can carry. Nothing was sent."
    )]
    ApiKeyUnusable,
    /// A request that cannot be written as JSON.
    #[error("The request cannot be written as JSON. Nothing was sent.")]
    Unwritable,
    /// An id that cannot stand in a request's path.
    #[error("The resource id {id:?} cannot be addressed: {reason}. Nothing was sent.")]
    IdNotAddressable {
        /// The id.
        id: String,
        /// Reason that no URL can carry it.
        reason: NotAddressable,
    },
    /// Cancelled before the request left; nothing of it took effect.
    #[error("Cancelled. Nothing was sent.")]
    Cancelled,
    /// No answer.
    #[error("{failure} ({call}).{}", .call.consequence(.failure.sent()))]
    NoAnswer {
        /// What happened to the connection.
        failure: Failure,
        /// The request.
        call: Box<Call>,
    },
    /// An answer that refuses or fails.
    #[error("API Error ({status}): {text} ({call}).{}{}", .call.consequence(sent_of(*.status)), left_alone(.retry_after.as_ref()))]
    Api {
        /// The HTTP status.
        status: u16,
        /// Body of the answer.
        text: String,
        /// The server's `Retry-After`.
        retry_after: Option<Pause>,
        /// Whether an API key went with the request.
        with_key: bool,
        /// The request.
        call: Box<Call>,
    },
    /// A definite "no such agent".
    #[error("API Error (404): {text} ({call}). The agent is not there, so nothing was changed.")]
    AgentNotFound {
        /// The agent's id.
        id: String,
        /// Body of the answer.
        text: String,
        /// The request.
        call: Box<Call>,
    },
    /// An answer that no AI Agent Connector gives.
    #[error("API Error ({status}): {text} ({call}). That is not how an AI Agent Connector answers.{}", .call.consequence(sent_of(*.status)))]
    NotAConnector {
        /// The HTTP status.
        status: u16,
        /// Body of the answer.
        text: String,
        /// The request.
        call: Box<Call>,
    },
    /// A redirect, which is not followed.
    #[error("API Error ({status}): the server redirects to {}, and a redirect is never followed: the API key would go along ({call}).{}", .to.as_deref().unwrap_or("an unnamed place"), .call.consequence(sent_of(*.status)))]
    Redirected {
        /// The HTTP status.
        status: u16,
        /// Scheme, host and port of where it points.
        to: Option<String>,
        /// The request.
        call: Box<Call>,
    },
    /// The agent was there in one answer and is not in the next.
    #[error(
        "The agent {id} was there a moment ago and is not any more: it was deleted while it was being read, or different servers answer at this address ({call})."
    )]
    Vanished {
        /// The agent's id.
        id: String,
        /// The request that did not find it.
        call: Box<Call>,
    },
    /// The agent was there in one answer, and in the next the server has no agent at all.
    #[error(
        "The agent {id} was there a moment ago, and now the server has no agent at all: it lost its memory, most likely because it was restarted in this moment ({call})."
    )]
    Emptied {
        /// The agent's id.
        id: String,
        /// The request that did not find it.
        call: Box<Call>,
    },
    /// An answer that cannot be understood.
    #[error("The server's answer cannot be used: {problem} ({call}).{}", .call.consequence(Sent::Unknown))]
    BadAnswer {
        /// Fault: which field, which limit.
        problem: String,
        /// The request.
        call: Box<Call>,
    },
    /// A complete status line and an answer that breaks off.
    #[error("The server's answer breaks off in the middle ({call}).{}", .call.consequence(Sent::Unknown))]
    CutOff {
        /// The request.
        call: Box<Call>,
    },
}

impl ConnectorError {
    /// Whether the request, in this or an earlier attempt, may have changed something. Reads never do.
    #[must_use]
    pub fn outcome(&self) -> Sent {
        let this = self.at_the_server();
        self.call().map_or(this, |call| call.worst(this))
    }

    /// Whether the last attempt may have changed something.
    fn at_the_server(&self) -> Sent {
        match self {
            Self::NoAnswer { failure, .. } => failure.sent(),
            Self::Api { status, .. } | Self::NotAConnector { status, .. } | Self::Redirected { status, .. } => {
                sent_of(*status)
            }
            Self::AgentNotFound { .. } | Self::Vanished { .. } | Self::Emptied { .. } => Sent::Refused,
            Self::BadAnswer { .. } | Self::CutOff { .. } => Sent::Unknown,
            _ => Sent::NotSent,
        }
    }

    /// Fault without its request, for where that is plain.
    #[must_use]
    pub fn briefly(&self) -> String {
        match self {
            Self::Api { status, text, retry_after, .. } => {
                let pause = left_alone(retry_after.as_ref());
                let stop = if pause.is_empty() { "" } else { "." };
                format!("API Error ({status}): {}{stop}{pause}", text.trim_end_matches('.'))
            }
            Self::NotAConnector { status, text, .. } => {
                format!("API Error ({status}): {}", text.trim_end_matches('.'))
            }
            Self::NoAnswer { failure, .. } => failure.to_string(),
            other => other.to_string(),
        }
    }

    /// Fault without the server's own words and without the request, where either is part of the sentence.
    #[must_use]
    pub fn plainly(&self) -> Option<String> {
        Some(match self {
            Self::NoAnswer { failure, .. } => format!("{failure}."),
            Self::Api { status, with_key, retry_after, .. } => {
                format!("{}{}", meaning(*status, *with_key).sentence, left_alone(retry_after.as_ref()))
            }
            Self::AgentNotFound { id, .. } => format!("The server has no agent {id}."),
            Self::Vanished { id, .. } => format!(
                "The agent {id} was there a moment ago and is not any more: it was deleted while it was being read, or different servers answer at this address."
            ),
            Self::Emptied { id, .. } => format!(
                "The agent {id} was there a moment ago, and now the server has no agent at all: it lost its memory, most likely because it was restarted in this moment."
            ),
            Self::NotAConnector { .. } => "What answers there is not an AI Agent Connector.".into(),
            Self::Redirected { to, .. } => format!(
                "The server redirects to {}, and a redirect is never followed: the API key would go along.",
                to.as_deref().unwrap_or("an unnamed place")
            ),
            Self::BadAnswer { .. } => "The server's answer cannot be used.".into(),
            Self::CutOff { .. } => "The server's answer breaks off in the middle.".into(),
            _ => return None,
        })
    }

    /// The HTTP status, where there was an answer with one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Api { status, .. } | Self::NotAConnector { status, .. } | Self::Redirected { status, .. } => {
                Some(*status)
            }
            Self::AgentNotFound { .. } => Some(404),
            _ => None,
        }
    }

    /// The request that this is about, where one was made.
    #[must_use]
    pub fn call(&self) -> Option<&Call> {
        match self {
            Self::NoAnswer { call, .. }
            | Self::Api { call, .. }
            | Self::AgentNotFound { call, .. }
            | Self::Vanished { call, .. }
            | Self::Emptied { call, .. }
            | Self::NotAConnector { call, .. }
            | Self::Redirected { call, .. }
            | Self::BadAnswer { call, .. }
            | Self::CutOff { call } => Some(call),
            _ => None,
        }
    }

    /// That error, knowing what earlier attempts may have done.
    pub(super) fn after(mut self, earlier: Sent) -> Self {
        match &mut self {
            Self::NoAnswer { call, .. }
            | Self::Api { call, .. }
            | Self::AgentNotFound { call, .. }
            | Self::Vanished { call, .. }
            | Self::Emptied { call, .. }
            | Self::NotAConnector { call, .. }
            | Self::Redirected { call, .. }
            | Self::BadAnswer { call, .. }
            | Self::CutOff { call } => call.earlier = call.earlier.max(earlier),
            _ => {}
        }
        self
    }
}

impl Call {
    /// Whether it leaves the server as it is.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        self.effect.is_reading()
    }

    fn worst(&self, this: Sent) -> Sent {
        let worst = self.earlier.max(this);
        if self.effect.is_reading() { worst.min(Sent::Refused) } else { worst }
    }

    /// Consequence of the failure for the data, as a further sentence.
    fn consequence(&self, this: Sent) -> &'static str {
        match (self.effect, self.worst(this)) {
            (effect, _) if effect.is_reading() => "",
            (_, Sent::NotSent) => " Nothing was sent.",
            (_, Sent::Refused) => " The server did not make the change.",
            (_, Sent::Unknown) => " Whether the change took effect is not known.",
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.target)
    }
}

/// Hint for a CA file that is none.
pub const CA_FILE_HINT: &str = "Name a file with the CA's certificate in PEM form (-----BEGIN CERTIFICATE-----).";

/// What an answer's status says about the request. A gateway's 5xx says nothing about the service behind it; 301 to 303
/// are what a form answers after it acted, while 307 and 308 mean "not here".
const fn sent_of(status: u16) -> Sent {
    match status {
        307 | 308 | 400..=499 => Sent::Refused,
        _ => Sent::Unknown,
    }
}

impl Explain for ConnectorError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::UrlInvalid { .. } => ErrorCode::UrlInvalid,
            Self::PlainHttpRefused { .. } => ErrorCode::PlainHttpRefused,
            Self::CaFileInvalid { .. } => ErrorCode::CaFileInvalid,
            Self::TlsUnavailable { .. } => ErrorCode::TlsFailed,
            Self::ApiKeyUnusable | Self::Unwritable | Self::ProxyUnusable { .. } => ErrorCode::Usage,
            Self::IdNotAddressable { .. } => ErrorCode::IdNotAddressable,
            Self::Cancelled => ErrorCode::Interrupted,
            Self::NoAnswer { failure, .. } => failure.code(),
            Self::Api { status, .. } => meaning(*status, true).code,
            Self::AgentNotFound { .. } => ErrorCode::AgentNotFound,
            Self::Vanished { .. } => ErrorCode::BadAnswer,
            Self::Emptied { .. } => ErrorCode::ServerEmptied,
            Self::NotAConnector { .. } => ErrorCode::NotAConnector,
            Self::Redirected { .. } => ErrorCode::Redirected,
            Self::BadAnswer { .. } => ErrorCode::BadAnswer,
            Self::CutOff { .. } => ErrorCode::ConnectionLost,
        }
    }

    fn plain(&self) -> Option<String> {
        let (sentence, call) = (self.plainly()?, self.call()?);
        Some(sentence + call.consequence(self.at_the_server()))
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::UrlInvalid { .. } => "Give the server's base address, for example https://connector.example.com.",
            Self::PlainHttpRefused { .. } => {
                "Use https://. If this network may be trusted, allow plain http for this environment."
            }
            Self::CaFileInvalid { .. } => CA_FILE_HINT,
            Self::ProxyUnusable { .. } => "Correct the proxy settings of this machine, or exempt the server's host.",
            Self::TlsUnavailable { .. } => {
                "Install the system's CA certificates (often a package called ca-certificates), or name a CA file in the environment."
            }
            Self::ApiKeyUnusable => {
                "Enter the key again; a line break or an invisible character may have been copied with it."
            }
            Self::IdNotAddressable { .. } => {
                "Setting it to an empty list of permissions is the nearest state that the server can reach."
            }
            Self::Cancelled | Self::Unwritable => return None,
            Self::NoAnswer { failure, .. } => failure.hint(),
            Self::Api { retry_after: Some(pause), .. } if pause.is_long() => {
                "Try again when that time is over; or ask whoever runs the server, which may be counting requests."
            }
            Self::Api { status, with_key, .. } => return meaning(*status, *with_key).hint.map(str::to_owned),
            Self::AgentNotFound { .. } => {
                "Check the agent id and the environment. A server that keeps its state in memory loses every agent when it restarts."
            }
            Self::Vanished { .. } => "Try again, and look at what is there now.",
            Self::Emptied { .. } => LOST_MEMORY_HINT,
            Self::NotAConnector { .. } => {
                "Is this URL an AI Agent Connector? Check the host, the port and the path prefix."
            }
            Self::Redirected { to, .. } => {
                return Some(match to {
                    Some(to) => format!("If {to} is the right server, use that address in the environment's URL."),
                    None => "Check the environment's URL.".to_owned(),
                });
            }
            Self::BadAnswer { .. } => "Is this URL an AI Agent Connector, and of a version that aidb knows?",
            Self::CutOff { .. } => {
                "Try again. If it keeps happening, something between here and the server cuts connections."
            }
        };
        Some(hint.to_owned())
    }

    fn details(&self) -> Vec<String> {
        let mut details = Vec::new();
        if let Some(call) = self.call() {
            details.push(format!("Request: {call}"));
        }
        if let Retry::Safe { after: Some(after) } = self.retry() {
            details.push(format!("The server asks to wait {} s", after.as_secs()));
        }
        details
    }
}

/// Hint for a server that has no agent any more.
pub(crate) const LOST_MEMORY_HINT: &str =
    "Once the server is up for good, restore each agent from its latest backup, which is in the history.";
