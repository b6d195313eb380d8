//! The identity of a server: what a URL leads to, normalised once (docs/RULES.md#server-identity).

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use super::source_url;

/// Scheme, host, port and path of a server's URL, in one spelling: lower-case host, no default port, no trailing slash, no
/// user, password, query or fragment. Two URLs lead to the same server exactly when their identities are equal; a key that
/// was given for one is never sent to another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServerId(String);

impl ServerId {
    /// Identity of the server that `url` leads to.
    #[must_use]
    pub fn of(url: &Url) -> Self {
        Self(source_url(url))
    }

    /// Identity behind a URL that was kept as text, in whatever spelling an earlier version kept it. Text that is no URL
    /// stands for itself, so that a damaged record equals no server.
    #[must_use]
    pub fn of_text(url: &str) -> Self {
        Url::parse(url.trim()).map_or_else(|_| Self(url.to_owned()), |url| Self::of(&url))
    }

    /// The normalised URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::ServerId;

    #[test]
    fn every_spelling_of_one_server_has_one_identity() {
        let spellings = [
            "https://Staging.Example.com",
            "https://staging.example.com/",
            "https://staging.example.com:443",
            "HTTPS://staging.example.com:443//",
            " https://user:password@staging.example.com/?key=x#y ",
        ];
        for spelling in spellings {
            assert_eq!(ServerId::of_text(spelling).as_str(), "https://staging.example.com", "{spelling}");
        }
        let prefixed = ServerId::of_text("http://127.0.0.1:80/team/");
        assert_eq!(prefixed.as_str(), "http://127.0.0.1/team");
    }

    #[test]
    fn scheme_host_port_and_path_tell_servers_apart() {
        let servers = [
            "http://h.example",
            "https://h.example",
            "http://h.example:8080",
            "http://g.example",
            "http://h.example/a",
            "http://h.example/A",
            "http://127.0.0.1",
            "http://localhost",
            "not a URL",
        ];
        for (index, one) in servers.iter().enumerate() {
            for other in &servers[index + 1..] {
                assert_ne!(ServerId::of_text(one), ServerId::of_text(other), "{one} {other}");
            }
        }
    }
}
