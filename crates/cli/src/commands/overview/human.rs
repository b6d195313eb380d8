//! An overview as a table: agents down, environments across.

use aidb_core::operations::{Cell, OverviewRow, OverviewStage};
use anstyle::Style;

use super::OverviewShown;
use crate::shell;
use crate::view::Detail;
use crate::view::human::{
    BAD, BOLD, CHANGED, DIM, GOOD, Human, Page, aligned, column, counted, note, padded, paint, shown,
};

/// The widest column, in characters.
const WIDEST: usize = 40;
/// Number of rows that are shown unless all are asked for.
const MOST_ROWS: usize = 200;

impl Human for OverviewShown {
    fn human(&self, detail: Detail) -> String {
        let stages = &self.overview.stages;
        let mut page = Page::default();
        if stages.is_empty() {
            page.line("No environments yet. Add one with `aidb env add NAME --url URL`.");
            return page.into_text();
        }
        let lines: Vec<[String; 3]> = stages.iter().map(stage_line).collect();
        for line in aligned(&lines, WIDEST) {
            page.line(line.join("  ").trim_end());
        }
        let rows: Vec<_> = self.rows().collect();
        if rows.is_empty() {
            page.blank();
            page.line(if self.differing { "No agent differs." } else { "No environment has an agent." });
            return page.into_text();
        }
        page.blank();
        let most = if detail == Detail::Verbose { usize::MAX } else { MOST_ROWS };
        let table = rows.iter().take(most).map(|row| {
            let cells = row.cells.iter().map(describe_cell);
            std::iter::once((ids(row), Style::new())).chain(cells).collect()
        });
        let heads = stages.iter().map(|stage| stage.environment.name.as_str());
        table_lines(&mut page, "Agent", heads, table.collect());
        if rows.len() > most {
            page.line(format!("… and {} more (--verbose shows all)", rows.len() - most));
        }
        self.suggestions(&mut page);
        page.into_text()
    }

    fn remarks(&self, _detail: Detail) -> String {
        let unkept = self.overview.unkept.as_ref();
        unkept.map(|report| note(&format!("This overview could not be kept: {}", report.message))).unwrap_or_default()
    }
}

impl OverviewShown {
    /// Agents that may be one. Never more than a question: only a person knows.
    fn suggestions(&self, page: &mut Page) {
        if self.overview.suggested.is_empty() {
            return;
        }
        page.blank();
        page.line("Perhaps one agent under different ids; `aidb pair add` says so:");
        for pair in &self.overview.suggested {
            let names = pair.iter().map(|it| {
                let name = format!("{}/{}", self.name_of(&it.environment), it.agent_id);
                shown(&shell::quoted(&name))
            });
            page.line(format!("  aidb pair add {}", names.collect::<Vec<_>>().join(" ")));
        }
    }
}

/// The ids of an agent, each once: "dev-agent = prod-agent".
fn ids(row: &OverviewRow) -> String {
    let mut ids: Vec<&str> = row.agent_ids.iter().map(String::as_str).collect();
    ids.dedup();
    ids.iter().map(|id| shown(id)).collect::<Vec<_>>().join(" = ")
}

/// A table with a head: the first column, and one for each stage. Nothing stands behind the last cell of a line.
pub(super) fn table_lines<'h>(
    page: &mut Page,
    first: &str,
    stages: impl Iterator<Item = &'h str>,
    rows: Vec<Vec<(String, Style)>>,
) {
    let heads: Vec<String> = std::iter::once(first.to_owned()).chain(stages.map(shown)).collect();
    let widths: Vec<usize> = heads
        .iter()
        .enumerate()
        .map(|(nth, head)| column(rows.iter().map(|row| row[nth].0.as_str()).chain([head.as_str()]), WIDEST))
        .collect();
    let heads = heads.iter().zip(&widths).map(|(head, width)| padded(head, *width)).collect::<Vec<_>>();
    page.line(paint(BOLD, heads.join("  ").trim_end()));
    for row in rows {
        let last = row.len().saturating_sub(1);
        let cells = row.iter().zip(&widths).enumerate().map(|(nth, ((text, style), width))| {
            let text = if nth == last { text.clone() } else { padded(text, *width) };
            if *style == Style::new() { text } else { paint(*style, &text) }
        });
        page.line(cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}

fn stage_line(stage: &OverviewStage) -> [String; 3] {
    let says = match &stage.failure {
        Some(failure) => format!("cannot tell: {}", shown(&failure.message)),
        None => {
            let mut parts = vec![counted(stage.agents, "agent")];
            if stage.differing > 0 {
                let verb = if stage.differing == 1 { "differs" } else { "differ" };
                parts.push(format!("{} {verb}", stage.differing));
            }
            if stage.missing > 0 {
                parts.push(format!("{} missing", stage.missing));
            }
            parts.join(", ")
        }
    };
    [shown(&stage.environment.name), shown(&stage.environment.url), says]
}

fn describe_cell(cell: &Cell) -> (String, Style) {
    let accepted = |accepted: usize| if accepted > 0 { format!(", {accepted} accepted") } else { String::new() };
    match cell {
        Cell::First => ("present".into(), GOOD),
        Cell::Same { accepted: on_purpose } => (format!("same{}", accepted(*on_purpose)), GOOD),
        Cell::Differs { differences, accepted: on_purpose } => {
            (format!("differs ({differences}){}", accepted(*on_purpose)), CHANGED)
        }
        Cell::Missing => ("missing".into(), BAD),
        Cell::Unknown { .. } => ("cannot tell".into(), DIM),
    }
}
