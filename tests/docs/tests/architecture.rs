//! docs/ARCHITECTURE.md names files that exist, and the exit statuses that the program uses.

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::collections::{BTreeMap, BTreeSet};

use aidb_test_docs::repository;

type Statuses = BTreeMap<u32, BTreeSet<String>>;

fn read(file: &str) -> String {
    std::fs::read_to_string(repository().join(file)).unwrap()
}

#[test]
fn every_file_that_a_document_names_exists() {
    let mut named = 0;
    for document in [
        "README.md",
        "CONTRIBUTING.md",
        "docs/ARCHITECTURE.md",
        "docs/GUIDE.md",
        "docs/QUALITY.md",
        "docs/decisions/0001-what-the-page-may-do.md",
    ] {
        for path in paths_in(&read(document)) {
            named += 1;
            assert!(repository().join(&path).exists(), "{document} names {path}, which does not exist");
        }
    }
    assert!(named > 40, "the documents name only {named} files: this test looks for them in the wrong way");
}

#[test]
fn the_table_of_exit_statuses_is_the_one_that_the_program_uses() {
    let documented = documented_statuses(&read("docs/ARCHITECTURE.md"));
    let used = used_statuses(&read("crates/cli/src/exit.rs"));
    assert_eq!(documented, used);
    let listed = error_codes(&read("crates/core/src/error.rs"));
    let mapped: BTreeSet<String> = used.into_values().flatten().collect();
    assert_eq!(mapped, listed, "every code of the closed list has its status");
}

#[test]
fn the_guide_says_the_same_statuses() {
    let guide = read("docs/GUIDE.md");
    for status in used_statuses(&read("crates/cli/src/exit.rs")).into_keys().chain([0, 2, 74]) {
        assert!(guide.contains(&format!("\n| {status} | ")), "docs/GUIDE.md says what status {status} means");
    }
}

/// What stands in backticks and begins like a folder of this repository.
fn paths_in(text: &str) -> Vec<String> {
    let folder = |word: &&str| {
        ["crates/", "src-tauri/", "ui/", "tests/", "xtask/", "docs/"].iter().any(|folder| word.starts_with(folder))
    };
    text.split('`').skip(1).step_by(2).filter(folder).map(str::to_owned).collect()
}

/// `| 1 | … | `a`, `b` |`, under the heading about exit statuses.
fn documented_statuses(text: &str) -> Statuses {
    let (_, section) = text.split_once("## Error codes and exit statuses").unwrap();
    let section = section.split_once("\n## ").map_or(section, |(section, _)| section);
    let mut statuses = Statuses::new();
    for row in section.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let (Ok(status), Some(codes)) = (cells[0].parse(), cells.last()) else { continue };
        let codes: BTreeSet<String> = codes.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        if !codes.is_empty() {
            statuses.insert(status, codes);
        }
    }
    statuses
}

/// `ErrorCode::A | ErrorCode::B => Exit::C`, and `C = 1`.
fn used_statuses(text: &str) -> Statuses {
    let (before, body) = text.split_once("match code {").unwrap();
    let number = |exit: &str| -> u32 {
        let (_, rest) = before.split_once(&format!("    {exit} = ")).unwrap();
        rest.split(',').next().unwrap().parse().unwrap()
    };
    let mut statuses = Statuses::new();
    let mut codes = BTreeSet::new();
    for word in body.split(|c: char| !c.is_alphanumeric() && c != ':') {
        if let Some(code) = word.strip_prefix("ErrorCode::") {
            codes.insert(snake_case(code));
        } else if let Some(exit) = word.strip_prefix("Exit::") {
            statuses.entry(number(exit)).or_default().append(&mut codes);
        }
    }
    statuses
}

/// The variants of the closed list.
fn error_codes(text: &str) -> BTreeSet<String> {
    let (_, body) = text.split_once("pub enum ErrorCode {").unwrap();
    let body = body.split_once("\n}").unwrap().0;
    let variants = body.lines().map(str::trim).filter(|line| line.ends_with(',') && !line.starts_with('/'));
    variants.map(|line| snake_case(line.trim_end_matches(','))).collect()
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for (at, c) in name.char_indices() {
        if c.is_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

#[test]
fn the_readers_of_this_test_see_what_is_there() {
    assert_eq!(paths_in("see `crates/a.rs` and `other`, `docs/B.md`"), ["crates/a.rs", "docs/B.md"]);
    let used = used_statuses(
        "enum Exit {\n    Failed = 1,\n}\nmatch code {\nErrorCode::NotAConnector\n| ErrorCode::Timeout => Exit::Failed,\n}",
    );
    let table = "## Error codes and exit statuses\n| status | means | codes |\n| 0 | done | |\n| 1 | x | `not_a_connector`, `timeout` |\n## Next\n| 9 | | `x` |";
    assert_eq!(documented_statuses(table), used);
    assert_eq!(error_codes("pub enum ErrorCode {\n    /// A, b,\n    Usage,\n    UrlInvalid,\n}").len(), 2);
}
