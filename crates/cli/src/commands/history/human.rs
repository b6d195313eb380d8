//! The history: the list, and one entry of it.

use aidb_core::operations::{Counterpart, EntryOutcome, HistoryEntry};
use aidb_core::store::Program;
use chrono::{DateTime, Local, Utc};

use super::{EntryShown, HistoryList};
use crate::view::Detail;
use crate::view::human::{BAD, BOLD, Human, Page, aligned, paint, plan, server_name, server_with_url, shown};

/// The widest column of the list.
const WIDEST: usize = 60;

impl Human for HistoryList {
    fn human(&self, _detail: Detail) -> String {
        let mut page = Page::default();
        if self.entries.is_empty() {
            page.line("Nothing in the history.");
        }
        let cells: Vec<[String; 5]> = self.entries.iter().map(cells).collect();
        for (mut line, entry) in aligned(&cells, WIDEST).zip(&self.entries) {
            line[0] = paint(BOLD, &line[0]);
            if entry.outcome() != EntryOutcome::Done {
                line[3] = paint(BAD, &line[3]);
            }
            page.line(line.join("  ").trim_end());
        }
        page.into_text()
    }
}

fn cells(entry: &HistoryEntry) -> [String; 5] {
    let account = entry.actor().map(|account| format!("by {}", shown(account)));
    [
        entry.id().to_owned(),
        local(entry.at()),
        server_name(entry.server()),
        shown(&entry.title()),
        account.unwrap_or_default(),
    ]
}

fn local(at: DateTime<Utc>) -> String {
    at.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S").to_string()
}

impl Human for EntryShown {
    fn human(&self, detail: Detail) -> String {
        let entry = &self.entry;
        let mut page = Page::default();
        page.line(format!("{}  {}", paint(BOLD, entry.id()), shown(&entry.title())));
        let mut fact = |title: &str, text: &str| page.line(format!("  {title:<11}  {text}"));
        if let Some(agent) = entry.agent() {
            fact("Agent", &shown(agent));
        }
        fact("Environment", &server_with_url(entry.server()));
        let took = entry.duration().map(|took| format!(", took {:.1} s", took.as_secs_f64()));
        fact("Begun", &format!("{}{}", local(entry.at()), took.unwrap_or_default()));
        if let HistoryEntry::Operation { operation, .. } = entry {
            let with = match operation.program {
                Some(Program::Window) => " in the window",
                Some(Program::Terminal) => " in a terminal",
                None => "",
            };
            fact("By", &format!("{}{with}", shown(&operation.actor)));
        }
        if let Some(note) = entry.note() {
            fact("Why", &shown(note));
        }
        fact(if entry.actor().is_some() { "End" } else { "Holds" }, &shown(&entry.summary()));
        if let Some(other) = entry.other() {
            let label = match other {
                Counterpart::Recovery(_) => "Ended by",
                Counterpart::Interrupted(_) => "Ends",
            };
            fact(label, &format!("{}  {}", other.operation().id, shown(&other.title())));
        }
        if let Some(cause) = self.record.report.as_ref().and_then(|report| report.cause.as_ref()) {
            fact("Cause", &shown(&cause.message));
            for more in &cause.details {
                fact("", &shown(more));
            }
        }
        if let Some(backup) = entry.backup().filter(|backup| backup.id.as_str() != entry.id()) {
            fact("Backup", backup.id.as_str());
        }
        for left in self.record.report.iter().flat_map(|report| &report.left) {
            page.line(format!("  {} {}: {}", paint(BAD, "✗"), shown(&left.change.to_string()), shown(&left.reason)));
        }
        if let Some(planned) = &self.record.plan {
            page.line("What it planned:");
            page.block(&plan::body(planned, detail));
        }
        page.into_text()
    }
}
