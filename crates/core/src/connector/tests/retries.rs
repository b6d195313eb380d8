//! Retries: what is repeated, what never is, how long it waits, and how it stops.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::support::{Act, RawServer, connector, endpoint, id, secret};
use crate::config::{Permission, ResourcePermission};
use crate::connector::{
    Call, Connector, ConnectorError, Effect, Failure, Pause, Registration, Removal, RetryNotice, RetryPolicy, Sent,
    Session, Stage, Tables, read_tables,
};
use crate::error::{ErrorCode, Explain};

struct Run {
    session: Session,
    cancel: CancellationToken,
    notices: Arc<Mutex<Vec<RetryNotice>>>,
}

fn run_with(connector: Connector, policy: RetryPolicy) -> Run {
    let (cancel, notices) = (CancellationToken::new(), Arc::new(Mutex::new(Vec::new())));
    let told = Arc::clone(&notices);
    let on_retry = Arc::new(move |notice| told.lock().unwrap().push(notice));
    Run { session: Session::new(connector, policy, cancel.clone(), on_retry), cancel, notices }
}

fn run() -> Run {
    run_with(connector("http://127.0.0.1:1"), RetryPolicy::default())
}

fn api(status: u16, retry_after: Option<u64>, effect: Effect) -> ConnectorError {
    let retry_after = retry_after.map(|wait| Pause::from(chrono::Utc::now(), Duration::from_secs(wait)));
    let call = Call::new("PUT http://127.0.0.1:1/x".to_owned(), effect);
    ConnectorError::Api { status, text: "no".to_owned(), retry_after, with_key: true, call }
}

fn lost(effect: Effect) -> ConnectorError {
    let call = Call::new("PUT http://127.0.0.1:1/x".to_owned(), effect);
    ConnectorError::NoAnswer { failure: Failure::Lost(Stage::UnderWay), call }
}

/// Calls that give these results one after the other, the last one again and again.
async fn outcome(run: &Run, results: Vec<Result<u8, ConnectorError>>) -> (Result<u8, ConnectorError>, usize, Duration) {
    let (calls, started) = (AtomicUsize::new(0), Instant::now());
    let call = |_connector: Connector| {
        let number = calls.fetch_add(1, Ordering::SeqCst);
        let result = results[number.min(results.len() - 1)].clone();
        async move { result }
    };
    let result = run.session.retrying("Setting permissions", call).await;
    (result, calls.load(Ordering::SeqCst), started.elapsed())
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_tried_again_and_told() {
    let run = run();
    let results = vec![Err(lost(Effect::Repeatable)), Err(api(503, None, Effect::Repeatable)), Ok(7)];
    let (result, calls, took) = outcome(&run, results).await;
    assert_eq!((result, calls), (Ok(7), 3));
    // 200 ms and 400 ms, each with up to its own length of jitter.
    assert!(took >= Duration::from_millis(600) && took <= Duration::from_millis(1300), "{took:?}");
    let notices = run.notices.lock().unwrap();
    assert_eq!(notices.iter().map(|notice| notice.attempt).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(notices[0].what, "Setting permissions");
    assert!(notices[1].reason.starts_with("API Error (503): no"), "{}", notices[1].reason);
    assert!(notices[0].wait >= Duration::from_millis(200));
}

#[tokio::test(start_paused = true)]
async fn it_gives_up_after_five_attempts() {
    let run = run();
    let (result, calls, _) = outcome(&run, vec![Err(lost(Effect::Repeatable))]).await;
    assert_eq!((result, calls), (Err(lost(Effect::Repeatable).after(Sent::Unknown)), 5));
    assert_eq!(run.notices.lock().unwrap().len(), 4, "every wait is told, and the end is none");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_get_better_is_tried_once() {
    let call = || Call::new("GET http://127.0.0.1:1/x".to_owned(), Effect::None);
    let tls = Failure::Tls(crate::connector::TlsFailure::Expired);
    for error in [
        api(501, None, Effect::Repeatable),
        api(400, None, Effect::Repeatable),
        api(401, None, Effect::None),
        ConnectorError::NoAnswer { failure: tls, call: call() },
        ConnectorError::NoAnswer { failure: Failure::HostUnknown, call: call() },
        ConnectorError::BadAnswer { problem: "x".to_owned(), call: call() },
        ConnectorError::ApiKeyUnusable,
    ] {
        let (result, calls, took) = outcome(&run(), vec![Err(error.clone())]).await;
        assert_eq!((result.unwrap_err().code(), calls, took), (error.code(), 1, Duration::ZERO));
    }
}

#[tokio::test(start_paused = true)]
async fn registering_is_repeated_only_if_it_had_no_effect() {
    let refused = Failure::Refused;
    let call = Call::new("POST http://127.0.0.1:1/x".to_owned(), Effect::Once);
    for (error, repeated) in [
        (lost(Effect::Once), false),
        (api(500, None, Effect::Once), false),
        (api(502, None, Effect::Once), false),
        (api(503, Some(1), Effect::Once), false),
        (ConnectorError::CutOff { call: call.clone() }, false),
        (ConnectorError::NoAnswer { failure: refused, call }, true),
        (api(429, Some(1), Effect::Once), true),
    ] {
        let (result, calls, _) = outcome(&run(), vec![Err(error.clone()), Ok(1)]).await;
        assert_eq!((result.is_ok(), calls), (repeated, if repeated { 2 } else { 1 }), "{error}");
    }
}

fn registration() -> Registration {
    Registration {
        agent_id: id("a"),
        name: "A".to_owned(),
        agent_type: None,
        info: serde_json::Map::new(),
        api_key: secret("k"),
        api_secret: secret("s"),
        database: None,
        rate_limits: None,
    }
}

#[tokio::test]
async fn registering_over_a_cut_connection_reaches_the_server_once() {
    let server = RawServer::start(vec![Act::Close, Act::json("201 CREATED", "{}")]).await;
    let run = run_with(connector(&server.url()), RetryPolicy::default());
    let registration = registration();
    let registration = &registration;
    let register = |connector: Connector| async move { connector.register(registration).await };
    let error = run.session.retrying("Registering", register).await.unwrap_err();
    assert_eq!((error.outcome(), server.received().len()), (Sent::Unknown, 1), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_outcome_covers_every_attempt() {
    let refused = Failure::Refused;
    let call = Call::new("PUT http://127.0.0.1:1/x".to_owned(), Effect::Repeatable);
    let refused = ConnectorError::NoAnswer { failure: refused, call };
    assert_eq!(refused.outcome(), Sent::NotSent);
    let (result, ..) = outcome(&run(), vec![Err(lost(Effect::Repeatable)), Err(refused.clone())]).await;
    let error = result.unwrap_err();
    assert_eq!(error.outcome(), Sent::Unknown, "the first attempt may have taken effect");
    assert!(error.to_string().ends_with("Whether the change took effect is not known."), "{error}");
    let (result, ..) =
        outcome(&run(), vec![Err(lost(Effect::Repeatable)), Err(api(400, None, Effect::Repeatable))]).await;
    assert_eq!(result.unwrap_err().outcome(), Sent::Unknown);
    let (result, ..) = outcome(&run(), vec![Err(refused)]).await;
    assert_eq!(result.unwrap_err().outcome(), Sent::NotSent);
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_honoured_up_to_a_minute() {
    let (result, calls, took) = outcome(&run(), vec![Err(api(503, Some(30), Effect::None)), Ok(1)]).await;
    assert_eq!((result, calls), (Ok(1), 2));
    assert!(took >= Duration::from_secs(30) && took < Duration::from_secs(31), "{took:?}");
    for status in [503, 429] {
        let (result, calls, took) = outcome(&run(), vec![Err(api(status, Some(61), Effect::None)), Ok(1)]).await;
        assert_eq!((result.unwrap_err().status(), calls, took), (Some(status), 1, Duration::ZERO));
    }
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_do_not_use_up_attempts() {
    let mut results = vec![Err(api(429, Some(2), Effect::Repeatable)); 20];
    results.push(Ok(1));
    let run = run();
    let (result, calls, took) = outcome(&run, results).await;
    assert_eq!((result, calls), (Ok(1), 21));
    assert!(took >= Duration::from_secs(40), "{took:?}");
    assert_eq!(run.notices.lock().unwrap().len(), 20);
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_for_too_long_is_an_error() {
    for retry_after in [Some(10), None] {
        let (result, calls, took) = outcome(&run(), vec![Err(api(429, retry_after, Effect::Repeatable))]).await;
        let error = result.unwrap_err();
        assert_eq!((error.code(), error.outcome()), (ErrorCode::RateLimited, Sent::Refused));
        assert!(took <= Duration::from_secs(600) && took > Duration::from_secs(580), "{took:?} in {calls} calls");
    }
}

#[tokio::test(start_paused = true)]
async fn tasks_of_a_session_wait_together() {
    let run = run();
    let session = run.session.clone();
    let (first, ..) = tokio::join!(outcome(&run, vec![Err(api(429, Some(3), Effect::None)), Ok(1)]), async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        let started = Instant::now();
        session.retrying("Another", |_| async { Ok(()) }).await.unwrap();
        assert!(started.elapsed() >= Duration::from_millis(2998), "{:?}", started.elapsed());
    });
    assert_eq!(first.0, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn cancelling_stops_before_the_first_attempt_and_in_every_wait() {
    let cancelled = run();
    cancelled.cancel.cancel();
    let (result, calls, _) = outcome(&cancelled, vec![Ok(1)]).await;
    assert_eq!((result, calls), (Err(ConnectorError::Cancelled), 0));
    for waiting in [api(503, Some(50), Effect::None), api(429, Some(50), Effect::Repeatable)] {
        let run = run();
        let cancel = run.cancel.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            cancel.cancel();
        });
        let (result, calls, took) = outcome(&run, vec![Err(waiting), Ok(1)]).await;
        assert_eq!((result, calls), (Err(ConnectorError::Cancelled), 1));
        assert!(took < Duration::from_millis(1100), "{took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn cancelling_does_not_hide_what_may_have_happened() {
    let run = run();
    let cancel = run.cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(100)).await;
        cancel.cancel();
    });
    let (result, calls, _) = outcome(&run, vec![Err(lost(Effect::Repeatable))]).await;
    let error = result.unwrap_err();
    assert_eq!((error.code(), error.outcome(), calls), (ErrorCode::ConnectionLost, Sent::Unknown, 1));
}

#[tokio::test]
async fn a_request_under_way_is_let_finish() {
    let body = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".to_vec();
    let server = RawServer::start(vec![Act::Trickle(body[..20].iter().chain(&body[20..]).copied().collect())]).await;
    let mut patient = endpoint(&server.url());
    patient.limits.request = Duration::from_secs(20);
    let run = run_with(Connector::new(patient).unwrap(), RetryPolicy::default());
    let cancel = run.cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        cancel.cancel();
    });
    let agent = id("a");
    let agent = &agent;
    let delete = |connector: Connector| async move { connector.delete_agent(agent).await };
    let result = run.session.retrying("Deleting", delete).await;
    assert_eq!(result, Ok(crate::connector::Removal::Removed));
}

#[test]
fn futures_can_be_spawned() {
    fn is_send<T: Send>(_: T) {}
    let run = run();
    let agent = id("a");
    let agent = &agent;
    is_send(run.session.retrying("x", |connector| async move { connector.agent(agent).await }));
    is_send(crate::connector::read_state(&run.session, agent));
}

/// A server that fails once with 500, which may be before or after the effect, and answers the repeated request with `then`.
async fn fails_once(then: Act) -> (RawServer, Run) {
    let server = RawServer::start(vec![Act::json("500 X", "{\"error\": \"no\"}"), then]).await;
    let policy = RetryPolicy { first_delay: Duration::from_millis(1), ..RetryPolicy::default() };
    let run = run_with(connector(&server.url()), policy);
    (server, run)
}

fn ended(server: &RawServer, what: &str, requests: usize) {
    assert_eq!(server.received().len(), requests, "{what}: {:?}", server.received());
}

#[tokio::test]
async fn after_a_500_reads_whole_values_and_deletions_are_made_again() {
    let agent = id("a");
    let ok = || Act::json("200 OK", "{}");
    let (server, run) = fails_once(Act::json("200 OK", "{\"agents\": []}")).await;
    run.session.retrying("list", |connector: Connector| async move { connector.agent_ids().await }).await.unwrap();
    ended(&server, "a read", 2);

    let (server, run) = fails_once(ok()).await;
    let value = ResourcePermission::new("table", [Permission::Read]);
    let (agent_id, value) = (&agent, &value);
    let set = |connector: Connector| async move { connector.set_resource_permission(agent_id, "r", value).await };
    run.session.retrying("set", set).await.unwrap();
    ended(&server, "a whole value", 2);

    let (server, run) = fails_once(ok()).await;
    let string = secret("postgresql://u@h/d");
    let string = &string;
    let link = |connector: Connector| async move { connector.link_database(agent_id, string).await };
    run.session.retrying("link", link).await.unwrap();
    ended(&server, "a link", 2);

    // The first one took effect: the agent, or its entry, is not there any more when it is asked for again.
    let gone = Act::json("404 NOT FOUND", "{\"error\": \"Agent a not found\"}");
    let (server, run) = fails_once(gone).await;
    let delete = |connector: Connector| async move { connector.delete_agent(agent_id).await };
    assert_eq!(run.session.retrying("delete", delete).await, Ok(Removal::WasAbsent));
    ended(&server, "a deletion", 2);
    let gone = Act::json("404 NOT FOUND", "{\"error\": \"Resource r not found for agent a\"}");
    let (server, run) = fails_once(gone).await;
    let revoke = |connector: Connector| async move { connector.revoke(agent_id, "r").await };
    assert_eq!(run.session.retrying("revoke", revoke).await, Ok(Removal::WasAbsent));
    ended(&server, "a revocation", 2);
}

#[tokio::test]
async fn after_a_500_tables_are_gone_without_and_a_registration_is_not_sent_blindly() {
    let agent = id("a");
    let agent = &agent;
    let (server, run) = fails_once(Act::json("200 OK", "{\"tables\": []}")).await;
    let tables = read_tables(&run.session, agent).await;
    assert!(matches!(tables, Tables::Unavailable { .. }), "{tables:?}");
    ended(&server, "the tables, at which every recorded server fails", 1);

    let (server, run) = fails_once(Act::json("201 CREATED", "{}")).await;
    let registration = registration();
    let registration = &registration;
    let register = |connector: Connector| async move { connector.register(registration).await };
    let error = run.session.retrying("register", register).await.unwrap_err();
    assert_eq!((error.status(), error.outcome()), (Some(500), Sent::Unknown));
    ended(&server, "a registration", 1);
}
