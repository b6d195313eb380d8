use clap::Args;

/// Test server, key and agent, line by line: what works, what does not, and what to do. Writes nothing.
///
/// Example: aidb test -e Staging -a my-agent
#[derive(Args, Debug)]
pub(crate) struct TestArgs {}
