//! What validation says: findings with severity, code, place, message and hint. Plain data, for `--json` and the window.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text_enum::text_enum;

/// Severity of a finding: an error keeps a configuration from being used, a warning does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The configuration cannot be used.
    Error,
    /// Can be used; somebody should look.
    Warning,
}

text_enum! {
    /// The closed list of findings. Serialised in snake case; the rules stand in docs/RULES.md#the-configuration-file.
    pub enum FindingCode {
        /// Nothing but blanks.
        EmptyFile = "empty_file",
        /// Larger than [`super::MAX_FILE_BYTES`], or more values than [`super::MAX_VALUES`].
        TooLarge = "too_large",
        /// Not text in UTF-8.
        NotUtf8 = "not_utf8",
        /// Not JSON.
        InvalidJson = "invalid_json",
        /// Nested deeper than [`super::MAX_DEPTH`].
        TooDeep = "too_deep",
        /// A text or key longer than [`super::MAX_TEXT_BYTES`].
        TextTooLong = "text_too_long",
        /// A key given twice in one object.
        DuplicateKey = "duplicate_key",
        /// A key that JSON software on the way gives a meaning of its own.
        ReservedKey = "reserved_key",
        /// A known key whose value has another type than it must have.
        WrongType = "wrong_type",
        /// `version` is missing or not a non-empty text.
        MissingVersion = "missing_version",
        /// `version` is not a semantic version.
        InvalidVersion = "invalid_version",
        /// `version` has another major number.
        UnsupportedVersion = "unsupported_version",
        /// `version` has a newer minor number.
        NewerMinorVersion = "newer_minor_version",
        /// `agent` is missing or not an object.
        MissingAgent = "missing_agent",
        /// `agent.agent_id` is missing or not a non-empty text.
        MissingAgentId = "missing_agent_id",
        /// The server has no way to address that `agent_id`.
        AgentIdNotAddressable = "agent_id_not_addressable",
        /// `agent.name` is missing or not a non-empty text.
        MissingAgentName = "missing_agent_name",
        /// A resource id that is empty, too long, or holds control characters.
        InvalidResourceId = "invalid_resource_id",
        /// A resource permission without a type.
        MissingType = "missing_type",
        /// A resource permission without `permissions`.
        MissingPermissions = "missing_permissions",
        /// `permissions` is something else than an array.
        PermissionsNotArray = "permissions_not_array",
        /// A permission that is none of the four.
        UnknownPermission = "unknown_permission",
        /// A permission listed twice.
        RepeatedPermission = "repeated_permission",
        /// An empty list of permissions.
        EmptyPermissions = "empty_permissions",
        /// `tables` is something else than an array of texts.
        TablesNotArray = "tables_not_array",
        /// A permission on a table that `tables` does not list.
        TableNotListed = "table_not_listed",
        /// `metadata` is something else than an object.
        MetadataNotObject = "metadata_not_object",
        /// A key that aidb does not know; kept.
        UnknownKey = "unknown_key",
        /// State of one server, which means nothing on another; ignored.
        NotPortable = "not_portable",
        /// Something that is, or looks like, a secret.
        Secret = "secret",
        /// More findings than [`super::MAX_FINDINGS`]; the rest was counted only.
        TooManyFindings = "too_many_findings",
    }
}

/// A place in a file. Lines and columns start at 1; a column counts characters, not bytes, and a BOM is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The character in that line.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// One finding. `message` and `hint` are safe to print; `pointer` is data and may hold any character of the file, except
/// that a key which itself looks like a secret stands as `(withheld)` there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Whether it blocks.
    pub severity: Severity,
    /// The rule.
    pub code: FindingCode,
    /// JSON pointer (RFC 6901) of what the finding is about, or of where the missing thing should stand.
    pub pointer: String,
    /// Position in the file; `None` when there is no file, or it could not be followed that far.
    pub position: Option<Position>,
    /// Fault, in one or two sentences. Never holds a value that may be a secret.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(position) => write!(f, "{} ({position})", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// All findings about one configuration, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidationReport {
    /// The findings.
    pub findings: Vec<Finding>,
}

impl ValidationReport {
    /// Whether the configuration cannot be used.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }

    /// The errors, in the order of the file.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.of(Severity::Error)
    }

    /// The warnings, in the order of the file.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        self.of(Severity::Warning)
    }

    fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.severity == severity)
    }
}
