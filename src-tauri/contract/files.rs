//! Files that a person picks, drops or types, and their validation reports.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ErrorReport;

/// What a file dialog is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FilePurpose {
    /// A configuration file.
    Configuration,
    /// A file in the place of a backup.
    Backup,
    /// A CA certificate.
    CaFile,
    /// A plan as a page for an approver.
    PlanPage,
    /// The history as CSV.
    HistoryCsv,
    /// The history as JSON.
    HistoryJson,
    /// A support bundle.
    SupportBundle,
}

/// `file_pick`: which file to open.
#[derive(Deserialize, TS)]
pub(crate) struct FilePick {
    /// What for.
    pub(crate) purpose: FilePurpose,
}

/// `file_destination`: where to write.
#[derive(Deserialize, TS)]
pub(crate) struct FileDestination {
    /// What for.
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
    /// What the page names it by.
    pub(crate) ticket: FileTicket,
    /// Its path, to be shown.
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
    Chosen {
        /// Its ticket.
        ticket: FileTicket,
    },
    /// A path that was typed. What is no configuration is asked back before anything of it is shown.
    Typed {
        /// As typed. `~` stands for the person's folder.
        path: String,
    },
}

/// Names a file to be checked.
#[derive(Deserialize, TS)]
pub(crate) struct FileChoice {
    /// Which.
    pub(crate) file: NamedFile,
}

/// A configuration file, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct FileCheck {
    /// What the file is named by from now on.
    pub(crate) ticket: FileTicket,
    /// The path.
    pub(crate) path: String,
    /// The file's name.
    pub(crate) name: String,
    /// Every finding: errors first, then by place.
    pub(crate) findings: Vec<FindingView>,
    /// How many of them are errors; they block.
    pub(crate) errors: u32,
    /// How many are warnings.
    pub(crate) warnings: u32,
    /// What it holds; `None` where errors leave nothing to use.
    pub(crate) configuration: Option<ConfigurationSummary>,
    /// Whether it is a backup in a file of its own, which can be restored and not imported.
    pub(crate) is_backup: bool,
}

/// What a configuration holds, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct ConfigurationSummary {
    /// The agent's id.
    pub(crate) agent_id: String,
    /// Its name.
    pub(crate) name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub(crate) agent_type: Option<String>,
    /// Its database's connection name.
    pub(crate) connection_name: Option<String>,
    /// How many resource permissions.
    pub(crate) resources: u32,
    /// When it was exported.
    pub(crate) exported_at: Option<String>,
    /// From where.
    pub(crate) source_url: Option<String>,
    /// From which environment.
    pub(crate) environment: Option<String>,
}

/// One finding of a validation report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct FindingView {
    /// Whether it blocks.
    pub(crate) severity: Severity,
    /// Which rule, as in `--json`.
    pub(crate) code: String,
    /// JSON pointer.
    pub(crate) pointer: String,
    /// Line, from 1.
    pub(crate) line: Option<u32>,
    /// Column, from 1.
    pub(crate) column: Option<u32>,
    /// One sentence.
    pub(crate) message: String,
    /// What to do.
    pub(crate) hint: Option<String>,
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Severity {
    /// Blocks.
    Error,
    /// Does not.
    Warning,
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
    /// How many lines the file has.
    pub(crate) total: u32,
}

/// `agent_check`: what an environment's agent looks like before it is promoted: exported and validated.
#[derive(Deserialize, TS)]
pub(crate) struct AgentChoice {
    /// The environment's id.
    pub(crate) environment: String,
    /// The agent's id.
    pub(crate) agent: String,
}

/// An agent read from its environment, checked as its file would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct AgentCheck {
    /// Every finding.
    pub(crate) findings: Vec<FindingView>,
    /// How many of them are errors; they block.
    pub(crate) errors: u32,
    /// How many are warnings.
    pub(crate) warnings: u32,
    /// What it holds.
    pub(crate) configuration: Option<ConfigurationSummary>,
    /// What was left behind or could not be read, a sentence each.
    pub(crate) notes: Vec<String>,
}

/// `agent_export`: write an agent's configuration to a file.
#[derive(Deserialize, TS)]
pub(crate) struct AgentExport {
    /// The environment's id.
    pub(crate) environment: String,
    /// The agent's id.
    pub(crate) agent: String,
    /// Where to, as `file_destination` answered.
    pub(crate) file: FileTicket,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct WrittenFile {
    /// Where.
    pub(crate) path: String,
    /// One sentence.
    pub(crate) message: String,
    /// What else to know, a sentence each.
    pub(crate) notes: Vec<String>,
}

/// A problem with something that was read besides: shown beside the rest, which stays usable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct Trouble {
    /// What it was about.
    pub(crate) subject: String,
    /// The error.
    pub(crate) error: ErrorReport,
}
