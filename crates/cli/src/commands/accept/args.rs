use chrono::NaiveDate;
use clap::{Args, Subcommand};

/// Accept differences from the stage before that are on purpose. Without an action they are listed.
///
/// What is accepted has a reason and an end. `aidb overview` counts it apart, and as a difference again once it has ended or what
/// differs has changed.
///
/// Example: aidb accept add Production/my-agent audit_log --reason "Only production logs" --until 2027-06-30
#[derive(Args, Debug)]
pub(crate) struct AcceptArgs {
    #[command(subcommand)]
    pub(crate) action: Option<AcceptAction>,
}

/// What `aidb accept` does.
#[derive(Debug, Subcommand)]
#[command(subcommand_value_name = "ACTION", subcommand_help_heading = "Actions")]
pub(crate) enum AcceptAction {
    /// List the accepted differences.
    List,
    Add(AddAcceptedArgs),
    Remove(RemoveAcceptedArgs),
}

/// Accept differences of an agent as they are now. --reason says why.
#[derive(Args, Debug)]
pub(crate) struct AddAcceptedArgs {
    /// The agent that differs from the stage before: its environment, a slash, and its id there.
    #[arg(value_name = "ENVIRONMENT/AGENT")]
    pub(crate) agent: String,
    /// The resources, or fields such as name, that differ on purpose.
    #[arg(value_name = "ITEM", required_unless_present = "all")]
    pub(crate) items: Vec<String>,
    /// Everything that differs now.
    #[arg(long, conflicts_with = "items")]
    pub(crate) all: bool,
    /// The last day on which it counts as accepted.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) until: NaiveDate,
}

/// Take an acceptance back: it counts as a difference again.
#[derive(Args, Debug)]
pub(crate) struct RemoveAcceptedArgs {
    /// Its id, as the list has it.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}
