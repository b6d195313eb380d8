//! A redirect is never followed: neither key nor body arrives anywhere else.

use super::support::{Act, RawServer, all_texts, connector, id, secret};
use crate::connector::{ConnectorError, Retry, Sent};
use crate::error::{ErrorCode, Explain};

#[tokio::test]
async fn nothing_follows_a_redirect() {
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
