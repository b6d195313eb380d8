//! The history as a file: for a spreadsheet, or for a program.

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::HistoryEntry;

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
    format!("{:#}\n", json!({ "format": 1, "history": entries }))
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

/// A cell that a spreadsheet shows and never runs: what begins like a formula gets an apostrophe in front.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let text = if formula { format!("'{text}") } else { text };
    if text.contains(['"', ',', '\n', '\r', ';', '\t']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
