//! What was interrupted, as the next start finds it.

use std::time::Duration;

use aidb_core::operations::{Consent, Context};
use aidb_sandbox::{Effect, Fault, FaultAnswer};
use serde_json::{Value, json};

use super::super::Recording;
use super::super::world::World;

impl Recording {
    /// A promotion to Staging whose process dies at its second write, and the next start.
    async fn dies_in_staging(&mut self) -> Value {
        let settings = json!({ "settings": { "theme": "system", "parallel_requests": 1 } });
        self.before("settings_save", settings).await;
        let ids = self.world.ids.clone();
        let request = json!({ "from": ids[0], "agent": "my-agent", "to": ids[1], "mode": "merge" });
        let plan = self.before("plan_promote", request).await;
        let ticket = serde_json::from_value(plan["plan"].clone()).unwrap();
        let proposable = self.world.desktop.plans.get(&ticket).unwrap().proposable().unwrap().clone();
        let hang = Fault { effect: Effect::After, ..Fault::on(2, FaultAnswer::Hang { ms: None }).method("PUT") };
        self.world.server(1).set_faults([hang]);
        let (engine, context) = (self.world.desktop.engine(), Context::default());
        let consent = Consent::default();
        let apply = engine.apply(&proposable.target, &proposable.proposal, &consent, &context);
        let server = self.world.server(1);
        let waits = async {
            while !server.requests().iter().any(|request| request.waits) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            ended = apply => panic!("it was under way: {ended:?}"),
            () = waits => {}
        }
        self.world.server(1).set_faults([]);
        self.world.restart("maria");
        plan
    }
}

#[tokio::test]
async fn recovery_recovered() {
    let mut recording = Recording::new("recovery-recovered", World::samples().await);
    recording.dies_in_staging().await;
    recording.opening().await;
    recording.newest().await;
    let told = recording.before("recovery_start", Value::Null).await;
    let detail = recording.entry(&told[0]["interrupted"]["operation"]).await;
    recording.play("backup_now", json!({ "id": detail["entry"]["backup"] })).await;
    recording.end();
}

#[tokio::test]
async fn recovery_waiting() {
    let mut recording = Recording::new("recovery-waiting", World::samples().await);
    recording.dies_in_staging().await;
    recording.world.server(1).set_faults([Fault::on(1, FaultAnswer::Cut).for_ever()]);
    recording.opening().await;
    recording.world.server(1).set_faults([]);
    let waiting = recording.before("recovery_list", Value::Null).await;
    let operation = &waiting[0]["operation"];
    // An apply to the same agent learns what is in its way.
    let plan = recording.promote("my-agent", 0, 1).await;
    let refused = recording.play("plan_apply", super::past::apply_all(&plan, None, None)).await;
    assert_eq!(refused["code"], "unsettled", "{refused}");
    recording.world.server(1).set_faults([Fault::on(1, FaultAnswer::Cut).for_ever()]);
    recording.play("recovery_run", json!({ "operation": operation, "mode": "put_back" })).await;
    recording.world.server(1).set_faults([]);
    recording.play("recovery_run", json!({ "operation": operation, "mode": "finish" })).await;
    recording.end();
}
