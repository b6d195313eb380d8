use aidb_core::operations::{Cell, OverviewStage};
use aidb_core::store::PairMember;
use serde_json::{Value, json};

use super::OverviewShown;
use crate::view::json::{Json, present};

impl Json for OverviewShown {
    fn json(&self) -> Value {
        let stages = &self.overview.stages;
        let agents = self.rows().map(|row| {
            let cells = row.cells.iter().zip(stages).zip(&row.agent_ids);
            let cells = cells.map(|((cell, stage), agent_id)| cell_json(cell, stage, agent_id));
            json!({ "agent_id": row.agent_id, "name": row.name, "cells": cells.collect::<Vec<_>>() })
        });
        json!({
            "success": true,
            "action": "overview",
            "environments": stages.iter().map(stage).collect::<Vec<_>>(),
            "agents": agents.collect::<Vec<_>>(),
            "suggested_pairs": self.overview.suggested.iter().map(|pair| self.suggested(pair)).collect::<Vec<_>>(),
        })
    }
}

impl OverviewShown {
    fn suggested(&self, pair: &[PairMember]) -> Value {
        let agents = pair
            .iter()
            .map(|member| json!({ "environment": self.name_of(&member.environment), "agent_id": member.agent_id }));
        agents.collect()
    }
}

fn stage(stage: &OverviewStage) -> Value {
    present(json!({
        "name": stage.environment.name,
        "url": stage.environment.url,
        "state": if stage.failure.is_some() { "unknown" } else { "reachable" },
        "reason": stage.failure.as_ref().map(|failure| &failure.message),
        "code": stage.failure.as_ref().map(|failure| failure.code),
        "agents": stage.agents,
        "differs": stage.differing,
        "missing": stage.missing,
    }))
}

fn cell_json(cell: &Cell, stage: &OverviewStage, agent: &str) -> Value {
    let (state, differences, accepted, reason) = match cell {
        Cell::First => ("first", 0, 0, None),
        Cell::Same { accepted } => ("same", 0, *accepted, None),
        Cell::Differs { differences, accepted } => ("differs", *differences, *accepted, None),
        Cell::Missing => ("missing", 0, 0, None),
        Cell::Unknown { reason, .. } => ("unknown", 0, 0, Some(&reason.message)),
    };
    present(json!({
        "environment": stage.environment.name,
        "agent_id": agent,
        "state": state,
        "differences": differences,
        "accepted": accepted,
        "reason": reason,
    }))
}
