//! What a person asks for: each file one page, and one paragraph of docs/RULES.md.
//!
//! | file | action |
//! | --- | --- |
//! | `engine.rs`, `target.rs` | which environment, which key, which server |
//! | `environments.rs`, `environment_keys.rs` | environment profiles and their keys |
//! | `connection.rs` | test connection, line by line |
//! | `agents.rs` | which agents a server has, and the keys that aidb made for them |
//! | `export.rs` | Export |
//! | `validate.rs` | Validate |
//! | `import.rs`, `promote.rs`, `rollback.rs` | Dry run, Import, Promote, Rollback: how their plans are made |
//! | `proposal.rs` | a plan with what it was made from: reduced to chosen items, made anew |
//! | `apply.rs` | applying any plan: read again, back up, apply, record |
//! | `batch.rs` | Batch: several agents, each a transaction of its own |
//! | `agent_key.rs` | Import, step 1: the key that aidb makes for an agent |
//! | `beside.rs`, `backup_file.rs` | keys and backups in files of their own, for a machine that goes away |
//! | `lock.rs` | one writer for an agent at a time |
//! | `recover.rs` | When something fails halfway: recovering what a dead process left |
//! | `saved_plan.rs` | a plan in a file, for somebody to agree to; applied once |
//! | `drift.rs` | Drift: what was changed outside aidb |
//! | `moment.rs` | Restore to a moment: what was there, and what cannot be known |
//! | `backups.rs` | Backup, and what retention drops |
//! | `compare.rs`, `overview.rs`, `stages.rs` | Compare, Overview, and one agent of it item by item |
//! | `pairs.rs`, `accept.rs` | what persons declare: agents that are one, differences on purpose |
//! | `history.rs`, `history_text.rs`, `history_file.rs` | the history: operations and backups in one list |
//! | `sandbox.rs` | the sandbox's environments |

mod accept;
mod agent_key;
mod agents;
mod apply;
mod backup_file;
mod backups;
mod batch;
mod beside;
mod compare;
mod connection;
mod consent;
mod drift;
mod engine;
mod environment_keys;
mod environments;
mod error;
mod export;
mod file_name;
mod history;
mod history_file;
mod history_text;
mod import;
mod lock;
mod memory;
mod moment;
mod overview;
mod pairs;
mod promote;
mod proposal;
mod recover;
mod rollback;
mod sandbox;
mod saved_plan;
mod stages;
mod taken_away;
mod target;
mod turn;
mod validate;

pub use accept::{Acceptance, AcceptedItems};
pub use agent_key::{AgentKey, KeyStorage};
pub use apply::Applied;
pub use backup_file::BackupFile;
pub use backups::BackupChoice;
pub use batch::{AgentEnd, AgentStanding, BatchEnd, BatchOptions, BatchStop, STOP_AFTER};
pub use beside::Beside;
pub use compare::{Comparison, Side, compare};
pub use connection::{Check, CheckState, ConnectionReport};
pub use consent::{Agreement, Consent, ConsentError, Deletion};
pub use drift::{AgentDrift, DriftItem, DriftStanding, EnvironmentDrift};
pub use engine::{Context, Engine, EngineSettings, WhenBusy};
pub use environments::{Edit, EnvironmentDraft, KeyState, RemovalPreview, RemovedEnvironment};
pub use error::Error;
pub use export::{Export, ExportNote, Exported, ExportedAll, LeftOver};
pub use file_name::file_name_for;
pub use history::{Counterpart, EntryKind, EntryOutcome, HistoryEntry, HistoryFilter, OperationRecord, find_entry};
pub use history_file::{history_csv, history_json, history_row};
pub use history_text::describe_operation;
pub use import::{ImportOptions, LinkDatabase, Relink, Remember};
pub use memory::{Look, LostMemory};
pub use moment::{KnownAt, RestorePlan, StateAt, WhyUnknown};
pub use overview::{Cell, Overview, OverviewRow, OverviewStage};
pub use promote::Which;
pub use proposal::{Approval, Proposal, ProposalSource};
pub use recover::{Interrupted, Owner, Recovered, RecoveryEnd, RecoveryRequest};
pub use rollback::{RollbackOptions, RollbackSource};
pub use sandbox::{SAMPLE_STAGES, SampleStage};
pub use saved_plan::SavedPlan;
pub use stages::{AgentStage, AgentStages, StagedDifference, StagedItem, StagedValue};
pub use taken_away::TakenAway;
pub use target::{Ambient, AskForKey, KeyNeed, KeyWithheld, Record, Recorded, Target, TargetRequest};
pub use turn::WhenMoved;
pub use validate::{Excerpt, Validated, check_configuration, excerpt, read_configuration, validated};
