//! Findings on their way to a report: collected by JSON pointer while a document is read, placed in the text afterwards.
//!
//! Most files have no findings, so nothing here costs anything until one is reported: pointers are chains on the stack,
//! words are made on demand, and places are looked up in one walk over the text at the end.

use std::collections::BTreeMap;

use super::path::Path;
use super::report::{Finding, FindingCode, Severity, ValidationReport};
use super::secrets::withhold_secret_keys;
use super::source_span::{self, SourceSpan};
use crate::numbers::{counted, grouped};
use crate::shorten::shortened;
use tokio_util::sync::CancellationToken;

/// After how many values it is looked whether somebody wants this stopped: some thousandths of a second.
pub(super) const BETWEEN_LOOKS: usize = 1024;

/// Number of findings a report lists, errors before warnings; the rest is counted by kind. Nobody reads more, and a file of nothing
/// but mistakes must not fill memory and terminal.
pub const MAX_FINDINGS: usize = 1_000;

/// Longest pointer that is kept whole until its place is found, in bytes.
const LONGEST_POINTER: usize = 4096;

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
    errors: Vec<Draft>,
    warnings: Vec<Draft>,
    /// How many of each kind are not listed.
    omitted: BTreeMap<FindingCode, usize>,
    cancel: CancellationToken,
}

type Draft = (Finding, Anchor);

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
        let listed = match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        if listed.len() >= MAX_FINDINGS {
            *self.omitted.entry(code).or_default() += 1;
            return;
        }
        let Message { message, hint, anchor } = message();
        let (message, mut pointer) = (shortened(&message), path.pointer());
        // Whole while it is looked up in the text; a name of a megabyte a thousand times over is not worth its place.
        if pointer.len() > LONGEST_POINTER {
            pointer = shortened(&pointer);
        }
        listed.push((Finding { severity, code, pointer, position: None, message, hint }, anchor));
    }

    /// Whether an error was among them.
    pub(super) fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// The report, with places where there is a text to place them in, in the order of the text.
    pub(super) fn located(self, text: Option<&str>) -> ValidationReport {
        let Self { errors, mut warnings, mut omitted, .. } = self;
        let severity = if errors.is_empty() { Severity::Warning } else { Severity::Error };
        for (finding, _) in warnings.drain((MAX_FINDINGS - errors.len()).min(warnings.len())..) {
            *omitted.entry(finding.code).or_default() += 1;
        }
        let mut drafts = errors;
        drafts.append(&mut warnings);
        if let Some(text) = text.filter(|_| !drafts.is_empty()) {
            locate(&mut drafts, text);
        }
        let mut findings: Vec<Finding> = drafts.into_iter().map(|(finding, _)| finding).collect();
        findings.sort_by_key(|finding| finding.position.map_or((u32::MAX, u32::MAX), |at| (at.line, at.column)));
        for finding in &mut findings {
            withhold_secret_keys(&mut finding.pointer);
            finding.pointer = shortened(&finding.pointer);
        }
        findings.extend(omitted_finding(&omitted, severity));
        ValidationReport { findings }
    }
}

fn locate(drafts: &mut [Draft], text: &str) {
    let pointers: Vec<&str> = drafts.iter().map(|(finding, _)| finding.pointer.as_str()).collect();
    let spans = source_span::locate(text, &pointers);
    for ((finding, anchor), SourceSpan { key, value, repetition }) in drafts.iter_mut().zip(spans) {
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

/// Says of each kind how many more there are, the most first.
fn omitted_finding(omitted: &BTreeMap<FindingCode, usize>, severity: Severity) -> Option<Finding> {
    let all: usize = omitted.values().sum();
    let mut kinds: Vec<_> = omitted.iter().collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let kinds: Vec<String> =
        kinds.into_iter().map(|(code, count)| format!("{} {}", grouped(*count), code.as_str())).collect();
    (all > 0).then(|| Finding {
        severity,
        code: FindingCode::TooManyFindings,
        pointer: String::new(),
        position: None,
        message: format!(
            "{} are listed, and {} more of these kinds: {}.",
            counted(MAX_FINDINGS, "finding"),
            grouped(all),
            kinds.join(", ")
        ),
        hint: Some("Correct these, then validate again.".into()),
    })
}
