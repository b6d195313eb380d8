//! The control path: what a test in another process can do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

use aidb_sandbox::{ApiKey, Sandbox};
use serde_json::{Value, json};

mod common;
use common::{body, client, get, put, sandbox};

async fn control(sandbox: &Sandbox, path: &str, json: &Value) -> (u16, Value) {
    let url = format!("{}/__sandbox/{path}", sandbox.control_url());
    let answer = client().post(url).json(json).send().await.unwrap();
    (answer.status().as_u16(), body(answer).await)
}

async fn read(sandbox: &Sandbox, path: &str) -> Value {
    body(client().get(format!("{}/__sandbox/{path}", sandbox.control_url())).send().await.unwrap()).await
}

#[tokio::test]
async fn switches_are_patched_and_read_back() {
    let sandbox = sandbox().await;
    let fault = json!({"method": "PUT", "nth": 2, "effect": "after", "answer": {"kind": "cut"}});
    let (status, switches) = control(&sandbox, "switches", &json!({"latency_ms": 3, "faults": [fault]})).await;
    assert_eq!((status, &switches["latency_ms"]), (200, &json!(3)));
    let (_, switches) = control(&sandbox, "switches", &json!({"tables": "listed"})).await;
    assert_eq!(switches["latency_ms"], 3, "what is not named stays");
    assert_eq!(read(&sandbox, "switches").await, switches);
    assert_eq!(switches["faults"][0]["times"], 1, "once, unless it says otherwise");
    let client = client();
    assert!(put(&client, &sandbox, "a").await.is_ok());
    assert!(put(&client, &sandbox, "b").await.is_err());
    assert!(common::has(&sandbox, "b"));
}

#[tokio::test]
async fn every_kind_of_fault_can_be_sent() {
    let sandbox = sandbox().await;
    let answers = json!([
        {"kind": "status", "status": 503, "body": "html", "headers": {"Retry-After": "2"}},
        {"kind": "redirect", "status": 307, "location": "http://example.com/"},
        {"kind": "cut"},
        {"kind": "cut_body"},
        {"kind": "hang", "ms": 5},
        {"kind": "hang", "ms": null},
        {"kind": "hold"},
        {"kind": "trickle", "bytes": 1, "every_ms": 5},
        {"kind": "content_type", "value": "text/plain"},
        {"kind": "html_page"},
        {"kind": "lie"},
    ]);
    let faults: Vec<_> = answers.as_array().unwrap().iter().map(|answer| json!({"answer": answer})).collect();
    let (status, switches) = control(&sandbox, "switches", &json!({"faults": faults})).await;
    assert_eq!(status, 200, "{switches}");
    assert_eq!(sandbox.switches().faults.len(), 11);
    for (sent, shown) in answers.as_array().unwrap().iter().zip(switches["faults"].as_array().unwrap()) {
        assert_eq!(&shown["answer"], sent);
    }
}

#[tokio::test]
async fn what_is_no_switch_is_refused_and_changes_nothing() {
    let sandbox = sandbox().await;
    let before = sandbox.switches();
    for patch in [
        json!({"latency": 3}),
        json!({"latency_ms": 3, "tables": "sometimes"}),
        json!([]),
        json!({"faults": [{"answer": {"kind": "status", "status": 12}}]}),
        json!({"faults": [{"answer": {"kind": "status", "status": 503, "headers": {"not a name": "x"}}}]}),
        json!({"faults": [{"nth": 0, "answer": {"kind": "cut"}}]}),
        json!({"faults": [{"answer": {"kind": "redirect", "status": 302, "location": "line\nbreak"}}]}),
        json!({"path_prefix": "connector"}),
        json!({"required_api_key": "***"}),
    ] {
        let (status, answer) = control(&sandbox, "switches", &patch).await;
        assert_eq!(status, 400, "{patch}");
        assert!(answer["error"].as_str().unwrap().contains("Nothing was changed"), "{answer}");
        assert_eq!(sandbox.switches(), before);
    }
}

#[tokio::test]
async fn keys_are_set_and_never_shown() {
    let sandbox = sandbox().await;
    let (_, shown) = control(&sandbox, "switches", &json!({"required_api_key": "canary-1"})).await;
    assert_eq!(shown["required_api_key"], "***");
    assert!(!format!("{:?}{:?}", sandbox.switches(), sandbox.handle()).contains("canary-1"));
    control(&sandbox, "switches", &json!({"latency_ms": 1})).await;
    assert_eq!(sandbox.switches().required_api_key, Some(ApiKey::new("canary-1")), "another patch keeps it");
    assert_eq!(get(&client(), &sandbox).await.unwrap().status(), 401);
    let log = read(&sandbox, "requests").await;
    assert_eq!(log["requests"][0]["had_api_key"], true);
    control(&sandbox, "switches", &json!({"required_api_key": null})).await;
    assert_eq!(get(&client(), &sandbox).await.unwrap().status(), 200);
}

#[tokio::test]
async fn requests_are_listed_counted_and_cleared_and_control_requests_are_not() {
    let sandbox = sandbox().await;
    let client = client();
    get(&client, &sandbox).await.unwrap();
    client.get(format!("{}/api/nope?x=%20", sandbox.url())).send().await.unwrap().bytes().await.unwrap();
    let log = read(&sandbox, "requests").await;
    assert_eq!((&log["count"], &log["connections"], &log["in_flight"]), (&json!(2), &json!(1), &json!(0)));
    let mut listed = log["requests"][1].clone();
    let times = ["arrived_us", "ended_us"].map(|time| listed.as_object_mut().unwrap().remove(time).unwrap());
    assert!(times[0].as_u64() <= times[1].as_u64(), "{times:?}");
    let second = json!({"number": 2, "connection": 1, "method": "GET", "path": "/api/nope?x=%20",
        "had_api_key": false, "status": 404, "fault": null, "waits": false});
    assert_eq!(listed, second);
    let cleared = client.delete(format!("{}/__sandbox/requests", sandbox.control_url())).send().await.unwrap();
    assert_eq!(cleared.status(), 204);
    get(&client, &sandbox).await.unwrap();
    let log = read(&sandbox, "requests").await;
    assert_eq!((&log["count"], &log["connections"], &log["requests"][0]["number"]), (&json!(1), &json!(1), &json!(1)));
}

#[tokio::test]
async fn state_databases_forget_reset_and_release() {
    let sandbox = sandbox().await;
    let agents = read(&sandbox, "state").await;
    assert_eq!(agents["agents"]["my-agent"]["resources"]["products"]["permissions"], json!(["read"]));
    let (status, _) = control(&sandbox, "databases", &json!({"shop": ["a", "b.c"]})).await;
    assert_eq!(status, 200);
    control(&sandbox, "switches", &json!({"tables": "names"})).await;
    sandbox.link_database("my-agent", "main-db", "shop").unwrap();
    let tables = client().get(format!("{}/api/agents/my-agent/tables", sandbox.url())).send().await.unwrap();
    assert_eq!(body(tables).await["tables"], json!(["a", "b.c"]));
    assert_eq!(control(&sandbox, "release", &json!(null)).await.0, 200);
    assert_eq!(control(&sandbox, "forget", &json!(null)).await.0, 200);
    assert!(sandbox.snapshot().agents.is_empty());
    common::furnish(&sandbox);
    assert_eq!(control(&sandbox, "reset", &json!(null)).await.0, 200);
    assert!(sandbox.snapshot().agents.is_empty(), "it was empty at first");
    assert_eq!(sandbox.request_count(), 0);
}

#[tokio::test]
async fn control_works_whatever_is_switched() {
    let sandbox = sandbox().await;
    let patch = json!({"required_api_key": "k", "requests_per_second": 0, "latency_ms": 60000, "path_prefix": "/p",
        "faults": [{"times": null, "answer": {"kind": "cut"}}]});
    assert_eq!(control(&sandbox, "switches", &patch).await.0, 200);
    assert_eq!(control(&sandbox, "reset", &json!(null)).await.0, 200);
    assert_eq!(get(&client(), &sandbox).await.unwrap().status(), 404, "an empty sandbox without switches");
}
