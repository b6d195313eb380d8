//! The history, restoring, and comparing.

use aidb_sandbox::{ErrorBody, Fault, FaultAnswer};
use serde_json::{Value, json};

use super::super::Recording;
use super::samples;
use crate::testing::{chosen, typed};

pub(super) fn all_history() -> Value {
    json!({ "environment": null, "agent": null, "kind": null, "outcome": null, "actor": null, "from": null, "until": null,
        "search": "", "skip": 0 })
}

#[tokio::test]
async fn history_empty() {
    let mut recording = samples("history-empty").await;
    recording.play("history_list", all_history()).await;
    recording.play("backups_verify", Value::Null).await;
    recording.end();
}

/// What was changed in aidb itself.
#[tokio::test]
async fn history_profiles() {
    let mut recording = Recording::new("history-profiles", super::super::world::World::samples().await);
    let (id, [_, url, _]) = (recording.world.ids[1].clone(), recording.world.urls());
    let form = json!({ "name": "Staging", "url": url, "colour": "amber", "protected": true, "default_agent": "my-agent",
        "ca_file": { "kind": "none" }, "plain_http": false, "key_prompt": "never", "keep_backups": 50, "keep_days": 30 });
    recording.before("environment_save", json!({ "id": id, "form": form, "key": null })).await;
    recording.before("environment_key_set", json!({ "id": id, "key": "another key" })).await;
    recording.opening().await;
    recording.newest().await;
    recording.end();
}

/// A plan as it is ticked from the start.
pub(super) fn apply_all(plan: &Value, typed: Option<&str>, reason: Option<&str>) -> Value {
    json!({ "plan": plan["plan"], "ticks": { "groups": {}, "except": [] }, "typed_name": typed,
        "agree_deletion": false, "reason": reason })
}

/// A file for an agent, with these resources.
fn file_for(agent: &str, resources: &Value) -> String {
    json!({ "version": "1.0.0", "agent": { "agent_id": agent, "name": agent, "resource_permissions": resources } })
        .to_string()
}

impl Recording {
    /// A promotion before the page was opened.
    async fn promoted(&mut self, agent: &str, from: usize, to: usize, reason: Option<&str>) -> Value {
        let ids = self.world.ids.clone();
        let request = json!({ "from": ids[from], "agent": agent, "to": ids[to], "mode": "merge" });
        let plan = self.before("plan_promote", request).await;
        self.applied(&plan, reason).await
    }

    async fn applied(&mut self, plan: &Value, reason: Option<&str>) -> Value {
        assert!(plan["groups"].to_string().contains("\"ticked\":true"), "{plan}");
        self.before("plan_apply", apply_all(plan, Some("Production"), reason)).await
    }

    async fn imported(&mut self, agent: &str, to: usize, resources: &Value) -> Value {
        let path = self.world.file(&format!("{agent}.json"), &file_for(agent, resources));
        let request = json!({ "file": typed(path), "to": self.world.ids[to], "mode": "merge" });
        let plan = self.before("plan_import", request).await;
        self.applied(&plan, None).await
    }

    fn refuses(&self, stage: usize, nth: u64) {
        let fault = Fault::on(nth, FaultAnswer::status(403, ErrorBody::Json)).method("PUT").for_ever();
        self.world.server(stage).set_faults([fault]);
    }

    pub(super) fn obeys(&self, stage: usize) {
        self.world.server(stage).set_faults([]);
    }

    /// Five days of three people.
    async fn five_days(&mut self) {
        let ids = self.world.ids.clone();
        let settings = json!({ "settings": { "theme": "system", "parallel_requests": 1 } });
        self.before("settings_save", settings).await;
        self.clock.set("2025-12-31T09:00:00Z");
        self.world.picks("exported.json");
        let request = json!({ "purpose": "configuration", "suggested": "exported.json" });
        let destination = self.before("file_destination", request).await["file"]["ticket"].clone();
        let export = json!({ "environment": ids[0], "agent": "my-agent", "file": destination });
        self.before("agent_export", export).await;
        self.clock.set("2026-11-16T10:00:00Z");
        self.world.restart("tom");
        self.promoted("support-copilot", 0, 1, Some("try again after the maintenance")).await;
        self.clock.set("2026-11-16T10:20:00Z");
        self.promoted("churn-forecast", 0, 1, None).await;
        self.world.restart("maria");
        self.clock.set("2026-11-19T09:07:00Z");
        let log = json!({ "audit_log": { "type": "table", "permissions": ["read"] } });
        self.imported("invoice-reader", 0, &log).await;
        self.clock.set("2026-11-19T15:58:00Z");
        self.refuses(2, 2);
        let refused = self.promoted("my-agent", 0, 2, None).await;
        self.obeys(2);
        // What could not be put back waits; somebody decides that it stays as it is.
        self.before("recovery_leave", json!({ "operation": refused["result"]["operation"] })).await;
        self.clock.set("2026-11-19T16:10:00Z");
        let done = self.promoted("faq-bot", 0, 1, None).await;
        self.world.restart("li");
        self.clock.set("2026-11-19T16:21:00Z");
        let back = json!({ "from": { "kind": "backup", "id": done["result"]["backup"] }, "to": null, "mode": "exact" });
        let plan = self.before("plan_restore", back).await;
        self.applied(&plan, None).await;
        self.world.damage(done["result"]["backup"].as_str().unwrap());
        self.world.restart("maria");
        self.this_morning().await;
    }

    async fn this_morning(&mut self) {
        self.clock.set("2026-11-20T08:15:00Z");
        let take = json!({ "environment": self.world.ids[1], "agent": "support-copilot", "note": "before release 7" });
        let taken = self.before("backup_take", take).await;
        let named = json!({ "id": taken["id"], "name": "Release 7", "note": "before release 7", "pinned": true });
        self.before("backup_update", named).await;
        self.clock.set("2026-11-20T08:40:00Z");
        self.world.restart("tom");
        self.refuses(2, 1);
        let orders = json!({ "orders": { "type": "table", "permissions": ["read", "write"] } });
        self.imported("report-builder", 2, &orders).await;
        self.obeys(2);
        self.world.restart("maria");
        self.clock.set("2026-11-20T09:01:40Z");
        self.promoted("my-agent", 1, 2, Some("ticket 4312: invoices for sales")).await;
        self.clock.set("2026-11-20T09:02:10Z");
    }
}

#[tokio::test]
async fn history() {
    let mut recording = Recording::new("history", super::super::world::World::samples().await);
    recording.five_days().await;
    recording.opening().await;
    let ids = recording.world.ids.clone();
    let listed = recording.play("history_list", all_history()).await;
    for (key, value) in [
        ("environment", json!(ids[2])),
        ("agent", json!("my-agent")),
        ("search", json!("4312")),
        ("search", json!("no such words")),
    ] {
        let mut request = all_history();
        request[key] = value;
        recording.play("history_list", request).await;
    }
    let mut losses = Value::Null;
    for words in [json!([]), json!(["no-such-thing"]), json!(["faq"])] {
        losses = recording.play("history_losses", json!({ "words": words, "from": null, "until": null })).await;
    }
    let from = json!({ "kind": "backup", "id": losses["losses"][0]["entry"]["backup"] });
    let plan = recording.play("plan_restore", json!({ "from": from, "to": null, "mode": "exact" })).await;
    recording.rows(&plan).await;
    let taken = losses["losses"][0]["resource"].as_str().unwrap();
    let just_this = json!({ "groups": { "gains_access": false }, "except": [format!("gain:{taken}")] });
    recording.play("plan_text", json!({ "plan": plan["plan"], "ticks": just_this })).await;
    for entry in listed["entries"].as_array().unwrap() {
        if entry["agent"] == "invoice-reader" {
            recording.world.spoil_store();
            recording.play("history_entry", json!({ "id": entry["id"] })).await;
            recording.world.mend_store();
        }
        let detail = recording.entry(&entry["id"]).await;
        if detail["made_key"] == true {
            let copy = json!({ "environment": ids[1], "agent": entry["agent"] });
            recording.play("agent_key_copy", copy).await;
        }
        if let Some(backup) = entry["backup"].as_str() {
            let kind = entry["kind"].as_str();
            if kind == Some("backup") {
                recording.world.server(1).set_faults([Fault::on(1, FaultAnswer::Cut).for_ever()]);
                recording.play("backup_now", json!({ "id": backup })).await;
                recording.obeys(1);
            }
            recording.play("backup_now", json!({ "id": backup })).await;
        }
    }
    recording.kept(&listed).await;
    recording.end();
}

impl Recording {
    /// An entry, opened: what it changed, and what became of the key that it made.
    pub(super) async fn entry(&mut self, id: &Value) -> Value {
        let detail = self.play("history_entry", json!({ "id": id })).await;
        self.rows(&detail["plan"]).await;
        if detail["made_key"] == true {
            self.play("entry_key", json!({ "id": id })).await;
        }
        detail
    }

    /// The history as a person finds it who goes there: its newest entry is open.
    pub(super) async fn newest(&mut self) {
        let listed = self.play("history_list", all_history()).await;
        let newest = listed["entries"][0].clone();
        if newest.is_null() {
            return;
        }
        self.entry(&newest["id"]).await;
        if let Some(backup) = newest["backup"].as_str() {
            self.play("backup_now", json!({ "id": backup })).await;
        }
    }

    /// What can be done with a backup, and with the list.
    async fn kept(&mut self, listed: &Value) {
        let backup = listed["entries"].as_array().unwrap().iter().find(|entry| entry["kind"] == "backup").unwrap();
        let id = &backup["backup"];
        let update =
            |name: &str, pinned: bool| json!({ "id": id, "name": name, "note": "before release 7", "pinned": pinned });
        self.play("backup_update", update("Release 7", false)).await;
        self.world.spoil_store();
        self.play("backup_update", update("Release 7b", true)).await;
        self.world.mend_store();
        self.play("backup_update", update("Release 7b", true)).await;
        self.world.picks("support-copilot.json");
        let asked = json!({ "purpose": "configuration", "suggested": "support-copilot-2026-11-20.json" });
        let named = self.play("file_destination", asked).await;
        self.play("backup_export", json!({ "id": id, "file": named["file"]["ticket"] })).await;
        for (purpose, name) in [("history_csv", "aidb-history.csv"), ("history_json", "gone/aidb-history.json")] {
            self.world.picks(name);
            let suggested = name.trim_start_matches("gone/");
            let named = self.play("file_destination", json!({ "purpose": purpose, "suggested": suggested })).await;
            self.play("history_export", json!({ "file": named["file"]["ticket"] })).await;
        }
        self.world.picks("from-support.json");
        self.play("file_pick", json!({ "purpose": "backup" })).await;
        let take = json!({ "environment": self.world.ids[1], "agent": "my-agent", "note": "before the audit" });
        self.world.server(1).set_faults([Fault::on(1, FaultAnswer::Cut).for_ever()]);
        self.play("backup_take", take.clone()).await;
        self.obeys(1);
        let taken = self.play("backup_take", take).await;
        self.play("history_list", all_history()).await;
        self.play("history_entry", json!({ "id": taken["id"] })).await;
        self.play("backup_now", json!({ "id": taken["id"] })).await;
    }
}

#[tokio::test]
async fn history_long() {
    let mut recording = Recording::new("history-long", super::super::world::World::samples().await);
    let ids = recording.world.ids.clone();
    recording.clock.set("2026-11-19T09:00:00Z");
    for number in 1..=104 {
        let take = json!({ "environment": ids[0], "agent": "faq-bot", "note": format!("night {number}") });
        recording.before("backup_take", take).await;
    }
    recording.clock.set("2026-11-20T09:00:00Z");
    recording.opening().await;
    let mut older = all_history();
    older["skip"] = 100.into();
    for request in [all_history(), older] {
        recording.world.spoil_store();
        recording.play("history_list", request.clone()).await;
        recording.world.mend_store();
        recording.play("history_list", request).await;
    }
    let listed = recording.before("history_list", all_history()).await;
    let first = listed["entries"][0]["id"].clone();
    recording.play("history_entry", json!({ "id": first })).await;
    recording.play("backup_now", json!({ "id": first })).await;
    recording.end();
}

#[tokio::test]
async fn restore() {
    let mut recording = samples("restore").await;
    let done = recording.promoted("my-agent", 0, 2, None).await;
    let made = recording.promoted("churn-forecast", 0, 1, None).await;
    for (ended, ticks) in [(done, json!({})), (made, json!({ "delete_agent": true }))] {
        let from = json!({ "kind": "backup", "id": ended["result"]["backup"] });
        let plan = recording.play("plan_restore", json!({ "from": from, "to": null, "mode": "exact" })).await;
        recording.rows(&plan).await;
        recording.words(&plan).await;
        let deletes = ticks != json!({});
        let ticks = json!({ "groups": ticks, "except": [] });
        if deletes {
            recording.play("plan_text", json!({ "plan": plan["plan"], "ticks": ticks })).await;
        }
        let typed = if deletes { Value::Null } else { json!("Production") };
        let request = json!({ "plan": plan["plan"], "ticks": ticks, "typed_name": typed, "agree_deletion": deletes,
            "reason": null });
        let ended = recording.carried_out(request).await;
        assert_eq!(ended["result"]["outcome"], "done", "{ended}");
    }
    recording.end();
}

/// A backup of an environment, of which so many of the three are gone since.
async fn restore_after(name: &'static str, gone: &[usize]) -> (Recording, Value) {
    let mut recording = Recording::new(name, super::super::world::World::samples().await);
    let ids = recording.world.ids.clone();
    recording.promoted("my-agent", 0, 2, Some("ticket 4312")).await;
    for stage in gone {
        recording.before("environment_remove", json!({ "id": ids[*stage] })).await;
        recording.world.ids.retain(|id| *id != ids[*stage]);
    }
    recording.opening().await;
    let listed = recording.play("history_list", all_history()).await;
    let entries = listed["entries"].as_array().unwrap();
    recording.entry(&entries[0]["id"]).await;
    let entry = entries.iter().find(|entry| entry["kind"] == "promotion").unwrap();
    recording.entry(&entry["id"]).await;
    let refused = recording.play("backup_now", json!({ "id": entry["backup"] })).await;
    assert_eq!(refused["code"], "environment_not_found", "{refused}");
    let from = json!({ "kind": "backup", "id": entry["backup"] });
    recording.play("plan_restore", json!({ "from": from, "to": null, "mode": "exact" })).await;
    (recording, from)
}

#[tokio::test]
async fn restore_gone() {
    let (mut recording, from) = restore_after("restore-gone", &[2]).await;
    let to = recording.world.ids[1].clone();
    let plan = recording.play("plan_restore", json!({ "from": from, "to": to, "mode": "exact" })).await;
    recording.rows(&plan).await;
    recording.words(&plan).await;
    recording.end();
}

#[tokio::test]
async fn restore_nowhere() {
    let (mut recording, from) = restore_after("restore-nowhere", &[2, 1, 0]).await;
    let detail = recording.play("history_entry", json!({ "id": from["id"] })).await;
    assert_eq!(detail["backup"]["id"], from["id"], "a backup leads to the entry of its apply: {detail}");
    recording.rows(&detail["plan"]).await;
    recording.end();
}

/// The overview of environments of which one was changed, and by whom.
#[tokio::test]
async fn overview_changed() {
    let mut recording = Recording::new("overview-changed", super::super::world::World::samples().await);
    recording.clock.set("2026-11-20T07:00:00Z");
    recording.promoted("my-agent", 0, 1, Some("ticket 4312")).await;
    recording.clock.set("2026-11-20T09:00:00Z");
    recording.opening().await;
    recording.end();
}

/// What else than done an operation can be without a row of it having been written, and keys that are there no more.
#[tokio::test]
async fn history_ends() {
    let mut recording = Recording::new("history-ends", super::super::world::World::samples().await);
    let ids = recording.world.ids.clone();
    recording.clock.set("2026-11-20T08:00:00Z");
    let made = recording.promoted("churn-forecast", 0, 1, None).await;
    let from = json!({ "kind": "backup", "id": made["result"]["backup"] });
    let back = recording.before("plan_restore", json!({ "from": from, "to": null, "mode": "exact" })).await;
    let deletion = json!({ "plan": back["plan"], "ticks": { "groups": { "delete_agent": true }, "except": [] },
        "typed_name": null, "agree_deletion": true, "reason": "not needed yet" });
    recording.before("plan_apply", deletion).await;
    recording.clock.set("2026-11-20T08:30:00Z");
    let promote =
        |from: usize, to: usize| json!({ "from": ids[from], "agent": "my-agent", "to": ids[to], "mode": "merge" });
    let plan = recording.before("plan_promote", promote(0, 2)).await;
    recording.world.server(2).set_faults([Fault::on(1, FaultAnswer::Cut).for_ever()]);
    let request = apply_all(&plan, Some("Production"), Some("ticket 4312"));
    let failed = recording.fails("plan_apply", request).await;
    assert_eq!(failed["code"], "connection_lost", "{failed}");
    recording.obeys(2);
    recording.clock.set("2026-11-20T09:00:00Z");
    let plan = recording.before("plan_promote", promote(0, 1)).await;
    let hang = Fault::on(1, FaultAnswer::Hang { ms: None }).method("PUT").for_ever();
    recording.world.server(1).set_faults([hang]);
    recording.begin("plan_apply", apply_all(&plan, None, None), Some(|progress| progress.items > 0)).await;
    recording.opening().await;
    let listed = recording.play("history_list", all_history()).await;
    for entry in listed["entries"].as_array().unwrap() {
        recording.entry(&entry["id"]).await;
        if let Some(backup) = entry["backup"].as_str() {
            recording.play("backup_now", json!({ "id": backup })).await;
        }
    }
    recording.end();
}

#[tokio::test]
async fn restore_file() {
    let mut recording = samples("restore-file").await;
    let rights = json!({ "customers": { "type": "table", "permissions": ["read"] } });
    let path = recording.world.file("from-support.json", &file_for("my-agent", &rights));
    let to = recording.world.ids[1].clone();
    recording.play("file_check", json!({ "file": typed(&path) })).await;
    for mode in ["exact", "merge"] {
        let from = json!({ "kind": "file", "file": typed(&path) });
        let plan = recording.play("plan_restore", json!({ "from": from, "to": to, "mode": mode })).await;
        recording.rows(&plan).await;
        recording.words(&plan).await;
    }
    recording.end();
}

#[tokio::test]
async fn compare() {
    let mut recording = Recording::new("compare", super::super::world::World::samples().await);
    let ids = recording.world.ids.clone();
    let take = |agent: &str| json!({ "environment": ids[2], "agent": agent, "note": null });
    let damaged = recording.before("backup_take", take("data-steward")).await;
    let backup = recording.before("backup_take", take("my-agent")).await;
    recording.world.damage(damaged["id"].as_str().unwrap());
    recording.opening().await;
    let live = |stage: usize, agent: &str| json!({ "kind": "live", "environment": ids[stage], "agent": agent });
    let rights = json!({ "customers": { "type": "table", "permissions": ["read"] },
        "sales.refunds": { "type": "table", "permissions": ["read", "write"] } });
    let good = recording.world.file("my-agent.json", &file_for("my-agent", &rights));
    let broken = recording.world.file("broken.json", super::files::BROKEN);
    let gone = recording.world.folder.path().join("gone.json");
    for path in [&broken, &gone, &good] {
        let checked = recording.play("file_check", json!({ "file": typed(path) })).await;
        if checked["ticket"].is_string() {
            recording.play("file_check", json!({ "file": chosen(&checked["ticket"]) })).await;
        }
    }
    recording.world.picks("my-agent.json");
    let picked = recording.play("file_pick", json!({ "purpose": "configuration" })).await;
    recording.play("history_list", all_history()).await;
    for id in [&backup["id"], &damaged["id"]] {
        recording.play("history_entry", json!({ "id": id })).await;
    }
    let file = json!({ "kind": "file", "file": chosen(&picked["file"]["ticket"]) });
    let kept = json!({ "kind": "backup", "id": backup["id"] });
    recording.world.server(2).set_faults([Fault::on(1, FaultAnswer::Cut).for_ever()]);
    recording.play("compare", json!({ "left": file, "right": live(2, "my-agent") })).await;
    recording.obeys(2);
    for (left, right) in [
        (live(1, "my-agent"), live(2, "my-agent")),
        (live(2, "my-agent"), live(1, "my-agent")),
        (live(1, "invoice-reader"), live(2, "invoice-reader")),
        (file, live(2, "my-agent")),
        (kept.clone(), live(2, "my-agent")),
    ] {
        if left == kept {
            recording.world.server(2).revoke_resource("my-agent", "orders").unwrap();
        }
        let plan = recording.play("compare", json!({ "left": left, "right": right })).await;
        recording.rows(&plan).await;
        for group in plan["groups"].as_array().unwrap() {
            let search = json!({ "plan": plan["plan"], "group": group["group"], "search": "orders", "from": 0 });
            recording.play("plan_rows", search).await;
        }
        recording.play("compare_texts", json!({ "plan": plan["plan"] })).await;
    }
    recording.promote("my-agent", 1, 2).await;
    recording.end();
}
