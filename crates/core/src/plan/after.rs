//! State that a plan leads to: what the target has once all of it was carried out. For what the history knows of a moment between
//! two looks.

use super::link::NAMELESS;
use super::{Change, Plan};
use crate::config::{Agent, AgentState, DatabaseReference, LiveAgent, ResourcePermissions};

impl Plan {
    /// State of the agent after all of the plan, from the state that it was made from.
    #[must_use]
    pub fn after(&self, before: &AgentState) -> AgentState {
        let mut state = before.clone();
        for change in &self.changes {
            state = after(change, state, self.agent_id.as_str());
        }
        state
    }
}

fn after(change: &Change, before: AgentState, agent_id: &str) -> AgentState {
    let mut live = match (change, before) {
        (Change::DeleteAgent { .. }, _) => return AgentState::Absent,
        (Change::Register { name, agent_type, info, database, rate_limits }, _) => {
            let agent = Agent {
                agent_id: agent_id.to_owned(),
                name: name.clone(),
                agent_type: agent_type.clone(),
                database: database.clone(),
                resource_permissions: ResourcePermissions::new(),
                info: info.clone(),
            };
            let live = LiveAgent { rate_limits: rate_limits.clone(), ..LiveAgent::of(agent) };
            return AgentState::Present(Box::new(live));
        }
        (_, AgentState::Absent) => return AgentState::Absent,
        (_, AgentState::Present(live)) => live,
    };
    match change {
        Change::LinkDatabase { database, .. } => {
            // A link that is made for an agent which exists has no name of its own at the server.
            live.agent.database =
                Some(DatabaseReference { connection_name: Some(NAMELESS.into()), ..database.clone() });
        }
        Change::SetRateLimits { after, .. } => live.rate_limits = Some(after.clone()),
        Change::SetPermission { resource_id, after, .. } => {
            live.agent.resource_permissions.insert(resource_id.clone(), after.clone());
        }
        Change::Revoke { resource_id, .. } => {
            live.agent.resource_permissions.remove(resource_id);
        }
        Change::Register { .. } | Change::DeleteAgent { .. } => {}
    }
    AgentState::Present(live)
}
