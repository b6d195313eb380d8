//! Comparing JSON values by value, not by spelling, and telling what is no value: one place for every comparison of what two sides
//! say about an agent.
//!
//! Servers are written in many languages, and each writes down again what it was sent in its own way: `1e3` comes back as `1000.0`
//! or `1000`, a member that is `null` may not come back at all. Whole numbers are compared digit by digit, however large they are;
//! a number with a fraction counts as the nearest double, which is all that a server keeps of it.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

/// The longest whole number that is written out in digits; a longer one is written with an exponent.
const MOST_DIGITS: i64 = 40;

/// Whether two values are the same: numbers by value, objects without regard to order and to members that are `null`.
#[must_use]
pub fn same_value(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || canonical_number(one) == canonical_number(other),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_value(one, other))
        }
        (Value::Object(one), Value::Object(other)) => same_members(one, other),
        _ => one == other,
    }
}

/// Whether two objects are the same. A member that is `null` is as good as none.
#[must_use]
pub fn same_members(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    let said = |map: &Map<String, Value>| map.values().filter(|value| !value.is_null()).count();
    let same =
        |(key, value): (&String, &Value)| value.is_null() || other.get(key).is_some_and(|it| same_value(value, it));
    said(one) == said(other) && one.iter().all(same)
}

/// The one spelling of all objects that are the same: for hashing.
#[must_use]
pub fn canonical_members(map: &Map<String, Value>) -> Map<String, Value> {
    let mut members: Vec<(&String, &Value)> = map.iter().filter(|(_, value)| !value.is_null()).collect();
    members.sort_unstable_by_key(|(key, _)| *key);
    members.into_iter().map(|(key, value)| (key.clone(), canonical(value))).collect()
}

fn canonical(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::Number(Number::from_string_unchecked(canonical_number(number))),
        Value::Array(items) => Value::Array(items.iter().map(canonical).collect()),
        Value::Object(map) => Value::Object(canonical_members(map)),
        simple => simple.clone(),
    }
}

/// The one spelling of all numbers that are the same.
fn canonical_number(number: &Number) -> String {
    let text = number.to_string();
    let Some(exact) = Decimal::parse(&text) else { return text };
    if exact.is_whole() {
        return exact.written();
    }
    let nearest = text.parse::<f64>().ok().filter(|nearest| nearest.is_normal());
    // What no double comes near to stays as exact as it is.
    nearest.and_then(|nearest| Decimal::parse(&format!("{nearest:e}"))).unwrap_or(exact).written()
}

/// A decimal number: the digits, without zeros at either end, times a power of ten.
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// Reads a number of JSON. `None` for an exponent that no machine counts to.
    fn parse(text: &str) -> Option<Self> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent = exponent.strip_prefix('+').unwrap_or(exponent).parse::<i64>().ok()?;
        let all = format!("{whole}{fraction}");
        let digits = all.trim_end_matches('0');
        let zeros = i64::try_from(all.len() - digits.len()).ok()?;
        let exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?.checked_add(zeros)?;
        let digits = digits.trim_start_matches('0').to_owned();
        // There is one zero, whatever its sign and its exponent.
        Some(if digits.is_empty() {
            Self { negative: false, digits, exponent: 0 }
        } else {
            Self { negative, digits, exponent }
        })
    }

    fn is_whole(&self) -> bool {
        self.exponent >= 0
    }

    fn written(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        let digits = if self.digits.is_empty() { "0" } else { &self.digits };
        let length = i64::try_from(digits.len()).unwrap_or(i64::MAX);
        let point = length.saturating_add(self.exponent);
        match self.exponent {
            0.. if point <= MOST_DIGITS => {
                format!("{sign}{digits}{}", "0".repeat(usize::try_from(self.exponent).unwrap_or(0)))
            }
            i64::MIN..0 if point > 0 => {
                let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
                format!("{sign}{whole}.{fraction}")
            }
            i64::MIN..0 if point > -MOST_DIGITS => {
                format!("{sign}0.{}{digits}", "0".repeat(usize::try_from(-point).unwrap_or(0)))
            }
            exponent => format!("{sign}{digits}e{exponent}"),
        }
    }
}

/// Name of a masked value where it is told what stayed behind.
pub const MASKED: &str = "masked by the server";

/// Whether a text stands where a server did not show the value: `***`, or a text without spaces of which part is starred out, as in
/// `sk-****1234` and `postgresql://app:***@db/shop`.
#[must_use]
pub fn is_mask(text: &str) -> bool {
    const WORDS: [&str; 6] = ["redacted", "masked", "hidden", "filtered", "secret hidden", "value hidden"];
    let text = text.trim();
    let starred = ["***", "•••", "●●●", "███"].iter().any(|mask| text.contains(mask));
    let bare = text.strip_prefix(['[', '<', '(']).and_then(|text| text.strip_suffix([']', '>', ')']));
    let word = bare.is_some_and(|bare| WORDS.contains(&bare.to_lowercase().as_str()));
    word || starred && !text.contains(char::is_whitespace)
}

/// Whether a value is a mask, or holds one.
#[must_use]
pub fn holds_mask(value: &Value) -> bool {
    match value {
        Value::String(text) => is_mask(text),
        Value::Array(items) => items.iter().any(holds_mask),
        Value::Object(map) => map.values().any(holds_mask),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The members that say something: those that hold a mask are left out.
#[must_use]
pub fn unmasked(map: &Map<String, Value>) -> Cow<'_, Map<String, Value>> {
    if !map.values().any(holds_mask) {
        return Cow::Borrowed(map);
    }
    let said = map.iter().filter(|(_, value)| !holds_mask(value));
    Cow::Owned(said.map(|(key, value)| (key.clone(), value.clone())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn values_compare_by_value_and_not_by_spelling() {
        for (one, other) in [
            ("1e3", "1000.0"),
            ("1E+3", "1000"),
            ("-0", "0"),
            ("-0.0e7", "0"),
            ("0.10", "1e-1"),
            ("1.50", "1.5"),
            ("100000000000000000000000000", "1e26"),
            ("3.14159265358979323846", "3.141592653589793"),
            ("{\"b\": 1, \"a\": [1.0, null]}", "{\"a\": [1, null], \"b\": 1e0}"),
            ("{\"a\": null, \"b\": {\"c\": null}}", "{\"b\": {}}"),
            ("\"\\u00e4\\/\"", "\"ä/\""),
            ("1e99999999999999999999", "1e99999999999999999999"),
        ] {
            assert!(same_value(&value(one), &value(other)), "{one} is {other}");
            assert!(same_value(&value(other), &value(one)), "{other} is {one}");
            assert_eq!(canonical(&value(one)), canonical(&value(other)), "{one}, {other}: one spelling");
        }
        for (one, other) in [
            ("9007199254740993", "9007199254740992"),
            ("12345678901234567890123", "12345678901234567890124"),
            ("1", "-1"),
            ("1", "10"),
            ("0.1", "0.01"),
            ("1e-400", "0"),
            ("1e400", "1e401"),
            ("1", "\"1\""),
            ("1", "true"),
            ("[1, 2]", "[2, 1]"),
            ("[null]", "[]"),
            ("{\"a\": 0}", "{}"),
            ("{\"a\": \"\"}", "{}"),
            ("{\"a\": []}", "{\"a\": {}}"),
            ("{\"a\": 1}", "{\"b\": 1}"),
        ] {
            assert!(!same_value(&value(one), &value(other)), "{one} is not {other}");
            assert!(!same_value(&value(other), &value(one)), "{other} is not {one}");
            assert_ne!(canonical(&value(one)), canonical(&value(other)), "{one}, {other}");
        }
    }

    #[test]
    fn one_spelling_is_the_plainest() {
        for (spelled, plain) in [
            ("1e3", "1000"),
            ("1000", "1000"),
            ("15e-1", "1.5"),
            ("1E-7", "0.0000001"),
            ("-12.50", "-12.5"),
            ("1e99", "1e99"),
        ] {
            let number = serde_json::from_str::<Number>(spelled).expect("a number");
            assert_eq!(canonical_number(&number), plain);
        }
    }

    #[test]
    fn a_mask_is_no_value() {
        for mask in
            ["***", "********", "•••••", "[REDACTED]", "<masked>", "sk-****1234", "postgresql://app:***@db/shop"]
        {
            assert!(is_mask(mask), "{mask}");
        }
        for text in
            ["", "*", "**", "a * b", "*** read me ***", "redacted", "[draft]", "2 ** 3", "•", "https://example.com/*"]
        {
            assert!(!is_mask(text), "{text}");
        }
        assert!(holds_mask(&value("{\"a\": [{\"b\": \"***\"}]}")));
        assert!(!holds_mask(&value("{\"***\": 1}")));
    }
}
