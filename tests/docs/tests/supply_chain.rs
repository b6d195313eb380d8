//! S8, as far as it needs nobody's database: what `Cargo.lock` holds against what `deny.toml` says. The rest is `cargo xtask audit`.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use aidb_test_docs::repository;

fn read(file: &str) -> String {
    std::fs::read_to_string(repository().join(file)).expect("a file of the repository")
}

/// A crate of the lock file: name, version, and where it comes from.
struct Locked {
    name: String,
    version: String,
    source: Option<String>,
}

fn locked() -> Vec<Locked> {
    let field = |block: &str, key: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(&format!("{key} = \"")))?;
        Some(line.trim_end_matches('"').to_owned())
    };
    read("Cargo.lock")
        .split("[[package]]")
        .filter_map(|block| {
            Some(Locked {
                name: field(block, "name")?,
                version: field(block, "version")?,
                source: field(block, "source"),
            })
        })
        .collect()
}

#[test]
fn s8_the_shell_is_one_without_known_faults() {
    let tauri = locked().into_iter().find(|one| one.name == "tauri").expect("the shell");
    let parts: Vec<u32> = tauri.version.split('.').map(|part| part.parse().expect("a number")).collect();
    assert!(parts.as_slice() >= [2, 11, 1].as_slice(), "{}", tauri.version);
    assert!(read("deny.toml").contains("tauri:<2.11.1"));
}

#[test]
fn s8_nothing_comes_from_elsewhere_than_the_registry() {
    let foreign: Vec<String> = locked()
        .into_iter()
        .filter(|one| one.source.as_ref().is_some_and(|source| !source.starts_with("registry+")))
        .map(|one| one.name)
        .collect();
    assert_eq!(foreign, Vec::<String>::new());
}

/// An exception that is not needed any more lets something else through.
#[test]
fn s8_every_exception_names_a_crate_that_is_there() {
    let locked = locked();
    let deny = read("deny.toml");
    let exceptions: Vec<&str> = deny.lines().filter(|line| line.contains("id = \"RUSTSEC-")).collect();
    assert_eq!(exceptions.len(), 12, "eleven that nobody maintains, and one that is unsound");
    for line in exceptions {
        let (_, reason) = line.split_once("reason = \"").expect("a reason");
        let name = reason.split([':', ' ']).next().expect("a name");
        assert!(locked.iter().any(|one| one.name == name), "{name} is gone, and its exception stays: {line}");
    }
    for banned in ["openssl-sys", "native-tls", "keyring-core"] {
        assert!(deny.contains(&format!("crate = \"{banned}\"")), "{banned} is banned");
        assert!(!locked.iter().any(|one| one.name == banned), "{banned} has come in");
    }
}

/// Each copy is compiled, shipped and looked after.
#[test]
fn s8_no_more_crates_come_in_several_versions() {
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in locked() {
        versions.entry(one.name).or_default().push(one.version);
    }
    versions.retain(|_, versions| versions.len() > 1);
    assert!(versions.len() <= MOST_IN_SEVERAL_VERSIONS, "{}: {versions:#?}", versions.len());
}

/// As many as there are: 52 when it was first counted.
const MOST_IN_SEVERAL_VERSIONS: usize = 52;
