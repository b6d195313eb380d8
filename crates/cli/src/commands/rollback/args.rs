use clap::Args;

use crate::args::ApplyArgs;

/// Lead an agent back to a backup.
///
/// Shows what restoring changes, asks, takes a backup of its own and applies. Without -e and -u the environment is the
/// one the backup was taken from.
///
/// Example: aidb migrate rollback --backup bk-3fz9q2mk --dry-run
#[derive(Args, Debug)]
pub(crate) struct RollbackArgs {
    /// The backup: its id, the beginning of it, "latest" (of the agent and environment that are named), a file of --backup-out,
    /// or a configuration file in its place, "-" for one on standard input.
    #[arg(short, long, value_name = "FILE|ID")]
    pub(crate) backup: Option<String>,
    /// Keep what was added since the backup.
    #[arg(long)]
    pub(crate) merge: bool,
    /// Only these resources.
    #[arg(long, value_name = "RESOURCE", num_args = 1..)]
    pub(crate) only: Vec<String>,
    /// Agree to the agent being deleted, when the backup says that it did not exist. Not covered by --yes.
    #[arg(long)]
    pub(crate) delete_agent: bool,
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
}
