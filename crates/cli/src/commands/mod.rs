//! One folder for each command: `args.rs` is what can be typed, `mod.rs` calls the engine, `human.rs` and `json.rs` tell the
//! result. What import, promote and rollback share stands in `change/`.

mod accept;
mod backups;
mod batch;
mod change;
mod compare;
mod completions;
mod drift;
mod env;
mod export;
mod history;
mod import;
mod input;
mod man;
mod overview;
mod pair;
mod promote;
mod recover;
mod restore;
mod rollback;
mod sandbox;
mod schema;
mod test;
mod text;

pub(crate) use accept::{AcceptAction, AcceptArgs, accept};
pub(crate) use backups::{BackupsArgs, backups};
pub(crate) use batch::{BatchAction, BatchArgs, batch};
pub(crate) use compare::{CompareArgs, compare};
pub(crate) use completions::{CompletionsArgs, completions};
pub(crate) use drift::{DriftAction, DriftArgs, drift};
pub(crate) use env::{EnvAction, EnvArgs, env};
pub(crate) use export::{ExportArgs, export};
pub(crate) use history::{HistoryArgs, history};
pub(crate) use import::{ImportArgs, import};
pub(crate) use man::{ManArgs, man};
pub(crate) use overview::{OverviewArgs, overview};
pub(crate) use pair::{PairAction, PairArgs, pair};
pub(crate) use promote::{PromoteArgs, promote};
pub(crate) use recover::{RecoverArgs, recover};
pub(crate) use restore::{RestoreArgs, restore};
pub(crate) use rollback::{RollbackArgs, rollback};
pub(crate) use sandbox::{SandboxArgs, sandbox};
pub(crate) use schema::{SchemaArgs, schema};
pub(crate) use test::{TestArgs, test};
