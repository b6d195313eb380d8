//! Servers that are not there, are something else, or do not want to.

use std::collections::BTreeMap;

use aidb_sandbox::{ApiKey, ErrorBody, Fault, FaultAnswer, HeaderText};
use aidb_testkit::Home;

use crate::stage::{KEY, Stage};
use crate::{snap, snap_both};

fn answer_always(stage: &Stage, answer: FaultAnswer) {
    stage.development.set_faults([Fault::on(1, answer).for_ever()]);
}

/// An export that has to fail in this way: exit status, code, one message, a hint, no file.
macro_rules! refused {
    ($stage:expr, $name:literal, $status:literal, $code:literal) => {{
        let run = snap_both!($stage, $name, &["m", "export", "-e", "Development", "-o", "f.json"]);
        assert_eq!(run.status, Some($status), "{run}");
        let json = $stage.run(&["m", "export", "-e", "Development", "-o", "f.json", "--json"]).json();
        assert_eq!(json["code"], $code, "{json}");
        assert!(run.stderr.starts_with("Error: ") && run.stderr.contains("\nHint: "), "{run}");
        assert!(!$stage.file("f.json").exists(), "nothing half written");
    }};
}

#[test]
fn not_authorised() {
    let stage = Stage::new();
    stage.development.switch(|switches| switches.required_api_key = Some(ApiKey::new("another")));
    refused!(stage, "server_401", 4, "unauthorized");
}

#[test]
fn forbidden() {
    let stage = Stage::new();
    stage.development.switch(|switches| switches.forbidden_api_key = Some(ApiKey::new(KEY)));
    refused!(stage, "server_403", 4, "forbidden");
}

#[test]
fn a_404_of_a_gateway_is_no_missing_agent() {
    let stage = Stage::new();
    answer_always(&stage, FaultAnswer::status(404, ErrorBody::Html));
    refused!(stage, "server_404_html", 1, "not_a_connector");
    let _other = stage.run(&["m", "export", "-e", "Staging", "-o", "agent.json"]).done();
    let import = stage.run(&["m", "import", "-e", "Development", "-i", "agent.json", "--dry-run"]);
    assert_eq!(import.status, Some(1), "it must not be taken for an agent to register:\n{import}");
}

#[test]
fn too_many_requests() {
    let stage = Stage::new();
    let wait = HeaderText::try_from("3600".to_owned()).expect("a header");
    let headers = BTreeMap::from([("Retry-After".to_owned(), wait)]);
    let FaultAnswer::Status { status, body, .. } = FaultAnswer::status(429, ErrorBody::Json) else {
        panic!("a status is a status")
    };
    answer_always(&stage, FaultAnswer::Status { status, body, headers });
    refused!(stage, "server_429", 1, "rate_limited");
}

#[test]
fn an_error_of_the_server() {
    let stage = Stage::new();
    answer_always(&stage, FaultAnswer::status(500, ErrorBody::Html));
    refused!(stage, "server_500", 1, "server_error");
}

#[test]
fn a_page_instead_of_json() {
    let stage = Stage::new();
    answer_always(&stage, FaultAnswer::HtmlPage);
    refused!(stage, "server_html", 1, "not_a_connector");
}

#[test]
fn a_redirect_is_not_followed() {
    let stage = Stage::new();
    answer_always(&stage, FaultAnswer::redirect(302, "https://login.example.com/sso").expect("a header"));
    refused!(stage, "server_redirect", 1, "redirected");
}

#[test]
fn an_answer_that_breaks_off() {
    let stage = Stage::new();
    answer_always(&stage, FaultAnswer::CutBody);
    refused!(stage, "server_cut_body", 1, "connection_lost");
}

#[test]
fn a_server_that_hangs() {
    let stage = Stage::new();
    answer_always(&stage, FaultAnswer::Hang { ms: None });
    let run = stage.run(&["m", "export", "-e", "Development", "-o", "f.json", "--timeout", "1", "--json"]);
    assert_eq!((run.status, &run.json()["code"]), (Some(1), &serde_json::json!("timeout")), "{run}");
}

#[test]
fn nothing_listens() {
    let home = Home::new();
    let export = ["m", "export", "-u", "http://127.0.0.1:1", "-k", "key", "-a", "x", "-o", "f.json"];
    let run = snap_both!(home, "server_closed_port", &export);
    assert_eq!(run.status, Some(1));
    let told = home.run(&[export.as_slice(), &["--verbose"]].concat());
    assert!(told.stderr.contains("attempt 1 failed"), "retries are told on request:\n{told}");
}

#[test]
fn an_unknown_host() {
    let home = Home::new();
    let export = ["m", "export", "-u", "https://no-such-host.invalid", "-k", "key", "-a", "x", "-o", "f.json"];
    let run = home.run(&[export.as_slice(), &["--json"]].concat());
    // Whether the name service says so, or does not answer at all, is up to the machine.
    assert_eq!((run.status, &run.json()["code"]), (Some(1), &serde_json::json!("host_unknown")), "{run}");
}

#[test]
fn a_plain_server_on_a_secure_url() {
    let stage = Stage::new();
    let url = stage.development.url().replace("http://", "https://");
    let export = ["m", "export", "-u", &url, "-k", "key", "-a", "x", "-o", "f.json"];
    let run = snap_both!(stage, "server_not_tls", &export);
    assert_eq!(run.status, Some(1));
}

/// A CA of nobody's.
const CA: &str = "\
-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUBkmTBJc3vexLKuM7+qbiVlYUHZUwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKRXhhbXBsZSBDQTAeFw0yNjExMjkwMTMwMDZaFw0zNjExMjYw
MTMwMDZaMBUxEzARBgNVBAMMCkV4YW1wbGUgQ0EwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASGiMOsucwwOIZDV3LpYoR4/H58maWoIgiT2zgv7A+wjgGDptqyLPtw
0Hi125Fio1XNuDZEA39aE8cPt+pdiPujo1MwUTAdBgNVHQ4EFgQUBfQIgbHbf0a1
HlP71QP2Dn3PeVEwHwYDVR0jBBgwFoAUBfQIgbHbf0a1HlP71QP2Dn3PeVEwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAyrg/XByD8QYsLQHYf3GqL
BVhbxzG9IDHCSi10iD8w8AIhAMHT0wevkzk2z8Vde72x5EaiSKBocOUObcXE2yZM
kgqU
-----END CERTIFICATE-----
";

#[test]
fn a_profile_keeps_the_whole_path_of_its_ca_file_and_looks_into_it() {
    let stage = Stage::new();
    stage.write("ca.pem", CA);
    stage.write("none.pem", "nothing");
    let url = stage.development.url();
    let add = |name, ca_file| ["env", "add", name, "--url", url.as_str(), "--ca-file", ca_file];
    let _kept = stage.run(&add("Kept", "ca.pem")).done();
    std::fs::create_dir(stage.file("elsewhere")).expect("made");
    let mut elsewhere = stage.aidb(&["test", "-e", "Kept", "-k", KEY]);
    let run = aidb_testkit::Run::of(elsewhere.current_dir(stage.file("elsewhere")));
    assert_eq!(run.status, Some(0), "from another folder:\n{run}");
    let refused = stage.run(&add("None", "none.pem"));
    snap!(stage, "env_add_ca_file_invalid", refused);
    let missing = stage.run(&["env", "update", "Kept", "--ca-file", "missing.pem"]);
    snap!(stage, "env_update_ca_file_missing", missing);
    assert_eq!((refused.status, missing.status), (Some(1), Some(1)));
    let all = stage.run(&["env", "list"]);
    assert!(!all.stdout.contains("None"), "nothing was stored:\n{all}");
}

#[test]
fn a_proxy_that_is_down_is_named() {
    let home = Home::new();
    let proxy = "http://user:canary@127.0.0.1:1";
    let with = |variable: &str, value: &str, arguments: &[&str]| {
        let mut command = home.aidb(arguments);
        aidb_testkit::Run::of(command.env(variable, value))
    };
    let url = "https://no-such-host.invalid";
    let export = ["m", "export", "-u", url, "-k", "a-long-key-19", "-a", "x", "-o", "f.json"];
    let down = with("HTTPS_PROXY", proxy, &export);
    snap!(home, "proxy_down", down);
    let test = with("ALL_PROXY", proxy, &["test", "-u", url, "-k", "a-long-key-19"]);
    snap!(home, "proxy_down_test", test);
    let none = with("https_proxy", "socks5://user:canary@proxy.example", &export);
    snap!(home, "proxy_unusable", none);
    assert_eq!((down.status, test.status, none.status), (Some(1), Some(1), Some(64)));
    assert!(!format!("{down}{test}{none}").contains("canary"), "{down}{test}{none}");
    let mut exempt = home.aidb(&[export.as_slice(), &["--json"]].concat());
    let exempt = aidb_testkit::Run::of(exempt.env("HTTPS_PROXY", proxy).env("NO_PROXY", "no-such-host.invalid"));
    assert_eq!(exempt.json()["code"], "host_unknown", "{exempt}");
}

#[test]
fn a_short_key_is_not_given_away_by_what_hides_it() {
    let stage = Stage::new();
    stage.development.switch(|switches| switches.required_api_key = Some(ApiKey::new("another")));
    let url = stage.development.url();
    for key in ["i", "key", "API"] {
        let run = stage.run(&["m", "export", "-u", &url, "-k", key, "-a", "my-agent", "-o", "f.json"]);
        assert_eq!(run.status, Some(4), "{run}");
        assert!(!run.stderr.contains("***"), "{run}");
    }
}

#[test]
fn a_ca_file_that_is_none() {
    let stage = Stage::new();
    stage.write("ca.pem", "nothing");
    let export = ["m", "export", "-e", "Development", "-o", "f.json", "--ca-file"];
    let none = stage.run(&[export.as_slice(), &["ca.pem"]].concat());
    snap!(stage, "ca_file_invalid", none);
    assert_eq!(none.status, Some(1));
    let missing = stage.run(&[export.as_slice(), &["none.pem"]].concat());
    snap!(stage, "ca_file_missing", missing);
    assert_eq!(missing.status, Some(1));
}
