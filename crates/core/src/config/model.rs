//! The configuration as data: one agent's portable settings (docs/RULES.md#the-configuration-file).
//!
//! The same [`Agent`] describes what a file asks for, what a server has, and what a backup remembers, so that any two of
//! them compare with `==`. Permissions are sets and resources are sorted maps: order never makes a difference.
//!
//! The derived serde form is the engine's own (store, plans, `--json`). The form of a configuration *file* has its own
//! writer and reader beside this module, because people commit those files and their layout is a contract.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// The format version that aidb writes.
pub const FORMAT_VERSION: &str = "1.0.0";

/// One of the four things that an agent may be allowed to do with a resource, in the order in which files list them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// May read.
    Read,
    /// May write.
    Write,
    /// May delete.
    Delete,
    /// May administer.
    Admin,
}

impl Permission {
    /// All four, in file order.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Delete, Self::Admin];

    /// The word that files and the server use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Delete => "delete",
            Self::Admin => "admin",
        }
    }

    /// The permission of that exact word; anything else is none of the four.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == word)
    }
}

/// A set of permissions: no order, nothing twice. Serialised as an array in file order.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PermissionSet(u8);

impl PermissionSet {
    /// No permission at all.
    pub const EMPTY: Self = Self(0);

    /// Whether nothing is granted.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `permission` is granted.
    #[must_use]
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & Self::bit(permission) != 0
    }

    /// Adds one permission; says whether it was new.
    pub const fn insert(&mut self, permission: Permission) -> bool {
        let new = !self.contains(permission);
        self.0 |= Self::bit(permission);
        new
    }

    /// Union with `other`.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Difference to `other`.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The granted permissions in file order.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.contains(*permission))
    }

    const fn bit(permission: Permission) -> u8 {
        1 << permission as u8
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        let mut set = Self::EMPTY;
        for permission in permissions {
            set.insert(permission);
        }
        set
    }
}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for PermissionSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for PermissionSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Permission>::deserialize(deserializer)?.into_iter().collect())
    }
}

/// Permissions of an agent on one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourcePermission {
    /// `table`, `dataset`, or whatever word the server keeps.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// Permissions that the agent has on the resource.
    pub permissions: PermissionSet,
    /// Keys of the file that aidb does not know; kept, never sent.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

impl ResourcePermission {
    /// A resource permission without further keys.
    pub fn new(resource_type: impl Into<String>, permissions: impl IntoIterator<Item = Permission>) -> Self {
        Self { resource_type: resource_type.into(), permissions: permissions.into_iter().collect(), extra: Map::new() }
    }

    /// Whether both give the same access: type and permission set, not the further keys, which the server never sees.
    #[must_use]
    pub fn same_access(&self, other: &Self) -> bool {
        self.permissions == other.permissions && self.resource_type == other.resource_type
    }
}

/// Resource permissions by resource id.
pub type ResourcePermissions = BTreeMap<String, ResourcePermission>;

/// Public part of a database link: never how to reach it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseReference {
    /// `postgresql`, `mysql`, …
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub database_type: Option<String>,
    /// The name under which an environment knows its connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_name: Option<String>,
    /// Keys of the file that aidb does not know; kept, never sent.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// One agent's portable settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// The id; see [`super::AgentId`] for which ids a server can address.
    pub agent_id: String,
    /// The name that people see.
    pub name: String,
    /// The agent's type. The server keeps agents without one.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub agent_type: Option<String>,
    /// The database link, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<DatabaseReference>,
    /// Permissions on each resource.
    #[serde(default)]
    pub resource_permissions: ResourcePermissions,
    /// Further `agent_info` fields (a description, an owner): the agent's own, and portable.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub info: Map<String, Value>,
}

/// A configuration: an agent, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// The format version as the file gives it.
    pub version: String,
    /// When it was exported, RFC 3339 as the file gives it.
    pub exported_at: Option<String>,
    /// The server it was exported from, without user, password, query and fragment.
    pub source_url: Option<String>,
    /// The agent.
    pub agent: Agent,
    /// The tables of its database, sorted; `None` where the file has no `tables`.
    pub tables: Option<Vec<String>>,
    /// Free-form; aidb writes `exported_by` and `environment`.
    pub metadata: Option<Map<String, Value>>,
    /// Keys of the file that aidb does not know; kept.
    pub extra: Map<String, Value>,
}
