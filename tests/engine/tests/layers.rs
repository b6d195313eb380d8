//! The house rules of docs/ARCHITECTURE.md, read from the sources: lower layers never import higher ones, the engine
//! neither talks to a person nor reads the environment, and dependencies between packages go one way.
//!
//! Each rule is a function from text to the list of what breaks it, so that each can be shown to fail (see `bad samples`
//! at the end).

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use aidb_test_engine::circles::{circles, module_of};
use aidb_test_engine::code::{code_of, without_tests};
use serde_json::Value;

/// The engine's layers, lowest first: a layer may use those before it.
const LAYERS: &[&str] = &[
    "numbers",
    "shorten",
    "text_enum",
    "error",
    "progress",
    "disk",
    "config",
    "files",
    "vault",
    "connector",
    "store",
    "plan",
    "apply",
    "operations",
];

/// What a library that never prints, prompts or reads the environment has no use for.
const NOT_IN_THE_ENGINE: &[&str] = &[
    "std::env",
    "io::stdin",
    "io::stdout",
    "io::stderr",
    "println!",
    "print!",
    "eprintln!",
    "eprint!",
    "dbg!",
    "clippy::print_stdout",
    "clippy::print_stderr",
    "clippy::disallowed_methods",
    "process::exit",
];

/// `config` and `plan` turn values into values.
const NO_IO: &[&str] =
    &["std::fs", "std::net", "std::process", "tokio::", "reqwest::", "sqlx::", "SystemTime::now", "Utc::now"];

#[test]
fn lower_layers_never_import_higher_ones() {
    let mut broken = Vec::new();
    for source in engine_sources() {
        broken.extend(upward_imports(&source.path, &source.text));
    }
    assert_eq!(broken, Vec::<String>::new(), "order, lowest first: {LAYERS:?}");
}

#[test]
fn every_module_of_the_engine_has_its_layer() {
    let unknown: Vec<String> = engine_sources()
        .iter()
        .map(|source| layer_of(&source.path))
        .filter(|layer| layer != "lib" && !LAYERS.contains(&layer.as_str()))
        .collect();
    assert_eq!(unknown, Vec::<String>::new(), "a new module needs its place in LAYERS");
}

#[test]
fn the_engine_neither_talks_to_a_person_nor_reads_the_environment() {
    let mut broken = Vec::new();
    for source in &engine_sources() {
        broken.extend(uses_of(NOT_IN_THE_ENGINE, &source.path, &product_code(source)));
    }
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn config_and_plan_do_no_input_or_output() {
    let mut broken = Vec::new();
    for source in &engine_sources() {
        if ["config", "plan"].contains(&layer_of(&source.path).as_str()) {
            broken.extend(uses_of(NO_IO, &source.path, &product_code(source)));
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn the_lints_that_guard_the_engine_are_on() {
    let manifest = read("Cargo.toml");
    for lint in ["print_stdout", "print_stderr", "disallowed_methods", "unwrap_used", "todo"] {
        assert!(manifest.contains(&format!("\n{lint} = \"deny\"")), "{lint} is denied in the workspace");
    }
    let clippy = read("clippy.toml");
    for method in ["std::env::var", "std::env::var_os", "std::env::vars"] {
        assert!(clippy.contains(&format!("path = \"{method}\"")), "{method} is a disallowed method");
    }
    for package in packages().values() {
        let manifest = std::fs::read_to_string(&package.manifest).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{} takes the workspace's lints", package.manifest);
    }
}

/// Circles that are there. A new one is dissolved, and this list only gets shorter.
const CIRCLES: &[(&str, &[&str])] = &[
    // A failure says how far its request came, in the words of the error that holds it.
    ("crates/core/src", &["connector::error", "connector::failure"]),
    // Rows of one store that name each other's ids.
    (
        "crates/core/src",
        &[
            "store::backup_row",
            "store::backups",
            "store::content",
            "store::environments",
            "store::operations",
            "store::profile_changes",
            "store::server_ref",
        ],
    ),
    // What all requests share holds what each of them is told by.
    ("crates/sandbox/src", &["faults", "shared", "traffic"]),
];

#[test]
fn modules_import_each_other_in_no_circle_but_these() {
    let mut found = Vec::new();
    for krate in ["crates/core/src", "crates/cli/src", "crates/sandbox/src", "src-tauri", "xtask/src"] {
        let root = repository().join(krate);
        let mut sources = BTreeMap::new();
        for path in rust_files(&root) {
            let file = path.strip_prefix(&root).unwrap();
            let text = file.to_string_lossy();
            // Tests, and what only they are built with.
            let test = ["tests", "recording", "testing", "hostile", "asking", "build.rs", "typescript"];
            if !test.iter().any(|name| text.contains(name)) {
                sources.insert(module_of(file), std::fs::read_to_string(&path).unwrap());
            }
        }
        found.extend(circles(&sources).into_iter().map(|circle| (krate.to_owned(), circle)));
    }
    let known: Vec<(String, Vec<String>)> = CIRCLES
        .iter()
        .map(|(krate, circle)| ((*krate).to_owned(), circle.iter().map(|&module| module.to_owned()).collect()))
        .collect();
    let new: Vec<_> = found.iter().filter(|circle| !known.contains(circle)).collect();
    assert!(new.is_empty(), "{new:#?}");
    let gone: Vec<_> = known.iter().filter(|circle| !found.contains(circle)).collect();
    assert!(gone.is_empty(), "these are dissolved, and leave the list: {gone:#?}");
}

#[test]
fn no_feature_builds_an_aidb_without_its_safety() {
    for package in ["crates/core", "crates/cli", "."] {
        let manifest = read(&format!("{package}/Cargo.toml"));
        assert!(!manifest.contains("leave-out"), "{package}");
    }
    let mut named = Vec::new();
    for source in engine_sources() {
        // But how a type is written for the page, which changes nothing that it does.
        let text = source.text.replace(r#"#[cfg_attr(feature = "typescript", "#, "");
        if code_of(&text).contains("feature = ") {
            named.push(source.path);
        }
    }
    assert_eq!(named, Vec::<String>::new(), "what the engine does hangs on no feature");
}

#[test]
fn dependencies_between_packages_go_one_way() {
    assert_eq!(wrong_arrows(&packages()), Vec::<String>::new());
}

#[test]
fn nothing_outside_src_tauri_names_tauri() {
    let mut broken = Vec::new();
    for folder in ["crates", "tests", "xtask"] {
        for path in rust_files(&repository().join(folder)) {
            // This file has to name what it looks for, and an empty window is what the window's figures stand beside.
            let named = ["tests/engine/tests/layers.rs", "tests/empty-window/main.rs", "tests/empty-window/build.rs"];
            if !named.iter().any(|file| path.ends_with(file)) {
                broken.extend(uses_of(&["tauri::", "use tauri"], &path, &std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

/// Everything else of the page asks `ui/src/host`, so that it runs in a plain browser and knows no shell.
#[test]
fn only_the_pages_host_imports_the_shell() {
    let root = repository().join("ui/src");
    let sources = files_that_end_in(&root, &["ts", "js", "svelte"]);
    assert!(sources.len() > 50, "the page's sources are where this test looks: {} files", sources.len());
    let mut broken = Vec::new();
    for path in sources {
        let inside = path.strip_prefix(&root).unwrap().to_owned();
        broken.extend(shell_in_page(&inside, &std::fs::read_to_string(&path).unwrap()));
    }
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn nothing_names_the_crate_of_the_window() {
    let mut broken = Vec::new();
    for folder in ["crates", "tests", "xtask"] {
        for path in rust_files(&repository().join(folder)) {
            broken.extend(uses_of(&["aidb_desktop"], &path, &std::fs::read_to_string(&path).unwrap()));
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

// ---- reading the repository ----

struct Source {
    /// Relative to crates/core/src.
    path: PathBuf,
    text: String,
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

fn read(file: &str) -> String {
    std::fs::read_to_string(repository().join(file)).unwrap()
}

fn engine_sources() -> Vec<Source> {
    let root = repository().join("crates/core/src");
    let sources: Vec<Source> = rust_files(&root)
        .into_iter()
        .map(|path| Source {
            text: std::fs::read_to_string(&path).unwrap(),
            path: path.strip_prefix(&root).unwrap().to_owned(),
        })
        .collect();
    assert!(sources.len() > 20, "the engine's sources are where this test looks: {} files", sources.len());
    sources
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    files_that_end_in(folder, &["rs"])
}

fn files_that_end_in(folder: &Path, ends: &[&str]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_that_end_in(&path, ends));
        } else if path.extension().and_then(std::ffi::OsStr::to_str).is_some_and(|end| ends.contains(&end)) {
            files.push(path);
        }
    }
    files.sort();
    files
}

// ---- the rule about layers ----

/// `plan/make.rs` and `plan.rs` belong to the layer `plan`.
fn layer_of(path: &Path) -> String {
    let first = path.components().next().unwrap().as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

fn rank(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|known| *known == layer)
}

/// Every use of a layer from a lower one.
fn upward_imports(path: &Path, text: &str) -> Vec<String> {
    let layer = layer_of(path);
    let Some(own) = rank(&layer) else { return Vec::new() };
    let named = layers_named(path, &code_of(text));
    let higher = named.into_iter().filter(|name| rank(name).is_some_and(|rank| rank > own));
    higher.map(|name| format!("{}: {layer} is below {name}, and uses it", path.display())).collect()
}

/// The first segments of all paths that start at the root of the crate: `crate::x`, `crate::{x, y::z}`, and as many
/// `super::` as lead there.
fn layers_named(path: &Path, code: &str) -> Vec<String> {
    let mut roots = vec!["crate::".to_owned(), "super::".repeat(depth_of(path))];
    if path.file_name().is_some_and(|name| name != "mod.rs") {
        // From within an inline module of the file it is one more.
        roots.push("super::".repeat(depth_of(path) + 1));
    }
    let dense: String = code.split_whitespace().collect::<Vec<_>>().join(" ").replace(":: ", "::").replace(" ::", "::");
    let mut named = Vec::new();
    for root in roots {
        for (at, _) in dense.match_indices(&root) {
            let before = dense[..at].chars().next_back();
            if before.is_none_or(|before| !before.is_alphanumeric() && !"_:$".contains(before)) {
                named.extend(first_segments(&dense[at + root.len()..]));
            }
        }
    }
    named.sort();
    named.dedup();
    named
}

/// How many modules lie between the root of the crate and what a file holds.
fn depth_of(path: &Path) -> usize {
    let file = path.file_name().unwrap();
    path.components().count() - usize::from(file == "mod.rs")
}

/// `x::y` gives x; `{x, y::{a, b}, z}` gives x, y, z.
fn first_segments(rest: &str) -> Vec<String> {
    let identifier =
        |text: &str| -> String { text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    if !rest.starts_with('{') {
        return vec![identifier(rest)];
    }
    let mut segments = Vec::new();
    let (mut nesting, mut start) = (0, 1);
    for (at, c) in rest.char_indices() {
        match c {
            '{' => nesting += 1,
            '}' => nesting -= 1,
            _ => {}
        }
        if (c == ',' && nesting == 1) || nesting == 0 {
            segments.push(identifier(&rest[start..at]));
            start = at + 1;
        }
        if nesting == 0 {
            break;
        }
    }
    segments.retain(|segment| !segment.is_empty());
    segments
}

// ---- the rules about words ----

fn uses_of(words: &[&str], path: &Path, text: &str) -> Vec<String> {
    let code = code_of(text);
    let mut found = Vec::new();
    for word in words {
        let whole = code.match_indices(word).any(|(at, _)| {
            !code[..at].chars().next_back().is_some_and(|before| before.is_alphanumeric() || before == '_')
        });
        if whole {
            found.push(format!("{}: {word}", path.display()));
        }
    }
    found
}

/// What of a file is built into the engine: nothing of one that only tests use.
fn product_code(source: &Source) -> String {
    let only_tests = source.path.iter().any(|part| part == "tests" || part == "tests.rs");
    if only_tests { String::new() } else { without_tests(&source.text) }
}

/// Where a file of the page names the shell, though it is not the host.
fn shell_in_page(inside: &Path, text: &str) -> Option<String> {
    let names = text.contains("@tauri-apps") || text.contains("__TAURI");
    (names && !inside.starts_with("host")).then(|| format!("{} names the shell", inside.display()))
}

// ---- the rule about packages ----

struct Package {
    manifest: String,
    /// Name and kind (`normal`, `dev`, `build`).
    dependencies: Vec<(String, String)>,
}

fn packages() -> BTreeMap<String, Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    packages_of(&serde_json::from_slice(&output.stdout).unwrap())
}

fn packages_of(metadata: &Value) -> BTreeMap<String, Package> {
    let text = |value: &Value| value.as_str().unwrap_or("normal").to_owned();
    let package = |package: &Value| {
        let dependencies = package["dependencies"].as_array().unwrap();
        Package {
            manifest: text(&package["manifest_path"]),
            dependencies: dependencies.iter().map(|one| (text(&one["name"]), text(&one["kind"]))).collect(),
        }
    };
    metadata["packages"].as_array().unwrap().iter().map(|one| (text(&one["name"]), package(one))).collect()
}

/// Every dependency that goes against an arrow of docs/ARCHITECTURE.md.
fn wrong_arrows(packages: &BTreeMap<String, Package>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, package) in packages {
        for (dependency, kind) in &package.dependencies {
            if let Some(reason) = forbidden(name, dependency, kind) {
                wrong.push(format!("{name} → {dependency}: {reason}"));
            }
        }
    }
    wrong
}

fn forbidden(package: &str, dependency: &str, kind: &str) -> Option<&'static str> {
    const TERMINAL: &[&str] =
        &["clap", "clap_complete", "clap_mangen", "indicatif", "anstream", "anstyle", "rpassword", "miette"];
    let shell = dependency == "tauri" || dependency.starts_with("tauri-") || dependency == "rfd";
    match (package, dependency) {
        (_, "aidb-cli") => Some("nothing depends on the command line; tests start its program"),
        (_, "aidb-desktop") => Some("nothing imports the window"),
        ("aidb-desktop", "aidb-core" | "aidb-sandbox") => None,
        ("aidb-desktop", "aidb-testkit") if kind == "dev" => None,
        ("aidb-desktop", own) if own.starts_with("aidb-") => {
            Some("the window builds on the engine and the sandbox alone")
        }
        ("aidb-desktop", _) => None,
        ("aidb-empty-window", "tauri" | "tauri-build") => None,
        _ if shell => Some("only src-tauri may name the shell"),
        ("aidb-core", _) if TERMINAL.contains(&dependency) => Some("the engine knows no terminal"),
        ("aidb-core", "aidb-sandbox" | "aidb-testkit") => Some("the engine knows no sandbox"),
        ("aidb-core", "directories") => Some("where the data lives is decided by the front end"),
        ("aidb-sandbox", "aidb-core") => Some("a mistake of the engine about the wire must not hide in the sandbox"),
        ("aidb-cli" | "aidb-sandbox", "aidb-testkit") if kind != "dev" => Some("the test kit is for tests"),
        _ => None,
    }
}

// ---- bad samples: each rule is able to fail ----

#[test]
fn bad_samples_of_imports_are_found() {
    for (file, text) in [
        ("config/read.rs", "use crate::plan::Plan;"),
        ("config/read.rs", "use crate::{error::Explain, store::Store};"),
        ("store/mod.rs", "use crate::{\n    config::AgentId,\n    plan::{Plan, Change},\n};"),
        ("plan/make.rs", "fn f() -> crate :: apply::Outcome { loop {} }"),
        ("files.rs", "mod tests { use super::super::store::Store; }"),
        ("connector/mod.rs", "use super::operations::Engine;"),
        ("vault/file.rs", "use super::super::connector::Session;"),
        ("error.rs", "use crate::config::AgentId; // and `crate::error`"),
        ("progress.rs", "#[cfg(test)] mod tests { use crate::apply::Apply; }"),
    ] {
        assert_eq!(upward_imports(Path::new(file), text).len(), 1, "{file}: {text}");
    }
}

#[test]
fn good_samples_of_imports_are_left_alone() {
    for (file, text) in [
        ("operations/import.rs", "use crate::{apply::Apply, plan::{self, Plan}};"),
        ("plan/make.rs", "//! See [`crate::apply`].\nuse super::Change; // crate::apply\nuse crate::config::AgentId;"),
        ("plan/mod.rs", "const TEXT: &str = \"crate::apply\"; const RAW: &str = r#\"crate::apply \"quoted\" \"#;"),
        ("store/mod.rs", "fn f<'a>(x: &'a str) -> char { '\"' } /* crate::plan */ use crate::config::AgentState;"),
        ("store/rows.rs", "use super::plan_column; use my_crate::plan::Plan;"),
    ] {
        assert_eq!(upward_imports(Path::new(file), text), Vec::<String>::new(), "{file}: {text}");
    }
}

#[test]
fn bad_samples_of_words_are_found_and_tests_are_left_alone() {
    let path = Path::new("vault/file.rs");
    for text in ["let home = std::env::var(\"HOME\");", "println!(\"{key}\");", "#[allow(clippy::print_stdout)]"] {
        assert_eq!(uses_of(NOT_IN_THE_ENGINE, path, &without_tests(text)).len(), 1, "{text}");
    }
    let tests =
        "fn f() {}\n#[cfg(test)]\nmod tests {\n    fn g() { println!(\"{}\", std::env::temp_dir()); }\n}\nfn h() {}\n";
    assert_eq!(uses_of(NOT_IN_THE_ENGINE, path, &without_tests(tests)), Vec::<String>::new());
    assert!(without_tests(tests).contains("fn h()"), "what follows the tests is still looked at");
    let after = "#[cfg(test)]\nmod tests;\nfn f() { eprintln!(); }";
    assert_eq!(uses_of(NOT_IN_THE_ENGINE, path, &without_tests(after)).len(), 1);
    assert_eq!(uses_of(NO_IO, Path::new("plan/make.rs"), "let text = std::fs::read(path);").len(), 1);
}

#[test]
fn bad_samples_of_arrows_are_found() {
    let sample = serde_json::json!({"packages": [
        {"name": "aidb-core", "manifest_path": "core", "dependencies": [
            {"name": "clap", "kind": null}, {"name": "serde", "kind": null}, {"name": "tauri", "kind": "build"}]},
        {"name": "aidb-sandbox", "manifest_path": "sandbox", "dependencies": [{"name": "aidb-core", "kind": "dev"}]},
        {"name": "aidb-test-cli", "manifest_path": "tests", "dependencies": [{"name": "aidb-cli", "kind": "dev"}]},
        {"name": "aidb-cli", "manifest_path": "cli", "dependencies": [
            {"name": "aidb-core", "kind": null}, {"name": "aidb-testkit", "kind": null}, {"name": "tauri-build", "kind": null}]},
        {"name": "aidb-desktop", "manifest_path": "src-tauri", "dependencies": [
            {"name": "aidb-core", "kind": null}, {"name": "tauri", "kind": null}, {"name": "aidb-bench", "kind": "dev"}]},
        {"name": "aidb-empty-window", "manifest_path": "tests/empty-window", "dependencies": [
            {"name": "tauri", "kind": null}, {"name": "rfd", "kind": null}]},
        {"name": "aidb-test-desktop", "manifest_path": "tests/desktop", "dependencies": [
            {"name": "aidb-desktop", "kind": null}, {"name": "aidb-core", "kind": null}]},
    ]});
    let wrong = wrong_arrows(&packages_of(&sample));
    let arrows: Vec<&str> = wrong.iter().filter_map(|text| text.split(':').next()).collect();
    let expected = [
        "aidb-cli → aidb-testkit",
        "aidb-cli → tauri-build",
        "aidb-core → clap",
        "aidb-core → tauri",
        "aidb-desktop → aidb-bench",
        "aidb-empty-window → rfd",
        "aidb-sandbox → aidb-core",
        "aidb-test-cli → aidb-cli",
        "aidb-test-desktop → aidb-desktop",
    ];
    assert_eq!(arrows, expected);
}

#[test]
fn bad_samples_of_the_page_are_found() {
    let import = "import { invoke } from \"@tauri-apps/api/core\";";
    for inside in ["main.ts", "domains/promote/Plan.svelte", "hosts/other.ts"] {
        assert!(shell_in_page(Path::new(inside), import).is_some(), "{inside}");
    }
    assert!(shell_in_page(Path::new("state/start.ts"), "window.__TAURI_INTERNALS__.invoke()").is_some());
    assert_eq!(shell_in_page(Path::new("host/tauri.ts"), import), None);
    assert_eq!(shell_in_page(Path::new("main.ts"), "import { tauriHost } from \"./host/tauri\";"), None);
}
