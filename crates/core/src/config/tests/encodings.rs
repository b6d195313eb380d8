//! Files as editors, shells and git leave them: read where they are text, refused with their place where not.

use super::*;
use crate::config::{NotText, decode_text};

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

fn both_with_mark(text: &str) -> [Vec<u8>; 2] {
    [u16::to_le_bytes, u16::to_be_bytes].map(|unit| utf16(&format!("\u{feff}{text}"), unit))
}

/// The one finding of bytes that cannot be read: its code, its place, its message and its hint.
fn refused(bytes: &[u8]) -> (FindingCode, Option<(u32, u32)>, String, String) {
    let reading = read(bytes);
    assert_eq!((reading.configuration, reading.report.findings.len()), (None, 1), "{bytes:?}");
    let finding = reading.report.findings.into_iter().next().expect("one");
    let place = finding.position.map(|position| (position.line, position.column));
    (finding.code, place, finding.message, finding.hint.unwrap_or_default())
}

#[test]
fn utf16_with_a_mark_is_the_same_configuration() {
    let text = SAMPLE.replace("My Agent", "Ägent 🦀").replace('\n', "\r\n");
    let expected = accepted(&text);
    for bytes in both_with_mark(&text) {
        let reading = read(&bytes);
        assert_eq!((reading.report, reading.configuration), (ValidationReport::default(), Some(expected.clone())));
        assert!(is_configuration(&bytes), "so that an export may overwrite it");
    }
}

#[test]
fn places_in_utf16_count_characters_and_not_its_units_or_the_mark() {
    let faulty = "{\r\n\"version\": \"🦀🦀\", \"agent\": {\"agent_id\": \"ä🦀\", \"name\": \"\"}}";
    let expected = read(faulty.as_bytes()).report;
    assert_eq!(expected.findings[0].position.map(|at| (at.line, at.column)), Some((2, 12)));
    for bytes in both_with_mark(faulty) {
        assert_eq!(read(&bytes).report, expected);
    }
    for bytes in both_with_mark("{\r\n\"🦀\": x}") {
        assert_eq!(refused(&bytes).1, Some((2, 6)), "where the x is");
    }
}

#[test]
fn what_is_no_text_is_told_apart() {
    let unmarked = |unit| utf16(SAMPLE, unit);
    let with = |bytes: &[u8]| [b"\xff\xfe{\0\n\0".as_slice(), bytes].concat();
    let cases: [(Vec<u8>, (u32, u32), &str); 7] = [
        (unmarked(u16::to_le_bytes), (1, 1), "The file is UTF-16 text without the byte order mark that says so."),
        (unmarked(u16::to_be_bytes), (1, 1), "The file is UTF-16 text without the byte order mark that says so."),
        (with(b"\"\0a"), (2, 2), "The file is UTF-16 text that is cut off: it ends in the middle of a character."),
        (
            with(b"\"\0\x00\xd8\"\0"),
            (2, 2),
            "The file is UTF-16 text with half of a character in it (a lone surrogate).",
        ),
        (b"\xff\xfe\0\0{\0\0\0".to_vec(), (1, 1), "The file is UTF-32 text, and UTF-8 and UTF-16 are read."),
        (b"{\n\"\xfc\"}".to_vec(), (2, 2), "The file is not UTF-8: a byte there belongs to no character."),
        (b"\x7fELF\0\x01\x02\xff".to_vec(), (1, 8), "The file is not UTF-8 text but binary."),
    ];
    for (bytes, place, message) in cases {
        let told = refused(&bytes);
        assert_eq!((told.0, told.1, told.2.as_str()), (FindingCode::NotUtf8, Some(place), message));
        assert!(!told.3.is_empty(), "{message}");
    }
    for bytes in both_with_mark(" \r\n") {
        assert_eq!(refused(&bytes).0, FindingCode::EmptyFile);
    }
}

#[test]
fn utf16_that_grows_beyond_the_limit_is_refused() {
    let units = MAX_FILE_BYTES / 3 + 1;
    let bytes: Vec<u8> = [0xff, 0xfe].into_iter().chain([0x00, 0x4e].repeat(units)).collect();
    assert!(bytes.len() < MAX_FILE_BYTES);
    assert_eq!(refused(&bytes).0, FindingCode::TooLarge);
}

#[test]
fn any_text_is_decoded_without_its_mark() {
    for bytes in [b"\xef\xbb\xbfa\xc3\xa4".to_vec(), b"a\xc3\xa4".to_vec(), b"\xff\xfea\0\xe4\0".to_vec()] {
        assert_eq!(decode_text(&bytes).as_deref(), Ok("aä"));
    }
    assert_eq!(decode_text(b"").as_deref(), Ok(""));
    assert_eq!(decode_text(b"\xff\xfe").as_deref(), Ok(""));
    assert_eq!(decode_text(b"{\0}\0").map_err(NotText::hint), Err("Save it as UTF-8."));
}

#[test]
fn merge_marks_are_named_with_their_lines() {
    let of_two = "{\n<<<<<<< HEAD\n \"version\": \"1.0.0\",\n=======\n \"version\": \"1.1.0\",\n>>>>>>> theirs\n \"agent\": {}\n}\n";
    let of_three = of_two.replace("=======", "||||||| base\n=======");
    for (text, lines) in [
        (of_two.to_owned(), "on lines 2, 4 and 6"),
        (of_two.replace('\n', "\r\n"), "on lines 2, 4 and 6"),
        (of_three, "on lines 2, 4, 5 and 7"),
        ("{}\n>>>>>>> theirs\n".to_owned(), "on line 2"),
        (format!("{of_two}{of_two}{of_two}{of_two}"), "on lines 2, 4, 6, 10, 12, 14, 18, 20, 22 and 3 more"),
    ] {
        let told = refused(text.as_bytes());
        assert_eq!(told.2, format!("Invalid JSON: the file has merge marks of git {lines}."));
        assert_eq!((told.0, told.1), (FindingCode::InvalidJson, Some((2, 1))));
        assert!(told.3.starts_with("Resolve the merge first"), "{}", told.3);
    }
    for none in ["{\n  <<<<<<< HEAD\n}", "{\n========\n}", "{\n<<<<<<\n}", "{\n<<<<<<<HEAD\n}"] {
        assert!(!refused(none.as_bytes()).2.contains("merge"), "{none}");
    }
}
