//! One function for each command. It calls the engine and returns a result; how that is shown is decided in `view/`.

mod backups;
mod change;
mod compare;
mod env;
mod env_key;
mod export;
mod history;
mod import;
mod import_folder;
mod input;
mod link;
mod promote;
mod recover;
mod rollback;
mod sandbox;
mod saved_plan;
mod test;
mod text;
mod turn;
mod validate;

pub(crate) use backups::{BackupExported, BackupList, BackupShown, BackupTaken, BackupsVerified, backups};
pub(crate) use change::{ChangeDone, ChangesDone, PlanShown, PlansShown, Purpose};
pub(crate) use compare::{ComparisonDone, compare};
pub(crate) use env::{EnvironmentList, EnvironmentSaved, EnvironmentShown, RemovedShown, Saved, env};
pub(crate) use env_key::{KeyRemoved, KeyStored};
pub(crate) use export::{ExportDone, Strictness, export};
pub(crate) use history::{EntryShown, HistoryList, history};
pub(crate) use import::import;
pub(crate) use promote::promote;
pub(crate) use recover::{InterruptedList, OperationLeft, RecoveriesDone, recover};
pub(crate) use rollback::rollback;
pub(crate) use sandbox::{SandboxStarted, sandbox};
pub(crate) use test::{TestDone, test};
pub(crate) use text::{Text, completions, man, schema};
pub(crate) use validate::{TargetRemark, ValidatedFile, ValidationDone};
