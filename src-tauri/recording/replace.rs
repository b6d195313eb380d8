//! What differs from run to run, replaced by what does not, the same by the same.

use std::collections::HashMap;

use serde_json::Value;

use super::clock::Clock;
use super::world::World;

/// What a person types as a connection string in a scenario. It stands as `typed-secret` in the recording.
pub(super) const CONNECTION: &str = "postgresql://app:canary-4c1e@db.example.com:5432/shop";
/// What a person types as an API key. It ends as `typed-secret` does, which it stands as.
pub(super) const TYPED: &str = "canary-typed-key-secret";

/// The first port that a recording names.
const FIRST_PORT: usize = 4101;

struct Replaced<'w> {
    clock: &'w Clock,
    folder: String,
    known: HashMap<String, String>,
    counts: HashMap<&'static str, usize>,
}

/// Replaces ids, times, durations, ports and paths throughout.
pub(super) fn replace(scenario: &mut Value, world: &World, clock: &Clock) {
    let folder = world.folder.path().display().to_string();
    let mut replaced = Replaced { clock, folder, known: HashMap::new(), counts: HashMap::new() };
    // Environments first, in stage order: what else is found depends on what is recorded.
    for (id, port) in world.ids.iter().zip(world.ports()) {
        replaced.renamed("environment", id);
        replaced.renamed("port", &port.to_string());
    }
    replaced.value(scenario);
}

impl Replaced<'_> {
    fn value(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(fields) => self.fields(fields),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn fields(&mut self, fields: &mut serde_json::Map<String, Value>) {
        let done = fields.get("done").and_then(Value::as_u64).unwrap_or_default();
        for (key, field) in fields.iter_mut() {
            match key.as_str() {
                "duration_ms" if field.is_number() => *field = 1200.into(),
                "elapsed_ms" if field.is_number() => *field = (done * 1000).into(),
                "wait_ms" if field.is_number() => *field = 2000.into(),
                // The clock of a file system or a keychain, which is behind by as much as it likes.
                "set_at" if field.is_string() => *field = self.clock.first().into(),
                _ => self.value(field),
            }
        }
    }

    fn text(&mut self, text: &str) -> String {
        let text = text.replace(&self.folder, "/home/maria");
        let text = text.replace(CONNECTION, "typed-secret").replace(TYPED, "typed-secret");
        let text = self.ports(&self.times(&text));
        self.ids(&text)
    }

    fn times(&self, text: &str) -> String {
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '.');
        runs(text, part, |run| self.clock.say(run))
    }

    fn ports(&mut self, text: &str) -> String {
        let mut pieces = text.split("127.0.0.1:");
        let mut out = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (port, rest) = piece.split_at(piece.find(|c: char| !c.is_ascii_digit()).unwrap_or(piece.len()));
            out.push_str("127.0.0.1:");
            out.push_str(&self.renamed("port", port));
            out.push_str(rest);
        }
        out
    }

    /// Every run of characters that an id can be made of is looked at by itself.
    fn ids(&mut self, text: &str) -> String {
        runs(text, |c| c.is_ascii_alphanumeric() || c == '-', |run| self.id(run))
    }

    fn id(&mut self, word: &str) -> Option<String> {
        // A key's file is named after its environment, and a digest of that.
        if let Some(kind) =
            ["environment-key", "agent-key"].into_iter().find(|kind| word.starts_with(kind) && word.len() > 40)
        {
            return Some(format!("{kind}-1"));
        }
        let short = |prefix| word.strip_prefix(prefix).is_some_and(|rest: &str| rest.len() == 8);
        let file = word.strip_prefix("file-").is_some_and(|rest| rest.len() == 32);
        let numbered = word.strip_prefix("plan-").is_some_and(|rest| rest.parse::<u64>().is_ok());
        let uuid = word.len() == 36 && word.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
        let kind = match () {
            () if short("bk-") => "backup",
            () if short("op-") => "operation",
            () if short("pc-") => "profile change",
            () if short("ad-") => "accepted difference",
            () if short("pr-") => "pair",
            () if short("ba-") => "batch",
            () if file => "file",
            () if numbered => "plan",
            () if uuid => "environment",
            () => return None,
        };
        Some(self.renamed(kind, word))
    }

    fn renamed(&mut self, kind: &'static str, value: &str) -> String {
        if let Some(known) = self.known.get(value) {
            return known.clone();
        }
        let number = self.counts.entry(kind).or_default();
        *number += 1;
        let name = match kind {
            "backup" => format!("bk-{number:08}"),
            "operation" => format!("op-{number:08}"),
            "profile change" => format!("pc-{number:08}"),
            "accepted difference" => format!("ad-{number:08}"),
            "pair" => format!("pr-{number:08}"),
            "batch" => format!("ba-{number:08}"),
            "plan" => format!("plan-{number}"),
            "file" => format!("file-{number}"),
            "port" => (FIRST_PORT + *number - 1).to_string(),
            _ => format!("01930000-0000-7000-8000-{number:012}"),
        };
        self.known.insert(value.to_owned(), name.clone());
        name
    }
}

/// Replaces the runs of certain characters that have something to stand in their place.
fn runs(text: &str, part: impl Fn(char) -> bool, mut instead: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (run, after) = rest.split_at(rest.find(|c| !part(c)).unwrap_or(rest.len()));
        match instead(run) {
            Some(other) => out.push_str(&other),
            None => out.push_str(run),
        }
        let next = after.chars().next().map_or(0, char::len_utf8);
        out.push_str(&after[..next]);
        rest = &after[next..];
    }
    out
}
