//! An overview as a table: agents down, environments across.

use aidb_core::operations::{Cell, OverviewStage};
use anstyle::Style;

use super::OverviewShown;
use crate::view::Detail;
use crate::view::human::{BAD, BOLD, CHANGED, DIM, GOOD, Human, Page, aligned, column, counted, padded, paint, shown};

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
        let first = column(rows.iter().map(|row| row.agent_id.as_str()).chain(["Agent"]), WIDEST);
        let widths: Vec<usize> = stages
            .iter()
            .enumerate()
            .map(|(nth, stage)| {
                let cells: Vec<String> = rows.iter().map(|row| words(&row.cells[nth]).0).collect();
                column(cells.iter().map(String::as_str).chain([shown(&stage.environment.name).as_str()]), WIDEST)
            })
            .collect();
        let heads = stages.iter().zip(&widths).map(|(stage, width)| padded(&shown(&stage.environment.name), *width));
        let heads: Vec<String> = std::iter::once(padded("Agent", first)).chain(heads).collect();
        page.line(paint(BOLD, heads.join("  ").trim_end()));
        for row in rows.iter().take(most) {
            let cells = row.cells.iter().zip(&widths).enumerate().map(|(nth, (cell, width))| {
                let (word, style) = words(cell);
                // Nothing stands behind the last one.
                let width = if nth + 1 == stages.len() { 0 } else { *width };
                paint(style, &padded(&word, width))
            });
            let cells: Vec<String> = std::iter::once(padded(&shown(&row.agent_id), first)).chain(cells).collect();
            page.line(cells.join("  ").trim_end());
        }
        if rows.len() > most {
            page.line(format!("… and {} more (--verbose shows all)", rows.len() - most));
        }
        page.into_text()
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

fn words(cell: &Cell) -> (String, Style) {
    match cell {
        Cell::First => ("present".into(), GOOD),
        Cell::Same => ("same".into(), GOOD),
        Cell::Differs { differences } => (format!("differs ({differences})"), CHANGED),
        Cell::Missing => ("missing".into(), BAD),
        Cell::Unknown { .. } => ("cannot tell".into(), DIM),
    }
}
