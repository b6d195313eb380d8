//! What a person reads and agrees to of a change. A resource that gains and loses is one call to the server, and two items: whoever
//! agrees to the gain has not agreed to the loss (docs/RULES.md#loss).

use std::borrow::Cow;

use super::change::gained_and_lost;
use super::{Change, ChangeKey, Group, Plan};
use crate::config::ResourcePermission;

/// One item of a change: as a change that does this and nothing else, so that it can be carried out alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<'a>(Cow<'a, Change>);

impl Change {
    /// Gain and loss, apart: one item, or the gain and then the loss.
    pub fn items(&self) -> impl Iterator<Item = Item<'_>> {
        (0..self.item_count()).map(|nth| self.item(nth))
    }

    /// Number of items it has.
    #[must_use]
    pub fn item_count(&self) -> usize {
        if self.entry_that_loses_and_gains().is_some() { 2 } else { 1 }
    }

    /// One of its items, from 0; whatever it does not have is the last.
    #[must_use]
    pub fn item(&self, nth: usize) -> Item<'_> {
        let Some((resource_id, before, after)) = self.entry_that_loses_and_gains() else {
            return Item(Cow::Borrowed(self));
        };
        let (gained, lost) = gained_and_lost(Some(before), after);
        let (permissions, typed) = match nth {
            0 => (before.permissions.with(gained), after),
            _ => (before.permissions.minus(lost), before),
        };
        Item(Cow::Owned(Self::SetPermission {
            resource_id: resource_id.to_owned(),
            before: Some(before.clone()),
            after: ResourcePermission {
                permissions,
                resource_type: typed.resource_type.clone(),
                extra: after.extra.clone(),
            },
        }))
    }

    /// A type that changes counts as something given: without the loss the entry still says what it is.
    fn entry_that_loses_and_gains(&self) -> Option<(&str, &ResourcePermission, &ResourcePermission)> {
        let Self::SetPermission { resource_id, before: Some(before), after } = self else { return None };
        let (gained, lost) = gained_and_lost(Some(before), after);
        let gives = !gained.is_empty() || before.resource_type != after.resource_type;
        (gives && !lost.is_empty()).then_some((resource_id, before, after))
    }
}

impl Item<'_> {
    /// The change that does just this.
    #[must_use]
    pub fn change(&self) -> &Change {
        &self.0
    }

    /// The same, to keep.
    #[must_use]
    pub fn into_change(self) -> Change {
        self.0.into_owned()
    }

    /// Names it within the plan, by its resource and whether that gains or loses. It stays the same when the plan is made again, so
    /// that whoever chose a gain is never taken to have chosen a loss.
    #[must_use]
    pub fn key(&self) -> ChangeKey {
        match self.change() {
            Change::SetPermission { resource_id, .. } | Change::Revoke { resource_id, .. } => {
                if self.is_loss() {
                    ChangeKey::loss(resource_id)
                } else {
                    ChangeKey::gain(resource_id)
                }
            }
            other => other.key(),
        }
    }

    /// Whether it takes access away: a permission less, an entry gone, the agent deleted.
    #[must_use]
    pub fn is_loss(&self) -> bool {
        matches!(self.group(), Group::LosesAccess | Group::DeleteAgent)
    }

    /// The heading it stands under.
    #[must_use]
    pub fn group(&self) -> Group {
        match self.change() {
            Change::Register { .. } => Group::Register,
            Change::LinkDatabase { .. } => Group::LinkDatabase,
            Change::SetRateLimits { .. } => Group::Changes,
            Change::Revoke { .. } => Group::LosesAccess,
            Change::DeleteAgent { .. } => Group::DeleteAgent,
            Change::SetPermission { before, after, .. } => group_of_access(before.as_ref(), after),
        }
    }
}

impl Plan {
    /// The items of all changes, in the order of the changes.
    pub fn items(&self) -> impl Iterator<Item = Item<'_>> {
        self.changes.iter().flat_map(Change::items)
    }

    /// Number of items: what a person reads as "5 changes".
    #[must_use]
    pub fn item_count(&self) -> usize {
        item_count(&self.changes)
    }

    /// Number of its items that the changes with these keys hold.
    #[must_use]
    pub fn items_of(&self, keys: &[ChangeKey]) -> usize {
        if keys.len() == self.changes.len() {
            return self.item_count();
        }
        let keys: std::collections::HashSet<&ChangeKey> = keys.iter().collect();
        self.changes.iter().filter(|change| keys.contains(&change.key())).map(Change::item_count).sum()
    }

    /// Number of items that stand in `group`.
    #[must_use]
    pub fn count(&self, group: Group) -> usize {
        self.items().filter(|item| item.group() == group).count()
    }
}

/// Number of items these changes have together.
#[must_use]
pub fn item_count(changes: &[Change]) -> usize {
    changes.iter().map(Change::item_count).sum()
}

fn group_of_access(before: Option<&ResourcePermission>, after: &ResourcePermission) -> Group {
    let (gained, lost) = gained_and_lost(before, after);
    match (gained.is_empty(), lost.is_empty()) {
        (_, false) => Group::LosesAccess,
        (false, true) if before.is_none_or(|before| before.resource_type == after.resource_type) => Group::GainsAccess,
        _ => Group::Changes,
    }
}
