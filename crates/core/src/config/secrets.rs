//! The secret scan: what looks like a secret, by place and kind, never by value.
//!
//! A configuration file gets mailed, committed and shared, so a secret in it is an error (docs/RULES.md#agent-info), and a secret among
//! an agent's own information stays at the server. Four questions are asked of a text: has it the form of a known
//! secret (`forms`), is it a connection string with a password (`connections`), does it stand under a name that says
//! "secret" (`names`), does it look like nothing but randomness (`shape`)? Placeholders (`${VAR}`, `***`, `changeme`)
//! are no secrets: they are what belongs there instead.
//!
//! It runs over every resource id, so the first thing is one pass of a multi-pattern search for the words by which forms
//! can be told; almost every text ends there.

mod coded;
mod connections;
mod forms;
mod names;
mod shape;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::names::is_secret_name;
use super::path::Path;
use super::source_span::unescape;
use super::values::{MASKED, holds_mask};
use forms::Names;
use names::Suspicion;

/// Something that looks like a secret. Names where and what kind, and never holds the value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SecretFinding {
    /// JSON pointer to the value within what was scanned. A key that looks like a secret itself stands as `(withheld)`.
    pub pointer: String,
    /// Kind of secret, in words: `PostgreSQL connection string`, `AWS access key`.
    pub kind: String,
}

const NAMED: &str = "value under a name that says so";
const NAMED_TOKEN: &str = "token under a name that says so";
const RANDOM: &str = "random-looking value";

/// The shortest text that can be a secret without a name that says so: `user/pw@db`.
const SHORTEST_UNNAMED: usize = 8;

/// Says what kind of secret `text` looks like; `key` is the name it stands under, where it has one.
#[must_use]
pub fn looks_secret(key: Option<&str>, text: &str) -> Option<&'static str> {
    if text.len() >= SHORTEST_UNNAMED
        && !shape::is_plain_id(text)
        && let Some(kind) = unnamed(key, text)
    {
        return Some(kind);
    }
    named(key?, text)
}

/// Every secret within `value`, by JSON pointer, keys included.
#[must_use]
pub fn scan(value: &Value) -> Vec<SecretFinding> {
    let mut found = Vec::new();
    scan_within(None, value, &Path::ROOT, &mut |path, hit| found.push(finding(path, hit)));
    found
}

/// Takes out of an agent's own information every field that holds a secret, is by name none that may travel, or is masked by the
/// server, and says which: pointers start with `/agent/`.
pub fn withhold(info: &mut Map<String, Value>) -> Vec<SecretFinding> {
    let mut found = Vec::new();
    info.retain(|key, value| {
        let before = found.len();
        let agent = Path::ROOT.key("agent");
        let path = agent.key(key);
        if let Some(kind) = looks_secret(None, key) {
            found.push(finding(&path, Hit::Key(kind)));
        }
        scan_within(Some(key), value, &path, &mut |path, hit| found.push(finding(path, hit)));
        if found.len() == before && is_secret_name(key) {
            found.push(finding(&path, Hit::Value(NAMED)));
        }
        if found.len() == before && holds_mask(value) {
            found.push(finding(&path, Hit::Value(MASKED)));
        }
        found.len() == before
    });
    found
}

fn finding(path: &Path<'_>, hit: Hit) -> SecretFinding {
    let mut pointer = path.pointer();
    withhold_secret_keys(&mut pointer);
    let (Hit::Key(kind) | Hit::Value(kind)) = hit;
    SecretFinding { pointer, kind: kind.to_owned() }
}

/// Match of a scan, and what kind it is.
#[derive(Clone, Copy)]
pub(super) enum Hit {
    /// A key that is a secret.
    Key(&'static str),
    /// A value that is.
    Value(&'static str),
}

/// Whether a key looks like a secret itself, so that it must not be shown.
pub(super) fn is_secret_key(key: &str) -> bool {
    looks_secret(None, key).is_some()
}

/// Walks `value`, which stands under `name`, and tells every secret within it.
pub(super) fn scan_within(name: Option<&str>, value: &Value, path: &Path<'_>, tell: &mut dyn FnMut(&Path<'_>, Hit)) {
    match value {
        Value::String(text) => {
            if let Some(kind) = looks_secret(name, text) {
                tell(path, Hit::Value(kind));
            }
        }
        Value::Number(number) => {
            if name.is_some_and(|name| names::suspicion(name) == Suspicion::Certain) && number.to_string().len() >= 4 {
                tell(path, Hit::Value(NAMED));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                scan_within(name, item, &path.index(index), tell);
            }
        }
        Value::Object(members) => scan_members(name, members, path, tell),
        Value::Null | Value::Bool(_) => {}
    }
}

fn scan_members(
    name: Option<&str>,
    members: &Map<String, Value>,
    path: &Path<'_>,
    tell: &mut dyn FnMut(&Path<'_>, Hit),
) {
    // { "name": "DB_PASSWORD", "value": … }, as lists of variables have it.
    let told = ["name", "key"].iter().find_map(|key| members.get(*key)?.as_str());
    for (key, value) in members {
        let inner = path.key(key);
        if let Some(kind) = looks_secret(None, key) {
            tell(&inner, Hit::Key(kind));
        }
        let inherited = if names::is_generic(key) { told.or(name) } else { None };
        scan_within(Some(inherited.unwrap_or(key)), value, &inner, tell);
    }
}

/// Suspicion from the text; the name only says where randomness means nothing.
fn unnamed(key: Option<&str>, text: &str) -> Option<&'static str> {
    let hints = forms::hints(text);
    hints
        .form(text)
        .or_else(|| connections::kind(text, &hints))
        .or_else(|| if hints.names == Names::Assigned { assigned(text) } else { None })
        .or_else(|| (shape::has_random_word(text) && !key.is_some_and(names::is_public)).then_some(RANDOM))
        .or_else(|| (shape::is_bare_256_bits(text) && !key.is_some_and(names::is_of_a_digest)).then_some(RANDOM))
        .or_else(|| encoded(text, CODED_WITHIN_CODED))
}

/// Suspicion from the name it stands under.
fn named(name: &str, text: &str) -> Option<&'static str> {
    let suspicion = names::suspicion(name);
    if suspicion == Suspicion::None || shape::is_placeholder(text) {
        return None;
    }
    match suspicion {
        Suspicion::Certain => Some(NAMED),
        Suspicion::Token => shape::is_token(text).then_some(NAMED_TOKEN),
        Suspicion::Weak => shape::is_random(text).then_some(RANDOM),
        Suspicion::None => None,
    }
}

/// `name=value` and `name: value` within a text, the name being one that says "secret".
fn assigned(text: &str) -> Option<&'static str> {
    connections::assignments(text).find_map(|assignment| {
        let value = assignment.value;
        match names::suspicion(assignment.name) {
            _ if shape::is_placeholder(value) => None,
            Suspicion::Certain if assignment.terse || shape::is_strong(value) => Some(NAMED),
            Suspicion::Token if shape::is_token(value) => Some(NAMED_TOKEN),
            Suspicion::Weak if shape::is_random(value) => Some(RANDOM),
            _ => None,
        }
    })
}

/// A text in another writing is looked at so many times, each time in what was written in it.
const CODED_WITHIN_CODED: usize = 2;

/// A secret in another writing: Base64, as Kubernetes keeps them, percent, hexadecimal, entities, escapes, with characters between
/// that nobody sees.
fn encoded(text: &str, deep: usize) -> Option<&'static str> {
    coded::readings(text).iter().find_map(|decoded| {
        let hints = forms::hints(decoded);
        let found = hints.form(decoded).or_else(|| connections::kind(decoded, &hints)).or_else(|| assigned(decoded));
        found.or_else(|| if deep > 1 { encoded(decoded, deep - 1) } else { None })
    })
}

/// A key can be a secret too: then it stays out of the pointer as well.
pub(super) fn withhold_secret_keys(pointer: &mut String) {
    let needed = pointer.split('/').skip(1).any(|segment| is_secret_key(&unescape(segment)));
    if needed {
        *pointer = pointer
            .split('/')
            .map(|segment| if is_secret_key(&unescape(segment)) { "(withheld)" } else { segment })
            .collect::<Vec<_>>()
            .join("/");
    }
}
