use clap::Args;

use crate::args::{ApplyArgs, Moment};

/// Lead every agent of an environment back to a moment.
///
/// From the backups, and from the plans that were carried out between them: one plan for each agent that would change, shown and
/// applied like any other, as a batch. What cannot be known is named and left as it is.
///
/// Example: aidb migrate restore -e Production --at 2026-11-01T14:05 --dry-run
#[derive(Args, Debug)]
pub(crate) struct RestoreArgs {
    /// The moment: 2026-11-01T14:05 here, or with a zone as in 2026-11-01T13:05:00Z.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Moment,
    /// Agree to deleting agents that did not exist then; --yes does not cover that.
    #[arg(long)]
    pub(crate) delete_agent: bool,
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
}
