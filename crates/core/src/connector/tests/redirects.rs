//! A redirect is never followed: neither key nor body arrives anywhere else.

use super::support::{Act, RawServer, all_texts, connector, id, secret};
use crate::connector::{ConnectorError, Retry, Sent};
use crate::error::{ErrorCode, Explain};

/// S2: every status that can redirect, to every kind of place: nothing arrives there, and no second request anywhere.
#[tokio::test]
async fn s2_neither_key_nor_body_follows_a_redirect() {
    let statuses = ["300 X", "301 X", "302 X", "303 X", "304 X", "305 X", "306 X", "307 X", "308 X"];
    let mut tried = 0;
    for status in statuses {
        let elsewhere = RawServer::start(vec![Act::json("200 OK", "{}")]).await;
        let port = elsewhere.port;
        for place in [
            format!("http://localhost:{port}/"),
            format!("http://127.0.0.1:{port}/api/agents"),
            format!("http://[::ffff:127.0.0.1]:{port}/"),
            format!("http://user:canary@127.0.0.1:{port}/"),
            format!("https://127.0.0.1:{port}/"),
            format!("//127.0.0.1:{port}/x"),
            format!("HTTP://LOCALHOST:{port}/?key=canary#x"),
            format!("ftp://127.0.0.1:{port}/"),
            "/api/agents".to_owned(),
            "?again".to_owned(),
            "file:///etc/passwd".to_owned(),
            "javascript:canary".to_owned(),
        ] {
            let server = RawServer::start(vec![Act::with_headers(status, &format!("Location: {place}\r\n"), "")]).await;
            let client = connector(&server.url());
            let errors = [
                client.agent_ids().await.unwrap_err(),
                client.link_database(&id("a"), &secret("postgresql://u:canary@h/d")).await.unwrap_err(),
            ];
            assert_eq!(server.received().len(), 2, "{status} {place}: each request once, and no more");
            assert!(elsewhere.received().is_empty(), "{status} {place}: {:?}", elsewhere.received());
            for error in errors {
                assert_eq!(error.retry(), Retry::Never, "{status} {place}: {error}");
                assert!(!all_texts(&error).contains("canary"), "{status} {place}: {error}");
            }
            tried += 1;
        }
    }
    assert_eq!(tried, 108);
}

#[tokio::test]
async fn s2_a_redirect_is_told_with_where_it_leads() {
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let elsewhere = RawServer::start(vec![Act::json("200 OK", "{}")]).await;
        // Another host name for another server on this machine; and one with a secret-looking path.
        let location = format!("Location: http://localhost:{}/canary-path?key=canary\r\n", elsewhere.port);
        let server = RawServer::start(vec![Act::with_headers(status, &location, "")]).await;
        let client = connector(&server.url());
        let errors = [
            client.agent_ids().await.unwrap_err(),
            client.link_database(&id("a"), &secret("postgresql://u:canary@h/d")).await.unwrap_err(),
            client.delete_agent(&id("a")).await.unwrap_err(),
        ];
        // Whoever follows does so before there is an answer.
        assert!(elsewhere.received().is_empty(), "{status} was followed: {:?}", elsewhere.received());
        assert_eq!(server.received().len(), 3);
        for error in errors {
            assert_eq!((error.code(), error.retry()), (ErrorCode::Redirected, Retry::Never));
            let origin = format!("http://localhost:{}", elsewhere.port);
            assert!(error.to_string().contains(&origin), "{error}");
            assert!(error.hint().unwrap().contains(&origin), "{:?}", error.hint());
            assert!(!all_texts(&error).contains("canary"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_redirect_without_a_usable_place_is_still_one() {
    for headers in ["", "Location: \u{1}\r\n", "Location: http://user:canary@[bad/\r\n"] {
        let server = RawServer::start(vec![Act::with_headers("302 Found", headers, "")]).await;
        let error = connector(&server.url()).agent_ids().await.unwrap_err();
        assert!(
            matches!(error, ConnectorError::Redirected { to: None, .. } | ConnectorError::NoAnswer { .. }),
            "{error:?}"
        );
        assert!(!all_texts(&error).contains("canary"));
    }
}

#[tokio::test]
async fn a_form_like_redirect_of_a_write_may_have_acted() {
    for (status, sent) in [("303 See Other", Sent::Unknown), ("307 Temporary Redirect", Sent::Refused)] {
        let server = RawServer::start(vec![Act::with_headers(status, "Location: /x\r\n", "")]).await;
        let error = connector(&server.url()).delete_agent(&id("a")).await.unwrap_err();
        assert_eq!(error.outcome(), sent, "{error}");
    }
}
