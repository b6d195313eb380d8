use aidb_core::operations::history_row;
use serde_json::{Value, json};

use super::{EntryShown, HistoryList};
use crate::view::json::{Json, part, present};

impl Json for HistoryList {
    fn json(&self) -> Value {
        let entries: Vec<Value> = self.entries.iter().map(history_row).collect();
        json!({ "success": true, "action": "history list", "history": entries })
    }
}

impl Json for EntryShown {
    fn json(&self) -> Value {
        present(json!({
            "success": true,
            "action": "history show",
            "entry": history_row(&self.entry),
            "plan": self.record.plan.as_ref().map(part),
            "report": self.record.report.as_ref().map(part),
        }))
    }
}
