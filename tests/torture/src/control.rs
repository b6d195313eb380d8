//! The control path of a sandbox in another process, without a client library: one request, one connection.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use aidb_sandbox::{Fault, Snapshot};
use aidb_testkit::process::wait_until;
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

/// How long the sandbox may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// One server of the sandbox, as a test sees it from outside.
#[derive(Clone, Debug)]
pub struct Control {
    address: String,
}

/// A request that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its method.
    pub method: String,
    /// Its path.
    pub path: String,
    /// Whether a fault keeps it waiting; where its effect comes first, that is made.
    pub waits: bool,
}

impl Seen {
    /// Whether it changes something where it arrives.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.method != "GET"
    }

    /// The agent that it is about; `None` for a registration, whose path does not say it.
    #[must_use]
    pub fn agent(&self) -> Option<&str> {
        let id = self.path.strip_prefix("/api/agents/")?.split('/').next()?;
        (id != "register").then_some(id)
    }
}

impl Control {
    /// The server at this URL.
    ///
    /// # Errors
    /// It is no `http://` URL.
    pub fn new(url: &str) -> Result<Self> {
        let address = url.strip_prefix("http://").with_context(|| format!("{url} is no sandbox"))?;
        Ok(Self { address: address.to_owned() })
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its agents.
    ///
    /// # Errors
    /// It does not answer.
    pub fn state(&self) -> Result<Snapshot> {
        Ok(serde_json::from_slice(&self.ask("GET", "state", None)?)?)
    }

    /// What came in since the record was cleared.
    ///
    /// # Errors
    /// It does not answer.
    pub fn requests(&self) -> Result<Vec<Seen>> {
        let traffic: Value = serde_json::from_slice(&self.ask("GET", "requests", None)?)?;
        let listed = traffic["requests"].as_array().context("the sandbox lists no requests")?;
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let seen = |request: &Value| Seen {
            method: word(&request["method"]),
            path: word(&request["path"]),
            waits: request["waits"] == Value::Bool(true),
        };
        Ok(listed.iter().map(seen).collect())
    }

    /// Forgets what came in.
    ///
    /// # Errors
    /// It does not answer.
    pub fn clear(&self) -> Result<()> {
        self.ask("DELETE", "requests", None).map(drop)
    }

    /// Spoils these requests and no others from now on.
    ///
    /// # Errors
    /// It does not answer.
    pub fn set_faults(&self, faults: &[Fault]) -> Result<()> {
        self.ask("POST", "switches", Some(&json!({"faults": faults}))).map(drop)
    }

    /// Cuts what hangs, without any effect.
    ///
    /// # Errors
    /// It does not answer.
    pub fn release(&self) -> Result<()> {
        self.ask("POST", "release", None).map(drop)
    }

    /// Back to the sample agents.
    ///
    /// # Errors
    /// It does not answer.
    pub fn reset(&self) -> Result<()> {
        self.ask("POST", "reset", None).map(drop)
    }

    /// Waits until something listens again.
    ///
    /// # Errors
    /// Nothing does after that time.
    pub fn wait_until_there(&self, at_most: Duration) -> Result<()> {
        Ok(wait_until("something listens", at_most, || Ok(TcpStream::connect(&self.address).is_ok()))?)
    }

    fn ask(&self, method: &str, name: &str, body: Option<&Value>) -> Result<Vec<u8>> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut stream = TcpStream::connect(&self.address).context("the sandbox is gone")?;
        stream.set_read_timeout(Some(PATIENCE))?;
        // Of HTTP/1.0 the server closes the connection by itself, and the answer is all that comes.
        let head = format!("{method} /__sandbox/{name} HTTP/1.0\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").context("the sandbox answers no HTTP")?;
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        if head.split_whitespace().nth(1).is_none_or(|status| !status.starts_with('2')) {
            bail!("the sandbox refuses {method} {name}: {head}");
        }
        Ok(answer.split_off(end + 4))
    }
}
