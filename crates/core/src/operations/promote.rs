//! Promote: export → validate → plan from one environment to another. Applied like any other plan.

use super::target::same_server;
use super::{Context, Engine, Error, ImportOptions, Proposal, ProposalSource, Target};
use crate::config::AgentId;
use crate::plan::{Note, NoteCode, NoteWeight};

impl Engine {
    /// Plans a promotion. What was read from the source is part of the proposal: applying reads the source no more.
    ///
    /// # Errors
    /// Both are the same server, the source does not have the agent or holds what no configuration may hold, or the target
    /// cannot be read.
    pub async fn propose_promotion(
        &self,
        from: &Target,
        agent: &AgentId,
        to: &Target,
        options: &ImportOptions,
        context: &Context,
    ) -> Result<Proposal, Error> {
        if same_server(from.connector.url(), to.connector.url()) {
            return Err(Error::SameServer { from: from.name.clone(), to: to.name.clone() });
        }
        let export = self.export(from, agent, context).await?;
        let source = ProposalSource::Promotion { from: from.name.clone() };
        let mut proposal = self.propose(to, &export.configuration, options, source, context).await?;
        if export.withheld() > 0 {
            proposal.plan.notes.push(stays_behind(export.withheld(), &from.name));
        }
        Ok(proposal)
    }
}

fn stays_behind(fields: usize, from: &str) -> Note {
    let message = match fields {
        1 => format!("1 field of the agent in {from} looks like a secret and stays there."),
        _ => format!("{fields} fields of the agent in {from} look like secrets and stay there."),
    };
    Note { code: NoteCode::Withheld, weight: NoteWeight::Info, message, resource: None }
}
