//! The start, the settings, and what the page keeps from start to start.

use aidb_core::plan::Mode;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ChosenFile, EnvironmentView, FileTicket, KeychainView, RestoreSource, Ticks};

/// Everything the page needs to draw its first screen, in one answer.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub(crate) struct StartView {
    pub(crate) version: String,
    pub(crate) data_folder: String,
    pub(crate) settings: Settings,
    /// The keychain, as far as it can be seen without asking it for anything; `None`: it is being asked.
    pub(crate) keychain: Option<KeychainView>,
    /// The environments in stage order.
    pub(crate) environments: Vec<EnvironmentView>,
    /// Whether the sandbox runs.
    pub(crate) sandbox: SandboxState,
    /// A configuration file that the application was opened with.
    pub(crate) open_file: Option<ChosenFile>,
    /// A half-filled wizard from before.
    pub(crate) draft: Option<Draft>,
    /// Batches that dead processes left.
    pub(crate) batches: Vec<super::BatchLeft>,
    /// Troubles of the start, in a sentence each; the rest works.
    pub(crate) troubles: Vec<super::Trouble>,
}

/// Whether the sandbox runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum SandboxState {
    /// Was never started, or was removed.
    Off,
    /// The three servers answer.
    Running,
    /// Was started once, and does not run now.
    Failed { error: super::ErrorReport },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub(crate) struct Settings {
    /// Light, dark, or as the system says.
    pub(crate) theme: Theme,
    /// Number of requests at once, 1 to 32.
    pub(crate) parallel_requests: u16,
    /// Zoom of the page, in percent: 50 to 200.
    #[serde(default = "as_it_is")]
    pub(crate) zoom: u16,
}

const fn as_it_is() -> u16 {
    100
}

/// Light, dark, or as the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Theme {
    /// As the system says.
    #[default]
    System,
    Light,
    Dark,
}

/// A half-filled wizard, so that a restart loses nothing. It has no field that a secret could be in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub(crate) struct Draft {
    pub(crate) source: DraftSource,
    /// The target environment's id.
    pub(crate) to: Option<String>,
    pub(crate) mode: Mode,
    /// The step it stands at: `from`, `check`, `to`, `plan`.
    pub(crate) step: DraftStep,
    /// Ticks of the plan.
    pub(crate) ticks: Ticks,
    /// Reason, for the history.
    pub(crate) reason: String,
}

/// Source of a wizard's draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum DraftSource {
    Environment {
        environment: Option<String>,
        agent: Option<String>,
    },
    File {
        /// The path, as far as it was typed.
        path: String,
    },
    /// A backup, or a file in the place of one.
    Restore {
        from: RestoreSource,
    },
}

/// A step of the wizard at which a person can stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DraftStep {
    From,
    Check,
    To,
    Plan,
}

/// `draft_save`: keep the wizard, or forget it.
#[derive(Deserialize, TS)]
pub(crate) struct DraftSave {
    /// `None`: forget it. Left out, it is a mistake, and nothing is forgotten.
    #[serde(deserialize_with = "Option::deserialize")]
    pub(crate) draft: Option<Draft>,
}

#[derive(Deserialize, TS)]
pub(crate) struct SettingsSave {
    pub(crate) settings: Settings,
}

/// `window_unsaved`: whether a form holds what was not saved.
#[derive(Deserialize, TS)]
pub(crate) struct Unsaved {
    pub(crate) unsaved: bool,
}

/// `text_copy`: a text for the clipboard.
#[derive(Deserialize, TS)]
pub(crate) struct TextCopy {
    pub(crate) text: String,
}

/// `support_bundle`: what support needs, without secrets.
#[derive(Deserialize, TS)]
pub(crate) struct SupportBundle {
    /// Destination, as `file_destination` answered.
    pub(crate) file: FileTicket,
}

/// Something that aidb is made with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub(crate) struct LicenceView {
    pub(crate) name: String,
    pub(crate) version: String,
    /// The licence, as its authors write it.
    pub(crate) licence: String,
}
