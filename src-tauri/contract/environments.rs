//! Environments, their keys, and the keychain.

use aidb_core::store::Colour;
use aidb_core::vault::KeyPrompt;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ErrorReport, NamedFile};

/// Whether there is a keychain, and what the person can do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct KeychainView {
    pub(crate) state: KeychainState,
    /// One plain sentence: what that means.
    pub(crate) message: String,
    /// Hint, where something can be done.
    pub(crate) hint: Option<String>,
    /// Words of the system, one line each, for whoever wants to know.
    pub(crate) details: Vec<String>,
}

/// State of the keychain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeychainState {
    /// Can be read and written.
    Ready,
    /// Has to be unlocked first.
    Locked,
    /// There is one, and it answers nothing.
    Silent,
    /// This machine has none.
    Absent,
    /// The person chose to keep keys for this session only.
    Session,
}

/// One environment, as the page shows it. Never holds a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct EnvironmentView {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) colour: Colour,
    /// Whether writing to it has to be agreed to by typing its name.
    pub(crate) protected: bool,
    /// The agent that is meant when none is named.
    pub(crate) default_agent: Option<String>,
    /// A CA to trust besides the system's.
    pub(crate) ca_file: Option<String>,
    /// Whether the key may be sent unencrypted beyond this machine.
    pub(crate) plain_http: bool,
    /// When the keychain asks for a password before it hands out the key.
    pub(crate) key_prompt: KeyPrompt,
    /// Retention: keep at least so many backups.
    pub(crate) keep_backups: u32,
    /// Retention: and those of so many days.
    pub(crate) keep_days: u32,
    /// State of its key.
    pub(crate) key: KeyView,
    /// Result of the last contact; `None` before the first.
    pub(crate) contact: Option<ContactView>,
    /// Whether it is one of the sandbox's sample environments.
    pub(crate) sandbox: bool,
}

/// State of a key, without the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum KeyView {
    Stored {
        /// The last characters, preceded by "…"; empty for a key too short to show any of it.
        ending: String,
        /// When it was stored, RFC 3339.
        set_at: Option<String>,
        /// Kept for this session only.
        session_only: bool,
    },
    /// The keychain has not been asked yet: `environment_list` asks it.
    Asking,
    Missing,
    /// The keychain has to be unlocked first.
    Locked,
    /// There is a keychain, and it answers nothing.
    Silent,
    /// There is no keychain.
    Absent,
    Failed {
        error: ErrorReport,
    },
}

/// The last contact with an environment's server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub(crate) struct ContactView {
    pub(crate) state: Reachability,
    pub(crate) at: String,
    /// One sentence: "8 agents", or why not.
    pub(crate) message: String,
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
    /// Does not answer as an AI Agent Connector.
    Unreachable,
}

/// Certificates of an environment's server, besides the system's.
#[derive(Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum CaChoice {
    None,
    /// The one that the profile has.
    Kept,
    /// That of a file.
    File {
        file: NamedFile,
    },
}

/// Form of an environment, as typed.
#[derive(Deserialize, TS)]
pub(crate) struct EnvironmentForm {
    pub(crate) name: String,
    pub(crate) url: String,
    /// The colour; `None`: the next one in the usual row.
    pub(crate) colour: Option<Colour>,
    /// Whether writing to it has to be agreed to.
    pub(crate) protected: bool,
    /// The agent that is meant when none is named.
    pub(crate) default_agent: Option<String>,
    /// A CA to trust besides the system's.
    pub(crate) ca_file: CaChoice,
    /// Whether the key may be sent unencrypted beyond this machine.
    pub(crate) plain_http: bool,
    /// When the keychain asks for a password before it hands out the key.
    pub(crate) key_prompt: KeyPrompt,
    /// Retention: keep at least so many backups.
    pub(crate) keep_backups: u32,
    /// Retention: and those of so many days.
    pub(crate) keep_days: u32,
}

/// `environment_save`: add, or change an existing one.
#[derive(Deserialize, TS)]
pub(crate) struct EnvironmentSave {
    /// Id; `None`: a new one.
    pub(crate) id: Option<String>,
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
    /// Form as typed; `None`: the profile as it is stored.
    pub(crate) form: Option<EnvironmentForm>,
    /// A key that was typed.
    #[ts(type = "string | null")]
    pub(crate) key: Option<SecretString>,
}

#[derive(Deserialize, TS)]
pub(crate) struct EnvironmentChoice {
    pub(crate) id: String,
}

/// `agent_list`: the agents of one environment.
#[derive(Deserialize, TS)]
pub(crate) struct AgentListRequest {
    pub(crate) id: String,
    /// Whether a person asks for it: then the keychain may ask for the key's password.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub(crate) ask: bool,
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
    pub(crate) id: String,
    /// The key. Goes in once and never comes back.
    #[ts(type = "string")]
    pub(crate) key: SecretString,
}

/// Consequences of removing an environment, and what stays: shown before, and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct RemovalView {
    pub(crate) name: String,
    /// Removed, a sentence each.
    pub(crate) goes: Vec<String>,
    /// Kept, a sentence each.
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
    pub(crate) what: String,
    pub(crate) state: CheckState,
    /// Reason it is limited.
    pub(crate) reason: Option<String>,
    /// Reason it failed, and what to do.
    pub(crate) error: Option<ErrorReport>,
}

/// Result of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CheckState {
    Works,
    Fails,
    /// Well enough to go on, and worth knowing.
    Limited,
    /// Not tried, because an earlier one failed.
    Skipped,
}

/// The agents of one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct AgentsView {
    pub(crate) agents: Vec<String>,
    /// When the server said so, RFC 3339.
    pub(crate) at: String,
    /// That the server has no agent at all any more, and had some before.
    pub(crate) lost: Option<LostView>,
    /// Difference to what the server had when the window was closed; `None` where nobody had looked.
    pub(crate) away: Option<AwayView>,
}

/// Loss of memory at a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct LostView {
    /// Number of agents it had.
    pub(crate) agents: u32,
    /// When aidb saw the last of them, RFC 3339.
    pub(crate) at: String,
}

/// Events in an environment while the window was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct AwayView {
    /// When aidb looked last before, RFC 3339.
    pub(crate) since: String,
    pub(crate) came: Vec<String>,
    /// Agents that are gone.
    pub(crate) gone: Vec<String>,
}
