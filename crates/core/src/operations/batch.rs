//! Batch (docs/RULES.md#batch): several agents changed in one go, each a transaction of its own.
//!
//! The plans are entered before the first agent begins, so that whoever finds a batch without an end goes on with just those plans:
//! an agent that moved since is refused, as ever. How each agent ended stands with its own operation and nowhere else.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio_util::sync::CancellationToken;

use super::proposal::Approval;
use super::saved_plan::Saved;
use super::{
    Applied, Consent, Context, Engine, Error, LinkDatabase, Proposal, RecoveryRequest, RollbackOptions, RollbackSource,
    Target, TargetRequest,
};
use crate::apply::Outcome;
use crate::config::AgentId;
use crate::error::{ErrorCode, Explain as _};
use crate::progress::{Event, ProgressSink};
use crate::store::{AgentLock, Batch, BatchAgent, BatchId, NewBatch, OperationKind, OperationState};

/// Number of failures of one kind in a row after which a batch stops, unless said otherwise.
pub const STOP_AFTER: NonZeroU32 = NonZeroU32::new(3).unwrap();

/// Most agents that are changed at the same time. Requests are bounded by the target's own limit; this keeps the number of agents
/// small that a killed process leaves in the middle.
const MOST_AT_ONCE: usize = 16;

/// Number of agents that have their turn together. An agent mostly waits for one answer before its next request, so that it takes
/// more of them than requests to keep the line full (docs/QUALITY.md, P11); one request at a time means one agent at a time.
fn at_once(in_flight: usize) -> usize {
    if in_flight == 1 { 1 } else { (2 * in_flight).min(MOST_AT_ONCE) }
}

/// How the agents of a batch take turns.
#[derive(Clone, Debug)]
pub struct BatchOptions {
    /// The agent that goes first, alone; the others follow when it is done.
    pub first: Option<AgentId>,
    /// Number of failures of one kind in a row after which no further agent begins.
    pub stop_after: NonZeroU32,
    /// The batch that this one takes back.
    pub undoes: Option<BatchId>,
    /// Has no further agent begin; those that are under way come to their end.
    pub stop: CancellationToken,
}

impl Default for BatchOptions {
    fn default() -> Self {
        Self { first: None, stop_after: STOP_AFTER, undoes: None, stop: CancellationToken::new() }
    }
}

/// End of a batch.
#[derive(Debug)]
pub struct BatchEnd {
    /// The batch.
    pub batch: BatchId,
    /// End of each agent, in the order of the proposals.
    pub ends: Vec<AgentEnd>,
    /// Why some were not begun.
    pub stopped: Option<BatchStop>,
}

/// End of one agent of a batch.
#[derive(Debug)]
pub enum AgentEnd {
    /// Was begun, and done or put back.
    Applied(Box<Applied>),
    /// Could not be begun; nothing was changed.
    Refused(Error),
    /// Was not begun, because the batch stopped before.
    NotStarted,
}

/// Reason a batch begins no further agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchStop {
    /// The one that went first was not done.
    FirstFailed,
    /// So many failed for the same reason, one after the other.
    SameFailure(ErrorCode),
    /// A person stopped it.
    Cancelled,
}

/// How an agent of a batch stands, as the history has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentStanding {
    /// Was not begun.
    NotStarted,
    /// Could not be begun; nothing was changed.
    Refused,
    /// Was begun and has no end: a process is at it, or died.
    Open,
    /// Done.
    Done,
    /// Failed, with nothing changed or all of it put back.
    PutBack,
    /// Failed, and something is left to do.
    NeedsAttention,
}

impl BatchAgent {
    /// How it stands.
    #[must_use]
    pub fn standing(&self) -> AgentStanding {
        let Some(operation) = &self.operation else {
            return if self.refused.is_some() { AgentStanding::Refused } else { AgentStanding::NotStarted };
        };
        match operation.state {
            OperationState::Done => AgentStanding::Done,
            // What could not be begun again after it was put back.
            _ if self.refused.is_some() && operation.finished_at.is_some() => AgentStanding::Refused,
            OperationState::PutBack | OperationState::Failed => AgentStanding::PutBack,
            OperationState::NeedsAttention => AgentStanding::NeedsAttention,
            OperationState::Prepared | OperationState::Applying | OperationState::Verifying => AgentStanding::Open,
        }
    }
}

impl Batch {
    /// Number of its agents that stand like this.
    #[must_use]
    pub fn count(&self, standing: AgentStanding) -> usize {
        self.agents.iter().filter(|agent| agent.standing() == standing).count()
    }

    /// Whether an agent of it is not done.
    #[must_use]
    pub fn has_rest(&self) -> bool {
        self.count(AgentStanding::Done) < self.agents.len()
    }
}

/// An agent whose turn comes.
struct Waiting {
    number: u32,
    proposal: Proposal,
}

impl Engine {
    /// Applies proposals for one target, each agent as a transaction of its own, several at a time.
    ///
    /// # Errors
    /// Only from before the first agent begins: consent is missing for one of them, or the batch cannot be entered.
    pub async fn apply_batch(
        &self,
        target: &Target,
        proposals: Vec<Proposal>,
        consent: &Consent,
        options: &BatchOptions,
        context: &Context,
    ) -> Result<BatchEnd, Error> {
        for proposal in &proposals {
            self.refuse_unusable(target, &proposal.plan, consent)?;
        }
        let mut order: Vec<usize> = (0..proposals.len()).collect();
        if let Some(first) = &options.first {
            let nth = proposals.iter().position(|proposal| proposal.plan.agent_id == *first);
            let nth = nth.ok_or_else(|| Error::NotInBatch { agent: first.to_string() })?;
            order[..=nth].rotate_right(1);
        }
        let by = self.by();
        let mut agents = Vec::with_capacity(proposals.len());
        for nth in &order {
            let saved = Saved::of(target, &proposals[*nth], &by);
            let plan =
                serde_json::to_string(&saved).map_err(|error| Error::PlanUnusable { reason: format!("{error}.") })?;
            agents.push((proposals[*nth].plan.agent_id.clone(), plan));
        }
        let batch = NewBatch {
            kind: proposals.first().map_or(OperationKind::Import, |proposal| proposal.source.kind()),
            server: target.server.clone(),
            source: source_of(&proposals, options),
            actor: by.actor,
            reason: context.reason.clone(),
            program: by.program,
            started_at: by.at,
            stop_after: options.stop_after.get(),
            undoes: options.undoes.clone(),
            agents,
        };
        let batch = self.store().await?.begin_batch(&batch).await?;
        let _lock = self.lock_batch(&batch).await?;
        let mut given: Vec<Option<Proposal>> = proposals.into_iter().map(Some).collect();
        let waiting = (0_u32..)
            .zip(&order)
            .filter_map(|(number, nth)| given[*nth].take().map(|proposal| Waiting { number, proposal }));
        let waiting: Vec<Waiting> = waiting.collect();
        let canary = options.first.is_some();
        let (mut ends, stopped) = self.take_turns(target, &batch, waiting, canary, options, consent, context).await?;
        self.store().await?.end_batch(&batch, self.now()).await?;
        let place: HashMap<usize, u32> = order.iter().copied().zip(0_u32..).collect();
        let end = |nth: usize| place.get(&nth).and_then(|number| ends.remove(number)).unwrap_or(AgentEnd::NotStarted);
        Ok(BatchEnd { batch, ends: (0..order.len()).map(end).collect(), stopped })
    }

    /// Goes on with a batch: every agent that is not done, by the plan that was agreed to. What a dead process left in the middle
    /// is recovered first.
    ///
    /// # Errors
    /// No such batch, a process is at it, or consent is missing.
    pub async fn resume_batch(
        &self,
        target: &Target,
        batch: &Batch,
        consent: &Consent,
        stop: &CancellationToken,
        context: &Context,
    ) -> Result<BatchEnd, Error> {
        let _lock = self.lock_batch(&batch.id).await?;
        let store = self.store().await?;
        // As it is now that nobody else is at it.
        let batch = store.batch(batch.id.as_str()).await?;
        for open in batch.agents.iter().filter(|agent| agent.standing() == AgentStanding::Open) {
            let operation = open.operation.as_ref().map(|operation| &operation.id);
            let request = RecoveryRequest { operation, target: Some(target), ..RecoveryRequest::default() };
            self.recover(request, context).await?;
        }
        let batch = store.batch(batch.id.as_str()).await?;
        let mut waiting = Vec::new();
        for agent in batch.agents.iter().filter(|agent| agent.standing() != AgentStanding::Done) {
            let saved = self.saved_of(&batch, agent).await?;
            // Agreed to as part of the batch: it may be tried as often as it takes.
            let proposal = Proposal {
                saved: None,
                ..self.saved_proposal(target, saved, &LinkDatabase::Later, Approval::Given).await?
            };
            self.refuse_unusable(target, &proposal.plan, consent)?;
            store.note_refused(&batch.id, agent.number, None).await?;
            waiting.push(Waiting { number: agent.number, proposal });
        }
        let options = BatchOptions {
            stop_after: NonZeroU32::new(batch.stop_after).unwrap_or(STOP_AFTER),
            stop: stop.clone(),
            ..BatchOptions::default()
        };
        let numbers: Vec<u32> = waiting.iter().map(|waiting| waiting.number).collect();
        let (mut ends, stopped) =
            self.take_turns(target, &batch.id, waiting, false, &options, consent, context).await?;
        store.end_batch(&batch.id, self.now()).await?;
        let ends = numbers.iter().map(|number| ends.remove(number).unwrap_or(AgentEnd::NotStarted)).collect();
        Ok(BatchEnd { batch: batch.id, ends, stopped })
    }

    /// What going on with a batch would apply: the plans of the agents that are not done.
    ///
    /// # Errors
    /// The store, or a plan of another version.
    pub async fn rest_of_batch(&self, batch: &Batch) -> Result<Vec<Proposal>, Error> {
        let mut rest = Vec::new();
        for agent in batch.agents.iter().filter(|agent| agent.standing() != AgentStanding::Done) {
            rest.push(self.saved_of(batch, agent).await?.into_proposal(Approval::Given));
        }
        Ok(rest)
    }

    /// Plans the way back of a batch: for every agent that it changed, the rollback to the backup from before it.
    ///
    /// # Errors
    /// The target cannot be read.
    pub async fn propose_undo(
        &self,
        target: &Target,
        batch: &Batch,
        context: &Context,
    ) -> Result<Vec<Proposal>, Error> {
        let store = self.store().await?;
        let mut proposals = Vec::new();
        for agent in batch.agents.iter().filter(|agent| agent.standing() == AgentStanding::Done) {
            let Some(backup) = agent.operation.as_ref().and_then(|operation| operation.backup.as_ref()) else {
                continue;
            };
            let source = RollbackSource::Backup(Box::new(store.backup(backup).await?));
            proposals.push(self.propose_rollback(target, &source, &RollbackOptions::default(), context).await?);
        }
        proposals.retain(|proposal| !proposal.plan.is_empty());
        Ok(proposals)
    }

    /// Every batch, newest first.
    ///
    /// # Errors
    /// The store.
    pub async fn batches(&self) -> Result<Vec<Batch>, Error> {
        Ok(self.store().await?.batches().await?)
    }

    /// The batch of that id.
    ///
    /// # Errors
    /// There is none.
    pub async fn batch(&self, id: &str) -> Result<Batch, Error> {
        Ok(self.store().await?.batch(id).await?)
    }

    /// Ends a batch that was killed, as it stands: nobody is asked to go on with it any more.
    ///
    /// # Errors
    /// There is none, or a process is at it.
    pub async fn leave_batch(&self, batch: &BatchId) -> Result<(), Error> {
        let _lock = self.lock_batch(batch).await?;
        Ok(self.store().await?.end_batch(batch, self.now()).await?)
    }

    /// The batches that dead processes left, newest first.
    ///
    /// # Errors
    /// The store.
    pub async fn interrupted_batches(&self) -> Result<Vec<Batch>, Error> {
        let mut batches = self.batches().await?;
        batches.retain(|batch| batch.finished_at.is_none());
        let mut left = Vec::new();
        for batch in batches {
            match self.lock_batch(&batch.id).await {
                Ok(_free) => left.push(batch),
                Err(Error::BatchUnderWay { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(left)
    }

    /// Target of a batch, as its record names it.
    ///
    /// # Errors
    /// As [`Engine::target`].
    pub async fn target_of_batch(&self, batch: &Batch) -> Result<Target, Error> {
        let environment = self.profile_of(&batch.server).await?.map(|environment| environment.id.to_string());
        let url = environment.is_none().then(|| batch.server.url.clone());
        self.target(&TargetRequest { environment, url, ..TargetRequest::default() }).await
    }

    async fn saved_of(&self, batch: &Batch, agent: &BatchAgent) -> Result<Saved, Error> {
        let plan = self.store().await?.batch_plan(&batch.id, agent.number).await?;
        serde_json::from_str(&plan)
            .map_err(|_| Error::PlanUnusable { reason: "it was kept by another version of aidb.".into() })
    }

    /// A batch is one process's: as with an agent, a dead one cannot keep the lock.
    async fn lock_batch(&self, batch: &BatchId) -> Result<AgentLock, Error> {
        let name = AgentId::new(batch.as_str())?;
        let lock = self.store().await?.try_lock("batch", &name)?;
        lock.ok_or_else(|| Error::BatchUnderWay { batch: batch.to_string() })
    }

    /// Has the agents take turns. Which ends came of it, by the number of the agent, and why some were not begun.
    #[expect(clippy::too_many_arguments, reason = "everything that a turn takes, once")]
    async fn take_turns(
        &self,
        target: &Target,
        batch: &BatchId,
        waiting: Vec<Waiting>,
        canary: bool,
        options: &BatchOptions,
        consent: &Consent,
        context: &Context,
    ) -> Result<(HashMap<u32, AgentEnd>, Option<BatchStop>), Error> {
        let of = waiting.len();
        let inner = Context {
            batch: Some(batch.clone()),
            progress: Arc::new(OfOneAgent(Arc::clone(&context.progress))),
            ..context.clone()
        };
        let at_once = at_once(self.settings.in_flight.get());
        let mut turns = Turns { stop_after: options.stop_after, in_a_row: None, stopped: None };
        let (mut ends, mut begun, mut under_way) = (HashMap::new(), 0, FuturesUnordered::new());
        let mut waiting = waiting.into_iter();
        let is_stopped = || options.stop.is_cancelled() || context.cancel.is_cancelled();
        loop {
            // The one that goes first goes alone.
            let room = if canary && ends.is_empty() { 1 } else { at_once };
            while under_way.len() < room && turns.stopped.is_none() && !is_stopped() {
                let Some(next) = waiting.next() else { break };
                begun += 1;
                let agent_id = next.proposal.plan.agent_id.to_string();
                context.progress.emit(Event::Agent { agent_id, number: begun, of });
                under_way.push(self.take_turn(target, batch, next, consent, &inner));
            }
            // Nothing else is awaited here: whoever is under way may hold the store, and goes on only while it is polled.
            let Some((number, agent, end)) = under_way.next().await else { break };
            let end = end?;
            let failure = failure_of(&end);
            context.progress.emit(Event::AgentEnded { agent_id: agent, done: ends.len() + 1, of, failure });
            turns.note(failure, canary && ends.is_empty());
            ends.insert(number, end);
        }
        let cancelled = is_stopped() && ends.len() < of;
        Ok((ends, turns.stopped.or_else(|| cancelled.then_some(BatchStop::Cancelled))))
    }

    async fn take_turn(
        &self,
        target: &Target,
        batch: &BatchId,
        Waiting { number, proposal }: Waiting,
        consent: &Consent,
        context: &Context,
    ) -> (u32, String, Result<AgentEnd, Error>) {
        let end = match self.apply(target, &proposal, consent, context).await {
            Ok(applied) => Ok(AgentEnd::Applied(Box::new(applied))),
            Err(error) => self.note_refused(batch, number, &error).await.map(|()| AgentEnd::Refused(error)),
        };
        (number, proposal.plan.agent_id.to_string(), end)
    }

    async fn note_refused(&self, batch: &BatchId, number: u32, error: &Error) -> Result<(), Error> {
        Ok(self.store().await?.note_refused(batch, number, Some(&error.report())).await?)
    }
}

/// Why an agent was not done; `None` where it was.
fn failure_of(end: &AgentEnd) -> Option<ErrorCode> {
    match end {
        AgentEnd::NotStarted => None,
        AgentEnd::Refused(error) => Some(error.code()),
        AgentEnd::Applied(applied) => match applied.report.outcome {
            Outcome::Done => None,
            Outcome::PutBack | Outcome::NeedsAttention => {
                Some(applied.report.cause.as_ref().map_or(ErrorCode::PutBack, |cause| cause.code))
            }
        },
    }
}

/// Decides whether a further agent begins.
struct Turns {
    stop_after: NonZeroU32,
    in_a_row: Option<(ErrorCode, u32)>,
    stopped: Option<BatchStop>,
}

impl Turns {
    fn note(&mut self, failure: Option<ErrorCode>, went_first: bool) {
        self.in_a_row = match (failure, self.in_a_row) {
            (None, _) => None,
            (Some(code), Some((before, count))) if before == code => Some((code, count + 1)),
            (Some(code), _) => Some((code, 1)),
        };
        if went_first && failure.is_some() {
            self.stopped = Some(BatchStop::FirstFailed);
        }
        if let Some((code, count)) = self.in_a_row
            && count >= self.stop_after.get()
        {
            self.stopped.get_or_insert(BatchStop::SameFailure(code));
        }
    }
}

/// Where the agents come from, in one word or two.
fn source_of(proposals: &[Proposal], options: &BatchOptions) -> String {
    if let Some(undone) = &options.undoes {
        return undone.to_string();
    }
    let mut sources: Vec<&str> = proposals.iter().map(|proposal| proposal.source.text()).collect();
    sources.dedup();
    match sources.as_slice() {
        [one] => (*one).to_owned(),
        _ => format!("{} sources", sources.len()),
    }
}

/// Progress of one agent among several: the stages and items of all of them at once would say nothing.
struct OfOneAgent(Arc<dyn ProgressSink>);

impl ProgressSink for OfOneAgent {
    fn emit(&self, event: Event) {
        match event {
            Event::Retrying { .. } | Event::Waiting { .. } => self.0.emit(event),
            Event::Stage { .. } | Event::ItemDone { .. } | Event::Agent { .. } | Event::AgentEnded { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stopped_by(failures: &[Option<ErrorCode>]) -> Option<BatchStop> {
        let mut turns = Turns { stop_after: STOP_AFTER, in_a_row: None, stopped: None };
        failures.iter().for_each(|failure| turns.note(*failure, false));
        turns.stopped
    }

    #[test]
    fn three_failures_of_one_kind_in_a_row_stop_a_batch_and_others_do_not() {
        let (refused, lost, done) = (Some(ErrorCode::Unauthorized), Some(ErrorCode::ConnectionLost), None);
        assert_eq!(stopped_by(&[refused, refused, done, refused, refused]), None);
        assert_eq!(stopped_by(&[refused, lost, refused, lost, refused]), None);
        let same = Some(BatchStop::SameFailure(ErrorCode::ConnectionLost));
        assert_eq!(stopped_by(&[refused, lost, lost, lost]), same);
        assert_eq!(stopped_by(&[lost, lost, lost, done]), same, "what ends after that does not begin it again");
    }

    #[test]
    fn where_the_one_that_goes_first_fails_none_follows() {
        let mut turns = Turns { stop_after: STOP_AFTER, in_a_row: None, stopped: None };
        turns.note(Some(ErrorCode::Forbidden), true);
        assert_eq!(turns.stopped, Some(BatchStop::FirstFailed));
    }
}
