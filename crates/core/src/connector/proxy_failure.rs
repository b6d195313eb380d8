//! The proxy on the way to a server: where it failed, and not the server.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::time::Duration;

use rustls::Error as TlsError;

use super::limits::seconds;
use crate::error::ErrorCode;

/// A connection that failed at the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyFailure {
    /// The host and port.
    pub proxy: String,
    /// What the proxy did.
    pub fault: ProxyFault,
}

/// Fault of a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyFault {
    /// Nothing listens at its address.
    Refused,
    /// No way to its address.
    NoRoute,
    /// The host name does not resolve.
    HostUnknown,
    /// The name service did not answer.
    LookupFailed,
    /// No TLS connection to the proxy itself.
    Tls,
    /// No connection within this time, with the proxy or with the server behind it.
    Timeout(Duration),
    /// Asks for a key.
    AuthRequired,
    /// Did not make a connection to the server.
    Denied,
    /// The connection to it broke, or what answers there is no HTTP proxy.
    Broken,
}

impl ProxyFault {
    /// Sorts an error from before there was a connection; `None` where it comes from the server behind the proxy.
    pub(super) fn of(error: &reqwest::Error, chain: &[&(dyn StdError + 'static)], limit: Duration) -> Option<Self> {
        // The tunnel errors of the HTTP library have no public type.
        let tunnel = chain
            .iter()
            .map(ToString::to_string)
            .find_map(|text| text.strip_prefix("tunnel error: ").map(str::to_owned));
        match tunnel.as_deref() {
            Some("proxy authorization required") => Some(Self::AuthRequired),
            Some("unsuccessful") => Some(Self::Denied),
            Some("failed to create underlying connection") => Some(Self::of_connection(error, chain)),
            Some(_) => Some(Self::Broken),
            None if error.is_timeout() => Some(Self::Timeout(limit)),
            None if chain.iter().any(|cause| cause.is::<TlsError>()) => None,
            // Through a tunnel the only thing left to fail is the handshake with the server, which is no connecting.
            None => Some(Self::of_connection(error, chain)).filter(|fault| *fault != Self::Broken),
        }
    }

    fn of_connection(error: &reqwest::Error, chain: &[&(dyn StdError + 'static)]) -> Self {
        if error.is_dns() {
            return if chain.iter().any(|cause| is_temporary(*cause)) { Self::LookupFailed } else { Self::HostUnknown };
        }
        if chain.iter().any(|cause| cause.is::<TlsError>()) {
            return Self::Tls;
        }
        let kinds = chain.iter().filter_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
        for kind in kinds {
            match kind {
                io::ErrorKind::ConnectionRefused => return Self::Refused,
                io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => return Self::NoRoute,
                _ => {}
            }
        }
        Self::Broken
    }

    pub(super) const fn code(self) -> ErrorCode {
        match self {
            Self::Timeout(_) => ErrorCode::Timeout,
            _ => ErrorCode::ConnectionRefused,
        }
    }

    /// Whether the same would happen again.
    pub(super) const fn is_lasting(self) -> bool {
        matches!(self, Self::HostUnknown | Self::Tls | Self::AuthRequired)
    }
}

impl ProxyFailure {
    /// Whether what helps are this machine's proxy settings, rather than whoever runs the proxy.
    #[must_use]
    pub const fn is_of_settings(&self) -> bool {
        !matches!(self.fault, ProxyFault::Denied | ProxyFault::AuthRequired)
    }

    pub(super) const fn hint(&self) -> &'static str {
        match self.fault {
            ProxyFault::Denied => {
                "Check the host name and the port in the URL: a proxy looks the name up itself. If they are right, ask whoever \
                 runs the proxy whether it lets this host through."
            }
            ProxyFault::AuthRequired => {
                "Put user name and password into the proxy settings of this machine: http://user:password@host:port."
            }
            _ => {
                "Check the proxy settings of this machine, or exempt the server's host from the proxy. The server itself was not \
                 reached."
            }
        }
    }
}

impl fmt::Display for ProxyFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proxy = &self.proxy;
        match self.fault {
            ProxyFault::Refused => write!(f, "Connection refused: nothing listens at the proxy {proxy}"),
            ProxyFault::NoRoute => write!(f, "No network path leads to the proxy {proxy}"),
            ProxyFault::HostUnknown => write!(f, "The host name of the proxy {proxy} does not exist"),
            ProxyFault::LookupFailed => {
                write!(f, "The host name of the proxy {proxy} could not be looked up: the name service did not answer")
            }
            ProxyFault::Tls => write!(f, "No secure connection to the proxy {proxy}"),
            ProxyFault::Timeout(limit) => {
                write!(f, "No connection through the proxy {proxy} within {}", seconds(limit))
            }
            ProxyFault::AuthRequired => write!(f, "The proxy {proxy} asks who you are"),
            ProxyFault::Denied => {
                write!(f, "The proxy {proxy} made no connection: it does not reach the server, or does not allow it")
            }
            ProxyFault::Broken => write!(f, "The proxy {proxy} broke the connection off, or is no HTTP proxy"),
        }
    }
}

/// The system's resolver gives no code, only `gai_strerror`'s English text (or, on Windows, WSATRY_AGAIN).
pub(super) fn is_temporary(cause: &(dyn StdError + 'static)) -> bool {
    const WSATRY_AGAIN: i32 = 11002;
    let Some(error) = cause.downcast_ref::<io::Error>() else { return false };
    let text = error.to_string().to_ascii_lowercase();
    error.raw_os_error() == Some(WSATRY_AGAIN) || text.contains("temporary failure") || text.contains("try again")
}
