//! A sandbox in a process of its own, and what its control path says.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use anyhow::{Context as _, Result, bail};
use futures_util::{StreamExt as _, stream};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::programs::Programs;

/// An empty connector; it ends with this value.
pub struct EmptySandbox {
    process: Child,
    /// Where it is.
    pub url: String,
    client: Client,
}

/// What came in since the record was cleared.
#[derive(Clone, Copy, Debug)]
pub struct Traffic {
    /// Requests.
    pub requests: u64,
    /// Connections.
    pub connections: u64,
}

impl EmptySandbox {
    /// Starts one on a free port.
    pub fn start(programs: &Programs) -> Result<Self> {
        let mut command = programs.command(programs.path("aidb-sandbox"));
        command.args(["--environment", "empty"]).stdout(Stdio::piped());
        let mut process = command.spawn().context("the sandbox cannot be started")?;
        let output = process.stdout.take().context("the sandbox has no output")?;
        let line = BufReader::new(output).lines().next().context("the sandbox said nothing")??;
        let url = line.split_whitespace().last().context("the sandbox does not say where it is")?.to_owned();
        // Never through a proxy: everything is on this machine.
        Ok(Self { process, url, client: Client::builder().no_proxy().build()? })
    }

    /// Registers an agent without resources.
    pub fn register(&self, runtime: &Runtime, agent: &str) -> Result<()> {
        let body = json!({"agent_id": agent, "agent_info": {"name": agent, "type": "bench"}});
        let request = self.client.post(format!("{}/api/agents/register", self.url)).body(body.to_string());
        let answer = runtime.block_on(request.header("Content-Type", "application/json").send())?;
        answer.error_for_status()?;
        Ok(())
    }

    /// Sets resources as fast as a bare loop can, `in_flight` at once: filling a server, and the peer of an import.
    pub fn set_all(&self, runtime: &Runtime, agent: &str, bodies: Vec<String>, in_flight: usize) -> Result<()> {
        let url = format!("{}/api/agents/{agent}/permissions/resources", self.url);
        let put = |body: String| {
            let request = self.client.put(&url).header("Content-Type", "application/json").header("X-API-Key", "k");
            async move { request.body(body).send().await?.error_for_status()?.bytes().await.map(|_| ()) }
        };
        let sent =
            stream::iter(bodies).map(put).buffer_unordered(in_flight).collect::<Vec<Result<(), reqwest::Error>>>();
        Ok(runtime.block_on(sent).into_iter().collect::<Result<(), _>>()?)
    }

    /// Forgets what came in.
    pub fn clear(&self, runtime: &Runtime) -> Result<()> {
        let answer = runtime.block_on(self.client.delete(format!("{}/__sandbox/requests", self.url)).send())?;
        answer.error_for_status()?;
        Ok(())
    }

    /// Loses all agents.
    pub fn forget(&self, runtime: &Runtime) -> Result<()> {
        let answer = runtime.block_on(self.client.post(format!("{}/__sandbox/forget", self.url)).send())?;
        answer.error_for_status()?;
        Ok(())
    }

    /// What came in since.
    pub fn traffic(&self, runtime: &Runtime) -> Result<Traffic> {
        let read = async { self.client.get(format!("{}/__sandbox/requests", self.url)).send().await?.bytes().await };
        let answer: Value = serde_json::from_slice(&runtime.block_on(read)?)?;
        match (answer["count"].as_u64(), answer["connections"].as_u64()) {
            (Some(requests), Some(connections)) => Ok(Traffic { requests, connections }),
            _ => bail!("the sandbox does not count"),
        }
    }
}

impl Drop for EmptySandbox {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end, and waiting only collects it.
        let _ended = self.process.kill();
        let _collected = self.process.wait();
    }
}
