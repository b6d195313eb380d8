//! What an apply does whose turn came later than its plan was made: while it waited, somebody may have changed the target.
//!
//! One rule for every front end. A saved plan is never made again: somebody agreed to exactly that one. Any other is made again
//! from what is there now, and applied where whoever asked for it has agreed to that as well; else nothing is written, and what
//! moved and the new plan are said.

use super::{Consent, Context, Engine, Error, Proposal, Target};
use crate::plan::{Change, Plan};

/// Behaviour where the target moved before an apply had its turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenMoved {
    /// Nothing is written.
    #[default]
    Refuse,
    /// The plan is made again, and applied where it makes the same changes as the one that a person agreed to.
    SameChanges,
    /// The plan is made again, and applied where it takes nothing away that the first one left: nobody was asked about either.
    NoNewLoss,
    /// The plan is made again, and applied: whoever asked for it agreed to the goal, by whatever changes it is reached.
    PlanAgain,
}

impl WhenMoved {
    /// Whether a plan that was made again may be applied in the place of the first one.
    fn allows(self, first: &Plan, again: &Plan) -> bool {
        match self {
            Self::Refuse => false,
            Self::SameChanges => first.changes == again.changes,
            Self::NoNewLoss => first.changes == again.changes || !takes_more(first, again),
            Self::PlanAgain => true,
        }
    }
}

/// Whether a plan takes anything away that the other one left.
fn takes_more(first: &Plan, again: &Plan) -> bool {
    if again.deletes_agent() && !first.deletes_agent() {
        return true;
    }
    again.changes.iter().any(|change| {
        let agreed = first.changes.iter().find(|before| before.key() == change.key());
        let (_, lost) = change.gained_and_lost();
        let (_, lost_before) = agreed.map(Change::gained_and_lost).unwrap_or_default();
        let is_removal = |change: &Change| matches!(change, Change::Revoke { .. });
        !lost.minus(lost_before).is_empty() || (is_removal(change) && !agreed.is_some_and(is_removal))
    })
}

impl Engine {
    /// What is applied in the place of the proposal, where the target moved while it waited for its turn. Called with the lock
    /// in hand, so that it moves no more.
    pub(super) async fn made_again(
        &self,
        target: &Target,
        proposal: &Proposal,
        consent: &Consent,
        context: &Context,
    ) -> Result<Option<Proposal>, Error> {
        if context.when_moved == WhenMoved::Refuse || proposal.is_saved() {
            return Ok(None);
        }
        let first = &proposal.plan;
        let (whole, live) = self.plan(target, &first.agent_id, proposal.goal.borrow(), first.mode, context).await?;
        if first.was_made_from(&live) {
            return Ok(None);
        }
        let now = proposal.made_from(whole, live);
        let Ok(again) = now.chosen() else { return Err(proposal.target_changed(target, now)) };
        // A link that the first plan did not need has nothing to be made with.
        let lacks_string = again.plan.links_database() && again.connection_string.is_none();
        if lacks_string || !context.when_moved.allows(first, &again.plan) {
            return Err(proposal.target_changed(target, now));
        }
        self.refuse_unusable(target, &again.plan, consent)?;
        Ok(Some(again))
    }
}
