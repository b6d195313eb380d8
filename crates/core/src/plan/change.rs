//! What one change is, and in which order changes are carried out.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::config::{DatabaseReference, LiveAgent, PermissionSet, RateLimits, ResourcePermission};

/// One change of a plan. Holds what was there before, so that it can be put back from the plan alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Register the agent, which the target does not have.
    Register {
        /// The name.
        name: String,
        /// The type.
        #[serde(rename = "type")]
        agent_type: Option<String>,
        /// Further `agent_info`.
        info: Map<String, Value>,
        /// The database, where the person gave a connection string: linked within the registration.
        database: Option<DatabaseReference>,
        /// Number of queries it may make, where a backup holds that; else what the server gives to every new agent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rate_limits: Option<RateLimits>,
    },
    /// Link the database of an agent that exists.
    LinkDatabase {
        /// Link now.
        before: Option<DatabaseReference>,
        /// When that was linked: see [`LiveAgent::linked_at`].
        linked_at: Option<String>,
        /// Name of the new connection.
        database: DatabaseReference,
    },
    /// Set how many queries the agent may make.
    SetRateLimits {
        /// Limits now.
        before: RateLimits,
        /// Limits then.
        after: RateLimits,
    },
    /// Set one resource's permission list, replacing what is there.
    SetPermission {
        /// The resource.
        resource_id: String,
        /// Entry now; `None`: no entry.
        before: Option<ResourcePermission>,
        /// Entry then.
        after: ResourcePermission,
    },
    /// Remove one resource's entry.
    Revoke {
        /// The resource.
        resource_id: String,
        /// Entry now.
        before: ResourcePermission,
    },
    /// Delete the agent, with everything that belongs to it.
    DeleteAgent {
        /// Entry now.
        before: Box<LiveAgent>,
    },
}

/// Names one change within a plan: `register`, `link`, `limits`, `delete`, or `resource:` and the resource id. An item of a change to a
/// resource is named by `gain:` or `loss:` and the resource id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeKey(String);

impl ChangeKey {
    /// The key of the change to one resource.
    #[must_use]
    pub fn resource(resource_id: &str) -> Self {
        Self(format!("resource:{resource_id}"))
    }

    /// The key of what one resource gains.
    #[must_use]
    pub fn gain(resource_id: &str) -> Self {
        Self(format!("gain:{resource_id}"))
    }

    /// The key of what one resource loses.
    #[must_use]
    pub fn loss(resource_id: &str) -> Self {
        Self(format!("loss:{resource_id}"))
    }

    /// The resource that the change or item is about, if it is about one.
    #[must_use]
    pub fn resource_id(&self) -> Option<&str> {
        ["resource:", "gain:", "loss:"].into_iter().find_map(|kind| self.0.strip_prefix(kind))
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChangeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0.as_str() {
            "register" => "the registration",
            "link" => "the database link",
            "limits" => "the rate limits",
            "delete" => "the deletion",
            resource => self.resource_id().unwrap_or(resource),
        })
    }
}

/// Under which heading an item is shown (docs/WINDOW.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Register the agent.
    Register,
    /// Link its database.
    LinkDatabase,
    /// Something new is allowed, nothing is taken away.
    GainsAccess,
    /// The type changes, an entry without a permission is added, or how many queries the agent may make.
    Changes,
    /// Something is taken away.
    LosesAccess,
    /// The agent itself goes.
    DeleteAgent,
}

/// One step of the order of calls. Everything within a phase may run at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// The agent has to exist before anything else can be said about it.
    Register,
    /// The call that fails most often goes before the permissions: then nothing has been changed yet.
    Link,
    /// One call, so that a server which refuses it has changed nothing else yet.
    Limit,
    /// Access is given before other access is taken away, so that an agent that moves from one resource to another is
    /// never without both.
    Grant,
    /// Entries go before the agent does.
    Revoke,
    /// Takes permissions, key, link and rate limits with it: last.
    Delete,
}

/// The order of calls, for an apply and for putting back alike: nothing else decides it.
pub const PHASES: [Phase; 6] = [Phase::Register, Phase::Link, Phase::Limit, Phase::Grant, Phase::Revoke, Phase::Delete];

impl Change {
    /// When it is carried out.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match self {
            Self::Register { .. } => Phase::Register,
            Self::LinkDatabase { .. } => Phase::Link,
            Self::SetRateLimits { .. } => Phase::Limit,
            Self::SetPermission { .. } => Phase::Grant,
            Self::Revoke { .. } => Phase::Revoke,
            Self::DeleteAgent { .. } => Phase::Delete,
        }
    }

    /// The name within the plan.
    #[must_use]
    pub fn key(&self) -> ChangeKey {
        match self {
            Self::Register { .. } => ChangeKey("register".into()),
            Self::LinkDatabase { .. } => ChangeKey("link".into()),
            Self::SetRateLimits { .. } => ChangeKey("limits".into()),
            Self::DeleteAgent { .. } => ChangeKey("delete".into()),
            Self::SetPermission { resource_id, .. } | Self::Revoke { resource_id, .. } => {
                ChangeKey::resource(resource_id)
            }
        }
    }

    /// Permissions that are gained and lost.
    #[must_use]
    pub fn gained_and_lost(&self) -> (PermissionSet, PermissionSet) {
        match self {
            Self::SetPermission { before, after, .. } => gained_and_lost(before.as_ref(), after),
            Self::Revoke { before, .. } => (PermissionSet::EMPTY, before.permissions),
            _ => (PermissionSet::EMPTY, PermissionSet::EMPTY),
        }
    }
}

/// What `after` allows that `before` did not, and the other way round.
pub(super) fn gained_and_lost(
    before: Option<&ResourcePermission>,
    after: &ResourcePermission,
) -> (PermissionSet, PermissionSet) {
    let had = before.map_or(PermissionSet::EMPTY, |before| before.permissions);
    (after.permissions.minus(had), had.minus(after.permissions))
}
