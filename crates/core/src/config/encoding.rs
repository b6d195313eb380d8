//! From the bytes of a file to text: what an editor leaves is accepted, what is no UTF-8 text is refused with its place.

use super::findings::{Findings, Path, Words};
use super::place::position_of_byte_column;
use super::report::{Finding, FindingCode, Position, Severity, ValidationReport};
use super::tree::{MAX_DEPTH, MAX_VALUES, ParseFailure};

/// The largest configuration file that is read. 100,000 resources take about 10 MB.
pub const MAX_FILE_BYTES: usize = 64 * 1024 * 1024;

/// The text of a file, without its BOM.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, ValidationReport> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(refusal(
            FindingCode::TooLarge,
            None,
            format!("The file has {} bytes; up to {MAX_FILE_BYTES} are read.", bytes.len()),
            "Check that this is a configuration file.",
        ));
    }
    if let Some(name) = foreign_bom(bytes) {
        let message = format!("The file is not UTF-8 but {name} text.");
        return Err(refusal(FindingCode::NotUtf8, Some(START), message, "Save it as UTF-8."));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
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

const START: Position = Position { line: 1, column: 1 };

fn foreign_bom(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        _ => None,
    }
}

fn not_utf8(bytes: &[u8], valid: usize) -> ValidationReport {
    let before = String::from_utf8_lossy(bytes.get(..valid).unwrap_or_default());
    let line = before.matches('\n').count() + 1;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let position = position_of_byte_column(&before, line, before.len() - line_start + 1);
    let (message, hint) = if before.contains('\0') || bytes.get(..1024).unwrap_or(bytes).contains(&0) {
        ("The file is not UTF-8 text but binary.", "Check that this is a configuration file.")
    } else {
        ("The file is not UTF-8: a byte there belongs to no character.", "Save it as UTF-8.")
    };
    refusal(FindingCode::NotUtf8, Some(position), message.to_owned(), hint)
}

/// The report on a text that is no JSON document, or one beyond the limits.
pub(super) fn unparsable(text: &str, failure: &ParseFailure) -> ValidationReport {
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
            "Invalid JSON: the file holds a NUL character, so it is binary, or UTF-16 without a mark.".to_owned(),
            "Check that this is a configuration file; save it as UTF-8.",
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
    out.report(Severity::Error, code, &Path::ROOT, || Words::new(message).hint(hint));
    let findings = out.place(None).findings;
    ValidationReport { findings: findings.into_iter().map(|finding| Finding { position, ..finding }).collect() }
}
