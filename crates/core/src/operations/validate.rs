//! Validate: no network, no key. And the lines of a file that a finding is about.

use std::path::Path;

use tokio_util::sync::CancellationToken;

use super::Error;
use crate::config::{self, Configuration, FindingCode, ValidationReport, display_text_limited, secrets};
use crate::files;

/// A configuration that can be used, and what it was warned about.
#[derive(Clone, Debug)]
pub struct Validated {
    /// The configuration.
    pub configuration: Configuration,
    /// Warnings only.
    pub report: ValidationReport,
}

/// Reads and validates one file that is meant to be a configuration: every finding, and the configuration where no finding is
/// an error.
///
/// # Errors
/// The file cannot be read, or [`Error::Interrupted`].
pub fn check_configuration(
    path: &Path,
    what: &'static str,
    cancel: &CancellationToken,
) -> Result<config::Reading, Error> {
    let bytes = files::read(path, what)?;
    let reading = config::read_until(&bytes, cancel);
    if cancel.is_cancelled() { Err(Error::Interrupted) } else { Ok(reading) }
}

/// Reads and validates one configuration file. `what` names it in errors: `Configuration file` or `Backup file`.
///
/// # Errors
/// The file, or [`Error::Invalid`] with every finding.
pub fn read_configuration(path: &Path, what: &'static str) -> Result<Validated, Error> {
    usable(path, check_configuration(path, what, &CancellationToken::new())?)
}

/// Validates the bytes of a configuration that came in another way than by a file; `path` is how errors name it.
///
/// # Errors
/// [`Error::Invalid`] with every finding.
pub fn validated(bytes: &[u8], path: &Path) -> Result<Validated, Error> {
    usable(path, config::read(bytes))
}

fn usable(path: &Path, reading: config::Reading) -> Result<Validated, Error> {
    let config::Reading { report, configuration } = reading;
    match configuration {
        Some(configuration) => Ok(Validated { configuration, report }),
        None => Err(Error::Invalid { path: path.into(), report }),
    }
}

/// Some lines of a configuration file, made safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The number of the first line, from 1.
    pub first: usize,
    /// The lines; `None` for one that looks as if it held a secret.
    pub lines: Vec<Option<String>>,
    /// Number of lines the file has.
    pub total: usize,
}

/// Number of lines that are shown before the one that was asked for, and after it.
const AROUND: usize = 5;
/// Number of characters of a line that are shown.
const LONGEST_LINE: usize = 400;

/// The lines around `line` (from 1) of a file. A line with a secret is left out: what is shown may be photographed or sent on.
///
/// # Errors
/// The file cannot be read.
pub fn excerpt(path: &Path, what: &'static str, line: usize) -> Result<Excerpt, Error> {
    let bytes = files::read(path, what)?;
    let report = config::read(&bytes).report;
    let text = config::decode_lossy(&bytes);
    let total = text.lines().count();
    let line = line.clamp(1, total.max(1));
    let first = line.saturating_sub(AROUND).max(1);
    let suspects = suspected_lines(&text, first, line + AROUND);
    let found = report.findings.iter().filter(|finding| finding.code == FindingCode::Secret);
    let secret: Vec<usize> =
        found.filter_map(|finding| finding.position).map(|position| position.line as usize).chain(suspects).collect();
    let shown = text.lines().enumerate().skip(first - 1).take(line + AROUND + 1 - first);
    let lines = shown
        .map(|(index, text)| (!secret.contains(&(index + 1))).then(|| display_text_limited(text, LONGEST_LINE)))
        .collect();
    Ok(Excerpt { first, lines, total })
}

/// Lines that look as if they held a secret, whether or not the file can be parsed: an unfinished file has no findings about
/// secrets, and they are in it all the same. A name keeps its meaning for the line after it.
fn suspected_lines(text: &str, first: usize, last: usize) -> Vec<usize> {
    let mut name: Option<String> = None;
    let mut suspected = Vec::new();
    let from = first.saturating_sub(2);
    for (index, line) in text.lines().enumerate().skip(from).take(last.saturating_sub(from)) {
        let mut secret = secrets::looks_secret(None, line.trim()).is_some();
        // Escaped quotes end a piece too soon, and every piece is looked at by itself, so nothing is missed by that.
        for piece in line.split(['"', '\'', ',', '{', '}', '[', ']']) {
            let bare = piece.trim().trim_start_matches(':').trim();
            if bare.is_empty() {
                continue;
            }
            secret |= secrets::looks_secret(name.as_deref(), bare).is_some();
            name = Some(bare.to_owned());
        }
        if secret {
            suspected.push(index + 1);
        }
    }
    suspected
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, line: usize) -> Excerpt {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("agent.json");
        std::fs::write(&path, text).expect("written");
        excerpt(&path, "Configuration file", line).expect("read")
    }

    #[test]
    fn a_check_that_was_stopped_gives_nothing_back_and_ends_soon() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("agent.json");
        let entry = |number| format!("\"t{number}\": {{ \"type\": \"table\", \"permissions\": [\"read\"] }}");
        let entries: Vec<String> = (0..2000).map(entry).collect();
        let head =
            "{ \"version\": \"1.0.0\", \"agent\": { \"agent_id\": \"a\", \"name\": \"A\", \"resource_permissions\": {";
        let text = format!("{head}\n{}\n}} }} }}", entries.join(",\n"));
        std::fs::write(&path, &text).expect("written");
        let cancel = CancellationToken::new();
        let whole = check_configuration(&path, "File", &cancel).expect("read");
        assert!(whole.configuration.is_some_and(|read| read.agent.resource_permissions.len() == 2000));
        cancel.cancel();
        let stopped = check_configuration(&path, "File", &cancel);
        assert!(matches!(stopped, Err(Error::Interrupted)), "{stopped:?}");
        let server = config::read_until(text.as_bytes(), &cancel).report.findings[0].position.expect("a place");
        assert!(server.line < 300, "four values are in a line, and it read on until line {}", server.line);
    }

    #[test]
    fn an_excerpt_stays_within_the_file() {
        let text: String = (1..=30).map(|line| format!("\"line {line}\"\n")).collect();
        let middle = shown(&text, 15);
        assert_eq!((middle.first, middle.lines.len(), middle.total), (10, 11, 30));
        assert_eq!(middle.lines[5].as_deref(), Some("\"line 15\""));
        assert_eq!((shown(&text, 1).first, shown(&text, 1).lines.len()), (1, 6));
        let end = shown(&text, 4_000_000_000);
        assert_eq!((end.first, end.lines.len()), (25, 6));
        assert_eq!(shown("", 1), Excerpt { first: 1, lines: Vec::new(), total: 0 });
    }

    #[test]
    fn a_line_with_a_secret_is_left_out_even_of_a_broken_file() {
        let whole = "{\n \"version\": \"1.0.0\",\n \"agent\": {\n  \"agent_id\": \"a\", \"name\": \"A\",\n  \"password\": \"hunter2horse\"\n }\n}\n";
        let text = shown(whole, 5);
        assert_eq!(text.lines[4], None);
        assert!(text.lines[3].is_some() && text.lines[5].is_some());
        for broken in [
            "{\n \"password\": \"hunter2horse\"\n \"name\": \"x\"\n",
            "{\n \"password\":\n  \"hunter2horse\"\n",
            "{\n \"link\": \"postgresql://app:hunter2horse@db.example.com/main\"\n",
        ] {
            let lines = shown(broken, 2).lines;
            assert!(!lines.iter().flatten().any(|line| line.contains("hunter2")), "{lines:?}");
        }
    }

    #[test]
    fn control_characters_are_made_visible_and_long_lines_cut() {
        let lines = shown(&format!("a\u{202e}b\n{}\n", "x".repeat(1000)), 1).lines;
        assert_eq!(lines[0].as_deref(), Some("a\\u{202e}b"));
        assert_eq!(lines[1].as_ref().map(|line| line.chars().count()), Some(LONGEST_LINE + 1));
    }
}
