//! From the bytes of a file to text: UTF-8 and UTF-16 as editors and shells leave them are accepted, what is no text is refused
//! with its place.

use std::borrow::Cow;
use std::fmt;

use super::findings::{Findings, Message};
use super::path::Path;
use super::report::{Finding, FindingCode, Position, Severity, ValidationReport};
use super::source_span::position_of_byte_column;
use super::tree::{MAX_DEPTH, MAX_VALUES, ParseFailure};
use crate::numbers::grouped;

/// The largest configuration file that is read. 100,000 resources take about 10 MB.
pub const MAX_FILE_BYTES: usize = 64 * 1024 * 1024;

/// The reason why bytes are no text. As words it is the rest of a sentence that begins with the file: "… is not UTF-8 text but
/// binary".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotText {
    fault: Fault,
    at: Position,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Binary,
    NotUtf8,
    Utf32,
    Utf16WithoutMark,
    Utf16CutOff,
    Utf16Surrogate,
}

impl NotText {
    /// Hint.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self.fault {
            Fault::Binary => "Check that this is the right file.",
            Fault::Utf16CutOff => "Get the file again from where it came from.",
            _ => "Save it as UTF-8.",
        }
    }
}

impl fmt::Display for NotText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.fault {
            Fault::Binary => "is not UTF-8 text but binary",
            Fault::NotUtf8 => "is not UTF-8: a byte there belongs to no character",
            Fault::Utf32 => "is UTF-32 text, and UTF-8 and UTF-16 are read",
            Fault::Utf16WithoutMark => "is UTF-16 text without the byte order mark that says so",
            Fault::Utf16CutOff => "is UTF-16 text that is cut off: it ends in the middle of a character",
            Fault::Utf16Surrogate => "is UTF-16 text with half of a character in it (a lone surrogate)",
        })
    }
}

/// Decodes the text of a file that a person hands over: UTF-8 with or without a byte order mark, UTF-16 with one, as
/// PowerShell's `>` writes it. The mark is not part of the text.
///
/// # Errors
/// The bytes are no such text.
pub fn decode_text(bytes: &[u8]) -> Result<Cow<'_, str>, NotText> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Err(NotText { fault: Fault::Utf32, at: START }),
        [0xff, 0xfe, rest @ ..] => from_utf16(rest, u16::from_le_bytes).map(Cow::Owned),
        [0xfe, 0xff, rest @ ..] => from_utf16(rest, u16::from_be_bytes).map(Cow::Owned),
        _ => {
            let bytes = bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes);
            if looks_like_utf16(bytes) {
                return Err(NotText { fault: Fault::Utf16WithoutMark, at: START });
            }
            std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| not_utf8(bytes, error.valid_up_to()))
        }
    }
}

/// Decodes as much as there is to show of a file that may be no text at all.
pub(crate) fn decode_lossy(bytes: &[u8]) -> Cow<'_, str> {
    let utf16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.as_chunks().0.iter().copied().map(unit);
        char::decode_utf16(units).map(|decoded| decoded.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)),
        _ => String::from_utf8_lossy(bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes)),
    }
}

const START: Position = Position { line: 1, column: 1 };
const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, NotText> {
    let (pairs, odd) = bytes.as_chunks();
    let mut text = String::with_capacity(bytes.len() / 2);
    for decoded in char::decode_utf16(pairs.iter().copied().map(unit)) {
        match decoded {
            Ok(character) => text.push(character),
            Err(_) => return Err(NotText { fault: Fault::Utf16Surrogate, at: end_of(&text) }),
        }
    }
    match odd {
        [] => Ok(text),
        _ => Err(NotText { fault: Fault::Utf16CutOff, at: end_of(&text) }),
    }
}

/// Every other byte is zero where ASCII is written in UTF-16, and no text begins like that otherwise.
fn looks_like_utf16(bytes: &[u8]) -> bool {
    match bytes {
        [a, b, c, d, ..] => {
            [[*a, *b], [*c, *d]].iter().all(|pair| pair[0] != 0 && pair[1] == 0)
                || [[*a, *b], [*c, *d]].iter().all(|pair| pair[0] == 0 && pair[1] != 0)
        }
        _ => false,
    }
}

fn not_utf8(bytes: &[u8], valid: usize) -> NotText {
    let before = String::from_utf8_lossy(bytes.get(..valid).unwrap_or_default());
    let binary = before.contains('\0') || bytes.get(..1024).unwrap_or(bytes).contains(&0);
    NotText { fault: if binary { Fault::Binary } else { Fault::NotUtf8 }, at: end_of(&before) }
}

/// The place right after a text.
fn end_of(before: &str) -> Position {
    let line = before.matches('\n').count() + 1;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    position_of_byte_column(before, line, before.len() - line_start + 1)
}

/// The text of a configuration file, within the limits.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ValidationReport> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(too_large(format!(
            "The file has {} bytes; up to {} are read.",
            grouped(bytes.len()),
            grouped(MAX_FILE_BYTES)
        )));
    }
    let text = decode_text(bytes).map_err(|problem| {
        let hint = match problem.fault {
            Fault::Binary => "Check that this is a configuration file.",
            _ => problem.hint(),
        };
        refusal(FindingCode::NotUtf8, Some(problem.at), format!("The file {problem}."), hint)
    })?;
    // UTF-16 takes half as much again in UTF-8, in some scripts.
    if text.len() > MAX_FILE_BYTES {
        return Err(too_large(format!(
            "The file has {} bytes as UTF-8; up to {} are read.",
            grouped(text.len()),
            grouped(MAX_FILE_BYTES)
        )));
    }
    if text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
        return Err(refusal(
            FindingCode::EmptyFile,
            Some(START),
            "Invalid JSON: the file is empty.".to_owned(),
            "Export the configuration again.",
        ));
    }
    Ok(text)
}

fn too_large(message: String) -> ValidationReport {
    refusal(FindingCode::TooLarge, None, message, "Check that this is a configuration file.")
}

/// The report on a file that git could not merge, where it is one. JSON has no line that begins like that.
fn unmerged(text: &str) -> Option<ValidationReport> {
    let marks: Vec<usize> = (1..).zip(text.lines()).filter(|(_, line)| is_merge_mark(line)).map(|(at, _)| at).collect();
    let first = u32::try_from(*marks.first()?).unwrap_or(u32::MAX);
    let message = format!("Invalid JSON: the file has merge marks of git {}.", on_lines(&marks));
    let hint = "Resolve the merge first: keep what is meant, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>.";
    Some(refusal(FindingCode::InvalidJson, Some(Position { line: first, column: 1 }), message, hint))
}

fn is_merge_mark(line: &str) -> bool {
    ["<<<<<<<", "|||||||", "=======", ">>>>>>>"]
        .iter()
        .filter_map(|mark| line.strip_prefix(mark))
        .any(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// "on line 3", "on lines 3, 5 and 9", and of many the first ones.
fn on_lines(lines: &[usize]) -> String {
    const SHOWN: usize = 9;
    let numbers: Vec<String> = lines.iter().take(SHOWN).map(usize::to_string).collect();
    match (numbers.as_slice(), lines.len().saturating_sub(SHOWN)) {
        ([one], _) => format!("on line {one}"),
        ([before @ .., last], 0) => format!("on lines {} and {last}", before.join(", ")),
        (all, more) => format!("on lines {} and {} more", all.join(", "), grouped(more)),
    }
}

/// The report on a text that is no JSON document, or one beyond the limits.
pub(super) fn unparsable(text: &str, failure: &ParseFailure) -> ValidationReport {
    if let Some(report) = unmerged(text) {
        return report;
    }
    let position = position_of_byte_column(text, failure.line, failure.column);
    if let Some(at) = text.find('\0') {
        let line = text[..at].matches('\n').count() + 1;
        let column = text[..at].rsplit('\n').next().map_or(1, |rest| rest.chars().count() + 1);
        let position = Position {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        };
        return refusal(
            FindingCode::InvalidJson,
            Some(position),
            "Invalid JSON: the file holds a NUL character, so it is binary.".to_owned(),
            "Check that this is a configuration file.",
        );
    }
    match failure.code {
        FindingCode::TooDeep => refusal(
            FindingCode::TooDeep,
            Some(position),
            format!("The file nests deeper than the {MAX_DEPTH} levels that are read."),
            "Check that this is a configuration file.",
        ),
        FindingCode::TooLarge => refusal(
            FindingCode::TooLarge,
            Some(position),
            format!("The file holds more than the {MAX_VALUES} values that are read."),
            "Check that this is a configuration file.",
        ),
        code => {
            let next = text
                .split('\n')
                .nth(position.line as usize - 1)
                .and_then(|line| line.chars().nth(position.column as usize - 1));
            let message = format!("Invalid JSON: {}.", failure.reason);
            refusal(code, Some(position), message, syntax_hint(&failure.reason, next))
        }
    }
}

fn syntax_hint(reason: &str, found: Option<char>) -> &'static str {
    match (reason, found) {
        ("trailing comma", _) => "Remove the comma before the closing bracket.",
        ("trailing characters", _) => "Remove what follows the end of the document.",
        (_, Some('/' | '#')) => "JSON has no comments: remove them.",
        (_, Some('\'')) => "Put texts and keys into double quotes.",
        (reason, _) if reason.starts_with("EOF") => "The file is cut off: get it again from where it came from.",
        (reason, _) if reason.starts_with("control character") => {
            "Write line breaks and tabs inside a text as \\n and \\t."
        }
        (reason, _) if reason.contains("surrogate") || reason.contains("escape") => {
            "Correct the \\ escape: \\u takes four hexadecimal digits, and half of a surrogate pair is no character."
        }
        _ => "Correct the file at that place; an editor that knows JSON marks it.",
    }
}

/// A report of the one error that ends everything.
pub(super) fn refusal(code: FindingCode, position: Option<Position>, message: String, hint: &str) -> ValidationReport {
    let mut out = Findings::default();
    out.report(Severity::Error, code, &Path::ROOT, || Message::new(message).hint(hint));
    let findings = out.located(None).findings;
    ValidationReport { findings: findings.into_iter().map(|finding| Finding { position, ..finding }).collect() }
}
