//! A sandbox with one agent, and an engine with a store and a vault of its own beside it.

#![allow(dead_code, reason = "every test file takes what it needs")]

pub mod stages;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::time::Duration;

use aidb_core::config::{Agent, AgentId, Configuration, FORMAT_VERSION, Permission, ResourcePermission};
use aidb_core::connector::RetryPolicy;
use aidb_core::operations::{
    Applied, Consent, Context, Engine, EngineSettings, Error, ImportOptions, Target, TargetRequest,
};
use aidb_core::plan::Mode;
use aidb_core::vault::Vault;
use aidb_sandbox::{ResourceSnapshot, Sample, Sandbox, SandboxOptions};
use secrecy::SecretString;
use tempfile::TempDir;

/// The agent that the tests are about.
pub const AGENT: &str = "my-agent";
/// A key that must never be seen anywhere.
pub const KEY: &str = "canary-environment-key-5f1e";

/// One environment, and an engine that talks to it.
pub struct World {
    pub sandbox: Sandbox,
    pub engine: Engine,
    pub target: Target,
    pub folder: TempDir,
}

impl World {
    /// An empty environment.
    pub async fn empty() -> Self {
        let sandbox = Sandbox::start(SandboxOptions::sample(Sample::Empty)).await.expect("the sandbox starts");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let engine = engine_in(&folder);
        let target = target_of(&engine, &sandbox.url()).await;
        Self { sandbox, engine, target, folder }
    }

    /// An environment that has the agent with these resources.
    pub async fn with(resources: &[(&str, &[Permission])]) -> Self {
        let world = Self::empty().await;
        let handle = world.sandbox.handle();
        let info = serde_json::json!({"name": "My Agent", "type": "analytics"});
        handle.set_agent(AGENT, info.as_object().expect("an object").clone(), "the-agents-own-key").expect("set");
        for (id, permissions) in resources {
            let permissions: Vec<_> = permissions.iter().map(|permission| theirs(*permission)).collect();
            handle.set_resource(AGENT, id, "table", &permissions).expect("set");
        }
        handle.clear_requests();
        world
    }

    /// Plans and applies an import.
    pub async fn import(&self, configuration: &Configuration, mode: Mode) -> Result<Applied, Error> {
        self.import_with(configuration, &ImportOptions { mode, ..ImportOptions::default() }, &Context::default()).await
    }

    pub async fn import_with(
        &self,
        configuration: &Configuration,
        options: &ImportOptions,
        context: &Context,
    ) -> Result<Applied, Error> {
        let proposal =
            self.engine.propose_import(&self.target, configuration, options, "agent.json".into(), context).await?;
        self.engine.apply(&self.target, &proposal, &Consent::default(), context).await
    }

    /// What the server has for the agent, as resource id → words.
    pub fn resources(&self) -> Option<BTreeMap<String, Vec<Permission>>> {
        let agent = self.sandbox.handle().agent(AGENT)?;
        let words = |entry: &ResourceSnapshot| entry.permissions.iter().map(|permission| ours(*permission)).collect();
        Some(agent.resources.iter().map(|(id, entry)| (id.clone(), words(entry))).collect())
    }

    /// The keys of agents that are kept for this environment.
    pub fn kept_keys(&self) -> Vec<String> {
        let Ok(folder) = std::fs::read_dir(self.folder.path().join("keys")) else { return Vec::new() };
        folder.flatten().map(|entry| std::fs::read_to_string(entry.path()).expect("a key").trim().to_owned()).collect()
    }

    /// Whether one of the kept keys opens the agent.
    pub fn keeps_a_key_that_opens(&self) -> bool {
        self.kept_keys().iter().any(|key| self.sandbox.handle().accepts_key(AGENT, key))
    }

    /// How many requests arrived that could change something.
    pub fn writes(&self) -> usize {
        self.sandbox.handle().requests().iter().filter(|request| request.method != "GET").count()
    }
}

pub fn engine_in(folder: &TempDir) -> Engine {
    engine_with(folder, EngineSettings::for_actor("tester").in_flight)
}

/// An engine that has so many requests under way at once.
pub fn engine_with(folder: &TempDir, in_flight: NonZeroUsize) -> Engine {
    let mut settings = EngineSettings::for_actor("tester");
    settings.retry = quick();
    settings.limits.request = Duration::from_secs(2);
    settings.in_flight = in_flight;
    Engine::new(folder.path().join("data"), Vault::file(folder.path().join("keys")), settings)
}

/// The policy of the product with short waits: how often is what the tests are about, not how long.
pub fn quick() -> RetryPolicy {
    RetryPolicy {
        first_delay: Duration::from_millis(5),
        max_delay: Duration::from_millis(20),
        ..RetryPolicy::default()
    }
}

pub async fn target_of(engine: &Engine, url: &str) -> Target {
    let request =
        TargetRequest { url: Some(url.into()), api_key: Some(SecretString::from(KEY)), ..TargetRequest::default() };
    engine.target(&request).await.expect("a target")
}

pub fn agent_id() -> AgentId {
    AgentId::new(AGENT).expect("addressable")
}

pub fn configuration(resources: &[(&str, &[Permission])]) -> Configuration {
    let entry = |permissions: &[Permission]| ResourcePermission::new("table", permissions.iter().copied());
    Configuration {
        version: FORMAT_VERSION.into(),
        exported_at: None,
        source_url: None,
        agent: Agent {
            agent_id: AGENT.into(),
            name: "My Agent".into(),
            agent_type: Some("analytics".into()),
            database: None,
            resource_permissions: resources.iter().map(|(id, set)| ((*id).to_owned(), entry(set))).collect(),
            info: serde_json::Map::new(),
        },
        tables: None,
        metadata: None,
        extra: serde_json::Map::new(),
    }
}

fn theirs(permission: Permission) -> aidb_sandbox::Permission {
    match permission {
        Permission::Read => aidb_sandbox::Permission::Read,
        Permission::Write => aidb_sandbox::Permission::Write,
        Permission::Delete => aidb_sandbox::Permission::Delete,
        Permission::Admin => aidb_sandbox::Permission::Admin,
    }
}

fn ours(permission: aidb_sandbox::Permission) -> Permission {
    match permission {
        aidb_sandbox::Permission::Read => Permission::Read,
        aidb_sandbox::Permission::Write => Permission::Write,
        aidb_sandbox::Permission::Delete => Permission::Delete,
        aidb_sandbox::Permission::Admin => Permission::Admin,
    }
}
