//! Which ids the server can address.
//!
//! Ids travel as one percent-encoded path segment. The recorded server does not match an encoded slash (docs/CONNECTOR.md#ids-with-a-slash),
//! and every URL library resolves `.` and `..` even when they are encoded: a request for such an id would reach another
//! resource, or none. An agent with such an id is refused before anything is sent.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{ErrorCode, Explain};

/// The longest id, in bytes, that aidb sends: percent-encoding triples it, and common gateways cut request lines at 8 KiB.
pub const MAX_ID_BYTES: usize = 2048;

/// Reason an id cannot be addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAddressable {
    /// Nothing there.
    #[error("it is empty")]
    Empty,
    /// Holds a `/`.
    #[error("it contains a slash, and the server has no route for that")]
    Slash,
    /// `.` or `..`.
    #[error("\".\" and \"..\" mean folders in a URL")]
    Dots,
    /// Holds NUL, a line break or another control character.
    #[error("it contains a control character")]
    Control,
    /// Longer than [`MAX_ID_BYTES`].
    #[error("it is longer than {MAX_ID_BYTES} bytes")]
    TooLong,
}

impl NotAddressable {
    /// The id to choose instead, as the end of a sentence that begins with "an id".
    #[must_use]
    pub const fn instead(self) -> &'static str {
        match self {
            Self::Empty => "an id of at least one character",
            Self::Slash => "an id without slashes",
            Self::Dots => "an id that is more than dots",
            Self::Control => "an id without line breaks and other control characters",
            Self::TooLong => "a shorter id",
        }
    }
}

/// Says why `id` cannot stand as one path segment of a request, or that it can.
pub fn addressable(id: &str) -> Result<(), NotAddressable> {
    match id {
        "" => Err(NotAddressable::Empty),
        "." | ".." => Err(NotAddressable::Dots),
        _ if id.contains('/') => Err(NotAddressable::Slash),
        _ if id.chars().any(char::is_control) => Err(NotAddressable::Control),
        _ if id.len() > MAX_ID_BYTES => Err(NotAddressable::TooLong),
        _ => Ok(()),
    }
}

/// An agent id that the server can address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AgentId(String);

impl AgentId {
    /// Takes any id that [`addressable`] accepts.
    pub fn new(id: impl Into<String>) -> Result<Self, InvalidAgentId> {
        let id = id.into();
        match addressable(&id) {
            Ok(()) => Ok(Self(id)),
            Err(reason) => Err(InvalidAgentId { id, reason }),
        }
    }

    /// The nearest id to what a damaged record holds, to show it: what no id may hold is replaced by a mark that says so.
    pub(crate) fn like(text: &str) -> Self {
        let unfit = |character: char| character == '/' || character.is_control();
        let shown = text.replace(unfit, "\u{FFFD}");
        Self::new(shown).unwrap_or_else(|_| Self("\u{FFFD}".into()))
    }

    /// The id as people write it, not encoded.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for AgentId {
    type Error = InvalidAgentId;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        Self::new(id)
    }
}

impl From<AgentId> for String {
    fn from(id: AgentId) -> Self {
        id.0
    }
}

/// An agent id that cannot be addressed, refused before any request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The agent id {id:?} cannot be addressed: {reason}. Nothing was sent.")]
pub struct InvalidAgentId {
    /// The id as given.
    pub id: String,
    /// Reason that no URL can carry it.
    pub reason: NotAddressable,
}

impl Explain for InvalidAgentId {
    fn code(&self) -> ErrorCode {
        ErrorCode::IdNotAddressable
    }

    fn hint(&self) -> Option<String> {
        Some(format!("Register the agent under {}, and use that id.", self.reason.instead()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_told_by_itself_with_what_helps_against_it() {
        let long = "x".repeat(MAX_ID_BYTES + 1);
        let cases = [
            ("", "it is empty", "at least one character"),
            (".", "mean folders in a URL", "more than dots"),
            ("..", "mean folders in a URL", "more than dots"),
            ("a/b", "it contains a slash", "without slashes"),
            ("../a", "it contains a slash", "without slashes"),
            ("a\nb", "it contains a control character", "without line breaks"),
            (long.as_str(), "it is longer than", "a shorter id"),
        ];
        for (id, reason, instead) in cases {
            let refused = AgentId::new(id).expect_err("refused");
            let hint = refused.hint().expect("a hint");
            assert!(refused.to_string().contains(reason) && hint.contains(instead), "{refused} {hint}");
            let others = cases.iter().filter(|case| case.2 != instead);
            assert_eq!(others.filter(|case| hint.contains(case.2)).count(), 0, "{id:?}: {hint}");
        }
    }
}
