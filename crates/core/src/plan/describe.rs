//! The plan in plain words: one place for the text that the command line, the window and the history show.

use serde_json::Value;

use super::{Change, Group, Plan, Unchangeable};
use crate::config::{Permission, PermissionSet, RateLimits, ResourcePermission};

/// "read and write", "read, write and delete", "no permission".
fn listed(permissions: PermissionSet) -> String {
    let words: Vec<&str> = permissions.iter().map(Permission::as_str).collect();
    match words.as_slice() {
        [] => "no permission".into(),
        [one] => (*one).into(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Access of an entry, with its type unless it is a table: "read and write", "read on a dataset".
#[must_use]
pub fn describe_access(entry: &ResourcePermission) -> String {
    match entry.resource_type.as_str() {
        "table" => listed(entry.permissions),
        other => format!("{} ({other})", listed(entry.permissions)),
    }
}

impl Change {
    /// Subject: the resource id, or "agent", "database", "rate limits".
    #[must_use]
    pub fn subject(&self) -> &str {
        match self {
            Self::Register { .. } | Self::DeleteAgent { .. } => "agent",
            Self::LinkDatabase { .. } => "database",
            Self::SetRateLimits { .. } => "rate limits",
            Self::SetPermission { resource_id, .. } | Self::Revoke { resource_id, .. } => resource_id,
        }
    }

    /// What happens to its subject: "gains write", "new here: may read".
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Register { name, agent_type, database, rate_limits, .. } => {
                describe_register(name, agent_type.as_deref(), database.is_some(), rate_limits.as_ref())
            }
            Self::LinkDatabase { before: None, .. } => "is linked with the connection string given".into(),
            Self::LinkDatabase { before: Some(_), .. } => "is linked anew with the connection string given".into(),
            Self::SetRateLimits { before, after } => format!("become {}; were {}", after.describe(), before.describe()),
            Self::DeleteAgent { .. } => "is deleted, with everything that belongs to it".into(),
            Self::Revoke { before, .. } => format!("loses {}, and its entry", listed(before.permissions)),
            Self::SetPermission { before: None, after, .. } if after.permissions.is_empty() => {
                "new here: listed with no permission".into()
            }
            Self::SetPermission { before: None, after, .. } => format!("new here: may {}", listed(after.permissions)),
            Self::SetPermission { before: Some(before), after, .. } => self.describe_access(before, after),
        }
    }

    /// What happens besides to a resource whose permissions are shown before and after: "new here", "its entry goes".
    #[must_use]
    pub fn besides_access(&self) -> Option<String> {
        match self {
            Self::SetPermission { before: None, .. } => Some("new here".into()),
            Self::SetPermission { before: Some(before), after, .. } => describe_type(before, after),
            Self::Revoke { .. } => Some("its entry goes".into()),
            Self::Register { .. }
            | Self::LinkDatabase { .. }
            | Self::SetRateLimits { .. }
            | Self::DeleteAgent { .. } => None,
        }
    }

    fn describe_access(&self, before: &ResourcePermission, after: &ResourcePermission) -> String {
        let (gained, lost) = self.gained_and_lost();
        let gains = (!gained.is_empty()).then(|| format!("gains {}", listed(gained)));
        let loses = (!lost.is_empty()).then(|| format!("loses {}", listed(lost)));
        gains.into_iter().chain(loses).chain(describe_type(before, after)).collect::<Vec<_>>().join("; ")
    }
}

fn describe_type(before: &ResourcePermission, after: &ResourcePermission) -> Option<String> {
    let (was, is) = (&before.resource_type, &after.resource_type);
    (was != is).then(|| format!("its type changes from {was} to {is}"))
}

fn describe_register(name: &str, agent_type: Option<&str>, links: bool, limits: Option<&RateLimits>) -> String {
    let kind = agent_type.map(|kind| format!(" ({kind})")).unwrap_or_default();
    let database = if links { ", and its database is linked" } else { "" };
    let limits = limits.map(|limits| format!(", with its rate limits ({})", limits.describe())).unwrap_or_default();
    format!("is registered as “{name}”{kind}{database}{limits}")
}

impl Unchangeable {
    /// "name: “Old” stays; the configuration says “New”".
    #[must_use]
    pub fn describe(&self) -> String {
        let field = self.field.trim_start_matches('/').replace(['/', '_'], " ");
        match (&self.target, &self.wanted) {
            (Value::Null, wanted) => format!("{field}: stays empty; the configuration says {}", quoted(wanted)),
            (target, Value::Null) => format!("{field}: {} stays; the configuration has none", quoted(target)),
            (target, wanted) => format!("{field}: {} stays; the configuration says {}", quoted(target), quoted(wanted)),
        }
    }
}

pub(super) fn quoted(value: &Value) -> String {
    match value {
        Value::String(text) => format!("“{text}”"),
        other => other.to_string(),
    }
}

/// The counted lines under "Would perform:": "Register new agent", "Set 5 resource permissions".
#[must_use]
pub fn summary_lines(plan: &Plan) -> Vec<String> {
    let sets = plan.changes.iter().filter(|change| matches!(change, Change::SetPermission { .. })).count();
    let revokes = plan.changes.iter().filter(|change| matches!(change, Change::Revoke { .. })).count();
    let counted = |count: usize, verb: &str| match count {
        0 => None,
        1 => Some(format!("{verb} 1 resource permission")),
        _ => Some(format!("{verb} {count} resource permissions")),
    };
    let once = |group: Group, words: &str| (plan.count(group) > 0).then(|| words.to_owned());
    let link = plan.links_database().then(|| "Link the database".to_owned());
    let limits = plan.changes.iter().any(|change| matches!(change, Change::SetRateLimits { .. }));
    let limits = limits.then(|| "Set the rate limits".to_owned());
    [
        once(Group::Register, "Register new agent"),
        link,
        limits,
        counted(sets, "Set"),
        counted(revokes, "Revoke"),
        once(Group::DeleteAgent, "Delete the agent"),
    ]
    .into_iter()
    .flatten()
    .collect()
}
