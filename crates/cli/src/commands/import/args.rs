use std::path::PathBuf;

use clap::Args;

use crate::args::{ApplyArgs, no_dash};

/// Apply a configuration file, or a folder of them, to an environment.
///
/// Validates, shows the plan, asks, backs up, applies and verifies. What fails halfway is put back. Without a terminal
/// nothing is asked: a protected environment then refuses unless --yes is there.
///
/// Example: aidb migrate import -e Staging -i my-agent.json --dry-run
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct ImportArgs {
    /// The configuration file, or a folder of them; "-" reads a configuration from standard input.
    #[arg(short, long, value_name = "FILE|DIR")]
    pub(crate) input: Option<PathBuf>,
    /// Apply a saved plan (see --plan-out) in place of a configuration. Without -e and -u it goes where it was made for.
    #[arg(
        long,
        value_name = "FILE",
        value_parser = no_dash(),
        conflicts_with_all = ["input", "validate", "dry_run", "exact", "only"]
    )]
    pub(crate) plan: Option<PathBuf>,
    /// With --plan: the words of the plan that was read, for a plan that was not saved by this aidb. They prove that the file
    /// is the one that was read, not who saved it.
    #[arg(long, value_name = "WORDS", requires = "plan", num_args = 1..=8)]
    pub(crate) approved: Vec<String>,
    /// Check the configuration and stop. Needs no network and no key; with -e or -u it is checked against that target too.
    #[arg(long, conflicts_with_all = ["dry_run", "yes", "link_database", "backup_out", "agent_key_out"])]
    pub(crate) validate: bool,
    /// Also revoke what the file does not name.
    #[arg(long)]
    pub(crate) exact: bool,
    /// Only these resources.
    #[arg(long, value_name = "RESOURCE", num_args = 1..)]
    pub(crate) only: Vec<String>,
    /// Link the agent's database; one that is linked already stays as it is. The connection string comes from --connection-string-file, from AIDB_CONNECTION_STRING,
    /// from the one that is kept for this environment, or from a question on the terminal.
    #[arg(long)]
    pub(crate) link_database: bool,
    /// Read the connection string from this file, "-" for standard input.
    #[arg(long, value_name = "FILE", requires = "link_database")]
    pub(crate) connection_string_file: Option<PathBuf>,
    /// Link also where a database is linked already. Not needed where the connection string is another one than the one that is
    /// kept for this environment.
    #[arg(long, requires = "link_database")]
    pub(crate) relink: bool,
    /// Keep the connection string for this environment, where the keys are kept.
    #[arg(long, requires = "link_database")]
    pub(crate) remember: bool,
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
}
