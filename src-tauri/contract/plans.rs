//! Plans: made, looked at in pieces, and applied. The plan itself stays in Rust; the page has a ticket for it.

use std::collections::BTreeMap;

use aidb_core::apply::Outcome;
use aidb_core::plan::{Mode, NoteCode, NoteWeight};
use aidb_core::store::Colour;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ErrorReport, FileTicket, NamedFile};

/// `plan_promote`: from one environment to another.
#[derive(Deserialize, TS)]
pub(crate) struct PromoteRequest {
    /// The source environment's id.
    pub(crate) from: String,
    pub(crate) agent: String,
    /// The target environment's id.
    pub(crate) to: String,
    pub(crate) mode: Mode,
}

/// `plan_import`: from a file.
#[derive(Deserialize, TS)]
pub(crate) struct ImportRequest {
    pub(crate) file: NamedFile,
    /// The target environment's id.
    pub(crate) to: String,
    pub(crate) mode: Mode,
}

/// `plan_restore`: from a backup, or a file in the place of one.
#[derive(Deserialize, TS)]
pub(crate) struct RestoreRequest {
    pub(crate) from: RestoreChoice,
    /// The target environment's id; `None`: where the backup was taken.
    pub(crate) to: Option<String>,
    pub(crate) mode: Mode,
}

/// Backup or file to restore.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum RestoreChoice {
    /// A backup of this machine's store.
    Backup { id: String },
    /// A file that somebody sent.
    File { file: NamedFile },
}

/// Source of a restore, in words that outlive a start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum RestoreSource {
    /// A backup of this machine's store.
    Backup { id: String },
    /// A file that somebody sent.
    File { path: String },
}

/// `plan_link`: say what to do about the database. Makes the plan anew; answers the new one, the old ticket is gone.
#[derive(Deserialize, TS)]
pub(crate) struct LinkRequest {
    pub(crate) plan: PlanTicket,
    pub(crate) link: LinkChoice,
}

/// Choice for the database.
#[derive(Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum LinkChoice {
    /// Nothing: it is configured in that environment later.
    Later,
    /// Link it with the connection string that is kept for this environment and connection name.
    Remembered,
    /// Link it with this one.
    With {
        /// The connection string. Goes in once and never comes back.
        #[ts(type = "string")]
        connection_string: SecretString,
        /// Whether to keep it in the keychain.
        remember: bool,
    },
}

/// `link_test`: have the target's server try a connection string, without linking anything.
#[derive(Deserialize, TS)]
pub(crate) struct LinkTest {
    /// The plan whose target tries it.
    pub(crate) plan: PlanTicket,
    /// The connection string; `None`: the remembered one.
    #[ts(type = "string | null")]
    pub(crate) connection_string: Option<SecretString>,
}

/// Result of the server's try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct LinkTestView {
    /// Whether it could connect.
    pub(crate) works: bool,
    /// One sentence. Never the server's own text, which can echo the connection string.
    pub(crate) message: String,
}

/// Names a plan that Rust holds for the page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub(crate) struct PlanTicket(pub(crate) String);

/// Origin of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PlanKind {
    Promotion,
    Import,
    /// Back to a backup or file.
    Rollback,
    /// Two states beside each other; cannot be applied.
    Comparison,
    /// As it was applied once; cannot be applied again.
    Past,
}

/// A plan: everything but its rows, which come in pieces (`plan_rows`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct PlanView {
    pub(crate) plan: PlanTicket,
    pub(crate) kind: PlanKind,
    /// The agent it is for.
    pub(crate) agent_id: String,
    pub(crate) mode: Mode,
    /// Source, in words: an environment's name, a file's name, "the backup of …".
    pub(crate) source: String,
    /// Target; `None` for a comparison without an environment on the right.
    pub(crate) target: Option<PlanTarget>,
    /// The groups that hold anything, in the order in which they are shown.
    pub(crate) groups: Vec<GroupView>,
    /// The risk line and everything else to know: the weightiest first.
    pub(crate) notes: Vec<NoteView>,
    /// Facts about the database; `None` where there is nothing to say.
    pub(crate) database: Option<DatabaseView>,
    /// When it was made, RFC 3339.
    pub(crate) made_at: String,
    /// Whether source and target say the same already: nothing to apply.
    pub(crate) same: bool,
    /// Of a plan that was applied: why everything that is left was left, where that is one reason for several rows.
    pub(crate) left_because: Option<String>,
}

/// Target of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct PlanTarget {
    /// The environment's id; `None` for a server that has no profile any more.
    pub(crate) environment: Option<String>,
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) colour: Colour,
    /// Whether its name has to be typed.
    pub(crate) protected: bool,
}

/// A group of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RowGroup {
    /// The target does not have the agent.
    Register,
    /// A database is linked.
    LinkDatabase,
    /// More access than before.
    GainsAccess,
    /// Both more and less, or another type.
    Changes,
    /// Less access than before.
    LosesAccess,
    DeleteAgent,
    /// Differs, and the server cannot change it.
    CannotChange,
    /// Only the target has it, and it stays.
    Kept,
    Same,
}

/// One group of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct GroupView {
    pub(crate) group: RowGroup,
    pub(crate) count: u32,
    /// Whether its rows can be ticked.
    pub(crate) tickable: bool,
    /// Whether they are ticked until the person says otherwise. What loses access is not.
    pub(crate) ticked: bool,
}

/// Something a plan points out besides its changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct NoteView {
    /// Rule, as in `--json`.
    pub(crate) code: NoteCodeView,
    pub(crate) weight: NoteWeight,
    pub(crate) message: String,
}

/// Rule behind a note: one of the engine's, or one of the window's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(untagged)]
pub(crate) enum NoteCodeView {
    Plan(NoteCode),
    Window(WindowNote),
}

/// The window's own notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WindowNote {
    /// The agent is registered first, whatever else is ticked.
    RegisterFirst,
    /// A backup is restored into another environment than it was taken in.
    OtherEnvironment,
}

/// Facts about the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct DatabaseView {
    /// Name of the connection.
    pub(crate) connection_name: Option<String>,
    pub(crate) database_type: Option<String>,
    /// Whether this plan links it.
    pub(crate) linked_by_plan: bool,
    /// Whether the target has one linked already.
    pub(crate) linked_there: bool,
    /// Whether a connection string is remembered for this environment and connection name.
    pub(crate) remembered: bool,
}

/// `plan_rows`: a piece of a group.
#[derive(Deserialize, TS)]
pub(crate) struct RowsRequest {
    pub(crate) plan: PlanTicket,
    pub(crate) group: RowGroup,
    /// Only rows whose id, type or words contain this; empty: all.
    pub(crate) search: String,
    /// The first row, from 0. At most 200 rows are answered.
    pub(crate) from: u32,
}

/// A piece of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct RowsView {
    /// Number of rows that match in all.
    pub(crate) total: u32,
    /// The rows from `from` on.
    pub(crate) rows: Vec<RowView>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct RowView {
    /// Names it within its plan, for ticks.
    pub(crate) key: String,
    /// Subject: the resource id, "agent", "database", a field's name.
    pub(crate) subject: String,
    #[serde(rename = "type")]
    pub(crate) resource_type: Option<String>,
    pub(crate) words: String,
    /// Permissions before and after, in the order read, write, delete, admin.
    pub(crate) chips: Vec<ChipView>,
    /// Remark beside the chips: that it is new, that its entry goes, that its type changes.
    pub(crate) besides: Option<String>,
    /// Result, for a plan that was applied.
    pub(crate) outcome: Option<RowOutcome>,
    /// Reason it was left, one sentence, where it was.
    pub(crate) reason: Option<String>,
}

/// One permission of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct ChipView {
    pub(crate) permission: String,
    /// Kept, gained or lost.
    pub(crate) change: ChipChange,
}

/// Change of a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChipChange {
    /// Was there and stays.
    Kept,
    Gained,
    Lost,
}

/// Result of a row of an applied plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RowOutcome {
    /// Made, and read back.
    Applied,
    /// Made, and put back.
    PutBack,
    /// Left to look at.
    Left,
    /// Failed, and nothing of it stands.
    Failed,
    NotReached,
}

/// Ticked rows: a rule for each group, and the rows that are the other way round.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub(crate) struct Ticks {
    /// Groups whose rule is not the plan's own.
    #[ts(type = "Partial<Record<RowGroup, boolean>>")]
    pub(crate) groups: BTreeMap<RowGroup, bool>,
    /// Keys of rows that are the other way round than their group.
    pub(crate) except: Vec<String>,
}

/// A plan with what is ticked in it.
#[derive(Deserialize, TS)]
pub(crate) struct TickedPlan {
    pub(crate) plan: PlanTicket,
    pub(crate) ticks: Ticks,
}

/// A plan in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct PlanText {
    /// As text, for a message to somebody.
    pub(crate) text: String,
    /// Command line for the same; `None` where there is none.
    pub(crate) command: Option<String>,
    /// What the command line does otherwise than these ticks.
    pub(crate) command_note: Option<String>,
}

/// `plan_page_save`: as a page for an approver.
#[derive(Deserialize, TS)]
pub(crate) struct PlanPageSave {
    pub(crate) plan: PlanTicket,
    pub(crate) ticks: Ticks,
    /// Destination, as `file_destination` answered.
    pub(crate) file: FileTicket,
}

#[derive(Deserialize, TS)]
pub(crate) struct PlanChoice {
    pub(crate) plan: PlanTicket,
}

/// `plan_apply`: carry it out.
#[derive(Deserialize, TS)]
pub(crate) struct ApplyRequest {
    pub(crate) plan: PlanTicket,
    pub(crate) ticks: Ticks,
    /// Text that was typed where the environment is protected.
    pub(crate) typed_name: Option<String>,
    /// Whether the person agreed to the agent being deleted, asked for separately.
    pub(crate) agree_deletion: bool,
    /// Reason, for the history.
    pub(crate) reason: Option<String>,
}

/// Answer to an apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum ApplyAnswer {
    /// Came to an end.
    Ended { result: Box<ApplyView> },
    /// The target moved since the plan was made: nothing was written.
    Moved {
        /// What happened, what it means, what to do.
        error: ErrorReport,
        /// Drift, a sentence each, and how much more.
        moved: Vec<String>,
        /// The plan as it would be now.
        now: Box<PlanView>,
    },
}

/// An apply that came to an end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct ApplyView {
    pub(crate) outcome: Outcome,
    pub(crate) sentence: String,
    /// Reason it did not come through.
    pub(crate) cause: Option<ErrorReport>,
    /// Whether the person stopped it.
    pub(crate) cancelled: bool,
    /// Number of changes that were made and verified.
    pub(crate) applied: u32,
    pub(crate) put_back: u32,
    /// Number left to look at.
    pub(crate) left: u32,
    /// The plan as it was applied, as the history shows it: each row with what became of it.
    pub(crate) plan: PlanView,
    /// Time it took, in milliseconds.
    pub(crate) duration_ms: u32,
    /// The record in the history.
    pub(crate) operation: String,
    /// The backup from before it; `None` when there was nothing to do.
    pub(crate) backup: Option<String>,
    /// Key that was made for the agent.
    pub(crate) agent_key: Option<AgentKeyView>,
    /// Reason the history does not know how it ended, where it could not be written.
    pub(crate) unrecorded: Option<ErrorReport>,
    /// The id of the environment that is the next stage, for "Promote on to …".
    pub(crate) next_stage: Option<String>,
}

/// A key that was made for an agent. Never the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct AgentKeyView {
    /// The environment's id, to copy it by.
    pub(crate) environment: Option<String>,
    pub(crate) agent: String,
    pub(crate) kept: String,
}

/// `agent_key_copy`: put a made key on the clipboard.
#[derive(Deserialize, TS)]
pub(crate) struct AgentKeyCopy {
    pub(crate) environment: String,
    pub(crate) agent: String,
}

/// Content of the clipboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct CopiedView {
    /// After how many seconds it is taken off again.
    pub(crate) cleared_after: u32,
}
