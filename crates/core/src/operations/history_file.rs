//! The history as a file: for a spreadsheet, or for a program.

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::HistoryEntry;
use crate::config::escaped_json;

const COLUMNS: [&str; 15] = [
    "id",
    "kind",
    "outcome",
    "title",
    "summary",
    "agent",
    "environment",
    "url",
    "account",
    "note",
    "began_at",
    "duration_ms",
    "backup",
    "pinned",
    "other",
];

/// As comma-separated values (RFC 4180) with a line of column names.
#[must_use]
pub fn history_csv(entries: &[HistoryEntry]) -> String {
    let mut text = COLUMNS.join(",") + "\r\n";
    for entry in entries {
        let cells: Vec<String> = values(entry).iter().map(cell).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

/// As a JSON document.
#[must_use]
pub fn history_json(entries: &[HistoryEntry]) -> String {
    let entries: Vec<Value> = entries.iter().map(history_row).collect();
    escaped_json(&format!("{:#}\n", json!({ "format": 1, "history": entries })))
}

/// One entry as a JSON object.
#[must_use]
pub fn history_row(entry: &HistoryEntry) -> Value {
    Value::Object(COLUMNS.iter().map(|column| (*column).to_owned()).zip(values(entry)).collect())
}

fn values(entry: &HistoryEntry) -> [Value; 15] {
    let server = entry.server();
    [
        entry.id().into(),
        entry.kind().as_str().into(),
        entry.outcome().as_str().into(),
        entry.title().into(),
        entry.summary().into(),
        entry.agent().into(),
        server.environment_name.clone().into(),
        server.url.clone().into(),
        entry.actor().into(),
        entry.note().into(),
        entry.at().to_rfc3339_opts(SecondsFormat::Millis, true).into(),
        entry.duration().map(|duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)).into(),
        entry.backup().map(|backup| backup.id.to_string()).into(),
        entry.is_pinned().into(),
        entry.other().map(|other| other.operation().id.to_string()).into(),
    ]
}

/// Characters that make a formula of a cell, with their wide forms.
const FORMULA: [char; 9] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\u{2212}'];

/// A cell that a spreadsheet shows and never runs: what begins like a formula gets an apostrophe in front, also behind what another
/// locale, or a person who imports the text, takes for the end of a cell. Quotes do not help there: they count only at its beginning.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut shown = String::with_capacity(text.len() + 2);
    let mut begins = true;
    for (at, character) in text.char_indices() {
        let breaks = matches!(character, '\t' | '\r' | '\n');
        if begins && (FORMULA.contains(&character) || (breaks && at == 0)) {
            shown.push('\'');
        }
        shown.push(character);
        begins =
            breaks || matches!(character, ';' | '|' | ',') || (begins && matches!(character, ' ' | '"' | '\u{a0}'));
    }
    let text = shown;
    if text.contains(['"', ',', '\n', '\r', ';', '\t']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
