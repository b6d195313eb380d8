//! Puts real outputs into a document in place of those that are no longer true.

use regex::{Captures, Regex};

use crate::session::{Settings, Typed};

/// What is different every time: a backup's id, a time, the home folder, a key's file.
const DIFFERENT_EVERY_TIME: &[&str] = &[
    r"\bbk-([0-9a-z]{8})\b",
    r"\b(20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?)",
    r"/keys/([^ ,]+)",
    r#""fingerprint": "([0-9a-f]{64})""#,
];

/// `text` with the output of every command that came out differently. Lines left out with `...` are written out again:
/// what may be left out of a new output is for a person to say.
///
/// # Errors
/// Never, unless a pattern of this file is broken.
pub fn rewritten(text: &str, typed: &Typed, settings: &Settings) -> Result<String, regex::Error> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for mismatch in typed.mismatches.iter().rev() {
        let Some(real) = &mismatch.real else { continue };
        let first = mismatch.step.line - 1 + mismatch.step.typed.lines().count();
        let real = documented(real, typed, settings)?;
        lines.splice(
            first..first + mismatch.step.output.len(),
            real.trim_end().lines().map(|line| line.trim_end().to_owned()),
        );
    }
    Ok(lines.join("\n") + "\n")
}

fn documented(real: &str, typed: &Typed, settings: &Settings) -> Result<String, regex::Error> {
    let mut text = real.replace(&typed.home.display().to_string(), "[..]");
    for nth in 0..3 {
        text = text.replace(&(typed.first_port + nth).to_string(), &(settings.documented_port + nth).to_string());
    }
    for pattern in DIFFERENT_EVERY_TIME {
        let blank = |found: &Captures<'_>| found[0].replace(&found[1], "[..]");
        text = Regex::new(pattern)?.replace_all(&text, blank).into_owned();
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::session::type_document;

    #[test]
    fn only_what_changed_is_written_anew_and_then_it_matches() {
        let settings = Settings { programs: PathBuf::from("/bin"), variables: Vec::new(), documented_port: 7101 };
        let text = "# T\n```console\n$ echo one\none\n$ echo bk-0123abcd \\\n> and 2026-11-22 17:00:01\nold\nlines\n$ echo 7102\n...\n```\nEnd.\n";
        let typed = type_document(text, &settings).unwrap();
        assert_eq!(typed.mismatches.len(), 1);
        let new = rewritten(text, &typed, &settings).unwrap();
        assert!(new.contains("> and 2026-11-22 17:00:01\nbk-[..] and [..]\n$ echo 7102\n...\n"), "{new}");
        assert!(type_document(&new, &settings).unwrap().mismatches.is_empty());
    }
}
