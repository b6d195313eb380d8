//! The start, and what can be done from the overview and in the settings.

use aidb_sandbox::{Fault, FaultAnswer};
use serde_json::{Value, json};

use super::super::Recording;
use super::super::world::World;
use super::samples;

fn settings(theme: &str, parallel_requests: u16) -> Value {
    json!({ "settings": { "theme": theme, "parallel_requests": parallel_requests, "zoom": 100 } })
}

/// What the page asks for before it knows of any environment.
async fn first_calls(recording: &mut Recording) -> Value {
    let start = recording.play("app_start", Value::Null).await;
    recording.play("keychain_status", Value::Null).await;
    recording.play("environment_list", Value::Null).await;
    recording.play("recovery_start", Value::Null).await;
    recording.play("history_last", Value::Null).await;
    recording.play("overview_last", Value::Null).await;
    start
}

#[tokio::test]
async fn first_start() {
    let mut recording = Recording::new("first-start", World::empty().await);
    first_calls(&mut recording).await;
    let started = recording.play("sandbox_start", Value::Null).await;
    let ids = started.as_array().unwrap().iter().map(|environment| environment["id"].as_str().unwrap().to_owned());
    recording.world.ids = ids.collect();
    recording.contacts().await;
    recording.play("sandbox_remove", Value::Null).await;
    recording.world.ids.clear();
    recording.end();
}

#[tokio::test]
async fn start_fails() {
    let mut recording = Recording::new("start-fails", World::empty().await);
    recording.before("environment_list", Value::Null).await;
    recording.world.spoil_store();
    let start = first_calls(&mut recording).await;
    assert_eq!(start["troubles"][0]["error"]["code"], "store_unusable", "{start}");
    recording.world.mend_store();
    first_calls(&mut recording).await;
    recording.end();
}

#[tokio::test]
async fn start_troubles() {
    let mut world = World::samples().await;
    std::fs::write(world.data().join("window.json"), "{ half a file").unwrap();
    world.restart("maria");
    let mut recording = Recording::new("start-troubles", world);
    recording.opening().await;
    recording.end();
}

#[tokio::test]
async fn start_draft() {
    let mut recording = Recording::new("start-draft", World::samples().await);
    let ids = recording.world.ids.clone();
    let draft = json!({ "source": { "kind": "environment", "environment": ids[0], "agent": "my-agent" }, "to": ids[2],
        "mode": "merge", "step": "plan", "ticks": { "groups": {}, "except": [] }, "reason": "ticket 4312" });
    recording.before("draft_save", json!({ "draft": draft })).await;
    recording.world.restart("maria");
    recording.opening().await;
    recording.promote("my-agent", 0, 2).await;
    recording.end();
}

/// A half-filled promotion from Development to Production, one of which was removed since.
async fn draft_without(name: &'static str, gone: usize) -> Recording {
    let mut recording = Recording::new(name, World::samples().await);
    let ids = recording.world.ids.clone();
    let draft = json!({ "source": { "kind": "environment", "environment": ids[0], "agent": "my-agent" }, "to": ids[2],
        "mode": "merge", "step": "plan", "ticks": { "groups": {}, "except": [] }, "reason": "ticket 4312" });
    recording.before("draft_save", json!({ "draft": draft })).await;
    recording.before("environment_remove", json!({ "id": ids[gone] })).await;
    recording.world.ids.remove(gone);
    recording.world.restart("maria");
    recording.opening().await;
    recording
}

#[tokio::test]
async fn start_draft_source_gone() {
    let mut recording = draft_without("start-draft-source-gone", 0).await;
    recording.promote("my-agent", 0, 1).await;
    recording.end();
}

#[tokio::test]
async fn start_draft_target_gone() {
    let mut recording = draft_without("start-draft-target-gone", 2).await;
    recording.promote("my-agent", 0, 1).await;
    recording.end();
}

#[tokio::test]
async fn start_close() {
    let mut recording = samples("start-close").await;
    let plan = recording.promote("my-agent", 0, 1).await;
    let slow = Fault::on(1, FaultAnswer::Hang { ms: None }).method("PUT").for_ever();
    recording.world.server(1).set_faults([slow]);
    let request = json!({ "plan": plan["plan"], "ticks": { "groups": {}, "except": [] }, "typed_name": null,
        "agree_deletion": false, "reason": null });
    recording.leave_pending("plan_apply", request, Some(|progress| progress.items > 0)).await;
    recording.leave_pending("window_close", Value::Null, None).await;
    recording.end();
}

#[tokio::test]
async fn overview() {
    let mut recording = samples("overview").await;
    let development = recording.world.ids[0].clone();
    recording.promote("my-agent", 0, 1).await;
    recording.world.picks("my-agent.json");
    let placed =
        recording.play("file_destination", json!({ "purpose": "configuration", "suggested": "my-agent.json" })).await;
    let export = json!({ "environment": development, "agent": "my-agent", "file": placed["file"]["ticket"] });
    recording.play("agent_export", export).await;
    let backup = json!({ "environment": development, "agent": "my-agent", "note": "before the audit" });
    recording.play("backup_take", backup).await;
    recording.world.server(2).set_faults([Fault::on(1, FaultAnswer::Cut).for_ever()]);
    recording.contacts().await;
    recording.end();
}

/// Agents of two ids that are declared to be one, and differences that are declared to be on purpose.
#[tokio::test]
async fn overview_declared() {
    let world = World::samples().await;
    for (nth, agent) in [(0, "dev-helper"), (2, "prod-helper")] {
        let info = json!({ "name": "Helper", "type": "chat", "owner": "anna" });
        world.server(nth).set_agent(agent, info.as_object().unwrap().clone(), "its-own-key").unwrap();
    }
    let mut recording = Recording::new("overview-declared", world);
    recording.opening().await;
    let ids = recording.world.ids.clone();
    let at = |nth: usize, agent: &str| json!({ "environment": ids[nth], "agent": agent });
    recording.play("agent_stages", at(0, "my-agent")).await;
    let read = recording.play("agent_stages", at(0, "faq-bot")).await;
    let item = read["items"].as_array().unwrap().iter().find(|item| item["values"][1]["differences"] != json!([]));
    let difference = &item.unwrap()["values"][1]["differences"][0]["shown"];
    let accept = json!({ "agent": at(1, "faq-bot"), "items": [difference], "reason": "Staging has no such table.",
        "until": "2099-12-30T23:00:00.000Z" });
    recording.play("difference_accept", accept).await;
    recording.play("overview_read", Value::Null).await;
    recording.play("agent_stages", at(0, "faq-bot")).await;
    let declare = json!({ "members": [at(0, "dev-helper"), at(2, "prod-helper")] });
    recording.play("pair_declare", declare).await;
    recording.play("overview_read", Value::Null).await;
    recording.play("pair_dissolve", at(2, "prod-helper")).await;
    recording.play("overview_read", Value::Null).await;
    recording.end();
}

/// A start after one that compared the agents.
#[tokio::test]
async fn overview_last() {
    let mut recording = Recording::new("overview-last", World::samples().await);
    recording.before("overview_read", Value::Null).await;
    recording.clock.set("2026-11-20T12:00:00Z");
    recording.opening().await;
    recording.end();
}

#[tokio::test]
async fn settings_screen() {
    let mut recording = Recording::new("settings", World::samples().await);
    let ids = recording.world.ids.clone();
    let take = |id: &String| json!({ "environment": id, "agent": "my-agent", "note": null });
    recording.before("backup_take", take(&ids[0])).await;
    let damaged = recording.before("backup_take", take(&ids[2])).await;
    recording.world.damage(damaged["id"].as_str().unwrap());
    recording.opening().await;
    recording.play("licence_list", Value::Null).await;
    for (theme, parallel_requests) in [("dark", 10), ("light", 10), ("system", 12)] {
        recording.play("settings_save", settings(theme, parallel_requests)).await;
    }
    recording.play("data_folder_open", Value::Null).await;
    recording.play("backups_verify", Value::Null).await;
    recording.world.picks("aidb-history.csv");
    let placed =
        recording.play("file_destination", json!({ "purpose": "history_csv", "suggested": "aidb-history.csv" })).await;
    recording.play("history_export", json!({ "file": placed["file"]["ticket"] })).await;
    recording.world.picks("gone/aidb-support.json");
    let placed = recording
        .play("file_destination", json!({ "purpose": "support_bundle", "suggested": "aidb-support.json" }))
        .await;
    recording.play("support_bundle", json!({ "file": placed["file"]["ticket"] })).await;
    recording.newest().await;
    recording.end();
}
