//! Why a command did not do what it was asked: the engine's errors, and the few that only a command line can have.

use std::io;
use std::path::PathBuf;

use aidb_core::error::{ErrorCode, ErrorReport, Explain};
use aidb_core::numbers::counted;
use aidb_core::operations;

use crate::hints;
use crate::shell::quoted;
use crate::variables::NotText;

/// Reason a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The engine says so.
    #[error(transparent)]
    Engine(Box<operations::Error>),
    /// The command line itself.
    #[error(transparent)]
    Command(#[from] CommandError),
}

impl From<NotText> for Failure {
    fn from(error: NotText) -> Self {
        Self::Command(error.into())
    }
}

impl<E: Into<operations::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Engine(Box::new(error.into()))
    }
}

impl Failure {
    /// As it is shown.
    pub(crate) fn report(&self) -> ErrorReport {
        match self {
            Self::Engine(error) => report(error),
            Self::Command(error) => ErrorReport::of(error),
        }
    }
}

/// An error of the engine as it is shown in a terminal.
pub(crate) fn report(error: &operations::Error) -> ErrorReport {
    ErrorReport { hint: hints::hint(error), ..error.report() }
}

/// One file of a folder that cannot be imported.
#[derive(Debug)]
pub(crate) struct InvalidFile {
    pub(crate) path: PathBuf,
    pub(crate) error: Box<operations::Error>,
}

/// Fault that only a command line can have.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// A word or flag that clap refused.
    #[error("{message}")]
    Arguments { message: String, hint: Option<String>, details: Vec<String> },
    #[error("Output file required: it says where the configuration goes. Nothing was sent.")]
    OutputRequired,
    #[error("Input file required: it says which configuration to import. Nothing was sent.")]
    InputRequired,
    #[error("Backup file required: it says where to go back to. Nothing was sent.")]
    BackupRequired,
    /// A key where everybody can read it.
    #[error("An API key is never an argument: everybody on this machine can read a command line. Nothing was stored.")]
    KeyAsArgument,
    /// No URL for a new profile.
    #[error("An environment needs a URL. Nothing was stored.")]
    UrlRequired,
    /// `-a` names another agent than the file.
    #[error("-a names {given}, and {path} is about {there}. Nothing was sent.")]
    OtherAgent {
        given: String,
        /// The file or backup.
        path: String,
        /// The agent it is about.
        there: String,
    },
    /// A value that cannot be used, with what to do about it.
    #[error("{message}")]
    BadValue { message: String, hint: String },
    /// An agent that is to be saved, and is not there.
    #[error("Agent {agent} not found in {server}. Nothing was saved{}.", stays(.file.as_ref()))]
    NothingToExport {
        agent: String,
        /// The environment's name, or the URL.
        server: String,
        /// The file of that name that is there already.
        file: Option<PathBuf>,
    },
    /// Files of a folder that cannot be used: then none is.
    #[error("Configuration validation failed: {} of {} in {} cannot be used. Nothing was changed.", .invalid.len(), counted(*.total, "file"), .folder.display())]
    InvalidFolder {
        folder: PathBuf,
        /// Number of configuration files it has.
        total: usize,
        /// Files that cannot be used.
        invalid: Vec<InvalidFile>,
    },
    /// Several files of a folder about one agent.
    #[error("{} Which of them counts is not for aidb to choose. Nothing was changed.", same_agents(.agents))]
    SameAgentTwice {
        /// Each agent with its files.
        agents: Vec<(String, Vec<PathBuf>)>,
        /// The file that is most likely meant.
        likely: PathBuf,
    },
    /// A protected environment is to be removed, and nobody to ask.
    #[error("{server} is protected, and nobody can be asked here. It was not removed.")]
    ProtectedProfile { server: String },
    /// The person said no.
    #[error("Not agreed. Nothing was changed.")]
    Declined,
    /// The person asked to stop.
    #[error("Interrupted. Nothing was changed.")]
    Interrupted,
    /// No folder for the data.
    #[error(
        "There is no place to keep environments and backups: this account has no home folder. Nothing was changed."
    )]
    NoDataFolder,
    #[error(transparent)]
    Variable(#[from] NotText),
    /// Standard input or the terminal failed.
    #[error("Standard input could not be read: {0}. Nothing was changed.")]
    Input(io::Error),
    /// Standard output failed, of a command that only looks.
    #[error("The result could not be written to standard output: {0}. Nothing was changed.")]
    Output(io::Error),
    /// Standard output failed, of a command that did something.
    #[error("The result could not be written to standard output: {0}. What is said above stands.")]
    Unwritten(io::Error),
    /// Standard output failed, before anything was done.
    #[error("The plan could not be shown: standard output takes nothing ({0}). Nothing was changed.")]
    PlanUnseen(io::Error),
    /// The process cannot be set up.
    #[error("aidb cannot start here: {0}. Nothing was changed.")]
    Start(io::Error),
    #[error("{message}")]
    Sandbox { message: String },
    /// An environment of that name is there and is no sandbox.
    #[error("There is an environment {name} already, and it leads to {url}. It was left as it is.")]
    NotASandbox { name: String, url: String },
}

fn stays(file: Option<&PathBuf>) -> String {
    file.map_or_else(String::new, |file| format!("; {} is from before, and was left as it is", file.display()))
}

/// "3 files are about the agent my-agent: a.json, b.json, c.json."
fn same_agents(agents: &[(String, Vec<PathBuf>)]) -> String {
    let words = agents.iter().map(|(agent, files)| {
        let named: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        format!("{} are about the agent {agent}: {}.", counted(files.len(), "file"), named.join(", "))
    });
    words.collect::<Vec<_>>().join(" ")
}

impl Explain for CommandError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::InvalidFolder { .. } | Self::SameAgentTwice { .. } => ErrorCode::ConfigInvalid,
            Self::NothingToExport { .. } => ErrorCode::AgentNotFound,
            Self::ProtectedProfile { .. } => ErrorCode::ConfirmationRequired,
            Self::Declined => ErrorCode::Declined,
            Self::Interrupted => ErrorCode::Interrupted,
            Self::NoDataFolder => ErrorCode::StoreUnusable,
            Self::Input(_) => ErrorCode::FileUnreadable,
            Self::Output(_) | Self::Unwritten(_) | Self::PlanUnseen(_) | Self::Start(_) => ErrorCode::FileUnwritable,
            Self::Sandbox { .. } => ErrorCode::SandboxFailed,
            Self::NotASandbox { .. } => ErrorCode::EnvironmentExists,
            _ => ErrorCode::Usage,
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Arguments { hint, .. } => return hint.clone(),
            Self::BadValue { hint, .. } => hint,
            Self::OutputRequired => "Name it with -o, for example -o my-agent.json.",
            Self::InputRequired => "Name it with -i, for example -i my-agent.json; a folder works too.",
            Self::BackupRequired => {
                "Give a backup's id or a file with --backup. `aidb migrate backups list` shows the backups."
            }
            Self::KeyAsArgument => {
                "Type it when asked, or pipe it in as one line. If this was the real key, replace it where it is valid."
            }
            Self::UrlRequired => "Give it with --url, for example --url https://staging.example.com.",
            Self::OtherAgent { .. } => "Leave -a out, or name the file of that agent.",
            Self::InvalidFolder { .. } => {
                "Correct what is listed and try again; the files themselves were not touched."
            }
            Self::NothingToExport { .. } => {
                "If it was never imported there, there is nothing to back up yet: the import takes its own backup, and rollback \
                 leads back to before it. Otherwise check the id and the environment; ids are case-sensitive."
            }
            Self::SameAgentTwice { likely, .. } => {
                return Some(format!(
                    "Name the file that is meant, for example -i {}, or keep one file for each agent in the folder.",
                    quoted(&likely.display().to_string())
                ));
            }
            Self::ProtectedProfile { .. } => "Add --yes if its profile and its key are to go.",
            Self::NoDataFolder => "Set HOME, or name a folder with --data-dir or AIDB_DATA_DIR.",
            Self::Variable(_) => "Set it anew.",
            Self::Input(_) => "Give it on a terminal, or as a file.",
            Self::Output(_) | Self::Unwritten(_) | Self::PlanUnseen(_) => "Check where standard output leads.",
            Self::NotASandbox { .. } => "Rename or remove it first, or start the sandbox without --add-environments.",
            Self::Sandbox { .. } => "Choose other ports with --ports, 0 for any free one.",
            Self::Declined | Self::Interrupted | Self::Start(_) => return None,
        };
        Some(hint.to_owned())
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::Arguments { details, .. } => details.clone(),
            Self::SameAgentTwice { agents, .. } => {
                agents.iter().flat_map(|(_, files)| files).map(|file| file.display().to_string()).collect()
            }
            Self::InvalidFolder { invalid, .. } => invalid.iter().map(|file| file.error.to_string()).collect(),
            _ => Vec::new(),
        }
    }
}
