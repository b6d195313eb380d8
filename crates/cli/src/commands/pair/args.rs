use clap::{Args, Subcommand};

/// Say which agents of different ids are one agent. Without an action the pairs are listed.
///
/// A pair is one row of `aidb overview`, and a promotion goes to the partner. Nothing is paired by itself: `aidb overview` only
/// suggests, from names.
///
/// Example: aidb pair add Development/dev-agent Production/prod-agent
#[derive(Args, Debug)]
pub(crate) struct PairArgs {
    #[command(subcommand)]
    pub(crate) action: Option<PairAction>,
}

/// What `aidb pair` does.
#[derive(Debug, Subcommand)]
#[command(subcommand_value_name = "ACTION", subcommand_help_heading = "Actions")]
pub(crate) enum PairAction {
    /// List the pairs.
    List,
    Add(AddPairArgs),
    Remove(RemovePairArgs),
}

/// Declare that agents of two environments or more are one agent. Joins what they were paired with before.
#[derive(Args, Debug)]
pub(crate) struct AddPairArgs {
    /// The agents, each as the name of its environment, a slash, and its id there.
    #[arg(value_name = "ENVIRONMENT/AGENT", required = true, num_args = 2..)]
    pub(crate) agents: Vec<String>,
}

/// Take an agent out of its pair. Two agents are needed to be one.
#[derive(Args, Debug)]
pub(crate) struct RemovePairArgs {
    /// The agent, as the name of its environment, a slash, and its id there.
    #[arg(value_name = "ENVIRONMENT/AGENT")]
    pub(crate) agent: String,
}
