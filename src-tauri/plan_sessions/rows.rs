//! The rows of a plan: by group, in pieces, found again. Made so that 100,000 of them are as quick as ten.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use aidb_core::config::display_text;
use aidb_core::plan::{Change, Group, describe_access};

use super::{Content, PlanSession, RowResult};
use crate::contract::{RowGroup, RowView};
use crate::views::plans::{chips, unchanged_chips};

/// Number of rows that are answered at once.
const MOST_ROWS: usize = 200;

/// Reference to a row of a plan.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RowRef {
    /// A change, and which of its items.
    Item(usize, usize),
    Unchangeable(usize),
    Kept(usize),
    Same(usize),
}

/// The rows of one plan by group, and the texts that a search looks into: made when somebody searches.
pub(crate) struct Rows {
    groups: BTreeMap<RowGroup, Vec<RowRef>>,
    texts: OnceLock<BTreeMap<RowGroup, Vec<String>>>,
}

impl Rows {
    pub(super) fn of(content: &Content) -> Self {
        let plan = content.plan();
        let mut groups: BTreeMap<RowGroup, Vec<RowRef>> = BTreeMap::new();
        for (index, change) in plan.changes.iter().enumerate() {
            for (nth, item) in change.items().enumerate() {
                groups.entry(item.group().into()).or_default().push(RowRef::Item(index, nth));
            }
        }
        if let Content::Past { outcomes: Some(outcomes), .. } = content {
            // What somebody has to look at comes first in its group: nobody finds one row among 100,000.
            let is_fine = |row: &RowRef| match row {
                RowRef::Item(index, _) => !outcomes.needs_a_look(&plan.changes[*index]),
                RowRef::Unchangeable(_) | RowRef::Kept(_) | RowRef::Same(_) => true,
            };
            groups.values_mut().for_each(|refs| refs.sort_by_key(is_fine));
        }
        let stays = [
            (RowGroup::CannotChange, plan.unchangeable.len(), RowRef::Unchangeable as fn(usize) -> RowRef),
            (RowGroup::Kept, plan.kept.len(), RowRef::Kept),
            (RowGroup::Same, plan.same.len(), RowRef::Same),
        ];
        for (group, count, reference) in stays.into_iter().filter(|(_, count, _)| *count > 0) {
            groups.insert(group, (0..count).map(reference).collect());
        }
        Self { groups, texts: OnceLock::new() }
    }

    /// The groups that hold anything, in the order in which they are shown, with how many rows each.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (RowGroup, usize)> {
        self.groups.iter().map(|(group, rows)| (*group, rows.len()))
    }
}

impl PlanSession {
    /// A piece of a group: how many rows match in all, and some of them from `from` on.
    pub(crate) fn piece(&self, group: RowGroup, search: &str, from: usize) -> (usize, Vec<RowView>) {
        let Some(refs) = self.rows.groups.get(&group) else { return (0, Vec::new()) };
        let wanted = search.trim().to_lowercase();
        if wanted.is_empty() {
            let rows = refs.iter().skip(from).take(MOST_ROWS).map(|row| self.row(*row)).collect();
            return (refs.len(), rows);
        }
        let texts = self.rows.texts.get_or_init(|| self.texts());
        let texts = texts.get(&group).map(Vec::as_slice).unwrap_or_default();
        let found: Vec<RowRef> =
            refs.iter().zip(texts).filter(|(_, text)| text.contains(&wanted)).map(|(row, _)| *row).collect();
        (found.len(), found.iter().skip(from).take(MOST_ROWS).map(|row| self.row(*row)).collect())
    }

    /// All rows of a group.
    pub(crate) fn group_rows(&self, group: RowGroup) -> impl Iterator<Item = RowView> {
        self.rows.groups.get(&group).into_iter().flatten().map(|row| self.row(*row))
    }

    fn texts(&self) -> BTreeMap<RowGroup, Vec<String>> {
        let text = |row: &RowRef| {
            let row = self.row(*row);
            let reason = row.reason.unwrap_or_default();
            format!("{}\n{}\n{}\n{reason}", row.subject, row.resource_type.unwrap_or_default(), row.words)
                .to_lowercase()
        };
        self.rows.groups.iter().map(|(group, refs)| (*group, refs.iter().map(text).collect())).collect()
    }

    fn row(&self, row: RowRef) -> RowView {
        let plan = self.content.plan();
        match row {
            RowRef::Item(index, nth) => self.item_row(&plan.changes[index], nth),
            RowRef::Unchangeable(index) => {
                let difference = &plan.unchangeable[index];
                let subject = difference.field.trim_start_matches('/').replace(['/', '_'], " ");
                let words = difference.describe();
                let words = words.strip_prefix(&format!("{subject}: ")).unwrap_or(&words).to_owned();
                let key = format!("field:{}", difference.field);
                RowView {
                    key,
                    subject,
                    resource_type: None,
                    words,
                    chips: Vec::new(),
                    besides: None,
                    outcome: None,
                    reason: None,
                }
            }
            RowRef::Kept(index) => self.unchanged_row(&plan.kept[index], "only here, and stays"),
            RowRef::Same(index) => self.unchanged_row(&plan.same[index], "the same on both sides"),
        }
    }

    fn item_row(&self, whole: &Change, nth: usize) -> RowView {
        let item = whole.item(nth);
        let change = item.change();
        let resource_type = match change {
            Change::SetPermission { after, .. } => Some(after.resource_type.clone()),
            Change::Revoke { before, .. } => Some(before.resource_type.clone()),
            Change::Register { agent_type, .. } => agent_type.clone(),
            Change::LinkDatabase { database, .. } => database.database_type.clone(),
            Change::SetRateLimits { .. } => None,
            Change::DeleteAgent { before } => before.agent.agent_type.clone(),
        };
        let (outcome, reason) = match self.content.row_result(whole) {
            Some(RowResult { outcome, reason }) => (Some(outcome), reason.as_deref().map(display_text)),
            None => (None, None),
        };
        RowView {
            key: item.key().as_str().to_owned(),
            subject: change.subject().to_owned(),
            resource_type,
            words: display_text(&change.describe()),
            chips: chips(change),
            besides: change.besides_access().as_deref().map(display_text),
            outcome,
            reason,
        }
    }

    fn unchanged_row(&self, id: &str, words: &str) -> RowView {
        let entry = self.content.unchanged(id);
        let access = entry.map(|entry| format!("{words}: {}", describe_access(entry)));
        RowView {
            key: format!("resource:{id}"),
            subject: id.to_owned(),
            resource_type: entry.map(|entry| entry.resource_type.clone()),
            words: access.unwrap_or_else(|| words.to_owned()),
            chips: entry.map(unchanged_chips).unwrap_or_default(),
            besides: None,
            outcome: None,
            reason: None,
        }
    }
}

impl From<Group> for RowGroup {
    fn from(group: Group) -> Self {
        match group {
            Group::Register => Self::Register,
            Group::LinkDatabase => Self::LinkDatabase,
            Group::GainsAccess => Self::GainsAccess,
            Group::Changes => Self::Changes,
            Group::LosesAccess => Self::LosesAccess,
            Group::DeleteAgent => Self::DeleteAgent,
        }
    }
}
