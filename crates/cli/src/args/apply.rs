//! Flags of the commands that apply plans.

use std::path::PathBuf;

use clap::Args;

use super::path::no_dash;

/// What every command that applies plans takes besides.
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct ApplyArgs {
    /// Show what would be done, and stop.
    #[arg(long, conflicts_with = "yes")]
    pub(crate) dry_run: bool,
    /// With --dry-run: exit status 2 when something would be done. What differs and cannot be changed is no reason.
    #[arg(long, requires = "dry_run")]
    pub(crate) detailed_exitcode: bool,
    /// Ask nothing, also where the environment is protected.
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Wait where another window or terminal is changing the same agent, instead of saying so and stopping.
    #[arg(long)]
    pub(crate) wait: bool,
    /// With --dry-run: also write the plan to this file. `aidb migrate import --plan FILE` applies exactly that plan, once, and
    /// only while the environment is what the plan was made from.
    #[arg(long, value_name = "FILE", requires = "dry_run", value_parser = no_dash())]
    pub(crate) plan_out: Option<PathBuf>,
    /// With --plan-out: overwrite the file, whatever it is.
    #[arg(long, requires = "plan_out")]
    pub(crate) force: bool,
    /// Also write the backup that is taken into this file, before anything is changed, for a machine that does not keep its data
    /// folder. `aidb migrate rollback --backup FILE` goes back to it anywhere. The file must not be there yet.
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run", value_parser = no_dash())]
    pub(crate) backup_out: Option<PathBuf>,
    /// Also write the API key that is made for a new agent into this file, before the agent is registered. Only you can read it.
    /// The file must not be there yet.
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run", value_parser = no_dash())]
    pub(crate) agent_key_out: Option<PathBuf>,
}
