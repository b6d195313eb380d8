//! Findings about a file, as compilers show theirs: how bad, what, where, what to do.

use std::path::Path;

use aidb_core::config::{Finding, FindingCode, Severity};

use super::{DIM, ERROR, HINT, Page, WARNING, counted, paint, shown};
use crate::view::Detail;

/// Number of findings that are shown unless all are asked for.
const MOST: usize = 50;

/// The findings about one file.
pub(crate) fn findings(path: &Path, findings: &[Finding], detail: Detail) -> String {
    let mut page = Page::default();
    let most = if detail == Detail::Verbose { findings.len() } else { MOST };
    for finding in findings.iter().take(most) {
        one(&mut page, path, finding);
    }
    if findings.len() > most {
        // What was not even listed is said in any case: how much there is, of which kinds.
        if let Some(rest) = findings.last().filter(|finding| finding.code == FindingCode::TooManyFindings) {
            one(&mut page, path, rest);
        }
        page.line(format!("… and {} (--verbose shows all)", counted(findings.len() - most, "more finding")));
    }
    page.into_text()
}

fn one(page: &mut Page, path: &Path, finding: &Finding) {
    let severity = match finding.severity {
        Severity::Error => paint(ERROR, "error"),
        Severity::Warning => paint(WARNING, "warning"),
    };
    page.line(format!("{severity}: {}", shown(&finding.message)));
    let position = match finding.position {
        Some(position) => format!("{}:{}:{}", path.display(), position.line, position.column),
        None => path.display().to_string(),
    };
    let pointer = if finding.pointer.is_empty() { String::new() } else { format!(" at {}", finding.pointer) };
    page.line(format!("  {} {}{}", paint(DIM, "-->"), shown(&position), shown(&pointer)));
    if let Some(hint) = &finding.hint {
        page.line(format!("  {} {}", paint(HINT, "hint:"), shown(hint)));
    }
}
