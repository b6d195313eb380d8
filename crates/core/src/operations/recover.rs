//! Recovery: an operation whose process died is recovered from its record and from what the target has now (docs/RULES.md#recovery).
//!
//! An operation without an end whose agent's lock is free was left by a dead process. It leads back to where the target was,
//! unless the plan's end is there already; a person may have it finished instead. Recovery keeps no progress of its own, so it
//! can be killed at any point and begun again. What cannot be recovered now waits, with its reason, and nothing else is applied
//! to its agent until then.

use super::apply::{outcome_json, state_of};
use super::target::server_key;
use super::{Context, Engine, Error, LinkDatabase, Target, TargetRequest};
use crate::apply::{ApplyReport, Credentials, KeyStanding, Outcome, RecoveryMode};
use crate::error::ErrorReport;
use crate::plan::{PLAN_FORMAT, Plan};
use crate::store::{
    AgentLock, End, NewOperation, OpenOperation, OperationId, OperationKind, OperationState, OperationSummary,
};

/// Operation to recover, and how.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecoveryRequest<'a> {
    /// One operation; every one without it.
    pub operation: Option<&'a OperationId>,
    /// Back, unless a person wants it finished.
    pub mode: RecoveryMode,
    /// A server with a key that was given for this run: used for the operations on that server.
    pub target: Option<&'a Target>,
}

/// An operation that had no end, and what became of it.
#[derive(Clone, Debug)]
pub struct Recovered {
    /// As it was left.
    pub interrupted: OperationSummary,
    /// What became of it.
    pub end: RecoveryEnd,
}

/// End of an interrupted operation.
#[derive(Clone, Debug)]
pub enum RecoveryEnd {
    /// Had not written anything, and its record says so now.
    NothingWritten,
    /// Has ended.
    Recovered {
        /// What was put back or finished, and what is left.
        report: Box<ApplyReport>,
        /// In one sentence.
        sentence: String,
        /// The recovery's own entry in the history.
        recovery: OperationId,
        /// Failure to clear up afterwards.
        unrecorded: Option<ErrorReport>,
    },
    /// Waits for something that is not there now: the server, its key, an open keychain.
    Waiting {
        /// For what.
        reason: ErrorReport,
    },
    /// Has not been interrupted: somebody is at it.
    UnderWay,
}

/// An operation that has no end.
#[derive(Clone, Debug)]
pub struct Interrupted {
    /// The record.
    pub operation: OperationSummary,
    /// Whether somebody is at it, or its process died.
    pub owner: Owner,
}

/// Whether a process is at an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// One is.
    AtWork,
    /// No process has its lock: the one that did has died.
    Gone,
}

impl Engine {
    /// The operations without an end, oldest first. Sends nothing, recovers nothing.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn interrupted(&self) -> Result<Vec<Interrupted>, Error> {
        let store = self.store().await?;
        let mut interrupted = Vec::new();
        for open in store.open_operations().await? {
            let owner = match self.lock_of(&open.summary).await? {
                Some(_) => Owner::Gone,
                None => Owner::AtWork,
            };
            interrupted.push(Interrupted { operation: open.summary, owner });
        }
        Ok(interrupted)
    }

    /// Recovers what dead processes left, oldest first. What cannot be recovered is no error: it waits, and says for what.
    ///
    /// # Errors
    /// The store cannot be read or written; no such operation.
    pub async fn recover(&self, request: RecoveryRequest<'_>, context: &Context) -> Result<Vec<Recovered>, Error> {
        let mut recovered = Vec::new();
        for open in self.chosen(request.operation).await? {
            recovered.extend(self.recover_one(&open.summary, request, context).await?);
        }
        Ok(recovered)
    }

    /// Ends an operation as it stands, because a person says that nothing more is to be done about it.
    ///
    /// # Errors
    /// No such operation without an end, somebody is at it, or the store cannot be written.
    pub async fn leave(&self, operation: &OperationId) -> Result<OperationSummary, Error> {
        let mut chosen = self.chosen(Some(operation)).await?;
        let open = chosen.pop().ok_or_else(|| Error::EntryNotFound { id: operation.to_string() })?;
        let summary = open.summary.clone();
        let _lock = self.lock_of(&open.summary).await?.ok_or_else(|| busy(&summary))?;
        if summary.state == OperationState::Prepared {
            self.close_unwritten(&open).await?;
            return Ok(summary);
        }
        let text = format!("Left as it is by {}: what it had changed was not put back.", self.settings.actor);
        let end = End {
            state: OperationState::NeedsAttention,
            summary: &text,
            outcome_json: None,
            cause: None,
            at: self.now(),
        };
        self.store().await?.finish_recovery(operation, &self.recovery_of(&summary), &end).await?;
        Ok(summary)
    }

    async fn chosen(&self, operation: Option<&OperationId>) -> Result<Vec<OpenOperation>, Error> {
        let mut open = self.store().await?.open_operations().await?;
        if let Some(id) = operation {
            open.retain(|open| open.summary.id == *id);
            if open.is_empty() {
                return Err(Error::NothingToRecover { id: id.to_string() });
            }
        }
        Ok(open)
    }

    /// `None` where somebody else has recovered it meanwhile.
    async fn recover_one(
        &self,
        interrupted: &OperationSummary,
        request: RecoveryRequest<'_>,
        context: &Context,
    ) -> Result<Option<Recovered>, Error> {
        let ended = |end| Some(Recovered { interrupted: interrupted.clone(), end });
        let Some(_lock) = self.lock_of(interrupted).await? else { return Ok(ended(RecoveryEnd::UnderWay)) };
        let store = self.store().await?;
        // Read again with the lock in hand: its process may have ended it a moment ago.
        let open = store.open_operations().await?.into_iter().find(|open| open.summary.id == interrupted.id);
        let Some(open) = open else { return Ok(None) };
        let recovered = match open.summary.state {
            OperationState::Prepared => self.close_unwritten(&open).await.map(|()| RecoveryEnd::NothingWritten),
            _ => self.recover_from_target(&open, request, context).await,
        };
        let end = match recovered {
            Ok(end) => end,
            // Without the store nothing can be noted, and the next start has to find this as it was.
            Err(Error::Store(error)) => return Err(error.into()),
            // Its own words: what was interrupted did change something.
            Err(Error::Connector(error)) => RecoveryEnd::Waiting { reason: ErrorReport::of(&error) },
            Err(error) => RecoveryEnd::Waiting { reason: error.report() },
        };
        if let RecoveryEnd::Waiting { reason } = &end {
            store.note_waiting(&open.summary.id, reason, None).await?;
        }
        Ok(ended(end))
    }

    async fn recover_from_target(
        &self,
        open: &OpenOperation,
        request: RecoveryRequest<'_>,
        context: &Context,
    ) -> Result<RecoveryEnd, Error> {
        let operation = &open.summary;
        let plan = plan_of(open)?;
        let target = self.target_of_operation(operation, request.target).await?;
        let credentials = match request.mode {
            RecoveryMode::PutBack => Credentials::default(),
            RecoveryMode::Finish => self.credentials_to_finish(&target, &plan, open).await?,
        };
        let apply = self.applying(&target, &plan, &credentials, open.key_hash.as_ref(), &operation.id, context).await?;
        // An older aidb did not note it: then any of them may have been sent, and looking tells.
        let sent = open.sent.unwrap_or(plan.changes.len());
        let report = apply.recover(sent, open.heading, request.mode).await?;
        if !report.is_final() {
            return Ok(RecoveryEnd::Waiting { reason: report.waiting(&plan) });
        }
        let (sentence, outcome) = (report.sentence(&plan), outcome_json(&report)?);
        let state = state_of(report.outcome);
        let end = End { state, summary: &sentence, outcome_json: Some(&outcome), cause: None, at: self.now() };
        // Before the record is closed: after that, nobody would look for the key any more.
        let forgotten = match report.outcome {
            _ if report.key == Some(KeyStanding::Anothers) => self.forget_made_key(open).await,
            Outcome::PutBack => self.forget_made_key(open).await,
            Outcome::Done | Outcome::NeedsAttention => Ok(()),
        };
        let recovery = self.store().await?.finish_recovery(&operation.id, &self.recovery_of(operation), &end).await?;
        let unrecorded = apply.journal.missed().map(Error::from).or(forgotten.err()).map(|error| error.report());
        Ok(RecoveryEnd::Recovered { report: Box::new(report), sentence, recovery, unrecorded })
    }

    /// Target of the operation, by a key that was given for that server, or by the one that its environment has.
    async fn target_of_operation(&self, operation: &OperationSummary, given: Option<&Target>) -> Result<Target, Error> {
        let server = server_key(&operation.server.url);
        if let Some(given) = given.filter(|given| server_key(&given.server.url) == server) {
            return Ok(given.clone());
        }
        // A profile that was led elsewhere since names another server, and its key is not for this one.
        let profile = self.profile_of(&operation.server).await?.filter(|profile| server_key(&profile.url) == server);
        let environment = profile.map(|profile| profile.id.to_string());
        let url = environment.is_none().then(|| operation.server.url.clone());
        self.target(&TargetRequest { environment, url, ..TargetRequest::default() }).await
    }

    /// The secrets that the rest of a plan may need.
    async fn credentials_to_finish(
        &self,
        target: &Target,
        plan: &Plan,
        open: &OpenOperation,
    ) -> Result<Credentials, Error> {
        let agent_key = match &open.key_hash {
            Some(hash) if plan.registers() => {
                let missing =
                    || Error::AgentKeyMissing { agent: plan.agent_id.to_string(), server: target.name.clone() };
                Some(self.kept_agent_key(&open.summary, hash).await?.ok_or_else(missing)?.credentials())
            }
            _ => None,
        };
        let connection_string = match plan.database_to_link() {
            Some(database) => self.connection_string(target, Some(database), &LinkDatabase::Remembered).await?,
            None => None,
        };
        Ok(Credentials { agent_key, connection_string })
    }

    /// An operation that had not begun to write changed nothing at its target.
    pub(super) async fn close_unwritten(&self, open: &OpenOperation) -> Result<(), Error> {
        self.forget_made_key(open).await?;
        let text = "aidb was ended before anything was written. Nothing was changed.";
        let end = End { state: OperationState::Failed, summary: text, outcome_json: None, cause: None, at: self.now() };
        self.close(&open.summary.id, &end).await
    }

    /// The agent that the key was made for is gone again, or never was.
    async fn forget_made_key(&self, open: &OpenOperation) -> Result<(), Error> {
        let Some(hash) = &open.key_hash else { return Ok(()) };
        match self.kept_agent_key(&open.summary, hash).await? {
            Some(made) => made.forget().await,
            None => Ok(()),
        }
    }

    fn recovery_of(&self, operation: &OperationSummary) -> NewOperation {
        NewOperation {
            kind: OperationKind::Recovery,
            server: operation.server.clone(),
            agent_id: operation.agent_id.clone(),
            mode: operation.mode.clone(),
            actor: self.settings.actor.clone(),
            reason: None,
            started_at: self.now(),
            plan_json: None,
            fingerprint: None,
            source: Some(operation.id.to_string()),
            program: self.settings.program,
            saved_plan: None,
            counts: None,
            batch: None,
        }
    }

    /// The lock of an operation's agent, where nobody has it.
    async fn lock_of(&self, operation: &OperationSummary) -> Result<Option<AgentLock>, Error> {
        Ok(self.store().await?.try_lock(&server_key(&operation.server.url), &operation.agent_id)?)
    }
}

fn busy(operation: &OperationSummary) -> Error {
    let server = operation.server.called().to_owned();
    Error::AgentBusy { agent: operation.agent_id.to_string(), server, holder: Some(Box::new(operation.clone())) }
}

fn plan_of(open: &OpenOperation) -> Result<Plan, Error> {
    let unusable = |reason: String| Error::PlanUnusable { reason };
    let text = open.plan_json.as_deref().ok_or_else(|| unusable("its record holds no plan.".into()))?;
    let plan: Plan =
        serde_json::from_str(text).map_err(|error| unusable(format!("its record is damaged ({error}).")))?;
    if plan.format != PLAN_FORMAT {
        return Err(unusable(format!("it has format {}, and this aidb applies format {PLAN_FORMAT}.", plan.format)));
    }
    Ok(plan)
}
