//! What was interrupted, and what became of it.

use aidb_core::operations::{Owner, Recovered, RecoveryEnd, operation_words};
use aidb_core::store::OperationSummary;

use super::{BAD, Human, Page, done, failure, paint, shown};
use crate::commands::{OperationLeft, RecoveriesDone, UnsettledList};
use crate::screen::Detail;

/// "The import of my-agent to Staging (op-3fz9q2mk) was interrupted.": what was interrupted, and why it waits.
pub(crate) fn interrupted(operation: &OperationSummary) -> String {
    let waits = operation.waiting.as_ref().map(|why| format!(" It waits: {}", why.message)).unwrap_or_default();
    format!("{}{waits}", was_interrupted(operation))
}

/// What was interrupted and what became of it, in one line.
pub(crate) fn recovered(recovered: &Recovered) -> String {
    let title = title(&recovered.interrupted);
    match &recovered.end {
        RecoveryEnd::NothingWritten => format!("{title} was interrupted before anything was written."),
        RecoveryEnd::Settled { sentence, .. } => format!("{title}: {sentence}"),
        RecoveryEnd::Waiting { reason } => format!("{title} was interrupted and waits: {}", reason.message),
        RecoveryEnd::UnderWay => format!("{title} is under way."),
    }
}

fn was_interrupted(operation: &OperationSummary) -> String {
    format!("{} was interrupted.", title(operation))
}

fn title(operation: &OperationSummary) -> String {
    let began = operation.started_at.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M:%S");
    format!("The {} (begun {began}, {})", operation_words(operation), operation.id)
}

impl Human for UnsettledList {
    fn human(&self, detail: Detail) -> String {
        let mut page = Page::default();
        if self.0.is_empty() {
            page.line("Nothing was interrupted.");
        }
        for open in &self.0 {
            match open.owner {
                Owner::AtWork => page.line(shown(&format!("{} is under way.", title(&open.operation)))),
                Owner::Gone => {
                    page.line(shown(&was_interrupted(&open.operation)));
                    waits(&mut page, open.operation.waiting.as_ref(), detail);
                }
            }
        }
        page.into_text()
    }
}

fn waits(page: &mut Page, why: Option<&aidb_core::error::ErrorReport>, detail: Detail) {
    if let Some(why) = why {
        page.line("It waits:");
        page.block(&failure::report(why, detail));
    }
}

impl Human for RecoveriesDone {
    fn human(&self, _detail: Detail) -> String {
        let mut page = Page::default();
        if self.0.is_empty() {
            page.line("Nothing was interrupted.");
        }
        for one in &self.0 {
            match &one.end {
                RecoveryEnd::Waiting { .. } => {}
                RecoveryEnd::UnderWay => page.line(shown(&recovered(one))),
                RecoveryEnd::NothingWritten => page.line(done(&shown(&recovered(one)))),
                RecoveryEnd::Settled { report, recovery, .. } => {
                    let words = shown(&recovered(one));
                    let settled = report.left.is_empty();
                    page.line(if settled { done(&words) } else { format!("{} {words}", paint(BAD, "✗")) });
                    for left in &report.left {
                        page.line(format!("  {}: {}", shown(&left.change.to_string()), shown(&left.reason)));
                    }
                    page.line(format!("  Its record: {recovery}"));
                    if let Some(backup) = &one.interrupted.backup {
                        page.line(format!("  Backup from before it: {backup}"));
                    }
                }
            }
        }
        page.into_text()
    }

    fn complaint(&self, detail: Detail) -> String {
        let mut page = Page::default();
        for one in &self.0 {
            match &one.end {
                RecoveryEnd::Waiting { reason } => {
                    page.line(shown(&was_interrupted(&one.interrupted)));
                    waits(&mut page, Some(reason), detail);
                }
                RecoveryEnd::Settled { unrecorded: Some(unrecorded), .. } => {
                    page.line("Besides, this could not be done:");
                    page.block(&failure::report(unrecorded, detail));
                }
                _ => {}
            }
        }
        page.into_text()
    }
}

impl Human for OperationLeft {
    fn human(&self, _detail: Detail) -> String {
        let mut page = Page::default();
        page.line(done(&shown(&format!("{} was ended as it stands.", title(&self.0)))));
        if let Some(backup) = &self.0.backup {
            page.line(format!("  Backup from before it: {backup}"));
            page.line(format!("  To go back: aidb migrate rollback --backup {backup}"));
        }
        page.into_text()
    }
}
