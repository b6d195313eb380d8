//! The start, the settings, and what the page keeps from start to start.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ChosenFile, EnvironmentView, FileTicket, KeychainView, PlanMode, RestoreSource, Ticks};

/// Everything the page needs to draw its first screen, in one answer.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub(crate) struct StartView {
    /// The application's version.
    pub(crate) version: String,
    /// Where the data lives.
    pub(crate) data_folder: String,
    /// The settings.
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
    /// What could not be read at the start, in a sentence each; the rest works.
    pub(crate) troubles: Vec<super::Trouble>,
}

/// Whether the sandbox runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum SandboxState {
    /// It was never started, or was removed.
    Off,
    /// Its three servers answer.
    Running,
    /// It was started once, and does not run now.
    Failed {
        /// Why.
        error: super::ErrorReport,
    },
}

/// The person's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub(crate) struct Settings {
    /// Light, dark, or as the system says.
    pub(crate) theme: Theme,
    /// How many requests at once, 1 to 32.
    pub(crate) parallel_requests: u16,
    /// How large the page is drawn, in percent: 50 to 200.
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
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// A half-filled wizard, so that a restart loses nothing. It has no field that a secret could be in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub(crate) struct Draft {
    /// What it leads from.
    pub(crate) source: DraftSource,
    /// The target environment's id.
    pub(crate) to: Option<String>,
    /// Merge or exact.
    pub(crate) mode: PlanMode,
    /// The step it stands at: `from`, `check`, `to`, `plan`.
    pub(crate) step: DraftStep,
    /// Ticks of the plan.
    pub(crate) ticks: Ticks,
    /// Why, for the history.
    pub(crate) reason: String,
}

/// What a wizard leads from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum DraftSource {
    /// An environment's agent.
    Environment {
        /// The environment's id.
        environment: Option<String>,
        /// The agent.
        agent: Option<String>,
    },
    /// A file.
    File {
        /// Its path, as far as it was typed.
        path: String,
    },
    /// A backup, or a file in the place of one.
    Restore {
        /// Which.
        from: RestoreSource,
    },
}

/// A step of the wizard at which a person can stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DraftStep {
    /// Where from.
    From,
    /// The validation report.
    Check,
    /// Where to.
    To,
    /// The plan.
    Plan,
}

/// `draft_save`: keep the wizard, or forget it.
#[derive(Deserialize, TS)]
pub(crate) struct DraftSave {
    /// `None`: forget it. Left out, it is a mistake, and nothing is forgotten.
    #[serde(deserialize_with = "Option::deserialize")]
    pub(crate) draft: Option<Draft>,
}

/// `settings_save`.
#[derive(Deserialize, TS)]
pub(crate) struct SettingsSave {
    /// All of them.
    pub(crate) settings: Settings,
}

/// `window_unsaved`: whether a form holds what was not saved.
#[derive(Deserialize, TS)]
pub(crate) struct Unsaved {
    /// Whether one does.
    pub(crate) unsaved: bool,
}

/// `text_copy`: a text for the clipboard.
#[derive(Deserialize, TS)]
pub(crate) struct TextCopy {
    /// The text.
    pub(crate) text: String,
}

/// `support_bundle`: what support needs, without secrets.
#[derive(Deserialize, TS)]
pub(crate) struct SupportBundle {
    /// Where to, as `file_destination` answered.
    pub(crate) file: FileTicket,
}

/// Something that aidb is made with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub(crate) struct LicenceView {
    /// Its name.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// Its licence, as its authors write it.
    pub(crate) licence: String,
}
