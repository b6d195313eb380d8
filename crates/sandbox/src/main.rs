//! `aidb-sandbox`: the sandbox as a process of its own, for people who try aidb out and for tests that kill servers.
//!
//! Prints one line for each environment, `Development http://127.0.0.1:PORT`, and serves until SIGINT or SIGTERM.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use aidb_sandbox::{
    AgentShape, ApiKey, ConnectionMode, DatabaseAnswer, ResourceOrder, RetryAfter, Sample, Sandbox, SandboxOptions,
    Switches, TablesAnswer, Writes,
};
use clap::{Parser, ValueEnum};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Connector-compatible servers on loopback, with sample agents and fault switches.
///
/// While it runs, everything can be switched over HTTP: GET and POST /__sandbox/switches, GET /__sandbox/requests,
/// POST /__sandbox/reset.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    /// The environment to serve.
    #[arg(long, value_enum, default_value = "all")]
    environment: Environments,
    /// The port on 127.0.0.1, 0 for any free one. With all environments: the first of three in a row.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Keep the state in this file; with all environments in three, FILE.development and so on before the extension.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Require the API key that this file holds; "-" for standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "api_key_env")]
    api_key_file: Option<PathBuf>,
    /// Require the API key that this environment variable holds.
    #[arg(long, value_name = "VARIABLE")]
    api_key_env: Option<String>,
    /// Switches to start with, as JSON; the flags below win over the file.
    #[arg(long, value_name = "FILE")]
    switches: Option<PathBuf>,
    #[command(flatten)]
    flags: Flags,
}

/// The switches that have a flag of their own.
#[derive(clap::Args)]
struct Flags {
    /// Milliseconds that every request waits.
    #[arg(long, value_name = "MS")]
    latency_ms: Option<u64>,
    /// Requests a second that are let through; beyond that 429.
    #[arg(long, value_name = "N")]
    requests_per_second: Option<u32>,
    /// The form of Retry-After on 429: seconds, http_date, absent.
    #[arg(long, value_parser = word::<RetryAfter>)]
    retry_after: Option<RetryAfter>,
    /// Answer to listing tables: refused, listed, names.
    #[arg(long, value_parser = word::<TablesAnswer>)]
    tables: Option<TablesAnswer>,
    /// Whether databases can be connected to: reachable, unreachable, echoes_connection_string.
    #[arg(long, value_parser = word::<DatabaseAnswer>)]
    database: Option<DatabaseAnswer>,
    /// The shape of an agent: flat, nested.
    #[arg(long, value_parser = word::<AgentShape>)]
    agent_shape: Option<AgentShape>,
    /// The order of resources: sorted, insertion.
    #[arg(long, value_parser = word::<ResourceOrder>)]
    resource_order: Option<ResourceOrder>,
    /// Whether connections stay open: keep_alive, close.
    #[arg(long, value_parser = word::<ConnectionMode>)]
    connection: Option<ConnectionMode>,
    /// Whether writes are stored: stored, only_confirmed.
    #[arg(long, value_parser = word::<Writes>)]
    writes: Option<Writes>,
    /// Serve the API under this path alone, for example /connector.
    #[arg(long, value_name = "PATH")]
    path_prefix: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Environments {
    Development,
    Staging,
    Production,
    Empty,
    All,
}

impl Environments {
    const fn samples(self) -> &'static [Sample] {
        match self {
            Self::Development => &[Sample::Development],
            Self::Staging => &[Sample::Staging],
            Self::Production => &[Sample::Production],
            Self::Empty => &[Sample::Empty],
            Self::All => &[Sample::Development, Sample::Staging, Sample::Production],
        }
    }
}

/// A switch's value, in the words of its JSON form.
fn word<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(Value::from(text)).map_err(|error| error.to_string())
}

/// Reason the process ends: one sentence.
struct Ended(String);

impl<E: std::error::Error> From<E> for Ended {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            text = format!("{text} ({inner})");
            cause = inner.source();
        }
        Self(text)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Ended(reason)) => {
            // Where standard error is closed, the exit status still says it.
            let _ = writeln!(std::io::stderr(), "{reason}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Ended> {
    let stopped = stop_signal()?;
    let switches = switches(&arguments)?;
    let samples = arguments.environment.samples();
    let mut sandboxes = Vec::new();
    for (index, sample) in (0_u16..).zip(samples.iter().copied()) {
        let options = SandboxOptions {
            sample,
            port: if arguments.port == 0 { 0 } else { arguments.port.saturating_add(index) },
            state_file: arguments.state.as_deref().map(|file| state_file(file, sample, samples.len())),
            switches: switches.clone(),
        };
        sandboxes.push(Sandbox::start(options).await?);
    }
    announce(&sandboxes)?;
    stopped.await;
    for sandbox in sandboxes {
        sandbox.shutdown().await;
    }
    Ok(())
}

fn announce(sandboxes: &[Sandbox]) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for sandbox in sandboxes {
        writeln!(out, "{} {}", sandbox.name(), sandbox.url())?;
    }
    out.flush()
}

/// `state.json` is `state.staging.json` where several environments share the flag.
fn state_file(file: &Path, sample: Sample, environments: usize) -> PathBuf {
    if environments == 1 {
        return file.to_owned();
    }
    let name = sample.name().to_lowercase();
    match file.extension() {
        Some(extension) => file.with_extension(format!("{name}.{}", extension.to_string_lossy())),
        None => file.with_extension(name),
    }
}

fn switches(arguments: &Arguments) -> Result<Switches, Ended> {
    let mut switches = match &arguments.switches {
        Some(file) => Switches::default().patched(serde_json::from_slice(&read(file)?)?)?,
        None => Switches::default(),
    };
    arguments.flags.apply(&mut switches);
    if let Some(key) = required_key(arguments)? {
        switches.required_api_key = Some(ApiKey::new(key));
    }
    switches.check()?;
    Ok(switches)
}

impl Flags {
    fn apply(&self, switches: &mut Switches) {
        fn set<T: Clone>(switch: &mut T, flag: Option<&T>) {
            if let Some(flag) = flag {
                switch.clone_from(flag);
            }
        }
        set(&mut switches.latency_ms, self.latency_ms.as_ref());
        switches.requests_per_second = self.requests_per_second.or(switches.requests_per_second);
        set(&mut switches.retry_after, self.retry_after.as_ref());
        set(&mut switches.tables, self.tables.as_ref());
        set(&mut switches.database, self.database.as_ref());
        set(&mut switches.agent_shape, self.agent_shape.as_ref());
        set(&mut switches.resource_order, self.resource_order.as_ref());
        set(&mut switches.connection, self.connection.as_ref());
        set(&mut switches.writes, self.writes.as_ref());
        set(&mut switches.path_prefix, self.path_prefix.as_ref());
    }
}

/// The key to require: never an argument, because arguments are visible to every user of the machine.
fn required_key(arguments: &Arguments) -> Result<Option<String>, Ended> {
    let key = match (&arguments.api_key_file, &arguments.api_key_env) {
        (None, None) => return Ok(None),
        (Some(file), _) => String::from_utf8(read(file)?).map_err(|_| Ended("The API key is not UTF-8.".to_owned()))?,
        (None, Some(variable)) => variable_text(variable)?,
    };
    let key = key.trim();
    if key.is_empty() {
        return Err(Ended("The API key to require is empty. Nothing was started.".to_owned()));
    }
    Ok(Some(key.to_owned()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the edge of the process, and the variable's name is an argument"
)]
fn variable_text(variable: &str) -> Result<String, Ended> {
    std::env::var(variable).map_err(|_| Ended(format!("The environment variable {variable} is not set, or not UTF-8.")))
}

fn read(file: &Path) -> Result<Vec<u8>, Ended> {
    let mut text = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut text).map(|_| ())
    } else {
        std::fs::read(file).map(|read| text = read)
    };
    read.map_err(|error| Ended(format!("{} could not be read ({error}). Nothing was started.", file.display())))?;
    Ok(text)
}

/// Resolves at SIGINT or SIGTERM. Both are caught from before the first line is printed, so that whoever reads the line
/// may send them.
#[cfg(unix)]
fn stop_signal() -> Result<impl Future<Output = ()>, Ended> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> Result<impl Future<Output = ()>, Ended> {
    Ok(async {
        // Without a console there is nothing to interrupt it with, and it serves until it is ended.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
