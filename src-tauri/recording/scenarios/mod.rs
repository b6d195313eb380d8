//! What is recorded: the calls that a page makes for a screen.

mod batch;
mod environments;
mod files;
mod keychain;
mod past;
mod promote;
mod recovery;
mod start;

use serde_json::{Value, json};

use super::Recording;
use super::world::World;

/// Every scenario.
pub(super) const NAMES: [&str; 50] = [
    "batch",
    "batch-protected",
    "batch-left",
    "compare",
    "environment-test",
    "environments-states",
    "first-start",
    "history",
    "history-empty",
    "history-profiles",
    "history-ends",
    "history-long",
    "hostile-ids",
    "import",
    "import-broken",
    "import-hidden-line",
    "import-missing-file",
    "import-stopped",
    "keychain-absent",
    "keychain-locked",
    "keychain-silent",
    "overview",
    "overview-changed",
    "overview-declared",
    "overview-last",
    "promote",
    "promote-every-group",
    "promote-large",
    "promote-moved",
    "promote-needs-attention",
    "promote-put-back",
    "promote-register",
    "promote-running",
    "promote-same",
    "promote-unreachable",
    "recovery-recovered",
    "recovery-waiting",
    "restore",
    "restore-gone",
    "restore-nowhere",
    "sandbox",
    "settings",
    "start-close",
    "start-draft",
    "start-draft-source-gone",
    "start-draft-target-gone",
    "start-fails",
    "start-troubles",
    "apply-fails",
    "restore-file",
];

impl Recording {
    /// What every screen begins with.
    pub(super) async fn opening(&mut self) {
        self.play("app_start", Value::Null).await;
        self.play("keychain_status", Value::Null).await;
        self.play("environment_list", Value::Null).await;
        self.play("recovery_start", Value::Null).await;
        self.play("history_last", Value::Null).await;
        self.play("overview_last", Value::Null).await;
        self.contacts().await;
    }

    /// Every environment with a key is asked how it is, and for its agents, which are compared.
    pub(super) async fn contacts(&mut self) {
        for command in ["environment_check", "agent_list"] {
            for id in self.world.ids.clone() {
                self.play(command, json!({ "id": id })).await;
            }
        }
        self.play("overview_read", Value::Null).await;
    }

    /// Every group that a plan has, from its first row.
    pub(super) async fn rows(&mut self, plan: &Value) {
        for group in plan["groups"].as_array().cloned().unwrap_or_default() {
            let request = json!({ "plan": plan["plan"], "group": group["group"], "search": "", "from": 0 });
            self.play("plan_rows", request).await;
        }
    }

    pub(super) async fn promote(&mut self, agent: &str, from: usize, to: usize) -> Value {
        let (from, to) = (self.world.ids[from].clone(), self.world.ids[to].clone());
        self.play("agent_check", json!({ "environment": from, "agent": agent })).await;
        let request = json!({ "from": from, "agent": agent, "to": to, "mode": "merge" });
        let plan = self.play("plan_promote", request).await;
        self.rows(&plan).await;
        self.words(&plan).await;
        plan
    }

    pub(super) async fn apply(&mut self, plan: &Value, typed: Option<&str>, reason: Option<&str>) -> Value {
        self.carried_out(past::apply_all(plan, typed, reason)).await
    }

    /// Carries a plan out. The page shows at once what became of each row.
    pub(super) async fn carried_out(&mut self, request: Value) -> Value {
        let ended = self.play("plan_apply", request).await;
        self.rows(&ended["result"]["plan"]).await;
        if ended["result"]["outcome"] == "needs_attention" {
            self.play("recovery_list", Value::Null).await;
        }
        ended
    }

    pub(super) async fn words(&mut self, plan: &Value) {
        self.play("plan_text", json!({ "plan": plan["plan"], "ticks": { "groups": {}, "except": [] } })).await;
    }
}

/// The three sample environments, with what every screen begins with.
pub(super) async fn samples(name: &'static str) -> Recording {
    let mut recording = Recording::new(name, World::samples().await);
    recording.opening().await;
    recording
}
