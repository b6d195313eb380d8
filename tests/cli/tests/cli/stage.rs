//! Three environments, as a company has them.

use std::ops::Deref;

use aidb_sandbox::{Sample, Sandbox};
use aidb_testkit::{Home, Run, sandbox};

/// The key that tests use. Tests look for it everywhere it must not be.
pub const KEY: &str = "canary-key-4f1d9a7e63b85c20";

/// A home with three environments and their keys.
pub struct Stage {
    pub home: Home,
    pub development: Sandbox,
    pub staging: Sandbox,
    pub production: Sandbox,
}

impl Stage {
    pub fn new() -> Self {
        let stage = Self {
            home: Home::new(),
            development: sandbox::start(Sample::Development),
            staging: sandbox::start(Sample::Staging),
            production: sandbox::start(Sample::Production),
        };
        for (name, server) in
            [("Development", &stage.development), ("Staging", &stage.staging), ("Production", &stage.production)]
        {
            let url = server.url();
            let mut add = vec!["env", "add", name, "--url", &url, "--default-agent", "my-agent"];
            if name == "Production" {
                add.push("--protected");
            }
            let _added = stage.home.run(&add).done();
            let mut set_key = stage.home.aidb(&["env", "set-key", name]);
            set_key.write_stdin(format!("{KEY}\n"));
            let _stored = Run::of(&mut set_key).done();
        }
        stage
    }

    /// Exports `my-agent` of Development to `agent.json`.
    pub fn exported(self) -> Self {
        let _exported = self.run(&["migrate", "export", "-e", "Development", "-o", "agent.json"]).done();
        self
    }
}

impl Deref for Stage {
    type Target = Home;

    fn deref(&self) -> &Home {
        &self.home
    }
}
