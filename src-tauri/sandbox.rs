//! The sandbox within the window: three sample servers in this process, and the environments that lead to them.
//!
//! Which environments those are is remembered by id. One that a person led elsewhere has become their own, and is neither led
//! back nor removed with the sandbox.

use std::path::Path;

use aidb_core::operations::{Engine, KeyState, SAMPLE_STAGES, SampleStage};
use aidb_core::store::Environment;
use aidb_sandbox::{Sample, Sandbox, SandboxOptions, StartError, Switches, TablesAnswer};
use url::Url;

use crate::contract::{ErrorReport, SandboxState};
use crate::desktop::Desktop;
use crate::error::WindowError;
use crate::preferences::SampleEnvironment;

/// Content of the servers, stage by stage.
const SAMPLES: [Sample; 3] = [Sample::Development, Sample::Staging, Sample::Production];

/// Starts the servers, and adds or leads their environments.
pub(crate) async fn start(desktop: &Desktop) -> Result<(), ErrorReport> {
    let engine = desktop.engine();
    // Without a place for their keys the environments would be of no use.
    if let Some(error) = engine.vault().status().await.unusable() {
        return Err(error.into());
    }
    let mut running = desktop.sandbox.running.lock().await;
    serve(desktop, &mut running).await?;
    for (server, stage) in running.iter().zip(SAMPLE_STAGES) {
        let environment = match own(desktop, &engine, stage).await? {
            Some(environment) if is_ready(&engine, &environment, server).await => continue,
            Some(environment) => engine.lead_sample(&environment.id, &server.url()).await?,
            None => engine.add_sample(stage, &free_name(&engine, stage.name).await?, &server.url()).await?,
        };
        remember(desktop, stage, &environment)?;
    }
    Ok(())
}

/// Starts the servers again, where their environments are still there, and leads those to them. What fails is the state of the
/// sandbox: nobody waits for this.
pub(crate) async fn start_again(desktop: &Desktop) -> Result<(), ErrorReport> {
    let started = led_again(desktop).await;
    if let Err(error) = &started {
        desktop.sandbox.set_state(SandboxState::Failed { error: error.clone() });
    }
    started
}

async fn led_again(desktop: &Desktop) -> Result<(), ErrorReport> {
    let engine = desktop.engine();
    let mut environments = Vec::new();
    for stage in SAMPLE_STAGES {
        environments.push(own(desktop, &engine, stage).await?);
    }
    if environments.iter().all(Option::is_none) {
        return Ok(());
    }
    let mut running = desktop.sandbox.running.lock().await;
    serve(desktop, &mut running).await?;
    for ((server, stage), environment) in running.iter().zip(SAMPLE_STAGES).zip(environments) {
        // Nothing is asked of the keychain where the port is free still.
        if let Some(environment) = environment.filter(|environment| environment.url != server.url()) {
            let environment = engine.lead_sample(&environment.id, &server.url()).await?;
            remember(desktop, stage, &environment)?;
        }
    }
    Ok(())
}

/// Gives the environments their keys, for a vault that does not have them: that of a session.
pub(crate) async fn keys_again(desktop: &Desktop) -> Result<(), ErrorReport> {
    let engine = desktop.engine();
    for stage in SAMPLE_STAGES {
        if let Some(environment) = own(desktop, &engine, stage).await? {
            engine.lead_sample(&environment.id, &environment.url).await?;
        }
    }
    Ok(())
}

/// Removes the environments with their keys, and ends the servers. The history stays.
pub(crate) async fn remove(desktop: &Desktop) -> Result<(), ErrorReport> {
    let engine = desktop.engine();
    for stage in SAMPLE_STAGES {
        if let Some(environment) = own(desktop, &engine, stage).await? {
            engine.remove_environment(environment.id.as_str()).await?;
        }
    }
    let mut running = desktop.sandbox.running.lock().await;
    for server in running.drain(..) {
        server.shutdown().await;
    }
    desktop.sandbox.set_state(SandboxState::Off);
    desktop.preferences.change(|memory| {
        let samples = std::mem::take(&mut memory.samples);
        let own = |id: &String| samples.iter().any(|sample| sample.id == *id);
        memory.contacts.retain(|id, _| !own(id));
        memory.looks.retain(|id, _| !own(id));
    })?;
    match std::fs::remove_dir_all(&desktop.sandbox.folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(aidb_core::files::FileError::Unwritable { path: desktop.sandbox.folder.clone(), source: error }.into())
        }
        _ => Ok(()),
    }
}

/// Whether there is nothing to do about an environment: it leads to its server, and has its key.
async fn is_ready(engine: &Engine, environment: &Environment, server: &Sandbox) -> bool {
    environment.url == server.url() && matches!(engine.key_state(environment).await, KeyState::Stored(_))
}

/// All three, or none.
async fn serve(desktop: &Desktop, running: &mut Vec<Sandbox>) -> Result<(), ErrorReport> {
    if running.is_empty() {
        match start_servers(desktop).await {
            Ok(servers) => *running = servers,
            Err(error) => {
                let error = ErrorReport::from(error);
                desktop.sandbox.set_state(SandboxState::Failed { error: error.clone() });
                return Err(error);
            }
        }
    }
    desktop.sandbox.set_state(SandboxState::Running);
    Ok(())
}

async fn start_servers(desktop: &Desktop) -> Result<Vec<Sandbox>, WindowError> {
    let folder = &desktop.sandbox.folder;
    std::fs::create_dir_all(folder)
        .map_err(|error| WindowError::Sandbox { reason: format!("{} cannot be made ({error}).", folder.display()) })?;
    let mut servers = Vec::new();
    for (stage, sample) in SAMPLE_STAGES.into_iter().zip(SAMPLES) {
        let started = match start_server(folder, sample, former_port(desktop, stage)).await {
            // Somebody else has that port now.
            Err(StartError::Bind { .. }) => start_server(folder, sample, 0).await,
            started => started,
        };
        servers.push(started.map_err(|error| WindowError::Sandbox { reason: error.to_string() })?);
    }
    Ok(servers)
}

async fn start_server(folder: &Path, sample: Sample, port: u16) -> Result<Sandbox, StartError> {
    let options = SandboxOptions {
        port,
        state_file: Some(folder.join(format!("{}.json", sample.name().to_lowercase()))),
        // The recorded server cannot list tables; whoever tries aidb out should see what listing them is good for.
        switches: Switches { tables: TablesAnswer::Listed, ..Switches::default() },
        ..SandboxOptions::sample(sample)
    };
    Sandbox::start(options).await
}

/// The port it had, so that its environment needs no other URL; 0 for any.
fn former_port(desktop: &Desktop, stage: SampleStage) -> u16 {
    let sample = known(desktop, stage);
    sample.and_then(|sample| Url::parse(&sample.url).ok()?.port()).unwrap_or_default()
}

fn known(desktop: &Desktop, stage: SampleStage) -> Option<SampleEnvironment> {
    desktop.preferences.get().samples.into_iter().find(|sample| sample.stage == stage.name)
}

/// The environment of a stage, where it is still there and leads where it was led.
async fn own(desktop: &Desktop, engine: &Engine, stage: SampleStage) -> Result<Option<Environment>, ErrorReport> {
    let Some(sample) = known(desktop, stage) else { return Ok(None) };
    let environments = engine.environments().await?;
    Ok(environments
        .into_iter()
        .find(|environment| environment.id.as_str() == sample.id && environment.url == sample.url))
}

fn remember(desktop: &Desktop, stage: SampleStage, environment: &Environment) -> Result<(), ErrorReport> {
    let (id, url) = (environment.id.to_string(), environment.url.clone());
    desktop.preferences.change(|memory| {
        memory.contacts.remove(&id);
        memory.looks.remove(&id);
        memory.samples.retain(|sample| sample.stage != stage.name);
        memory.samples.push(SampleEnvironment { id, stage: stage.name.into(), url });
    })
}

/// The stage's own name where nobody has it yet. A person's environment is never taken over.
async fn free_name(engine: &Engine, name: &str) -> Result<String, ErrorReport> {
    let taken: Vec<String> = engine.environments().await?.into_iter().map(|one| one.name.to_lowercase()).collect();
    let numbered = (2..).map(|number| format!("Sample {name} {number}"));
    let mut names = [name.to_owned(), format!("Sample {name}")].into_iter().chain(numbered);
    Ok(names.find(|name| !taken.contains(&name.to_lowercase())).unwrap_or_else(|| name.to_owned()))
}
