//! `aidb overview`.

mod args;
mod human;
mod json;

pub(crate) use args::OverviewArgs;

use aidb_core::operations::{AskForKey, Overview, OverviewRow};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;

/// An overview, and which rows of it are shown.
pub(crate) struct OverviewShown {
    pub(crate) overview: Overview,
    /// Only rows with a difference.
    pub(crate) differing: bool,
}

impl OverviewShown {
    fn rows(&self) -> impl Iterator<Item = &OverviewRow> {
        self.overview.rows.iter().filter(|row| !self.differing || row.is_noteworthy())
    }
}

/// Reads all environments and shows them beside each other.
pub(crate) async fn overview(invocation: &Invocation, args: OverviewArgs) -> Result<Exit, Failure> {
    let engine = invocation.engine()?;
    let overview = engine.overview(AskForKey::Now, &invocation.context()).await?;
    let shown = OverviewShown { overview, differing: args.differing };
    invocation.result(&shown)?;
    Ok(exit(&shown.overview, args.detailed_exitcode))
}

/// Where it is asked whether all is the same, what could not be read is no yes.
fn exit(overview: &Overview, detailed: bool) -> Exit {
    let unread = overview.stages.iter().filter(|stage| stage.failure.is_some()).count();
    if !overview.stages.is_empty() && unread == overview.stages.len() {
        return Exit::Failed;
    }
    match detailed {
        true if overview.differs() => Exit::Differs,
        true if !overview.is_whole() => Exit::Failed,
        true | false => Exit::Done,
    }
}
