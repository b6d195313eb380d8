use aidb_core::plan::summary_lines;
use serde_json::{Value, json};

use super::planned::{PlanShown, PlansShown};
use crate::view::json::{Json, part, with};

impl Json for PlansShown<'_> {
    fn json(&self) -> Value {
        let common = json!({
            "success": true,
            "action": self.action,
            "dry_run": true,
            "differs": self.plans.iter().any(|plan| plan.plan.differs()),
        });
        match self.plans.as_slice() {
            [one] => with(common, plan(one)),
            several => with(common, json!({ "plans": several.iter().map(plan).collect::<Vec<_>>() })),
        }
    }
}

fn plan(shown: &PlanShown<'_>) -> Value {
    json!({
        "agent_id": shown.plan.agent_id,
        "environment": shown.environment,
        "url": shown.url,
        "source": shown.source,
        "changes": shown.plan.changes.len(),
        "summary": summary_lines(shown.plan),
        "findings": part(shown.findings),
        "plan": part(shown.plan),
    })
}
