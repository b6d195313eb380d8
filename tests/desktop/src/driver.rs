//! tauri-driver and WebKitWebDriver: the way to a page inside a window.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use aidb_testkit::process::{Process, START_LIMIT, wait_until};
use anyhow::{Context as _, Result, bail};
use serde_json::json;
use thirtyfour::{Capabilities, WebDriver};
use tokio::runtime::Runtime;

const PACKAGES: &str = "webkit2gtk-driver; tauri-driver: cargo install tauri-driver@2.1.0 --locked";
const NATIVE: &str = "/usr/bin/WebKitWebDriver";
/// Longer than anything the page waits for by itself.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

/// A driver process, the application that it started, and the connection to its page. All end with this value.
#[derive(Debug)]
pub struct Driver {
    runtime: Runtime,
    page: Option<WebDriver>,
    process: Process,
}

impl Driver {
    /// Starts `application` with what `command` sets up for the driver.
    ///
    /// # Errors
    /// A program is missing, or the application opens no window.
    pub fn start(mut command: Command, application: &str) -> Result<Self> {
        let (port, native_port) = (free_port()?, free_port()?);
        command.args([
            "--port",
            &port.to_string(),
            "--native-port",
            &native_port.to_string(),
            "--native-driver",
            NATIVE,
        ]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = Process::spawn(&mut command, PACKAGES)?;
        for port in [port, native_port] {
            wait_until("the driver starts", START_LIMIT, || Ok(TcpStream::connect(("127.0.0.1", port)).is_ok()))?;
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let mut driver = Self { runtime, page: None, process };
        let capabilities = json!({ "browserName": "wry", "tauri:options": { "application": application } });
        let capabilities: Capabilities = serde_json::from_value(capabilities)?;
        aidb_testkit::http::choose_cryptography();
        let connecting =
            WebDriver::builder(format!("http://127.0.0.1:{port}"), capabilities).request_timeout(ANSWER_LIMIT);
        let page =
            driver.runtime.block_on(connecting.connect()).context("the application opened no window to drive")?;
        driver.page = Some(page);
        Ok(driver)
    }

    /// Talks to the page.
    ///
    /// # Errors
    /// As `conversation` does.
    pub fn talk<T, F>(&self, conversation: impl FnOnce(WebDriver) -> F) -> Result<T>
    where
        F: Future<Output = thirtyfour::error::WebDriverResult<T>>,
    {
        let Some(page) = &self.page else { bail!("there is no page to talk to") };
        Ok(self.runtime.block_on(conversation(page.clone()))?)
    }

    /// Kills the application and its driver at once.
    pub fn kill(mut self) {
        self.let_go();
        self.process.kill();
    }

    fn let_go(&mut self) {
        // The application goes without being asked: a session that nobody answers must not be waited for.
        let _already_gone = self.page.take().map(WebDriver::leak);
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.let_go();
    }
}

/// Where `cargo xtask test` put tauri-driver, or else whatever is on `PATH`.
///
/// # Errors
/// This program lies in no target folder.
pub fn tauri_driver() -> Result<PathBuf> {
    let me = std::env::current_exe()?;
    let installed = me.ancestors().map(|folder| folder.join("tools/bin/tauri-driver")).find(|path| path.is_file());
    Ok(installed.unwrap_or_else(|| "tauri-driver".into()))
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
