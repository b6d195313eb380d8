//! Text from files and servers, made safe to show: on a terminal, in a log, in a sentence.
//!
//! An id may hold anything: an ANSI escape that clears the screen, a bidi override that turns a word around, a
//! zero-width space that makes two ids look the same. What a person reads has to be what is there.

use std::fmt::Write as _;

/// `text` with every character that is invisible, or moves the others, written as `\u{…}`.
#[must_use]
pub fn display_text(text: &str) -> String {
    display_text_limited(text, usize::MAX)
}

/// Like [`display_text`], and cut after `max_chars` characters of `text`, with `…` where something was cut off.
#[must_use]
pub fn display_text_limited(text: &str, max_chars: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(max_chars.saturating_mul(4)));
    for (count, character) in text.chars().enumerate() {
        if count == max_chars {
            shown.push('…');
            break;
        }
        push_shown(&mut shown, character);
    }
    shown
}

fn push_shown(shown: &mut String, character: char) {
    if is_treacherous(character) {
        // Writing into a String cannot fail.
        let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
    } else {
        shown.push(character);
    }
}

/// A JSON document in which such characters are escaped as JSON has it. Its values stay the same.
#[must_use]
pub fn escaped_json(document: &str) -> String {
    let mut escaped = String::with_capacity(document.len());
    for character in document.chars() {
        // The serialiser has escaped what JSON itself refuses; what is left of those is the layout.
        if is_treacherous(character) && !matches!(character, '\n' | '\t' | '\r') {
            push_json_escape(&mut escaped, character);
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// `\uXXXX`, twice for what needs two units of UTF-16.
pub(super) fn push_json_escape(text: &mut String, character: char) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        // Writing into a String cannot fail.
        let _ = write!(text, "\\u{unit:04x}");
    }
}

/// Characters that are invisible, or change how others are shown. The configuration writer escapes them too.
#[must_use]
pub fn is_treacherous(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            // Zero-width characters, bidi marks, line and paragraph separators, bidi embeddings and overrides.
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            // Invisible operators, bidi isolates, deprecated format characters.
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            // Musical controls, tags, variation selectors that carry hidden text.
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_moves_or_hides_text() {
        assert_eq!(display_text("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(display_text("\u{202e}txt"), "\\u{202e}txt");
        assert_eq!(display_text("a\u{200b}b\u{2066}c\u{feff}"), "a\\u{200b}b\\u{2066}c\\u{feff}");
        assert_eq!(display_text("line\r\n\ttab\u{9b}"), "line\\u{d}\\u{a}\\u{9}tab\\u{9b}");
        assert_eq!(display_text("tag\u{e0041}"), "tag\\u{e0041}");
    }

    #[test]
    fn s6_json_holds_no_treacherous_character_and_the_same_values() {
        let every: String = (0..=0x10_ffff).filter_map(char::from_u32).filter(|c| is_treacherous(*c)).collect();
        let value = serde_json::json!({ "key\u{202e}": [format!("a{every}b"), "Ünïcode 🦀 \\ \""] });
        for document in [format!("{value:#}\n"), value.to_string()] {
            let escaped = escaped_json(&document);
            assert!(!escaped.contains(|c: char| is_treacherous(c) && c != '\n'), "{escaped:?}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).unwrap(), value);
            assert!(escaped.contains("Ünïcode 🦀"), "what is seen stays as it is");
        }
    }

    #[test]
    fn leaves_ordinary_text_of_any_language() {
        for text in ["customers", "Kundenübersicht", "顧客", "заказы", "العملاء", "🦀", "a\"b\\c"] {
            assert_eq!(display_text(text), text);
        }
    }

    #[test]
    fn cuts_by_characters_and_says_so() {
        assert_eq!(display_text_limited("顧客データ", 2), "顧客…");
        assert_eq!(display_text_limited("顧客", 2), "顧客");
        assert_eq!(display_text_limited("\u{1b}\u{1b}\u{1b}", 1), "\\u{1b}…");
    }
}
