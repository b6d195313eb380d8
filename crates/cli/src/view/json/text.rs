use serde_json::{Value, json};

use super::{Json, with};
use crate::commands::Text;

impl Json for Text {
    fn json(&self) -> Value {
        match &self.document {
            // A schema is a JSON document by itself.
            Some(document) => document.clone(),
            None => with(json!({ "success": true, "action": self.action }), json!({ "text": self.text })),
        }
    }
}
