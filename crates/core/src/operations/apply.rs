//! Applying any plan: take the agent's lock, read again, compare, back up, write, verify, record. Import, promotion and rollback
//! all come through here; besides it only `recover.rs` changes a server, and that by the record of an apply that began here.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::agent_key::{AgentKey, MadeKey};
use super::{Approval, Consent, Context, Engine, Error, Proposal, Target, backup_file};
use crate::apply::{Apply, ApplyReport, Credentials, Journal, KeyStanding, Outcome};
use crate::config::AgentState;
use crate::connector::{KeyHash, read_whole_state};
use crate::error::{ErrorReport, Explain as _};
use crate::plan::{Group, PLAN_FORMAT, Plan};
use crate::progress::{Event, Stage};
use crate::store::{Backup, Counts, End, NewBackup, NewOperation, OperationId, OperationState};

/// An apply that came to an end.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The record in the history.
    pub operation: OperationId,
    /// The plan that was carried out, where it was made again because the target had moved: see [`WhenMoved`](super::WhenMoved).
    pub made_again: Option<Box<Plan>>,
    /// The backup from before it; `None` when there was nothing to do.
    pub backup: Option<Backup>,
    /// What was written, put back, or left.
    pub report: ApplyReport,
    /// Key that was made for the agent, when the plan registers one. A key that is not the agent's is kept
    /// nowhere, and none of it is told.
    pub agent_key: Option<AgentKey>,
    /// Reason the history does not know how it ended, where it could not be written. What was written at the server stands.
    pub unrecorded: Option<ErrorReport>,
    /// Time it took.
    pub duration: Duration,
}

impl Applied {
    /// The backup that leads back to where the target was. `None` where there is none, and where restoring it would take away
    /// what is not ours: the agent that somebody else registered.
    #[must_use]
    pub fn way_back(&self) -> Option<&Backup> {
        self.backup.as_ref().filter(|_| self.report.key != Some(KeyStanding::Anothers))
    }
}

impl Engine {
    /// Applies a proposal. No durable backup, no write; and nobody else on this machine writes to the agent meanwhile.
    ///
    /// # Errors
    /// Only from before the first write: somebody else is at it, an interrupted operation has to be recovered first, the target
    /// moved, consent is missing, the backup could not be stored, the agent's key could not be kept. Once writing
    /// has begun, the report says how it ended.
    pub async fn apply(
        &self,
        target: &Target,
        proposal: &Proposal,
        consent: &Consent,
        context: &Context,
    ) -> Result<Applied, Error> {
        self.refuse_unusable(target, &proposal.plan, consent)?;
        if let Approval::Missing { saved_by, saved_at } = proposal.approval() {
            return Err(Error::PlanFromElsewhere { saved_by: saved_by.clone(), saved_at: *saved_at });
        }
        self.refuse_lost_key(target, &proposal.plan, context).await?;
        let started = Instant::now();
        let agent = &proposal.plan.agent_id;
        // Kept until the record is closed: an operation without an end whose lock is free is one whose process died.
        let _lock = self.lock_agent(target, agent, context).await?;
        // Only with the lock: without it, the operation without an end may be one that is running.
        self.refuse_interrupted(target, agent).await?;
        let made_again = self.made_again(target, proposal, consent, context).await?;
        let proposal = made_again.as_ref().unwrap_or(proposal);
        let plan = &proposal.plan;
        // The record comes before the first read, so that a crash anywhere after it is found.
        let operation = self.begin(target, proposal, context).await?;
        let prepared = match self.prepare(target, proposal, &operation, context).await {
            Ok(prepared) => prepared,
            Err(unprepared) => return Err(self.unprepared(&operation, unprepared, context).await),
        };
        let (report, missed) = match &prepared {
            // The plan has no change: it is carried out as it stands.
            None => (ApplyReport::done(plan), None),
            Some(prepared) => self.write(target, proposal, prepared, &operation, context).await?,
        };
        let (backup, made) = prepared.map_or((None, None), |prepared| (Some(prepared.backup), prepared.made_key));
        // Before the record is closed: after that, nobody would look for the key any more.
        let (agent_key, key) = match made {
            Some(made) => made.conclude(&report, context).await,
            None => (None, Ok(())),
        };
        let string = match report.outcome {
            Outcome::Done => self.keep_linked_string(target, proposal).await,
            Outcome::PutBack | Outcome::NeedsAttention => Ok(()),
        };
        let unrecorded = self.finish(&operation, plan, &report).await.err().or(missed).or(key.err()).or(string.err());
        Ok(Applied {
            operation,
            made_again: made_again.map(|proposal| Box::new(proposal.plan)),
            backup,
            report,
            agent_key,
            unrecorded: unrecorded.map(|error| error.report()),
            duration: started.elapsed(),
        })
    }

    /// Refuses a plan of another format, and one that nobody agreed to.
    pub(super) fn refuse_unusable(&self, target: &Target, plan: &Plan, consent: &Consent) -> Result<(), Error> {
        if plan.format != PLAN_FORMAT {
            let reason = format!("it has format {}, and this aidb applies format {PLAN_FORMAT}.", plan.format);
            return Err(Error::PlanUnusable { reason });
        }
        Ok(self.refuse_without_consent(target, plan, consent)?)
    }

    /// Everything that has to stand before the first write.
    async fn prepare(
        &self,
        target: &Target,
        proposal: &Proposal,
        operation: &OperationId,
        context: &Context,
    ) -> Result<Option<Prepared>, Unprepared> {
        if proposal.plan.is_empty() {
            return Ok(None);
        }
        // Between the plan and here a person has thought it over: minutes, or a night.
        let live = self.read_again(target, proposal, context).await?;
        let backup = self.back_up_before(target, proposal, &live, operation, context).await?;
        let made_key = match proposal.plan.registers() {
            true => Some(self.make_agent_key(target, &proposal.plan.agent_id).await?),
            false => None,
        };
        let prepared = (&backup, made_key.as_ref());
        if let Err(error) = self.keep_and_begin(target, proposal, prepared, operation, context).await {
            return Err(Unprepared { error, key: made_key });
        }
        let agent_key = made_key.as_ref().map(MadeKey::credentials);
        let credentials = Credentials { agent_key, connection_string: proposal.connection_string.clone() };
        Ok(Some(Prepared { backup, credentials, made_key }))
    }

    /// Keeps the agent's key, before the request that registers it: no crash and no lost reply can lose it. The record knows its
    /// hash before the vault has the key, so that a key whose agent never came to be is found and removed. What a person wants
    /// beside store and vault is written here too: no such file, no write.
    async fn keep_and_begin(
        &self,
        target: &Target,
        proposal: &Proposal,
        (backup, made_key): (&Backup, Option<&MadeKey>),
        operation: &OperationId,
        context: &Context,
    ) -> Result<(), Error> {
        let store = self.store().await?;
        if let Some(out) = &context.backup_out {
            backup_file::write(out, backup, made_key.map(|made| made.hash.mark()))?;
        }
        if let Some(made) = made_key {
            store.note_made_key(operation, &made.hash).await?;
            made.keep().await?;
            made.write_out(&target.server, &proposal.plan.agent_id, context)?;
        }
        // The last moment at which stopping costs nothing.
        if context.cancel.is_cancelled() {
            return Err(Error::Interrupted);
        }
        if cfg!(not(aidb_leave_out = "journal")) {
            store.begin_writing(operation, Journal::first_group(&proposal.plan)).await?;
        }
        Ok(())
    }

    /// Closes the record of an operation that changed nothing. A key that may have been kept for an agent that was not registered
    /// goes first; where it cannot be removed, the record stays open, and the next start removes it.
    async fn unprepared(&self, operation: &OperationId, unprepared: Unprepared, context: &Context) -> Error {
        let Unprepared { error, key } = unprepared;
        let forgotten = match key {
            Some(key) => key.withdraw(context).await,
            None => Ok(()),
        };
        if forgotten.is_err() { error } else { self.failed(operation, error).await }
    }

    /// Immediately before the first write: what is there must be what the plan was made from.
    async fn read_again(&self, target: &Target, proposal: &Proposal, context: &Context) -> Result<AgentState, Error> {
        context.progress.emit(Event::Stage { stage: Stage::Reading, items: 0 });
        let session = self.session(&target.connector, context);
        let (live, _) = read_whole_state(&session, &proposal.plan.agent_id).await?;
        if proposal.plan.was_made_from(&live) {
            return Ok(live);
        }
        let plan = &proposal.plan;
        let now = self.plan_from(target, &plan.agent_id, proposal.goal.borrow(), &live, plan.mode, context).await?;
        Err(proposal.target_changed(target, proposal.made_from(now, Arc::new(live))))
    }

    async fn back_up_before(
        &self,
        target: &Target,
        proposal: &Proposal,
        live: &AgentState,
        operation: &OperationId,
        context: &Context,
    ) -> Result<Backup, Error> {
        context.progress.emit(Event::Stage { stage: Stage::BackingUp, items: 0 });
        let store = self.store().await?;
        let backup = store
            .insert_backup(&NewBackup {
                server: &target.server,
                agent_id: &proposal.plan.agent_id,
                state: live,
                tables: None,
                reason: proposal.source.reason(),
                operation: Some(operation),
                taken_at: self.now(),
                note: context.reason.as_deref(),
            })
            .await?;
        // After the new one is stored: a full disk must not cost an old one for nothing.
        self.retire_backups(target, &proposal.plan.agent_id).await?;
        Ok(backup)
    }

    async fn write(
        &self,
        target: &Target,
        proposal: &Proposal,
        prepared: &Prepared,
        operation: &OperationId,
        context: &Context,
    ) -> Result<(ApplyReport, Option<Error>), Error> {
        let made_key = prepared.made_key.as_ref().map(|made| &made.hash);
        let (plan, credentials) = (&proposal.plan, &prepared.credentials);
        let applying = self.applying(target, plan, credentials, made_key, operation, context).await?;
        let apply = Apply { before: Some(&proposal.live), ..applying };
        let report = apply.run().await;
        Ok((report, apply.journal.missed().map(Error::from)))
    }

    /// Carries out or recovers a plan: an apply has what was there `before` its first write added, a recovery knows none.
    pub(super) async fn applying<'a>(
        &'a self,
        target: &'a Target,
        plan: &'a Plan,
        credentials: &'a Credentials,
        made_key: Option<&'a KeyHash>,
        operation: &'a OperationId,
        context: &'a Context,
    ) -> Result<Apply<'a>, Error> {
        Ok(Apply {
            plan,
            connector: &target.connector,
            credentials,
            before: None,
            made_key,
            journal: Journal::of(self.store().await?, operation),
            retry: self.settings.retry,
            in_flight: self.settings.in_flight,
            cancel: &context.cancel,
            progress: Arc::clone(&context.progress),
        })
    }

    async fn begin(&self, target: &Target, proposal: &Proposal, context: &Context) -> Result<OperationId, Error> {
        let plan = &proposal.plan;
        let plan_json =
            serde_json::to_string(plan).map_err(|error| Error::PlanUnusable { reason: format!("{error}.") })?;
        let operation = NewOperation {
            kind: proposal.source.kind(),
            server: target.server.clone(),
            agent_id: plan.agent_id.clone(),
            mode: plan.mode.as_str().into(),
            actor: self.settings.actor.clone(),
            reason: context.reason.clone(),
            started_at: self.now(),
            plan_json: Some(plan_json),
            fingerprint: Some(plan.fingerprint.to_string()),
            source: Some(proposal.source.text().into()),
            program: self.settings.program,
            saved_plan: proposal.saved.clone(),
            counts: Some(counts(plan)),
            batch: context.batch.clone(),
        };
        Ok(self.store().await?.begin_operation(&operation).await?)
    }

    /// Notes a failure from before the first write. The error that counts is the one that stopped it; that the history does
    /// not know of it is said besides.
    async fn failed(&self, operation: &OperationId, error: Error) -> Error {
        let (summary, cause) = (error.to_string(), Some(error.code()));
        let end = End { state: OperationState::Failed, summary: &summary, outcome_json: None, cause, at: self.now() };
        match self.close(operation, &end).await {
            Ok(()) => error,
            Err(history) => Error::NotRecorded { cause: Box::new(error), history: Box::new(history) },
        }
    }

    pub(super) async fn close(&self, operation: &OperationId, end: &End<'_>) -> Result<(), Error> {
        Ok(self.store().await?.finish_operation(operation, end).await?)
    }

    /// Closes the record; or, where something is left that trying again can help with, says why it stays open.
    async fn finish(&self, operation: &OperationId, plan: &Plan, report: &ApplyReport) -> Result<(), Error> {
        let outcome = outcome_json(report)?;
        if !report.is_final() {
            return Ok(self.store().await?.note_waiting(operation, &report.waiting(plan), Some(&outcome)).await?);
        }
        let (state, sentence) = (state_of(report.outcome), report.sentence(plan));
        let end = End { state, summary: &sentence, outcome_json: Some(&outcome), cause: None, at: self.now() };
        self.close(operation, &end).await
    }
}

/// Result of each item, as the history keeps it.
pub(super) fn outcome_json(report: &ApplyReport) -> Result<String, Error> {
    serde_json::to_string(report).map_err(|error| Error::PlanUnusable { reason: format!("{error}.") })
}

/// State of an operation, from how its apply did.
pub(super) const fn state_of(outcome: Outcome) -> OperationState {
    match outcome {
        Outcome::Done => OperationState::Done,
        Outcome::PutBack => OperationState::PutBack,
        Outcome::NeedsAttention => OperationState::NeedsAttention,
    }
}

/// Reason nothing was written.
struct Unprepared {
    error: Error,
    /// A key that may have been kept for an agent that was not registered.
    key: Option<MadeKey>,
}

impl From<Error> for Unprepared {
    fn from(error: Error) -> Self {
        Self { error, key: None }
    }
}

struct Prepared {
    backup: Backup,
    credentials: Credentials,
    made_key: Option<MadeKey>,
}

fn counts(plan: &Plan) -> Counts {
    let number = |group| u32::try_from(plan.count(group)).unwrap_or(u32::MAX);
    let losses = number(Group::LosesAccess).saturating_add(number(Group::DeleteAgent));
    Counts { gains: number(Group::GainsAccess), losses }
}
