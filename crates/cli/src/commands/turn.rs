//! `--wait`: an apply whose turn comes later than its plan was made, and what was agreed to then.

use aidb_core::operations::{Applied, Consent, Context, Engine, Error, Target, WhenBusy, WhenMoved};

use super::change::{Asking, Flags, Planned, Purpose, plans};
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::signals;

/// What it takes to apply the plans of a command one after another.
#[derive(Clone, Copy)]
pub(super) struct Turn<'a> {
    pub(super) invocation: &'a Invocation,
    pub(super) engine: &'a Engine,
    /// `import`, `promote` or `rollback`.
    pub(super) action: &'static str,
    pub(super) target: &'a Target,
    pub(super) flags: Flags,
    pub(super) context: &'a Context,
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
