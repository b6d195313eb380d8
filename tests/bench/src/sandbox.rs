//! A sandbox in a process of its own, and what its control path says.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use anyhow::{Context as _, Result, ensure};
use futures_util::{StreamExt as _, stream};
use reqwest::Client;
use serde::Deserialize;
use serde_json::json;
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
#[derive(Debug, Deserialize)]
pub struct Traffic {
    /// How many requests.
    pub count: u64,
    /// Over how many connections.
    pub connections: u64,
    requests: Vec<Request>,
}

#[derive(Debug, Deserialize)]
struct Request {
    method: String,
    status: Option<u16>,
    arrived_us: u64,
    ended_us: Option<u64>,
}

/// The writes of a record, timed by the server alone: whoever sends them, the same clock is read at the same places.
#[derive(Clone, Copy, Debug)]
pub struct Writes {
    /// How many were carried out.
    pub done: usize,
    /// How many were refused because they came too fast.
    pub too_fast: usize,
    /// From the arrival of the first to the answer of the last.
    pub seconds: f64,
    /// How long the server took for one, in the mean.
    pub seconds_each: f64,
}

impl Writes {
    /// Those that were carried out, a second.
    pub fn rate(self) -> f64 {
        number(self.done) / self.seconds
    }
}

impl Traffic {
    /// The permissions that were set.
    ///
    /// # Errors
    /// There are none, or one was answered with something else than 200 and 429.
    pub fn writes(&self) -> Result<Writes> {
        let writes: Vec<&Request> = self.requests.iter().filter(|request| request.method == "PUT").collect();
        let with = |status| writes.iter().filter(|write| write.status == Some(status)).count();
        let (done, too_fast) = (with(200), with(429));
        // A load generator that stops after a time leaves what is under way.
        let unanswered = writes.iter().filter(|write| write.status.is_none()).count();
        ensure!(done + too_fast + unanswered == writes.len(), "a write was refused");
        let first = writes.iter().map(|write| write.arrived_us).min().context("nothing was written")?;
        let last = writes.iter().filter_map(|write| write.ended_us).max().context("no write was answered")?;
        let ended = writes.iter().filter_map(|write| Some((write.arrived_us, write.ended_us?)));
        let each: Vec<f64> = ended.map(|(arrived, ended)| seconds(ended - arrived)).collect();
        let seconds_each = each.iter().sum::<f64>() / number(each.len());
        Ok(Writes { done, too_fast, seconds: seconds(last - first), seconds_each })
    }
}

fn seconds(microseconds: u64) -> f64 {
    std::time::Duration::from_micros(microseconds).as_secs_f64()
}

/// A count as a figure.
pub fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

impl EmptySandbox {
    /// Starts one on a free port.
    pub fn start(programs: &Programs) -> Result<Self> {
        Self::start_with(programs, &[])
    }

    /// Starts one with these switches.
    pub fn start_with(programs: &Programs, switches: &[&str]) -> Result<Self> {
        let mut command = programs.command(programs.path("aidb-sandbox"));
        command.args(["--environment", "empty"]).args(switches).stdout(Stdio::piped());
        let mut process = command.spawn().context("the sandbox cannot be started")?;
        let output = process.stdout.take().context("the sandbox has no output")?;
        let line = BufReader::new(output).lines().next().context("the sandbox said nothing")??;
        let url = line.split_whitespace().last().context("the sandbox does not say where it is")?.to_owned();
        // Never through a proxy: everything is on this machine.
        Ok(Self { process, url, client: aidb_testkit::http::builder().no_proxy().build()? })
    }

    /// Registers an agent without resources.
    pub fn register(&self, runtime: &Runtime, agent: &str) -> Result<()> {
        let body = json!({"agent_id": agent, "agent_info": {"name": agent, "type": "bench"}});
        let request = self.client.post(format!("{}/api/agents/register", self.url)).body(body.to_string());
        let answer = runtime.block_on(request.header("Content-Type", "application/json").send())?;
        answer.error_for_status()?;
        Ok(())
    }

    /// Links a database to an agent, so that an import asks for its tables.
    pub fn link_database(&self, runtime: &Runtime, agent: &str) -> Result<()> {
        let body = json!({"connection_string": "postgresql://postgres@127.0.0.1:5432/bench"});
        let request = self.client.put(format!("{}/api/agents/{agent}/database", self.url)).body(body.to_string());
        let answer = runtime.block_on(request.header("Content-Type", "application/json").send())?;
        answer.error_for_status()?;
        Ok(())
    }

    /// Sets resources as fast as a bare loop can, `in_flight` at once: filling a server, and the peer of an import.
    pub fn set_all(&self, runtime: &Runtime, agent: &str, bodies: Vec<String>, in_flight: usize) -> Result<()> {
        let url = self.resources_of(agent);
        let put = |body: String| {
            let request = self.client.put(&url).header("Content-Type", "application/json").header("X-API-Key", "k");
            async move { request.body(body).send().await?.error_for_status()?.bytes().await.map(|_| ()) }
        };
        let sent =
            stream::iter(bodies).map(put).buffer_unordered(in_flight).collect::<Vec<Result<(), reqwest::Error>>>();
        Ok(runtime.block_on(sent).into_iter().collect::<Result<(), _>>()?)
    }

    /// Where an agent's resources are set.
    pub fn resources_of(&self, agent: &str) -> String {
        format!("{}/api/agents/{agent}/permissions/resources", self.url)
    }

    /// As new, but for one agent without resources.
    pub fn start_anew(&self, runtime: &Runtime, agent: &str) -> Result<()> {
        self.forget(runtime)?;
        self.register(runtime, agent)?;
        self.clear(runtime)
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
        serde_json::from_slice(&runtime.block_on(read)?).context("the sandbox does not count")
    }
}

impl Drop for EmptySandbox {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end, and waiting only collects it.
        let _ended = self.process.kill();
        let _collected = self.process.wait();
    }
}
