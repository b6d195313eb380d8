//! `aidb man`.

use std::fs;
use std::path::{Path, PathBuf};

use aidb_core::files::FileError;
use clap::Args;

use super::text::Text;
use crate::args::no_dash;
use crate::failure::{CommandError, Failure};

/// Print the manual page, or write the pages of all commands into a folder.
#[derive(Args, Debug)]
pub(crate) struct ManArgs {
    /// Write one page for each command into this folder.
    #[arg(long, value_name = "DIR", value_parser = no_dash())]
    pub(crate) out_dir: Option<PathBuf>,
}

/// The manual page of `cli`, or one for each command in a folder.
pub(crate) fn man(mut cli: clap::Command, args: &ManArgs) -> Result<Text, Failure> {
    let text = match &args.out_dir {
        None => page(&cli)?,
        Some(folder) => {
            fs::create_dir_all(folder).map_err(|source| FileError::Unwritable { path: folder.clone(), source })?;
            cli.build();
            format!("{} manual pages written to {}\n", write_pages(&cli, folder, "aidb")?, folder.display())
        }
    };
    Ok(Text { action: "man", text, document: None })
}

fn page(command: &clap::Command) -> Result<String, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page).map_err(CommandError::Output)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn write_pages(command: &clap::Command, folder: &Path, name: &str) -> Result<usize, Failure> {
    let path = folder.join(format!("{name}.1"));
    let titled = command.clone().name(name.to_owned());
    fs::write(&path, page(&titled)?).map_err(|source| FileError::Unwritable { path, source })?;
    let mut written = 1;
    for action in command.get_subcommands().filter(|action| action.get_name() != "help") {
        written += write_pages(action, folder, &format!("{name}-{}", action.get_name()))?;
    }
    Ok(written)
}
