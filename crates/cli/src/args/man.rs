use std::path::PathBuf;

use clap::Args;

use super::path::no_dash;

/// Print the manual page, or write the pages of all commands into a folder.
#[derive(Args, Debug)]
pub(crate) struct ManArgs {
    /// Write one page for each command into this folder.
    #[arg(long, value_name = "DIR", value_parser = no_dash())]
    pub(crate) out_dir: Option<PathBuf>,
}
