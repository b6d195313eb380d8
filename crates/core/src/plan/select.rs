//! All of a plan, or chosen items.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Change, ChangeKey, Item, Plan};
use crate::error::{ErrorCode, Explain};

/// Selection of a plan's changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// Every one.
    #[default]
    All,
    /// These changes, or items of them; whatever else they need (registering the agent first) comes with them.
    Only(BTreeSet<ChangeKey>),
}

impl Selection {
    /// The changes to these resources.
    pub fn resources<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Only(ids.into_iter().map(ChangeKey::resource).collect())
    }
}

/// A selection names something that neither side of the plan has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is in neither the target nor what should be there. Nothing was changed.", .key)]
pub struct UnknownItem {
    /// Key of the change.
    pub key: ChangeKey,
    /// The nearest thing that there is.
    pub nearest: Option<String>,
}

impl Explain for UnknownItem {
    fn code(&self) -> ErrorCode {
        ErrorCode::Usage
    }

    fn hint(&self) -> Option<String> {
        Some(match &self.nearest {
            Some(nearest) => format!("Did you mean {nearest}?"),
            None => "Look at the items of the whole plan, and choose among them.".into(),
        })
    }
}

impl Plan {
    /// The same plan, reduced to chosen changes. What is not chosen is not applied and not counted; an item that is the same
    /// on both sides may be chosen and changes nothing.
    ///
    /// # Errors
    /// [`UnknownItem`] for a key that the plan does not know at all.
    pub fn select(mut self, selection: &Selection) -> Result<Self, UnknownItem> {
        let Selection::Only(chosen) = selection else { return Ok(self) };
        let known = self.known_keys();
        if let Some(key) = chosen.iter().find(|key| !known.contains(&about(key))) {
            return Err(UnknownItem { key: key.clone(), nearest: nearest(key, &known) });
        }
        let changes = std::mem::take(&mut self.changes);
        let registration = changes.iter().find(|change| matches!(change, Change::Register { .. })).cloned();
        self.changes = changes.into_iter().filter_map(|change| reduced(change, chosen)).collect();
        // Nothing can be said about an agent that does not exist: its registration comes with whatever was chosen.
        if !self.changes.is_empty() && !self.registers() {
            self.changes.splice(..0, registration);
        }
        self.renew_notes(&known);
        Ok(self)
    }

    /// One key for everything about a resource.
    fn known_keys(&self) -> BTreeSet<ChangeKey> {
        let resources = self.same.iter().chain(&self.kept).map(|id| ChangeKey::resource(id));
        self.changes.iter().map(Change::key).chain(resources).collect()
    }

    /// Drops notes about resources that are no longer part of the plan, and counts the losses again.
    fn renew_notes(&mut self, known: &BTreeSet<ChangeKey>) {
        let chosen: BTreeSet<ChangeKey> = self.changes.iter().map(Change::key).collect();
        let gone = |key: &ChangeKey| known.contains(key) && !chosen.contains(key);
        self.notes.retain(|note| !note.resource.as_deref().is_some_and(|id| gone(&ChangeKey::resource(id))));
        super::make::renew_summary_notes(self);
    }
}

fn about(key: &ChangeKey) -> ChangeKey {
    key.resource_id().map_or_else(|| key.clone(), ChangeKey::resource)
}

/// The change with its chosen items, if there are any. An item that is not chosen leaves what it is about as it is there.
fn reduced(change: Change, chosen: &BTreeSet<ChangeKey>) -> Option<Change> {
    if chosen.contains(&change.key()) {
        return Some(change);
    }
    let all = change.item_count();
    let mut items: Vec<Change> =
        change.items().filter(|item| chosen.contains(&item.key())).map(Item::into_change).collect();
    if items.len() == all { Some(change) } else { items.pop() }
}

fn nearest(key: &ChangeKey, known: &BTreeSet<ChangeKey>) -> Option<String> {
    let wanted = key.resource_id()?;
    let scored = known.iter().filter_map(ChangeKey::resource_id).map(|id| (strsim::jaro_winkler(wanted, id), id));
    let best = scored.filter(|(score, _)| *score > 0.8).max_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, id)| id.to_owned())
}
