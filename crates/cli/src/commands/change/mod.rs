//! What import, promotion and rollback share: the plan is shown, agreed to, applied, and its end told.

mod human;
mod json;
mod plan_human;
mod plan_json;
mod planned;
mod saved;
mod turn;

pub(crate) use human::leftovers;
pub(crate) use planned::{Asking, Flags, Planned};
pub(crate) use turn::Turn;

use std::path::PathBuf;
use std::sync::Arc;

use aidb_core::apply::Outcome;
use aidb_core::config::Finding;
use aidb_core::error::{ErrorCode, ErrorReport};
use aidb_core::operations::{AgentEnd, Applied, BatchEnd, BatchStop, Beside, Consent, Context, Target};
use aidb_core::plan::Plan;
use aidb_core::store::{Batch, BatchId};

use crate::args::ApplyArgs;
use crate::exit::{self, Exit};
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::shell::quoted;
use crate::signals;
use crate::variables;
use planned::{Purpose, plans};

/// One plan that was applied.
pub(crate) struct ChangeDone {
    /// The environment's name, or the URL.
    pub(crate) server: String,
    /// The environment's name, where there is one.
    pub(crate) environment: Option<String>,
    pub(crate) url: String,
    /// The file, the agent and where it comes from, or the backup's id.
    pub(crate) source: String,
    /// Findings of the validation.
    pub(crate) findings: Vec<Finding>,
    pub(crate) plan: Plan,
    pub(crate) applied: Applied,
    /// The file that its backup is in besides.
    pub(crate) backup_file: Option<PathBuf>,
    /// The file that its key was in, and is not any more, because it opens nothing.
    pub(crate) key_withdrawn_from: Option<PathBuf>,
    /// Whether it is one of several agents.
    pub(crate) among: Among,
}

/// Whether a plan is one of several of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Among {
    Several,
    /// Is the only one.
    Itself,
}

/// All plans of a command, as far as they came.
pub(crate) struct ChangesDone {
    /// `import`, `promote` or `rollback`.
    pub(crate) action: &'static str,
    /// Changes that were begun, in order; any of them may have failed.
    pub(crate) items: Vec<ChangeDone>,
    /// Sources that could not be begun, and why.
    pub(crate) refused: Vec<(String, Failure)>,
    /// Sources that were not reached.
    pub(crate) not_started: Vec<String>,
    /// The batch, of several agents.
    pub(crate) batch: Option<BatchDone>,
}

/// A batch as far as it came.
pub(crate) struct BatchDone {
    pub(crate) id: BatchId,
    /// Why some agents were not begun.
    pub(crate) stopped: Option<BatchStop>,
}

impl ChangeDone {
    /// End, where it did not end well, as an error.
    pub(crate) fn error(&self) -> ErrorReport {
        let report = &self.applied.report;
        let sentence = self.sentence();
        let message = match &report.cause {
            Some(cause) if !report.cancelled => format!("{sentence} {}", cause.message),
            _ => sentence,
        };
        ErrorReport {
            code: self.code(),
            message,
            plain: None,
            hint: self.hint(),
            details: report.cause.as_ref().map(|cause| cause.details.clone()).unwrap_or_default(),
        }
    }

    /// Hint. What could not be put back is not the person's to do by hand.
    pub(crate) fn hint(&self) -> Option<String> {
        if !self.applied.report.is_final() {
            return Some("aidb tries again at its next start. To do it now: aidb recover".into());
        }
        self.applied.report.cause.as_ref().and_then(|cause| cause.hint.clone())
    }

    /// End, in one sentence.
    pub(crate) fn sentence(&self) -> String {
        self.applied.report.sentence(&self.plan)
    }

    /// The command that leads back, where there is one to offer: by the file, which works on another machine too.
    pub(crate) fn way_back(&self) -> Option<String> {
        let backup = self.applied.way_back()?;
        Some(match (&self.backup_file, self.among) {
            (None, _) => format!("aidb migrate rollback --backup {}", backup.summary.id),
            (Some(file), Among::Itself) => {
                format!("aidb migrate rollback --backup {}", quoted(&file.display().to_string()))
            }
            (Some(file), Among::Several) => {
                format!(
                    "aidb migrate rollback --backup {} -a {}",
                    quoted(&file.display().to_string()),
                    quoted(backup.summary.agent_id.as_str())
                )
            }
        })
    }

    fn code(&self) -> ErrorCode {
        match (self.applied.report.outcome, self.applied.report.cancelled) {
            (Outcome::NeedsAttention, _) => ErrorCode::NeedsAttention,
            (_, true) => ErrorCode::Interrupted,
            (_, false) => ErrorCode::PutBack,
        }
    }

    /// A key that may not write is the key's fault, also where everything was put back.
    fn exit(&self) -> Exit {
        let report = &self.applied.report;
        let refused = report.cause.as_ref().map(|cause| exit::of(cause.code)) == Some(Exit::NotAuthorised);
        match report.outcome {
            // It stands, and the history, where it would have been looked for, does not say so.
            Outcome::Done if self.applied.unrecorded.is_some() => Exit::Unwritten,
            Outcome::Done => Exit::Done,
            Outcome::PutBack if refused => Exit::NotAuthorised,
            _ => exit::of(self.code()),
        }
    }
}

impl ChangesDone {
    /// Whatever made the first one fail: where others were changed and stay so, something is left to do.
    fn exit(&self) -> Exit {
        let ends = self.items.iter().map(ChangeDone::exit);
        let refused = self.refused.iter().map(|(_, failure)| exit::of(failure.report().code));
        let worst = ends.chain(refused).find(|exit| *exit != Exit::Done);
        let unreached = (!self.not_started.is_empty()).then_some(Exit::Interrupted);
        let Some(worst) = worst.or(unreached) else { return Exit::Done };
        let stays = self.items.iter().any(|item| !item.applied.report.applied.is_empty());
        let all_done = self.items.iter().all(|item| item.applied.report.outcome == Outcome::Done);
        // Unrecorded alone leaves nothing to do at the server.
        let partly = stays && !(all_done && self.refused.is_empty() && self.not_started.is_empty());
        if partly { Exit::NeedsAttention } else { worst }
    }

    /// Number of agents that are done.
    pub(crate) fn done(&self) -> usize {
        self.items.iter().filter(|item| item.applied.report.outcome == Outcome::Done).count()
    }
}

impl Turn<'_> {
    /// What a command does with its plans: shows them as the result of a dry run, or asks and applies them in order.
    pub(crate) async fn end(self, planned: Vec<Planned>, args: &ApplyArgs) -> Result<Exit, Failure> {
        if !args.dry_run {
            return self.carry_out(planned).await;
        }
        saved::save(self, &planned, args).await?;
        self.invocation.result(&plans(self.action, Purpose::DryRun, self.target, &planned))?;
        let would_change = planned.iter().any(|planned| !planned.proposal.plan.is_empty());
        Ok(if would_change && args.detailed_exitcode { Exit::Differs } else { Exit::Done })
    }

    /// Shows the plans, asks, and applies them: one by itself, several as a batch.
    async fn carry_out(self, planned: Vec<Planned>) -> Result<Exit, Failure> {
        let Turn { invocation, engine, action, target, flags, context, .. } = self;
        let changes: usize = planned.iter().map(|planned| planned.proposal.plan.item_count()).sum();
        // What stays different is worth seeing even where nothing can be done about it.
        if planned.iter().any(|planned| planned.proposal.plan.differs()) {
            invocation.quiet_progress();
            invocation.screen.meanwhile(&plans(action, Purpose::Apply, target, &planned))?;
        }
        for planned in &planned {
            engine.refuse_lost_key(target, &planned.proposal.plan, context).await?;
        }
        let consent = self.consent(&planned).await?;
        tell_ci(invocation, changes, context);
        let context = Context { when_moved: turn::when_moved(invocation, &planned, flags, context), ..context.clone() };
        let turn = Turn { context: &context, ..self };
        let done = match planned.len() {
            1 => turn.apply_one(planned, &consent).await?,
            _ => {
                signals::changes_begin();
                let proposals = planned.iter().map(|planned| planned.proposal.clone()).collect();
                let end = engine.apply_batch(target, proposals, &consent, self.batch, &context).await?;
                turn.batch_done(planned, end)
            }
        };
        tell_unwritten(invocation, &context);
        Ok(invocation.changed(&done, done.exit()))
    }

    /// Shows what going on with a batch would do, asks, and goes on.
    pub(crate) async fn resume(self, batch: &Batch, planned: Vec<Planned>) -> Result<Exit, Failure> {
        let Turn { invocation, engine, action, target, context, .. } = self;
        invocation.quiet_progress();
        invocation.screen.meanwhile(&plans(action, Purpose::Apply, target, &planned))?;
        let consent = self.consent(&planned).await?;
        signals::changes_begin();
        let end = engine.resume_batch(target, batch, &consent, &self.batch.stop, context).await?;
        let done = self.batch_done(planned, end);
        Ok(invocation.changed(&done, done.exit()))
    }

    async fn apply_one(self, planned: Vec<Planned>, consent: &Consent) -> Result<ChangesDone, Failure> {
        let mut done = ChangesDone {
            action: self.action,
            items: Vec::new(),
            refused: Vec::new(),
            not_started: Vec::new(),
            batch: None,
        };
        for mut planned in planned {
            let applied = self.apply(&mut planned, consent).await?;
            done.items.push(finished(self.target, planned, applied, Among::Itself, self.context));
        }
        Ok(done)
    }

    fn batch_done(self, planned: Vec<Planned>, end: BatchEnd) -> ChangesDone {
        let batch = Some(BatchDone { id: end.batch, stopped: end.stopped });
        let mut done =
            ChangesDone { action: self.action, items: Vec::new(), refused: Vec::new(), not_started: Vec::new(), batch };
        for (planned, end) in planned.into_iter().zip(end.ends) {
            match end {
                AgentEnd::Applied(applied) => {
                    done.items.push(finished(self.target, planned, *applied, Among::Several, self.context));
                }
                AgentEnd::Refused(error) => done.refused.push((planned.source, error.into())),
                AgentEnd::NotStarted => done.not_started.push(planned.source),
            }
        }
        done
    }
}

/// In CI store and vault go with the machine, and with them the way back and the key of a new agent.
fn tell_ci(invocation: &Invocation, changes: usize, context: &Context) {
    if changes > 0 && context.backup_out.is_none() && context.agent_key_out.is_none() && variables::in_ci() {
        invocation.screen.note(
            "This runs in CI, and what aidb keeps here may be gone with the machine. Keep the backup with --backup-out FILE, and \
             the key of an agent that is new with --agent-key-out FILE.",
        );
    }
}

/// A file that was asked for and is not there, because there was nothing to put into it.
fn tell_unwritten(invocation: &Invocation, context: &Context) {
    if let Some(out) = context.backup_out.as_ref().filter(|out| out.is_empty()) {
        let path = out.path().display();
        invocation
            .screen
            .note(&format!("Nothing was to be changed, so no backup was taken and {path} was not written."));
    }
}

fn finished(target: &Target, planned: Planned, applied: Applied, among: Among, context: &Context) -> ChangeDone {
    let path_of = |out: &Option<Arc<Beside>>| out.as_ref().map(|out| out.path().to_owned());
    let withdrawn = planned.proposal.plan.registers() && applied.agent_key.is_none();
    ChangeDone {
        backup_file: applied.backup.as_ref().and_then(|_| path_of(&context.backup_out)),
        key_withdrawn_from: path_of(&context.agent_key_out).filter(|_| withdrawn),
        among,
        server: target.name.clone(),
        environment: target.server.environment_name.clone(),
        url: target.server.url.clone(),
        source: planned.source,
        findings: planned.findings,
        plan: applied.made_again.as_deref().cloned().unwrap_or(planned.proposal.plan),
        applied,
    }
}
