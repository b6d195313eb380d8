//! Networks and servers that fail: each failure is told apart, and says whether the server may have acted.

use std::time::Duration;

use tokio::net::TcpListener;

use super::support::{Act, RawServer, connector, endpoint, id};
use crate::config::{Permission, ResourcePermission};
use crate::connector::{Connector, ConnectorError, Failure, Retry, Sent, Stage};
use crate::error::{ErrorCode, Explain};

const SAFE: Retry = Retry::Safe { after: None };

async fn write(connector: &Connector) -> ConnectorError {
    let permission = ResourcePermission::new("table", [Permission::Read]);
    connector.set_resource_permission(&id("a"), "products", &permission).await.unwrap_err()
}

fn failure(error: &ConnectorError) -> &Failure {
    match error {
        ConnectorError::NoAnswer { failure, .. } => failure,
        other => panic!("an answer came: {other:?}"),
    }
}

#[tokio::test]
async fn refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = write(&connector(&format!("http://127.0.0.1:{port}/pre"))).await;
    assert_eq!(failure(&error), &Failure::Refused);
    assert_eq!((error.code(), error.retry(), error.outcome()), (ErrorCode::ConnectionRefused, SAFE, Sent::NotSent));
    let target = format!("PUT http://127.0.0.1:{port}/pre/api/agents/a/permissions/resources");
    assert!(error.to_string().contains(&target) && error.to_string().ends_with("Nothing was sent."), "{error}");
}

#[tokio::test]
async fn an_unknown_host() {
    // `.invalid` never resolves (RFC 6761). Where there is no name service at all, that is what the error says.
    let error = write(&connector("https://aidb-test.invalid")).await;
    assert!(matches!(failure(&error), Failure::HostUnknown | Failure::LookupFailed), "{error:?}");
    assert_eq!((error.code(), error.outcome()), (ErrorCode::HostUnknown, Sent::NotSent));
    let expected = if failure(&error) == &Failure::HostUnknown { Retry::Never } else { SAFE };
    assert_eq!(error.retry(), expected);
}

#[tokio::test]
async fn no_answer_in_time() {
    let server = RawServer::start(vec![Act::Hang]).await;
    let error = write(&connector(&server.url())).await;
    assert_eq!(failure(&error), &Failure::RequestTimeout(Duration::from_millis(1500)));
    assert_eq!((error.code(), error.retry(), error.outcome()), (ErrorCode::Timeout, SAFE, Sent::Unknown));
    assert!(error.to_string().ends_with("Whether the change took effect is not known."), "{error}");
    assert!(error.to_string().contains("1.5 seconds"), "{error}");
}

#[tokio::test]
async fn a_trickle_is_no_way_around_the_time_limit() {
    let body = format!("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n{{{}", " ".repeat(1999));
    let server = RawServer::start(vec![Act::Trickle(body.into_bytes())]).await;
    // Drip by drip it would take a hundred seconds.
    let error = write(&connector(&server.url())).await;
    assert_eq!((error.code(), error.outcome()), (ErrorCode::Timeout, Sent::Unknown), "{error}");
}

#[tokio::test]
async fn connections_that_break() {
    let cut_body = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"agent_id\"".to_vec();
    let cut_head = b"HTTP/1.1 200 OK\r\nConte".to_vec();
    let cut_chunk = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{\"agent_id\"".to_vec();
    for act in [Act::Close, Act::Say(cut_body), Act::Say(cut_head), Act::Say(cut_chunk)] {
        let server = RawServer::start(vec![act]).await;
        let error = write(&connector(&server.url())).await;
        assert_eq!(failure(&error), &Failure::Lost(Stage::UnderWay), "{error:?}");
        assert_eq!((error.code(), error.retry(), error.outcome()), (ErrorCode::ConnectionLost, SAFE, Sent::Unknown));
    }
    // Without a length the end of the connection is the end of the answer: only its JSON shows that it was cut.
    let server = RawServer::start(vec![Act::Say(b"HTTP/1.0 200 OK\r\n\r\n{\"agent_id\": \"a".to_vec())]).await;
    let error = write(&connector(&server.url())).await;
    assert!(matches!(error, ConnectorError::CutOff { .. }), "{error:?}");
    assert_eq!((error.code(), error.retry(), error.outcome()), (ErrorCode::ConnectionLost, SAFE, Sent::Unknown));
}

#[tokio::test]
async fn http_1_0_answers_are_fine() {
    let server = RawServer::start(vec![Act::Say(b"HTTP/1.0 200 OK\r\n\r\n{\"agents\": [\"a\"]}".to_vec())]).await;
    let connector = connector(&server.url());
    for _ in 0..3 {
        assert_eq!(connector.agent_ids().await.unwrap(), ["a"]);
    }
}

#[tokio::test]
async fn something_that_does_not_speak_http() {
    // A TLS alert: what a TLS server says to plain http.
    let server = RawServer::start(vec![Act::Say(vec![0x15, 3, 1, 0, 2, 2, 70])]).await;
    let error = write(&connector(&server.url())).await;
    assert_eq!(failure(&error), &Failure::NotHttp, "{error:?}");
    assert_eq!((error.code(), error.retry()), (ErrorCode::NotAConnector, Retry::Never));
    assert!(error.hint().unwrap().contains("https://"));
}

#[tokio::test]
async fn answers_beyond_the_size_limit_are_not_read() {
    let mut small = endpoint("http://127.0.0.1");
    small.limits.answer_bytes = 1000;
    let announced = b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n".to_vec();
    let mut unannounced = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    unannounced.extend(std::iter::repeat_n(b' ', 100_000));
    for bytes in [announced, unannounced] {
        let server = RawServer::start(vec![Act::Say(bytes)]).await;
        small.url = url::Url::parse(&server.url()).unwrap();
        let error = write(&Connector::new(small.clone()).unwrap()).await;
        assert_eq!((error.code(), error.retry(), error.outcome()), (ErrorCode::BadAnswer, Retry::Never, Sent::Unknown));
        assert!(error.to_string().contains("longer than 1000 bytes"), "{error}");
    }
    let fits = format!("{{\"agents\": []{}}}", " ".repeat(1000 - 14));
    let server = RawServer::start(vec![Act::json("200 OK", &fits)]).await;
    small.url = url::Url::parse(&server.url()).unwrap();
    assert!(Connector::new(small).unwrap().agent_ids().await.unwrap().is_empty(), "exactly the limit is allowed");
}

#[tokio::test]
async fn deep_nesting_is_an_error_and_no_crash() {
    let deep = format!("{{\"agents\": {}", "[".repeat(20_000));
    let server = RawServer::start(vec![Act::json("200 OK", &deep)]).await;
    let error = connector(&server.url()).agent_ids().await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::BadAnswer, "{error}");
}

#[tokio::test]
async fn a_status_decides_code_retry_and_outcome() {
    let after = Retry::Safe { after: Some(Duration::from_secs(7)) };
    for (status, code, retry, outcome) in [
        (400, ErrorCode::RequestRefused, Retry::Never, Sent::Refused),
        (401, ErrorCode::Unauthorized, Retry::Never, Sent::Refused),
        (403, ErrorCode::Forbidden, Retry::Never, Sent::Refused),
        (405, ErrorCode::RequestRefused, Retry::Never, Sent::Refused),
        (407, ErrorCode::RequestRefused, Retry::Never, Sent::Refused),
        (413, ErrorCode::RequestRefused, Retry::Never, Sent::Refused),
        (429, ErrorCode::RateLimited, after, Sent::Refused),
        (500, ErrorCode::ServerError, after, Sent::Unknown),
        (502, ErrorCode::ServerError, after, Sent::Unknown),
        (503, ErrorCode::ServerError, after, Sent::Unknown),
        (504, ErrorCode::ServerError, after, Sent::Unknown),
        (599, ErrorCode::ServerError, Retry::Never, Sent::Unknown),
    ] {
        let answer = Act::with_headers(&format!("{status} X"), "Retry-After: 7\r\n", "<h1>no</h1>");
        let server = RawServer::start(vec![answer]).await;
        let error = write(&connector(&server.url())).await;
        assert_eq!((error.code(), error.retry(), error.outcome()), (code, retry, outcome), "{status}");
        assert_eq!(error.status(), Some(status));
        assert!(error.to_string().starts_with(&format!("API Error ({status}): an HTML page")), "{error}");
        let read = connector(&server.url()).agent_ids().await.unwrap_err();
        assert!(read.outcome() <= Sent::Refused, "a read never changes anything");
        assert!(!read.to_string().contains("change"), "and does not speak of changes: {read}");
    }
}

#[tokio::test]
async fn retry_after_is_read_in_both_forms() {
    let date = "Date: Sun, 06 Nov 1994 08:49:00 GMT\r\n";
    for (headers, seconds) in [
        ("Retry-After: 3\r\n".to_owned(), Some(3)),
        // A date counts from the server's own clock, which is decades behind here.
        (format!("{date}Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), Some(37)),
        (format!("{date}Retry-After: Sun, 06 Nov 1994 08:48:00 GMT\r\n"), Some(0)),
        ("Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n".to_owned(), Some(0)),
        ("Retry-After: soon\r\n".to_owned(), None),
        ("Retry-After: -1\r\n".to_owned(), None),
        (String::new(), None),
    ] {
        let server = RawServer::start(vec![Act::with_headers("503 X", &headers, "")]).await;
        let error = connector(&server.url()).agent_ids().await.unwrap_err();
        assert_eq!(error.retry(), Retry::Safe { after: seconds.map(Duration::from_secs) }, "{headers}");
    }
}

#[tokio::test]
async fn html_is_reduced_to_its_title() {
    let page = "\n<!DOCTYPE html><HTML><head><Title lang=en>\n 502 Bad\tGateway </TITLE></head><body>long</body>";
    let server = RawServer::start(vec![Act::html("502 Bad Gateway", page)]).await;
    let error = connector(&server.url()).agent_ids().await.unwrap_err();
    assert!(error.to_string().starts_with("API Error (502): 502 Bad Gateway (an HTML page) ("), "{error}");
    let server = RawServer::start(vec![Act::html("502 Bad Gateway", "")]).await;
    let error = connector(&server.url()).agent_ids().await.unwrap_err();
    assert!(error.to_string().starts_with("API Error (502): an empty answer ("), "{error}");
}

#[tokio::test]
async fn long_and_hostile_texts_are_cut_and_escaped() {
    let text = format!("\u{1b}[31mred\u{202e}\u{0}\u{3164}\u{e0041}\n\tline{}", "x".repeat(5000));
    let body = serde_json::json!({ "error": text }).to_string();
    let server = RawServer::start(vec![Act::json("400 X", &body)]).await;
    let shown = connector(&server.url()).agent_ids().await.unwrap_err().to_string();
    assert!(shown.contains("\\u{1b}[31mred\\u{202e}\\u{0}\\u{3164}\\u{e0041} linexxx"), "{shown}");
    assert!(shown.len() < 500 && shown.contains('…'), "{}", shown.len());
    assert!(!shown.chars().any(char::is_control));
}
