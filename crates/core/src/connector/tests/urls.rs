//! Base addresses, and what counts as this machine.

use super::support::{endpoint, secret};
use crate::connector::{Connector, ConnectorError, PlainHttp, parse_base_url};
use crate::error::{ErrorCode, Explain};

#[test]
fn a_base_address_is_kept_with_its_prefix() {
    for (given, read) in [
        ("http://localhost:8000", "http://localhost:8000/"),
        ("  https://connector.example.com/ ", "https://connector.example.com/"),
        ("https://example.com/team/connector///", "https://example.com/team/connector"),
        ("https://example.com/api", "https://example.com/"),
        ("https://example.com/api/", "https://example.com/"),
        ("https://example.com/x/api", "https://example.com/x"),
        ("https://example.com/api/api", "https://example.com/api"),
        ("https://example.com/papi", "https://example.com/papi"),
        ("HTTPS://EXAMPLE.com:443/X", "https://example.com/X"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443/"),
        ("https://bücher.example", "https://xn--bcher-kva.example/"),
    ] {
        assert_eq!(parse_base_url(given).unwrap().as_str(), read, "for {given:?}");
        let connector = Connector::new(endpoint(given)).unwrap();
        assert_eq!(connector.url().as_str(), read, "a prefix is not taken off twice, for {given:?}");
    }
}

#[test]
fn what_cannot_be_a_base_address_is_refused_without_repeating_it() {
    for given in [
        "",
        "example.com",
        "ftp://canary.example",
        "file:///canary",
        "http://",
        "http:///canary",
        "http:canary",
        "https://user:canary@example.com",
        "https://canary@example.com",
        "https://:canary@example.com",
        "https://@example.com/canary",
        "https://user:canary@:80",
        "https://user:canary@example.com:notaport",
        "https://example.com?key=canary",
        "https://example.com/?canary",
        "https://example.com/#canary",
        "https://exa mple.com/canary",
        "https://example.com\\@canary.example",
        "https://example.com/\ncanary",
        "https://example.com:99999/canary",
        "https://exa<mple/canary",
    ] {
        let error = parse_base_url(given).expect_err(given);
        assert_eq!(error.code(), ErrorCode::UrlInvalid, "for {given:?}");
        let shown = format!("{error} {error:?} {:?}", error.hint());
        assert!(!shown.contains("canary"), "repeats what it was given: {shown}");
    }
    let error = parse_base_url("https://user:pw@example.com").unwrap_err();
    assert!(error.to_string().contains("put the key into the keychain"), "{error}");
}

/// Plain http in many spellings: whether the request would stay on this machine.
const SPELLINGS: [(&str, bool); 52] = [
    ("http://127.0.0.1", true),
    ("http://127.0.0.1:8000/prefix", true),
    ("http://127.0.0.53", true),
    ("http://127.255.255.254", true),
    ("http://localhost", true),
    ("http://LOCALHOST:81", true),
    ("http://[::1]:8000", true),
    ("http://[0:0:0:0:0:0:0:1]", true),
    // The URL standard reads these as 127.0.0.1, and that is what is connected to.
    ("http://127.1", true),
    ("http://0x7f.1", true),
    ("http://0x7f000001", true),
    ("http://2130706433", true),
    ("http://0177.0.0.1", true),
    ("http://127。0。0。1", true),
    ("http://0.0.0.0", false),
    ("http://0", false),
    ("http://[::]", false),
    ("http://[::ffff:127.0.0.1]", false),
    ("http://[::ffff:7f00:1]", false),
    ("http://[::127.0.0.1]", false),
    ("http://[64:ff9b::7f00:1]", false),
    ("http://[fe80::1]", false),
    ("http://128.0.0.1", false),
    ("http://126.255.255.255", false),
    ("http://10.0.0.1", false),
    ("http://192.168.1.10", false),
    ("http://169.254.169.254", false),
    ("http://localhost.", false),
    ("http://localhost.evil.example", false),
    ("http://localhost.localdomain", false),
    ("http://notlocalhost", false),
    ("http://127.0.0.1.nip.io", false),
    ("http://127.0.0.1.", true),
    ("http://loopback.example", false),
    ("http://example.com/127.0.0.1", false),
    ("http://example.com/localhost", false),
    ("HTTP://example.com", false),
    ("http://example.com:443", false),
    ("http://2852039166", false),
    ("http://0xa9fea9fe", false),
    ("http://[::ffff:a9fe:a9fe]", false),
    ("http://①②⑦.0.0.1", true),
    ("http://ⓛocalhost", true),
    ("http://localHost:65535", true),
    ("http://0x7f.0x0.0x0.0x1", true),
    ("http://017700000001", true),
    ("http://[0000:0000::1]", true),
    ("http://1.0.0.127", false),
    ("http://host.docker.internal", false),
    ("http://ip6-localhost", false),
    ("http://127.0.0.1.example", false),
    ("http://[2001:db8::1]", false),
];

#[test]
fn s3_plain_http_stays_on_this_machine_unless_allowed() {
    for (url, stays) in SPELLINGS {
        let built = Connector::new(endpoint(url));
        match (stays, built) {
            (true, Ok(connector)) => {
                let host = connector.url().host_str().unwrap();
                assert!(host.starts_with("127.") || host == "localhost" || host == "[::1]", "{url} became {host}");
            }
            (false, Err(error)) => assert_eq!(error.code(), ErrorCode::PlainHttpRefused, "for {url}"),
            (true, Err(error)) => panic!("{url} is this machine, and was refused: {error}"),
            (false, Ok(_)) => panic!("{url} is not this machine, and was let through"),
        }
        let mut allowed = endpoint(url);
        allowed.plain_http = PlainHttp::Allowed;
        assert!(Connector::new(allowed).is_ok(), "{url} is allowed explicitly");
    }
}

#[test]
fn a_connector_checks_the_url_that_it_is_given() {
    let mut unchecked = endpoint("http://127.0.0.1");
    unchecked.url = url::Url::parse("http://user:canary@127.0.0.1").unwrap();
    let error = Connector::new(unchecked).unwrap_err();
    assert_eq!(error.code(), ErrorCode::UrlInvalid);
    assert!(!format!("{error} {error:?}").contains("canary"));
}

#[test]
fn a_key_that_no_header_can_carry_is_refused() {
    for key in ["canary\nX: y", "canary\r\n", "canary\0", "canary\u{7f}"] {
        let mut bad = endpoint("http://127.0.0.1");
        bad.api_key = Some(secret(key));
        let error = Connector::new(bad).unwrap_err();
        assert_eq!(error, ConnectorError::ApiKeyUnusable);
        assert!(!format!("{error} {error:?} {:?}", error.hint()).contains("canary"));
    }
}

#[test]
fn debug_forms_hold_no_key() {
    let endpoint = endpoint("http://127.0.0.1:9");
    assert!(!format!("{endpoint:?}").contains(super::support::API_KEY));
    let connector = Connector::new(endpoint).unwrap();
    assert!(!format!("{connector:?}").contains(super::support::API_KEY));
}
