//! From ticks to a selection.
//!
//! What loses access is unticked until asked for, where somebody promotes or imports. Who restores has asked for the state of
//! the backup, losses included: there everything is ticked but the deletion of the agent, which is asked for by itself. The
//! registration comes with whatever is ticked (core's rule), so it has no tick of its own.

use std::collections::{BTreeSet, HashSet};

use aidb_core::operations::Proposal;
use aidb_core::plan::{Item, Selection};

use super::{PlanError, PlanSession};
use crate::contract::{GroupView, PlanKind, RowGroup, Ticks};
use crate::views::number;

/// Whether rows of a group can be ticked, and whether they are until the person says otherwise.
pub(crate) fn group_rule(kind: PlanKind, group: RowGroup, count: usize) -> GroupView {
    let shown_only = matches!(kind, PlanKind::Comparison | PlanKind::Past);
    let fixed = matches!(group, RowGroup::Register | RowGroup::CannotChange | RowGroup::Kept | RowGroup::Same);
    let ticked = match group {
        RowGroup::Register | RowGroup::LinkDatabase | RowGroup::GainsAccess | RowGroup::Changes => true,
        RowGroup::LosesAccess => kind == PlanKind::Rollback,
        RowGroup::DeleteAgent | RowGroup::CannotChange | RowGroup::Kept | RowGroup::Same => false,
    };
    GroupView { group, count: number(count), tickable: !shown_only && !fixed, ticked: !shown_only && ticked }
}

impl PlanSession {
    /// The proposal, reduced to what is ticked.
    pub(crate) fn chosen(&self, ticks: &Ticks) -> Result<Proposal, PlanError> {
        let proposal = &self.proposable()?.proposal;
        let except: HashSet<&str> = ticks.except.iter().map(String::as_str).collect();
        let plan = &proposal.plan;
        let ticked: BTreeSet<_> =
            plan.items().filter(|item| self.is_ticked(item, ticks, &except)).map(|item| item.key()).collect();
        if ticked.len() == plan.item_count() {
            return Ok(proposal.clone());
        }
        proposal.select(Selection::Only(ticked)).map_err(PlanError::UnknownRow)
    }

    fn is_ticked(&self, item: &Item<'_>, ticks: &Ticks, except: &HashSet<&str>) -> bool {
        let group = RowGroup::from(item.group());
        let rule = group_rule(self.content.kind(), group, 1);
        let ticked = ticks.groups.get(&group).copied().unwrap_or(rule.ticked);
        if rule.tickable { ticked != except.contains(item.key().as_str()) } else { rule.ticked }
    }
}
