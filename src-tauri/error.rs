//! What can go wrong with the window itself. Everything else is an error of the engine.

use std::path::PathBuf;

use aidb_core::error::{ErrorCode, Explain};

/// Reason the window could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WindowError {
    /// Nothing was typed where a path is needed.
    #[error("No file was named. Nothing was changed.")]
    NoPath,
    /// A path that does not begin at the top.
    #[error("{path} does not say in which folder it is. Nothing was changed.", path = .path.display())]
    RelativePath { path: PathBuf },
    /// A pipe, a socket or a device: opening one can wait for ever.
    #[error("{path} is no file that can be read or written here. Nothing was changed.", path = .path.display())]
    SpecialFile {
        /// As typed, made whole.
        path: PathBuf,
    },
    /// `~` on an account without a folder, or `~somebody`.
    #[error("It is not known which folder ~ stands for in {path}. Nothing was changed.", path = .path.display())]
    NoHome { path: PathBuf },
    /// A file that aidb keeps for itself.
    #[error("{path} is in aidb’s own folder, and nothing there is read or written from the window. Nothing was changed.", path = .path.display())]
    DataFolder {
        /// As it was named.
        path: PathBuf,
    },
    /// A new file that would be hidden, and may be read by a program as its settings.
    #[error("{path} would be a hidden file, and aidb writes none. Nothing was changed.", path = .path.display())]
    HiddenName {
        /// As it was named.
        path: PathBuf,
    },
    /// A file that is called something else than what would be written.
    #[error("{path} does not end in .{ending}, as what is written there has to. Nothing was changed.", path = .path.display())]
    OtherEnding {
        /// As it was named.
        path: PathBuf,
        /// The ending, without its dot.
        ending: &'static str,
    },
    /// A ticket that was used, is for something else, or is none.
    #[error("The window named a file that was not chosen for this, or not lately. Nothing was read or written.")]
    NotChosen,
    /// The system has no randomness.
    #[error("The file could not be taken. Nothing was read or written.")]
    NoTicket {
        /// Words of the system.
        reason: String,
    },
    /// A typed path that leads to something else, and the person does not want it to be shown.
    #[error("{path} is not a configuration file that can be used, and nothing of it is shown. Nothing was changed.", path = .path.display())]
    NoConfiguration {
        /// As typed, made whole.
        path: PathBuf,
    },
    /// Nothing is quoted of what cannot have been meant as a configuration.
    #[error("{path} is not a configuration file, so no lines of it are shown. Nothing was changed.", path = .path.display())]
    NoExcerpt { path: PathBuf },
    /// The person does not trust that CA.
    #[error("The certificate file {path} was not agreed to. Nothing was sent and nothing was changed.", path = .path.display())]
    CaDeclined {
        /// As typed, made whole.
        path: PathBuf,
    },
    /// The person does not want to talk to that server.
    #[error("Nothing was sent to {server}, because it was not agreed to. Nothing was changed.")]
    ServerDeclined {
        /// Scheme, host and port.
        server: String,
    },
    /// The person does not want that file written over.
    #[error("{path} is there already and was left as it is.", path = .path.display())]
    OverwriteDeclined { path: PathBuf },
    /// A number of parallel requests that is none.
    #[error("The number of parallel requests has to be from 1 to {most}. The settings were left as they are.")]
    ParallelRequests { most: u16 },
    /// A zoom that is none.
    #[error("The size has to be from {least} to {most} percent. The settings were left as they are.")]
    ZoomBeyond { least: u16, most: u16 },
    /// The web view draws at one size only.
    #[error("The window could not be drawn at another size. Everything in it works as before.")]
    NoZoom {
        /// Words of the system.
        reason: String,
    },
    /// A draft beyond what is kept.
    #[error(
        "The unfinished promotion is too large to be kept for the next start. It is still here, and nothing was changed."
    )]
    DraftTooLarge,
    /// The window's own file cannot be read.
    #[error("What the window remembers (theme, unfinished promotion, last contacts) could not be read. It was set aside as {aside}, and the window begins afresh; environments, backups and history are not in it.", aside = .aside.display())]
    Unreadable { aside: PathBuf, reason: String },
    /// Unreadable, and it could not be set aside.
    #[error(
        "What the window remembers could not be read. The file was left as it is, and nothing is remembered from now on; environments, backups and history are not in it."
    )]
    Blocked { reason: String },
    /// The toolkit shows no dialog.
    #[error("The system's dialog could not be opened. Nothing was chosen, and nothing was changed.")]
    Dialog,
    /// The clipboard cannot be written.
    #[error("The key could not be put on the clipboard. It is still kept, and nothing was changed.")]
    Clipboard {
        /// Words of the system.
        reason: String,
    },
    /// The clipboard cannot be cleared.
    #[error("The clipboard could not be cleared, so the key may still be on it.")]
    ClipboardNotCleared {
        /// Words of the system.
        reason: String,
    },
    #[error("The folder {folder} could not be shown.", folder = .folder.display())]
    NoFileBrowser {
        folder: PathBuf,
        /// Words of the system.
        reason: String,
    },
    #[error("The sample environments could not be started: {reason} Your own environments were left as they are.")]
    Sandbox { reason: String },
    /// What the window is made of could not be read.
    #[error("The list of licences could not be read. Nothing was changed.")]
    Licences { reason: String },
}

impl Explain for WindowError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::NoPath
            | Self::RelativePath { .. }
            | Self::SpecialFile { .. }
            | Self::NoHome { .. }
            | Self::DataFolder { .. }
            | Self::HiddenName { .. }
            | Self::OtherEnding { .. }
            | Self::NotChosen
            | Self::ParallelRequests { .. }
            | Self::ZoomBeyond { .. }
            | Self::DraftTooLarge => ErrorCode::Usage,
            Self::NoConfiguration { .. }
            | Self::CaDeclined { .. }
            | Self::ServerDeclined { .. }
            | Self::OverwriteDeclined { .. } => ErrorCode::Declined,
            Self::NoExcerpt { .. } => ErrorCode::ConfigInvalid,
            Self::Unreadable { .. } | Self::Blocked { .. } => ErrorCode::FileUnreadable,
            Self::Clipboard { .. } | Self::ClipboardNotCleared { .. } => ErrorCode::ClipboardFailed,
            Self::Sandbox { .. } => ErrorCode::SandboxFailed,
            Self::Dialog
            | Self::NoTicket { .. }
            | Self::NoZoom { .. }
            | Self::NoFileBrowser { .. }
            | Self::Licences { .. } => ErrorCode::Internal,
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoPath => "Choose a file, drop one on the window, or type its path.",
            Self::RelativePath { .. } => "Type the whole path, beginning with / or ~.",
            Self::SpecialFile { .. } => "Choose an ordinary file; this one is a pipe, a socket or a device.",
            Self::NoHome { .. } => "Type the whole path, beginning with /.",
            Self::DataFolder { .. } => "Choose a file in another folder; backups can be exported from the history.",
            Self::HiddenName { .. } => "Choose a name that does not begin with a dot.",
            Self::OtherEnding { .. } => "Choose a name with that ending.",
            Self::NotChosen => "Choose the file again.",
            Self::NoTicket { .. } => "Try again.",
            Self::NoConfiguration { .. } => "Check the path, or check it again and say that it may be shown.",
            Self::NoExcerpt { .. } => "Open it in an editor, or choose another file.",
            Self::CaDeclined { .. } => "Leave the field empty, or choose the file that your administrator gave you.",
            Self::ServerDeclined { .. } => "Check the URL. If it is right, try again and agree to it.",
            Self::OverwriteDeclined { .. } => "Choose another name.",
            Self::ParallelRequests { .. } => "Choose a number in that range; 10 is usual.",
            Self::ZoomBeyond { .. } => "Choose one of the sizes that Settings offers.",
            Self::NoZoom { .. } => "Set the size of text in the settings of your desktop instead.",
            Self::DraftTooLarge => "Finish it before you close the window, or tick fewer items one by one.",
            Self::Unreadable { .. } => "Nothing has to be done. The file that was set aside can be deleted.",
            Self::Blocked { .. } => "Look at the permissions of the data folder and of window.json in it.",
            Self::Dialog => {
                "Drop the file on the window instead; where something is asked, the system has to be able to show it."
            }
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
            | Self::NoTicket { reason }
            | Self::Clipboard { reason }
            | Self::ClipboardNotCleared { reason }
            | Self::NoFileBrowser { reason, .. }
            | Self::NoZoom { reason }
            | Self::Licences { reason } => vec![reason.clone()],
            _ => Vec::new(),
        }
    }
}
