use clap::{Args, Subcommand, ValueEnum};

/// List what was done, by whom and how it ended; show one of it whole. Without an action it is listed.
#[derive(Args, Debug)]
pub(crate) struct HistoryArgs {
    #[command(subcommand)]
    pub(crate) action: Option<HistoryAction>,
}

/// What `aidb migrate history` does.
#[derive(Debug, Subcommand)]
#[command(subcommand_value_name = "ACTION", subcommand_help_heading = "Actions")]
pub(crate) enum HistoryAction {
    List(ListHistoryArgs),
    Show(ShowEntryArgs),
}

/// List the history, the newest first. -a and -e narrow it down.
#[derive(Args, Debug, Default)]
pub(crate) struct ListHistoryArgs {
    /// At most so many.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// Only what ended so.
    #[arg(long, value_name = "OUTCOME")]
    pub(crate) outcome: Option<OutcomeName>,
    /// Also what was changed in environments and their keys.
    #[arg(long)]
    pub(crate) environments: bool,
    /// Only what holds this text: in its title, agent, environment, account, reason, or how it ended.
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
}

/// How an entry ended, as it is typed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum OutcomeName {
    /// Done and verified.
    Done,
    /// Everything was put back.
    PutBack,
    /// Something is left to look at.
    NeedsAttention,
    /// Failed before anything was written.
    Failed,
    /// Nothing was written, because the target had changed or somebody else was at it.
    Refused,
    /// Stopped by a person before anything was written.
    Stopped,
    /// Somebody is at it now.
    Running,
    /// Interrupted, and not settled yet.
    Unfinished,
}

/// Show one entry: its plan, how it ended and why, and its backup.
#[derive(Args, Debug)]
pub(crate) struct ShowEntryArgs {
    /// Its id, the id of its backup, or "latest".
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}
