use aidb_core::store::Pair;
use serde_json::{Value, json};

use super::{PairDone, PairsShown, name_of};
use crate::view::json::Json;

impl Json for PairsShown {
    fn json(&self) -> Value {
        let action = match self.done {
            PairDone::Listed => "list",
            PairDone::Added => "add",
            PairDone::Removed => "remove",
        };
        json!({
            "success": true,
            "action": format!("pair {action}"),
            "pairs": self.pairs.iter().map(|pair| self.pair(pair)).collect::<Vec<_>>(),
        })
    }
}

impl PairsShown {
    fn pair(&self, pair: &Pair) -> Value {
        let agents = pair.members.iter().map(|member| {
            let environment = name_of(&self.environments, &member.environment);
            json!({ "environment": environment, "agent_id": member.agent_id })
        });
        json!({ "id": pair.id, "agents": agents.collect::<Vec<_>>(), "by": pair.actor, "at": pair.at })
    }
}
