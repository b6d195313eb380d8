use clap::{Args, Subcommand};

use super::{BackupsArgs, CompareArgs, ExportArgs, HistoryArgs, ImportArgs, PromoteArgs, RollbackArgs};

/// Export, import, promote, compare and roll back agents.
#[derive(Args, Debug)]
pub(crate) struct MigrateArgs {
    #[command(subcommand)]
    pub(crate) action: MigrateAction,
}

/// What `aidb migrate` does.
#[derive(Debug, Subcommand)]
#[command(subcommand_value_name = "ACTION", subcommand_help_heading = "Actions")]
pub(crate) enum MigrateAction {
    Export(ExportArgs),
    Import(ImportArgs),
    Promote(PromoteArgs),
    Rollback(RollbackArgs),
    Compare(CompareArgs),
    Backups(BackupsArgs),
    History(HistoryArgs),
}
