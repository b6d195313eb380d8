use std::num::NonZeroU32;

use aidb_core::operations::STOP_AFTER;
use clap::Args;

use crate::args::ApplyArgs;

/// Carry agents from one environment to another, without a file in between.
///
/// Reads each agent, validates it, shows the plan, asks, backs up, applies and verifies. What fails halfway is put back. The
/// keys are those that are stored for the two environments. Databases are not linked on the way; `aidb migrate import
/// --link-database` does that.
///
/// Example: aidb migrate promote --from Development --to Staging my-agent --dry-run
#[derive(Args, Debug)]
pub(crate) struct PromoteArgs {
    /// The environment that the agents are read from.
    #[arg(long, value_name = "NAME")]
    pub(crate) from: String,
    /// The environment that they are carried to.
    #[arg(long, value_name = "NAME")]
    pub(crate) to: String,
    /// The agents [default: the one of -a, else the default agent of the first environment].
    #[arg(value_name = "AGENT")]
    pub(crate) agents: Vec<String>,
    /// Every agent of the first environment.
    #[arg(long, conflicts_with_all = ["agents", "differing"])]
    pub(crate) all: bool,
    /// Every agent of the first environment that differs in the second, or is missing there. What was accepted as on purpose stays
    /// as it is.
    #[arg(long, conflicts_with = "agents")]
    pub(crate) differing: bool,
    /// This agent first, alone; the others follow when it is done.
    #[arg(long, value_name = "AGENT")]
    pub(crate) first: Option<String>,
    /// Begin no further agent after so many failures of the same kind in a row.
    #[arg(long, value_name = "N", default_value_t = STOP_AFTER)]
    pub(crate) stop_after: NonZeroU32,
    /// Also revoke what the agent does not have where it comes from.
    #[arg(long)]
    pub(crate) exact: bool,
    /// Only these resources.
    #[arg(long, value_name = "RESOURCE")]
    pub(crate) only: Vec<String>,
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
}
