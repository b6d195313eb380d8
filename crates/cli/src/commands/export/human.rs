//! What an export wrote.

use aidb_core::config::values::MASKED;
use aidb_core::operations::{ExportNote, Exported};

use super::{ExportDone, Strictness};
use crate::view::Detail;
use crate::view::human::{DIM, Human, Page, WARNING, counted, done, failure, paint, shown};

/// Number of files of agents that are gone, and that are named, unless all are asked for.
const MOST_NAMED: usize = 20;

impl Human for ExportDone {
    fn human(&self, _detail: Detail) -> String {
        let mut page = Page::default();
        if self.exported.is_empty() && self.failed.is_empty() && self.not_addressable.is_empty() {
            page.line(done(&format!("{} has no agents; no file was written.", shown(&self.server))));
        }
        for exported in &self.exported {
            let path = shown(&exported.path.display().to_string());
            page.line(done(&format!("Configuration exported to {path}")));
            page.line(format!("  {}", contents(exported, &self.server)));
        }
        page.into_text()
    }

    fn remarks(&self, detail: Detail) -> String {
        let mut page = Page::default();
        let several = self.folder.is_some();
        if several {
            page.block(&without_tables(&self.exported));
        }
        for exported in &self.exported {
            for note in &exported.export.notes {
                if !(several && matches!(note, ExportNote::TablesFromPermissions { .. })) {
                    page.line(describe_note(note, exported, several));
                }
            }
        }
        if self.strictness == Strictness::Lenient && !self.not_addressable.is_empty() {
            page.line(passed_over(self));
        }
        left_over(&mut page, self, detail);
        page.into_text()
    }

    fn complaint(&self, detail: Detail) -> String {
        let mut page = Page::default();
        let strict = self.not_addressable.iter().filter(|_| self.strictness == Strictness::Strict);
        for (agent, report) in self.failed.iter().chain(strict) {
            page.line(format!("{} was not exported:", shown(agent)));
            page.block(&failure::report(report, detail));
        }
        if !self.not_reached.is_empty() {
            page.line(format!("Stopped before {} more.", counted(self.not_reached.len(), "agent")));
        }
        page.into_text()
    }
}

fn contents(exported: &Exported, server: &str) -> String {
    let configuration = &exported.export.configuration;
    let agent = &configuration.agent;
    format!(
        "{} in {}: {}, {}",
        shown(&agent.agent_id),
        shown(server),
        counted(agent.resource_permissions.len(), "resource permission"),
        counted(configuration.tables.as_ref().map_or(0, Vec::len), "table")
    )
}

/// Agents that can never be exported, in one line: whoever runs this every night has read it before.
fn passed_over(done: &ExportDone) -> String {
    let named: Vec<String> = done.not_addressable.iter().map(|(agent, _)| shown(&format!("{agent:?}"))).collect();
    format!(
        "{}: {} passed over, because no request can name an agent of such an id: {}. With --strict that is a failure.",
        paint(WARNING, "warning"),
        counted(named.len(), "agent"),
        named.join(", ")
    )
}

/// Files of agents that are gone. Deleting them is for whoever keeps the folder.
fn left_over(page: &mut Page, done: &ExportDone, detail: Detail) {
    let most = if detail == Detail::Verbose { usize::MAX } else { MOST_NAMED };
    for left in done.left_over.iter().take(most) {
        page.line(format!(
            "{}: {} is about {}, which {} does not have; it was left as it is.",
            paint(DIM, "note"),
            shown(&left.path.display().to_string()),
            shown(&left.agent_id),
            shown(&done.server)
        ));
    }
    if done.left_over.len() > most {
        let more = counted(done.left_over.len() - most, "file");
        page.line(format!("… and {more} more of agents that are not there (--verbose shows all)"));
    }
}

/// A server that lists no tables lists them for no agent: said once.
fn without_tables(exported: &[Exported]) -> String {
    let reasons: Vec<&String> = exported
        .iter()
        .flat_map(|exported| &exported.export.notes)
        .filter_map(|note| match note {
            ExportNote::TablesFromPermissions { reason } => Some(reason),
            _ => None,
        })
        .collect();
    let Some(first) = reasons.first() else { return String::new() };
    format!(
        "{}: the server did not list the tables of {}; there the tables are the resources of type table. The first answer: {}\n",
        paint(WARNING, "warning"),
        counted(reasons.len(), "agent"),
        shown(first)
    )
}

fn describe_note(note: &ExportNote, exported: &Exported, several: bool) -> String {
    let agent = &exported.export.configuration.agent.agent_id;
    let whose = if several { format!("{}: ", shown(agent)) } else { String::new() };
    match note {
        ExportNote::TablesFromPermissions { reason } => format!(
            "{}: {whose}the tables are the resources of type table, because the server did not list them: {}",
            paint(WARNING, "warning"),
            shown(reason)
        ),
        ExportNote::Withheld { pointer, kind } if kind == MASKED => format!(
            "{}: {whose}{} stayed behind: the server masks it, so nobody sees its value there.",
            paint(WARNING, "warning"),
            shown(pointer)
        ),
        ExportNote::Withheld { pointer, kind } => format!(
            "{}: {whose}{} stayed behind: it looks like a secret ({}).",
            paint(WARNING, "warning"),
            shown(pointer),
            shown(kind)
        ),
        ExportNote::Finding { message } => format!("{}: {whose}{}", paint(DIM, "note"), shown(message)),
    }
}
