//! Canaries: no secret of a request shows up in any text of any error, however the server echoes it.

use serde_json::json;

use super::support::{API_KEY, Act, RawServer, all_texts, connector, endpoint, id, secret};
use crate::connector::scrub::Scrubber;
use crate::connector::{Connector, ConnectorError, DatabaseLink, Registration};

const CONNECTION: &str =
    "postgresql://canaryuser:c%40n'ary%2Fpw@canary-host.internal:5432/canarydb?sslpassword=canaryssl";

/// Everything that a driver could make of [`CONNECTION`], and the keys.
const CANARIES: [&str; 12] = [
    CONNECTION,
    API_KEY,
    "canary-agent-key",
    "canary-agent-secret",
    "canaryuser",
    "c%40n'ary%2Fpw",
    "c@n'ary/pw",
    "canary-host.internal",
    "canarydb",
    "canaryssl",
    "canaryuser:c%40n'ary%2Fpw",
    "c@n\\'ary/pw",
];

async fn errors(server: &RawServer) -> Vec<ConnectorError> {
    let client = connector(&server.url());
    let registration = Registration {
        agent_id: id("a"),
        name: "A".to_owned(),
        agent_type: None,
        info: serde_json::Map::new(),
        api_key: secret("canary-agent-key"),
        api_secret: secret("canary-agent-secret"),
        database: Some(DatabaseLink {
            connection_string: secret(CONNECTION),
            connection_name: None,
            database_type: None,
        }),
        rate_limits: None,
    };
    assert!(!format!("{registration:?}").contains("canary"), "the debug form of a registration");
    vec![client.register(&registration).await.unwrap_err()]
}

#[tokio::test]
async fn no_secret_of_a_registration_is_echoed() {
    let all = CANARIES.join(" | ");
    let padded = format!("{}{all}", "x".repeat(280));
    let html = format!("<html><title>{all}</title>");
    let mut acts = vec![];
    for text in CANARIES.into_iter().chain([all.as_str(), padded.as_str()]) {
        for status in ["400 X", "401 X", "404 X", "500 X", "200 OK"] {
            acts.push(Act::json(status, &json!({ "error": text, "message": format!("m {text}") }).to_string()));
            acts.push(Act::html(status, text));
        }
    }
    acts.push(Act::html("502 X", &html));
    acts.push(Act::with_headers("302 X", &format!("Location: http://{API_KEY}.example/\r\n"), ""));
    acts.extend([Act::Close, Act::Say(CONNECTION.as_bytes().to_vec())]);
    for act in acts {
        let server = RawServer::start(vec![act.clone()]).await;
        let Act::Say(said) = act else { continue };
        if String::from_utf8_lossy(&said).contains("200 OK\r\nContent-Type: application/json") {
            continue; // A success.
        }
        for error in errors(&server).await {
            let shown = all_texts(&error);
            for canary in CANARIES {
                assert!(!shown.contains(canary), "{canary:?} shows up: {shown}");
            }
            assert!(!shown.contains("canary-adm") && !shown.contains("canary-ag"), "half a key shows up: {shown}");
        }
    }
}

#[tokio::test]
async fn a_real_drivers_words_stay_readable() {
    let said = "Failed to connect to PostgreSQL: connection to server at \"127.0.0.1\", port 1 failed: \
                FATAL: password authentication failed for user \"alice\"\n\tIs the server running?\n";
    let body = json!({ "error": said }).to_string();
    let server = RawServer::start(vec![Act::json("400 BAD REQUEST", &body)]).await;
    let client = connector(&server.url());
    let error =
        client.link_database(&id("a"), &secret("postgresql://alice:hunter2@127.0.0.1:1/none")).await.unwrap_err();
    let expected = "API Error (400): Failed to connect to PostgreSQL: connection to server at \"127.0.0.1\", port 1 \
                    failed: FATAL: password authentication failed for user \"***\" Is the server running? (PUT ";
    assert!(error.to_string().starts_with(expected), "{error}");
}

#[test]
fn connection_strings_of_many_kinds_are_taken_apart() {
    for connection in [
        "mysql+pymysql://u:canary@h.example/db",
        "mongodb+srv://u:canary@h1.example,h2.example/db?authSource=admin",
        "postgresql://u:pa/ss?canary@h.example/db",
        "postgresql://u:pa#canary@h.example/db",
        "postgresql:///db?user=u&password=canary",
        "host=h.example user=u password=canary dbname=db",
        "host=h.example password='canary with spaces' user=u",
        "Server=h.example;Database=db;User Id=sa;Password=canary;",
        "Server=h.example;PWD=\"canary;semi\";",
        "jdbc:postgresql://h.example/db?user=u&password=canary",
        "redis://:canary@h.example:6379/0",
        "postgres://u:c%61nary@h.example/db",
        "canary",
    ]
    .map(|connection| connection.replace("canary", "canary-1").replace("c%61nary", "c%61nary-1"))
    {
        let mut scrubber = Scrubber::default();
        scrubber.hide_connection(&secret(&connection));
        let clean =
            scrubber.clean("login failed: canary-1, c%61nary-1, canary-1 with spaces, canary-1;semi, at h.example");
        assert!(!clean.contains("canary-1,"), "{connection}: {clean}");
        assert!(clean.starts_with("login failed: "), "{connection}: {clean}");
        assert!(!clean.contains("at h.example") || !connection.contains("h.example"), "{connection}: {clean}");
    }
}

#[test]
fn what_was_put_in_is_not_looked_at_again() {
    let mut scrubber = Scrubber::default();
    scrubber.hide(&secret("***-***-"));
    scrubber.hide(&secret("key-and-more"));
    scrubber.hide(&secret("key-and-"));
    assert_eq!(scrubber.clean("a***-***-b key-and-more key-and-"), "a***b *** ***");
    let mut empty = Scrubber::default();
    empty.hide(&secret(""));
    assert_eq!(empty.clean("as it was"), "as it was");
}

/// What a reader who knows the sentence could read off a mask.
#[test]
fn a_secret_that_a_mask_would_give_away_leaves_no_words() {
    let said = "Invalid API key: password authentication failed for \"m%C3%BCller\" & 'o\\'hara'";
    for short in ["a", "key", "API", "Inv", "alid", "passwor", "password", "authentication", "müller", "o'hara"] {
        let mut key = Scrubber::default();
        key.hide(&secret(short));
        key.hide(&secret("another-and-longer-one"));
        let clean = key.clean(said);
        assert_eq!(clean, "the server's words are left out, because they hold a secret of this request", "{short}");
        let mut connection = Scrubber::default();
        connection.hide_connection(&secret(&format!("postgresql://u:{short}@localhost/db")));
        assert_eq!(connection.clean(said), clean, "{short} as a password");
        assert_eq!(key.clean("Not now."), if "Not now.".contains(short) { clean.as_str() } else { "Not now." });
    }
    let mut long = Scrubber::default();
    long.hide(&secret("secret-8"));
    assert_eq!(long.clean("the key secret-8 is unknown"), "the key *** is unknown");
}

#[test]
fn a_short_user_or_database_takes_no_word_apart() {
    let mut scrubber = Scrubber::default();
    scrubber.hide_connection(&secret("postgresql://app:canary-password-1@db1.example/main"));
    let said = "application: no domain for app@main, user \"app\" of app, main.";
    assert_eq!(scrubber.clean(said), "application: no domain for ***@***, user \"***\" of ***, ***.");
}

#[tokio::test]
async fn no_answer_gives_a_short_key_away() {
    for act in [
        Act::json("401 X", r#"{"error": "the key key is unknown"}"#),
        Act::html("502 X", "<html><title>the key</title>"),
        Act::json("200 OK", r#"{"key": 1}"#),
        Act::with_headers("302 X", "Location: http://key.example/\r\n", ""),
    ] {
        let server = RawServer::start(vec![act]).await;
        let mut short = endpoint(&server.url());
        short.api_key = Some(secret("key"));
        let error = Connector::new(short).unwrap().agent_ids().await.unwrap_err();
        let shown = all_texts(&error);
        assert!(!shown.contains("***") && !shown.contains("the key key") && !shown.contains("key.example"), "{shown}");
    }
}

/// The API key as a server may write it.
fn in_other_forms() -> Vec<String> {
    use base64::Engine as _;
    let each = |write: &dyn Fn(u8) -> String| API_KEY.bytes().map(write).collect::<String>();
    vec![
        API_KEY.to_uppercase(),
        API_KEY.chars().rev().collect(),
        API_KEY.chars().map(|c| format!("{c} ")).collect(),
        API_KEY.chars().map(|c| format!("{c}\u{200b}")).collect(),
        each(&|byte| format!("%{byte:02x}")),
        each(&|byte| format!("{byte:02X}")),
        each(&|byte| format!("&#{byte};")),
        base64::engine::general_purpose::STANDARD.encode(API_KEY),
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("key={API_KEY}")),
    ]
}

#[tokio::test]
async fn s1_no_error_quotes_the_key_in_another_form() {
    for form in in_other_forms() {
        let said = [form.clone(), format!("The key {form} may not do that."), form.chars().skip(3).collect()];
        for text in said {
            for answer in [
                Act::json("500 X", &json!({ "error": text, "message": "no" }).to_string()),
                Act::json("403 X", &json!({ "error": "no", "message": text }).to_string()),
                Act::html("404 X", &format!("<html><title>{text}</title>")),
                Act::json("200 OK", &json!({ "agents": "none", "x": text }).to_string()),
            ] {
                let server = RawServer::start(vec![answer]).await;
                let shown = all_texts(&connector(&server.url()).agent_ids().await.unwrap_err());
                assert!(!shown.contains(text.trim()), "{text}: {shown}");
            }
        }
    }
}

/// What is read is shown, exported and stored in backups.
#[tokio::test]
async fn s1_no_data_carries_the_key_in_another_form() {
    for form in in_other_forms().into_iter().chain([API_KEY.to_owned()]) {
        let hidden = format!("{form} end");
        let agent = |field: &str, value: serde_json::Value| {
            let own = json!({ "api_key": API_KEY });
            let mut agent = json!({ "agent_id": "a", "name": "A", "owner": "maria", "credentials": own });
            agent[field] = value;
            Act::json("200 OK", &agent.to_string())
        };
        for field in ["name", "type"] {
            let server = RawServer::start(vec![agent(field, json!(hidden))]).await;
            let error = connector(&server.url()).agent(&id("a")).await.unwrap_err();
            assert!(!all_texts(&error).contains(form.trim()), "{form}: {error}");
        }
        let server = RawServer::start(vec![agent("note", json!({ "deep": [hidden] }))]).await;
        let record = connector(&server.url()).agent(&id("a")).await.unwrap().unwrap();
        assert!(!format!("{record:?}").contains(form.trim()), "{form}: {record:?}");
        assert_eq!(record.live.agent.info.get("owner"), Some(&json!("maria")), "what says nothing stays");
        assert!(record.live.withheld.iter().any(|found| found.pointer == "/agent/note"), "{:?}", record.live.withheld);

        let resources = json!({ hidden.clone(): { "type": "table", "permissions": ["read"] } });
        for answer in [json!({ "agent_id": "a", "resources": resources }), json!({ "agents": ["b", hidden] })] {
            let act = Act::json("200 OK", &answer.to_string());
            let server = RawServer::start(vec![act]).await;
            let client = connector(&server.url());
            let error = match answer.get("agents") {
                Some(_) => client.agent_ids().await.unwrap_err(),
                None => client.resource_permissions(&id("a")).await.unwrap_err(),
            };
            assert!(!all_texts(&error).contains(form.trim()), "{form}: {error}");
            assert!(error.to_string().contains("repeats a secret"), "{error}");
        }
    }
    // A field of the agent's own key is left out without a word.
    let agent = json!({ "agent_id": "a", "name": "A", "credentials": { "api_key": API_KEY } });
    let server = RawServer::start(vec![Act::json("200 OK", &agent.to_string())]).await;
    let record = connector(&server.url()).agent(&id("a")).await.unwrap().unwrap();
    assert!(record.live.withheld.is_empty(), "{:?}", record.live.withheld);
}

/// A server may wait: what was sent with one request is heard in the answer to another.
#[tokio::test]
async fn s1_a_connection_string_is_not_quoted_later_on_either() {
    use base64::Engine as _;
    let string = "postgresql://app:c%40nary-Pw7x@db.internal/shop";
    let coded = base64::engine::general_purpose::STANDARD.encode(string);
    let server = RawServer::start(vec![
        Act::json("200 OK", "{}"),
        Act::json("400 X", &json!({ "error": format!("lost {coded}") }).to_string()),
        Act::json("400 X", &json!({ "error": "password c@nary-Pw7x" }).to_string()),
    ])
    .await;
    let client = connector(&server.url());
    client.link_database(&id("a"), &secret(string)).await.unwrap();
    for _ in 0..2 {
        let shown = all_texts(&client.agent_ids().await.unwrap_err());
        assert!(!shown.contains(&coded) && !shown.contains("c@nary-Pw7x"), "{shown}");
    }
}
