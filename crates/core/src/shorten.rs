//! Messages of a bounded length, whatever the names in them: a name may be as long as a file.

/// Longest word that is told whole, in characters: longer than any id, path or URL that a person typed.
const LONGEST_WORD: usize = 200;
/// What is told of a longer one: enough of its beginning to find it, and its end, where paths and ids differ.
const HEAD: usize = 120;
const TAIL: usize = 40;
/// Longest message, in characters.
const LONGEST: usize = 2_000;

/// The text with every long word cut in its middle, and cut itself where it is long all the same.
#[must_use]
pub fn shortened(text: &str) -> String {
    if text.len() <= LONGEST_WORD {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut told = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let length = word.chars().take(LONGEST_WORD + 1).count();
        let word = if length > LONGEST_WORD { cut(word) } else { word.to_owned() };
        told += word.chars().count();
        if told > LONGEST {
            short.push('…');
            break;
        }
        short.push_str(&word);
    }
    short
}

fn cut(word: &str) -> String {
    let head = word.char_indices().nth(HEAD).map_or(word.len(), |(at, _)| at);
    let tail = word.char_indices().rev().nth(TAIL - 1).map_or(0, |(at, _)| at);
    format!("{}…{}", &word[..head], &word[tail..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_as_long_as_a_file_is_cut_and_what_a_person_types_is_not() {
        let message = format!("The key \"{}end\" is unknown. It is left alone.", "ä".repeat(10 << 20));
        let short = shortened(&message);
        assert!(
            short.starts_with("The key \"ääää") && short.ends_with("äend\" is unknown. It is left alone."),
            "{short}"
        );
        assert!(short.chars().count() < 300, "{short}");
        let spaced = shortened(&"a b ".repeat(1 << 20));
        assert!(spaced.chars().count() <= LONGEST + 1 && spaced.ends_with('…'));
        for usual in ["", "Agent my-agent not found.", &"x".repeat(LONGEST_WORD), &"word ".repeat(300)] {
            assert_eq!(shortened(usual), usual);
        }
    }
}
