//! Takes the secrets of a request out of what the server says about it.
//!
//! Error texts echo what they were sent: a database driver names the user, the host, sometimes the whole connection
//! string (wire/README.md). Only foreign text goes through here; aidb's own words never hold a secret to begin with.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

const MASK: &str = "***";

/// The shortest part of a connection string, other than its password, that is worth hiding: a database called `db` says
/// nothing, and hiding it makes every message unreadable.
const SHORTEST_PART: usize = 3;

/// Everything that must not show up in an error, longest first.
#[derive(Default)]
pub(super) struct Scrubber {
    needles: Vec<Zeroizing<String>>,
}

impl Scrubber {
    /// Hides a key: as it is, and in the spellings in which software echoes text.
    pub(super) fn hide(&mut self, secret: &SecretString) {
        self.add(secret.expose_secret(), 1);
        self.sort();
    }

    /// Hides a connection string: all of it, and each part that tells something (user, password, host, database,
    /// parameters). Reads URLs as well as `key=value` forms, and guesses generously: a part too many costs a word of an
    /// error message.
    pub(super) fn hide_connection(&mut self, connection: &SecretString) {
        let text = connection.expose_secret();
        self.add(text, 1);
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
                    self.add(part, SHORTEST_PART);
                }
            }
        }
        self.hide_assignments(text);
        self.sort();
    }

    fn hide_userinfo(&mut self, text: &str) {
        let Some((userinfo, _)) = text.rsplit_once('@') else { return };
        let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
        self.add(userinfo, SHORTEST_PART);
        self.add(user, SHORTEST_PART);
        self.add(password, 1);
        // A driver that reads the URL by the book takes a password with an unescaped `/` apart, and names the pieces.
        for piece in userinfo.split(['/', '?', '#', '@', ':']) {
            self.add(piece, SHORTEST_PART);
        }
    }

    fn hide_hosts(&mut self, hosts: &str) {
        for host in hosts.split(',') {
            let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_matches(['[', ']']);
            if !matches!(name, "localhost" | "127.0.0.1" | "::1") {
                self.add(name, SHORTEST_PART);
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
                self.add(value.trim_matches(['\'', '"']), if secret { 1 } else { SHORTEST_PART });
            }
        }
        // A quoted password may hold the separators that the split above goes by.
        for quote in ['\'', '"'] {
            for part in text.split(quote).skip(1).step_by(2) {
                self.add(part, SHORTEST_PART);
            }
        }
    }

    fn add(&mut self, part: &str, shortest: usize) {
        if part.len() < shortest.max(1) {
            return;
        }
        let decoded = Zeroizing::new(percent_decode_str(part).decode_utf8_lossy().into_owned());
        for form in [part, decoded.as_str()] {
            self.needles.push(Zeroizing::new(form.to_owned()));
            self.needles.push(Zeroizing::new(utf8_percent_encode(form, NON_ALPHANUMERIC).to_string()));
            self.needles.push(Zeroizing::new(form.replace('\\', "\\\\").replace('\'', "\\'")));
            self.needles.push(Zeroizing::new(form.replace('\\', "\\\\").replace('"', "\\\"")));
            let html = form.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            self.needles.push(Zeroizing::new(html.replace('"', "&#34;").replace('\'', "&#39;")));
            self.needles.push(Zeroizing::new(html.replace('"', "&quot;").replace('\'', "&#x27;")));
        }
    }

    fn sort(&mut self) {
        self.needles.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        self.needles.dedup();
    }

    /// `text` with every secret replaced. One pass, so that what was put in is not looked at again.
    pub(super) fn clean(&self, text: &str) -> String {
        let mut clean = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if let Some(needle) = self.needles.iter().find(|needle| rest.starts_with(needle.as_str())) {
                clean.push_str(MASK);
                rest = &rest[needle.len()..];
            } else {
                clean.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        clean
    }
}
