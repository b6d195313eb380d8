//! Documents name files that exist, and comments name documents and anchors that do. The exit statuses are those that the program
//! uses.

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
        "docs/CONNECTOR.md",
        "docs/GUIDE.md",
        "docs/QUALITY.md",
        "docs/RULES.md",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain(decisions())
    {
        for path in paths_in(&read(&document)) {
            named += 1;
            assert!(repository().join(&path).exists(), "{document} names {path}, which does not exist");
        }
    }
    assert!(named > 40, "the documents name only {named} files: this test looks for them in the wrong way");
}

fn decisions() -> Vec<String> {
    let folder = std::fs::read_dir(repository().join("docs/decisions")).unwrap();
    folder.map(|entry| format!("docs/decisions/{}", entry.unwrap().file_name().display())).collect()
}

#[test]
fn every_document_and_anchor_that_a_comment_or_a_document_names_exists() {
    let mut named = 0;
    let mut missing = Vec::new();
    for file in sources() {
        // This test has to name what is not there.
        if file == "tests/docs/tests/architecture.rs" {
            continue;
        }
        let text = read(&file);
        for cited in citations(&text) {
            named += 1;
            if !exists(&file, &cited) {
                missing.push(format!("{file} names {cited}"));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
    assert!(named > 60, "only {named} are named: this test looks for them in the wrong way");
}

/// Everything that people write and git knows: sources, manifests, documents.
fn sources() -> Vec<String> {
    let listed = std::process::Command::new("git").args(["ls-files"]).current_dir(repository()).output().unwrap();
    let endings = [".rs", ".ts", ".svelte", ".js", ".sql", ".css", ".toml", ".md"];
    let wanted = |file: &&str| endings.iter().any(|ending| file.ends_with(ending)) && !file.contains("recorded/");
    String::from_utf8(listed.stdout).unwrap().lines().filter(wanted).map(str::to_owned).collect()
}

/// What looks like `NAME.md` or `NAME.md#anchor`. An address on the web, and the name of a file that is only an example, are none:
/// documents are written in capitals here, decisions begin with their number.
fn citations(text: &str) -> Vec<String> {
    let part = |c: char| c.is_ascii_alphanumeric() || "_-./#".contains(c);
    let words = text.split(|c| !part(c)).filter(|word| word.contains(".md") && !word.starts_with("//"));
    words
        .map(|word| word.trim_end_matches(['.', '/']).to_owned())
        .filter(|word| {
            let name = word.split('#').next().unwrap_or_default();
            let name = name.rsplit('/').next().unwrap_or_default();
            let stem = name.strip_suffix(".md").unwrap_or_default();
            let capitals = !stem.is_empty() && stem.chars().all(|c| c.is_ascii_uppercase() || c == '_');
            capitals || stem.chars().next().is_some_and(|c| c.is_ascii_digit())
        })
        .collect()
}

/// Whether a document that `file` names is there, from the root or from the file's own folder, with its anchor.
fn exists(file: &str, cited: &str) -> bool {
    let (path, anchor) = cited.split_once('#').map_or((cited, None), |(path, anchor)| (path, Some(anchor)));
    let beside = std::path::Path::new(file).parent().unwrap().join(path);
    let found = [repository().join(path), repository().join(beside)].into_iter().find(|path| path.is_file());
    let Some(found) = found else { return false };
    anchor.is_none_or(|anchor| anchors(&std::fs::read_to_string(found).unwrap()).contains(anchor))
}

/// `<a id="x">`, and headings as the web makes anchors of them.
fn anchors(text: &str) -> BTreeSet<String> {
    let ids = text.split("<a id=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned);
    let headings = text
        .lines()
        .filter_map(|line| line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#')));
    let slug = |heading: &str| -> String {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    ids.chain(headings.map(slug)).collect()
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
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter(folder)
        .map(|path| path.split('#').next().unwrap_or(path).to_owned())
        .collect()
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
    assert_eq!(citations("see (docs/A.md#some-rule), B.md. and a/notes.md, x.md"), ["docs/A.md#some-rule", "B.md"]);
    assert_eq!(citations("decisions/0001-what.md"), ["decisions/0001-what.md"]);
    assert!(exists("README.md", "docs/RULES.md#loss") && exists("docs/RULES.md", "CONNECTOR.md#rate-limits"));
    assert!(!exists("README.md", "docs/RULES.md#no-such-rule") && !exists("README.md", "PRODUCT.md"));
    assert_eq!(paths_in("see `crates/a.rs` and `other`, `docs/B.md`"), ["crates/a.rs", "docs/B.md"]);
    let used = used_statuses(
        "enum Exit {\n    Failed = 1,\n}\nmatch code {\nErrorCode::NotAConnector\n| ErrorCode::Timeout => Exit::Failed,\n}",
    );
    let table = "## Error codes and exit statuses\n| status | means | codes |\n| 0 | done | |\n| 1 | x | `not_a_connector`, `timeout` |\n## Next\n| 9 | | `x` |";
    assert_eq!(documented_statuses(table), used);
    assert_eq!(error_codes("pub enum ErrorCode {\n    /// A, b,\n    Usage,\n    UrlInvalid,\n}").len(), 2);
}
