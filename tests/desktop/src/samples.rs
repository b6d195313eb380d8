//! Three sample servers in the test's own process, so that a test can look into them and spoil them.

use aidb_sandbox::{Sample, Sandbox};
use aidb_testkit::sandbox;

/// Development, Staging, Production, each on a port of its own.
#[derive(Debug)]
pub struct Samples {
    /// Where configurations are made.
    pub development: Sandbox,
    /// Where they are tried.
    pub staging: Sandbox,
    /// Where they run.
    pub production: Sandbox,
}

impl Samples {
    /// Starts them.
    #[must_use]
    pub fn start() -> Self {
        let [development, staging, production] =
            [Sample::Development, Sample::Staging, Sample::Production].map(sandbox::start);
        Self { development, staging, production }
    }

    /// How many requests have tried to change something in Staging.
    #[must_use]
    pub fn writes(&self) -> usize {
        self.staging.handle().requests().iter().filter(|request| request.method != "GET").count()
    }
}
