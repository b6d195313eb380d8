//! A server that lost its memory, named as that wherever it is met (docs/RULES.md#lost-memory): aidb knows from its own history what it saw
//! there last.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::target::server_key;
use super::{Context, Engine, Error, Target};
use crate::config::AgentId;
use crate::connector::{Knew, LOST_MEMORY_HINT, has_lost_memory};
use crate::numbers::counted;
use crate::plan::{Note, NoteCode, NoteWeight, Plan};
use crate::store::SeenAgent;

/// Memory of a server that has no agent at all any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostMemory {
    /// Number of agents it saw there, each when it was last read or written.
    pub agents: usize,
    /// When it saw the last of them.
    pub seen_at: DateTime<Utc>,
}

impl LostMemory {
    pub(super) const HINT: &str = LOST_MEMORY_HINT;

    fn of<'s>(seen: impl IntoIterator<Item = &'s SeenAgent>) -> Option<Self> {
        let there: Vec<DateTime<Utc>> = seen.into_iter().filter(|agent| agent.existed).map(|agent| agent.at).collect();
        Some(Self { seen_at: there.iter().copied().max()?, agents: there.len() })
    }

    /// "The server has no agent at all now, and aidb saw 3 there before (the last on 2026-11-29 00:30 UTC): …"
    #[must_use]
    pub fn sentence(&self) -> String {
        let agents = counted(self.agents, "agent");
        format!(
            "The server has no agent at all now, and aidb saw {agents} there before, the last on {}: it lost its memory, most \
             likely because it was restarted.",
            moment(self.seen_at)
        )
    }
}

/// A look at the list of a server's agents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// The server, as it was called then.
    pub url: String,
    /// When the server said so.
    pub at: DateTime<Utc>,
    /// Agents, sorted.
    pub agents: Vec<String>,
}

impl Look {
    fn seen(&self) -> impl Iterator<Item = SeenAgent> {
        let agents = self.agents.iter();
        agents.map(|agent| SeenAgent { url: self.url.clone(), agent_id: agent.clone(), at: self.at, existed: true })
    }

    /// Differences to now: agents that came since, and agents that are gone.
    #[must_use]
    pub fn until(&self, now: &[String]) -> (Vec<String>, Vec<String>) {
        let missing_from = |all: &[String], some: &[String]| {
            let known: HashSet<&str> = all.iter().map(String::as_str).collect();
            some.iter().filter(|agent| !known.contains(agent.as_str())).cloned().collect()
        };
        (missing_from(&self.agents, now), missing_from(now, &self.agents))
    }
}

impl Engine {
    /// What the history says last of each agent of a server.
    async fn seen_at(&self, target: &Target) -> Result<Vec<SeenAgent>, Error> {
        let server = server_key(&target.server.url);
        let mut seen = self.store().await?.agents_seen().await?;
        seen.retain(|agent| server_key(&agent.url) == server);
        Ok(seen)
    }

    /// Whether the server, which has these agents now, lost those that aidb saw there before: as its history knows, and as an
    /// earlier look at the list of its agents knows. An agent that aidb saw go since is not lost.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn lost_memory(
        &self,
        target: &Target,
        agents: &[String],
        looked: Option<&Look>,
    ) -> Result<Option<LostMemory>, Error> {
        if !Knew::Agents.is_lost(agents) {
            return Ok(None);
        }
        let history = self.seen_at(target).await?.into_iter();
        let mut last: HashMap<String, SeenAgent> = history.map(|agent| (agent.agent_id.clone(), agent)).collect();
        for agent in looked.into_iter().flat_map(Look::seen) {
            if last.get(&agent.agent_id).is_none_or(|known| known.at < agent.at) {
                last.insert(agent.agent_id.clone(), agent);
            }
        }
        Ok(LostMemory::of(last.values()))
    }

    /// That an agent is not there, and whether all others are gone with it.
    pub(super) async fn agent_not_found(&self, target: &Target, agent: &AgentId, context: &Context) -> Error {
        // Where the store or the list cannot be read, it is only not there.
        let seen = self.seen_at(target).await.ok().as_deref().and_then(LostMemory::of);
        let knew = if seen.is_some() { Knew::Agents } else { Knew::Nothing };
        let is_lost = has_lost_memory(&self.session(&target.connector, context), knew).await;
        Error::AgentNotFound { agent: agent.to_string(), server: target.name.clone(), lost: seen.filter(|_| is_lost) }
    }

    /// That the plan would register an agent anew which the server had and lost, together with all others.
    pub(super) async fn note_lost_memory(
        &self,
        target: &Target,
        plan: &mut Plan,
        context: &Context,
    ) -> Result<(), Error> {
        if !plan.registers() {
            return Ok(());
        }
        let seen = self.seen_at(target).await?;
        let is_own = |agent: &&SeenAgent| agent.existed && agent.agent_id == plan.agent_id.as_str();
        let Some(own) = seen.iter().find(is_own) else { return Ok(()) };
        let session = self.session(&target.connector, context);
        if let Some(lost) = LostMemory::of(&seen)
            && has_lost_memory(&session, Knew::Agents).await
        {
            let message = format!(
                "{} was here on {}. {} Registering it makes it anew, with a new API key.",
                own.agent_id,
                moment(own.at),
                lost.sentence()
            );
            plan.notes
                .insert(0, Note { code: NoteCode::ServerEmptied, weight: NoteWeight::Risk, message, resource: None });
        }
        Ok(())
    }
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}
