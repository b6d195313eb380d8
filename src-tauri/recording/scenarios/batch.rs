//! Several agents in one go: planned, opened, applied, and what is left of a batch that was killed.

use aidb_core::operations::{BatchOptions, Context, ImportOptions, Which};
use aidb_sandbox::{ErrorBody, Fault, FaultAnswer};
use serde_json::{Value, json};

use super::super::Recording;
use super::super::world::World;

const AGENTS: [&str; 3] = ["data-steward", "faq-bot", "my-agent"];

fn apply(plan: &Value, typed: Option<&str>) -> Value {
    json!({ "batch": plan["batch"], "ticks": [], "left_out": [], "typed_name": typed, "agree_deletion": false,
        "reason": null, "first": null, "stop_after": 3 })
}

/// The sample environments, with one request at a time: what is told of several agents comes in one order.
async fn one_by_one(name: &'static str) -> Recording {
    let mut recording = with_one_request(name).await;
    recording.opening().await;
    recording
}

async fn with_one_request(name: &'static str) -> Recording {
    let mut recording = Recording::new(name, World::samples().await);
    let settings = json!({ "settings": { "theme": "system", "parallel_requests": 1, "zoom": 100 } });
    recording.before("settings_save", settings).await;
    recording
}

/// Three agents, of which one fails; the rest of it, and the way back.
#[tokio::test]
async fn batch() {
    let mut recording = one_by_one("batch").await;
    let ids = recording.world.ids.clone();
    let promote = json!({ "kind": "promote", "from": ids[0], "to": ids[1], "agents": AGENTS });
    let plan = recording.play("batch_plan", promote).await;
    let opened = recording.play("batch_open", json!({ "batch": plan["batch"], "agent": "my-agent" })).await;
    recording.rows(&opened).await;
    let fails =
        Fault::on(1, FaultAnswer::status(501, ErrorBody::Json)).method("PUT").path_contains("faq-bot").for_ever();
    recording.world.server(1).set_faults([fails]);
    let mut request = apply(&plan, None);
    request["ticks"] = json!([{ "agent": "my-agent", "ticks": { "groups": {}, "except": [] } }]);
    let end = recording.play("batch_apply", request).await;
    recording.obeys(1);
    let rest = recording.play("batch_plan", json!({ "kind": "rest", "batch": end["id"] })).await;
    recording.play("batch_apply", apply(&rest, None)).await;
    let undo = recording.play("batch_plan", json!({ "kind": "undo", "batch": end["id"] })).await;
    let opened = recording.play("batch_open", json!({ "batch": undo["batch"], "agent": "my-agent" })).await;
    recording.rows(&opened).await;
    recording.end();
}

/// A protected target: its name is typed once for all agents.
#[tokio::test]
async fn batch_protected() {
    let mut recording = one_by_one("batch-protected").await;
    let ids = recording.world.ids.clone();
    let promote = json!({ "kind": "promote", "from": ids[1], "to": ids[2], "agents": ["data-steward", "my-agent"] });
    let plan = recording.play("batch_plan", promote).await;
    let mut request = apply(&plan, Some("Production"));
    request["first"] = json!("data-steward");
    request["reason"] = json!("Release 12");
    recording.play("batch_apply", request).await;
    recording.end();
}

/// A start after a batch that was killed in the middle.
#[tokio::test]
async fn batch_left() {
    let mut recording = with_one_request("batch-left").await;
    let engine = recording.world.desktop.engine();
    let target = async |nth: usize| {
        let environment = Some(recording.world.ids[nth].clone());
        let request = aidb_core::operations::TargetRequest { environment, ..Default::default() };
        engine.target(&request).await.expect("a target")
    };
    let (from, to) = (target(0).await, target(1).await);
    let agents: Vec<_> = AGENTS.iter().map(|agent| aidb_core::config::AgentId::new(*agent).expect("an id")).collect();
    let (options, context) = (ImportOptions::default(), Context::default());
    let planned =
        engine.propose_promotions(&from, &agents, &to, &options, Which::All, &context).await.expect("planned");
    let planned = planned.into_iter().map(|(_, proposal)| proposal).collect();
    let server = recording.world.server(1);
    server.set_faults([Fault::on(1, FaultAnswer::Hang { ms: None }).method("GET")]);
    let (consent, options) = (Default::default(), BatchOptions::default());
    let work = Box::pin(engine.apply_batch(&to, planned, &consent, &options, &context));
    let hangs = async {
        while !server.requests().iter().any(|request| request.waits) {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        _ = work => panic!("it hangs"),
        () = hangs => {}
    }
    server.set_faults([]);
    recording.opening().await;
    let [left] = &engine.interrupted_batches().await.expect("the store")[..] else { panic!("one") };
    recording.play("batch_plan", json!({ "kind": "rest", "batch": left.id })).await;
    recording.end();
}
