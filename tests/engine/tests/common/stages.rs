//! Three environments, each with a server of its own.

use aidb_core::operations::{AskForKey, Context, Engine, EnvironmentDraft, Overview};
use aidb_sandbox::{Permission, Sample, Sandbox, SandboxOptions};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::engine_in;

/// Names of the environments.
pub const STAGES: [&str; 3] = ["Development", "Staging", "Production"];

/// Three empty servers, and an engine that has them as its stages.
pub struct Stages {
    pub servers: Vec<Sandbox>,
    pub engine: Engine,
    pub folder: tempfile::TempDir,
}

impl Stages {
    pub async fn start(sample: Sample) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let engine = engine_in(&folder);
        let mut servers = Vec::new();
        for name in STAGES {
            let server = Sandbox::start(SandboxOptions::sample(sample)).await.expect("a server");
            let url = Some(server.url());
            let draft = EnvironmentDraft { name: Some(name.into()), url, ..EnvironmentDraft::default() };
            engine.add_environment_with_key(draft, &SecretString::from("a-key-of-tests")).await.expect("added");
            servers.push(server);
        }
        Self { servers, engine, folder }
    }

    pub async fn overview(&self) -> Overview {
        self.engine.overview(AskForKey::Now, &Context::default()).await.expect("an overview")
    }

    /// Has an agent at a stage, which may read these tables.
    pub fn agent(&self, stage: usize, id: &str, tables: &[&str]) {
        let info = json!({ "name": format!("Agent {id}"), "type": "analytics" });
        let Value::Object(info) = info else { unreachable!() };
        self.servers[stage].set_agent(id, info, "its-own-key").expect("set");
        for table in tables {
            self.servers[stage].set_resource(id, table, "table", &[Permission::Read]).expect("set");
        }
    }
}
