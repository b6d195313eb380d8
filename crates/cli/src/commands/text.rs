//! A text as a result: a schema, completions, a manual page. The commands that print one need no engine.

use serde_json::{Value, json};

use crate::view::Detail;
use crate::view::human::Human;
use crate::view::json::{Json, with};

/// A text as a result.
pub(crate) struct Text {
    pub(super) action: &'static str,
    pub(super) text: String,
    /// Document of it, where it is one.
    pub(super) document: Option<Value>,
}

impl Human for Text {
    fn human(&self, _detail: Detail) -> String {
        self.text.clone()
    }
}

impl Json for Text {
    fn json(&self) -> Value {
        match &self.document {
            // A schema is a JSON document by itself.
            Some(document) => document.clone(),
            None => with(json!({ "success": true, "action": self.action }), json!({ "text": self.text })),
        }
    }
}
