//! Why a command did not do what it was asked: the engine's errors, and the few that only a command line can have.

use std::io;
use std::path::PathBuf;

use aidb_core::error::{ErrorCode, ErrorReport, Explain};
use aidb_core::operations;

use crate::hints;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The engine says so.
    #[error(transparent)]
    Engine(Box<operations::Error>),
    /// The command line itself.
    #[error(transparent)]
    Command(#[from] CommandError),
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
    /// Which.
    pub(crate) path: PathBuf,
    /// Why.
    pub(crate) error: Box<operations::Error>,
}

/// What only a command line can get wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// A word or flag that clap refused.
    #[error("{message}")]
    Arguments {
        /// Its sentence.
        message: String,
        /// What to do.
        hint: Option<String>,
        /// The usage line.
        details: Vec<String>,
    },
    /// No `--output`.
    #[error("Output file required: it says where the configuration goes. Nothing was sent.")]
    OutputRequired,
    /// No `--input`.
    #[error("Input file required: it says which configuration to import. Nothing was sent.")]
    InputRequired,
    /// No `--backup`.
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
        /// What `-a` says.
        given: String,
        /// The file or backup.
        path: String,
        /// The agent it is about.
        there: String,
    },
    /// A value that cannot be used, with what to do about it.
    #[error("{message}")]
    BadValue {
        /// One sentence.
        message: String,
        /// What to do.
        hint: String,
    },
    /// Files of a folder that cannot be used: then none is.
    #[error("Configuration validation failed: {} of {total} files in {} cannot be used. Nothing was changed.", .invalid.len(), .folder.display())]
    InvalidFolder {
        /// The folder.
        folder: PathBuf,
        /// How many configuration files it has.
        total: usize,
        /// Those that cannot be used.
        invalid: Vec<InvalidFile>,
    },
    /// Two files of a folder about one agent.
    #[error("{first} and {second} are both about the agent {agent}: which of them counts is not for aidb to choose. Nothing was changed.", first = .first.display(), second = .second.display())]
    SameAgentTwice {
        /// One file.
        first: PathBuf,
        /// The other.
        second: PathBuf,
        /// The agent.
        agent: String,
    },
    /// A protected environment and nobody to ask.
    #[error("{place} is protected, and nobody can be asked here. Nothing was changed.")]
    Protected {
        /// The environment.
        place: String,
    },
    /// A protected environment is to be removed, and nobody to ask.
    #[error("{place} is protected, and nobody can be asked here. It was not removed.")]
    ProtectedProfile {
        /// The environment.
        place: String,
    },
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
    /// A variable that holds no text.
    #[error("The variable {name} holds characters that are not text. Nothing was sent.")]
    VariableNotText {
        /// Its name.
        name: &'static str,
    },
    /// Standard input or the terminal failed.
    #[error("Standard input could not be read: {0}. Nothing was changed.")]
    Input(io::Error),
    /// Standard output failed.
    #[error("The result could not be written to standard output: {0}. What the command did stands.")]
    Output(io::Error),
    /// The process cannot be set up.
    #[error("aidb cannot start here: {0}. Nothing was changed.")]
    Start(io::Error),
    /// The sandbox.
    #[error("{message}")]
    Sandbox {
        /// Its sentence.
        message: String,
    },
    /// An environment of that name is there and is no sandbox.
    #[error("There is an environment {name} already, and it leads to {url}. It was left as it is.")]
    NotASandbox {
        /// Its name.
        name: String,
        /// Its URL.
        url: String,
    },
}

impl Explain for CommandError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::InvalidFolder { .. } | Self::SameAgentTwice { .. } => ErrorCode::ConfigInvalid,
            Self::Protected { .. } | Self::ProtectedProfile { .. } => ErrorCode::ConfirmationRequired,
            Self::Declined => ErrorCode::Declined,
            Self::Interrupted => ErrorCode::Interrupted,
            Self::NoDataFolder => ErrorCode::StoreUnusable,
            Self::Input(_) => ErrorCode::FileUnreadable,
            Self::Output(_) | Self::Start(_) => ErrorCode::FileUnwritable,
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
            Self::SameAgentTwice { .. } => "Move one of the two out of the folder.",
            Self::Protected { .. } => "Look at the plan with --dry-run, then add --yes.",
            Self::ProtectedProfile { .. } => "Add --yes if its profile and its key are to go.",
            Self::NoDataFolder => "Set HOME, or name a folder with --data-dir or AIDB_DATA_DIR.",
            Self::VariableNotText { .. } => "Set it anew.",
            Self::Input(_) => "Give it on a terminal, or as a file.",
            Self::Output(_) => "Check where standard output leads.",
            Self::NotASandbox { .. } => "Rename or remove it first, or start the sandbox without --add-environments.",
            Self::Sandbox { .. } => "Choose other ports with --ports, 0 for any free one.",
            Self::Declined | Self::Interrupted | Self::Start(_) => return None,
        };
        Some(hint.to_owned())
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::Arguments { details, .. } => details.clone(),
            Self::InvalidFolder { invalid, .. } => invalid.iter().map(|file| file.error.to_string()).collect(),
            _ => Vec::new(),
        }
    }
}
