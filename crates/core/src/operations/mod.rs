//! What a person asks for: each file one page that reads like PRODUCT.md's paragraph about it.
//!
//! | file | PRODUCT.md |
//! | --- | --- |
//! | `engine.rs`, `target.rs` | which environment, which key, which server |
//! | `environments.rs` | environment profiles and their keys |
//! | `connection.rs` | test connection, line by line |
//! | `export.rs` | Export |
//! | `validate.rs` | Validate |
//! | `import.rs`, `rollback.rs` | Dry run, Import, Rollback: how their plans are made |
//! | `change.rs` | applying any plan: read again, back up, apply, record |
//! | `backups.rs` | Backup |
//! | `compare.rs` | Compare |

mod backups;
mod change;
mod compare;
mod connection;
mod engine;
mod environments;
mod error;
mod export;
mod import;
mod rollback;
mod target;
mod validate;

pub use backups::BackupChoice;
pub use change::{AgentKeyPlace, Applied, Deletion, Proposal, ProposalSource};
pub use compare::{Comparison, Side, compare};
pub use connection::{Check, CheckState, ConnectionReport};
pub use engine::{Context, Engine, EngineSettings};
pub use environments::{EnvironmentDraft, KeyState, RemovedEnvironment};
pub use error::Error;
pub use export::{Export, ExportNote, Exported, ExportedAll, file_name_for};
pub use import::{ImportOptions, LinkDatabase, Remember};
pub use rollback::{RollbackOptions, RollbackSource};
pub use target::{KeyNeed, Target, TargetRequest};
pub use validate::{Validated, read_configuration};
