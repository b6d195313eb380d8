//! What can go wrong with the window itself. Everything else is an error of the engine.

use std::path::PathBuf;

use aidb_core::error::{ErrorCode, Explain};

/// Why the window could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WindowError {
    /// Nothing was typed where a path is needed.
    #[error("No file was named. Nothing was changed.")]
    NoPath,
    /// A path that does not begin at the top.
    #[error("{path} does not say in which folder it is. Nothing was changed.", path = .path.display())]
    RelativePath {
        /// As typed.
        path: PathBuf,
    },
    /// A pipe, a socket or a device: opening one can wait for ever.
    #[error("{path} is no file that can be read or written here. Nothing was changed.", path = .path.display())]
    SpecialFile {
        /// As typed, made whole.
        path: PathBuf,
    },
    /// `~` on an account without a folder, or `~somebody`.
    #[error("It is not known which folder ~ stands for in {path}. Nothing was changed.", path = .path.display())]
    NoHome {
        /// As typed.
        path: PathBuf,
    },
    /// A number of parallel requests that is none.
    #[error("The number of parallel requests has to be from 1 to {most}. The settings were left as they are.")]
    ParallelRequests {
        /// The most.
        most: u16,
    },
    /// A draft beyond what is kept.
    #[error(
        "The unfinished promotion is too large to be kept for the next start. It is still here, and nothing was changed."
    )]
    DraftTooLarge,
    /// The window's own file cannot be read.
    #[error("What the window remembers (theme, unfinished promotion, last contacts) could not be read. It was set aside as {aside}, and the window begins afresh; environments, backups and history are not in it.", aside = .aside.display())]
    Unreadable {
        /// Where it is now.
        aside: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The same, and it could not be set aside.
    #[error(
        "What the window remembers could not be read. The file was left as it is, and nothing is remembered from now on; environments, backups and history are not in it."
    )]
    Blocked {
        /// What is wrong with it.
        reason: String,
    },
    /// The toolkit shows no dialog.
    #[error("The system's file dialog could not be opened. Nothing was chosen.")]
    Dialog,
    /// The clipboard cannot be written.
    #[error("The key could not be put on the clipboard. It is still kept, and nothing was changed.")]
    Clipboard {
        /// What the system said.
        reason: String,
    },
    /// The clipboard cannot be cleared.
    #[error("The clipboard could not be cleared, so the key may still be on it.")]
    ClipboardNotCleared {
        /// What the system said.
        reason: String,
    },
    /// No file browser.
    #[error("The folder {folder} could not be shown.", folder = .folder.display())]
    NoFileBrowser {
        /// Which folder.
        folder: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A sample server.
    #[error("The sample environments could not be started: {reason} Your own environments were left as they are.")]
    Sandbox {
        /// Its sentence.
        reason: String,
    },
    /// What the window is made of could not be read.
    #[error("The list of licences could not be read. Nothing was changed.")]
    Licences {
        /// What is wrong with it.
        reason: String,
    },
}

impl Explain for WindowError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::NoPath
            | Self::RelativePath { .. }
            | Self::SpecialFile { .. }
            | Self::NoHome { .. }
            | Self::ParallelRequests { .. }
            | Self::DraftTooLarge => ErrorCode::Usage,
            Self::Unreadable { .. } | Self::Blocked { .. } => ErrorCode::FileUnreadable,
            Self::Clipboard { .. } | Self::ClipboardNotCleared { .. } => ErrorCode::ClipboardFailed,
            Self::Sandbox { .. } => ErrorCode::SandboxFailed,
            Self::Dialog | Self::NoFileBrowser { .. } | Self::Licences { .. } => ErrorCode::Internal,
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoPath => "Choose a file, drop one on the window, or type its path.",
            Self::RelativePath { .. } => "Type the whole path, beginning with / or ~.",
            Self::SpecialFile { .. } => "Choose an ordinary file; this one is a pipe, a socket or a device.",
            Self::NoHome { .. } => "Type the whole path, beginning with /.",
            Self::ParallelRequests { .. } => "Choose a number in that range; 10 is usual.",
            Self::DraftTooLarge => "Finish it before you close the window, or tick fewer items one by one.",
            Self::Unreadable { .. } => "Nothing has to be done. The file that was set aside can be deleted.",
            Self::Blocked { .. } => "Look at the permissions of the data folder and of window.json in it.",
            Self::Dialog => "Type the path instead, or drop the file on the window.",
            Self::Clipboard { .. } => "Try again; where there is no clipboard, look the key up in your keychain.",
            Self::ClipboardNotCleared { .. } => "Copy something else.",
            Self::NoFileBrowser { .. } => "Open it yourself: Settings shows where it is.",
            Self::Sandbox { .. } => "Try again; removing the sample environments first makes them start afresh.",
            Self::Licences { .. } => "Install aidb again.",
        };
        Some(hint.into())
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::Unreadable { reason, .. }
            | Self::Blocked { reason }
            | Self::Clipboard { reason }
            | Self::ClipboardNotCleared { reason }
            | Self::NoFileBrowser { reason, .. }
            | Self::Licences { reason } => vec![reason.clone()],
            _ => Vec::new(),
        }
    }
}
