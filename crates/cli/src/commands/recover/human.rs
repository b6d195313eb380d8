//! What was interrupted, and what became of it.

use aidb_core::apply::ApplyReport;
use aidb_core::error::{ErrorCode, ErrorReport};
use aidb_core::operations::{Owner, Recovered, RecoveryEnd, describe_operation};
use aidb_core::store::OperationSummary;

use super::{InterruptedList, OperationLeft, RecoveriesDone};
use crate::commands::change::leftovers;
use crate::view::Detail;
use crate::view::human::{BAD, Human, Page, done, failure, paint, shown};

/// "The import of my-agent to Staging (op-3fz9q2mk) was interrupted.": what was interrupted, and why it waits.
pub(crate) fn interrupted(operation: &OperationSummary) -> String {
    let waits = operation.waiting.as_ref().map(|why| format!(" It waits: {}", why.message)).unwrap_or_default();
    format!("{}{waits}", was_interrupted(operation))
}

/// Interrupted operation and its end, in one line.
pub(crate) fn recovered(recovered: &Recovered) -> String {
    let title = title(&recovered.interrupted);
    match &recovered.end {
        RecoveryEnd::NothingWritten => format!("{title} was interrupted before anything was written."),
        RecoveryEnd::Recovered { report, sentence, .. } if report.left.is_empty() => format!("{title}: {sentence}"),
        RecoveryEnd::Recovered { report, sentence, .. } => {
            let cause = cause_of(report).map(|cause| format!(" {}", cause.message)).unwrap_or_default();
            let back = way_back(&recovered.interrupted).map(|back| format!(" To go back: {back}")).unwrap_or_default();
            format!("{title}: {sentence}{cause}{back}")
        }
        RecoveryEnd::Waiting { reason } => format!("{title} was interrupted and waits: {}", reason.message),
        RecoveryEnd::UnderWay => format!("{title} is under way."),
    }
}

/// Reason something is left, where it is more than that it was interrupted.
fn cause_of(report: &ApplyReport) -> Option<&ErrorReport> {
    report.cause.as_ref().filter(|cause| cause.code != ErrorCode::Interrupted)
}

fn way_back(operation: &OperationSummary) -> Option<String> {
    operation.backup.as_ref().map(|backup| format!("aidb migrate rollback --backup {backup}"))
}

fn was_interrupted(operation: &OperationSummary) -> String {
    format!("{} was interrupted.", title(operation))
}

fn title(operation: &OperationSummary) -> String {
    let began = operation.started_at.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M:%S");
    format!("The {} (begun {began}, {})", describe_operation(operation), operation.id)
}

impl Human for InterruptedList {
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

fn waits(page: &mut Page, why: Option<&ErrorReport>, detail: Detail) {
    if let Some(why) = why {
        page.line("It waits:");
        page.block(&failure::report(why, detail));
    }
}

/// End: the sentence, then why, then what is left, as far as anybody reads it.
fn write_recovered(
    page: &mut Page,
    interrupted: &OperationSummary,
    report: &ApplyReport,
    sentence: &str,
    detail: Detail,
) {
    let words = shown(&format!("{}: {sentence}", title(interrupted)));
    if report.left.is_empty() {
        page.line(done(&words));
        return;
    }
    page.line(format!("{} {words}", paint(BAD, "✗")));
    if let Some(cause) = cause_of(report) {
        page.block(&failure::because(cause, detail));
    }
    page.line("Left to look at:");
    leftovers(page, &report.left);
}

impl Human for RecoveriesDone {
    fn human(&self, detail: Detail) -> String {
        let mut page = Page::default();
        if self.0.is_empty() {
            page.line("Nothing was interrupted.");
        }
        for one in &self.0 {
            match &one.end {
                RecoveryEnd::Waiting { .. } => {}
                RecoveryEnd::UnderWay => page.line(shown(&recovered(one))),
                RecoveryEnd::NothingWritten => page.line(done(&shown(&recovered(one)))),
                RecoveryEnd::Recovered { report, sentence, recovery, .. } => {
                    write_recovered(&mut page, &one.interrupted, report, sentence, detail);
                    page.line(format!("  Its record: {recovery}"));
                    if let Some(backup) = &one.interrupted.backup {
                        page.line(format!("  Backup from before it: {backup}"));
                    }
                    if let Some(back) = way_back(&one.interrupted).filter(|_| !report.left.is_empty()) {
                        page.line(format!("  To go back: {back}"));
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
                RecoveryEnd::Recovered { unrecorded: Some(unrecorded), .. } => {
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
