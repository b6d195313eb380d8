//! Why a command failed: the sentence, what to do, and what belongs to it.

use std::path::Path;

use aidb_core::error::{ErrorReport, Explain as _};
use aidb_core::operations;

use super::{DIM, ERROR, HINT, Page, findings, paint, plan, shown};
use crate::failure::{CommandError, Failure};
use crate::view::Detail;

/// Everything that is said about a failure, for standard error.
pub(crate) fn failure(failure: &Failure, detail: Detail) -> String {
    let mut page = Page::default();
    match failure {
        Failure::Engine(error) => engine(&mut page, error, detail),
        Failure::Command(CommandError::InvalidFolder { invalid, .. }) => {
            for file in invalid {
                match file.error.as_ref() {
                    operations::Error::Invalid { path, report } => {
                        page.block(&findings(path, &report.findings, detail));
                    }
                    other => page.block(&report(&crate::failure::report(other), detail)),
                }
            }
        }
        Failure::Command(_) => {}
    }
    page.block(&report(&failure.report(), detail));
    page.into_text()
}

fn engine(page: &mut Page, error: &operations::Error, detail: Detail) {
    match error {
        operations::Error::Invalid { path, report } => page.block(&findings(path, &report.findings, detail)),
        operations::Error::NotExportable { agent, server, report } => {
            page.block(&findings(Path::new(&format!("{agent} in {server}")), &report.findings, detail));
        }
        operations::Error::TargetChanged { server, now, .. } => {
            page.line(format!("{} is not what it was when the plan was made:", shown(server)));
            for drift in error.details() {
                page.line(format!("  {}", shown(&drift)));
            }
            page.blank();
            page.line(format!("The plan for {} would be this now:", shown(server)));
            page.block(&plan::body(&now.chosen_plan(), detail));
            page.blank();
        }
        _ => {}
    }
}

/// "Error: …", "Hint: …", and the details where they were asked for.
pub(crate) fn report(report: &ErrorReport, detail: Detail) -> String {
    let mut page = Page::default();
    page.line(format!("{} {}", paint(ERROR, "Error:"), shown(&report.message)));
    advice(&mut page, report, detail);
    page.into_text()
}

/// End of an apply that failed: the sentence, and what was to blame.
pub(crate) fn ended(sentence: &str, cause: Option<&ErrorReport>, detail: Detail) -> String {
    let mut page = Page::default();
    page.line(format!("{} {}", paint(ERROR, "Error:"), shown(sentence)));
    if let Some(cause) = cause {
        page.block(&because(cause, detail));
    }
    page.into_text()
}

/// "Cause: …", "Hint: …".
pub(crate) fn because(cause: &ErrorReport, detail: Detail) -> String {
    let mut page = Page::default();
    page.line(format!("{} {}", paint(ERROR, "Cause:"), shown(&cause.message)));
    advice(&mut page, cause, detail);
    page.into_text()
}

fn advice(page: &mut Page, report: &ErrorReport, detail: Detail) {
    if let Some(hint) = &report.hint {
        page.line(format!("{} {}", paint(HINT, "Hint:"), shown(hint)));
    }
    if detail == Detail::Verbose {
        for line in &report.details {
            page.line(format!("  {}", paint(DIM, &shown(line))));
        }
    }
}
