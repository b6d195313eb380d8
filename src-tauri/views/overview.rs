//! The overview as the page shows it.

use aidb_core::operations::{Cell, Overview};

use super::number;
use crate::contract::{CellView, ErrorReport, OverviewRowView, OverviewView, StageView};

impl From<Overview> for OverviewView {
    fn from(overview: Overview) -> Self {
        let stages = overview.stages.into_iter().map(|stage| StageView {
            environment: stage.environment.id.to_string(),
            differing: number(stage.differing),
            missing: number(stage.missing),
            error: stage.failure.map(ErrorReport::of),
        });
        let rows = overview.rows.into_iter().map(|row| OverviewRowView {
            agent: row.agent_id,
            cells: row.cells.into_iter().map(CellView::from).collect(),
        });
        Self { at: super::environments::now(), stages: stages.collect(), rows: rows.collect() }
    }
}

impl From<Cell> for CellView {
    fn from(cell: Cell) -> Self {
        match cell {
            Cell::First => Self::First,
            Cell::Same => Self::Same,
            Cell::Differs { differences } => Self::Differs { differences: number(differences) },
            Cell::Missing => Self::Missing,
            Cell::Unknown { reason, .. } => {
                let reason = ErrorReport::of(*reason);
                Self::Unknown { code: reason.code, message: reason.message }
            }
        }
    }
}
