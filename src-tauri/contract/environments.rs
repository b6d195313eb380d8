//! Environments, their keys, and the keychain.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ErrorReport, NamedFile};

/// Whether there is a keychain, and what the person can do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct KeychainView {
    /// How it is.
    pub(crate) state: KeychainState,
    /// One plain sentence: what that means.
    pub(crate) message: String,
    /// What to do, where something can be done.
    pub(crate) hint: Option<String>,
    /// What the system says, one line each, for whoever wants to know.
    pub(crate) details: Vec<String>,
}

/// How the keychain is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeychainState {
    /// It can be read and written.
    Ready,
    /// It has to be unlocked first.
    Locked,
    /// There is one, and it answers nothing.
    Silent,
    /// This machine has none.
    Absent,
    /// The person chose to keep keys for this session only.
    Session,
}

/// The colours that an environment can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ColourName {
    /// Usual for the first stage.
    Blue,
    /// Usual for the second.
    Amber,
    /// Usual for production.
    Red,
    /// Free.
    Green,
    /// Free.
    Violet,
    /// Free.
    Teal,
    /// Free.
    Grey,
}

/// One environment, as the page shows it. Never holds a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct EnvironmentView {
    /// Its id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// Its URL.
    pub(crate) url: String,
    /// Its colour.
    pub(crate) colour: ColourName,
    /// Whether writing to it has to be agreed to by typing its name.
    pub(crate) protected: bool,
    /// The agent that is meant when none is named.
    pub(crate) default_agent: Option<String>,
    /// A CA to trust besides the system's.
    pub(crate) ca_file: Option<String>,
    /// Whether the key may be sent unencrypted beyond this machine.
    pub(crate) plain_http: bool,
    /// Retention: keep at least so many backups.
    pub(crate) keep_backups: u32,
    /// Retention: and those of so many days.
    pub(crate) keep_days: u32,
    /// What is known of its key.
    pub(crate) key: KeyView,
    /// What the last contact with it said; `None` before the first.
    pub(crate) contact: Option<ContactView>,
    /// Whether it is one of the sandbox's sample environments.
    pub(crate) sandbox: bool,
}

/// What is known of a key, without the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum KeyView {
    /// Stored.
    Stored {
        /// Its last characters, preceded by "…"; empty for a key too short to show any of it.
        ending: String,
        /// When it was stored, RFC 3339.
        set_at: Option<String>,
        /// Kept for this session only.
        session_only: bool,
    },
    /// The keychain has not been asked yet: `environment_list` asks it.
    Asking,
    /// None is stored.
    Missing,
    /// The keychain has to be unlocked first.
    Locked,
    /// There is a keychain, and it answers nothing.
    Silent,
    /// There is no keychain.
    Absent,
    /// The keychain failed.
    Failed {
        /// How.
        error: ErrorReport,
    },
}

/// The last contact with an environment's server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub(crate) struct ContactView {
    /// How it came out.
    pub(crate) state: Reachability,
    /// When, RFC 3339.
    pub(crate) at: String,
    /// One sentence: "8 agents", or why not.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
}

/// Whether an environment can be worked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reachability {
    /// The server answers, and takes the key.
    Reachable,
    /// No key is stored, or the keychain cannot be read.
    KeyMissing,
    /// The server does not take the key.
    KeyRefused,
    /// It does not answer as an AI Agent Connector.
    Unreachable,
}

/// Which CA an environment's server is believed by, besides the system's.
#[derive(Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum CaChoice {
    /// None.
    None,
    /// The one that the profile has.
    Kept,
    /// That of a file.
    File {
        /// Which.
        file: NamedFile,
    },
}

/// What a person typed into the form of an environment.
#[derive(Deserialize, TS)]
pub(crate) struct EnvironmentForm {
    /// Its name.
    pub(crate) name: String,
    /// Its URL.
    pub(crate) url: String,
    /// Its colour; `None`: the next one in the usual row.
    pub(crate) colour: Option<ColourName>,
    /// Whether writing to it has to be agreed to.
    pub(crate) protected: bool,
    /// The agent that is meant when none is named.
    pub(crate) default_agent: Option<String>,
    /// A CA to trust besides the system's.
    pub(crate) ca_file: CaChoice,
    /// Whether the key may be sent unencrypted beyond this machine.
    pub(crate) plain_http: bool,
    /// Retention: keep at least so many backups.
    pub(crate) keep_backups: u32,
    /// Retention: and those of so many days.
    pub(crate) keep_days: u32,
}

/// `environment_save`: add, or change an existing one.
#[derive(Deserialize, TS)]
pub(crate) struct EnvironmentSave {
    /// Which one; `None`: a new one.
    pub(crate) id: Option<String>,
    /// What was typed.
    pub(crate) form: EnvironmentForm,
    /// A key to store with it. Goes in once and never comes back.
    #[ts(type = "string | null")]
    pub(crate) key: Option<SecretString>,
}

/// `environment_test`: test what is stored, or what was typed and is not saved yet.
#[derive(Deserialize, TS)]
pub(crate) struct EnvironmentTest {
    /// Whose stored key is used where none is given. It is only sent to its own URL.
    pub(crate) id: Option<String>,
    /// What was typed; `None`: the profile as it is stored.
    pub(crate) form: Option<EnvironmentForm>,
    /// A key that was typed.
    #[ts(type = "string | null")]
    pub(crate) key: Option<SecretString>,
}

/// Names one environment.
#[derive(Deserialize, TS)]
pub(crate) struct EnvironmentChoice {
    /// Its id.
    pub(crate) id: String,
}

/// `environment_order`: the stage order.
#[derive(Deserialize, TS)]
pub(crate) struct EnvironmentOrder {
    /// Every id, first stage first.
    pub(crate) ids: Vec<String>,
}

/// `environment_key_set`: store or replace a key.
#[derive(Deserialize, TS)]
pub(crate) struct KeySet {
    /// Whose.
    pub(crate) id: String,
    /// The key. Goes in once and never comes back.
    #[ts(type = "string")]
    pub(crate) key: SecretString,
}

/// What removing an environment would take with it, and what stays: shown before, and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct RemovalView {
    /// The environment's name.
    pub(crate) name: String,
    /// What goes, a sentence each.
    pub(crate) goes: Vec<String>,
    /// What stays, a sentence each.
    pub(crate) stays: Vec<String>,
}

/// A connection test, line by line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct ConnectionView {
    /// The lines, in the order in which one depends on the other.
    pub(crate) checks: Vec<CheckView>,
}

/// One line of a connection test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct CheckView {
    /// What was tried.
    pub(crate) what: String,
    /// How it came out.
    pub(crate) state: CheckState,
    /// Why it is limited.
    pub(crate) reason: Option<String>,
    /// Why it failed, and what to do.
    pub(crate) error: Option<ErrorReport>,
}

/// How one check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CheckState {
    /// It works.
    Works,
    /// It does not.
    Fails,
    /// Well enough to go on, and worth knowing.
    Limited,
    /// Not tried, because an earlier one failed.
    Skipped,
}

/// The agents of one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct AgentsView {
    /// Their ids, sorted.
    pub(crate) agents: Vec<String>,
    /// When the server said so, RFC 3339.
    pub(crate) at: String,
    /// That the server has no agent at all any more, and had some before.
    pub(crate) lost: Option<LostView>,
    /// What is different from what the server had when the window was closed; `None` where nobody had looked.
    pub(crate) away: Option<AwayView>,
}

/// What a server lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct LostView {
    /// How many agents it had.
    pub(crate) agents: u32,
    /// When aidb saw the last of them, RFC 3339.
    pub(crate) at: String,
}

/// What happened in an environment while the window was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct AwayView {
    /// When aidb looked last before, RFC 3339.
    pub(crate) since: String,
    /// Agents that came.
    pub(crate) came: Vec<String>,
    /// Agents that are gone.
    pub(crate) gone: Vec<String>,
}
