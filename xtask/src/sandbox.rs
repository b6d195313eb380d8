//! The three sample environments in a process of their own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// The stages, in order.
pub const STAGES: [&str; 3] = ["Development", "Staging", "Production"];

/// A running sandbox; it ends with this value.
#[derive(Debug)]
pub struct SampleEnvironments {
    process: Child,
    /// Each stage's URL, in stage order.
    pub urls: [String; 3],
}

impl SampleEnvironments {
    /// Starts `program` on free ports and waits until it serves.
    ///
    /// # Errors
    /// It cannot be started, or ends before it serves.
    pub fn start(program: &Path) -> Result<Self> {
        let mut process = Command::new(program)
            // The recorded server refuses to list tables, which every line would then have to mention.
            .args(["--tables", "listed"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        let output = process.stdout.take().context("the sandbox has no output")?;
        let mut lines = BufReader::new(output).lines();
        let urls = STAGES.map(|stage| match lines.next() {
            Some(Ok(line)) => line.strip_prefix(stage).map(|url| url.trim().to_owned()),
            _ => None,
        });
        match urls {
            [Some(first), Some(second), Some(third)] => Ok(Self { process, urls: [first, second, third] }),
            _ => {
                process.kill().context("the sandbox did not start, and does not end")?;
                process.wait()?;
                bail!("the sandbox did not say where its three environments are");
            }
        }
    }
}

impl Drop for SampleEnvironments {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end, and waiting only collects it.
        let _ended = self.process.kill();
        let _collected = self.process.wait();
    }
}
