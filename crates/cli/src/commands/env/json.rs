use aidb_core::operations::KeyState;
use aidb_core::store::Environment;
use aidb_core::vault::Removal;
use serde_json::{Value, json};

use super::key::{KeyRemoved, KeyStored};
use super::{EnvironmentList, EnvironmentSaved, EnvironmentShown, RemovedShown, Saved};
use crate::failure;
use crate::view::json::{Json, part, with};

fn environment(environment: &Environment, key: &KeyState) -> Value {
    let key = match key {
        KeyState::Missing => json!({ "state": "missing" }),
        KeyState::Unknown(error) => with(json!({ "state": "unknown" }), part(&failure::report(&error.clone().into()))),
        KeyState::Stored(description) => {
            json!({ "state": "stored", "ending": description.ending, "set_at": description.set_at })
        }
    };
    with(part(environment), json!({ "key": key }))
}

impl Json for EnvironmentList {
    fn json(&self) -> Value {
        let all: Vec<Value> = self.environments.iter().map(|one| environment(&one.environment, &one.key)).collect();
        json!({ "success": true, "action": "env list", "environments": all })
    }
}

impl Json for EnvironmentShown {
    fn json(&self) -> Value {
        json!({ "success": true, "action": "env show", "environment": environment(&self.environment, &self.key) })
    }
}

impl Json for EnvironmentSaved {
    fn json(&self) -> Value {
        let action = match self.saved {
            Saved::Added => "env add",
            Saved::Updated => "env update",
        };
        json!({ "success": true, "action": action, "environment": environment(&self.environment, &self.key) })
    }
}

impl Json for RemovedShown {
    fn json(&self) -> Value {
        json!({
            "success": true,
            "action": "env remove",
            "name": self.removed.environment.name,
            "key_removed": self.removed.key == Removal::Removed,
        })
    }
}

impl Json for KeyStored {
    fn json(&self) -> Value {
        json!({ "success": true, "action": "env set-key", "name": self.environment.name, "kept_in": self.kept_in })
    }
}

impl Json for KeyRemoved {
    fn json(&self) -> Value {
        let removed = self.removal == Removal::Removed;
        json!({ "success": true, "action": "env remove-key", "name": self.name, "key_removed": removed })
    }
}
