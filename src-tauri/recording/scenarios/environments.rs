//! Environments: their list in every state, their form, and testing a connection.

use aidb_core::vault::{KeyPrompt, SecretName};
use aidb_sandbox::{ApiKey, Sample, Sandbox, SandboxOptions};
use serde_json::{Value, json};

use super::super::Recording;
use super::super::replace::TYPED;
use super::super::world::World;
use super::samples;
use crate::testing::{chosen, typed};

/// A filled form.
pub(super) fn form(name: &str, url: &str) -> Value {
    json!({ "name": name, "url": url, "colour": null, "protected": false, "default_agent": null, "ca_file": { "kind": "none" },
        "plain_http": false, "key_prompt": "never", "keep_backups": 20, "keep_days": 90 })
}

fn with(mut form: Value, key: &str, value: Value) -> Value {
    form[key] = value;
    form
}

/// The form as it stands when an environment is opened.
pub(super) fn form_of(view: &Value) -> Value {
    let mut form = form("", "");
    for (key, value) in form.as_object_mut().unwrap() {
        // None of these has one of its own.
        if key != "ca_file" {
            *value = view[key].clone();
        }
    }
    form
}

impl Recording {
    /// Adds an environment, and tells how it is known.
    async fn environment(&mut self, name: &str, url: &str, key: Option<&str>) -> String {
        let saved = self.before("environment_save", json!({ "id": null, "form": form(name, url), "key": key })).await;
        let id = saved["id"].as_str().unwrap().to_owned();
        self.world.ids.push(id.clone());
        id
    }

    /// The frame and the overview, for environments that can be asked.
    async fn asked(&mut self, reachable: &[&String]) {
        for command in ["environment_check", "agent_list"] {
            for id in reachable {
                self.play(command, json!({ "id": id })).await;
            }
        }
        self.play("overview_read", Value::Null).await;
    }
}

#[tokio::test]
async fn sandbox() {
    let mut recording = samples("sandbox").await;
    let ids = recording.world.ids.clone();
    // A file that was dropped, and has gone since.
    recording.world.picks("my-agent.json");
    let dropped = recording.before("file_pick", json!({ "purpose": "configuration" })).await;
    recording.play("file_check", json!({ "file": chosen(&dropped["file"]["ticket"]) })).await;
    let path = recording.world.picks("my-agent.json");
    recording.play("file_check", json!({ "file": typed(path) })).await;
    let listed = recording.play("environment_order", json!({ "ids": [ids[0], ids[2], ids[1]] })).await;
    recording.before("environment_order", json!({ "ids": ids })).await;
    let production = form_of(&listed[1]);
    let save = |form: Value| json!({ "id": ids[2], "form": form, "key": null });
    recording.play("environment_save", save(with(production.clone(), "default_agent", json!("faq-bot")))).await;
    recording.before("environment_save", save(production)).await;
    let choice = json!({ "id": ids[2] });
    let key = json!({ "id": ids[2], "key": TYPED });
    recording.play("environment_key_set", key.clone()).await;
    recording.play("environment_check", choice.clone()).await;
    recording.play("environment_key_remove", choice.clone()).await;
    recording.before("environment_key_set", key).await;
    recording.play("environment_removal", choice.clone()).await;
    recording.play("environment_remove", choice).await;
    recording.newest().await;
    recording.end();
}

#[tokio::test]
async fn environments_states() {
    let mut recording = Recording::new("environments-states", World::empty().await);
    let [development, staging, production] = recording.world.urls();
    let refusing = Sandbox::start(SandboxOptions::default()).await.unwrap();
    refusing.handle().switch(|switches| switches.required_api_key = Some(ApiKey::new("another")));
    let first = recording.environment("Development", &development, Some(TYPED)).await;
    recording.environment("Staging", &staging, None).await;
    let arabic = recording.environment("بيئة الاختبار", &production, Some(TYPED)).await;
    let launch = recording.environment("🚀 Launch & <b>bold</b>", "http://127.0.0.1:1", Some(TYPED)).await;
    let long = "An environment whose name is as long as the name of one can be!";
    let long = recording.environment(long, &refusing.url(), Some(TYPED)).await;
    let broken = recording.environment("Broken key", &production.replace("http:", "https:"), Some(TYPED)).await;
    let name = SecretName::EnvironmentKey {
        environment: broken.clone(),
        server: Some(production.replace("http:", "https:")),
        display: "Broken key".into(),
        prompt: KeyPrompt::Never,
    };
    let file = recording.world.desktop.engine().vault().path_of(&name).unwrap();
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    recording.play("app_start", Value::Null).await;
    recording.play("keychain_status", Value::Null).await;
    recording.play("environment_list", Value::Null).await;
    recording.play("recovery_start", Value::Null).await;
    recording.play("history_last", Value::Null).await;
    recording.play("overview_last", Value::Null).await;
    recording.asked(&[&first, &arabic, &launch, &long, &broken]).await;
    recording.end();
}

#[tokio::test]
async fn environment_test() {
    let mut recording = samples("environment-test").await;
    let fourth = Sandbox::start(SandboxOptions::sample(Sample::Staging)).await.unwrap();
    let test = |id: Option<&String>, form: &Value, key: Option<&str>| json!({ "id": id, "form": form, "key": key });
    let http = form("Acceptance", &fourth.url());
    let https = form("Acceptance", &fourth.url().replace("http:", "https:"));
    recording.play("environment_test", test(None, &https, None)).await;
    recording.play("environment_test", test(None, &http, Some(TYPED))).await;
    let listed = recording.before("environment_list", Value::Null).await;
    let production = recording.world.ids[2].clone();
    let refuse = Some(ApiKey::new("another"));
    recording.world.server(2).switch(|switches| switches.required_api_key = refuse);
    recording.play("environment_test", test(Some(&production), &form_of(&listed[2]), None)).await;
    let save = |form: &Value, key: Option<&str>| json!({ "id": null, "form": form, "key": key });
    let plain = form("Acceptance", "http://acceptance.example.com");
    recording.play("environment_test", test(None, &plain, Some(TYPED))).await;
    for (key, wrong) in [("name", "Production"), ("url", "acceptance")] {
        let refused = recording.play("environment_save", save(&with(http.clone(), key, json!(wrong)), None)).await;
        assert!(refused["code"].is_string(), "{refused}");
    }
    recording.world.picks("company.pem");
    recording.play("file_pick", json!({ "purpose": "ca_file" })).await;
    let agreed = with(plain, "plain_http", json!(true));
    let saved = recording.play("environment_save", save(&agreed, Some(TYPED))).await;
    assert_eq!(saved["name"], "Acceptance", "{saved}");
    recording.leave_pending("environment_check", json!({ "id": saved["id"] }), None).await;
    recording.before("environment_remove", json!({ "id": saved["id"] })).await;
    let saved = recording.play("environment_save", save(&http, Some(TYPED))).await;
    recording.play("environment_check", json!({ "id": saved["id"] })).await;
    recording.play("agent_list", json!({ "id": saved["id"] })).await;
    recording.end();
}
