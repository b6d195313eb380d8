//! What became of the changes of a plan that was applied, found by their keys: there may be 100,000 of them, and a list would
//! be gone through for every row.

use std::collections::HashMap;

use aidb_core::apply::ApplyReport;
use aidb_core::plan::{Change, ChangeKey, Leftover, Plan};

use crate::contract::RowOutcome;

/// End of an applied plan, change by change.
pub(crate) struct Outcomes {
    of: HashMap<ChangeKey, RowResult>,
    /// Reason everything that is left was left, where that is one reason for many: said once, and not of each.
    pub(crate) shared_reason: Option<String>,
}

/// Result of one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RowResult {
    pub(crate) outcome: RowOutcome,
    /// Reason it was left or failed, where it was or did.
    pub(crate) reason: Option<String>,
}

impl Outcomes {
    /// The report of an apply, sorted by what it says of each change of `plan`.
    pub(crate) fn of(plan: &Plan, report: &ApplyReport) -> Self {
        let plain = |outcome| move |key: &ChangeKey| (key.clone(), RowResult { outcome, reason: None });
        let mut of: HashMap<ChangeKey, RowResult> = HashMap::new();
        of.extend(report.applied.iter().map(plain(RowOutcome::Applied)));
        of.extend(report.put_back.iter().map(plain(RowOutcome::PutBack)));
        if let (Some(change), Some(cause), false) = (&report.stopped_at, &report.cause, report.cancelled) {
            let reason = Some(cause.plain.as_ref().unwrap_or(&cause.message).clone());
            of.insert(change.clone(), RowResult { outcome: RowOutcome::Failed, reason });
        }
        let shared_reason = shared(&report.left);
        // Last, because it weighs most: nobody may read of what was left that it was put back.
        of.extend(report.left.iter().map(|left| {
            let reason = shared_reason.is_none().then(|| left.reason.clone());
            (row_of(plan, &left.change), RowResult { outcome: RowOutcome::Left, reason })
        }));
        Self { of, shared_reason }
    }

    /// Result of a change. One of which the report says nothing was never sent.
    pub(crate) fn get(&self, key: &ChangeKey) -> RowResult {
        self.of.get(key).cloned().unwrap_or(RowResult { outcome: RowOutcome::NotReached, reason: None })
    }

    /// Whether somebody has to look at a change: it was left, or it failed.
    pub(super) fn needs_a_look(&self, change: &Change) -> bool {
        let row_result = self.of.get(&change.key());
        row_result.is_some_and(|row_result| matches!(row_result.outcome, RowOutcome::Left | RowOutcome::Failed))
    }
}

/// From so many on a common reason is said once.
const SHARED_FROM: usize = 3;

/// The reason that all leftovers have in common, without the name of each that it may begin with.
fn shared(left: &[Leftover]) -> Option<String> {
    let about =
        |left: &Leftover| left.reason.strip_prefix(&left.change.to_string()).unwrap_or(&left.reason).trim().to_owned();
    let first = about(left.first()?);
    (left.len() >= SHARED_FROM && left.iter().all(|other| about(other) == first)).then_some(first)
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
