//! A JSON document as it stands in the file: keys in order, a key given twice still there twice, numbers as written.
//!
//! [`serde_json::Value`] cannot be used for files that people hand us: it takes a duplicate key silently, and mistakes an
//! object with serde_json's own number key for a number. This tree is read by one pass of serde_json's parser, borrows
//! what it can from the text, and takes a third of the memory of a `Value`.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use tokio_util::sync::CancellationToken;

use super::findings::{BETWEEN_LOOKS, Findings, Message};
use super::path::Path;
use super::report::{FindingCode, Severity};
use crate::numbers::grouped;

/// Depth limit of a configuration file. The format itself needs 5.
pub const MAX_DEPTH: usize = 64;

/// Number of values (objects, arrays, texts, numbers…) a configuration file may hold. 100,000 resources need 600,000.
pub const MAX_VALUES: usize = 4_000_000;

/// The longest text and the longest key of a configuration file, in bytes.
pub const MAX_TEXT_BYTES: usize = 1024 * 1024;

/// Keys by which serde_json passes numbers and raw text through serde. As a key of somebody's object they would turn it
/// into something else wherever that object is read again.
const NUMBER_TOKEN: &str = "$serde_json::private::Number";
const RESERVED_KEYS: [&str; 2] = [NUMBER_TOKEN, "$serde_json::private::RawValue"];

/// One value of a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node<'a> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'a, str>),
    Array(Vec<Node<'a>>),
    Object(Vec<Member<'a>>),
}

/// A key and its value.
pub(super) type Member<'a> = (Cow<'a, str>, Node<'a>);

impl Node<'_> {
    /// Kind, for "… is expected, and … stands there".
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }

    pub(super) fn into_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(truth) => Value::Bool(truth),
            Self::Number(number) => Value::Number(number),
            Self::Text(text) => Value::String(text.into_owned()),
            Self::Array(items) => Value::Array(items.into_iter().map(Node::into_value).collect()),
            Self::Object(members) => Value::Object(into_map(members)),
        }
    }
}

/// The members as a map.
pub(super) fn into_map(members: Vec<Member<'_>>) -> Map<String, Value> {
    members.into_iter().map(|(key, node)| (key.into_owned(), node.into_value())).collect()
}

/// A document, and whether [`take_faults`] has anything to find in it.
pub(super) struct Tree<'a> {
    pub(super) root: Node<'a>,
    flagged: bool,
}

/// Reason a text is no document. The place is serde_json's: line from 1, column in bytes.
pub(super) struct ParseFailure {
    pub(super) code: FindingCode,
    pub(super) reason: String,
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Parses one JSON document, strictly: nothing but blanks may follow it. A cancel ends it within [`BETWEEN_LOOKS`] values.
pub(super) fn parse<'a>(text: &'a str, cancel: &CancellationToken) -> Result<Tree<'a>, ParseFailure> {
    let context = Context {
        source: text,
        values: Cell::new(0),
        refused: Cell::new(None),
        flagged: Cell::new(false),
        cancel: cancel.clone(),
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let parsed = NodeSeed { context: &context, depth: 0 }
        .deserialize(&mut deserializer)
        .and_then(|root| deserializer.end().map(|()| root));
    match parsed {
        Ok(root) => Ok(Tree { root, flagged: context.flagged.get() }),
        Err(error) => Err(ParseFailure {
            code: context.refused.get().unwrap_or(FindingCode::InvalidJson),
            reason: reason_of(&error),
            line: error.line(),
            column: error.column(),
        }),
    }
}

/// The parser's words without the place, which a finding gives separately and in characters.
fn reason_of(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

/// Reports what the parser let through and no configuration may have: duplicate and reserved keys, texts too long. Gives
/// the document, of each key given twice the first only.
pub(super) fn take_faults<'a>(mut tree: Tree<'a>, out: &mut Findings) -> Node<'a> {
    if tree.flagged {
        report_faults(&tree.root, &Path::ROOT, out);
        drop_repetitions(&mut tree.root);
    }
    tree.root
}

fn drop_repetitions(node: &mut Node<'_>) {
    match node {
        Node::Array(items) => items.iter_mut().for_each(drop_repetitions),
        Node::Object(members) => {
            let mut seen = HashSet::with_capacity(members.len());
            members.retain(|(key, _)| seen.insert(key.clone()));
            members.iter_mut().for_each(|(_, node)| drop_repetitions(node));
        }
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::Text(_) => {}
    }
}

fn report_faults(node: &Node<'_>, path: &Path<'_>, out: &mut Findings) {
    match node {
        Node::Text(text) => report_length(text, path, out),
        Node::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                report_faults(item, &path.index(index), out);
            }
        }
        Node::Object(members) => report_object_faults(members, path, out),
        Node::Null | Node::Bool(_) | Node::Number(_) => {}
    }
}

fn report_object_faults(members: &[Member<'_>], path: &Path<'_>, out: &mut Findings) {
    let mut times: HashMap<&str, u32> = HashMap::with_capacity(members.len());
    for (key, node) in members {
        let place = path.key(key);
        let seen = times.entry(key).or_insert(0);
        *seen += 1;
        match *seen {
            1 => {
                report_key(key, &place, out);
                report_faults(node, &place, out);
            }
            2 => out.report(Severity::Error, FindingCode::DuplicateKey, &place, || {
                Message::new("A key is given twice in the same object, so that nobody can tell which one counts.")
                    .hint("Keep one of the two and remove the other.")
                    .at_repetition()
            }),
            _ => {}
        }
    }
}

fn report_key(key: &str, place: &Path<'_>, out: &mut Findings) {
    report_length(key, place, out);
    if RESERVED_KEYS.contains(&key) {
        out.report(Severity::Error, FindingCode::ReservedKey, place, || {
            Message::new(format!(
                "The key \"{key}\" is reserved: JSON software would read its value as something else."
            ))
            .hint("Give it another name.")
            .at_key()
        });
    }
}

fn report_length(text: &str, path: &Path<'_>, out: &mut Findings) {
    if text.len() > MAX_TEXT_BYTES {
        out.report(Severity::Error, FindingCode::TextTooLong, path, || {
            Message::new(format!(
                "A text of {} bytes is longer than the {} that are read.",
                grouped(text.len()),
                grouped(MAX_TEXT_BYTES)
            ))
            .hint("Shorten it.")
        });
    }
}

struct Context<'a> {
    source: &'a str,
    values: Cell<usize>,
    refused: Cell<Option<FindingCode>>,
    flagged: Cell<bool>,
    cancel: CancellationToken,
}

impl<'a> Context<'a> {
    fn refuse<E: serde::de::Error>(&self, code: FindingCode, reason: &str) -> E {
        self.refused.set(Some(code));
        E::custom(reason)
    }

    fn check_text(&self, text: &str) {
        if text.len() > MAX_TEXT_BYTES {
            self.flagged.set(true);
        }
    }

    /// With arbitrary precision serde_json presents a number beyond 64 bits as a map under a key of its own. A key that lies within the
    /// text is not that one, but one that somebody wrote.
    fn is_number_token(&self, key: &str) -> bool {
        key == NUMBER_TOKEN && !self.source.as_bytes().as_ptr_range().contains(&key.as_ptr())
    }
}

#[derive(Clone, Copy)]
struct NodeSeed<'c, 'a> {
    context: &'c Context<'a>,
    depth: usize,
}

impl<'a> NodeSeed<'_, 'a> {
    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(self.context.refuse(FindingCode::TooDeep, "nested too deep"));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    fn text(self, text: Cow<'a, str>) -> Node<'a> {
        self.context.check_text(&text);
        Node::Text(text)
    }
}

impl<'a> DeserializeSeed<'a> for NodeSeed<'_, 'a> {
    type Value = Node<'a>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Node<'a>, D::Error> {
        let values = self.context.values.get() + 1;
        if values > MAX_VALUES {
            return Err(self.context.refuse(FindingCode::TooLarge, "too many values"));
        }
        self.context.values.set(values);
        if values.is_multiple_of(BETWEEN_LOOKS) && self.context.cancel.is_cancelled() {
            return Err(serde::de::Error::custom("cancelled"));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for NodeSeed<'_, 'a> {
    type Value = Node<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node<'a>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Node<'a>, E> {
        Ok(Node::Bool(truth))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node<'a>, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node<'a>, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Node<'a>, E> {
        Number::from_f64(number).map(Node::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<Node<'a>, E> {
        Ok(self.text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node<'a>, E> {
        Ok(self.text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<S: SeqAccess<'a>>(self, mut items: S) -> Result<Node<'a>, S::Error> {
        let seed = self.inner()?;
        let mut nodes = Vec::new();
        while let Some(node) = items.next_element_seed(seed)? {
            nodes.push(node);
        }
        Ok(Node::Array(nodes))
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<Node<'a>, M::Error> {
        let mut members: Vec<Member<'a>> = Vec::new();
        while let Some(key) = map.next_key_seed(KeySeed)? {
            if matches!(key, Cow::Borrowed(key) if self.context.is_number_token(key)) {
                return number(&map.next_value::<String>()?);
            }
            let node = map.next_value_seed(self.inner()?)?;
            members.push((key, node));
        }
        // The depth counts for an empty object as well.
        self.inner::<M::Error>()?;
        if members.iter().any(|(key, _)| key.len() > MAX_TEXT_BYTES || RESERVED_KEYS.contains(&&**key))
            || has_repetition(&members)
        {
            self.context.flagged.set(true);
        }
        Ok(Node::Object(members))
    }
}

fn number<'a, E: serde::de::Error>(text: &str) -> Result<Node<'a>, E> {
    text.parse().map(Node::Number).map_err(|_| E::custom("invalid number"))
}

/// Whether a key stands there twice. Files that aidb wrote are sorted, which takes one comparison a key; few keys are
/// compared with each other; the rest is hashed, with std's keyed hash, so that no file can make it slow.
fn has_repetition(members: &[Member<'_>]) -> bool {
    if members.is_sorted_by(|(one, _), (other, _)| one < other) {
        return false;
    }
    if members.len() <= 8 {
        return members.iter().enumerate().any(|(at, (key, _))| members[..at].iter().any(|(other, _)| other == key));
    }
    let mut seen = HashSet::with_capacity(members.len());
    !members.iter().all(|(key, _)| seen.insert(&**key))
}

struct KeySeed;

impl<'a> DeserializeSeed<'a> for KeySeed {
    type Value = Cow<'a, str>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Cow<'a, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for KeySeed {
    type Value = Cow<'a, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'a str) -> Result<Cow<'a, str>, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Cow<'a, str>, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Tree<'_>, ParseFailure> {
        super::parse(text, &CancellationToken::new())
    }

    fn root(text: &str) -> Node<'_> {
        parse(text).map(|tree| tree.root).unwrap_or_else(|failure| panic!("{text}: {}", failure.reason))
    }

    #[test]
    fn numbers_stay_as_they_were_written() {
        for text in ["0", "-0", "1.10", "18446744073709551616", "0.1000000000000000055511151231257827", "1e+400"] {
            let Node::Number(number) = root(text) else { panic!("{text} is a number") };
            assert_eq!(number.to_string(), text);
        }
    }

    #[test]
    fn an_object_under_the_parsers_own_key_is_not_taken_for_a_number() {
        for text in [r#"{"$serde_json::private::Number":"12"}"#, r#"{"\u0024serde_json::private::Number":"12"}"#] {
            let tree = parse(text).ok().expect("valid JSON");
            assert!(matches!(tree.root, Node::Object(_)), "{text}");
            let mut out = Findings::default();
            take_faults(tree, &mut out);
            let report = out.located(Some(text));
            assert_eq!(report.findings.len(), 1);
            assert_eq!(report.findings[0].code, FindingCode::ReservedKey);
        }
    }

    #[test]
    fn depth_ends_at_the_limit_and_not_before() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&nested(MAX_DEPTH)).is_ok());
        assert!(parse(&nested(MAX_DEPTH + 1)).is_err_and(|failure| failure.code == FindingCode::TooDeep));
        let objects = |depth: usize| format!("{}{{}}{}", "{\"a\":".repeat(depth - 1), "}".repeat(depth - 1));
        assert!(parse(&objects(MAX_DEPTH)).is_ok());
        assert!(parse(&objects(MAX_DEPTH + 1)).is_err_and(|failure| failure.code == FindingCode::TooDeep));
        assert!(parse(&"[".repeat(1_000_000)).is_err_and(|failure| failure.code == FindingCode::TooDeep));
    }

    #[test]
    fn repetition_is_seen_in_small_large_and_escaped_form() {
        let small = r#"{"b":1,"a":2,"\u0062":3}"#;
        assert!(parse(small).is_ok_and(|tree| tree.flagged));
        let large: Vec<String> = (0..100).rev().map(|n| format!("\"k{n}\":{n}")).collect();
        assert!(parse(&format!("{{{}}}", large.join(","))).is_ok_and(|tree| !tree.flagged));
        assert!(parse(&format!("{{{},\"k7\":0}}", large.join(","))).is_ok_and(|tree| tree.flagged));
    }
}
