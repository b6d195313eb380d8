//! What became of the changes of a plan that was applied, found by their keys: there may be 100,000 of them, and a list would
//! be gone through for every row.

use std::collections::HashMap;

use aidb_core::apply::ApplyReport;
use aidb_core::plan::{Change, ChangeKey, Plan};

use crate::contract::RowOutcome;

/// How a plan that was applied ended, change by change.
pub(crate) struct Outcomes(HashMap<ChangeKey, Became>);

/// What became of one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Became {
    /// In one word.
    pub(crate) outcome: RowOutcome,
    /// Why it was left or failed, where it was or did.
    pub(crate) reason: Option<String>,
}

impl Outcomes {
    /// The report of an apply, sorted by what it says of each change of `plan`.
    pub(crate) fn of(plan: &Plan, report: &ApplyReport) -> Self {
        let plain = |outcome| move |key: &ChangeKey| (key.clone(), Became { outcome, reason: None });
        let mut of: HashMap<ChangeKey, Became> = HashMap::new();
        of.extend(report.applied.iter().map(plain(RowOutcome::Applied)));
        of.extend(report.put_back.iter().map(plain(RowOutcome::PutBack)));
        if let (Some(change), Some(cause), false) = (&report.stopped_at, &report.cause, report.cancelled) {
            let reason = Some(cause.plain.as_ref().unwrap_or(&cause.message).clone());
            of.insert(change.clone(), Became { outcome: RowOutcome::Failed, reason });
        }
        // Last, because it weighs most: nobody may read of what was left that it was put back.
        of.extend(report.left.iter().map(|left| {
            let became = Became { outcome: RowOutcome::Left, reason: Some(left.reason.clone()) };
            (row_of(plan, &left.change), became)
        }));
        Self(of)
    }

    /// What became of a change. One of which the report says nothing was never sent.
    pub(crate) fn get(&self, key: &ChangeKey) -> Became {
        self.0.get(key).cloned().unwrap_or(Became { outcome: RowOutcome::NotReached, reason: None })
    }

    /// Whether somebody has to look at a change: it was left, or it failed.
    pub(super) fn needs_a_look(&self, change: &Change) -> bool {
        let became = self.0.get(&change.key());
        became.is_some_and(|became| matches!(became.outcome, RowOutcome::Left | RowOutcome::Failed))
    }
}

/// The row that a leftover belongs to. Deleting a new agent again is what puts its registration back, and no row of a plan that
/// registers one.
fn row_of(plan: &Plan, left: &ChangeKey) -> ChangeKey {
    let registration = plan.changes.iter().find(|change| matches!(change, Change::Register { .. })).map(Change::key);
    match registration {
        Some(registration) if left.as_str() == "delete" => registration,
        _ => left.clone(),
    }
}
