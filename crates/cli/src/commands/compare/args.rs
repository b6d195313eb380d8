use clap::Args;

/// Compare two configurations: files or backups.
///
/// Shows what would make the second like the first. Exit status 2 when they differ, 0 when they say the same.
///
/// Example: aidb migrate compare my-agent.json bk-3fz9q2mk
#[derive(Args, Debug)]
pub(crate) struct CompareArgs {
    /// A configuration file or a backup's id; "-" reads a configuration from standard input.
    #[arg(value_name = "A")]
    pub(crate) left: String,
    /// What it is compared with.
    #[arg(value_name = "B")]
    pub(crate) right: String,
}
