use std::path::PathBuf;

use clap::Args;

use crate::args::no_dash;

/// Run three small sample servers on this machine, to try everything out.
///
/// Development, Staging and Production with sample agents, on 127.0.0.1. Any API key works. They run until Ctrl-C.
///
/// Example: aidb sandbox --add-environments
#[derive(Args, Debug)]
pub(crate) struct SandboxArgs {
    /// The three ports, in stage order; 0 for any free one.
    #[arg(long, value_name = "PORT", value_delimiter = ',', num_args = 1..=3, default_value = "4601,4602,4603")]
    pub(crate) ports: Vec<u16>,
    /// Keep what is changed in this folder; without it every start is fresh.
    #[arg(long, value_name = "DIR", value_parser = no_dash())]
    pub(crate) state_dir: Option<PathBuf>,
    /// Add them as environments, with a key, so that `-e Development` works at once.
    #[arg(long)]
    pub(crate) add_environments: bool,
}
