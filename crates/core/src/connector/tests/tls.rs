//! Bad certificates of five kinds are refused, each with its own sentence; a CA file makes a good one trusted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, date_time_ymd,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::support::{Act, RawServer, connector, endpoint, read_request};
use crate::connector::{Connector, ConnectorError, Failure, Retry, Sent, TlsFailure, check_ca_pem};
use crate::error::{ErrorCode, Explain};

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Issuer {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

struct TlsServer {
    port: u16,
    requests: Arc<AtomicUsize>,
}

/// Serves `{"agents": []}` over TLS with a certificate of these parameters; self-signed without an issuer.
async fn serve(params: CertificateParams, issuer: Option<&Issuer>) -> TlsServer {
    let key = KeyPair::generate().unwrap();
    let certificate = match issuer {
        Some(issuer) => params.signed_by(&key, issuer).unwrap(),
        None => params.self_signed(&key).unwrap(),
    };
    serve_chain(vec![certificate.der().to_vec().into()], &key).await
}

async fn serve_chain(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> TlsServer {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&requests);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            if read_request(&mut stream).await.is_some() {
                counter.fetch_add(1, Ordering::SeqCst);
            }
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\nConnection: close\r\n\r\n{\"agents\": []}";
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        }
    });
    TlsServer { port, requests }
}

fn client(port: u16, ca: Option<&Issuer>) -> Connector {
    let mut endpoint = endpoint(&format!("https://localhost:{port}"));
    endpoint.ca_pem = ca.map(|ca| ca.pem().into_bytes());
    Connector::new(endpoint).unwrap()
}

async fn refused(params: CertificateParams, issuer: Option<&Issuer>, trusted: Option<&Issuer>) -> TlsFailure {
    let server = serve(params, issuer).await;
    let error = client(server.port, trusted).agent_ids().await.unwrap_err();
    assert_eq!((error.code(), error.retry(), error.outcome()), (ErrorCode::TlsFailed, Retry::Never, Sent::NotSent));
    assert_eq!(server.requests.load(Ordering::SeqCst), 0, "the request was sent all the same");
    match error {
        ConnectorError::NoAnswer { failure: Failure::Tls(tls), .. } => tls,
        other => panic!("{other:?}"),
    }
}

fn localhost() -> CertificateParams {
    CertificateParams::new(vec!["localhost".to_owned()]).unwrap()
}

#[tokio::test]
async fn a_custom_authority_is_trusted_besides_the_systems() {
    let ca = authority();
    let server = serve(localhost(), Some(&ca)).await;
    assert!(client(server.port, Some(&ca)).agent_ids().await.unwrap().is_empty());
    assert_eq!(server.requests.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn s3_self_signed() {
    assert_eq!(refused(localhost(), None, Some(&called("another CA"))).await, TlsFailure::Untrusted);
}

#[tokio::test]
async fn s3_an_unknown_authority() {
    let (ours, theirs) = (called("our CA"), called("their CA"));
    assert_eq!(refused(localhost(), Some(&theirs), Some(&ours)).await, TlsFailure::Untrusted);
}

/// The same error as of a key that is too short, RSA of 1024 bits for example: the sentence names both.
#[tokio::test]
async fn s3_an_authority_of_the_same_name_with_another_key() {
    let failure = refused(localhost(), Some(&called("our CA")), Some(&called("our CA"))).await;
    assert_eq!(failure, TlsFailure::BadSignature);
    assert!(failure.sentence().contains("RSA of 1024 bits") && failure.sentence().contains("another key"));
}

/// A CA of that name, with a key of its own.
fn called(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

#[tokio::test]
async fn s3_expired() {
    let (ca, mut params) = (authority(), localhost());
    (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
    assert_eq!(refused(params, Some(&ca), Some(&ca)).await, TlsFailure::Expired);
}

#[tokio::test]
async fn s3_not_yet_valid() {
    let (ca, mut params) = (authority(), localhost());
    (params.not_before, params.not_after) = (date_time_ymd(2090, 1, 1), date_time_ymd(2091, 1, 1));
    assert_eq!(refused(params, Some(&ca), Some(&ca)).await, TlsFailure::NotYetValid);
}

#[tokio::test]
async fn s3_for_another_name() {
    let ca = authority();
    for name in ["elsewhere.example", "*.localhost", "localhost.example", "192.0.2.1"] {
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        assert_eq!(refused(params, Some(&ca), Some(&ca)).await, TlsFailure::WrongName, "{name}");
    }
}

/// Serves what was given as CA file itself.
async fn refused_as_given(params: CertificateParams) -> Result<(), TlsFailure> {
    let key = KeyPair::generate().unwrap();
    let own = CertifiedIssuer::self_signed(params, key).unwrap();
    let server = serve_chain(vec![own.der().to_vec().into()], own.key()).await;
    match client(server.port, Some(&own)).agent_ids().await {
        Ok(_) => Ok(()),
        Err(ConnectorError::NoAnswer { failure: Failure::Tls(tls), .. }) => Err(tls),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn s3_a_self_signed_certificate_that_was_given_is_accepted_or_told_what_it_lacks() {
    assert_eq!(refused_as_given(localhost()).await, Ok(()), "it is no CA's and names its host");
    let mut as_ca = localhost();
    as_ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    assert_eq!(refused_as_given(as_ca).await, Err(TlsFailure::CaAsServer));
    let nameless = CertificateParams::new(Vec::new()).unwrap();
    assert_eq!(refused_as_given(nameless).await, Err(TlsFailure::Nameless));
    let elsewhere = CertificateParams::new(vec!["elsewhere.example".to_owned()]).unwrap();
    assert_eq!(refused_as_given(elsewhere).await, Err(TlsFailure::WrongName));
    let mut old = localhost();
    (old.not_before, old.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
    assert_eq!(refused_as_given(old).await, Err(TlsFailure::Expired));
    let mut for_clients = localhost();
    for_clients.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    assert_eq!(refused_as_given(for_clients).await, Err(TlsFailure::WrongPurpose));
}

#[tokio::test]
async fn s3_signed_by_one_that_is_no_ca() {
    let ca = authority();
    let mut params = localhost();
    params.distinguished_name.push(DnType::CommonName, "another server");
    let middle = CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &ca).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = localhost().signed_by(&key, &middle).unwrap();
    let chain = vec![leaf.der().to_vec().into(), middle.der().to_vec().into()];
    let server = serve_chain(chain, &key).await;
    let error = client(server.port, Some(&ca)).agent_ids().await.unwrap_err();
    let expected = Failure::Tls(TlsFailure::NotByCa);
    assert!(matches!(&error, ConnectorError::NoAnswer { failure, .. } if *failure == expected), "{error:?}");
}

#[tokio::test]
async fn s3_plain_http_behind_an_https_address() {
    let ca = authority();
    let server = RawServer::start(vec![Act::json("200 OK", "{}")]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        // Until the client goes.
        stream.read_to_end(&mut Vec::new()).await.ok();
    });
    let error = client(port, Some(&ca)).agent_ids().await.unwrap_err();
    let not_tls = Failure::Tls(TlsFailure::NotTls);
    assert!(matches!(&error, ConnectorError::NoAnswer { failure, .. } if *failure == not_tls), "{error:?}");
    assert!(error.hint().unwrap().contains("http://"), "{:?}", error.hint());
    // A server that waits for an HTTP request that never comes: no hang beyond the limit, and nothing arrives.
    assert!(client(server.port, Some(&ca)).agent_ids().await.is_err());
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn s3_a_handshake_that_never_ends() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut hurried = endpoint(&format!("https://localhost:{}", listener.local_addr().unwrap().port()));
    hurried.limits.connect = std::time::Duration::from_millis(300);
    hurried.ca_pem = Some(authority().pem().into_bytes());
    let error = Connector::new(hurried).unwrap().agent_ids().await.unwrap_err();
    let timeout = Failure::ConnectTimeout(std::time::Duration::from_millis(300));
    assert!(matches!(&error, ConnectorError::NoAnswer { failure, .. } if *failure == timeout), "{error:?}");
    assert_eq!((error.code(), error.outcome()), (ErrorCode::Timeout, Sent::NotSent));
}

#[test]
fn a_ca_file_without_a_certificate_is_an_error() {
    let key = KeyPair::generate().unwrap().serialize_pem();
    let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned();
    for pem in [String::new(), "nonsense".to_owned(), key.clone(), damaged] {
        let mut with_ca = endpoint("https://localhost");
        with_ca.ca_pem = Some(pem.clone().into_bytes());
        let error = Connector::new(with_ca).unwrap_err();
        assert_eq!(error.code(), ErrorCode::CaFileInvalid, "{error}");
        assert!(check_ca_pem(pem.as_bytes()).is_err(), "so that no profile keeps it");
        let line = key.lines().nth(1).unwrap();
        assert!(!format!("{error:?} {error}").contains(line), "a private key shows up");
    }
}

#[test]
fn plain_http_needs_no_trusted_authorities() {
    assert!(connector("http://127.0.0.1:1").url().scheme() == "http");
}

/// Runs the next test in a process of its own, whose environment hides the system's certificates.
#[test]
#[cfg(target_os = "linux")]
fn a_machine_without_trusted_authorities() {
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored", "connector::tests::tls::on_a_machine_without_trusted_authorities"])
        .env("SSL_CERT_FILE", "no-such-file")
        .env("SSL_CERT_DIR", "no-such-folder")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&child.stderr));
}

#[test]
#[ignore = "run by a_machine_without_trusted_authorities"]
#[cfg(target_os = "linux")]
fn on_a_machine_without_trusted_authorities() {
    let error = Connector::new(endpoint("https://localhost")).unwrap_err();
    assert_eq!(error.code(), ErrorCode::TlsFailed);
    assert!(error.to_string().contains("No CA certificates were loaded from the system"), "{error}");
    assert!(error.hint().unwrap().contains("ca-certificates"));
    let mut with_ca = endpoint("https://localhost");
    with_ca.ca_pem = Some(authority().pem().into_bytes());
    assert!(Connector::new(with_ca).is_ok(), "the environment's own authority is enough");
    assert!(Connector::new(endpoint("http://localhost")).is_ok(), "plain http to this machine needs none");
}
