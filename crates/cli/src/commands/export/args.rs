use std::path::PathBuf;

use clap::Args;

/// Write an agent's configuration to a file.
///
/// Reads the agent, its permissions and its tables. The file holds no keys and no connection strings. An existing file
/// is overwritten only when it is itself a configuration.
///
/// Example: aidb migrate export -e Development -a my-agent -o my-agent.json
#[derive(Args, Debug)]
pub(crate) struct ExportArgs {
    /// The file to write, "-" for standard output; with --all the folder, one file for each agent.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Every agent of the environment, one file each.
    #[arg(long)]
    pub(crate) all: bool,
    /// With --all: end as a failure also where the only agents that were not exported are those that no request can name,
    /// because of a slash in their id for example.
    #[arg(long, requires = "all")]
    pub(crate) strict: bool,
    /// Overwrite whatever is there.
    #[arg(long)]
    pub(crate) force: bool,
}
