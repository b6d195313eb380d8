use aidb_core::store::AcceptedDifference;
use chrono::Utc;
use serde_json::{Value, json};

use super::{AcceptDone, AcceptedShown};
use crate::commands::pair::name_of;
use crate::view::json::Json;

impl Json for AcceptedShown {
    fn json(&self) -> Value {
        let action = match self.done {
            AcceptDone::Listed => "list",
            AcceptDone::Added => "add",
            AcceptDone::Removed => "remove",
        };
        json!({
            "success": true,
            "action": format!("accept {action}"),
            "accepted": self.accepted.iter().map(|one| self.one(one)).collect::<Vec<_>>(),
        })
    }
}

impl AcceptedShown {
    fn one(&self, one: &AcceptedDifference) -> Value {
        json!({
            "id": one.id,
            "environment": name_of(&self.environments, &one.agent.environment),
            "agent_id": one.agent.agent_id,
            "before": name_of(&self.environments, &one.before.environment),
            "item": one.name(),
            "says": one.says,
            "reason": one.reason,
            "until": one.until,
            "ended": one.until <= Utc::now(),
            "by": one.actor,
            "at": one.at,
        })
    }
}
