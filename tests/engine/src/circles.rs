//! Circles of imports between the modules of a crate, read from its sources.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::code::{code_of, without_tests};

/// Modules by path, `plan::make`, with what each uses of the others. A parent that only passes on what its children have is none.
type Uses = BTreeMap<String, BTreeSet<String>>;

/// Groups of modules that use each other round about, each sorted.
#[must_use]
pub fn circles(sources: &BTreeMap<String, String>) -> Vec<Vec<String>> {
    let uses = uses(sources);
    let reach: BTreeMap<&str, BTreeSet<&str>> =
        uses.keys().map(|module| (module.as_str(), reached(&uses, module))).collect();
    let mut found = BTreeSet::new();
    for (module, reached) in &reach {
        let group: Vec<String> =
            reached.iter().filter(|other| reach[**other].contains(module)).map(|&other| other.to_owned()).collect();
        if group.len() > 1 {
            found.insert(group);
        }
    }
    found.into_iter().collect()
}

/// The path of a module from its file within the crate: `plan/make.rs` is `plan::make`, `plan/mod.rs` is `plan`.
#[must_use]
pub fn module_of(file: &Path) -> String {
    let stem = file.with_extension("");
    let mut parts: Vec<String> = stem.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        parts.pop();
    }
    parts.join("::")
}

fn reached<'u>(uses: &'u Uses, from: &'u str) -> BTreeSet<&'u str> {
    let mut found = BTreeSet::new();
    let mut open = vec![from];
    while let Some(module) = open.pop() {
        for used in uses.get(module).into_iter().flatten() {
            if found.insert(used.as_str()) {
                open.push(used);
            }
        }
    }
    found
}

fn uses(sources: &BTreeMap<String, String>) -> Uses {
    let used = |module: &String, text: &String| -> BTreeSet<String> {
        imports(&code_of(&without_tests(text)))
            .iter()
            .filter_map(|path| nearest(module, path, sources))
            .filter(|other| !other.is_empty() && other != module)
            .collect()
    };
    sources.iter().map(|(module, text)| (module.clone(), used(module, text))).collect()
}

/// The module that an import leads into: the longest beginning of its path that is one.
fn nearest(module: &str, path: &str, sources: &BTreeMap<String, String>) -> Option<String> {
    let mut base: Vec<&str> = module.split("::").filter(|part| !part.is_empty()).collect();
    let mut rest: Vec<&str> = path.split("::").collect();
    match rest.first() {
        Some(&"crate") => {
            base.clear();
            rest.remove(0);
        }
        Some(&"self") => {
            rest.remove(0);
        }
        Some(&"super") => {
            while rest.first() == Some(&"super") {
                base.pop();
                rest.remove(0);
            }
        }
        _ => return None,
    }
    let whole: Vec<&str> = base.into_iter().chain(rest).collect();
    (1..=whole.len()).rev().map(|length| whole[..length].join("::")).find(|path| sources.contains_key(path))
}

/// Every path of every `use`, with braces taken apart.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for statement in code.split(';') {
        let Some((before, path)) = statement.rsplit_once("use ") else { continue };
        let starts = before.trim_end();
        if starts.is_empty() || starts.ends_with(['}', ')', ']', '{']) || starts.ends_with("pub") {
            let path: String = path.chars().filter(|c| !c.is_whitespace()).collect();
            expand("", &path, &mut found);
        }
    }
    found
}

fn expand(before: &str, path: &str, found: &mut Vec<String>) {
    let Some((head, inner)) = path.split_once('{') else {
        found.push(format!("{before}{path}"));
        return;
    };
    let inner = inner.strip_suffix('}').unwrap_or(inner);
    let mut depth = 0;
    let parts = inner.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    for part in parts.filter(|part| !part.is_empty()) {
        expand(&format!("{before}{head}"), part, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(files: &[(&str, &str)]) -> BTreeMap<String, String> {
        files.iter().map(|(module, text)| ((*module).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_circle_is_found_and_a_line_is_none() {
        let line = [("a", "use super::b::X;\n"), ("b", "use crate::c::{self, Y};\n"), ("c", "")];
        assert_eq!(circles(&sources(&line)), Vec::<Vec<String>>::new());
        let circle = [
            ("a", "use super::b::X;\n"),
            ("b", "use crate::{c::{Y, Z}, d};\n"),
            ("c", "pub use super::a::W;\n"),
            ("d", ""),
        ];
        assert_eq!(circles(&sources(&circle)), [["a", "b", "c"]]);
        let only_in_tests =
            [("a", "use super::b::X;\n"), ("b", "#[cfg(test)]\nmod tests {\n    use crate::a::Y;\n}\n")];
        assert_eq!(circles(&sources(&only_in_tests)), Vec::<Vec<String>>::new());
    }

    #[test]
    fn a_file_is_a_module() {
        assert_eq!(module_of(Path::new("plan/make.rs")), "plan::make");
        assert_eq!(module_of(Path::new("plan/mod.rs")), "plan");
        assert_eq!(module_of(Path::new("lib.rs")), "");
    }
}
