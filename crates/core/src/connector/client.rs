//! One HTTP client for one environment: how it is built, and how one request becomes one answer.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use chrono::Utc;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, CONNECTION, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Certificate, Client, ClientBuilder, Method, Response, Version, redirect};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use url::Url;
use zeroize::Zeroizing;

use super::base_url::{PlainHttp, checked, guard_plain_http, is_loopback};
use super::connections::Connections;
use super::echo::{Echoes, Kind, Sent};
use super::error::{Call, ConnectorError, Effect};
use super::failure::Failure;
use super::limits::Limits;
use super::pause::Pause;
use super::proxy::{Proxies, Proxy};
use super::scrub::Scrubber;

/// The header that carries the key.
const API_KEY: &str = "x-api-key";

/// Address of a server, and how to talk to it.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The base address; see [`super::parse_base_url`].
    pub url: Url,
    /// Goes along with every request as `X-API-Key`.
    pub api_key: Option<SecretString>,
    /// Certificates in PEM form to trust besides the system's.
    pub ca_pem: Option<Vec<u8>>,
    /// Proxies by scheme, and the hosts that none leads to.
    pub proxies: Proxies,
    /// Whether plain http may leave this machine.
    pub plain_http: PlainHttp,
    /// Time and size limits.
    pub limits: Limits,
    /// The most requests at one time; further ones wait. Also the size of the connection pool.
    pub in_flight: usize,
}

/// A client of one AI Agent Connector. Cloning shares its connections.
#[derive(Clone)]
pub struct Connector(Arc<Inner>);

struct Inner {
    url: Url,
    prefix: String,
    client: Client,
    key_header: Option<HeaderValue>,
    limits: Limits,
    slots: Arc<Semaphore>,
    connections: Arc<Connections>,
    proxy: Option<Proxy>,
    /// Shared with the client that sends no key: it is the same server that may say one back.
    sent: Arc<Mutex<Sent>>,
}

impl Connector {
    /// Sets the client up; nothing is sent.
    ///
    /// # Errors
    /// A URL that cannot be used, plain http beyond this machine, a key that no header can carry, a CA file without a
    /// certificate, a proxy that is none, or a machine without any trusted CA.
    pub fn new(endpoint: Endpoint) -> Result<Self, ConnectorError> {
        let url = checked(endpoint.url)?;
        guard_plain_http(&url, endpoint.plain_http)?;
        let in_flight = endpoint.in_flight.clamp(1, Semaphore::MAX_PERMITS);
        let connections = Arc::new(Connections::up_to(in_flight));
        // One for the process, as its library wants it. Where the process has chosen already, that one is used.
        let _chosen_before = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder()
            .default_headers(HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]))
            .user_agent(concat!("aidb/", env!("CARGO_PKG_VERSION")))
            // A redirect would carry the key to wherever a proxy or a login page points; the answer is told as what it is.
            .redirect(redirect::Policy::none())
            .referer(false)
            .connect_timeout(endpoint.limits.connect)
            .timeout(endpoint.limits.request)
            .pool_max_idle_per_host(in_flight)
            // A small write waits for the answer to the one before it otherwise: 40 ms a request.
            .tcp_nodelay(true)
            .connector_layer(connections.layer())
            .dns_resolver(Arc::new(Names));
        let proxy = if is_loopback(&url) { None } else { endpoint.proxies.to(&url)? };
        let builder = match &proxy {
            Some(proxy) => builder.proxy(proxy.for_client()?),
            // The client would look for proxies of its own, in the variables and in the system.
            None => builder.no_proxy(),
        };
        let client = with_trust(builder, &url, endpoint.ca_pem.as_deref())?;
        let prefix = url.path().trim_end_matches('/').to_owned();
        let mut sent = Sent::default();
        endpoint.api_key.iter().for_each(|key| sent.add(key, Kind::Key));
        if let Some(password) = proxy.as_ref().and_then(Proxy::password) {
            sent.add(&password, Kind::Key);
        }
        let inner = Inner {
            url,
            prefix,
            client,
            key_header: endpoint.api_key.as_ref().map(key_header).transpose()?,
            limits: endpoint.limits,
            slots: Arc::new(Semaphore::new(in_flight)),
            connections,
            proxy,
            sent: Arc::new(Mutex::new(sent)),
        };
        Ok(Self(Arc::new(inner)))
    }

    /// The base address, without a trailing slash in its path.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0.url
    }

    /// Whether a key goes with every request.
    #[must_use]
    pub fn has_key(&self) -> bool {
        self.0.key_header.is_some()
    }

    /// That server, asked as somebody without a key: a key goes with no request of it.
    #[must_use]
    pub fn without_key(&self) -> Self {
        let Inner { url, prefix, client, limits, slots, connections, proxy, sent, .. } = self.0.as_ref();
        Self(Arc::new(Inner {
            url: url.clone(),
            prefix: prefix.clone(),
            client: client.clone(),
            key_header: None,
            limits: *limits,
            slots: Arc::clone(slots),
            connections: Arc::clone(connections),
            proxy: proxy.clone(),
            sent: Arc::clone(sent),
        }))
    }

    /// Host and port of the proxy that leads there.
    #[must_use]
    pub fn proxy(&self) -> Option<&str> {
        self.0.proxy.as_ref().map(|proxy| proxy.address.as_str())
    }

    /// Sends one request and reads the whole answer, whatever its status.
    pub(super) async fn send(&self, request: &Request<'_>) -> Result<Answer, ConnectorError> {
        let mut url = self.0.url.clone();
        url.set_path(&format!("{}{}", self.0.prefix, request.path));
        let mut building = self.0.client.request(request.method.clone(), url);
        if let Some(key) = &self.0.key_header {
            building = building.header(API_KEY, key.clone());
        }
        if let Some(body) = &request.body {
            building = building.header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(body.clone());
        }
        self.remember(request.secrets);
        // Never closed, so it always comes; the permit is held until the answer is read.
        let _slot = self.0.slots.acquire().await.ok();
        let response = building.send().await.map_err(|error| self.no_answer(request, &error))?;
        if ends_connection(&response) {
            self.0.connections.closed();
        }
        let (status, headers) = (response.status().as_u16(), response.headers());
        let retry_after = headers.get(RETRY_AFTER).and_then(|wanted| retry_after(wanted, headers.get(DATE)));
        let retry_after = retry_after.map(|wait| Pause::from(Utc::now(), wait));
        let location = headers.get(LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| self.0.url.join(to).ok());
        let body = self.read(request, response).await?;
        Ok(Answer { status, body, retry_after, location })
    }

    async fn read(&self, request: &Request<'_>, mut response: Response) -> Result<Zeroizing<Vec<u8>>, ConnectorError> {
        let limit = self.0.limits.answer_bytes;
        // An answer that says itself that it is too long is refused before a byte of it is read.
        let announced = response.content_length().unwrap_or(0);
        if announced > limit {
            return Err(self.too_large(request));
        }
        // What is announced is not believed beyond 1 MiB before it is there.
        let mut body = Zeroizing::new(Vec::with_capacity(announced.min(1 << 20) as usize));
        while let Some(chunk) = response.chunk().await.map_err(|error| self.no_answer(request, &error))? {
            if (body.len() + chunk.len()) as u64 > limit {
                return Err(self.too_large(request));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn too_large(&self, request: &Request<'_>) -> ConnectorError {
        let problem = format!("it is longer than {} bytes", self.0.limits.answer_bytes);
        ConnectorError::BadAnswer { problem, call: self.call(request) }
    }

    fn no_answer(&self, request: &Request<'_>, error: &reqwest::Error) -> ConnectorError {
        self.0.connections.closed();
        let failure = Failure::classify(error, &self.0.limits, self.proxy());
        ConnectorError::NoAnswer { failure, call: self.call(request) }
    }

    /// The request as errors name it: method, host, path, proxy; never headers.
    pub(super) fn call(&self, request: &Request<'_>) -> Box<Call> {
        let origin = self.0.url.origin().ascii_serialization();
        let through = self.proxy().map(|proxy| format!(" through the proxy {proxy}")).unwrap_or_default();
        let target = format!("{} {origin}{}{}{through}", request.method, self.0.prefix, request.path);
        Call::new(target, request.effect)
    }

    /// Hides every secret that this server was sent.
    pub(super) fn scrubber(&self) -> Scrubber {
        let mut sent = self.sent();
        let mut scrubber = Scrubber::with(sent.echoes(Scrubber::secret_parts));
        for (secret, kind) in sent.secrets() {
            match kind {
                Kind::Key => scrubber.hide(secret),
                Kind::Connection => scrubber.hide_connection(secret),
            }
        }
        scrubber
    }

    /// What hears a secret in an answer that is taken for data.
    pub(super) fn echoes(&self) -> Arc<Echoes> {
        self.sent().echoes(Scrubber::secret_parts)
    }

    fn remember(&self, secrets: Secrets<'_>) {
        if secrets.keys.iter().all(Option::is_none) && secrets.connection.is_none() {
            return;
        }
        let mut sent = self.sent();
        secrets.keys.into_iter().flatten().for_each(|key| sent.add(key, Kind::Key));
        secrets.connection.into_iter().for_each(|connection| sent.add(connection, Kind::Connection));
    }

    /// A poisoned lock only means that another call panicked while it held plain data; the data is still true.
    fn sent(&self) -> MutexGuard<'_, Sent> {
        self.0.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Connector").field(&self.0.url.as_str()).finish()
    }
}

/// One request. Its path begins with `/api` and is percent-encoded.
pub(super) struct Request<'a> {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) effect: Effect,
    pub(super) body: Option<Bytes>,
    pub(super) secrets: Secrets<'a>,
}

/// The secrets that go out in a request's body, so that its errors can be scrubbed of them.
#[derive(Clone, Copy, Default)]
pub(super) struct Secrets<'a> {
    pub(super) keys: [Option<&'a SecretString>; 2],
    pub(super) connection: Option<&'a SecretString>,
}

impl Request<'_> {
    pub(super) fn get(path: String) -> Self {
        Self { method: Method::GET, path, effect: Effect::None, body: None, secrets: Secrets::default() }
    }

    pub(super) fn delete(path: String) -> Self {
        Self { method: Method::DELETE, path, effect: Effect::Repeatable, body: None, secrets: Secrets::default() }
    }
}

/// An answer, read to its end.
pub(super) struct Answer {
    pub(super) status: u16,
    /// Wiped when dropped: registering answers with the agent's key.
    pub(super) body: Zeroizing<Vec<u8>>,
    pub(super) retry_after: Option<Pause>,
    pub(super) location: Option<Url>,
}

/// `Bytes` over a wiped buffer: the header's memory is cleared when the client goes.
fn key_header(key: &SecretString) -> Result<HeaderValue, ConnectorError> {
    let bytes = Bytes::from_owner(Zeroizing::new(key.expose_secret().as_bytes().to_vec()));
    let mut value = HeaderValue::from_maybe_shared(bytes).map_err(|_| ConnectorError::ApiKeyUnusable)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Trusts the system's CAs, and those of `ca_pem` besides. Plain http loads none, so that it works where there are none.
fn with_trust(builder: ClientBuilder, url: &Url, ca_pem: Option<&[u8]>) -> Result<Client, ConnectorError> {
    let Some(pem) = ca_pem else {
        let builder = if url.scheme() == "http" { builder.tls_certs_only([]) } else { builder };
        return builder.build().map_err(|error| ConnectorError::TlsUnavailable { reason: innermost(&error) });
    };
    let ca_invalid = |reason: String| ConnectorError::CaFileInvalid { reason };
    let certificates = certificates(pem).map_err(ca_invalid)?;
    builder.tls_certs_merge(certificates).build().map_err(|error| ca_invalid(innermost(&error)))
}

/// Looks whether a file can be a CA file: certificates in PEM form that the TLS library understands.
///
/// # Errors
/// Fault, as the rest of a sentence.
pub fn check_ca_pem(pem: &[u8]) -> Result<(), String> {
    certificates(pem)?;
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| format!("a certificate in it cannot be read ({error})"))?;
    }
    Ok(())
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, String> {
    let certificates = Certificate::from_pem_bundle(pem).map_err(|error| innermost(&error))?;
    match certificates.is_empty() {
        true if pem.windows(PRIVATE_KEY.len()).any(|part| part == PRIVATE_KEY) => {
            Err("there is a private key in it, and no certificate".to_owned())
        }
        true => Err("there is no certificate in it".to_owned()),
        false => Ok(certificates),
    }
}

const PRIVATE_KEY: &[u8] = b"PRIVATE KEY-----";

/// Whether the server closes the connection after this answer.
fn ends_connection(response: &Response) -> bool {
    let says = |word: &str| {
        response.headers().get(CONNECTION).is_some_and(|said| said.as_bytes().eq_ignore_ascii_case(word.as_bytes()))
    };
    says("close") || (response.version() == Version::HTTP_10 && !says("keep-alive"))
}

fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// `Retry-After` in either form. A date counts from the server's own `Date`, because the clocks of the two may differ.
fn retry_after(wanted: &HeaderValue, date: Option<&HeaderValue>) -> Option<Duration> {
    let wanted = wanted.to_str().ok()?.trim();
    if let Ok(seconds) = wanted.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(wanted).ok()?;
    let sent = date.and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    Some(until.duration_since(sent.unwrap_or_else(SystemTime::now)).unwrap_or_default())
}

/// The system's name service, except that `localhost` is this machine whatever a hosts file says: plain http to it is
/// allowed for that reason alone.
struct Names;

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let local = name.as_str().eq_ignore_ascii_case("localhost");
            let kept: Vec<SocketAddr> = found.filter(|at| !local || IpAddr::is_loopback(&at.ip())).collect();
            if kept.is_empty() {
                return Err("the name has no usable address".into());
            }
            Ok(Box::new(kept.into_iter()) as Addrs)
        })
    }
}
