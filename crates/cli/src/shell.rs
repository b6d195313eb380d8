//! Words as a shell takes them.

use aidb_core::config::display_text;

/// A word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'));
    if plain { word.into() } else { display_text(&format!("'{}'", word.replace('\'', r"'\''"))) }
}
