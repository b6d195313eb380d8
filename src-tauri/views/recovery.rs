//! Interrupted operations in the page's words.

use aidb_core::config::display_text;
use aidb_core::operations::{Recovered, RecoveryEnd, describe_operation};
use aidb_core::store::{OperationState, OperationSummary};

use super::{number, time};
use crate::contract::{ErrorReport, InterruptedView, RecoveredEnd, RecoveredView};

/// An operation without an end.
pub(crate) fn interrupted(operation: &OperationSummary) -> InterruptedView {
    InterruptedView {
        operation: operation.id.to_string(),
        words: display_text(&describe_operation(operation)),
        agent: operation.agent_id.to_string(),
        at: time(operation.started_at),
        finishable: operation.state != OperationState::Prepared,
        waits: operation.waiting.clone().map(ErrorReport::of),
    }
}

/// End of one; `None` where it was not interrupted at all, because somebody is at it.
pub(crate) fn recovered(recovered: Recovered) -> Option<RecoveredView> {
    let interrupted = interrupted(&recovered.interrupted);
    let end = match recovered.end {
        RecoveryEnd::UnderWay => return None,
        RecoveryEnd::NothingWritten => RecoveredEnd::NothingWritten,
        RecoveryEnd::Waiting { reason } => RecoveredEnd::Waiting { error: ErrorReport::of(reason) },
        RecoveryEnd::Recovered { report, sentence, unrecorded, .. } => RecoveredEnd::Recovered {
            outcome: report.outcome,
            sentence: display_text(&sentence),
            left: number(report.left.len()),
            unrecorded: unrecorded.map(ErrorReport::of),
        },
    };
    Some(RecoveredView { interrupted, end })
}
