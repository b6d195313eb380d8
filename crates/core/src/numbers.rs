//! How a count is written for people: "1,202". Sentences of the engine, of the window and of the terminal all write it this way;
//! what a program reads is no sentence, and lines, ports and ids are no counts.

use std::fmt::Display;

/// A whole number in groups of three digits: "1,202".
#[must_use]
pub fn grouped(number: impl Display) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// That many of a thing whose plural is regular: "1 change", "1,202 changes", "2 entries".
#[must_use]
pub fn counted(count: usize, thing: &str) -> String {
    let many = thing.strip_suffix('y').map_or_else(|| format!("{thing}s"), |stem| format!("{stem}ies"));
    counted_as(count, thing, &many)
}

/// That many of something, in the words for one and for several: "1 item is", "2 items are".
#[must_use]
pub fn counted_as(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{} {many}", grouped(count)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups_of_three() {
        for (number, text) in [
            (0, "0"),
            (7, "7"),
            (999, "999"),
            (1_000, "1,000"),
            (12_345, "12,345"),
            (123_456, "123,456"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn one_is_one_and_everything_else_is_several() {
        assert_eq!([0, 1, 1_221].map(|count| counted(count, "change")), ["0 changes", "1 change", "1,221 changes"]);
        assert_eq!([0, 1, 2].map(|count| counted(count, "entry")), ["0 entries", "1 entry", "2 entries"]);
        assert_eq!([1, 2].map(|count| counted_as(count, "item is", "items are")), ["1 item is", "2 items are"]);
    }
}
