use clap::Args;

/// Compare two states of an agent: an environment's, a file, a backup, a moment of the history.
///
/// Shows what would make the second like the first. Exit status 2 when they differ, 0 when they say the same.
///
/// Example: aidb migrate compare my-agent.json bk-3fz9q2mk
///
/// Example: aidb migrate compare at:2026-11-01T12:00/Staging/my-agent env:Staging/my-agent
#[derive(Args, Debug)]
pub(crate) struct CompareArgs {
    /// A configuration file, a backup's id (or backup:ID), env:ENVIRONMENT/AGENT, or at:TIME/ENVIRONMENT/AGENT; "-" reads a
    /// configuration from standard input.
    #[arg(value_name = "A")]
    pub(crate) left: String,
    /// What it is compared with.
    #[arg(value_name = "B")]
    pub(crate) right: String,
}
