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
    let resources: Vec<String> = (0..MAX_FINDINGS + 5).map(|n| format!("\"r{n}\": 0")).collect();
    let text = file(&format!(", \"resource_permissions\": {{{}}}", resources.join(",\n")), "");
    let report = read(text.as_bytes()).report;
    assert_eq!(report.findings.len(), MAX_FINDINGS + 1);
    assert_eq!(report.findings[MAX_FINDINGS].code, FindingCode::TooManyFindings);
    assert!(report.findings[..MAX_FINDINGS].iter().all(|finding| finding.position.is_some()));
    assert_eq!(report.findings[MAX_FINDINGS - 1].position.map(|position| position.line), Some(100_000));
}
