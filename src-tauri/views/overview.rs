//! The overview as the page shows it.

use aidb_core::operations::{AgentStages, Cell, Overview, StagedDifference};
use aidb_core::store::PairMember;

use super::{number, time};
use crate::contract::{
    AcceptedView, AgentStageView, AgentStagesView, CellView, ErrorReport, OverviewRowView, OverviewView,
    PairMemberView, ShownDifference, StageView, StagedDifferenceView, StagedItemView, StagedValueView,
};

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
            name: row.name,
            info: row.info,
            resources: row.resources.map(number),
            ids: row.agent_ids,
            cells: row.cells.into_iter().map(CellView::from).collect(),
        });
        let suggested = overview.suggested.into_iter().map(|pair| pair.into_iter().map(PairMemberView::from).collect());
        Self {
            at: time(overview.read_at),
            stages: stages.collect(),
            rows: rows.collect(),
            suggested: suggested.collect(),
            unkept: overview.unkept.map(ErrorReport::of),
        }
    }
}

impl From<PairMember> for PairMemberView {
    fn from(member: PairMember) -> Self {
        Self { environment: member.environment.to_string(), agent: member.agent_id }
    }
}

impl From<AgentStages> for AgentStagesView {
    fn from(agent: AgentStages) -> Self {
        let stages = agent.stages.into_iter().map(|stage| AgentStageView {
            environment: stage.environment.id.to_string(),
            agent: stage.agent_id,
            present: stage.present == Ok(true),
            error: stage.present.err().map(ErrorReport::of),
        });
        let items = agent.items.into_iter().map(|item| StagedItemView {
            name: item.name,
            resource: item.is_resource,
            values: item
                .values
                .into_iter()
                .map(|value| StagedValueView {
                    text: value.text,
                    differences: value.differences.into_iter().map(StagedDifferenceView::from).collect(),
                })
                .collect(),
        });
        Self { stages: stages.collect(), items: items.collect() }
    }
}

impl From<StagedDifference> for StagedDifferenceView {
    fn from(difference: StagedDifference) -> Self {
        let accepted = difference.accepted.map(|accepted| AcceptedView {
            id: accepted.id.to_string(),
            reason: accepted.reason,
            until: time(accepted.until),
            by: accepted.actor,
        });
        Self { shown: ShownDifference { item: difference.item, digest: difference.digest }, accepted }
    }
}

impl From<Cell> for CellView {
    fn from(cell: Cell) -> Self {
        match cell {
            Cell::First => Self::First,
            Cell::Same { accepted } => Self::Same { accepted: number(accepted) },
            Cell::Differs { differences, accepted } => {
                Self::Differs { differences: number(differences), accepted: number(accepted) }
            }
            Cell::Missing => Self::Missing,
            Cell::Unknown { reason, .. } => {
                let reason = ErrorReport::of(*reason);
                Self::Unknown { code: reason.code, message: reason.message }
            }
        }
    }
}
