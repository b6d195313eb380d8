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
    /// Also revoke what the agent does not have where it comes from.
    #[arg(long)]
    pub(crate) exact: bool,
    /// Only these resources.
    #[arg(long, value_name = "RESOURCE")]
    pub(crate) only: Vec<String>,
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
}
