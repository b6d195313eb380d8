use std::path::PathBuf;

use clap::{Args, Subcommand};

/// List, show, take, export and check backups. Without an action they are listed.
#[derive(Args, Debug)]
pub(crate) struct BackupsArgs {
    #[command(subcommand)]
    pub(crate) action: Option<BackupsAction>,
}

/// What `aidb migrate backups` does.
#[derive(Debug, Subcommand)]
#[command(subcommand_value_name = "ACTION", subcommand_help_heading = "Actions")]
pub(crate) enum BackupsAction {
    List(ListArgs),
    Show(ShowBackupArgs),
    Create(CreateArgs),
    Export(ExportBackupArgs),
    Verify(VerifyArgs),
}

/// List backups, the newest first. -a and -e narrow it down.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// At most so many.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
}

/// Show what is in a backup.
#[derive(Args, Debug)]
pub(crate) struct ShowBackupArgs {
    /// Its id, the beginning of it, or "latest".
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

/// Take a backup of an agent now. --reason becomes its note.
#[derive(Args, Debug)]
pub(crate) struct CreateArgs {}

/// Write a backup as a configuration file.
#[derive(Args, Debug)]
pub(crate) struct ExportBackupArgs {
    /// Its id, the beginning of it, or "latest".
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// The file to write, "-" for standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Overwrite whatever is there.
    #[arg(long)]
    pub(crate) force: bool,
}

/// Read backups and check them against their hashes; all of them when none is named.
#[derive(Args, Debug)]
pub(crate) struct VerifyArgs {
    /// Their ids.
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,
}
