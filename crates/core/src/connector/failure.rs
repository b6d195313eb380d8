//! Why no answer came: the error chain of the HTTP library, sorted into what a person can act on.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::time::Duration;

use rustls::Error as TlsError;

use super::error::{Retry, Sent};
use super::limits::{Limits, seconds};
use super::proxy_failure::{ProxyFailure, ProxyFault, is_temporary};
use super::tls_failure::TlsFailure;
use crate::error::ErrorCode;

/// Progress of a request whose connection failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// There was no connection yet: nothing was sent.
    Connecting,
    /// The request may have left.
    UnderWay,
}

/// Reason a request got no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nothing listens at that address.
    Refused,
    /// No way to that address.
    NoRoute,
    /// The host name does not resolve.
    HostUnknown,
    /// The name service did not answer; the name may well exist.
    LookupFailed,
    /// The TLS connection failed.
    Tls(TlsFailure),
    /// No connection within this time.
    ConnectTimeout(Duration),
    /// A connection, and no complete answer within this time.
    RequestTimeout(Duration),
    /// The connection broke.
    Lost(Stage),
    /// The answer is no HTTP.
    NotHttp,
    /// The proxy on the way to the server did not let the connection through.
    Proxy(ProxyFailure),
    /// Anything else.
    Other(Stage),
}

impl Failure {
    /// Sorts an error of the HTTP library. `proxy` is what the connection was made through.
    pub(super) fn classify(error: &reqwest::Error, limits: &Limits, proxy: Option<&str>) -> Self {
        let stage = if error.is_connect() { Stage::Connecting } else { Stage::UnderWay };
        let chain = chain(error);
        if let (Some(proxy), Stage::Connecting) = (proxy, stage)
            && let Some(fault) = ProxyFault::of(error, &chain, limits.connect)
        {
            return Self::Proxy(ProxyFailure { proxy: proxy.to_owned(), fault });
        }
        if let Some(tls) = chain.iter().find_map(|cause| cause.downcast_ref::<TlsError>()) {
            return Self::Tls(TlsFailure::of(tls));
        }
        if error.is_dns() {
            return if chain.iter().any(|cause| is_temporary(*cause)) { Self::LookupFailed } else { Self::HostUnknown };
        }
        if error.is_timeout() {
            return match stage {
                Stage::Connecting => Self::ConnectTimeout(limits.connect),
                Stage::UnderWay => Self::RequestTimeout(limits.request),
            };
        }
        if chain.iter().filter_map(|cause| cause.downcast_ref::<hyper::Error>()).any(hyper::Error::is_parse) {
            return Self::NotHttp;
        }
        Self::of_io(&chain, stage)
    }

    fn of_io(chain: &[&(dyn StdError + 'static)], stage: Stage) -> Self {
        for kind in chain.iter().filter_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind) {
            match (kind, stage) {
                (io::ErrorKind::ConnectionRefused, _) => return Self::Refused,
                (io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable, Stage::Connecting) => {
                    return Self::NoRoute;
                }
                (
                    io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::BrokenPipe
                    | io::ErrorKind::NotConnected
                    | io::ErrorKind::HostUnreachable
                    | io::ErrorKind::NetworkUnreachable
                    | io::ErrorKind::UnexpectedEof,
                    stage,
                ) => return Self::Lost(stage),
                _ => {}
            }
        }
        // What is left of an HTTP exchange that was under way is a connection that ended early.
        match stage {
            Stage::UnderWay if chain.iter().any(|cause| cause.is::<hyper::Error>()) => Self::Lost(stage),
            stage => Self::Other(stage),
        }
    }

    pub(super) fn code(&self) -> ErrorCode {
        match self {
            Self::Refused | Self::NoRoute => ErrorCode::ConnectionRefused,
            Self::Proxy(failure) => failure.fault.code(),
            Self::HostUnknown | Self::LookupFailed => ErrorCode::HostUnknown,
            Self::Tls(_) => ErrorCode::TlsFailed,
            Self::ConnectTimeout(_) | Self::RequestTimeout(_) => ErrorCode::Timeout,
            Self::Lost(_) | Self::Other(_) => ErrorCode::ConnectionLost,
            Self::NotHttp => ErrorCode::NotAConnector,
        }
    }

    pub(super) fn retry(&self) -> Retry {
        match self {
            Self::HostUnknown | Self::Tls(_) | Self::NotHttp => Retry::Never,
            Self::Proxy(failure) if failure.fault.is_lasting() => Retry::Never,
            _ => Retry::Safe { after: None },
        }
    }

    pub(super) fn sent(&self) -> Sent {
        match self {
            Self::Refused | Self::NoRoute | Self::HostUnknown | Self::LookupFailed => Sent::NotSent,
            Self::ConnectTimeout(_) | Self::Proxy(_) => Sent::NotSent,
            // With TLS 1.3 a server may refuse a client after the request left; it has not read it then.
            Self::Tls(TlsFailure::Refused) => Sent::Refused,
            Self::Tls(_) => Sent::NotSent,
            Self::Lost(Stage::Connecting) | Self::Other(Stage::Connecting) => Sent::NotSent,
            Self::RequestTimeout(_) | Self::Lost(_) | Self::Other(_) | Self::NotHttp => Sent::Unknown,
        }
    }

    pub(super) fn hint(&self) -> &'static str {
        match self {
            Self::Refused => "Check the port in the URL, and that the server is running.",
            Self::NoRoute => "Check the network or VPN of this machine, and the address in the URL.",
            Self::HostUnknown => "Check the host name in the URL for a typing mistake, and whether it needs a VPN.",
            Self::LookupFailed => "Check the network or VPN of this machine, and try again.",
            Self::Tls(tls) => tls.hint(),
            Self::ConnectTimeout(_) => "A firewall may be swallowing the connection. Check the address, port and VPN.",
            Self::RequestTimeout(_) => "The server is slow or hangs. Try again; if it stays so, tell whoever runs it.",
            Self::Lost(_) => {
                "Try again. If it keeps happening, something between here and the server cuts connections."
            }
            Self::NotHttp => "Is this URL an AI Agent Connector? If the server speaks TLS, write https:// in the URL.",
            Self::Proxy(failure) => failure.hint(),
            Self::Other(_) => "Try again. If it keeps happening, check the network between here and the server.",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("Connection refused: nothing listens there"),
            Self::NoRoute => f.write_str("No network path leads there"),
            Self::HostUnknown => f.write_str("The host name does not exist"),
            Self::LookupFailed => f.write_str("The host name could not be looked up: the name service did not answer"),
            Self::Tls(tls) => write!(f, "No secure connection: {}", tls.sentence()),
            Self::ConnectTimeout(limit) => write!(f, "No connection within {}", seconds(*limit)),
            Self::RequestTimeout(limit) => write!(f, "No complete answer within {}", seconds(*limit)),
            Self::Lost(Stage::Connecting) => f.write_str("The connection was cut while it was being made"),
            Self::Lost(Stage::UnderWay) => f.write_str("The connection was cut before the answer was complete"),
            Self::NotHttp => f.write_str("What answers there does not speak HTTP"),
            Self::Proxy(failure) => failure.fmt(f),
            Self::Other(Stage::Connecting) => f.write_str("No connection could be made"),
            Self::Other(Stage::UnderWay) => f.write_str("The connection failed"),
        }
    }
}

/// The error and everything below it. An `io::Error` is opened too: its own `source` skips what it wraps.
fn chain<'a>(error: &'a (dyn StdError + 'static)) -> Vec<&'a (dyn StdError + 'static)> {
    let mut chain = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        chain.push(cause);
        next = match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => cause.source(),
        };
    }
    chain
}
