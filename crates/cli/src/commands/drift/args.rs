use clap::{Args, Subcommand};

use crate::args::ApplyArgs;

/// Show what was changed outside aidb. Without an action it is only looked. -e narrows it down.
///
/// Measured against the last state of each agent that aidb wrote, read back, or somebody accepted; what aidb itself did is no drift.
///
/// Example: aidb drift -e Production --detailed-exitcode
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct DriftArgs {
    /// Exit status 2 where something was changed outside aidb.
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    #[command(subcommand)]
    pub(crate) action: Option<DriftAction>,
}

/// What `aidb drift` does.
#[derive(Debug, Subcommand)]
#[command(subcommand_value_name = "ACTION", subcommand_help_heading = "Actions")]
pub(crate) enum DriftAction {
    Accept(AcceptDriftArgs),
    PutBack(PutBackArgs),
}

/// Accept agents as they are now: drift is measured against that from then on. Takes a backup of each. -e names the environment.
#[derive(Args, Debug)]
pub(crate) struct AcceptDriftArgs {
    /// The agents.
    #[arg(value_name = "AGENT", required = true)]
    pub(crate) agents: Vec<String>,
}

/// Lead agents back to the last state that aidb knew, by a plan that is shown and applied like any other. -e names the environment.
#[derive(Args, Debug)]
pub(crate) struct PutBackArgs {
    /// The agents.
    #[arg(value_name = "AGENT", required = true)]
    pub(crate) agents: Vec<String>,
    /// Agree to deleting agents that were not there when aidb looked last; --yes does not cover that.
    #[arg(long)]
    pub(crate) delete_agent: bool,
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
}
