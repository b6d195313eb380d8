//! `aidb test` and `aidb env test`.

mod args;
mod human;
mod json;

pub(crate) use args::TestArgs;

use aidb_core::config::AgentId;
use aidb_core::operations::{ConnectionReport, Engine, KeyNeed, Target, TargetRequest};

use crate::exit::{self, Exit};
use crate::failure::Failure;
use crate::invocation::Invocation;

/// A connection test.
pub(crate) struct TestDone {
    /// The environment's name, or the URL.
    pub(crate) server: String,
    /// The environment's name, where there is one.
    pub(crate) environment: Option<String>,
    /// The server.
    pub(crate) url: String,
    /// Line by line.
    pub(crate) report: ConnectionReport,
}

/// Tests the target that was named.
pub(crate) async fn test(invocation: &Invocation, _args: TestArgs) -> Result<Exit, Failure> {
    let engine = invocation.engine()?;
    let request = TargetRequest { key: KeyNeed::Optional, ..invocation.request()? };
    let target = invocation.target_of(&engine, &request).await?;
    run(invocation, &engine, &target).await
}

/// Tests an environment by its name.
pub(crate) async fn test_environment(invocation: &Invocation, engine: &Engine, name: String) -> Result<Exit, Failure> {
    let request = TargetRequest { environment: Some(name), url: None, key: KeyNeed::Optional, ..invocation.request()? };
    let target = invocation.target_of(engine, &request).await?;
    run(invocation, engine, &target).await
}

async fn run(invocation: &Invocation, engine: &Engine, target: &Target) -> Result<Exit, Failure> {
    let agent = agent(invocation, target)?;
    let report = engine.test_connection(target, agent.as_ref(), &invocation.context()).await;
    let done = TestDone {
        server: target.name.clone(),
        environment: target.server.environment_name.clone(),
        url: target.server.url.clone(),
        report,
    };
    invocation.result(&done)?;
    Ok(done.report.first_failure().map_or(Exit::Done, |error| exit::of(error.code)))
}

/// The agent, where one is named; a test is of use without one too.
fn agent(invocation: &Invocation, target: &Target) -> Result<Option<AgentId>, Failure> {
    let named = invocation.global.target.agent.is_some();
    let default = target.environment.as_ref().is_some_and(|environment| environment.default_agent.is_some());
    if named || default { Ok(Some(invocation.agent(target)?)) } else { Ok(None) }
}
