//! `aidb sandbox`: three sample servers in the foreground.

mod args;
mod human;
mod json;

pub(crate) use args::SandboxArgs;

use std::path::PathBuf;

use aidb_core::error::ErrorCode;
use aidb_core::operations::{Engine, SAMPLE_STAGES, SampleStage};
use aidb_core::store::Environment;
use aidb_sandbox::{Sample, Sandbox, SandboxOptions, Switches, TablesAnswer};
use url::Url;

use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;

/// Content of the servers, stage by stage.
const SAMPLES: [Sample; 3] = [Sample::Development, Sample::Staging, Sample::Production];

pub(crate) struct SandboxStarted {
    /// The servers in stage order.
    pub(crate) servers: Vec<ServerShown>,
    /// Whether they were added as environments.
    pub(crate) added: bool,
    /// Folder of the state.
    pub(crate) state_dir: Option<PathBuf>,
}

/// One server of the sandbox.
pub(crate) struct ServerShown {
    pub(crate) name: String,
    pub(crate) url: String,
}

/// Runs the sandbox until Ctrl-C.
pub(crate) async fn sandbox(invocation: &Invocation, args: SandboxArgs) -> Result<Exit, Failure> {
    let servers = start(&args).await?;
    if args.add_environments {
        let engine = invocation.engine()?;
        for (server, stage) in servers.iter().zip(SAMPLE_STAGES) {
            add_environment(&engine, server, stage).await?;
        }
    }
    let shown = servers.iter().map(|server| ServerShown { name: server.name().into(), url: server.url() });
    let started = SandboxStarted { servers: shown.collect(), added: args.add_environments, state_dir: args.state_dir };
    let told = invocation.finished(&started, Exit::Done);
    if told != Exit::Done {
        return Ok(told);
    }
    invocation.cancel.cancelled().await;
    for server in servers {
        server.shutdown().await;
    }
    Ok(Exit::Done)
}

async fn start(args: &SandboxArgs) -> Result<Vec<Sandbox>, Failure> {
    let failed = |message: String| Failure::from(CommandError::Sandbox { message });
    if let Some(folder) = &args.state_dir {
        std::fs::create_dir_all(folder)
            .map_err(|source| aidb_core::files::FileError::Unwritable { path: folder.clone(), source })?;
    }
    let mut servers = Vec::new();
    for (index, sample) in SAMPLES.into_iter().enumerate() {
        let file = |folder: &PathBuf| folder.join(format!("{}.json", sample.name().to_lowercase()));
        let options = SandboxOptions {
            port: port(&args.ports, index),
            state_file: args.state_dir.as_ref().map(file),
            // The recorded server cannot list tables; whoever tries aidb out should see what listing them is good for.
            switches: Switches { tables: TablesAnswer::Listed, ..Switches::default() },
            ..SandboxOptions::sample(sample)
        };
        servers.push(Sandbox::start(options).await.map_err(|error| failed(error.to_string()))?);
    }
    Ok(servers)
}

/// One port for each stage; where fewer are named, the next ones after the last, and free ones after 0.
fn port(ports: &[u16], index: usize) -> u16 {
    match (ports.get(index), ports.last()) {
        (Some(port), _) => *port,
        (None, Some(0) | None) => 0,
        (None, Some(last)) => {
            let beyond = u16::try_from(index + 1 - ports.len()).unwrap_or_default();
            last.saturating_add(beyond)
        }
    }
}

/// Adds the environment of a server, or leads one of an earlier sandbox to it. Never touches one that leads elsewhere.
async fn add_environment(engine: &Engine, server: &Sandbox, stage: SampleStage) -> Result<(), Failure> {
    match engine.environment(stage.name).await {
        Ok(existing) if leads_to_this_machine(&existing) => engine.lead_sample(&existing.id, &server.url()).await?,
        Ok(existing) => return Err(CommandError::NotASandbox { name: existing.name, url: existing.url }.into()),
        Err(error) if error.report().code == ErrorCode::EnvironmentNotFound => {
            engine.add_sample(stage, stage.name, &server.url()).await?
        }
        Err(error) => return Err(error.into()),
    };
    Ok(())
}

fn leads_to_this_machine(environment: &Environment) -> bool {
    Url::parse(&environment.url).is_ok_and(|url| url.host_str() == Some("127.0.0.1"))
}
