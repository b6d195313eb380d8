use serde_json::{Value, json};

use super::validate::{TargetRemark, ValidatedFile, ValidationDone};
use crate::view::json::{Json, part, with};

impl Json for ValidationDone {
    fn json(&self) -> Value {
        let common = json!({ "success": true, "action": "validate", "valid": true, "target": self.server });
        match self.files.as_slice() {
            [one] => with(common, file(one)),
            several => with(common, json!({ "files": several.iter().map(file).collect::<Vec<_>>() })),
        }
    }
}

fn file(file: &ValidatedFile) -> Value {
    json!({
        "file": file.path.display().to_string(),
        "agent_id": file.agent_id,
        "findings": part(&file.findings),
        "target_findings": file.target.iter().map(remark).collect::<Vec<_>>(),
    })
}

fn remark(remark: &TargetRemark) -> Value {
    let kind = match remark {
        TargetRemark::Note(_) => "note",
        TargetRemark::Warning(_) => "warning",
        TargetRemark::Differs(_) => "differs",
    };
    json!({ "kind": kind, "message": remark.text() })
}
