//! What a text says once its writing is undone: percent, entities, escapes, hexadecimal, Base64, characters that nobody sees.

use percent_encoding::percent_decode_str;

use super::shape;
use crate::config::is_treacherous;

/// Longer texts are not read in another writing: none of a secret's is.
const LONGEST: usize = 64 * 1024;

/// Every reading that differs from the text itself.
pub(super) fn readings(text: &str) -> Vec<String> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    let percent = || {
        text.contains('%').then(|| percent_decode_str(text).decode_utf8().ok().map(|text| text.into_owned())).flatten()
    };
    let entities = || text.contains('&').then(|| replaced(text, '&', entity));
    let escapes = || text.contains('\\').then(|| replaced(text, '\\', escape));
    let seen = || {
        let hides = text.bytes().any(|byte| byte > 127) && text.chars().any(is_treacherous);
        hides.then(|| text.chars().filter(|c| !is_treacherous(*c)).collect::<String>())
    };
    [shape::decode_text(text), percent(), entities(), escapes(), seen(), hexadecimal(text)]
        .into_iter()
        .flatten()
        .filter(|reading| reading != text)
        .collect()
}

/// Replaces what begins with `sign` by what `read` makes of it: a character and how many bytes it took.
fn replaced(text: &str, sign: char, read: fn(&str) -> Option<(char, usize)>) -> String {
    let mut reading = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(sign) {
        reading.push_str(&rest[..at]);
        match read(&rest[at..]) {
            Some((character, length)) => {
                reading.push(character);
                rest = &rest[at + length..];
            }
            None => {
                reading.push(sign);
                rest = &rest[at + sign.len_utf8()..];
            }
        }
    }
    reading + rest
}

/// `&#64;`, `&#x40;` and the names of what stands in URLs.
fn entity(text: &str) -> Option<(char, usize)> {
    const NAMED: [(&str, char); 9] = [
        ("amp", '&'),
        ("colon", ':'),
        ("sol", '/'),
        ("commat", '@'),
        ("equals", '='),
        ("quot", '"'),
        ("apos", '\''),
        ("period", '.'),
        ("quest", '?'),
    ];
    let end = text.char_indices().take(12).find(|(_, c)| *c == ';')?.0;
    let name = &text[1..end];
    let number = name.strip_prefix('#').and_then(|number| match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => number.parse().ok(),
    });
    let character = match number {
        Some(number) => char::from_u32(number)?,
        None => NAMED.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((character, end + 1))
}

/// `\\x40` and `\\u0040`.
fn escape(text: &str) -> Option<(char, usize)> {
    let digits = match text.as_bytes().get(1)? {
        b'x' => 2,
        b'u' => 4,
        _ => return None,
    };
    let number = u32::from_str_radix(text.get(2..2 + digits)?, 16).ok()?;
    Some((char::from_u32(number)?, 2 + digits))
}

/// Hexadecimal digits, with or without spaces, colons and `0x`, that are a text.
fn hexadecimal(text: &str) -> Option<String> {
    const SHORTEST: usize = 24;
    let digits: String = text.trim().trim_start_matches("0x").chars().filter(|c| !matches!(c, ' ' | ':')).collect();
    if digits.len() < SHORTEST
        || !digits.len().is_multiple_of(2)
        || !digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return None;
    }
    let bytes: Option<Vec<u8>> =
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect();
    let decoded = String::from_utf8(bytes?).ok()?;
    decoded.chars().all(|c| !c.is_control() || c.is_whitespace()).then_some(decoded)
}
