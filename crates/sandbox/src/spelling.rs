//! Answers written down again, as servers in other languages do.

use std::io;

use axum::body::{Body, to_bytes};
use axum::http::{Response, header};
use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};
use serde_json::{Map, Number, Value};

use crate::switches::{Nulls, Spelling, Switches};

/// One answer in the spelling that is switched on. What is no JSON stays as it is.
pub(crate) async fn respelled(switches: &Switches, response: Response<Body>) -> Response<Body> {
    if switches.spelling == Spelling::AsSent && switches.nulls == Nulls::Kept {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // The body was made in this process: it is there, and it is as long as it is.
    let Ok(bytes) = to_bytes(body, usize::MAX).await else { return Response::from_parts(parts, Body::empty()) };
    let Ok(value) = serde_json::from_slice::<Value>(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    let text = written(&value_of(switches, value), switches.spelling).unwrap_or_else(|| bytes.to_vec());
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(text))
}

fn value_of(switches: &Switches, value: Value) -> Value {
    match value {
        Value::Number(number) => number_of(switches.spelling, &number).map_or(Value::Number(number), Value::Number),
        Value::Array(items) => Value::Array(items.into_iter().map(|item| value_of(switches, item)).collect()),
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(_, value)| switches.nulls == Nulls::Kept || !value.is_null());
            Value::Object(kept.map(|(key, value)| (key, value_of(switches, value))).collect())
        }
        simple => simple,
    }
}

fn number_of(spelling: Spelling, number: &Number) -> Option<Number> {
    let text = number.to_string();
    let float = text.contains(['.', 'e', 'E']);
    let double = text.parse::<f64>().ok()?;
    let respelled = match spelling {
        Spelling::AsSent => return None,
        Spelling::Python if !float => {
            text.strip_prefix("-0").filter(|rest| rest.is_empty()).map_or(text.clone(), |_| "0".into())
        }
        // Python keeps a float a float: with a point, or with an exponent from 16 digits on.
        Spelling::Python if double.abs() >= 1e16 || (double != 0.0 && double.abs() < 1e-4) => exponent(double, 2),
        Spelling::Python => format!("{double:?}"),
        Spelling::JavaScript if double == 0.0 => "0".into(),
        Spelling::JavaScript if double.abs() >= 1e21 || double.abs() < 1e-6 => exponent(double, 1),
        Spelling::JavaScript => format!("{double}"),
    };
    serde_json::from_str(&respelled).ok()
}

/// With a sign and so many digits at least, as C does and as JavaScript does.
fn exponent(double: f64, digits: usize) -> String {
    let text = format!("{double:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |rest| ('-', rest));
    format!("{mantissa}e{sign}{exponent:0>digits$}")
}

fn written(value: &Value, spelling: Spelling) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let ordered = Ordered(value, spelling);
    match spelling {
        Spelling::AsSent => ordered.serialize(&mut serde_json::Serializer::new(&mut bytes)),
        other => ordered
            .serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, Escaping(other, CompactFormatter))),
    }
    .ok()?;
    Some(bytes)
}

/// A value whose objects have their keys in the order of the language.
struct Ordered<'a>(&'a Value, Spelling);

impl Serialize for Ordered<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Array(items) => serializer.collect_seq(items.iter().map(|item| Ordered(item, self.1))),
            Value::Object(members) => serializer
                .collect_map(order(members, self.1).into_iter().map(|(key, value)| (key, Ordered(value, self.1)))),
            simple => simple.serialize(serializer),
        }
    }
}

fn order(members: &Map<String, Value>, spelling: Spelling) -> Vec<(&String, &Value)> {
    let mut members: Vec<_> = members.iter().collect();
    match spelling {
        Spelling::AsSent => {}
        Spelling::Python => members.sort_by_key(|(key, _)| *key),
        // Keys that are numbers, ascending; the others as they came, which the sandbox does not know any more: backwards.
        Spelling::JavaScript => {
            members.reverse();
            members.sort_by_key(|(key, _)| key.parse::<u32>().map_or((1, 0), |number| (0, number)));
        }
    }
    members
}

/// Writes texts with the escapes of the language.
struct Escaping(Spelling, CompactFormatter);

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for character in fragment.chars() {
            match (self.0, character) {
                (Spelling::Python, character) if !character.is_ascii() => {
                    for unit in character.encode_utf16(&mut [0; 2]) {
                        write!(writer, "\\u{unit:04x}")?;
                    }
                }
                (Spelling::JavaScript, '/') => writer.write_all(b"\\/")?,
                (_, character) => write!(writer, "{character}")?,
            }
        }
        Ok(())
    }

    fn write_char_escape<W: ?Sized + io::Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        self.1.write_char_escape(writer, escape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(spelling: Spelling, nulls: Nulls, text: &str) -> String {
        let switches = Switches { spelling, nulls, ..Switches::default() };
        let value = value_of(&switches, serde_json::from_str(text).unwrap());
        String::from_utf8(written(&value, spelling).unwrap()).unwrap()
    }

    #[test]
    fn answers_are_spelled_as_the_language_does() {
        let sent = "{\"b\":[1e3,-0,9007199254740993,0.00001,1e22,1.50],\"a\":\"\u{e4}/\u{1f600}\\n\",\"9\":null}";
        assert_eq!(
            told(Spelling::Python, Nulls::Kept, sent),
            "{\"9\":null,\"a\":\"\\u00e4/\\ud83d\\ude00\\n\",\"b\":[1000.0,0,9007199254740993,1e-05,1e+22,1.5]}"
        );
        assert_eq!(
            told(Spelling::JavaScript, Nulls::LeftOut, sent),
            "{\"b\":[1000,0,9007199254740992,0.00001,1e+22,1.5],\"a\":\"\u{e4}\\/\u{1f600}\\n\"}"
        );
    }
}
