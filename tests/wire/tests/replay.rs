//! Every recorded request, in the recorded order, against one sandbox.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::collections::HashMap;

use aidb_sandbox::{Handle, Permission, Sandbox, SandboxOptions, TablesAnswer};
use aidb_test_wire::TRANSCRIPT;
use aidb_testkit::http::client;
use reqwest::Method;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// How many calls the recording has; one of them is not recorded but built from the API reference.
const RECORDED: usize = 58;

fn transcript() -> Vec<Value> {
    serde_json::from_str(TRANSCRIPT).unwrap()
}

fn is_recorded(entry: &Value) -> bool {
    !entry["note"].as_str().unwrap_or_default().starts_with("not recorded")
}

#[tokio::test]
async fn the_sandbox_answers_every_recorded_request_as_recorded() {
    let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
    let mut generated = Generated::default();
    let mut replayed = 0;
    for entry in transcript().iter().filter(|entry| is_recorded(entry)) {
        replay(&sandbox.url(), entry, &mut generated).await;
        replayed += 1;
    }
    assert_eq!(replayed, RECORDED - 1, "the recording is complete");
    assert_eq!(sandbox.request_count(), 57, "each was one request");
}

#[tokio::test]
async fn the_call_from_the_api_reference_works_where_tables_are_switched_on() {
    let transcript = transcript();
    assert_eq!(transcript.len(), RECORDED);
    let unrecorded: Vec<_> = transcript.iter().filter(|entry| !is_recorded(entry)).collect();
    let [entry] = unrecorded[..] else { panic!("one call is not recorded, and there are {}", unrecorded.len()) };
    let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
    agent_with_tables(&sandbox);
    sandbox.switch(|switches| switches.tables = TablesAnswer::Listed);
    replay(&sandbox.url(), entry, &mut Generated::default()).await;
}

fn agent_with_tables(sandbox: &Handle) {
    sandbox.set_agent("my-agent", Map::from_iter([("name".to_owned(), "My Agent".into())]), "key").unwrap();
    sandbox.link_database("my-agent", "main-db", "dev_shop").unwrap();
    sandbox.set_resource("my-agent", "products", "table", &[Permission::Read]).unwrap();
    sandbox.set_tables("dev_shop", &["sales.invoices", "products"]).unwrap();
}

/// What the server makes up. Where the recording shows the same value twice, the sandbox has to as well.
#[derive(Default)]
struct Generated {
    /// Recorded value to the sandbox's.
    values: HashMap<String, String>,
    /// Agent id to the key that its registration answered.
    keys: HashMap<String, String>,
}

async fn replay(url: &str, entry: &Value, generated: &mut Generated) {
    let name = entry["name"].as_str().unwrap();
    let (request, recorded) = (&entry["request"], &entry["response"]);
    let method: Method = request["method"].as_str().unwrap().parse().unwrap();
    let mut call = client().request(method, format!("{url}{}", request["path"].as_str().unwrap()));
    for (header, value) in request["headers"].as_object().unwrap() {
        call = call.header(header, value.as_str().unwrap());
    }
    if let Some(body) = request.get("body") {
        call = call.body(body.to_string());
    } else if let Some(text) = request["body_text"].as_str() {
        call = call.body(text.to_owned());
    }
    let answer = call.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), recorded["status"].as_u64().unwrap() as u16, "{name}: status");
    assert_eq!(answer.headers()["content-type"], recorded["content_type"].as_str().unwrap(), "{name}: content type");
    let text = answer.text().await.unwrap();
    match recorded.get("body") {
        None => assert_eq!(text, recorded["body_text"].as_str().unwrap(), "{name}: page"),
        Some(body) => {
            let answered: Value = serde_json::from_str(&text).unwrap();
            generated.remember_key(&answered);
            let id = answered["agent_id"].as_str().unwrap_or_default().to_owned();
            generated.compare(name, &id, "", body, &answered);
        }
    }
}

impl Generated {
    fn remember_key(&mut self, answered: &Value) {
        if let (Some(id), Some(key)) = (answered["agent_id"].as_str(), answered["api_key"].as_str()) {
            self.keys.insert(id.to_owned(), key.to_owned());
        }
    }

    fn compare(&mut self, call: &str, id: &str, field: &str, recorded: &Value, answered: &Value) {
        match (recorded, answered) {
            (Value::Object(recorded), Value::Object(answered)) => {
                let keys = |map: &Map<String, Value>| map.keys().cloned().collect::<Vec<_>>();
                assert_eq!(keys(answered), keys(recorded), "{call}: fields of {field:?}");
                for (key, value) in recorded {
                    self.compare(call, id, key, value, &answered[key]);
                }
            }
            (Value::String(recorded), Value::String(answered)) => {
                self.compare_text(call, id, field, recorded, answered);
            }
            _ => assert_eq!(answered, recorded, "{call}: {field}"),
        }
    }

    fn compare_text(&mut self, call: &str, id: &str, field: &str, recorded: &str, answered: &str) {
        match field {
            "registered_at" | "linked_at" | "updated_at" => {
                assert_eq!(shape(answered), "0000-00-00T00:00:00.000000Z", "{call}: {field}");
            }
            "api_key_hash" => {
                let hash: String = Sha256::digest(&self.keys[id]).iter().map(|byte| format!("{byte:02x}")).collect();
                assert_eq!(answered, hash, "{call}: the hash is that of the key which the registration showed");
            }
            "api_key" if recorded.len() == 43 => {
                let allowed = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
                assert!(answered.len() == 43 && answered.chars().all(allowed), "{call}: {answered} is a generated key");
            }
            _ => return assert_eq!(answered, recorded, "{call}: {field}"),
        }
        let same = self.values.entry(recorded.to_owned()).or_insert_with(|| answered.to_owned());
        assert_eq!(answered, same, "{call}: {field} is shown again as it was");
    }
}

/// The text with every digit a zero.
fn shape(text: &str) -> String {
    text.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect()
}
