use clap::{Args, Subcommand};

use crate::args::ApplyArgs;

/// List, show, go on with and take back batches: several agents that were changed in one go. Without an action they are listed.
///
/// Example: aidb migrate batch undo ba-4k2m9x7p --dry-run
#[derive(Args, Debug)]
pub(crate) struct BatchArgs {
    #[command(subcommand)]
    pub(crate) action: Option<BatchAction>,
}

/// What `aidb migrate batch` does.
#[derive(Debug, Subcommand)]
#[command(subcommand_value_name = "ACTION", subcommand_help_heading = "Actions")]
pub(crate) enum BatchAction {
    /// List the batches, the newest first.
    List,
    Show(ShowBatchArgs),
    Resume(ResumeBatchArgs),
    Undo(UndoBatchArgs),
}

/// Show how each agent of a batch stands.
#[derive(Args, Debug)]
pub(crate) struct ShowBatchArgs {
    /// The batch.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

/// Go on with a batch: the agents that are not done, by the plans that were agreed to. What a dead process left is recovered
/// first; an agent that moved since is refused.
#[derive(Args, Debug)]
pub(crate) struct ResumeBatchArgs {
    /// The batch.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
}

/// Take a batch back: for every agent that it changed, a plan to the backup from before it, shown and applied like any other.
#[derive(Args, Debug)]
pub(crate) struct UndoBatchArgs {
    /// The batch.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Agree to deleting agents that did not exist before the batch; --yes does not cover that.
    #[arg(long)]
    pub(crate) delete_agent: bool,
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
}
