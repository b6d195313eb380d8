//! One file with many faults: all are found at once, each with its place.

use super::*;

const FAULTY: &str = r#"{
  "version": "1.2.0",
  "exported_at": 20240115,
  "agnet": {},
  "agent": {
    "agent_id": "team/ä",
    "name": "",
    "tpye": "analytics",
    "type": ["analytics"],
    "api_key": "0123",
    "linked_at": "2024-01-15",
    "database": { "type": "postgresql", "conection_name": "main-db", "name": "main-db" },
    "resource_permissions": {
      "customers": { "type": "table", "permissions": ["read", "wirte", "read", 5] },
      "invoices": { "permissions": "read" },
      "orders": { "type": "table" },
      "ordres": { "type": "table", "permissions": ["read"], "permissons": [] },
      "empty": { "type": "dataset", "permissions": [] },
      "none": null,
      "": { "type": "table", "permissions": ["admin"] },
      "customers": { "type": "table", "permissions": [] }
    }
  },
  "tables": ["customers", 5],
  "metadata": { "deep": [{ "password": "not told" }] },
  "metadata": "twice"
}
"#;

#[test]
fn all_faults_are_told_at_once_with_their_places() {
    let report = read(FAULTY.as_bytes()).report;
    let told: Vec<String> = report
        .findings
        .iter()
        .map(|finding| {
            let place = finding.position.map_or_else(|| "nowhere".to_owned(), |position| position.to_string());
            format!(
                "{:?} {:?} {} at {place}\n  {}\n  → {}",
                finding.severity,
                finding.code,
                finding.pointer,
                finding.message,
                finding.hint.as_deref().unwrap_or("nothing to do")
            )
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_report_survives_json() {
    let report = read(FAULTY.as_bytes()).report;
    let text = serde_json::to_string(&report).expect("serialises");
    assert!(text.contains("\"code\":\"agent_id_not_addressable\"") && text.contains("\"severity\":\"warning\""));
    assert_eq!(serde_json::from_str::<ValidationReport>(&text).expect("and back"), report);
}

#[test]
fn a_file_of_nothing_but_mistakes_is_told_to_a_limit() {
    let warnings = (0..20_000).map(|n| format!("\"w{n}\": {{ \"type\": \"table\", \"permissions\": [] }}"));
    let errors = (0..80_000).map(|n| format!("\"r{n}\": 0"));
    let resources: Vec<String> = warnings.chain(errors).collect();
    let text = file(&format!(", \"resource_permissions\": {{{}}}", resources.join(",\n")), "");
    let report = read(text.as_bytes()).report;
    assert_eq!(report.findings.len(), MAX_FINDINGS + 1);
    let (listed, rest) = report.findings.split_at(MAX_FINDINGS);
    assert!(listed.iter().all(|finding| finding.severity == Severity::Error && finding.position.is_some()));
    assert_eq!(listed[0].position.map(|position| position.line), Some(20_001), "errors are listed before warnings");
    assert_eq!(
        rest[0].message,
        "1,000 findings are listed, and 99,000 more of these kinds: 79,000 wrong_type, 20,000 empty_permissions."
    );

    // Where there is room, warnings are listed as well.
    let resources: Vec<String> =
        (0..600).map(|n| format!("\"w{n}\": {{ \"type\": \"table\", \"permissions\": [] }}")).collect();
    let few: Vec<String> = (0..500).map(|n| format!("\"r{n}\": 0")).collect();
    let text = file(&format!(", \"resource_permissions\": {{{}}}", [few, resources].concat().join(",\n")), "");
    let report = read(text.as_bytes()).report;
    assert_eq!(
        (report.errors().count(), report.warnings().count()),
        (501, 500),
        "what is left out is counted as what is worst"
    );
    assert!(report.findings[MAX_FINDINGS].message.ends_with("and 100 more of these kinds: 100 empty_permissions."));
}

#[test]
fn a_name_as_long_as_a_file_is_not_printed_whole() {
    let name = "n".repeat(5 << 20);
    let permissions = format!(", \"resource_permissions\": {{\"{name}\": 0, \"x\": {{\"{name}\": 1}}}}");
    for text in [file(&permissions, ""), file("", &format!(", \"{name}\": 1")), format!("{{\"{name}\": [")] {
        let report = read(text.as_bytes()).report;
        assert!(!report.findings.is_empty());
        for finding in report.findings {
            let hint = finding.hint.unwrap_or_default();
            assert!(finding.message.len() + finding.pointer.len() + hint.len() < 1_000, "{:.300}", finding.message);
        }
    }
}
