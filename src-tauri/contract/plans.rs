//! Plans: made, looked at in pieces, and applied. The plan itself stays in Rust; the page has a ticket for it.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ColourName, ErrorReport, FileTicket, NamedFile};

/// What happens to what the source does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PlanMode {
    /// It stays.
    Merge,
    /// It is revoked.
    Exact,
}

/// `plan_promote`: from one environment to another.
#[derive(Deserialize, TS)]
pub(crate) struct PromoteRequest {
    /// The source environment's id.
    pub(crate) from: String,
    /// The agent's id.
    pub(crate) agent: String,
    /// The target environment's id.
    pub(crate) to: String,
    /// Merge unless asked.
    pub(crate) mode: PlanMode,
}

/// `plan_import`: from a file.
#[derive(Deserialize, TS)]
pub(crate) struct ImportRequest {
    /// The file.
    pub(crate) file: NamedFile,
    /// The target environment's id.
    pub(crate) to: String,
    /// Merge unless asked.
    pub(crate) mode: PlanMode,
}

/// `plan_restore`: from a backup, or a file in the place of one.
#[derive(Deserialize, TS)]
pub(crate) struct RestoreRequest {
    /// What to restore.
    pub(crate) from: RestoreChoice,
    /// The target environment's id; `None`: where the backup was taken.
    pub(crate) to: Option<String>,
    /// Exact unless asked.
    pub(crate) mode: PlanMode,
}

/// What is to be restored.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum RestoreChoice {
    /// A backup of this machine's store.
    Backup {
        /// Its id.
        id: String,
    },
    /// A file that somebody sent.
    File {
        /// Which.
        file: NamedFile,
    },
}

/// What a restore leads back to, in words that outlive a start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum RestoreSource {
    /// A backup of this machine's store.
    Backup {
        /// Its id.
        id: String,
    },
    /// A file that somebody sent.
    File {
        /// Its path.
        path: String,
    },
}

/// `plan_link`: say what to do about the database. Makes the plan anew; answers the new one, the old ticket is gone.
#[derive(Deserialize, TS)]
pub(crate) struct LinkRequest {
    /// The plan.
    pub(crate) plan: PlanTicket,
    /// What to do.
    pub(crate) link: LinkChoice,
}

/// What to do about the database.
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

/// How the server's try came out.
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

/// What made a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PlanKind {
    /// From another environment.
    Promotion,
    /// From a file.
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
    /// Its ticket.
    pub(crate) plan: PlanTicket,
    /// What made it.
    pub(crate) kind: PlanKind,
    /// The agent it is for.
    pub(crate) agent_id: String,
    /// Merge or exact.
    pub(crate) mode: PlanMode,
    /// Where it comes from, in words: an environment's name, a file's name, "the backup of …".
    pub(crate) source: String,
    /// Where it would be applied; `None` for a comparison without an environment on the right.
    pub(crate) target: Option<PlanTarget>,
    /// The groups that hold anything, in the order in which they are shown.
    pub(crate) groups: Vec<GroupView>,
    /// The risk line and everything else to know: the weightiest first.
    pub(crate) notes: Vec<NoteView>,
    /// What can be said about the database; `None` where there is nothing to say.
    pub(crate) database: Option<DatabaseView>,
    /// When it was made, RFC 3339.
    pub(crate) made_at: String,
    /// Whether source and target say the same already: nothing to apply.
    pub(crate) same: bool,
    /// Of a plan that was applied: why everything that is left was left, where that is one reason for several rows.
    pub(crate) left_because: Option<String>,
}

/// Where a plan would be applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct PlanTarget {
    /// The environment's id; `None` for a server that has no profile any more.
    pub(crate) environment: Option<String>,
    /// Its name.
    pub(crate) name: String,
    /// Its URL.
    pub(crate) url: String,
    /// Its colour.
    pub(crate) colour: ColourName,
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
    /// The agent goes.
    DeleteAgent,
    /// Differs, and the server cannot change it.
    CannotChange,
    /// Only the target has it, and it stays.
    Kept,
    /// Says the same.
    Same,
}

/// One group of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct GroupView {
    /// Which.
    pub(crate) group: RowGroup,
    /// How many rows.
    pub(crate) count: u32,
    /// Whether its rows can be ticked.
    pub(crate) tickable: bool,
    /// Whether they are ticked until the person says otherwise. What loses access is not.
    pub(crate) ticked: bool,
}

/// Something a plan points out besides its changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct NoteView {
    /// Which, as in `--json`.
    pub(crate) code: String,
    /// How much it weighs.
    pub(crate) weight: NoteWeight,
    /// One sentence.
    pub(crate) message: String,
}

/// How much a note weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NoteWeight {
    /// Good to know.
    Info,
    /// Probably not what is wanted.
    Warning,
    /// Read this before applying.
    Risk,
}

/// What can be said about the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct DatabaseView {
    /// What the configuration calls the connection.
    pub(crate) connection_name: Option<String>,
    /// What kind of database.
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
    /// The plan.
    pub(crate) plan: PlanTicket,
    /// The group.
    pub(crate) group: RowGroup,
    /// Only rows whose id, type or words contain this; empty: all.
    pub(crate) search: String,
    /// The first row, from 0. At most 200 rows are answered.
    pub(crate) from: u32,
}

/// A piece of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct RowsView {
    /// How many rows match in all.
    pub(crate) total: u32,
    /// The rows from `from` on.
    pub(crate) rows: Vec<RowView>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct RowView {
    /// Names it within its plan, for ticks.
    pub(crate) key: String,
    /// What it is about: the resource id, "agent", "database", a field's name.
    pub(crate) subject: String,
    /// A resource's type.
    #[serde(rename = "type")]
    pub(crate) resource_type: Option<String>,
    /// What happens, in words.
    pub(crate) words: String,
    /// Permissions before and after, in the order read, write, delete, admin.
    pub(crate) chips: Vec<ChipView>,
    /// What the chips cannot say of it: that it is new, that its entry goes, that its type changes.
    pub(crate) besides: Option<String>,
    /// What became of it, for a plan that was applied.
    pub(crate) outcome: Option<RowOutcome>,
    /// Why it was left, one sentence, where it was.
    pub(crate) reason: Option<String>,
}

/// One permission of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct ChipView {
    /// Which.
    pub(crate) permission: String,
    /// Kept, gained or lost.
    pub(crate) change: ChipChange,
}

/// What happens to a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChipChange {
    /// It was there and stays.
    Kept,
    /// It comes.
    Gained,
    /// It goes.
    Lost,
}

/// What became of a row when its plan was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RowOutcome {
    /// Made, and read back.
    Applied,
    /// Made, and put back.
    PutBack,
    /// Left to look at.
    Left,
    /// It failed, and nothing of it stands.
    Failed,
    /// Never reached.
    NotReached,
}

/// Which rows are ticked: a rule for each group, and the rows that are the other way round.
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
    /// The plan.
    pub(crate) plan: PlanTicket,
    /// The ticks.
    pub(crate) ticks: Ticks,
}

/// A plan in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct PlanText {
    /// As text, for a message to somebody.
    pub(crate) text: String,
    /// The same as a command line; `None` where there is none.
    pub(crate) command: Option<String>,
    /// What the command line does otherwise than these ticks.
    pub(crate) command_note: Option<String>,
}

/// `plan_page_save`: as a page for an approver.
#[derive(Deserialize, TS)]
pub(crate) struct PlanPageSave {
    /// The plan.
    pub(crate) plan: PlanTicket,
    /// The ticks.
    pub(crate) ticks: Ticks,
    /// Where to, as `file_destination` answered.
    pub(crate) file: FileTicket,
}

/// Names a plan.
#[derive(Deserialize, TS)]
pub(crate) struct PlanChoice {
    /// Its ticket.
    pub(crate) plan: PlanTicket,
}

/// `plan_apply`: carry it out.
#[derive(Deserialize, TS)]
pub(crate) struct ApplyRequest {
    /// The plan.
    pub(crate) plan: PlanTicket,
    /// What of it.
    pub(crate) ticks: Ticks,
    /// What was typed where the environment is protected.
    pub(crate) typed_name: Option<String>,
    /// Whether the person agreed to the agent being deleted, asked for separately.
    pub(crate) agree_deletion: bool,
    /// Why, for the history.
    pub(crate) reason: Option<String>,
}

/// How an apply went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum ApplyAnswer {
    /// It came to an end.
    Ended {
        /// How.
        result: Box<ApplyView>,
    },
    /// The target moved since the plan was made: nothing was written.
    Moved {
        /// What happened, what it means, what to do.
        error: ErrorReport,
        /// What moved, a sentence each, and how much more.
        moved: Vec<String>,
        /// The plan as it would be now.
        now: Box<PlanView>,
    },
}

/// An apply that came to an end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct ApplyView {
    /// How.
    pub(crate) outcome: ApplyOutcome,
    /// One sentence.
    pub(crate) sentence: String,
    /// Why it did not come through.
    pub(crate) cause: Option<ErrorReport>,
    /// Whether the person stopped it.
    pub(crate) cancelled: bool,
    /// How many changes were made and verified.
    pub(crate) applied: u32,
    /// How many were put back.
    pub(crate) put_back: u32,
    /// How many are left to look at.
    pub(crate) left: u32,
    /// The plan as it was applied, as the history shows it: each row with what became of it.
    pub(crate) plan: PlanView,
    /// How long it took, in milliseconds.
    pub(crate) duration_ms: u32,
    /// Its record in the history.
    pub(crate) operation: String,
    /// The backup from before it; `None` when there was nothing to do.
    pub(crate) backup: Option<String>,
    /// Where the key is that was made for the agent.
    pub(crate) agent_key: Option<AgentKeyView>,
    /// Why the history does not know how it ended, where it could not be written.
    pub(crate) unrecorded: Option<ErrorReport>,
    /// The id of the environment that is the next stage, for "Promote on to …".
    pub(crate) next_stage: Option<String>,
}

/// How an apply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ApplyOutcome {
    /// Everything made and verified.
    Done,
    /// It failed or was stopped; everything was put back.
    PutBack,
    /// Something is left to look at.
    NeedsAttention,
}

/// A key that was made for an agent. Never the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct AgentKeyView {
    /// The environment's id, to copy it by.
    pub(crate) environment: Option<String>,
    /// The agent.
    pub(crate) agent: String,
    /// Where it is kept, in words.
    pub(crate) kept: String,
}

/// `agent_key_copy`: put a made key on the clipboard.
#[derive(Deserialize, TS)]
pub(crate) struct AgentKeyCopy {
    /// The environment's id.
    pub(crate) environment: String,
    /// The agent.
    pub(crate) agent: String,
}

/// What is on the clipboard now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct CopiedView {
    /// After how many seconds it is taken off again.
    pub(crate) cleared_after: u32,
}
