use aidb_core::operations::{Cell, OverviewStage};
use serde_json::{Value, json};

use super::OverviewShown;
use crate::view::json::{Json, present};

impl Json for OverviewShown {
    fn json(&self) -> Value {
        let stages = &self.overview.stages;
        let agents = self.rows().map(|row| {
            let cells = row.cells.iter().zip(stages).map(|(cell, stage)| cell_json(cell, stage, &row.agent_id));
            json!({ "agent_id": row.agent_id, "name": row.name, "cells": cells.collect::<Vec<_>>() })
        });
        json!({
            "success": true,
            "action": "overview",
            "environments": stages.iter().map(stage).collect::<Vec<_>>(),
            "agents": agents.collect::<Vec<_>>(),
        })
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
    let (state, differences, reason) = match cell {
        Cell::First => ("first", 0, None),
        Cell::Same => ("same", 0, None),
        Cell::Differs { differences } => ("differs", *differences, None),
        Cell::Missing => ("missing", 0, None),
        Cell::Unknown { reason, .. } => ("unknown", 0, Some(&reason.message)),
    };
    present(json!({
        "environment": stage.environment.name,
        "agent_id": agent,
        "state": state,
        "differences": differences,
        "accepted": 0,
        "reason": reason,
    }))
}
