//! Which URLs an environment may have, and which of them stay on this machine.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::error::ConnectorError;

/// Whether plain http may leave this machine. The API key and connection strings travel readable over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum PlainHttp {
    /// Plain http only to 127.0.0.0/8, `::1` and the name `localhost`.
    #[default]
    LoopbackOnly,
    /// Plain http to any host: somebody said so for this environment.
    Allowed,
}

/// Reads the URL of an environment: http or https, with a host, without user, password, query and fragment.
///
/// A path prefix is kept and trailing slashes are trimmed. One trailing `/api` is taken off, because people paste the
/// address that they see in the API reference, and every call adds `/api` itself; a server whose own prefix is `/api` is
/// written `https://host/api/api`.
///
/// # Errors
/// [`ConnectorError::UrlInvalid`]. It never repeats the text: there may be a password in it.
pub fn parse_base_url(text: &str) -> Result<Url, ConnectorError> {
    let text = text.trim();
    if text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return Err(invalid("it contains a space, a backslash or a control character"));
    }
    let Some((_, rest)) = text.split_once("://") else {
        return Err(invalid("it does not start with http:// or https://"));
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() {
        return Err(invalid("it has no host"));
    }
    if authority.contains('@') {
        return Err(holds_credentials());
    }
    let mut url = checked(Url::parse(text).map_err(|error| invalid(&error.to_string()))?)?;
    if let Some(prefix) = url.path().strip_suffix("/api") {
        let prefix = prefix.trim_end_matches('/').to_owned();
        url.set_path(&prefix);
    }
    Ok(url)
}

/// Reads a URL that [`parse_base_url`] gave and that was kept since: its `/api`, where it has one, is its own and stays.
///
/// # Errors
/// [`ConnectorError::UrlInvalid`], where the record was damaged.
pub fn parse_kept_url(text: &str) -> Result<Url, ConnectorError> {
    checked(Url::parse(text).map_err(|error| invalid(&error.to_string()))?)
}

/// The rules of [`parse_base_url`] for a URL that is parsed already, whose `/api` is its own.
pub(super) fn checked(mut url: Url) -> Result<Url, ConnectorError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(invalid("it does not start with http:// or https://"));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(invalid("it has no host"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(holds_credentials());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(invalid("it has a query or a fragment (the part from ? or #), and a base address has none"));
    }
    let prefix = url.path().trim_end_matches('/').to_owned();
    url.set_path(&prefix);
    Ok(url)
}

/// Whether a request to `url` stays on this machine: literally 127.0.0.0/8, `::1` or the name `localhost`.
///
/// The host is judged as the URL standard reads it, which is also what is connected to: `127.1` and `0x7f.1` *are*
/// 127.0.0.1. Mapped addresses, `0.0.0.0` and names that merely resolve to this machine are not taken: what they mean is
/// decided elsewhere.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => Ipv4Addr::is_loopback(&address),
        Some(Host::Ipv6(address)) => Ipv6Addr::is_loopback(&address),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Refuses plain http beyond this machine unless it is allowed.
pub(super) fn guard_plain_http(url: &Url, plain_http: PlainHttp) -> Result<(), ConnectorError> {
    if url.scheme() == "https" || plain_http == PlainHttp::Allowed || is_loopback(url) {
        return Ok(());
    }
    Err(ConnectorError::PlainHttpRefused { host: url.host_str().unwrap_or_default().to_owned() })
}

fn invalid(reason: &str) -> ConnectorError {
    ConnectorError::UrlInvalid { reason: reason.to_owned() }
}

fn holds_credentials() -> ConnectorError {
    ConnectorError::UrlInvalid {
        reason: "it has a user or a password in it, which profiles and logs would keep: put the key into the keychain"
            .to_owned(),
    }
}
