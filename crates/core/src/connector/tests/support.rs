//! Servers and connectors for these tests.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::config::AgentId;
use crate::connector::{Connector, ConnectorError, Endpoint, Limits, PlainHttp, Proxies, parse_base_url};
use crate::error::{ErrorReport, Explain};

pub(super) const API_KEY: &str = "canary-admin-key";

pub(super) fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

pub(super) fn id(text: &str) -> AgentId {
    AgentId::new(text).unwrap()
}

pub(super) fn endpoint(url: &str) -> Endpoint {
    Endpoint {
        url: parse_base_url(url).unwrap(),
        api_key: Some(secret(API_KEY)),
        ca_pem: None,
        proxies: Proxies::default(),
        plain_http: PlainHttp::LoopbackOnly,
        limits: Limits {
            connect: Duration::from_secs(2),
            request: Duration::from_millis(1500),
            answer_bytes: 64 * 1024,
        },
        in_flight: 4,
    }
}

pub(super) fn connector(url: &str) -> Connector {
    Connector::new(endpoint(url)).unwrap()
}

/// Everything of an error that anybody could see.
pub(super) fn all_texts(error: &ConnectorError) -> String {
    let report = ErrorReport::of(error);
    let json = serde_json::to_string(&report).unwrap();
    format!("{error}\n{error:?}\n{error:#?}\n{:?}\n{:?}\n{json}", error.hint(), error.details())
}

/// What a raw server does with a request, once it is read.
#[derive(Clone)]
pub(super) enum Act {
    /// Sends these bytes and closes.
    Say(Vec<u8>),
    /// Never answers.
    Hang,
    /// Closes without a word.
    Close,
    /// Sends these bytes, then one byte of the rest every 100 ms.
    Trickle(Vec<u8>),
}

impl Act {
    pub(super) fn json(status: &str, body: &str) -> Self {
        Self::with_headers(status, "Content-Type: application/json\r\n", body)
    }

    pub(super) fn html(status: &str, body: &str) -> Self {
        Self::with_headers(status, "Content-Type: text/html\r\n", body)
    }

    pub(super) fn with_headers(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n");
        Self::Say(format!("{head}{body}").into_bytes())
    }
}

/// A server that acts out a list of acts, one per connection, the last one again and again. Keeps what it was sent.
pub(super) struct RawServer {
    pub(super) port: u16,
    received: Arc<Mutex<Vec<String>>>,
}

impl RawServer {
    pub(super) async fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let received = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&received);
        tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let act = acts[std::cmp::min(number, acts.len() - 1)].clone();
                tokio::spawn(answer(stream, act, Arc::clone(&log)));
            }
        });
        Self { port, received }
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The requests so far, as they came.
    pub(super) fn received(&self) -> Vec<String> {
        self.received.lock().unwrap().clone()
    }
}

async fn answer(mut stream: TcpStream, act: Act, log: Arc<Mutex<Vec<String>>>) {
    let Some(request) = read_request(&mut stream).await else { return };
    log.lock().unwrap().push(request);
    match act {
        Act::Say(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Act::Hang => tokio::time::sleep(Duration::from_secs(60)).await,
        Act::Close => {}
        Act::Trickle(bytes) => {
            for byte in bytes {
                if stream.write_all(&[byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// Head and body of one request; `None` if the connection ends first.
pub(super) async fn read_request(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some(end) = text.find("\r\n\r\n") {
            let head = text[..end].to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
            if bytes.len() >= end + 4 + length.unwrap_or(0) {
                return Some(text);
            }
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}
