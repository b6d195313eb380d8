//! Who may write to an agent: one at a time on this machine, and nobody before an interrupted operation is recovered.

use std::time::{Duration, Instant};

use super::target::server_key;
use super::{Context, Engine, Error, Target, WhenBusy};
use crate::config::AgentId;
use crate::progress::Event;
use crate::store::{AgentLock, OpenOperation, OperationState};

/// Time a lock has to be held before somebody is said to hold it: whoever only looks whether it is free has it for an
/// instant.
const PATIENCE: Duration = Duration::from_millis(300);
/// Number of times a taken lock is tried again.
const POLL: Duration = Duration::from_millis(50);

impl Engine {
    /// Waits until nobody writes to the agent, where the context says so. Made for the time before a plan: one that was made
    /// while somebody else was writing is out of date when it is applied.
    ///
    /// # Errors
    /// As for the lock itself.
    pub async fn wait_for_agent(&self, target: &Target, agent: &AgentId, context: &Context) -> Result<(), Error> {
        self.lock_agent(target, agent, context).await.map(drop)
    }

    /// The right to write to an agent.
    ///
    /// # Errors
    /// Somebody else has it; the person stopped waiting; the lock cannot be written.
    pub(super) async fn lock_agent(
        &self,
        target: &Target,
        agent: &AgentId,
        context: &Context,
    ) -> Result<AgentLock, Error> {
        let server = server_key(&target.server.url);
        let store = self.store().await?;
        let begun = Instant::now();
        let mut told = false;
        loop {
            if let Some(lock) = store.try_lock(&server, agent)? {
                return Ok(lock);
            }
            if begun.elapsed() >= PATIENCE {
                let busy = self.busy(target, agent).await?;
                match context.when_busy {
                    WhenBusy::Refuse => return Err(busy),
                    WhenBusy::Wait if !told => context.progress.emit(Event::Waiting { reason: busy.to_string() }),
                    WhenBusy::Wait => {}
                }
                told = true;
            }
            tokio::select! {
                () = context.cancel.cancelled() => return Err(Error::Interrupted),
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }

    /// Who has the lock: whoever has an operation without an end there.
    async fn busy(&self, target: &Target, agent: &AgentId) -> Result<Error, Error> {
        let holder = self.open_at(&target.server.url, agent).await?.pop();
        Ok(Error::AgentBusy {
            agent: agent.to_string(),
            server: target.name.clone(),
            holder: holder.map(|open| Box::new(open.summary)),
        })
    }

    /// With the lock in hand, an operation without an end was left by a dead process. One that had not begun to write changed
    /// nothing, and is closed; any other has to be recovered first.
    pub(super) async fn refuse_interrupted(&self, target: &Target, agent: &AgentId) -> Result<(), Error> {
        for open in self.open_at(&target.server.url, agent).await? {
            if open.summary.state != OperationState::Prepared {
                return Err(Error::WaitsForRecovery { operation: Box::new(open.summary) });
            }
            self.close_unwritten(&open).await?;
        }
        Ok(())
    }

    /// The operations on an agent of a server that have not ended, oldest first.
    async fn open_at(&self, url: &str, agent: &AgentId) -> Result<Vec<OpenOperation>, Error> {
        let server = server_key(url);
        let mut open = self.store().await?.open_operations().await?;
        open.retain(|open| open.summary.agent_id == *agent && server_key(&open.summary.server.url) == server);
        Ok(open)
    }
}
