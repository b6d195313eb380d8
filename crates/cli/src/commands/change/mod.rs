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
use aidb_core::operations::{Applied, Beside, Consent, Context, Target};
use aidb_core::plan::Plan;

use crate::args::ApplyArgs;
use crate::exit::{self, Exit};
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::shell::quoted;
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
    /// Changes that were begun, in order; the last one may have failed.
    pub(crate) items: Vec<ChangeDone>,
    /// The one that could not be begun, and why.
    pub(crate) stopped: Option<(String, Failure)>,
    /// Sources that were not reached.
    pub(crate) not_started: Vec<String>,
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
    /// Whatever made the last one fail: where others before it were changed and stay so, something is left to do.
    fn exit(&self) -> Exit {
        let last = match &self.stopped {
            Some((_, failure)) => exit::of(failure.report().code),
            None => self.items.last().map_or(Exit::Done, ChangeDone::exit),
        };
        let stays = self.items.iter().any(|item| !item.applied.report.applied.is_empty());
        if last != Exit::Done && stays { Exit::NeedsAttention } else { last }
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

    /// Shows the plans, asks, and applies them in order. Stops at the first that does not end well.
    async fn carry_out(self, planned: Vec<Planned>) -> Result<Exit, Failure> {
        let Turn { invocation, engine, action, target, flags, context } = self;
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
        let done = apply_all(Turn { context: &context, ..self }, planned, &consent).await?;
        tell_unwritten(invocation, &context);
        Ok(invocation.changed(&done, done.exit()))
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

async fn apply_all(turn: Turn<'_>, planned: Vec<Planned>, consent: &Consent) -> Result<ChangesDone, Failure> {
    let single = planned.len() == 1;
    let among = if single { Among::Itself } else { Among::Several };
    let mut done = ChangesDone { action: turn.action, items: Vec::new(), stopped: None, not_started: Vec::new() };
    for mut planned in planned {
        if done.exit() != Exit::Done {
            done.not_started.push(planned.source);
            continue;
        }
        match turn.apply(&mut planned, consent).await {
            Ok(applied) => done.items.push(finished(turn.target, planned, applied, among, turn.context)),
            Err(failure) if single => return Err(failure),
            Err(failure) => done.stopped = Some((planned.source, failure)),
        }
    }
    Ok(done)
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
