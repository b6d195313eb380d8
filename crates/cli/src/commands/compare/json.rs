use serde_json::{Value, json};

use super::ComparisonDone;
use crate::view::json::{Json, part};

impl Json for ComparisonDone {
    fn json(&self) -> Value {
        json!({
            "success": true,
            "action": "compare",
            "left": self.comparison.left,
            "right": self.comparison.right,
            "same": self.comparison.is_same(),
            "plan": part(&self.comparison.plan),
        })
    }
}
