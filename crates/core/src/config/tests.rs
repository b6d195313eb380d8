//! Reading, writing and validating together.

mod encodings;
mod faults;
mod hostile;
mod identity;
mod schema;

use serde_json::json;

use super::*;

/// The sample of the format.
const SAMPLE: &str = r#"{
  "version": "1.0.0",
  "exported_at": "2024-01-15T00:00:00.000Z",
  "source_url": "http://dev.example.com",
  "agent": {
    "agent_id": "my-agent",
    "name": "My Agent",
    "type": "analytics",
    "database": { "type": "postgresql", "connection_name": "main-db" },
    "resource_permissions": {
      "customers": { "type": "table", "permissions": ["read", "write"] },
      "products": { "type": "table", "permissions": ["read"] }
    }
  },
  "tables": ["customers", "orders", "products"],
  "metadata": { "exported_by": "user", "environment": "development" }
}
"#;

/// A file that is fine but for what `agent` and `rest` say.
fn file(agent: &str, rest: &str) -> String {
    format!(r#"{{"version": "1.0.0", "agent": {{"agent_id": "a", "name": "A"{agent}}}{rest}}}"#)
}

fn codes(text: &str) -> Vec<FindingCode> {
    read(text.as_bytes()).report.findings.iter().map(|finding| finding.code).collect()
}

fn accepted(text: &str) -> Configuration {
    let reading = read(text.as_bytes());
    assert_eq!(reading.report, ValidationReport::default(), "{text}");
    reading.configuration.expect("no error, so a configuration")
}

#[test]
fn the_sample_comes_back_byte_for_byte() {
    assert_eq!(write(&accepted(SAMPLE)), SAMPLE);
}

#[test]
fn what_an_editor_leaves_changes_nothing() {
    let expected = accepted(SAMPLE);
    assert_eq!(accepted(&format!("\u{feff}{SAMPLE}")), expected);
    assert_eq!(accepted(&SAMPLE.replace('\n', "\r\n")), expected);
    assert_eq!(accepted(&SAMPLE.replace("  ", "\t")), expected);
    assert_eq!(accepted(&SAMPLE.replace(['\n'], "")), expected);
}

#[test]
fn order_in_the_file_makes_no_difference() {
    let shuffled = r#"{
      "metadata": {"environment": "development", "exported_by": "user"},
      "tables": ["products", "customers", "orders"],
      "agent": {"resource_permissions": {
          "products": {"permissions": ["read"], "type": "table"},
          "customers": {"permissions": ["write", "read"], "type": "table"}},
        "database": {"connection_name": "main-db", "type": "postgresql"},
        "type": "analytics", "name": "My Agent", "agent_id": "my-agent"},
      "source_url": "http://dev.example.com", "exported_at": "2024-01-15T00:00:00.000Z", "version": "1.0.0"}"#;
    let configuration = accepted(shuffled);
    assert_eq!(configuration, accepted(SAMPLE));
    assert_eq!(write(&configuration), SAMPLE);
    let mut unsorted = configuration;
    unsorted.tables = Some(["products", "customers", "orders", "customers"].map(String::from).to_vec());
    assert_eq!(write(&unsorted), SAMPLE, "a model that came from elsewhere is sorted when it is written");
}

#[test]
fn a_long_list_unfolds_and_resources_stay_a_line_each() {
    let tables: Vec<String> = (10..40).map(|n| format!("table_{n}")).collect();
    let mut configuration = accepted(SAMPLE);
    configuration.tables = Some(tables);
    configuration.agent.info.insert("labels".into(), json!({ "team": "data", "tier": [1, 2.50, null, true, {}] }));
    configuration.agent.resource_permissions.clear();
    let permission = ResourcePermission::new("dataset", Permission::ALL);
    configuration.agent.resource_permissions.insert("very_long_".repeat(20), permission);
    let text = write(&configuration);
    assert!(text.contains("\n  \"tables\": [\n    \"table_10\",\n    \"table_11\",\n"));
    assert!(text.contains("\n    \"labels\": { \"team\": \"data\", \"tier\": [1, 2.5, null, true, {}] }\n"));
    assert!(text.contains(r#": { "type": "dataset", "permissions": ["read", "write", "delete", "admin"] }"#));
    assert_eq!(read(text.as_bytes()).configuration, Some(configuration));
}

#[test]
fn numbers_are_kept_as_they_are() {
    let text = file(r#", "big": 123456789012345678901234567890, "exact": 0.10000000000000000555, "zero": -0"#, "");
    let written = write(&accepted(&text));
    for number in ["123456789012345678901234567890", "0.10000000000000000555", "-0"] {
        assert!(written.contains(number), "{number} in {written}");
    }
    assert_eq!(write(&accepted(&written)), written);
}

#[test]
fn versions_are_semantic_and_of_major_one() {
    let of = |version: &str| codes(&SAMPLE.replace("\"1.0.0\"", version));
    assert_eq!(of("\"1.0.9\""), []);
    assert_eq!(of("\"1.0.0-rc.1\""), []);
    assert_eq!(of("\"1.4.0\""), [FindingCode::NewerMinorVersion]);
    assert_eq!(of("\"2.0.0\""), [FindingCode::UnsupportedVersion]);
    assert_eq!(of("\"0.9.0\""), [FindingCode::UnsupportedVersion]);
    for garbage in ["\"1.0\"", "\"1\"", "\"v1.0.0\"", "\"1.0.0.0\"", "\"01.0.0\"", "\"99999999999999999999.0.0\""] {
        assert_eq!(of(garbage), [FindingCode::InvalidVersion], "{garbage}");
    }
    for missing in ["\"\"", "1", "null", "[]"] {
        assert_eq!(of(missing), [FindingCode::MissingVersion], "{missing}");
    }
    let report = read(SAMPLE.replace("\"1.0.0\"", "\"2.1.0\"").as_bytes()).report;
    let message = &report.findings[0].message;
    assert!(message.contains("2.1.0") && message.contains(FORMAT_VERSION), "both versions are named: {message}");
}

/// docs/RULES.md#script-wording.
#[test]
fn messages_keep_the_words_that_scripts_look_for() {
    for (text, words) in [
        ("{}".to_owned(), "Missing version field"),
        ("{}".to_owned(), "Missing agent configuration"),
        (r#"{"agent": 5}"#.to_owned(), "Missing agent configuration"),
        (r#"{"agent": {}}"#.to_owned(), "Missing agent.agent_id"),
        (r#"{"agent": {"name": 5}}"#.to_owned(), "Missing agent.name"),
        (file("", r#", "tables": {}"#), "tables must be an array"),
        (file("", r#", "tables": [5]"#), "tables must be an array"),
        (file("", r#", "metadata": []"#), "metadata must be an object"),
        (file(r#", "resource_permissions": {"t": {"permissions": []}}"#, ""), "Missing type for resource \"t\""),
        (file(r#", "resource_permissions": {"t": {"type": "table"}}"#, ""), "permissions must be an array"),
        (file(r#", "resource_permissions": {"t": {"permissions": 5}}"#, ""), "permissions must be an array"),
        ("{".to_owned(), "Invalid JSON"),
        (String::new(), "Invalid JSON"),
    ] {
        let report = read(text.as_bytes()).report;
        assert!(report.errors().any(|finding| finding.message.contains(words)), "{words}: {text}: {report:#?}");
        assert!(report.findings.iter().all(|finding| finding.hint.is_some()), "each says what to do: {text}");
    }
}

#[test]
fn ids_that_cannot_be_used_are_errors_and_a_slash_in_a_resource_is_none() {
    let agent = |id: &str| codes(&format!(r#"{{"version": "1.0.0", "agent": {{"agent_id": {id}, "name": "A"}}}}"#));
    for id in [r#""a/b""#, r#""..""#, r#"".""#, r#""a\u0000b""#, r#""a\nb""#] {
        assert_eq!(agent(id), [FindingCode::AgentIdNotAddressable], "{id}");
    }
    assert_eq!(agent(&format!("\"{}\"", "x".repeat(MAX_ID_BYTES + 1))), [FindingCode::AgentIdNotAddressable]);
    let resource = |id: &str| {
        codes(&file(&format!(r#", "resource_permissions": {{{id}: {{"type": "x", "permissions": ["read"]}}}}"#), ""))
    };
    for id in [r#""public/orders""#, r#""..""#, r#""顧客 🦀""#, r#""\u202etxt""#] {
        assert_eq!(resource(id), [], "{id}");
    }
    for id in [r#""""#, r#""a\u001b[2J""#, r#""a\u007f""#] {
        assert_eq!(resource(id), [FindingCode::InvalidResourceId], "{id}");
    }
}

#[test]
fn state_of_the_server_is_dropped_with_a_warning() {
    let text = file(
        r#", "status": "active", "registered_at": "x", "owner": "me", "database": {"type": "mysql", "linked_at": "y", "status": "ok"}"#,
        "",
    );
    let reading = read(text.as_bytes());
    assert!(reading.report.findings.iter().all(|finding| finding.code == FindingCode::NotPortable));
    assert_eq!(reading.report.warnings().count(), 4);
    let written = write(&reading.configuration.expect("warnings only"));
    assert!(!written.contains("status") && !written.contains("_at") && written.contains("owner"), "{written}");
}

#[test]
fn secrets_are_errors_that_do_not_repeat_them() {
    let secret = ["hunter", "2secret"].concat();
    let token = ["gh", "p_", "Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv1Wx2"].concat();
    let url = format!("postgresql://app:{secret}@db/x");
    for text in [
        file(&format!(r#", "api_key": "{secret}""#), ""),
        file(&format!(r#", "database": {{"connection_string": "{url}"}}"#), ""),
        file(&format!(r#", "description": "{url}""#), ""),
        file(&format!(r#", "database": {{"connection_name": "{url}"}}"#), ""),
        file(&format!(r#", "resource_permissions": {{"{token}": {{"type": "", "permissions": ["raed"]}}}}"#), ""),
        file(
            &format!(
                r#", "resource_permissions": {{"t": {{"type": "t", "permissions": ["{token}"]}}}}, "x": "{token}""#
            ),
            "",
        ),
        file("", &format!(r#", "tables": ["{token}"]"#)),
        file("", &format!(r#", "metadata": {{"db": {{"password": "{secret}"}}}}"#)),
        file("", &format!(r#", "{token}": 1"#)),
        file("", &format!(r#", "source_url": "https://u:{secret}@h""#)),
        SAMPLE.replace("\"1.0.0\"", &format!("\"{token}\"")),
        SAMPLE.replace("my-agent", &format!("{token}/x")),
    ] {
        let reading = read(text.as_bytes());
        assert!(reading.report.has_errors() && reading.configuration.is_none(), "{text}");
        let told = format!("{:?}", reading.report);
        assert!(!told.contains(&secret) && !told.contains(&token), "{told}");
    }
}

#[test]
fn a_model_is_judged_as_its_file_is() {
    let text = file(
        r#", "tpye": "x", "database": {"type": "mysql", "connnection_name": "m"}, "resource_permissions": {
            "t": {"type": "table", "permissions": [], "note": 1}, "u": {"type": "table", "permissions": ["read"]}}"#,
        r#", "tables": ["v"], "extra": 1"#,
    );
    let reading = read(text.as_bytes());
    let configuration = reading.configuration.expect("warnings only");
    let key = |report: &ValidationReport| {
        let mut keys: Vec<_> = report.findings.iter().map(|f| (f.pointer.clone(), f.code, f.message.clone())).collect();
        keys.sort();
        keys
    };
    let report = validate(&configuration);
    assert_eq!(key(&report), key(&reading.report));
    assert_eq!(report.findings.len(), 6);
    assert!(report.findings.iter().all(|finding| finding.position.is_none()));

    let mut broken = configuration;
    broken.version = "3.0.0".into();
    broken.agent.agent_id.clear();
    broken.agent.name.clear();
    broken.agent.info.insert("api_key".into(), json!("x"));
    broken.metadata = json!({ "password": "hunter2" }).as_object().cloned();
    let found: Vec<FindingCode> = validate(&broken).errors().map(|finding| finding.code).collect();
    assert_eq!(
        found,
        [
            FindingCode::UnsupportedVersion,
            FindingCode::MissingAgentId,
            FindingCode::MissingAgentName,
            FindingCode::Secret,
            FindingCode::Secret
        ]
    );
}

#[test]
fn only_a_configuration_is_recognised_as_one() {
    for text in [SAMPLE, "\u{feff}{\"version\": 5, \"agent\": {}}", r#"{"x": [], "agent": {"a": {}}, "version": ""}"#] {
        assert!(is_configuration(text.as_bytes()), "{text}");
    }
    for text in [
        "",
        "{}",
        "[]",
        r#"{"version": "1.0.0"}"#,
        r#"{"version": "1.0.0", "agent": []}"#,
        r#"{"agent": {}}"#,
        r#"{"version": "1.0.0", "agent": {}} x"#,
        r#"{"version": "1.0.0", "agent": {"#,
        r#"{"name": "x", "version": "1.0.0"}"#,
    ] {
        assert!(!is_configuration(text.as_bytes()), "{text}");
    }
    assert!(!is_configuration(b"\xff\xfe{"));
    assert!(!is_configuration("[".repeat(1_000_000).as_bytes()));
}

#[test]
fn an_agents_state_keeps_its_numbers() {
    let mut agent = accepted(SAMPLE).agent;
    agent.info.insert("limit".into(), serde_json::from_str("123456789012345678901234567890").expect("a number"));
    agent.info.insert("small".into(), json!(5));
    let state = AgentState::Present(Box::new(LiveAgent::of(agent)));
    let text = serde_json::to_string(&state).expect("serialises");
    assert_eq!(serde_json::from_str::<AgentState>(&text).expect("and back"), state);
}
