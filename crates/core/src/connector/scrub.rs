//! Takes the secrets of a request out of what the server says about it.
//!
//! Error texts echo what they were sent: a database driver names the user, the host, sometimes the whole connection
//! string (docs/CONNECTOR.md#linking). Only foreign text goes through here; aidb's own words never hold a secret to begin with.

use std::sync::Arc;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::echo::Echoes;

const MASK: &str = "***";

/// The shortest part of a connection string, other than its password, that is worth hiding: a database called `db` says
/// nothing, and hiding it makes every message unreadable.
const SHORTEST_PART: usize = 3;

/// Length of a secret, in characters, that a mask gives away: a reader who knows the sentence reads the key `a` off "inv***lid",
/// and off "the API *** is invalid" the key `key`.
const SHORTEST_SECRET: usize = 8;

/// The same of one that is made of letters alone, as words are.
const SHORTEST_WORD: usize = 20;

/// Substitute for a text that holds a secret which a mask would give away.
const WITHHELD: &str = "the server's words are left out, because they hold a secret of this request";

/// Everything that must not show up in an error, longest first.
#[derive(Default)]
pub(super) struct Scrubber {
    needles: Vec<Needle>,
    /// The secrets that a mask would give away.
    guessable: Vec<Zeroizing<String>>,
    /// The parts that nobody may learn, as they are and decoded.
    secrets: Vec<Zeroizing<String>>,
    /// Hears what comes back in another form.
    echoes: Option<Arc<Echoes>>,
}

/// One spelling of what is masked.
#[derive(PartialEq, Eq)]
struct Needle {
    text: Zeroizing<String>,
    within: Within,
}

/// Position of a needle.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Within {
    /// Wherever it stands.
    Anything,
    /// Not inside a word: a database called `main` is no reason to take "domain" apart.
    Punctuation,
}

/// Part of a connection string.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// All of it: nobody may learn it, and it begins like any other.
    Whole,
    /// Nobody may learn it.
    Secret,
    /// User, host, database: they say where something is.
    Detail,
}

impl Scrubber {
    /// Hides nothing yet but what `echoes` hears.
    pub(super) fn with(echoes: Arc<Echoes>) -> Self {
        Self { echoes: Some(echoes), ..Self::default() }
    }

    /// Hides a key: as it is, and in the spellings in which software echoes text.
    pub(super) fn hide(&mut self, secret: &SecretString) {
        self.add(secret.expose_secret(), Part::Secret);
        self.sort();
    }

    /// Hides a connection string: all of it, and each part that tells something (user, password, host, database,
    /// parameters). Reads URLs as well as `key=value` forms, and guesses generously: a part too many costs a word of an
    /// error message.
    pub(super) fn hide_connection(&mut self, connection: &SecretString) {
        let text = connection.expose_secret();
        self.add(text, Part::Whole);
        if let Some((_, rest)) = text.split_once("://") {
            let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
            for candidate in [authority, rest] {
                self.hide_userinfo(candidate);
            }
            let address = rest.rsplit_once('@').map_or(rest, |(_, address)| address);
            let address = address.split(['?', '#']).next().unwrap_or_default();
            for (index, part) in address.split('/').enumerate() {
                if index == 0 {
                    self.hide_hosts(part);
                } else {
                    self.add(part, Part::Detail);
                }
            }
        }
        self.hide_assignments(text);
        self.sort();
    }

    /// The parts of a connection string that nobody may learn.
    pub(super) fn secret_parts(connection: &SecretString) -> Vec<Zeroizing<String>> {
        let mut scrubber = Self::default();
        scrubber.hide_connection(connection);
        scrubber.secrets
    }

    fn hide_userinfo(&mut self, text: &str) {
        let Some((userinfo, _)) = text.rsplit_once('@') else { return };
        let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
        self.add(userinfo, Part::Detail);
        self.add(user, Part::Detail);
        self.add(password, Part::Secret);
        // A driver that reads the URL by the book takes a password with an unescaped `/` apart, and names the pieces.
        for piece in userinfo.split(['/', '?', '#', '@', ':']) {
            self.add(piece, Part::Detail);
        }
    }

    fn hide_hosts(&mut self, hosts: &str) {
        for host in hosts.split(',') {
            let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_matches(['[', ']']);
            if !matches!(name, "localhost" | "127.0.0.1" | "::1") {
                self.add(name, Part::Detail);
            }
        }
    }

    /// `password=…` in a query, a libpq string, an ADO string.
    fn hide_assignments(&mut self, text: &str) {
        let pairs = text.split([';', '&', '?', ' ', '\t', '\n']).filter_map(|pair| pair.split_once('='));
        for (key, value) in pairs {
            let key = key.to_ascii_lowercase();
            let secret = ["pass", "pwd", "secret", "token", "key"].iter().any(|word| key.contains(word));
            let plain =
                matches!(value, "localhost" | "127.0.0.1" | "true" | "false" | "require" | "prefer" | "disable");
            if secret || !plain {
                self.add(value.trim_matches(['\'', '"']), if secret { Part::Secret } else { Part::Detail });
            }
        }
        // A quoted password may hold the separators that the split above goes by.
        for quote in ['\'', '"'] {
            for part in text.split(quote).skip(1).step_by(2) {
                self.add(part, Part::Detail);
            }
        }
    }

    fn add(&mut self, text: &str, part: Part) {
        let length = text.chars().count();
        if text.is_empty() || (part == Part::Detail && text.len() < SHORTEST_PART) {
            return;
        }
        let word = text.chars().all(char::is_alphabetic);
        let short = length < SHORTEST_SECRET || (word && length < SHORTEST_WORD);
        let decoded = Zeroizing::new(percent_decode_str(text).decode_utf8_lossy().into_owned());
        if part == Part::Secret {
            self.secrets.extend([text, decoded.as_str()].map(|text| Zeroizing::new(text.to_owned())));
        }
        for form in [text, decoded.as_str()].into_iter().flat_map(spellings) {
            match part {
                Part::Secret | Part::Whole if short => self.guessable.push(form),
                Part::Detail if short => self.needles.push(Needle { text: form, within: Within::Punctuation }),
                _ => self.needles.push(Needle { text: form, within: Within::Anything }),
            }
        }
    }

    fn sort(&mut self) {
        let order = |one: &Needle, other: &Needle| {
            let longest_first = other.text.len().cmp(&one.text.len());
            longest_first.then_with(|| one.text.as_str().cmp(&other.text)).then_with(|| one.within.cmp(&other.within))
        };
        self.needles.sort_by(order);
        self.needles.dedup();
    }

    /// `text` with every secret replaced, or nothing of it where that would give one away. One pass, so that what was put in is
    /// not looked at again.
    pub(super) fn clean(&self, text: &str) -> String {
        let clean = self.masked(text);
        match &self.echoes {
            Some(echoes) if echoes.in_words(&clean) => WITHHELD.to_owned(),
            _ => clean,
        }
    }

    fn masked(&self, text: &str) -> String {
        if self.guessable.iter().any(|secret| text.contains(secret.as_str())) {
            return WITHHELD.to_owned();
        }
        let mut clean = String::with_capacity(text.len());
        let (mut rest, mut before) = (text, None);
        while let Some(first) = rest.chars().next() {
            if let Some(needle) = self.needles.iter().find(|needle| needle.begins(rest, before)) {
                clean.push_str(MASK);
                before = needle.text.chars().next_back();
                rest = &rest[needle.text.len()..];
            } else {
                clean.push(first);
                before = Some(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        clean
    }
}

impl Needle {
    /// Whether `rest` begins with it; `before` is the character that stands there.
    fn begins(&self, rest: &str, before: Option<char>) -> bool {
        let Some(after) = rest.strip_prefix(self.text.as_str()) else { return false };
        let in_a_word = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphanumeric);
        self.within == Within::Anything || !(in_a_word(before) || in_a_word(after.chars().next()))
    }
}

/// A text as it is, and as software echoes it.
fn spellings(form: &str) -> [Zeroizing<String>; 6] {
    let html = Zeroizing::new(form.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
    let escaped = Zeroizing::new(form.replace('\\', "\\\\"));
    [
        form.to_owned(),
        utf8_percent_encode(form, NON_ALPHANUMERIC).to_string(),
        escaped.replace('\'', "\\'"),
        escaped.replace('"', "\\\""),
        html.replace('"', "&#34;").replace('\'', "&#39;"),
        html.replace('"', "&quot;").replace('\'', "&#x27;"),
    ]
    .map(Zeroizing::new)
}
