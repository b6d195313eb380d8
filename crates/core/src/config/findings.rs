//! Findings on their way to a report: collected by JSON pointer while a document is read, placed in the text afterwards.
//!
//! Most files have no findings, so nothing here costs anything until one is reported: pointers are chains on the stack,
//! words are made on demand, and places are looked up in one walk over the text at the end.

use super::path::Path;
use super::report::{Finding, FindingCode, Severity, ValidationReport};
use super::secrets::withhold_secret_keys;
use super::source_span::{self, SourceSpan};
use crate::numbers::counted;
use tokio_util::sync::CancellationToken;

/// After how many values it is looked whether somebody wants this stopped: some thousandths of a second.
pub(super) const BETWEEN_LOOKS: usize = 1024;

/// Number of findings a report lists; the rest is counted. A file of nothing but mistakes must not fill the memory.
pub const MAX_FINDINGS: usize = 100_000;

/// End of a member in a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Key,
    Value,
    /// The second time that the key stands there.
    Repetition,
}

/// Message of a finding.
pub(super) struct Message {
    message: String,
    hint: Option<String>,
    anchor: Anchor,
}

impl Message {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, anchor: Anchor::Value }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn at_key(mut self) -> Self {
        self.anchor = Anchor::Key;
        self
    }

    pub(super) fn at_repetition(mut self) -> Self {
        self.anchor = Anchor::Repetition;
        self
    }
}

#[derive(Default)]
pub(super) struct Findings {
    drafts: Vec<(Finding, Anchor)>,
    omitted: usize,
    omitted_error: bool,
    errors: usize,
    cancel: CancellationToken,
}

impl Findings {
    /// None yet, of something that somebody may want stopped.
    pub(super) fn until(cancel: &CancellationToken) -> Self {
        Self { cancel: cancel.clone(), ..Self::default() }
    }

    /// Whether to look on at the `index`-th of many entries. It is asked now and then only: asking takes its time as well.
    pub(super) fn goes_on(&self, index: usize) -> bool {
        !(index.is_multiple_of(BETWEEN_LOOKS) && self.cancel.is_cancelled())
    }

    /// Adds a finding; `words` is only called when there is room for it.
    pub(super) fn report(
        &mut self,
        severity: Severity,
        code: FindingCode,
        path: &Path<'_>,
        message: impl FnOnce() -> Message,
    ) {
        self.errors += usize::from(severity == Severity::Error);
        if self.drafts.len() >= MAX_FINDINGS {
            self.omitted += 1;
            self.omitted_error |= severity == Severity::Error;
            return;
        }
        let Message { message, hint, anchor } = message();
        let finding = Finding { severity, code, pointer: path.pointer(), position: None, message, hint };
        self.drafts.push((finding, anchor));
    }

    /// Whether an error was among them.
    pub(super) fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// The report, with places where there is a text to place them in, in the order of the text.
    pub(super) fn located(mut self, text: Option<&str>) -> ValidationReport {
        if let Some(text) = text.filter(|_| !self.drafts.is_empty()) {
            self.locate(text);
        }
        let omitted = self.omitted_finding();
        let mut findings: Vec<Finding> = self.drafts.into_iter().map(|(finding, _)| finding).collect();
        findings.sort_by_key(|finding| finding.position.map_or((u32::MAX, u32::MAX), |at| (at.line, at.column)));
        for finding in &mut findings {
            withhold_secret_keys(&mut finding.pointer);
        }
        findings.extend(omitted);
        ValidationReport { findings }
    }

    fn locate(&mut self, text: &str) {
        let pointers: Vec<&str> = self.drafts.iter().map(|(finding, _)| finding.pointer.as_str()).collect();
        let spans = source_span::locate(text, &pointers);
        for ((finding, anchor), SourceSpan { key, value, repetition }) in self.drafts.iter_mut().zip(spans) {
            finding.position = match anchor {
                Anchor::Key => key.or(value),
                Anchor::Value => value,
                Anchor::Repetition => repetition.or(key),
            };
            if let (Anchor::Repetition, Some(first)) = (*anchor, key) {
                finding.message = format!("{} The first stands at {first}.", finding.message);
            }
        }
    }

    fn omitted_finding(&self) -> Option<Finding> {
        (self.omitted > 0).then(|| Finding {
            severity: if self.omitted_error { Severity::Error } else { Severity::Warning },
            code: FindingCode::TooManyFindings,
            pointer: String::new(),
            position: None,
            message: format!(
                "Only the first {MAX_FINDINGS} are listed, and there is more: {}.",
                counted(self.omitted, "finding")
            ),
            hint: Some("Correct these, then validate again.".into()),
        })
    }
}
