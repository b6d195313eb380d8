//! `aidb overview`.

mod args;
mod human;
mod json;
mod stages;

pub(crate) use args::OverviewArgs;

use aidb_core::config::AgentId;
use aidb_core::operations::{AgentStages, AskForKey, Overview, OverviewRow};
use aidb_core::store::EnvironmentId;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;

/// An overview, and which rows of it are shown.
pub(crate) struct OverviewShown {
    pub(crate) overview: Overview,
    /// Only rows with a difference.
    pub(crate) differing: bool,
}

/// One agent in all stages.
pub(crate) struct StagesShown {
    pub(crate) agent: AgentId,
    pub(crate) stages: AgentStages,
}

impl OverviewShown {
    fn name_of(&self, environment: &EnvironmentId) -> &str {
        let stage = self.overview.stages.iter().find(|stage| stage.environment.id == *environment);
        stage.map_or("", |stage| &stage.environment.name)
    }

    fn rows(&self) -> impl Iterator<Item = &OverviewRow> {
        self.overview.rows.iter().filter(|row| !self.differing || row.is_noteworthy())
    }
}

/// Reads all environments and shows them beside each other.
pub(crate) async fn overview(invocation: &Invocation, args: OverviewArgs) -> Result<Exit, Failure> {
    let engine = invocation.engine()?;
    if let Some(agent) = args.agent {
        let agent = AgentId::new(agent)?;
        let stages = engine.agent_stages(&agent, None, AskForKey::Now, &invocation.context()).await?;
        let unread = stages.stages.iter().all(|stage| stage.present.is_err());
        let exit = if unread && !stages.stages.is_empty() { Exit::Failed } else { Exit::Done };
        invocation.result(&StagesShown { agent, stages })?;
        return Ok(exit);
    }
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
