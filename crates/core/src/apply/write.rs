//! One change → one call; phases in order, several calls in flight within one.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use futures_util::future::{Fuse, FusedFuture as _};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};

use super::error::WriteError;
use super::{Apply, Journal, Noting, Stop, lock};
use crate::connector::{Connector, Registration, Session};
use crate::error::{ErrorCode, ErrorReport};
use crate::plan::{Change, PHASES};
use crate::progress::Event;

/// Progress of the writing.
#[derive(Default)]
struct Writing<'c> {
    stop: Mutex<Option<Stop>>,
    stopping: AtomicBool,
    tried: Mutex<Vec<&'c Change>>,
}

impl Writing<'_> {
    /// Nothing new is sent from here on. The first reason counts.
    fn stop(&self, error: &WriteError, at: Option<&Change>) {
        self.stopping.store(true, Ordering::Release);
        lock(&self.stop).get_or_insert_with(|| because(error, at));
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }
}

impl Apply<'_> {
    /// Carries out `changes` phase by phase. Gives back those that were tried, whether or not they took effect, and why it
    /// stopped, if it did. After the first failure nothing new is sent, and what is under way is waited for: only then does
    /// a read of the target tell the truth.
    pub(super) async fn write_all<'c>(
        &self,
        session: &Session,
        changes: &'c [Change],
        noting: Noting,
    ) -> (Vec<&'c Change>, Option<Stop>) {
        let state = Writing::default();
        let mut begun = 0;
        let mut covered = match noting {
            Noting::Ahead => Journal::first_group(self.plan),
            Noting::Done => changes.len(),
        };
        for phase in PHASES {
            let mut waiting = changes.iter().filter(|change| change.phase() == phase).collect::<Vec<_>>().into_iter();
            // A list of calls rather than a stream of closures: whether this may go from thread to thread, which the window
            // needs, the compiler can only see in the former.
            let mut under_way = FuturesUnordered::new();
            let mut noting = pin!(Fuse::terminated());
            loop {
                if !state.is_stopping() {
                    // Bounded by what the journal has noted already: nothing is sent that a recovery would not know of.
                    let room = self.in_flight.get().saturating_sub(under_way.len());
                    let room = room.min(waiting.len()).min(covered - begun);
                    begun += room;
                    under_way.extend(waiting.by_ref().take(room).map(|change| self.write_one(session, change, &state)));
                    // The next note is written while calls are under way, so that the disk is waited for at the first group alone.
                    if noting.is_terminated()
                        && let Some(next) = Journal::next_group(begun, covered, changes.len())
                    {
                        noting.set(self.journal.cover(next).fuse());
                    }
                }
                tokio::select! {
                    Some(()) = under_way.next() => {}
                    noted = &mut noting, if !noting.is_terminated() => match noted {
                        Ok(count) => covered = count,
                        Err(error) => state.stop(&WriteError::Journal(error), None),
                    },
                    else => break,
                }
            }
            // What is under way was waited for above; a later phase may rest on what failed here.
            if state.is_stopping() {
                break;
            }
        }
        (into_inner(state.tried), into_inner(state.stop))
    }

    async fn write_one<'c>(&self, session: &Session, change: &'c Change, state: &Writing<'c>) {
        // Between being put among the calls and being polled another may have failed.
        if state.is_stopping() {
            return;
        }
        // Before the call: one that is cut off in the middle may have taken effect.
        lock(&state.tried).push(change);
        match self.write(session, change).await {
            Ok(()) => change.items().for_each(|item| {
                self.progress.emit(Event::ItemDone { subject: item.change().subject().to_owned() });
            }),
            Err(error) => {
                // Looked before it was sent, and it was not sent.
                if matches!(error, WriteError::ThereAlready) {
                    lock(&state.tried).retain(|tried| !std::ptr::eq(*tried, change));
                }
                state.stop(&error, Some(change));
            }
        }
    }

    async fn write(&self, session: &Session, change: &Change) -> Result<(), WriteError> {
        let agent = &self.plan.agent_id;
        match change {
            Change::Register { name, agent_type, info, database, rate_limits } => {
                let registration = Registration {
                    rate_limits: rate_limits.clone(),
                    ..self.registration(name, agent_type.as_deref(), info, database.as_ref())?
                };
                super::register::register(session, &registration).await
            }
            Change::LinkDatabase { .. } => {
                let connection_string = self.credentials.connection_string()?;
                let call =
                    |connector: Connector| async move { connector.link_database(agent, connection_string).await };
                session.retrying("linking the database", call).await.map_err(WriteError::of_the_link)
            }
            Change::SetRateLimits { after, .. } => {
                let call = |connector: Connector| async move { connector.set_rate_limits(agent, after).await };
                Ok(session.retrying("setting the rate limits", call).await?)
            }
            Change::SetPermission { resource_id, after, .. } => {
                let call = |connector: Connector| async move {
                    connector.set_resource_permission(agent, resource_id, after).await
                };
                Ok(session.retrying(&format!("setting {resource_id}"), call).await?)
            }
            // Gone already is as good as gone: the aim is reached, and a repeated request must not fail.
            Change::Revoke { resource_id, .. } => {
                let call = |connector: Connector| async move { connector.revoke(agent, resource_id).await };
                session.retrying(&format!("revoking {resource_id}"), call).await.map(drop).map_err(WriteError::from)
            }
            Change::DeleteAgent { .. } => {
                let call = |connector: Connector| async move { connector.delete_agent(agent).await };
                session.retrying("deleting the agent", call).await.map(drop).map_err(WriteError::from)
            }
        }
    }
}

fn because(error: &WriteError, at: Option<&Change>) -> Stop {
    let mut cause = ErrorReport::of(error);
    // Whether it took effect is decided by looking, and the report says what was found.
    if let WriteError::Call(error) | WriteError::LinkRefused(error) = error {
        cause.message = error.briefly();
        cause.plain = error.plainly();
    }
    let cancelled = cause.code == ErrorCode::Interrupted;
    Stop { cause, at: at.filter(|_| !cancelled).map(Change::key), cancelled }
}

fn into_inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}
