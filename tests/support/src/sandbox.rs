//! The sandbox for tests that block: each on threads of its own.

use aidb_sandbox::{Sample, Sandbox, SandboxOptions};

/// A sample environment on a free port.
///
/// # Panics
/// When it cannot start.
#[must_use]
#[expect(clippy::expect_used, reason = "a test without its server cannot go on")]
pub fn start(sample: Sample) -> Sandbox {
    Sandbox::start_on_own_threads(SandboxOptions::sample(sample)).expect("the sandbox starts")
}
