mod corpus;
mod innocent_families;
mod secret_families;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::*;
use corpus::{Maker, samples};

/// Of each family; a random text can happen to look like words, so that a few are needed to judge a family.
const SECRETS_PER_FAMILY: usize = 40;
const INNOCENTS_PER_FAMILY: usize = 100;

/// docs/QUALITY.md S4: recall no worse than gitleaks' and detect-secrets' rules together. What has a form is always found; what
/// is told by its randomness alone may in one of a thousand cases look like words.
#[test]
fn every_family_of_secrets_is_recognised() {
    let corpus = samples(secret_families::FAMILIES, SECRETS_PER_FAMILY);
    let mut missed: BTreeMap<&str, usize> = BTreeMap::new();
    for sample in corpus.iter().filter(|sample| looks_secret(sample.key, &sample.text).is_none()) {
        *missed.entry(sample.family).or_default() += 1;
    }
    let families: BTreeSet<&str> = corpus.iter().map(|sample| sample.family).collect();
    let total: usize = missed.values().sum();
    println!("{} secrets of {} families; {total} missed: {missed:?}", corpus.len(), families.len());
    assert_eq!(families.len(), secret_families::FAMILIES.len(), "each family has a name of its own");
    assert!(corpus.len() >= 500);
    assert!(total * 1000 <= corpus.len(), "missed (family: samples): {missed:?}");
    assert!(missed.values().all(|count| count * 20 <= SECRETS_PER_FAMILY), "missed (family: samples): {missed:?}");
}

/// docs/QUALITY.md S4: false alarms at most 1 %.
#[test]
fn innocents_raise_no_alarm() {
    let corpus = samples(innocent_families::FAMILIES, INNOCENTS_PER_FAMILY);
    let alarms: Vec<(&str, &str, &str)> = corpus
        .iter()
        .filter_map(|sample| Some((sample.family, sample.text.as_str(), looks_secret(sample.key, &sample.text)?)))
        .collect();
    println!(
        "{} innocents of {} families; {} false alarms: {alarms:?}",
        corpus.len(),
        innocent_families::FAMILIES.len(),
        alarms.len()
    );
    assert!(corpus.len() >= 2000);
    assert!(alarms.len() * 100 <= corpus.len(), "{} of {}", alarms.len(), corpus.len());
}

#[test]
fn a_secret_is_found_wherever_it_stands_in_a_longer_text() {
    let mut maker = Maker::new();
    for template in ["gh|p_{w36}", "AK|IA{B16}", "postgresql://app:{w12}@db/x", "sk-a|nt-api03-{u93}AA"] {
        for frame in ["{}", "see {} for this", "\"{}\",", "key={}", "<{}>", "line\n{}\nline"] {
            let text = frame.replace("{}", &maker.fill(template));
            assert!(looks_secret(None, &text).is_some(), "{frame} around {template}");
        }
    }
}

#[test]
fn connection_strings_are_named_by_their_product() {
    let mut maker = Maker::new();
    for (template, kind) in [
        ("postgres://a:{w9}@h/d", "PostgreSQL connection string"),
        ("mysql+pymysql://a:{w9}@h/d", "MySQL connection string"),
        ("mongodb+srv://a:{w9}@h/d", "MongoDB connection string"),
        ("mssql+pyodbc://a:{w9}@h/d", "SQL Server connection string"),
        ("oracle+cx_oracle://a:{w9}@h/d", "Oracle connection string"),
        ("https://a:{w9}@h/d", "URL with a password"),
        ("scott/tiger{d2}@//h:1521/d", "Oracle connection string"),
    ] {
        assert_eq!(looks_secret(None, &maker.fill(template)), Some(kind), "{template}");
    }
}

#[test]
fn a_scan_names_the_place_and_never_the_value() {
    let mut maker = Maker::new();
    let token = maker.fill("gh|p_{w36}");
    let value = json!({
        "a/b": { "password": "hunter2 is it" },
        "list": ["fine", token],
        "variables": [{ "name": "DB_PASSWORD", "value": "s3same" }, { "name": "STAGE", "value": "dev" }],
        "secret": { "value": "open sesame", "type": "opaque" },
        "pin_password": 123_456,
        "count": 123_456,
        "placeholder": { "password": "${DB_PASSWORD}" },
    });
    let found = scan(&value);
    let pointers: Vec<&str> = found.iter().map(|finding| finding.pointer.as_str()).collect();
    assert_eq!(
        pointers,
        ["/a~1b/password", "/list/1", "/pin_password", "/secret/value", "/variables/0/value"],
        "each secret, and nothing else"
    );
    assert!(!format!("{found:?}").contains(&token));
}

#[test]
fn a_key_can_be_a_secret_and_stays_out_of_the_pointer() {
    let mut maker = Maker::new();
    let token = maker.fill("gh|p_{w36}");
    let found = scan(&json!({ "people": { &token: { "name": "x" } } }));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].pointer, "/people/(withheld)");
    assert_eq!(found[0].kind, "GitHub token");
}

#[test]
fn withholding_removes_whole_fields_and_tells_which() {
    let mut maker = Maker::new();
    let mut info = json!({
        "description": "Answers questions",
        "owner": "team@example.com",
        "settings": { "nested": { "token": maker.fill("{w32}") }, "kept": false },
        "connection_string": "***",
        "note": maker.fill("postgresql://a:{w9}@h/d"),
    })
    .as_object()
    .cloned()
    .expect("an object");
    let found = withhold(&mut info);
    let pointers: Vec<&str> = found.iter().map(|finding| finding.pointer.as_str()).collect();
    assert_eq!(pointers, ["/agent/connection_string", "/agent/note", "/agent/settings/nested/token"]);
    assert_eq!(info.keys().collect::<Vec<_>>(), ["description", "owner"]);
    assert!(withhold(&mut info).is_empty());
}

#[test]
fn long_texts_take_linear_time() {
    // A megabyte of what nearly matches, of each sort: a pattern that backtracked would not come back.
    for unit in ["eyJ", "a@b/", "password:", "postgres://a:", "-----BEGIN ", "AKIA", "x=", "://", "aB3", "SG."] {
        let text = unit.repeat(1_000_000 / unit.len());
        let _ = looks_secret(Some("note"), &text);
    }
}
