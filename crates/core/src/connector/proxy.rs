//! The proxy on the way to a server: which one it is, so that errors can name it, and a setting that is none is refused instead
//! of passed over.

use std::ffi::OsString;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hyper::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use secrecy::SecretString;
use url::Url;
use zeroize::Zeroizing;

use super::error::ConnectorError;

/// The proxy settings of the account, as the usual variables hold them. Empty means none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// For any URL (`ALL_PROXY`).
    pub all: String,
    /// For `http` URLs (`HTTP_PROXY`).
    pub http: String,
    /// For `https` URLs (`HTTPS_PROXY`).
    pub https: String,
    /// Hosts that are reached without one (`NO_PROXY`).
    pub exempt: String,
}

/// A proxy may have a password in its URL.
impl std::fmt::Debug for Proxies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proxies").field("exempt", &self.exempt).finish_non_exhaustive()
    }
}

/// The proxy that leads to one server.
#[derive(Clone)]
pub(super) struct Proxy {
    intercept: Intercept,
    /// Host and port, without user and password.
    pub(super) address: String,
}

impl Proxies {
    /// The settings as whoever starts the engine finds them, by the rules that curl made usual. A web server that runs a program
    /// sets `HTTP_PROXY` to what its client sent: there none counts.
    pub fn of_variables(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        if variable("REQUEST_METHOD").is_some() {
            return Self::default();
        }
        let first = |names: [&str; 2]| {
            let value = names.into_iter().find_map(&variable).unwrap_or_default();
            value.to_string_lossy().into_owned()
        };
        Self {
            all: first(["ALL_PROXY", "all_proxy"]),
            http: first(["HTTP_PROXY", "http_proxy"]),
            https: first(["HTTPS_PROXY", "https_proxy"]),
            exempt: first(["NO_PROXY", "no_proxy"]),
        }
    }

    /// The proxy that leads to `url`; none where it is reached directly.
    pub(super) fn to(&self, url: &Url) -> Result<Option<Proxy>, ConnectorError> {
        let own = if url.scheme() == "https" { &self.https } else { &self.http };
        let setting = if own.trim().is_empty() { self.all.trim() } else { own.trim() };
        let Ok(uri) = url.as_str().parse::<Uri>() else {
            // Never the direct way instead, where a proxy is set.
            return if setting.is_empty() {
                Ok(None)
            } else {
                Err(unusable("the server's URL cannot be compared with it"))
            };
        };
        if setting.is_empty() {
            return of_the_system(&uri).map(Proxy::new).transpose();
        }
        // Whether a host is exempt does not hang on the proxy.
        let matcher = |proxy: &str| Matcher::builder().all(proxy).no(self.exempt.as_str()).build();
        if matcher("http://proxy").intercept(&uri).is_none() {
            return Ok(None);
        }
        let Some(intercept) = matcher(setting).intercept(&uri) else {
            return Err(unusable("it is no address of the form http://host:port"));
        };
        Proxy::new(intercept).map(Some)
    }
}

/// Where a system keeps proxies outside the environment too, its own library knows.
#[cfg(any(windows, target_os = "macos"))]
fn of_the_system(uri: &Uri) -> Option<Intercept> {
    Matcher::from_system().intercept(uri)
}

#[cfg(not(any(windows, target_os = "macos")))]
fn of_the_system(_uri: &Uri) -> Option<Intercept> {
    None
}

impl Proxy {
    fn new(intercept: Intercept) -> Result<Self, ConnectorError> {
        let uri = intercept.uri();
        let port = match uri.scheme_str() {
            Some("http") => 80,
            Some("https") => 443,
            _ => return Err(unusable("it is a SOCKS proxy, and aidb goes through HTTP proxies only")),
        };
        let Some(host) = uri.host() else { return Err(unusable("it has no host")) };
        let address = format!("{host}:{}", uri.port_u16().unwrap_or(port));
        Ok(Self { intercept, address })
    }

    /// Settings of it for the HTTP library.
    pub(super) fn for_client(&self) -> Result<reqwest::Proxy, ConnectorError> {
        let proxy = reqwest::Proxy::all(self.intercept.uri().to_string())
            .map_err(|_| unusable("it is no address of the form http://host:port"))?;
        Ok(match self.intercept.basic_auth() {
            Some(auth) => proxy.custom_http_auth(auth.clone()),
            None => proxy,
        })
    }

    /// The password of its URL, which a proxy might repeat.
    pub(super) fn password(&self) -> Option<SecretString> {
        let header = self.intercept.basic_auth()?.to_str().ok()?;
        let decoded = Zeroizing::new(BASE64_STANDARD.decode(header.strip_prefix("Basic ")?).ok()?);
        let (_, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
        (!password.is_empty()).then(|| SecretString::from(password))
    }
}

fn unusable(reason: &'static str) -> ConnectorError {
    ConnectorError::ProxyUnusable { reason }
}
