//! Files that a person picks, drops or types, and their validation reports.

use aidb_core::config::{FindingCode, Severity};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ErrorReport;

/// Purpose of a file dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FilePurpose {
    Configuration,
    /// A file in the place of a backup.
    Backup,
    CaFile,
    /// A plan as a page for an approver.
    PlanPage,
    /// The history as CSV.
    HistoryCsv,
    /// The history as JSON.
    HistoryJson,
    SupportBundle,
}

/// `file_pick`: which file to open.
#[derive(Deserialize, TS)]
pub(crate) struct FilePick {
    pub(crate) purpose: FilePurpose,
}

/// `file_destination`: where to write.
#[derive(Deserialize, TS)]
pub(crate) struct FileDestination {
    pub(crate) purpose: FilePurpose,
    /// The name that is offered; whatever no file can be named is replaced.
    pub(crate) suggested: String,
}

/// Names a file that a person chose. Rust holds which one it is, and what it was chosen for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub(crate) struct FileTicket(pub(crate) String);

/// A file that a person chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct ChosenFile {
    /// Ticket for the page.
    pub(crate) ticket: FileTicket,
    /// The path, to be shown.
    pub(crate) path: String,
}

/// The answer of a dialog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct PickedFile {
    /// The file; `None`: the person closed the dialog.
    pub(crate) file: Option<ChosenFile>,
}

/// Names a file to be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum NamedFile {
    /// One that a person chose outside of the page: in a dialog, by dropping it, on the command line.
    Chosen { ticket: FileTicket },
    /// A path that was typed. What is no configuration is asked back before anything of it is shown.
    Typed {
        /// As typed. `~` stands for the person's folder.
        path: String,
    },
}

/// Names a file to be checked.
#[derive(Deserialize, TS)]
pub(crate) struct FileChoice {
    pub(crate) file: NamedFile,
}

/// A configuration file, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct FileCheck {
    /// Ticket by which the file is named from now on.
    pub(crate) ticket: FileTicket,
    pub(crate) path: String,
    pub(crate) name: String,
    /// Every finding: errors first, then by place.
    pub(crate) findings: Vec<FindingView>,
    /// Number of errors; they block.
    pub(crate) errors: u32,
    pub(crate) warnings: u32,
    /// Content; `None` where errors leave nothing to use.
    pub(crate) configuration: Option<ConfigurationSummary>,
    /// Whether it is a backup in a file of its own, which can be restored and not imported.
    pub(crate) is_backup: bool,
}

/// Content of a configuration, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct ConfigurationSummary {
    pub(crate) agent_id: String,
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) agent_type: Option<String>,
    /// The database's connection name.
    pub(crate) connection_name: Option<String>,
    /// Number of resource permissions.
    pub(crate) resources: u32,
    /// When it was exported.
    pub(crate) exported_at: Option<String>,
    pub(crate) source_url: Option<String>,
    pub(crate) environment: Option<String>,
}

/// One finding of a validation report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct FindingView {
    pub(crate) severity: Severity,
    /// Rule, as in `--json`.
    pub(crate) code: FindingCode,
    pub(crate) pointer: String,
    pub(crate) line: Option<u32>,
    pub(crate) column: Option<u32>,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

/// `file_excerpt`: the text around a finding.
#[derive(Deserialize, TS)]
pub(crate) struct ExcerptRequest {
    /// The file, which has been checked.
    pub(crate) file: FileTicket,
    /// The line to show, from 1.
    pub(crate) line: u32,
}

/// Some lines of a file. A line on which a secret was found is never shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct ExcerptView {
    /// The number of the first line.
    pub(crate) first: u32,
    /// The lines; `None` where one is hidden because it looks like it holds a secret.
    pub(crate) lines: Vec<Option<String>>,
    /// Number of lines the file has.
    pub(crate) total: u32,
}

/// `agent_check`: what an environment's agent looks like before it is promoted: exported and validated.
#[derive(Deserialize, TS)]
pub(crate) struct AgentChoice {
    pub(crate) environment: String,
    pub(crate) agent: String,
}

/// An agent read from its environment, checked as its file would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct AgentCheck {
    pub(crate) findings: Vec<FindingView>,
    /// Number of errors; they block.
    pub(crate) errors: u32,
    pub(crate) warnings: u32,
    pub(crate) configuration: Option<ConfigurationSummary>,
    /// Notes on what was left behind or unreadable, a sentence each.
    pub(crate) notes: Vec<String>,
}

/// `agent_export`: write an agent's configuration to a file.
#[derive(Deserialize, TS)]
pub(crate) struct AgentExport {
    pub(crate) environment: String,
    pub(crate) agent: String,
    /// Destination, as `file_destination` answered.
    pub(crate) file: FileTicket,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct WrittenFile {
    pub(crate) path: String,
    pub(crate) message: String,
    /// Notes, a sentence each.
    pub(crate) notes: Vec<String>,
}

/// A problem with something that was read besides: shown beside the rest, which stays usable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct Trouble {
    pub(crate) subject: String,
    pub(crate) error: ErrorReport,
}
