//! Writing a configuration file. People commit these files: the same configuration always gives the same bytes, and a
//! change of one resource is a change of one line.
//!
//! The layout is a contract (docs/RULES.md#file-layout): known keys in file order, the rest sorted after them, resources and tables
//! sorted, permissions in file order, two spaces, final newline. `agent` and `resource_permissions` always unfold, one
//! resource a line; everything else stands on one line while that fits.

use serde_json::{Map, Value};
use url::Url;

use super::display::{is_treacherous, push_json_escape};
use super::model::{Agent, Configuration, DatabaseReference, ResourcePermission, ResourcePermissions};
use super::names::{AGENT_KEYS, DATABASE_KEYS, METADATA_KEYS, RESOURCE_KEYS, TOP_KEYS};

/// The widest line, in characters, on which a list or an object stands undivided.
const LINE_WIDTH: usize = 120;

/// The configuration as the text of a file. [`super::read`] gives the same configuration back.
#[must_use]
pub fn write(configuration: &Configuration) -> String {
    let mut layout = Layout::default();
    layout.unfold(top(configuration));
    layout.text.push('\n');
    layout.text
}

/// The URL as it may stand in a file: without user, password, query and fragment.
#[must_use]
pub fn source_url(url: &Url) -> String {
    let path = url.path().trim_end_matches('/');
    let Some(host) = url.host_str() else {
        return format!("{}:{path}", url.scheme());
    };
    match url.port() {
        Some(port) => format!("{}://{host}:{port}{path}", url.scheme()),
        None => format!("{}://{host}{path}", url.scheme()),
    }
}

/// What is to be written: a JSON value whose keys have an order, and that says whether it may stand on one line.
enum Piece<'a> {
    Text(&'a str),
    Value(&'a Value),
    /// A list that unfolds when it does not fit.
    List(Vec<Piece<'a>>),
    /// An object that unfolds when it does not fit.
    Object(Vec<(&'a str, Piece<'a>)>),
    /// An object that always unfolds.
    Tall(Vec<(&'a str, Piece<'a>)>),
    /// An object that never does.
    Flat(Vec<(&'a str, Piece<'a>)>),
}

type Members<'a> = Vec<(&'a str, Piece<'a>)>;

fn top(configuration: &Configuration) -> Members<'_> {
    let mut members = vec![("version", Piece::Text(&configuration.version))];
    push_text(&mut members, "exported_at", configuration.exported_at.as_deref());
    push_text(&mut members, "source_url", configuration.source_url.as_deref());
    members.push(("agent", Piece::Tall(agent(&configuration.agent))));
    if let Some(tables) = &configuration.tables {
        let mut sorted: Vec<&str> = tables.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        sorted.dedup();
        members.push(("tables", Piece::List(sorted.into_iter().map(Piece::Text).collect())));
    }
    if let Some(metadata) = &configuration.metadata {
        members.push(("metadata", Piece::Object(metadata_members(metadata))));
    }
    push_further(&mut members, &configuration.extra, &TOP_KEYS);
    members
}

fn agent(agent: &Agent) -> Members<'_> {
    let mut members = vec![("agent_id", Piece::Text(&agent.agent_id)), ("name", Piece::Text(&agent.name))];
    push_text(&mut members, "type", agent.agent_type.as_deref());
    if let Some(reference) = &agent.database {
        members.push(("database", Piece::Object(database(reference))));
    }
    members.push(("resource_permissions", Piece::Tall(resources(&agent.resource_permissions))));
    push_further(&mut members, &agent.info, &AGENT_KEYS);
    members
}

fn database(reference: &DatabaseReference) -> Members<'_> {
    let mut members = Vec::new();
    push_text(&mut members, "type", reference.database_type.as_deref());
    push_text(&mut members, "connection_name", reference.connection_name.as_deref());
    push_further(&mut members, &reference.extra, &DATABASE_KEYS);
    members
}

fn resources(resources: &ResourcePermissions) -> Members<'_> {
    resources.iter().map(|(id, permission)| (id.as_str(), Piece::Flat(resource(permission)))).collect()
}

fn resource(permission: &ResourcePermission) -> Members<'_> {
    let granted = permission.permissions.iter().map(|permission| Piece::Text(permission.as_str())).collect();
    let mut members = vec![("type", Piece::Text(&permission.resource_type)), ("permissions", Piece::List(granted))];
    push_further(&mut members, &permission.extra, &RESOURCE_KEYS);
    members
}

fn metadata_members(metadata: &Map<String, Value>) -> Members<'_> {
    let known = METADATA_KEYS.iter().filter_map(|key| metadata.get(*key).map(|value| (*key, Piece::Value(value))));
    let mut members: Members<'_> = known.collect();
    push_further(&mut members, metadata, &METADATA_KEYS);
    members
}

fn push_text<'a>(members: &mut Members<'a>, key: &'static str, text: Option<&'a str>) {
    members.extend(text.map(|text| (key, Piece::Text(text))));
}

/// The keys that are none of the known ones, sorted, whatever order the map has.
fn push_further<'a>(members: &mut Members<'a>, map: &'a Map<String, Value>, known: &[&str]) {
    let mut further: Members<'a> = map
        .iter()
        .filter(|(key, _)| !known.contains(&key.as_str()))
        .map(|(key, value)| (key.as_str(), Piece::Value(value)))
        .collect();
    further.sort_unstable_by_key(|(key, _)| *key);
    members.extend(further);
}

#[derive(Default)]
struct Layout {
    text: String,
    depth: usize,
    /// Start of the current line in `text`.
    line_start: usize,
}

impl Layout {
    fn piece(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Text(text) => push_quoted(&mut self.text, text),
            Piece::Value(Value::Array(items)) => self.fit(Piece::List(items.iter().map(Piece::Value).collect())),
            Piece::Value(Value::Object(map)) => {
                let mut members = Vec::new();
                push_further(&mut members, map, &[]);
                self.fit(Piece::Object(members));
            }
            Piece::Tall(members) => self.unfold(members),
            piece @ (Piece::List(_) | Piece::Object(_)) => self.fit(piece),
            piece @ (Piece::Flat(_) | Piece::Value(_)) => push_flat(&mut self.text, &piece),
        }
    }

    /// On this line if it fits, a comma after it included; else unfolded.
    fn fit(&mut self, piece: Piece<'_>) {
        let before = self.text.len();
        let room = LINE_WIDTH.saturating_sub(self.text[self.line_start..].chars().count() + 1);
        if push_flat_within(&mut self.text, &piece, before + room * 4) && self.text[before..].chars().count() <= room {
            return;
        }
        self.text.truncate(before);
        match piece {
            Piece::List(items) => self.unfold_list(items),
            Piece::Object(members) => self.unfold(members),
            other => push_flat(&mut self.text, &other),
        }
    }

    fn unfold(&mut self, members: Members<'_>) {
        if members.is_empty() {
            self.text.push_str("{}");
            return;
        }
        self.text.push('{');
        self.depth += 1;
        for (at, (key, piece)) in members.into_iter().enumerate() {
            self.next_line(at > 0);
            push_quoted(&mut self.text, key);
            self.text.push_str(": ");
            self.piece(piece);
        }
        self.depth -= 1;
        self.next_line(false);
        self.text.push('}');
    }

    fn unfold_list(&mut self, items: Vec<Piece<'_>>) {
        self.text.push('[');
        self.depth += 1;
        for (at, item) in items.into_iter().enumerate() {
            self.next_line(at > 0);
            self.piece(item);
        }
        self.depth -= 1;
        self.next_line(false);
        self.text.push(']');
    }

    fn next_line(&mut self, comma: bool) {
        if comma {
            self.text.push(',');
        }
        self.text.push('\n');
        self.line_start = self.text.len();
        self.text.extend(std::iter::repeat_n("  ", self.depth));
    }
}

fn push_flat(text: &mut String, piece: &Piece<'_>) {
    push_flat_within(text, piece, usize::MAX);
}

/// Writes `piece` on one line; stops, and says `false`, once `text` is longer than `limit` bytes: what does not fit is
/// not written to its end only to be thrown away, at every level anew.
fn push_flat_within(text: &mut String, piece: &Piece<'_>, limit: usize) -> bool {
    match piece {
        Piece::Text(content) => push_quoted(text, content),
        Piece::Value(Value::String(content)) => push_quoted(text, content),
        Piece::Value(Value::Array(items)) => return flat_list(text, items.iter().map(Piece::Value), limit),
        Piece::Value(Value::Object(map)) => {
            let mut members = Vec::new();
            push_further(&mut members, map, &[]);
            return flat_object(text, &members, limit);
        }
        Piece::Value(simple) => text.push_str(&simple.to_string()),
        Piece::List(items) => return flat_list(text, items.iter(), limit),
        Piece::Object(members) | Piece::Tall(members) | Piece::Flat(members) => {
            return flat_object(text, members, limit);
        }
    }
    text.len() <= limit
}

fn flat_list<'a>(
    text: &mut String,
    items: impl Iterator<Item = impl std::borrow::Borrow<Piece<'a>>>,
    limit: usize,
) -> bool {
    text.push('[');
    for (at, item) in items.enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        if !push_flat_within(text, item.borrow(), limit) {
            return false;
        }
    }
    text.push(']');
    text.len() <= limit
}

fn flat_object(text: &mut String, members: &Members<'_>, limit: usize) -> bool {
    if members.is_empty() {
        text.push_str("{}");
        return text.len() <= limit;
    }
    text.push_str("{ ");
    for (at, (key, piece)) in members.iter().enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        push_quoted(text, key);
        text.push_str(": ");
        if !push_flat_within(text, piece, limit) {
            return false;
        }
    }
    text.push_str(" }");
    text.len() <= limit
}

/// A JSON string. Characters that are invisible or move others are escaped, so that a committed file reads as what it is.
fn push_quoted(text: &mut String, content: &str) {
    text.push('"');
    let mut plain_from = 0;
    for (at, character) in content.char_indices() {
        if character == '"' || character == '\\' || is_treacherous(character) {
            text.push_str(&content[plain_from..at]);
            push_escaped(text, character);
            plain_from = at + character.len_utf8();
        }
    }
    text.push_str(&content[plain_from..]);
    text.push('"');
}

fn push_escaped(text: &mut String, character: char) {
    match character {
        '"' => text.push_str("\\\""),
        '\\' => text.push_str("\\\\"),
        '\n' => text.push_str("\\n"),
        '\r' => text.push_str("\\r"),
        '\t' => text.push_str("\\t"),
        other => push_json_escape(text, other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_urls_lose_user_password_query_and_fragment() {
        for (url, expected) in [
            ("http://dev.example.com", "http://dev.example.com"),
            ("https://user:word@dev.example.com:8443/connector/?key=1#top", "https://dev.example.com:8443/connector"),
            ("http://[::1]:5000/a/b", "http://[::1]:5000/a/b"),
            ("https://dev.example.com:443/", "https://dev.example.com"),
        ] {
            assert_eq!(source_url(&Url::parse(url).expect("a URL")), expected);
        }
    }

    #[test]
    fn strings_hide_nothing() {
        let mut text = String::new();
        push_quoted(&mut text, "a\"\\\n\u{1b}\u{202e}\u{e0041}ä");
        assert_eq!(text, "\"a\\\"\\\\\\n\\u001b\\u202e\\udb40\\udc41ä\"");
    }
}
