//! Every way in which a request can be spoiled, over real HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::time::{Duration, Instant};

use aidb_sandbox::{Effect, ErrorBody, Fault, FaultAnswer, HeaderText, Sandbox};

mod common;
use common::{body, client, get, has, put, sandbox};

/// Switches the fault on for the first request that it matches, with both effects in turn; `check` gets the answer of a
/// PUT of the table `before` and of the table `after`.
async fn with_both_effects(
    answer: FaultAnswer,
    mut check: impl AsyncFnMut(reqwest::Result<reqwest::Response>),
) -> Sandbox {
    let sandbox = sandbox().await;
    sandbox.set_faults([Fault::on(1, answer.clone())]);
    check(put(&client(), &sandbox, "before").await).await;
    assert!(!has(&sandbox, "before"), "struck before it took effect");
    sandbox.set_faults([Fault::on(1, answer).after_effect()]);
    check(put(&client(), &sandbox, "after").await).await;
    assert!(has(&sandbox, "after"), "struck after it took effect");
    assert_eq!(put(&client(), &sandbox, "next").await.unwrap().status(), 200, "it struck once");
    sandbox
}

#[tokio::test]
async fn an_error_status_with_a_json_body() {
    with_both_effects(FaultAnswer::status(503, ErrorBody::Json), async |answer| {
        let answer = answer.unwrap();
        assert_eq!(answer.status(), 503);
        assert_eq!(body(answer).await["error"], "Service Unavailable");
    })
    .await;
}

#[tokio::test]
async fn an_error_status_with_a_page() {
    with_both_effects(FaultAnswer::status(502, ErrorBody::Html), async |answer| {
        let answer = answer.unwrap();
        assert_eq!(answer.status(), 502);
        assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
        assert!(answer.text().await.unwrap().starts_with("<!doctype html>"));
    })
    .await;
}

#[tokio::test]
async fn an_error_status_with_nothing() {
    with_both_effects(FaultAnswer::status(407, ErrorBody::Empty), async |answer| {
        let answer = answer.unwrap();
        assert_eq!(answer.status(), 407);
        assert_eq!(answer.text().await.unwrap(), "");
    })
    .await;
}

#[tokio::test]
async fn an_error_status_with_further_headers() {
    let sandbox = sandbox().await;
    let fault = r#"{"answer": {"kind": "status", "status": 429, "headers": {"Retry-After": "7"}}}"#;
    sandbox.set_faults([serde_json::from_str::<Fault>(fault).unwrap()]);
    let answer = get(&client(), &sandbox).await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["retry-after"]), (429, &"7".parse().unwrap()));
}

#[tokio::test]
async fn every_redirect() {
    for status in [301, 302, 303, 307, 308] {
        with_both_effects(FaultAnswer::redirect(status, "http://elsewhere.example.com/x").unwrap(), async |answer| {
            let answer = answer.unwrap();
            assert_eq!(answer.status(), status);
            assert_eq!(answer.headers()["location"], "http://elsewhere.example.com/x");
        })
        .await;
    }
}

#[tokio::test]
async fn a_connection_cut_without_an_answer() {
    let sandbox = with_both_effects(FaultAnswer::Cut, async |answer| {
        let error = answer.unwrap_err();
        assert!(!error.is_timeout() && !error.is_connect(), "connected, and then nothing: {error:?}");
    })
    .await;
    let requests = sandbox.requests();
    assert_eq!((requests[0].status, requests[0].fault), (None, Some("cut")), "it never got an answer");
}

#[tokio::test]
async fn a_body_cut_in_the_middle() {
    with_both_effects(FaultAnswer::CutBody, async |answer| {
        let mut answer = answer.unwrap();
        assert_eq!(answer.status(), 200);
        let promised = answer.content_length().unwrap();
        let half = answer.chunk().await.unwrap().expect("the first half arrives");
        assert_eq!(half.len() as u64, promised / 2);
        assert!(answer.chunk().await.is_err(), "the second half does not");
    })
    .await;
}

#[tokio::test]
async fn nothing_listens_for_a_time() {
    let sandbox = sandbox().await;
    for effect in [Effect::Before, Effect::After] {
        sandbox.set_faults([Fault { effect, ..Fault::on(1, FaultAnswer::Refuse { ms: 2_000 }) }]);
        let (client, table) = (client(), format!("{effect:?}"));
        assert!(!put(&client, &sandbox, &table).await.unwrap_err().is_connect(), "this one was taken");
        assert_eq!(has(&sandbox, &table), effect == Effect::After);
        assert!(put(&client, &sandbox, "meanwhile").await.unwrap_err().is_connect());
        let again = loop {
            match put(&client, &sandbox, &table).await {
                Ok(answer) => break answer.status(),
                Err(error) => assert!(error.is_connect(), "{error:?}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!(again, 200);
    }
}

/// Until a request is kept waiting.
async fn waiting(sandbox: &Sandbox) {
    while !sandbox.requests().iter().any(|request| request.waits) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn no_answer_for_a_time() {
    let sandbox = sandbox().await;
    for effect in [Effect::Before, Effect::After] {
        sandbox.clear_requests();
        sandbox.set_faults([Fault { effect, ..Fault::on(1, FaultAnswer::Hang { ms: Some(600) }) }]);
        let start = Instant::now();
        let table = format!("{effect:?}");
        let client = client();
        let (answer, stored_early) = tokio::join!(put(&client, &sandbox, &table), async {
            waiting(&sandbox).await;
            has(&sandbox, &table)
        });
        assert_eq!(answer.unwrap().status(), 200);
        assert!(start.elapsed() >= Duration::from_millis(600));
        assert_eq!(stored_early, effect == Effect::After, "it takes effect {effect:?} the wait");
        assert!(has(&sandbox, &table), "the client was still there");
    }
}

#[tokio::test]
async fn a_request_that_hangs_is_not_carried_out_when_its_client_has_gone() {
    let sandbox = sandbox().await;
    sandbox.set_faults([Fault::on(1, FaultAnswer::Hold)]);
    let impatient = aidb_testkit::http::builder().timeout(Duration::from_millis(50)).build().unwrap();
    assert!(put(&impatient, &sandbox, "late").await.unwrap_err().is_timeout());
    while sandbox.traffic().in_flight > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Whatever was kept waiting could go on now.
    sandbox.set_faults([]);
    assert_eq!(get(&client(), &sandbox).await.unwrap().status(), 200);
    assert!(!has(&sandbox, "late"));
}

#[tokio::test]
async fn no_answer_until_the_test_lets_go() {
    let sandbox = sandbox().await;
    for effect in [Effect::Before, Effect::After] {
        sandbox.clear_requests();
        sandbox.set_faults([Fault { effect, ..Fault::on(1, FaultAnswer::Hold) }]);
        let (client, table) = (client(), format!("{effect:?}"));
        let (answer, stored_early) = tokio::join!(put(&client, &sandbox, &table), async {
            waiting(&sandbox).await;
            let stored = has(&sandbox, &table);
            assert_eq!(sandbox.requests()[0].status, None, "it is under way");
            sandbox.set_faults([]);
            stored
        });
        assert_eq!(answer.unwrap().status(), 200, "it goes on as if nothing had been");
        assert_eq!(stored_early, effect == Effect::After);
        assert!(has(&sandbox, &table));
    }
}

#[tokio::test]
async fn no_answer_until_released() {
    let sandbox = sandbox().await;
    sandbox.set_faults([Fault::on(1, FaultAnswer::Hang { ms: None }).after_effect()]);
    let client = client();
    let (answer, ()) = tokio::join!(put(&client, &sandbox, "after"), async {
        waiting(&sandbox).await;
        assert!(has(&sandbox, "after"), "it has its effect before it waits");
        assert_eq!(sandbox.requests()[0].status, None, "it is under way");
        sandbox.release();
    });
    assert!(answer.is_err(), "released means cut");
}

#[tokio::test]
async fn held_until_released_and_then_on_its_ordinary_way() {
    for fault in [Fault::on(1, FaultAnswer::Hold), Fault::on(1, FaultAnswer::Hold).after_effect()] {
        let sandbox = sandbox().await;
        let takes_effect_at_once = fault.effect == Effect::After;
        sandbox.set_faults([fault]);
        let client = client();
        let (answer, ()) = tokio::join!(put(&client, &sandbox, "held"), async {
            while sandbox.requests().is_empty() || (takes_effect_at_once && !has(&sandbox, "held")) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            assert_eq!(has(&sandbox, "held"), takes_effect_at_once);
            // What arrived a moment ago may not be held yet.
            while sandbox.requests()[0].ended_us.is_none() {
                sandbox.release();
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        });
        assert_eq!(answer.unwrap().status(), 200);
        assert!(has(&sandbox, "held"));
    }
}

#[tokio::test]
async fn a_body_in_drips() {
    let sandbox = with_both_effects(FaultAnswer::Trickle { bytes: 40, every_ms: 5 }, async |answer| {
        assert_eq!(body(answer.unwrap()).await["agent_id"], "my-agent", "it is whole in the end");
    })
    .await;
    sandbox.set_faults([Fault::on(1, FaultAnswer::Trickle { bytes: 1, every_ms: 2 })]);
    let start = Instant::now();
    let answer = get(&client(), &sandbox).await.unwrap();
    let bytes = answer.content_length().unwrap();
    answer.bytes().await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(2 * bytes), "{bytes} drips, 2 ms each");
}

#[tokio::test]
async fn another_content_type() {
    let value = HeaderText::try_from("text/plain".to_owned()).unwrap();
    with_both_effects(FaultAnswer::ContentType { value }, async |answer| {
        let answer = answer.unwrap();
        assert_eq!(answer.headers()["content-type"], "text/plain");
        assert!(answer.text().await.unwrap().contains("\"agent_id\":\"my-agent\""));
    })
    .await;
}

#[tokio::test]
async fn a_page_with_200() {
    with_both_effects(FaultAnswer::HtmlPage, async |answer| {
        let answer = answer.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"].to_str().unwrap()[..9]),
            (200, "text/html")
        );
        assert!(answer.text().await.unwrap().contains("sign in"));
    })
    .await;
}

#[tokio::test]
async fn a_lie_answers_like_a_success_and_stores_nothing() {
    let sandbox = sandbox().await;
    let before = sandbox.snapshot();
    sandbox.set_faults([Fault::on(1, FaultAnswer::Lie).for_ever()]);
    let base = format!("{}/api/agents", sandbox.url());
    let string = serde_json::json!({"connection_string": "postgresql://u@127.0.0.1:5432/shop"});
    let new = serde_json::json!({"agent_id": "new", "agent_info": {"name": "New"}});
    let client = client();
    let answer = client.post(format!("{base}/register")).json(&new).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    assert_eq!(body(answer).await["api_key"].as_str().unwrap().len(), 43);
    let answer = put(&client, &sandbox, "lied").await.unwrap();
    assert_eq!(body(answer).await["resource_id"], "lied");
    for call in [
        client.put(format!("{base}/my-agent/database")).json(&string),
        client.put(format!("{}/api/rate-limits/my-agent", sandbox.url())).json(&serde_json::json!({})),
        client.delete(format!("{base}/my-agent/permissions/resources/products")),
        client.delete(format!("{base}/my-agent")),
    ] {
        assert_eq!(call.send().await.unwrap().status(), 200);
    }
    assert_eq!(sandbox.snapshot(), before);
    let gone = client.delete(format!("{base}/nobody")).send().await.unwrap();
    assert_eq!(gone.status(), 404, "it does not lie about what it would refuse anyway");
}

#[tokio::test]
async fn the_n_th_request_of_those_that_match() {
    let sandbox = sandbox().await;
    let fault = Fault::on(2, FaultAnswer::status(500, ErrorBody::Empty)).method("PUT").path_contains("permissions");
    sandbox.set_faults([fault.times(2)]);
    let client = client();
    let mut statuses = Vec::new();
    for table in ["a", "b", "c", "d"] {
        assert_eq!(get(&client, &sandbox).await.unwrap().status(), 200, "reads do not count");
        statuses.push(put(&client, &sandbox, table).await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [200, 500, 500, 200]);
}

#[tokio::test]
async fn the_n_th_request_of_all() {
    let sandbox = sandbox().await;
    sandbox.set_faults([Fault::on(3, FaultAnswer::Cut).for_ever()]);
    let client = client();
    assert!(get(&client, &sandbox).await.is_ok());
    assert!(put(&client, &sandbox, "a").await.is_ok());
    for _ in 0..3 {
        assert!(get(&client, &sandbox).await.is_err());
    }
}
