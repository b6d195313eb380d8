//! Every lasting switch, over real HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::time::{Duration, Instant};

use aidb_sandbox::{
    AgentShape, ApiKey, ConnectionMode, DatabaseAnswer, Fault, FaultAnswer, Permission, ResourceOrder, RetryAfter,
    Sample, Sandbox, SandboxOptions, TablesAnswer, Writes,
};
use serde_json::json;

mod common;
use common::{body, client, get, has, put, sandbox};

#[tokio::test]
async fn latency() {
    let sandbox = sandbox().await;
    let client = client();
    get(&client, &sandbox).await.unwrap();
    sandbox.switch(|switches| switches.latency_ms = 120);
    let start = Instant::now();
    get(&client, &sandbox).await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(120));
}

#[tokio::test]
async fn requests_per_second_with_retry_after_in_seconds() {
    let sandbox = sandbox().await;
    sandbox.switch(|switches| switches.requests_per_second = Some(1));
    let client = client();
    assert_eq!(get(&client, &sandbox).await.unwrap().status(), 200);
    let refused = put(&client, &sandbox, "late").await.unwrap();
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (429, &"1".parse().unwrap()));
    assert!(!has(&sandbox, "late"));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(put(&client, &sandbox, "late").await.unwrap().status(), 200, "whoever waits is let through");
}

#[tokio::test]
async fn retry_after_as_a_date_and_not_at_all() {
    let sandbox = sandbox().await;
    sandbox.switch(|switches| {
        switches.requests_per_second = Some(0);
        switches.retry_after = RetryAfter::HttpDate;
    });
    let refused = get(&client(), &sandbox).await.unwrap();
    assert_eq!(refused.status(), 429);
    let date = refused.headers()["retry-after"].to_str().unwrap();
    let date = chrono::NaiveDateTime::parse_from_str(date, "%a, %d %b %Y %H:%M:%S GMT").unwrap().and_utc();
    let ahead = (date - chrono::Utc::now()).num_milliseconds();
    assert!((500..=2000).contains(&ahead), "{ahead} ms ahead");
    sandbox.switch(|switches| switches.retry_after = RetryAfter::Absent);
    let refused = get(&client(), &sandbox).await.unwrap();
    assert!(refused.status() == 429 && !refused.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn a_required_key_and_a_forbidden_one() {
    let sandbox = sandbox().await;
    sandbox.switch(|switches| {
        switches.required_api_key = Some(ApiKey::new("right"));
        switches.forbidden_api_key = Some(ApiKey::new("read-only"));
    });
    let status = async |key: Option<&str>| {
        let call = client().get(format!("{}/api/agents", sandbox.url()));
        let call = key.into_iter().fold(call, |call, key| call.header("X-API-Key", key));
        call.send().await.unwrap().status().as_u16()
    };
    assert_eq!(status(None).await, 401);
    assert_eq!(status(Some("wrong")).await, 401);
    assert_eq!(status(Some("read-only")).await, 403);
    assert_eq!(status(Some("right")).await, 200);
    assert!(put(&client(), &sandbox, "refused").await.unwrap().status() == 401 && !has(&sandbox, "refused"));
    let had: Vec<_> = sandbox.requests().iter().map(|request| request.had_api_key).collect();
    assert_eq!(had, [false, true, true, true, true]);
}

#[tokio::test]
async fn tables_refused_listed_and_as_names() {
    let sandbox = sandbox().await;
    sandbox.link_database("my-agent", "main-db", "shop").unwrap();
    sandbox.set_tables("shop", &["products", "sales.invoices"]).unwrap();
    let tables = async || {
        let answer = client().get(format!("{}/api/agents/my-agent/tables", sandbox.url())).send().await.unwrap();
        (answer.status().as_u16(), body(answer).await)
    };
    let refusal = json!({"error": "Failed to list tables: Database not connected. Call connect() first."});
    assert_eq!(tables().await, (500, refusal));
    sandbox.switch(|switches| switches.tables = TablesAnswer::Names);
    let (status, names) = tables().await;
    assert_eq!((status, &names["tables"]), (200, &json!(["products", "sales.invoices"])));
    sandbox.switch(|switches| switches.tables = TablesAnswer::Listed);
    let (status, listed) = tables().await;
    assert_eq!((status, &listed["count"], &listed["tables"][0]["has_read"]), (200, &json!(2), &json!(true)));
    assert_eq!(listed["tables"][1]["resource_id"], "sales.invoices");
}

#[tokio::test]
async fn databases_reachable_unreachable_and_talkative() {
    let sandbox = sandbox().await;
    let test = async |string: &str| {
        let url = format!("{}/api/databases/test", sandbox.url());
        let answer = client().post(url).json(&json!({"connection_string": string})).send().await.unwrap();
        (answer.status().as_u16(), body(answer).await["error"].as_str().unwrap_or_default().to_owned())
    };
    let string = "postgresql://user:s3cret@db.example.com:5432/shop";
    assert_eq!(test(string).await.0, 200);
    assert_eq!(test("postgresql://user:s3cret@127.0.0.1:1/shop").await.0, 400);
    sandbox.switch(|switches| switches.database = DatabaseAnswer::Unreachable);
    let (status, error) = test(string).await;
    assert!(status == 400 && error.contains("db.example.com") && !error.contains("s3cret"), "{error}");
    sandbox.switch(|switches| switches.database = DatabaseAnswer::EchoesConnectionString);
    let (status, error) = test(string).await;
    assert!(status == 400 && error.contains(string), "{error}");
    let link = client().put(format!("{}/api/agents/my-agent/database", sandbox.url()));
    assert_eq!(link.json(&json!({"connection_string": string})).send().await.unwrap().status(), 400);
    assert!(sandbox.agent("my-agent").unwrap().database.is_none());
}

#[tokio::test]
async fn the_shape_of_an_agent() {
    let sandbox = sandbox().await;
    let flat = body(get(&client(), &sandbox).await.unwrap()).await;
    assert_eq!(flat["name"], "My Agent");
    sandbox.switch(|switches| switches.agent_shape = AgentShape::Nested);
    let nested = body(get(&client(), &sandbox).await.unwrap()).await;
    assert_eq!(nested["agent_info"], json!({"name": "My Agent", "type": "analytics"}));
    assert_eq!(nested["resource_permissions"], json!({"products": {"type": "table", "permissions": ["read"]}}));
    assert_eq!((&nested["name"], &nested["agent_id"]), (&json!(null), &json!("my-agent")));
}

#[tokio::test]
async fn the_order_of_resources() {
    let sandbox = sandbox().await;
    for table in ["zebras", "aardvarks"] {
        sandbox.set_resource("my-agent", table, "table", &[Permission::Read]).unwrap();
    }
    let order = async || {
        let url = format!("{}/api/agents/my-agent/permissions/resources", sandbox.url());
        let text = client().get(url).send().await.unwrap().text().await.unwrap();
        let mut places: Vec<_> =
            ["aardvarks", "products", "zebras"].map(|table| (text.find(table).unwrap(), table)).to_vec();
        places.sort_unstable();
        places.into_iter().map(|(_, table)| table).collect::<Vec<_>>()
    };
    assert_eq!(order().await, ["aardvarks", "products", "zebras"]);
    sandbox.switch(|switches| switches.resource_order = ResourceOrder::Insertion);
    assert_eq!(order().await, ["products", "zebras", "aardvarks"]);
}

#[tokio::test]
async fn connections_kept_and_closed() {
    let sandbox = sandbox().await;
    let client = client();
    for _ in 0..5 {
        get(&client, &sandbox).await.unwrap().bytes().await.unwrap();
    }
    assert_eq!((sandbox.request_count(), sandbox.connections()), (5, 1));
    sandbox.clear_requests();
    sandbox.switch(|switches| switches.connection = ConnectionMode::Close);
    for _ in 0..5 {
        let answer = get(&client, &sandbox).await.unwrap();
        assert_eq!(answer.headers()["connection"], "close");
        answer.bytes().await.unwrap();
    }
    assert_eq!((sandbox.request_count(), sandbox.connections()), (5, 5));
}

#[tokio::test]
async fn writes_that_are_only_confirmed() {
    let sandbox = sandbox().await;
    sandbox.switch(|switches| switches.writes = Writes::OnlyConfirmed);
    assert_eq!(put(&client(), &sandbox, "lied").await.unwrap().status(), 200);
    assert!(!has(&sandbox, "lied"));
}

#[tokio::test]
async fn a_path_prefix() {
    let sandbox = sandbox().await;
    let bare = sandbox.control_url();
    sandbox.switch(|switches| switches.path_prefix = "/connector".to_owned());
    assert_eq!(sandbox.url(), format!("{bare}/connector"));
    assert_eq!(get(&client(), &sandbox).await.unwrap().status(), 200);
    assert_eq!(client().get(format!("{bare}/api/agents/my-agent")).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn state_that_is_forgotten_and_state_that_is_reset() {
    let sandbox = Sandbox::start(SandboxOptions::sample(Sample::Staging)).await.unwrap();
    let sample = sandbox.snapshot();
    sandbox.remove_agent("faq-bot").unwrap();
    sandbox.switch(|switches| switches.latency_ms = 1);
    sandbox.forget().unwrap();
    assert!(sandbox.snapshot().agents.is_empty());
    assert_eq!(get(&client(), &sandbox).await.unwrap().status(), 404);
    sandbox.reset().unwrap();
    assert_eq!(sandbox.snapshot(), sample);
    assert_eq!((sandbox.switches().latency_ms, sandbox.request_count()), (0, 0));
}

#[tokio::test]
async fn requests_under_way_at_most() {
    let sandbox = sandbox().await;
    sandbox.set_faults([Fault::on(1, FaultAnswer::Hold).for_ever()]);
    let client = client();
    let released = async {
        while sandbox.traffic().in_flight < 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        sandbox.set_faults([]);
    };
    let (a, b, c, ()) = tokio::join!(get(&client, &sandbox), get(&client, &sandbox), get(&client, &sandbox), released);
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    let traffic = sandbox.traffic();
    assert_eq!((traffic.count, traffic.peak_in_flight, traffic.in_flight), (3, 3, 0));
    for request in &traffic.requests {
        assert!(request.waits && request.ended_us >= Some(request.arrived_us), "{request:?}");
    }
}
