//! WebKitWebDriver: the way to a page inside a window.

use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use aidb_sandbox::ReservedPort;
use aidb_testkit::process::{Process, START_LIMIT, wait_until};
use anyhow::{Context as _, Result, bail};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::error::CmdError;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::time::timeout;

/// Debian's package `webkit2gtk-driver`.
pub(crate) const PROGRAM: &str = "/usr/bin/WebKitWebDriver";
/// Tells tauri to let itself be driven.
const AUTOMATION: &str = "TAURI_WEBVIEW_AUTOMATION";
/// Longer than anything the page waits for by itself.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);
/// The one key of what stands for an element (W3C WebDriver, "Elements").
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A driver process, the application that it started, and the connection to its page. All end with this value.
#[derive(Debug)]
pub struct Driver {
    runtime: Runtime,
    page: Option<Client>,
    process: Process,
}

impl Driver {
    /// Starts `application` with what `command`, a call of WebKitWebDriver, sets up.
    ///
    /// # Errors
    /// A program is missing, or the application opens no window.
    pub fn start(mut command: Command, application: &str) -> Result<Self> {
        // Kept until the driver listens: no other program is given it meanwhile.
        let reserved = ReservedPort::any()?;
        let port = reserved.number()?;
        command.args([&format!("--port={port}"), "--host=127.0.0.1"]).env(AUTOMATION, "true");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = Process::spawn(&mut command, "webkit2gtk-driver")?;
        wait_until("the driver starts", START_LIMIT, || Ok(TcpStream::connect(("127.0.0.1", port)).is_ok()))?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let mut driver = Self { runtime, page: None, process };
        let options = json!({ "binary": application, "args": [] });
        let capabilities = json!({ "browserName": "wry", "webkitgtk:browserOptions": options });
        let capabilities: Capabilities = serde_json::from_value(capabilities)?;
        let page = driver.runtime.block_on(async {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            let builder = builder.capabilities(capabilities);
            let page = timeout(ANSWER_LIMIT, builder.connect(&format!("http://127.0.0.1:{port}"))).await??;
            // The application goes without being asked: a session that nobody answers must not be waited for.
            page.persist().await?;
            anyhow::Ok(page)
        });
        driver.page = Some(page.context("the application opened no window to drive")?);
        Ok(driver)
    }

    /// Talks to the page.
    ///
    /// # Errors
    /// As `conversation` does, or it takes longer than a minute.
    pub fn talk<T, F>(&self, conversation: impl FnOnce(Client) -> F) -> Result<T>
    where
        F: Future<Output = Result<T, CmdError>>,
    {
        let Some(page) = &self.page else { bail!("there is no page to talk to") };
        let talking = async { timeout(ANSWER_LIMIT, conversation(page.clone())).await };
        Ok(self.runtime.block_on(talking).context("the page does not answer")??)
    }

    /// What a script answered, as an element of the page.
    ///
    /// # Errors
    /// It is none, or there is no page.
    pub fn element(&self, reference: &Value) -> Result<Element> {
        let Some(page) = &self.page else { bail!("there is no page to talk to") };
        let id = reference.get(ELEMENT).and_then(Value::as_str).context("the script answered no element")?;
        Ok(Element::from_element_id(page.clone(), ElementRef::from(id.to_owned())))
    }

    /// Kills the application and its driver at once.
    pub fn kill(mut self) {
        self.page = None;
        self.process.kill();
    }
}
