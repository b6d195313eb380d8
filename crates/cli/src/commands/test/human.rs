//! A connection test, line by line.

use aidb_core::operations::CheckState;

use super::TestDone;
use crate::view::Detail;
use crate::view::human::{BAD, BOLD, CHANGED, DIM, GOOD, HINT, Human, Page, paint, shown};

impl Human for TestDone {
    fn human(&self, detail: Detail) -> String {
        let mut page = Page::default();
        page.line(paint(BOLD, &shown(&self.server)));
        for check in &self.report.checks {
            let (symbol, more) = match &check.state {
                CheckState::Works => (paint(GOOD, "✓"), None),
                CheckState::Fails { error } => (paint(BAD, "✗"), Some(&error.message)),
                CheckState::Limited { reason } => (paint(CHANGED, "!"), Some(reason)),
                CheckState::Skipped => (paint(DIM, "–"), None),
            };
            page.line(format!("  {symbol} {}", shown(&check.what)));
            if let Some(more) = more {
                page.line(format!("    {}", shown(more)));
            }
            if let CheckState::Fails { error } = &check.state {
                fails(&mut page, error, detail);
            }
        }
        page.into_text()
    }
}

fn fails(page: &mut Page, error: &aidb_core::error::ErrorReport, detail: Detail) {
    if let Some(hint) = &error.hint {
        page.line(format!("    {} {}", paint(HINT, "Hint:"), shown(hint)));
    }
    if detail == Detail::Verbose {
        for line in &error.details {
            page.line(format!("    {}", paint(DIM, &shown(line))));
        }
    }
}
