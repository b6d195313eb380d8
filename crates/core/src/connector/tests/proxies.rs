//! A proxy on the way: it is named where it fails, the server is not blamed for it, and no password of it shows up.

use std::time::Duration;

use url::Url;

use super::support::{Act, RawServer, all_texts, endpoint};
use crate::connector::{Connector, ConnectorError, Failure, PlainHttp, Proxies, ProxyFault, Retry, Sent};
use crate::error::{ErrorCode, Explain};

/// A server that only a proxy knows.
const SERVER: &str = "https://connector.invalid";

fn through(server: &str, proxy: &str) -> Result<Connector, ConnectorError> {
    let mut endpoint = endpoint(server);
    endpoint.plain_http = PlainHttp::Allowed;
    endpoint.limits.connect = Duration::from_millis(500);
    endpoint.proxies = Proxies { all: proxy.to_owned(), ..Proxies::default() };
    Connector::new(endpoint)
}

async fn fault(server: &str, proxy: &str) -> (ProxyFault, ConnectorError) {
    let error = through(server, proxy).unwrap().agent_ids().await.unwrap_err();
    assert!(!all_texts(&error).contains("canary"), "{error:?}");
    let ConnectorError::NoAnswer { failure: Failure::Proxy(failure), .. } = &error else { panic!("{error:?}") };
    (failure.fault, error)
}

#[tokio::test]
async fn a_proxy_that_is_down_is_named_and_the_server_is_not_blamed() {
    let proxy = "127.0.0.1:1";
    for server in [SERVER, "http://connector.invalid"] {
        let (fault, error) = fault(server, &format!("http://user:canary@{proxy}")).await;
        assert_eq!(fault, ProxyFault::Refused);
        assert_eq!((error.code(), error.outcome()), (ErrorCode::ConnectionRefused, Sent::NotSent));
        let text = error.to_string();
        assert!(text.starts_with(&format!("Connection refused: nothing listens at the proxy {proxy} (GET ")), "{text}");
        assert!(error.hint().unwrap().contains("proxy settings"), "{:?}", error.hint());
    }
}

#[tokio::test]
async fn a_proxy_whose_name_is_none() {
    let (fault, error) = fault(SERVER, "http://no-such-proxy.invalid:3128").await;
    assert!(matches!(fault, ProxyFault::HostUnknown | ProxyFault::LookupFailed), "{fault:?}");
    assert_ne!(error.code(), ErrorCode::HostUnknown, "the server's name is another one");
}

#[tokio::test]
async fn what_a_proxy_refuses_is_told_apart() {
    let say = |head: &str| Act::Say(format!("{head}\r\n\r\n").into_bytes());
    for (act, expected, retry) in [
        (say("HTTP/1.1 407 Who are you"), ProxyFault::AuthRequired, Retry::Never),
        (say("HTTP/1.1 502 Bad Gateway"), ProxyFault::Denied, Retry::Safe { after: None }),
        (say("HTTP/1.1 403 Forbidden"), ProxyFault::Denied, Retry::Safe { after: None }),
        (Act::Close, ProxyFault::Broken, Retry::Safe { after: None }),
        (Act::Hang, ProxyFault::Timeout(Duration::from_millis(500)), Retry::Safe { after: None }),
    ] {
        let proxy = RawServer::start(vec![act]).await;
        let (fault, error) = fault(SERVER, &proxy.url()).await;
        assert_eq!((fault, error.retry(), error.outcome()), (expected, retry, Sent::NotSent), "{error}");
        let asked = proxy.received().concat();
        assert!(asked.starts_with("CONNECT connector.invalid:443"), "{asked}");
        assert!(!asked.contains("canary"), "no key goes to a proxy: {asked}");
    }
}

#[tokio::test]
async fn an_answer_through_a_proxy_says_so() {
    let proxy = RawServer::start(vec![Act::json("503 X", r#"{"error": "not now"}"#)]).await;
    let connector = through("http://connector.invalid", &proxy.url()).unwrap();
    let error = connector.agent_ids().await.unwrap_err().to_string();
    let address = proxy.url().replace("http://", "");
    assert!(error.contains(&format!("/api/agents through the proxy {address})")), "{error}");
    assert_eq!(connector.proxy(), Some(address.trim_end_matches('/')));
}

#[test]
fn which_proxy_leads_to_a_server() {
    let proxies = Proxies {
        all: "http://all.example:1".into(),
        http: String::new(),
        https: " user:canary@secure.example ".into(),
        exempt: "exempt.example, 10.0.0.0/8".into(),
    };
    assert!(!format!("{proxies:?}").contains("canary"));
    let address = |url: &str| proxies.to(&Url::parse(url).unwrap()).unwrap().map(|proxy| proxy.address);
    assert_eq!(address("https://a.example").as_deref(), Some("secure.example:80"));
    assert_eq!(address("http://a.example").as_deref(), Some("all.example:1"));
    for exempt in ["https://exempt.example", "https://a.exempt.example:8443/x", "http://10.1.2.3"] {
        assert_eq!(address(exempt), None, "{exempt}");
    }
    assert_eq!(Proxies::default().to(&Url::parse(SERVER).unwrap()).unwrap().map(|proxy| proxy.address), None);
}

#[test]
fn the_usual_variables_are_read_as_curl_reads_them() {
    let set = |variables: &[(&str, &str)]| {
        let found = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into());
        Proxies::of_variables(found)
    };
    let read = set(&[
        ("https_proxy", "a:1"),
        ("HTTP_PROXY", ""),
        ("http_proxy", "b:1"),
        ("ALL_PROXY", "c:1"),
        ("no_proxy", "d"),
    ]);
    let expected = Proxies { all: "c:1".into(), http: String::new(), https: "a:1".into(), exempt: "d".into() };
    assert!(read == expected, "the first one that is set counts, also to nothing");
    assert!(set(&[("HTTP_PROXY", "evil:1"), ("REQUEST_METHOD", "GET")]) == Proxies::default());
}

#[test]
fn a_setting_that_is_no_proxy_is_refused_and_only_where_it_would_be_used() {
    for wrong in [
        "http:/proxy.example",
        "canary proxy",
        "ftp://canary@proxy.example",
        "socks5://canary@proxy.example",
        "\u{fffd}",
    ] {
        let refused = through(SERVER, wrong).unwrap_err();
        assert!(matches!(refused, ConnectorError::ProxyUnusable { .. }), "{wrong}: {refused:?}");
        assert_eq!(refused.code(), ErrorCode::Usage);
        assert!(!all_texts(&refused).contains("canary"), "{refused}");
        assert_eq!(through("http://127.0.0.1:1", wrong).unwrap().proxy(), None, "this machine is reached directly");
        let mut exempt = endpoint(SERVER);
        exempt.proxies = Proxies { https: wrong.into(), exempt: "*".into(), ..Proxies::default() };
        assert!(Connector::new(exempt).is_ok(), "{wrong}");
    }
}
