//! What aidb knows of an agent at a moment (docs/RULES.md#moment): from the backups, and from the plans that were carried out
//! between them. What it cannot know it names, and never guesses.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};

use super::overview::differences;
use super::{Context, Engine, Error, Proposal, RollbackOptions, RollbackSource, Target};
use crate::config::{AgentId, AgentState, ServerId};
use crate::store::{
    BackupId, BackupReason, BackupSummary, HistoryRecord, OperationId, OperationKind, OperationState, OperationSummary,
};

/// Knowledge of an agent at a moment.
#[derive(Clone, Debug)]
pub enum KnownAt {
    /// Its state.
    State(Box<StateAt>),
    /// Not known.
    Unknown(WhyUnknown),
}

/// The state of an agent at a moment.
#[derive(Clone, Debug)]
pub struct StateAt {
    /// The state.
    pub state: AgentState,
    /// When aidb knew it last: read it, or wrote it and read it back.
    pub since: DateTime<Utc>,
    /// The backup that holds it, where one does as it stands.
    pub backup: Option<BackupId>,
    /// Mark of the agent that was registered after a moment at which there was none.
    pub(super) registered: Option<String>,
}

/// Reason nothing can be said of an agent at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyUnknown {
    /// aidb had not seen it by then.
    NotSeen,
    /// It was changed outside aidb between these two looks, nobody knows when; the second is now where it is `None`.
    ChangedOutside {
        /// The look before.
        since: DateTime<Utc>,
        /// The look after.
        until: Option<DateTime<Utc>>,
    },
    /// An operation left it half done.
    HalfDone,
    /// What would tell is no longer kept.
    NotKept,
}

impl WhyUnknown {
    /// In one sentence.
    #[must_use]
    pub fn sentence(self) -> String {
        let time = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%S UTC").to_string();
        match self {
            Self::NotSeen => "aidb had not seen it by then.".into(),
            Self::ChangedOutside { since, until: Some(until) } => {
                format!("It was changed outside aidb between {} and {}, nobody knows when.", time(since), time(until))
            }
            Self::ChangedOutside { since, until: None } => {
                format!("It was changed outside aidb since {}, nobody knows when.", time(since))
            }
            Self::HalfDone => "An operation had left it half done.".into(),
            Self::NotKept => "The backup that would tell is no longer kept.".into(),
        }
    }
}

/// What the history says of an agent at one point.
#[derive(Clone, Debug)]
struct Point {
    at: DateTime<Utc>,
    says: Says,
}

#[derive(Clone, Debug)]
enum Says {
    /// The state that a backup holds.
    Backup(BackupId),
    /// The end of an operation's plan, from the state that its backup holds.
    After(OperationId, BackupId),
    Nothing(WhyUnknown),
}

/// Plans that lead an environment back to a moment.
#[derive(Clone, Debug)]
pub struct RestorePlan {
    /// One for each agent that would change.
    pub proposals: Vec<Proposal>,
    /// Agents of which it is not known what was there, and why.
    pub unknown: Vec<(AgentId, WhyUnknown)>,
}

impl Engine {
    /// What is known of one agent at a moment. Sends nothing.
    ///
    /// # Errors
    /// The store, or a backup that is damaged.
    pub async fn agent_at(&self, server: &ServerId, agent: &AgentId, at: DateTime<Utc>) -> Result<KnownAt, Error> {
        let points = self.points(server).await?.remove(agent).unwrap_or_default();
        self.known_at(&points, at).await
    }

    /// Plans the way of every agent of a target back to a moment, several at a time.
    ///
    /// # Errors
    /// The target cannot be read, or the store.
    pub async fn propose_moment(
        &self,
        target: &Target,
        at: DateTime<Utc>,
        context: &Context,
    ) -> Result<RestorePlan, Error> {
        let points = self.points(&target.server_id()).await?;
        let mut unknown = Vec::new();
        for id in self.agents(target, context).await? {
            let agent = AgentId::new(id)?;
            if !points.contains_key(&agent) {
                unknown.push((agent, WhyUnknown::NotSeen));
            }
        }
        let planned = stream::iter(points).map(|(agent, points)| async move {
            let known = self.known_at(&points, at).await?;
            self.propose_state(target, (agent, known), &points, at, context).await
        });
        let planned: Vec<_> = planned.buffered(self.settings.in_flight.get()).collect().await;
        let mut proposals = Vec::new();
        for planned in planned {
            match planned? {
                Ok(proposal) => proposals.extend((!proposal.plan.is_empty()).then_some(proposal)),
                Err(why) => unknown.push(why),
            }
        }
        Ok(RestorePlan { proposals, unknown })
    }

    async fn propose_state(
        &self,
        target: &Target,
        (agent_id, known): (AgentId, KnownAt),
        points: &[Point],
        at: DateTime<Utc>,
        context: &Context,
    ) -> Result<Result<Proposal, (AgentId, WhyUnknown)>, Error> {
        let state = match known {
            KnownAt::Unknown(why) => return Ok(Err((agent_id, why))),
            KnownAt::State(state) => state,
        };
        // Nobody looked after that moment: what was known then is what aidb knew last.
        let last = points.last().is_some_and(|last| last.at <= at).then(|| state.clone());
        let source = RollbackSource::Moment { agent_id: agent_id.clone(), at, state };
        let proposal = self.propose_rollback(target, &source, &RollbackOptions::default(), context).await?;
        // Where the agent is not as aidb knew it last, it may have been changed before that moment or after.
        match last {
            Some(last) if !is_as(&last.state, &proposal.live)? => {
                Ok(Err((agent_id, WhyUnknown::ChangedOutside { since: last.since, until: None })))
            }
            _ => Ok(Ok(proposal)),
        }
    }

    /// The last state of each agent that aidb wrote or read: what drift is measured against. `None` where that is not known any more.
    pub(super) async fn baselines(&self, server: &ServerId) -> Result<BTreeMap<AgentId, Option<StateAt>>, Error> {
        let mut baselines = BTreeMap::new();
        for (agent, points) in self.points(server).await? {
            if let Some(last) = points.last() {
                baselines.insert(agent, self.state_of(last).await?.ok());
            }
        }
        Ok(baselines)
    }

    /// Points of every agent of a server, in the order of the history. A time that lies before the one of a point before it was
    /// told by a clock that was put back.
    async fn points(&self, server: &ServerId) -> Result<BTreeMap<AgentId, Vec<Point>>, Error> {
        let mut records = self.store().await?.history().await?;
        records.reverse();
        let here = |url: &str| ServerId::of_text(url) == *server;
        let operations: BTreeMap<OperationId, OperationSummary> = records
            .iter()
            .filter_map(|record| match record {
                HistoryRecord::Operation(operation) => Some((operation.id.clone(), operation.clone())),
                HistoryRecord::Backup(_) | HistoryRecord::Profile(_) => None,
            })
            .collect();
        let mut points: BTreeMap<AgentId, Vec<Point>> = BTreeMap::new();
        for record in &records {
            match record {
                HistoryRecord::Backup(backup)
                    if here(&backup.server.url) && backup.reason != BackupReason::Received =>
                {
                    let of = points.entry(backup.agent_id.clone()).or_default();
                    push(of, backup.taken_at, Says::Backup(backup.id.clone()));
                    if let Some(operation) = backup.operation.as_ref().and_then(|id| operations.get(id)) {
                        push(of, operation.finished_at.unwrap_or(operation.started_at), end_of(operation, backup));
                    }
                }
                HistoryRecord::Operation(operation) if here(&operation.server.url) && lost_its_backup(operation) => {
                    let of = points.entry(operation.agent_id.clone()).or_default();
                    let at = operation.finished_at.unwrap_or(operation.started_at);
                    push(of, at, Says::Nothing(WhyUnknown::NotKept));
                }
                HistoryRecord::Backup(_) | HistoryRecord::Operation(_) | HistoryRecord::Profile(_) => {}
            }
        }
        Ok(points)
    }

    async fn known_at(&self, points: &[Point], at: DateTime<Utc>) -> Result<KnownAt, Error> {
        let next = points.partition_point(|point| point.at <= at);
        let Some(before) = next.checked_sub(1).map(|nth| &points[nth]) else {
            return Ok(KnownAt::Unknown(WhyUnknown::NotSeen));
        };
        let mut state = match self.state_of(before).await? {
            Ok(state) => state,
            Err(why) => return Ok(KnownAt::Unknown(why)),
        };
        if let Some(after) = points.get(next)
            && let Says::Backup(_) = &after.says
            && let Ok(then) = self.state_of(after).await?
            && !is_as(&state.state, &then.state)?
        {
            let (since, until) = (before.at, Some(after.at));
            return Ok(KnownAt::Unknown(WhyUnknown::ChangedOutside { since, until }));
        }
        if state.state == AgentState::Absent {
            state.registered = self.registered_after(&points[next..]).await?;
        }
        Ok(KnownAt::State(Box::new(state)))
    }

    async fn state_of(&self, point: &Point) -> Result<Result<StateAt, WhyUnknown>, Error> {
        let store = self.store().await?;
        let (state, backup) = match &point.says {
            Says::Nothing(why) => return Ok(Err(*why)),
            Says::Backup(backup) => (store.backup(backup).await?.state, Some(backup.clone())),
            Says::After(operation, backup) => {
                let before = store.backup(backup).await?.state;
                let Some(plan) = self.operation_record(operation).await?.plan else {
                    return Ok(Err(WhyUnknown::NotKept));
                };
                (plan.after(&before), None)
            }
        };
        Ok(Ok(StateAt { state, since: point.at, backup, registered: None }))
    }

    /// Mark of the agent that aidb registered first after that.
    async fn registered_after(&self, points: &[Point]) -> Result<Option<String>, Error> {
        for point in points {
            if let Says::After(operation, _) = &point.says
                && let Some(hash) = self.store().await?.made_key(operation).await?
            {
                return Ok(Some(hash.mark()));
            }
        }
        Ok(None)
    }
}

fn push(points: &mut Vec<Point>, at: DateTime<Utc>, says: Says) {
    let at = points.last().map_or(at, |last| last.at.max(at));
    points.push(Point { at, says });
}

/// What an operation says once it had its backup.
fn end_of(operation: &OperationSummary, backup: &BackupSummary) -> Says {
    match operation.state {
        OperationState::Done => Says::After(operation.id.clone(), backup.id.clone()),
        OperationState::PutBack | OperationState::Failed => Says::Backup(backup.id.clone()),
        OperationState::NeedsAttention
        | OperationState::Prepared
        | OperationState::Applying
        | OperationState::Verifying => Says::Nothing(WhyUnknown::HalfDone),
    }
}

/// Whether an operation changed something from a state that is not kept any more.
fn lost_its_backup(operation: &OperationSummary) -> bool {
    let writes = !matches!(operation.kind, OperationKind::Export | OperationKind::Recovery);
    let changed = operation.counts.is_none_or(|counts| counts.gains + counts.losses > 0);
    let ended =
        matches!(operation.state, OperationState::Done | OperationState::PutBack | OperationState::NeedsAttention);
    writes && changed && ended && operation.backup.is_none()
}

/// Whether two states say the same, as far as both know.
fn is_as(one: &AgentState, other: &AgentState) -> Result<bool, Error> {
    Ok(match (one.present(), other.present()) {
        (Some(_), Some(_)) => differences(one, other)?.is_empty(),
        (None, None) => true,
        _ => false,
    })
}
