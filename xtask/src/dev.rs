//! `cargo xtask dev`: the page with hot reload, over recorded answers in a browser, or in the real window on the sandbox.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitCode};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::needs::{self, Task};
use crate::page;
use crate::programs::{build_folder, cargo, repository, succeed};

/// The page's own server, as `ui/vite.config.ts` and the window's `is_own` know it.
const PORT: u16 = 1420;

/// A process that ends with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; waiting only collects it.
        let _ended = self.0.kill();
        let _collected = self.0.wait();
    }
}

/// Serves the page over the recorded answers until Ctrl-C. Nothing of Rust is built.
///
/// # Errors
/// Node is missing or too old, or the port is taken.
pub fn page() -> Result<ExitCode> {
    page::meet_node()?;
    page::fetch()?;
    println!("The page over recorded answers: http://localhost:{PORT}/ lists them. Ctrl-C ends it.\n");
    succeed(vite().args(["--mode", "recorded"]))?;
    Ok(ExitCode::SUCCESS)
}

/// Opens the real window on the page's own server and on sample environments, with data and keys of its own.
///
/// # Errors
/// Something is missing, the build fails, or a port is taken.
pub fn window() -> Result<ExitCode> {
    needs::meet(&[Task::Build, Task::Window])?;
    page::meet_node()?;
    page::fetch()?;
    // In a folder of its own: without the page inside, it is no aidb that a test may meet.
    let folder = build_folder()?.join("dev");
    let data = folder.join("data");
    succeed(
        development(&mut cargo(), &data)
            .args(["build", "--package", "aidb-cli", "--bins"])
            .arg("--target-dir")
            .arg(&folder),
    )?;
    succeed(
        development(&mut cargo(), &data)
            .args(["build", "--package", "aidb-desktop", "--no-default-features"])
            .arg("--target-dir")
            .arg(&folder),
    )?;
    let programs = folder.join("debug");
    let _page = Running(vite().spawn().context("the page's server cannot be started")?);
    let sandbox =
        development(&mut Command::new(programs.join("aidb")), &data).args(["sandbox", "--add-environments"]).spawn();
    let _sandbox = Running(sandbox.context("the sandbox cannot be started")?);
    wait_for_page()?;
    let status = development(&mut Command::new(programs.join("aidb-desktop")), &data).status();
    let status = status.context("the window cannot be opened")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Without npm between, so that ending it ends the server.
fn vite() -> Command {
    let mut command = Command::new("node");
    command.current_dir(repository().join("ui")).arg("node_modules/vite/bin/vite.js");
    command
}

/// Data and keys beside the build, so that nobody's own environments are worked with, and where the window finds the page.
fn development<'c>(command: &'c mut Command, data: &Path) -> &'c mut Command {
    command
        .env("AIDB_DATA_DIR", data)
        .env("AIDB_KEY_STORE", "file")
        .env("TAURI_CONFIG", format!(r#"{{"build":{{"devUrl":"http://localhost:{PORT}"}}}}"#))
}

fn wait_for_page() -> Result<()> {
    for _ in 0..300 {
        if TcpStream::connect(("localhost", PORT)).is_ok() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    bail!("the page's server did not answer on port {PORT} within 30 s")
}
