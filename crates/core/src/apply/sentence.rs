//! How an apply ended, in the one sentence that a person reads: done, or put back, or what is left.

use super::{ApplyReport, Outcome};
use crate::error::ErrorCode;
use crate::numbers::{counted_as, grouped};
use crate::plan::Plan;

impl ApplyReport {
    /// The sentence.
    #[must_use]
    pub fn sentence(&self, plan: &Plan) -> String {
        let agent = &plan.agent_id;
        match self.outcome {
            Outcome::Done => match plan.items_of(&self.applied) {
                0 if !plan.differs() => format!("Nothing to change: {agent} already matches."),
                0 if plan.unchangeable.is_empty() => {
                    format!("Nothing to change: all but the database link of {agent} matches.")
                }
                0 => format!("Nothing to change: what differs at {agent} the server cannot change."),
                1 => format!("1 change to {agent} was made and verified."),
                count => format!("{} changes to {agent} were made and verified.", grouped(count)),
            },
            Outcome::PutBack => format!("{}, and {}", self.why(), self.way_back(plan)),
            Outcome::NeedsAttention => {
                let items = counted_as(self.left.len(), "item is", "items are");
                format!("{}, and {items} neither as planned nor as before.", self.why())
            }
        }
    }

    fn why(&self) -> String {
        match (&self.stopped_at, self.cancelled) {
            (_, true) => "The apply was stopped".into(),
            (None, false) if self.was_interrupted() => "The apply was interrupted".into(),
            (Some(change), false) => format!("The apply failed at {change}"),
            (None, false) => "The apply failed".into(),
        }
    }

    fn was_interrupted(&self) -> bool {
        self.cause.as_ref().is_some_and(|cause| cause.code == ErrorCode::Interrupted)
    }

    fn way_back(&self, plan: &Plan) -> String {
        match plan.items_of(&self.put_back) {
            // It may have been put back already, by a recovery that was interrupted itself.
            0 if self.was_interrupted() && !self.cancelled => format!("{} is as it was before.", plan.agent_id),
            0 => "nothing was changed.".into(),
            1 => "the 1 change that had been made was put back.".into(),
            count => format!("the {} changes that had been made were put back.", grouped(count)),
        }
    }
}
