use clap::Args;

/// Show every agent of every environment beside the stage before it. Writes nothing.
///
/// In stage order: whether an agent is the same as in the stage before, differs, is missing, or cannot be told. Each environment
/// is read with its own stored key; one that cannot be read leaves the others whole.
///
/// Example: aidb overview --differing
///
/// Example: aidb overview my-agent
#[derive(Args, Debug)]
pub(crate) struct OverviewArgs {
    /// Only this agent, item by item.
    #[arg(value_name = "AGENT", conflicts_with_all = ["differing", "detailed_exitcode"])]
    pub(crate) agent: Option<String>,
    /// Only agents that differ or are missing somewhere, or where that cannot be told.
    #[arg(long)]
    pub(crate) differing: bool,
    /// Exit status 2 when an agent differs or is missing somewhere.
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
}
