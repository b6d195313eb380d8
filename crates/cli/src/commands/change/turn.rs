//! Applying the plans of a command one after another: what was agreed to, and, with `--wait`, an apply whose turn comes later than
//! its plan was made.

use aidb_core::numbers::counted;
use aidb_core::operations::{
    Agreement, Applied, BatchOptions, Consent, Context, Deletion, Engine, Error, Target, WhenBusy, WhenMoved,
};

use super::planned::{Asking, Flags, Planned, Purpose, plans};
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::prompt;
use crate::signals;

/// What it takes to apply the plans of a command one after another.
#[derive(Clone, Copy)]
pub(crate) struct Turn<'a> {
    pub(crate) invocation: &'a Invocation,
    pub(crate) engine: &'a Engine,
    /// `import`, `promote` or `rollback`.
    pub(crate) action: &'static str,
    pub(crate) target: &'a Target,
    pub(crate) flags: Flags,
    pub(crate) context: &'a Context,
    /// How several agents take turns.
    pub(crate) batch: &'a BatchOptions,
}

/// What happens where the target moved while a command waited: whoever says `--yes` agrees to the goal, a person at the terminal
/// to the plan that is shown, and where nobody is asked nothing more is taken away than was shown.
pub(super) fn when_moved(invocation: &Invocation, planned: &[Planned], flags: Flags, context: &Context) -> WhenMoved {
    let saved = planned.iter().any(|planned| planned.proposal.is_saved());
    match (context.when_busy, flags.to_changes) {
        (WhenBusy::Refuse, _) => WhenMoved::Refuse,
        _ if saved => WhenMoved::Refuse,
        (WhenBusy::Wait, Asking::Never) => WhenMoved::PlanAgain,
        (WhenBusy::Wait, Asking::IfPossible) if invocation.screen.can_ask() => WhenMoved::SameChanges,
        (WhenBusy::Wait, Asking::IfPossible) => WhenMoved::NoNewLoss,
    }
}

impl Turn<'_> {
    /// The consent to these plans, by flags or by asking.
    pub(crate) async fn consent(self, planned: &[Planned]) -> Result<Consent, Failure> {
        let changes = planned.iter().map(|planned| planned.proposal.plan.item_count()).sum();
        let consent =
            Consent { changes: agree(self, changes).await?, deletion: agree_to_deletion(self, planned).await? };
        for planned in planned {
            self.engine.refuse_without_consent(self.target, &planned.proposal.plan, &consent).map_err(Error::from)?;
        }
        Ok(consent)
    }

    /// Applies a plan. Where the target moved while it waited and a person is there, the new plan is shown and asked about, as
    /// often as that happens.
    pub(super) async fn apply(self, planned: &mut Planned, agreed: &Consent) -> Result<Applied, Failure> {
        let mut consent = agreed.clone();
        loop {
            signals::changes_begin();
            let error = match self.engine.apply(self.target, &planned.proposal, &consent, self.context).await {
                Ok(applied) => return Ok(applied),
                Err(error) => error,
            };
            let asks = self.context.when_moved == WhenMoved::SameChanges;
            let Error::TargetChanged { drift, now, .. } = &error else { return Err(error.into()) };
            // An item that was chosen may be gone by now; then the whole new plan is told, and nothing asked.
            let Some(again) = asks.then(|| now.chosen().ok()).flatten() else { return Err(error.into()) };
            self.invocation.quiet_progress();
            let what = drift.first().map(|first| format!(" {first}")).unwrap_or_default();
            let server = &self.target.name;
            self.invocation
                .screen
                .note(&format!("{server} changed while this waited.{what} The plan would be this now:"));
            planned.proposal = again;
            let shown = std::slice::from_ref(&*planned);
            self.invocation.screen.meanwhile(&plans(self.action, Purpose::Apply, self.target, shown))?;
            consent = self.consent(std::slice::from_ref(&*planned)).await?;
        }
    }
}

/// Asks whether the changes are to be made, where somebody is there. What has to be agreed to and was not, the engine refuses.
async fn agree(turn: Turn<'_>, changes: usize) -> Result<Agreement, Failure> {
    let Turn { invocation, target, flags, .. } = turn;
    if flags.to_changes == Asking::Never {
        return Ok(Agreement::Flag);
    }
    if changes == 0 || !invocation.screen.can_ask() {
        return Ok(Agreement::NotAsked);
    }
    let count = counted(changes, "change");
    if target.is_protected() {
        let what = format!("{} is protected. {count} would be applied to it.", target.name);
        return Ok(Agreement::NameTyped(prompt::agree_by_typing(&what, &target.name, &invocation.cancel).await?));
    }
    prompt::agree(&format!("Apply {count} to {}?", target.name), &invocation.cancel).await?;
    Ok(Agreement::NotAsked)
}

/// Deleting an agent takes its key with it for good: asked for by itself, and not covered by `--yes`.
async fn agree_to_deletion(turn: Turn<'_>, planned: &[Planned]) -> Result<Deletion, Failure> {
    let Turn { invocation, target, flags, .. } = turn;
    let deleted = planned.iter().find(|planned| planned.proposal.plan.deletes_agent());
    match deleted {
        Some(planned) if flags.to_deletion == Deletion::Refused && invocation.screen.can_ask() => {
            let agent = planned.proposal.plan.agent_id.as_str();
            let what =
                format!("This deletes the agent {agent} in {}; its present key stops working for good.", target.name);
            prompt::agree_by_typing(&what, agent, &invocation.cancel).await?;
            Ok(Deletion::Agreed)
        }
        _ => Ok(flags.to_deletion),
    }
}
