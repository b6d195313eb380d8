//! docs/QUALITY.md S5: hostile files are refused with their place, or read without losing anything.

use super::*;

enum Expected {
    /// One of these codes, an error, at this line and column.
    Refused(FindingCode, u32, u32),
    /// Read, and written again so that this stands in the file.
    Kept(&'static str),
}

use Expected::{Kept, Refused};

fn cases() -> Vec<(&'static str, Vec<u8>, Expected)> {
    let mut cases = bytes_and_texts();
    cases.extend(structures());
    cases.extend(strings_and_numbers());
    cases
}

fn with_info(info: &str) -> Vec<u8> {
    file(&format!(", \"x\": {info}"), "").into_bytes()
}

/// The column at which the value of [`with_info`] starts.
const AT: u32 = 67;

fn bytes_and_texts() -> Vec<(&'static str, Vec<u8>, Expected)> {
    let utf16: Vec<u8> = SAMPLE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        ("empty", vec![], Refused(FindingCode::EmptyFile, 1, 1)),
        ("blanks", b" \r\n\t ".to_vec(), Refused(FindingCode::EmptyFile, 1, 1)),
        ("a BOM alone", b"\xef\xbb\xbf".to_vec(), Refused(FindingCode::EmptyFile, 1, 1)),
        (
            "two BOMs",
            [b"\xef\xbb\xbf\xef\xbb\xbf", SAMPLE.as_bytes()].concat(),
            Refused(FindingCode::InvalidJson, 1, 1),
        ),
        ("UTF-16 with BOM", [b"\xff\xfe".to_vec(), utf16.clone()].concat(), Kept("my-agent")),
        ("UTF-16 big endian, cut off", b"\xfe\xff\x00{".to_vec(), Refused(FindingCode::InvalidJson, 1, 1)),
        ("UTF-16 without BOM", utf16, Refused(FindingCode::NotUtf8, 1, 1)),
        ("UTF-32", b"\xff\xfe\0\0{\0\0\0".to_vec(), Refused(FindingCode::NotUtf8, 1, 1)),
        ("Latin-1", b"{\n  \"name\": \"M\xfcller\"}".to_vec(), Refused(FindingCode::NotUtf8, 2, 13)),
        ("overlong", b"{\"a\": \"\xc0\xaf\"}".to_vec(), Refused(FindingCode::NotUtf8, 1, 8)),
        ("a surrogate as bytes", b"{\"\xed\xa0\x80\": 1}".to_vec(), Refused(FindingCode::NotUtf8, 1, 3)),
        ("binary", b"\x7fELF\x02\x01\x01\0\0".to_vec(), Refused(FindingCode::InvalidJson, 1, 8)),
        ("compressed", b"\x1f\x8b\x08\0\0".to_vec(), Refused(FindingCode::NotUtf8, 1, 2)),
        ("NUL in the text", with_info("\0"), Refused(FindingCode::InvalidJson, 1, AT)),
        ("NUL at the end", [SAMPLE.as_bytes(), b"\0"].concat(), Refused(FindingCode::InvalidJson, 18, 1)),
        ("a web page", b"<!DOCTYPE html>\n<html>".to_vec(), Refused(FindingCode::InvalidJson, 1, 1)),
        ("too many bytes", vec![b' '; MAX_FILE_BYTES + 1], Refused(FindingCode::TooLarge, 0, 0)),
    ]
}

fn structures() -> Vec<(&'static str, Vec<u8>, Expected)> {
    let values = format!("[{}0]", "0,".repeat(MAX_VALUES));
    vec![
        ("no object", b"[]".to_vec(), Refused(FindingCode::WrongType, 1, 1)),
        ("a number alone", b" 5".to_vec(), Refused(FindingCode::WrongType, 1, 2)),
        ("cut off", SAMPLE.as_bytes()[..100].to_vec(), Refused(FindingCode::InvalidJson, 4, 31)),
        ("cut off after a line", b"{\n".to_vec(), Refused(FindingCode::InvalidJson, 2, 1)),
        ("something after the end", [SAMPLE.as_bytes(), b"{}"].concat(), Refused(FindingCode::InvalidJson, 18, 1)),
        ("two documents", [SAMPLE, SAMPLE].concat().into_bytes(), Refused(FindingCode::InvalidJson, 18, 1)),
        ("trailing comma", b"{\"a\": 1,\n}".to_vec(), Refused(FindingCode::InvalidJson, 2, 1)),
        ("trailing comma in a list", with_info("[1,]"), Refused(FindingCode::InvalidJson, 1, AT + 3)),
        ("line comment", b"{ // why\n}".to_vec(), Refused(FindingCode::InvalidJson, 1, 3)),
        ("block comment", with_info("/* */ 1"), Refused(FindingCode::InvalidJson, 1, AT)),
        ("single quotes", b"{'a': 1}".to_vec(), Refused(FindingCode::InvalidJson, 1, 2)),
        ("no quotes", b"{a: 1}".to_vec(), Refused(FindingCode::InvalidJson, 1, 2)),
        ("missing colon", b"{\"a\" 1}".to_vec(), Refused(FindingCode::InvalidJson, 1, 6)),
        (
            "a key twice",
            b"{\"version\": \"1.0.0\",\n \"version\": \"1.0.0\"}".to_vec(),
            Refused(FindingCode::DuplicateKey, 2, 2),
        ),
        ("a key twice, escaped", with_info(r#"{"a": 1, "\u0061": 2}"#), Refused(FindingCode::DuplicateKey, 1, AT + 9)),
        (
            "a key twice, deep",
            with_info(r#"[[{"a": {"b": 1, "c": 2, "b": 3}}]]"#),
            Refused(FindingCode::DuplicateKey, 1, AT + 25),
        ),
        ("nested too deep", with_info(&"[".repeat(100_000)), Refused(FindingCode::TooDeep, 1, AT + 62)),
        ("objects too deep", with_info(&"{\"a\":".repeat(100_000)), Refused(FindingCode::TooDeep, 1, AT + 313)),
        ("too many values", with_info(&values), Refused(FindingCode::TooLarge, 0, 0)),
        (
            "deep enough",
            with_info(&format!("{}{}", "[".repeat(62), "]".repeat(62))),
            Kept("\n          [\n            [\n"),
        ),
    ]
}

fn strings_and_numbers() -> Vec<(&'static str, Vec<u8>, Expected)> {
    let long = format!("\"{}\"", "x ".repeat(MAX_TEXT_BYTES / 2 + 1));
    vec![
        ("half a surrogate pair", with_info(r#""\ud800""#), Refused(FindingCode::InvalidJson, 0, 0)),
        ("the other half", with_info(r#""\udc00x""#), Refused(FindingCode::InvalidJson, 0, 0)),
        ("two first halves", with_info(r#""\ud800\ud800""#), Refused(FindingCode::InvalidJson, 0, 0)),
        ("half a pair as a key", b"{\"\\ud83d\": 1}".to_vec(), Refused(FindingCode::InvalidJson, 0, 0)),
        ("a whole pair", with_info(r#""\ud83e\udd80""#), Kept("🦀")),
        ("unknown escape", with_info(r#""\x41""#), Refused(FindingCode::InvalidJson, 1, AT + 2)),
        ("a raw line break in a text", with_info("\"a\nb\""), Refused(FindingCode::InvalidJson, 2, 1)),
        ("an escaped NUL in a value", with_info(r#""a\u0000b""#), Kept(r"a\u0000b")),
        (
            "an escaped NUL in the agent's id",
            SAMPLE.replace("my-agent", "a\\u0000").into_bytes(),
            Refused(FindingCode::AgentIdNotAddressable, 6, 17),
        ),
        ("ANSI and bidi in a value", with_info(r#""\u001b[2J\u202e\u2066""#), Kept(r"\u001b[2J\u202e\u2066")),
        ("a text too long", with_info(&long), Refused(FindingCode::TextTooLong, 1, AT)),
        ("a number beyond 64 bits", with_info("18446744073709551617"), Kept("18446744073709551617")),
        ("a number beyond any float", with_info("1e+999999"), Kept("1e+999999")),
        (
            "a number with many digits",
            with_info("0.123456789012345678901234567890"),
            Kept("0.123456789012345678901234567890"),
        ),
        ("leading zero", with_info("01"), Refused(FindingCode::InvalidJson, 1, AT + 1)),
        ("plus sign", with_info("+1"), Refused(FindingCode::InvalidJson, 1, AT)),
        ("not a number", with_info("NaN"), Refused(FindingCode::InvalidJson, 1, AT)),
        ("infinity", with_info("-Infinity"), Refused(FindingCode::InvalidJson, 1, AT + 1)),
        ("hexadecimal", with_info("0x10"), Refused(FindingCode::InvalidJson, 1, AT + 1)),
        (
            "the parser's own key",
            with_info(r#"{"$serde_json::private::Number": "1"}"#),
            Refused(FindingCode::ReservedKey, 1, AT + 1),
        ),
        ("prototype keys", with_info(r#"{"__proto__": {"a": 1}, "constructor": 1}"#), Kept("__proto__")),
        ("different spellings of one letter", with_info("{\"\u{e9}\": 1, \"e\u{301}\": 2}"), Kept("e\u{301}")),
        ("an empty key", with_info(r#"{"": 1}"#), Kept("{ \"\": 1 }")),
    ]
}

#[test]
fn s5_hostile_files_are_refused_with_their_place_or_kept() {
    let cases = cases();
    assert!(cases.len() >= 60, "{}", cases.len());
    let mut misplaced = Vec::new();
    for (name, bytes, expected) in cases {
        let reading = read(&bytes);
        match expected {
            Refused(code, line, column) => {
                assert!(reading.configuration.is_none(), "{name}");
                let finding = reading.report.errors().find(|finding| finding.code == code);
                let finding = finding.unwrap_or_else(|| panic!("{name}: {:?}", reading.report));
                if line > 0 && finding.position != Some(Position { line, column }) {
                    misplaced.push(format!("{name}: {line}:{column} {finding:?}"));
                }
                let told = format!("{} {:?}", finding.message, finding.hint);
                assert!(!told.contains(|c: char| c.is_control()), "{name}: nothing raw in {told:?}");
            }
            Kept(part) => {
                let configuration = reading.configuration.unwrap_or_else(|| panic!("{name}: {:?}", reading.report));
                let written = write(&configuration);
                assert!(written.contains(part), "{name}: {written}");
                assert_eq!(read(written.as_bytes()).configuration, Some(configuration), "{name}");
            }
        }
    }
    assert!(misplaced.is_empty(), "{}", misplaced.join("\n"));
}
