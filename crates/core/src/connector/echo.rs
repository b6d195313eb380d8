//! Whether a server says a secret back that aidb has sent to it, in whatever form: as it is, cut, reversed, in other case, taken
//! apart by spaces, percent, hex, entity or base64 coded.
//!
//! Text is compared by its letters and digits alone, in lower case: that undoes case, spaces, invisible characters and separators, and
//! leaves the digits of an escape. So one form covers its spellings: `%6B%65`, `6b 65` and `6B:65` are `6b65`.
//!
//! What is quoted must not hold eight characters of a secret in a row. What is taken for data must not hold all of one: an agent may
//! well be called like the beginning of a key.

use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

/// Characters in a row that are told from a coincidence, and that nobody should read of a secret.
const TELLING: usize = 8;
/// A secret of fewer letters and digits is in every text; see `Scrubber`, which leaves a text that holds it out whole.
const SHORTEST: usize = 4;

/// A secret that went out with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A key or a password.
    Key,
    /// A connection string, which begins like any other: as it is, only its secret parts count.
    Connection,
}

/// Finds secrets in what a server says.
pub(super) struct Echoes {
    /// Parts of a secret, in every form.
    quoted: Option<AhoCorasick>,
    /// Whole secrets, in every form.
    data: Option<AhoCorasick>,
}

impl Echoes {
    pub(super) fn of<'s>(secrets: impl Iterator<Item = (&'s str, Kind)>) -> Self {
        let (mut parts, mut whole) = (Vec::new(), Vec::new());
        for (secret, kind) in secrets {
            let plain = normal(secret);
            if plain.len() < SHORTEST {
                continue;
            }
            // Of a short one, most of it.
            let window = TELLING.min((plain.len() * 2 / 3).max(SHORTEST));
            if kind == Kind::Key {
                parts.extend(plain.windows(window).flat_map(both_ways));
            }
            parts.extend(secret.as_bytes().windows(window).flat_map(coded));
            if plain.len() >= TELLING {
                whole.extend(coded(secret.as_bytes()));
                if kind == Kind::Key {
                    whole.extend(both_ways(&plain));
                    whole.extend(written(secret));
                }
            }
            parts.extend(written(secret));
        }
        Self { quoted: automaton(parts), data: automaton(whole) }
    }

    /// Whether a text that is to be quoted gives part of a secret away.
    pub(super) fn in_words(&self, text: &str) -> bool {
        self.quoted.as_ref().is_some_and(|quoted| quoted.is_match(normal(text).as_slice()))
    }

    /// Whether data holds a whole secret.
    pub(super) fn in_data(&self, text: &str) -> bool {
        self.data.as_ref().is_some_and(|data| data.is_match(normal(text).as_slice()))
    }
}

fn automaton(mut patterns: Vec<Zeroizing<Vec<u8>>>) -> Option<AhoCorasick> {
    patterns.retain(|pattern| !pattern.is_empty());
    if patterns.is_empty() {
        return None;
    }
    // The quickest to build: it reads a sentence now and then.
    AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::NoncontiguousNFA))
        .build(patterns.iter().map(|one| one.as_slice()))
        .ok()
}

/// Distance of the wide forms of ASCII (U+FF01 to U+FF5E) from it.
const WIDE: u32 = 0xfee0;

/// The letters and digits of a text, in lower case. What is not ASCII stays as it is, except that it may be invisible.
fn normal(text: &str) -> Zeroizing<Vec<u8>> {
    let mut normal = Zeroizing::new(Vec::with_capacity(text.len()));
    for character in text.chars() {
        let narrow = u32::from(character).checked_sub(WIDE).and_then(char::from_u32).filter(char::is_ascii_graphic);
        let character = narrow.unwrap_or(character);
        if character.is_ascii() {
            if character.is_ascii_alphanumeric() {
                normal.push(character.to_ascii_lowercase() as u8);
            }
        } else if character.is_alphanumeric() {
            normal.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    normal
}

/// A normal form, and the same backwards.
fn both_ways(plain: &[u8]) -> [Zeroizing<Vec<u8>>; 2] {
    [Zeroizing::new(plain.to_vec()), Zeroizing::new(plain.iter().rev().copied().collect())]
}

/// The normal forms of a secret of which software escapes some characters.
fn written(secret: &str) -> Vec<Zeroizing<Vec<u8>>> {
    let percent = Zeroizing::new(utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string());
    let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    [percent, Zeroizing::new(html)].iter().map(|form| normal(form)).collect()
}

/// The normal forms of bytes of which every one is written in another alphabet, and the same backwards.
fn coded(bytes: &[u8]) -> Vec<Zeroizing<Vec<u8>>> {
    let join = |write: &dyn Fn(u8) -> String| Zeroizing::new(bytes.iter().map(|byte| write(*byte)).collect::<String>());
    let mut forms: Vec<Zeroizing<String>> = vec![
        // Hex, and what percent and backslash write, once their signs are gone.
        join(&|byte| format!("{byte:02x}")),
        join(&|byte| format!("25{byte:02x}")),
        join(&|byte| format!("x{byte:02x}")),
        join(&|byte| format!("x{byte:x}")),
        join(&|byte| format!("u{byte:04x}")),
        join(&|byte| format!("{byte}")),
        join(&|byte| format!("{byte:03}")),
        join(&|byte| format!("{byte:03o}")),
    ];
    forms.extend(base64_forms(bytes));
    forms.iter().flat_map(|form| both_ways(&normal(form))).collect()
}

/// Base64 wherever in its text the secret begins, without the characters that its neighbours have a share in.
fn base64_forms(bytes: &[u8]) -> Vec<Zeroizing<String>> {
    let mut forms = Vec::new();
    for before in 0..3 {
        let padded = Zeroizing::new([vec![0; before], bytes.to_vec()].concat());
        let coded = Zeroizing::new(STANDARD_NO_PAD.encode(&padded));
        let begin = (before * 8).div_ceil(6);
        let end = padded.len() * 8 / 6;
        if begin + SHORTEST <= end {
            forms.push(Zeroizing::new(coded[begin..end].to_owned()));
        }
    }
    forms
}

/// Secrets that a connector has sent, as long as it lives: a server may wait with what it says.
#[derive(Default)]
pub(super) struct Sent {
    secrets: Vec<(SecretString, Kind)>,
    echoes: Option<Arc<Echoes>>,
}

impl Sent {
    /// Keeps it in mind.
    pub(super) fn add(&mut self, secret: &SecretString, kind: Kind) {
        let known = self.secrets.iter().any(|(known, _)| known.expose_secret() == secret.expose_secret());
        if !known {
            self.secrets.push((secret.clone(), kind));
            self.echoes = None;
        }
    }

    pub(super) fn secrets(&self) -> impl Iterator<Item = (&SecretString, Kind)> {
        self.secrets.iter().map(|(secret, kind)| (secret, *kind))
    }

    /// What finds them, made when it is first needed.
    pub(super) fn echoes(&mut self, parts: impl Fn(&SecretString) -> Vec<Zeroizing<String>>) -> Arc<Echoes> {
        let secrets = &self.secrets;
        let make = || {
            let within: Vec<Zeroizing<String>> = secrets
                .iter()
                .filter(|(_, kind)| *kind == Kind::Connection)
                .flat_map(|(secret, _)| parts(secret))
                .collect();
            let own = secrets.iter().map(|(secret, kind)| (secret.expose_secret(), *kind));
            Arc::new(Echoes::of(own.chain(within.iter().map(|part| (part.as_str(), Kind::Key)))))
        };
        Arc::clone(self.echoes.get_or_insert_with(make))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "sk-Live_4f1d9A7e63B85c20";

    fn in_all_forms(secret: &str) -> Vec<(&'static str, String)> {
        let each = |write: &dyn Fn(u8) -> String| secret.bytes().map(write).collect::<String>();
        let base64 =
            |before: &str| base64::engine::general_purpose::STANDARD.encode(format!("{before}{secret} was wrong"));
        vec![
            ("as it is", secret.to_owned()),
            ("in upper case", secret.to_uppercase()),
            ("reversed", secret.chars().rev().collect()),
            ("cut", secret[..10].to_owned()),
            ("its end", secret[secret.len() - 9..].to_owned()),
            ("split by spaces", secret.chars().map(|c| format!("{c} ")).collect()),
            ("split by U+200B", secret.chars().map(|c| format!("{c}\u{200b}")).collect()),
            ("split by dots", secret.chars().map(|c| format!("{c}.")).collect()),
            (
                "full width",
                secret
                    .chars()
                    .map(|c| if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xfee0).unwrap() } else { c })
                    .collect(),
            ),
            ("percent coded", each(&|b| format!("%{b:02X}"))),
            ("percent coded twice", each(&|b| format!("%25{b:02X}"))),
            ("hex", each(&|b| format!("{b:02x}"))),
            ("hex with colons", each(&|b| format!("{b:02X}:"))),
            ("decimal entities", each(&|b| format!("&#{b};"))),
            ("hex entities", each(&|b| format!("&#x{b:x};"))),
            ("escapes", each(&|b| format!("\\u{b:04x}"))),
            ("octal", each(&|b| format!("\\{b:03o}"))),
            ("base64", base64("")),
            ("base64 behind one", base64("x")),
            ("base64 behind two", base64("xy")),
            ("url base64", base64("").replace('+', "-").replace('/', "_")),
            (
                "base64 in lines",
                base64("").as_bytes().chunks(7).map(|line| format!("{}\n", String::from_utf8_lossy(line))).collect(),
            ),
            ("base64 reversed", base64("").chars().rev().collect()),
        ]
    }

    #[test]
    fn s1_a_secret_is_heard_in_whatever_form_it_comes_back() {
        let echoes = Echoes::of([(KEY, Kind::Key)].into_iter());
        for (form, text) in in_all_forms(KEY) {
            assert!(echoes.in_words(&format!("The key {text} is not known here.")), "{form}: {text}");
        }
        for (form, text) in
            in_all_forms(KEY).into_iter().filter(|(form, _)| !["cut", "its end", "full width"].contains(form))
        {
            assert!(echoes.in_data(&format!("[\"orders\", \"{text}\"]")), "{form}: {text}");
        }
        for innocent in
            ["Agent my-agent not found", "sk-Live", "4f1d9a7", "The API key is not valid.", "0f2e9d4c1b", ""]
        {
            assert!(!echoes.in_words(innocent), "{innocent}");
        }
        assert!(!echoes.in_data("[\"sk-Live_4f1d\"]"), "an agent may be called like the beginning of a key");
    }

    #[test]
    fn s1_a_connection_string_is_heard_by_its_password_and_coded_as_a_whole() {
        let string = "postgresql://app:c%40nary-Pw7x@db.internal:5432/shop";
        let echoes = Echoes::of([(string, Kind::Connection), ("c@nary-Pw7x", Kind::Key)].into_iter());
        for (form, text) in in_all_forms(string).into_iter().filter(|(form, _)| *form != "cut" && *form != "its end") {
            assert!(echoes.in_words(&text), "{form}: {text}");
        }
        for driver in ["could not connect to PostgreSQL", "postgresql://", "port 5432 failed"] {
            assert!(!echoes.in_words(driver), "{driver}");
        }
    }
}
