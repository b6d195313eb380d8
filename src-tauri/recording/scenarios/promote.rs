//! Promotions, and every way in which they can end.

use aidb_sandbox::{DatabaseAnswer, ErrorBody, Fault, FaultAnswer, Permission, ResourceSnapshot};
use serde_json::{Value, json};

use super::super::replace::CONNECTION;
use super::super::{Recording, call, world::World};
use super::samples;

/// Which of several calls at once arrives first is chance.
async fn one_at_a_time(world: &World) {
    let settings = json!({ "settings": { "theme": "system", "parallel_requests": 1 } });
    call(world, "settings_save", settings).await.0.expect("saved");
}

#[tokio::test]
async fn promote() {
    let mut recording = samples("promote").await;
    let plan = recording.promote("my-agent", 0, 2).await;
    recording.words(&plan).await;
    let unticked = json!({ "groups": {}, "except": ["gain:sales.invoices"] });
    recording.play("plan_text", json!({ "plan": plan["plan"], "ticks": unticked })).await;
    let refused = recording.apply(&plan, None, None).await;
    assert_eq!(refused["code"], "confirmation_required");
    let ended = recording.apply(&plan, Some("Production"), Some("ticket 4312: invoices for sales")).await;
    assert_eq!(ended["result"]["outcome"], "done", "{ended}");
    recording.newest().await;
    recording.end();
}

#[tokio::test]
async fn promote_register() {
    let mut recording = samples("promote-register").await;
    let plan = recording.promote("churn-forecast", 0, 1).await;
    let link = json!({ "kind": "with", "connection_string": CONNECTION, "remember": true });
    recording.play("link_test", json!({ "plan": plan["plan"], "connection_string": CONNECTION })).await;
    let broken = json!({ "plan": plan["plan"], "connection_string": "wrong-secret" });
    recording.world.server(1).switch(|switches| switches.database = DatabaseAnswer::EchoesConnectionString);
    recording.play("link_test", broken).await;
    recording.world.server(1).switch(|switches| switches.database = DatabaseAnswer::Reachable);
    let linked = recording.play("plan_link", json!({ "plan": plan["plan"], "link": link })).await;
    recording.rows(&linked).await;
    recording.words(&linked).await;
    let ended = recording.apply(&linked, None, None).await;
    assert_eq!(ended["result"]["outcome"], "done", "{ended}");
    let copy = json!({ "environment": recording.world.ids[1], "agent": "churn-forecast" });
    let copied = recording.play("agent_key_copy", copy).await;
    assert_eq!(copied["cleared_after"], 60, "{copied}");
    recording.end();
}

#[tokio::test]
async fn promote_moved() {
    let mut recording = samples("promote-moved").await;
    let plan = recording.promote("my-agent", 0, 1).await;
    let server = recording.world.server(1);
    server.set_resource("my-agent", "customers", "table", &[Permission::Read]).unwrap();
    server.revoke_resource("my-agent", "returns").unwrap();
    let moved = recording.apply(&plan, None, None).await;
    assert_eq!(moved["kind"], "moved", "{moved}");
    recording.rows(&moved["now"]).await;
    recording.words(&moved["now"]).await;
    recording.apply(&moved["now"], None, None).await;
    recording.end();
}

#[tokio::test]
async fn promote_put_back() {
    let mut recording = samples("promote-put-back").await;
    let plan = recording.promote("my-agent", 0, 1).await;
    one_at_a_time(&recording.world).await;
    let fault = Fault::on(3, FaultAnswer::status(403, ErrorBody::Json)).method("PUT");
    recording.world.server(1).set_faults([fault]);
    let ended = recording.apply(&plan, None, None).await;
    assert_eq!(ended["result"]["outcome"], "put_back", "{ended}");
    recording.promote("my-agent", 0, 1).await;
    recording.end();
}

#[tokio::test]
async fn promote_needs_attention() {
    let mut recording = samples("promote-needs-attention").await;
    let plan = recording.promote("my-agent", 0, 1).await;
    one_at_a_time(&recording.world).await;
    // The second change fails for good, and so does putting the first one back.
    let fault = Fault::on(2, FaultAnswer::status(403, ErrorBody::Json)).method("PUT").for_ever();
    recording.world.server(1).set_faults([fault]);
    let ended = recording.apply(&plan, None, None).await;
    assert_eq!(ended["result"]["outcome"], "needs_attention", "{ended}");
    recording.end();
}

#[tokio::test]
async fn promote_same() {
    let mut recording = samples("promote-same").await;
    let plan = recording.promote("invoice-reader", 0, 1).await;
    assert_eq!(plan["same"], true, "{plan}");
    let refused = recording.apply(&plan, None, None).await;
    assert_eq!(refused["code"], "usage");
    recording.end();
}

#[tokio::test]
async fn promote_unreachable() {
    let mut recording = samples("promote-unreachable").await;
    let ids = recording.world.ids.clone();
    recording.world.server(2).set_faults([Fault::on(1, FaultAnswer::Cut).for_ever()]);
    recording.play("agent_check", json!({ "environment": ids[0], "agent": "my-agent" })).await;
    let request = json!({ "from": ids[0], "agent": "my-agent", "to": ids[2], "mode": "merge" });
    let error = recording.play("plan_promote", request).await;
    assert_eq!(error["code"], "connection_lost", "{error}");
    recording.end();
}

#[tokio::test]
async fn promote_large() {
    let mut recording = samples("promote-large").await;
    let entry = |n: u32| (format!("table_{n:04}"), ResourceSnapshot::new("table", [Permission::Read]));
    recording.world.server(0).set_resources("my-agent", (0..600).map(entry)).unwrap();
    let plan = recording.promote("my-agent", 0, 1).await;
    for (search, from) in [("", 200), ("", 400), ("", 600), ("table_05", 0)] {
        let request = json!({ "plan": plan["plan"], "group": "gains_access", "search": search, "from": from });
        recording.play("plan_rows", request).await;
    }
    recording.end();
}

/// Everything that a name should not do, in the name of one agent.
const HOSTILE: &str = "\u{1f4ca} <img src=x onerror=alert(1)> جدول a\u{202e}b";

#[tokio::test]
async fn hostile_ids() {
    let world = World::samples().await;
    let long = "x".repeat(300);
    for id in [HOSTILE, "وكيل العملاء", &long] {
        let info = json!({ "name": id, "type": id });
        for stage in 0..2 {
            world.server(stage).set_agent(id, info.as_object().unwrap().clone(), "another").unwrap();
        }
        world.server(0).set_resource(id, &long, "table", &[Permission::Read]).unwrap();
        world.server(0).set_resource(id, HOSTILE, HOSTILE, &[Permission::Read]).unwrap();
    }
    let mut recording = Recording::new("hostile-ids", world);
    recording.opening().await;
    let server = recording.world.server(0);
    for id in [
        "جدول العملاء",
        "\u{1f4ca} figures",
        "<img src=x onerror=alert(1)>",
        "a\u{202e}b",
        "\"quoted\" & 'single'",
        &long,
    ] {
        server.set_resource("my-agent", id, "dataset", &[Permission::Read, Permission::Admin]).unwrap();
    }
    recording.promote("my-agent", 0, 1).await;
    let control = "tab\there, bell\u{7} there";
    recording.world.server(0).set_resource("report-builder", control, "table", &[Permission::Read]).unwrap();
    let request = json!({ "environment": recording.world.ids[0], "agent": "report-builder" });
    let refused = recording.play("agent_check", request).await;
    assert!(refused.to_string().contains("control character"), "{refused}");
    let plan = recording.promote(HOSTILE, 0, 1).await;
    let ended = recording.apply(&plan, None, Some(HOSTILE)).await;
    assert_eq!(ended["result"]["outcome"], "done", "{ended}");
    recording.newest().await;
    let live = |stage: usize| json!({ "kind": "live", "environment": recording.world.ids[stage], "agent": HOSTILE });
    let sides = json!({ "left": live(0), "right": live(1) });
    let compared = recording.play("compare", sides).await;
    recording.rows(&compared).await;
    recording.play("compare_texts", json!({ "plan": compared["plan"] })).await;
    recording.end();
}

/// Something of everything: gained, changed, lost, kept, the same, and what the server cannot change.
fn every_group(world: &World) {
    use Permission::{Delete, Read, Write};
    let (development, production) = (world.server(0), world.server(2));
    for (id, here, there) in [("returns", [Read, Write], [Read, Delete]), ("stock_levels", [Read, Read], [Read, Write])]
    {
        development.set_resource("my-agent", id, "table", &here).unwrap();
        production.set_resource("my-agent", id, "table", &there).unwrap();
    }
    production.set_resource("my-agent", "legacy.exports", "dataset", &[Read, Delete]).unwrap();
    let agent = production.agent("my-agent").unwrap();
    let mut info = agent.info;
    info.insert("name".into(), "My Old Agent".into());
    production.set_agent("my-agent", info, "another").unwrap();
}

async fn every_group_of(name: &'static str) -> (Recording, Value) {
    let world = World::samples().await;
    every_group(&world);
    let mut recording = Recording::new(name, world);
    recording.opening().await;
    one_at_a_time(&recording.world).await;
    let plan = recording.promote("my-agent", 0, 2).await;
    (recording, plan)
}

#[tokio::test]
async fn promote_every_group() {
    let (mut recording, plan) = every_group_of("promote-every-group").await;
    let ended = recording.apply(&plan, Some("Production"), Some("Release 4.2")).await;
    assert_eq!(ended["result"]["outcome"], "done", "{ended}");
    recording.world.picks("plan.html");
    let placed = recording
        .play("file_destination", json!({ "purpose": "plan_page", "suggested": "plan-my-agent-Production.html" }))
        .await;
    let ticks = json!({ "groups": {}, "except": [] });
    recording
        .play("plan_page_save", json!({ "plan": plan["plan"], "ticks": ticks, "file": placed["file"]["ticket"] }))
        .await;
    recording.end();
}

#[tokio::test]
async fn promote_running() {
    let (mut recording, plan) = every_group_of("promote-running").await;
    let busy = Fault::on(3, FaultAnswer::status(503, ErrorBody::Json)).method("PUT");
    let server = recording.world.server(2);
    // What comes after the one that is refused waits until somebody stopped it.
    server.set_faults([busy, Fault::on(4, FaultAnswer::Hold).method("PUT").for_ever()]);
    let request = json!({ "plan": plan["plan"], "ticks": { "groups": {}, "except": [] }, "typed_name": "Production",
        "agree_deletion": false, "reason": null });
    recording.leave_pending("plan_apply", request, Some(|progress| progress.retry.is_some())).await;
    recording.play("plan_cancel", json!({ "plan": plan["plan"] })).await;
    server.set_faults([]);
    recording.world.desktop.plans.ended().await;
    recording.newest().await;
    recording.end();
}

#[tokio::test]
async fn apply_fails() {
    let mut recording = samples("apply-fails").await;
    let plan = recording.promote("my-agent", 0, 1).await;
    recording.words(&plan).await;
    recording.world.server(1).set_faults([Fault::on(1, FaultAnswer::Cut).for_ever()]);
    let error = recording.apply(&plan, None, None).await;
    assert_eq!(error["code"], "connection_lost", "{error}");
    recording.world.server(1).set_faults([]);
    let ended = recording.apply(&plan, None, None).await;
    assert_eq!(ended["result"]["outcome"], "done", "{ended}");
    recording.end();
}
