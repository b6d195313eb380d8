//! What reaches the page is read by people who have no terminal open: no text of the engine names a flag, a variable or a
//! command.

use std::path::{Path, PathBuf};

/// What belongs to the command line, and to nobody else.
fn of_a_terminal(text: &str) -> Option<&'static str> {
    const WORDS: [&str; 4] = ["`aidb", "aidb migrate", "aidb env", "AIDB_"];
    let flag = |start: usize| {
        let before = text[..start].chars().next_back();
        let next = text[start + 2..].chars().next();
        before.is_none_or(|c| c.is_whitespace() || "(`".contains(c)) && next.is_some_and(|c| c.is_ascii_lowercase())
    };
    let short = |start: usize| {
        let (before, rest) = (text[..start].chars().next_back(), &text[start + 1..]);
        let mut rest = rest.chars();
        let (letter, end) = (rest.next(), rest.next());
        before.is_some_and(char::is_whitespace)
            && letter.is_some_and(|c| c.is_ascii_lowercase())
            && end.is_none_or(|c| c.is_whitespace() || ",.".contains(c))
    };
    let word = WORDS.into_iter().find(|word| text.contains(word));
    let flags = || text.match_indices("--").any(|(at, _)| flag(at)).then_some("a flag");
    let shorts = || text.match_indices('-').any(|(at, _)| short(at)).then_some("a short flag");
    word.or_else(flags).or_else(shorts)
}

/// The string literals of Rust source, without those of comments and tests.
fn literals(source: &str) -> Vec<String> {
    let product = source.split("#[cfg(test)]\nmod").next().unwrap_or_default();
    let code = product.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = code.collect::<Vec<_>>().join("\n").replace("'\"'", "' '");
    let mut found = Vec::new();
    let mut rest = code.as_str();
    while let Some(start) = rest.find('"') {
        rest = &rest[start + 1..];
        let mut escaped = false;
        let end = rest.char_indices().find(|(_, c)| {
            let closes = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            closes
        });
        let Some((end, _)) = end else { break };
        found.push(rest[..end].to_owned());
        rest = &rest[end + 1..];
    }
    found
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let tests = path.file_name().is_some_and(|name| name == "tests" || name == "tests.rs" || name == "testing.rs");
        if path.is_dir() && !tests {
            files.extend(sources(&path));
        } else if !tests && path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn no_text_of_the_engine_speaks_the_words_of_a_terminal() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = sources(&root.join("crates/core/src"));
    files.push(root.join("src-tauri/error.rs"));
    files.push(root.join("src-tauri/plan_sessions/error.rs"));
    files.push(root.join("src-tauri/invoke.rs"));
    files.extend(sources(&root.join("src-tauri/commands")));
    let (mut texts, mut broken) = (0, Vec::new());
    for file in files {
        for text in literals(&std::fs::read_to_string(&file).unwrap()) {
            texts += 1;
            broken.extend(of_a_terminal(&text).map(|what| format!("{}: {what} in {text:?}", file.display())));
        }
    }
    assert!(texts > 1000, "only {texts} texts: this test looks for them in the wrong way");
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn the_words_of_a_terminal_are_told_from_others() {
    for text in [
        "Set AIDB_API_KEY.",
        "Add one first: `aidb env add NAME`.",
        "Choose another name, or overwrite it with --force.",
        "allow plain http (--allow-plain-http)",
        "Name the agent with -a, or give it a default.",
    ] {
        assert!(of_a_terminal(text).is_some(), "{text}");
    }
    for text in ["in PEM form (-----BEGIN CERTIFICATE-----)", "gnome-keyring", "aidb API key: Staging", "a - b", "-1 h"]
    {
        assert_eq!(of_a_terminal(text), None, "{text}");
    }
    assert_eq!(literals("let a = \"x \\\" y\"; let c = '\"';\n//! \"no\"\nlet b = \"z\";"), ["x \\\" y", "z"]);
}
