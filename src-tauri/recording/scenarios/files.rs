//! Configuration files.

use serde_json::json;

use super::samples;
use crate::testing::{chosen, typed};

pub(super) const BROKEN: &str = r#"{
  "version": "1.0.0",
  "agent": {
    "agent_id": "my-agent",
    "name": "My Agent",
    "resource_permissions": {
      "customers": { "type": "table", "permissions": ["read", "wirte"] },
      "orders": { "permissions": ["read"] },
      "empty": { "type": "table", "permissions": [] }
    }
  },
  "tables": ["customers"]
}
"#;

const GOOD: &str = r#"{
  "version": "1.0.0",
  "agent": {
    "agent_id": "my-agent",
    "name": "My Agent",
    "type": "analytics",
    "resource_permissions": {
      "customers": { "type": "table", "permissions": ["read", "write"] },
      "suppliers": { "type": "table", "permissions": ["read"] }
    }
  }
}
"#;

#[tokio::test]
async fn import() {
    let mut recording = samples("import").await;
    let path = recording.world.file("my-agent.json", GOOD);
    let to = recording.world.ids[1].clone();
    recording.world.picks("my-agent.json");
    recording.play("file_pick", json!({ "purpose": "configuration" })).await;
    let checked = recording.play("file_check", json!({ "file": typed(path) })).await;
    // Named by its ticket from now on, and so is one that was picked or dropped.
    let file = chosen(&checked["ticket"]);
    recording.play("file_check", json!({ "file": file })).await;
    let plan = recording.play("plan_import", json!({ "file": file, "to": to, "mode": "exact" })).await;
    recording.rows(&plan).await;
    recording.words(&plan).await;
    let ended = recording.apply(&plan, None, None).await;
    assert_eq!(ended["result"]["outcome"], "done", "{ended}");
    recording.end();
}

#[tokio::test]
async fn import_stopped() {
    let mut recording = samples("import-stopped").await;
    let path = recording.world.file("my-agent.json", GOOD);
    let file = json!({ "file": typed(path) });
    recording.leave_pending("file_check", file.clone(), None).await;
    recording.play("file_check_stop", file.clone()).await;
    recording.play("file_check", file).await;
    recording.end();
}

#[tokio::test]
async fn import_broken() {
    let mut recording = samples("import-broken").await;
    let path = recording.world.file("broken.json", BROKEN);
    let checked = recording.play("file_check", json!({ "file": typed(path) })).await;
    recording.play("file_excerpt", json!({ "file": checked["ticket"], "line": 7 })).await;
    let to = recording.world.ids[1].clone();
    let file = chosen(&checked["ticket"]);
    recording.play("file_check", json!({ "file": file })).await;
    let refused = recording.play("plan_import", json!({ "file": file, "to": to, "mode": "merge" })).await;
    assert_eq!(refused["code"], "config_invalid", "{refused}");
    recording.end();
}

/// A key was put into a file: the line that holds it must not reach the page, so it does not stand in the recording either.
#[tokio::test]
async fn import_hidden_line() {
    let mut recording = samples("import-hidden-line").await;
    let secret = r#"    "api_key": "canary-file-key-9d27c1","#;
    let text = GOOD.replace("    \"name\"", &format!("{secret}\n    \"name\""));
    let path = recording.world.file("with-a-key.json", &text);
    let checked = recording.play("file_check", json!({ "file": typed(path) })).await;
    let line = checked["findings"][0]["line"].clone();
    let excerpt = recording.play("file_excerpt", json!({ "file": checked["ticket"], "line": line })).await;
    assert!(excerpt["lines"].as_array().unwrap().contains(&serde_json::Value::Null), "{excerpt}");
    // Going on to the next step asks for it by its ticket.
    recording.play("file_check", json!({ "file": chosen(&checked["ticket"]) })).await;
    recording.end();
}

#[tokio::test]
async fn import_missing_file() {
    let mut recording = samples("import-missing-file").await;
    let path = recording.world.folder.path().join("gone.json");
    recording.play("file_check", json!({ "file": typed(&path) })).await;
    let to = recording.world.ids[1].clone();
    let refused = recording.play("plan_import", json!({ "file": typed(&path), "to": to, "mode": "merge" })).await;
    assert_eq!(refused["code"], "file_not_found", "{refused}");
    recording.end();
}
