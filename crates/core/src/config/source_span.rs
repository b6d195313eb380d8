//! From JSON pointers to lines and columns, in one walk over the text, however many pointers there are.
//!
//! The walk follows jsonc-parser's tokens and never recurses; it runs only on text that the strict parser has accepted,
//! and only when there is a finding to place.

use std::collections::HashMap;

use jsonc_parser::tokens::Token;
use jsonc_parser::{Scanner, ScannerOptions};

use super::report::Position;

/// Span of a value, its key, and the key's second time in the same object. What cannot be found is where the
/// nearest thing around it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct SourceSpan {
    pub(super) key: Option<Position>,
    pub(super) value: Option<Position>,
    pub(super) repetition: Option<Position>,
}

/// The place of each pointer.
pub(super) fn locate(text: &str, pointers: &[&str]) -> Vec<SourceSpan> {
    let mut wanted = Wanted::new();
    let ends: Vec<usize> = pointers.iter().map(|pointer| wanted.add(pointer)).collect();
    Walk { wanted: &mut wanted, open: Vec::new(), next: Some(0) }.run(text);
    wanted.inherit();
    let positions = positions(text, &wanted);
    let of = |offset: Option<usize>| offset.and_then(|offset| positions.get(&offset).copied());
    ends.into_iter()
        .map(|end| {
            let spot = &wanted.spots[end];
            SourceSpan { key: of(spot.key), value: of(spot.value), repetition: of(spot.repetition) }
        })
        .collect()
}

/// The line and column of the byte at `line` (from 1) and `byte_column` as serde_json counts them: bytes read of that
/// line so far.
pub(super) fn position_of_byte_column(text: &str, line: usize, byte_column: usize) -> Position {
    let content = text.split('\n').nth(line.saturating_sub(1)).unwrap_or_default();
    let before = byte_column.saturating_sub(1).min(content.len());
    let characters = content.char_indices().take_while(|(at, _)| *at < before).count();
    Position { line: counted(line.max(1)), column: counted(characters + 1) }
}

fn counted(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The key that a segment of a JSON pointer stands for.
pub(super) fn unescape(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

/// The pointers as a tree, each segment once; offsets get filled in by the walk.
struct Wanted {
    spots: Vec<Spot>,
}

#[derive(Default)]
struct Spot {
    parent: usize,
    children: HashMap<String, usize>,
    key: Option<usize>,
    value: Option<usize>,
    repetition: Option<usize>,
}

impl Wanted {
    fn new() -> Self {
        Self { spots: vec![Spot::default()] }
    }

    fn add(&mut self, pointer: &str) -> usize {
        pointer.split('/').skip(1).fold(0, |at, segment| self.child(at, unescape(segment)))
    }

    fn child(&mut self, parent: usize, segment: String) -> usize {
        if let Some(child) = self.spots[parent].children.get(&segment) {
            return *child;
        }
        let child = self.spots.len();
        self.spots.push(Spot { parent, ..Spot::default() });
        self.spots[parent].children.insert(segment, child);
        child
    }

    /// What the walk did not meet stands where its parent stands. Parents come before children.
    fn inherit(&mut self) {
        for at in 1..self.spots.len() {
            if self.spots[at].value.is_none() {
                let parent = self.spots[at].parent;
                self.spots[at].value = self.spots[parent].value;
            }
        }
    }
}

/// A container that the walk is inside of; `spot` where somebody asked for something within it.
struct Open {
    spot: Option<usize>,
    kind: Kind,
}

enum Kind {
    Array { index: usize },
    ObjectBeforeKey,
    ObjectAfterKey,
}

struct Walk<'w> {
    wanted: &'w mut Wanted,
    open: Vec<Open>,
    /// The spot of the value that comes next, if it is wanted.
    next: Option<usize>,
}

impl Walk<'_> {
    fn run(mut self, text: &str) {
        let strict = ScannerOptions {
            allow_single_quoted_strings: false,
            allow_hexadecimal_numbers: false,
            allow_unary_plus_numbers: false,
            allow_bare_decimal_point_numbers: false,
            allow_non_finite_numbers: false,
            allow_extended_string_escapes: false,
        };
        let mut scanner = Scanner::new(text, &strict);
        while let Ok(Some(token)) = scanner.scan() {
            self.step(&token, scanner.token_start());
        }
    }

    fn step(&mut self, token: &Token<'_>, offset: usize) {
        match token {
            Token::OpenBrace => self.enter(Kind::ObjectBeforeKey, offset),
            Token::OpenBracket => self.enter(Kind::Array { index: 0 }, offset),
            Token::CloseBrace | Token::CloseBracket => {
                self.open.pop();
            }
            Token::Comma => self.comma(),
            Token::Colon => {}
            Token::String(key) if self.expects_key() => self.key(key, offset),
            _ => {
                self.value(offset);
            }
        }
    }

    fn expects_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { kind: Kind::ObjectBeforeKey, .. }))
    }

    fn value(&mut self, offset: usize) -> Option<usize> {
        let spot = self.next.take();
        if let Some(spot) = spot {
            self.wanted.spots[spot].value.get_or_insert(offset);
        }
        spot
    }

    fn enter(&mut self, kind: Kind, offset: usize) {
        let spot = self.value(offset).filter(|spot| !self.wanted.spots[*spot].children.is_empty());
        self.open.push(Open { spot, kind });
        self.expect_entry();
    }

    fn comma(&mut self) {
        match self.open.last_mut() {
            Some(Open { kind: Kind::Array { index }, .. }) => *index += 1,
            Some(Open { kind, .. }) => *kind = Kind::ObjectBeforeKey,
            None => {}
        }
        self.expect_entry();
    }

    fn expect_entry(&mut self) {
        self.next = match self.open.last() {
            Some(Open { spot: Some(spot), kind: Kind::Array { index } }) => {
                self.wanted.spots[*spot].children.get(&index.to_string()).copied()
            }
            _ => None,
        };
    }

    /// Of a key given twice, what stands under the first is what findings are about.
    fn key(&mut self, key: &str, offset: usize) {
        let Some(open) = self.open.last_mut() else { return };
        open.kind = Kind::ObjectAfterKey;
        let Some(child) = open.spot.and_then(|spot| self.wanted.spots[spot].children.get(key).copied()) else { return };
        let spot = &mut self.wanted.spots[child];
        if spot.key.is_none() {
            spot.key = Some(offset);
            self.next = Some(child);
        } else {
            spot.repetition.get_or_insert(offset);
        }
    }
}

/// Lines and columns of all offsets of interest, in one sweep.
fn positions(text: &str, wanted: &Wanted) -> HashMap<usize, Position> {
    let mut offsets: Vec<usize> =
        wanted.spots.iter().flat_map(|spot| [spot.key, spot.value, spot.repetition]).flatten().collect();
    offsets.sort_unstable();
    offsets.dedup();
    let (mut line, mut column, mut from) = (1_usize, 1_usize, 0_usize);
    let mut positions = HashMap::with_capacity(offsets.len());
    for offset in offsets {
        for character in text.get(from..offset).unwrap_or_default().chars() {
            if character == '\n' {
                line += 1;
                column = 1;
            } else {
                column += 1;
            }
        }
        from = offset;
        positions.insert(offset, Position { line: counted(line), column: counted(column) });
    }
    positions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, column: u32) -> Option<Position> {
        Some(Position { line, column })
    }

    #[test]
    fn finds_keys_values_and_repetitions() {
        let text = "{\n  \"ä\": [1, {\"b/c\": true}],\n  \"x\": 1, \"x\": 2\n}";
        let spans = locate(text, &["", "/ä", "/ä/1/b~1c", "/x", "/ä/0", "/none/deeper"]);
        assert_eq!(spans[0].value, at(1, 1));
        assert_eq!((spans[1].key, spans[1].value), (at(2, 3), at(2, 8)));
        assert_eq!((spans[2].key, spans[2].value), (at(2, 13), at(2, 20)));
        assert_eq!((spans[3].key, spans[3].value, spans[3].repetition), (at(3, 3), at(3, 8), at(3, 11)));
        assert_eq!(spans[4].value, at(2, 9));
        assert_eq!(spans[5].value, at(1, 1), "what is missing stands where the object around it stands");
    }

    #[test]
    fn keys_of_inner_objects_are_not_mistaken_for_repetitions() {
        let text = r#"{"a": {"a": {"a": 1}}, "b": [{"a": 1}, {"a": 2}]}"#;
        let spans = locate(text, &["/a", "/a/a/a", "/b/1/a"]);
        assert!(spans.iter().all(|place| place.repetition.is_none()));
        assert_eq!(spans[1].value, at(1, 19));
        assert_eq!(spans[2].value, at(1, 46));
    }

    #[test]
    fn a_byte_column_becomes_a_character_column() {
        assert_eq!(position_of_byte_column("{\n\"ää\": x", 2, 9), Position { line: 2, column: 7 });
        assert_eq!(position_of_byte_column("", 1, 0), Position { line: 1, column: 1 });
        assert_eq!(position_of_byte_column("a", 9, 9), Position { line: 9, column: 1 });
    }
}
