//! Commands whose result is a text: `aidb schema`, `aidb completions`, `aidb man`. They need no engine.

use std::fs;
use std::path::Path;

use aidb_core::config;
use aidb_core::files::FileError;
use clap::CommandFactory;
use serde_json::Value;

use crate::args::{Cli, CompletionsArgs, ManArgs, SchemaArgs};
use crate::failure::{CommandError, Failure};

/// A text as a result.
pub(crate) struct Text {
    pub(crate) action: &'static str,
    pub(crate) text: String,
    /// Document of it, where it is one.
    pub(crate) document: Option<Value>,
}

/// The JSON Schema of configuration files.
pub(crate) fn schema(_args: SchemaArgs) -> Text {
    let schema = config::json_schema();
    Text { action: "schema", text: format!("{schema:#}\n"), document: Some(schema) }
}

/// The completions for a shell.
pub(crate) fn completions(args: &CompletionsArgs) -> Text {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "aidb", &mut script);
    Text { action: "completions", text: String::from_utf8_lossy(&script).into_owned(), document: None }
}

/// The manual page, or all of them in a folder.
pub(crate) fn man(args: &ManArgs) -> Result<Text, Failure> {
    let text = match &args.out_dir {
        None => page(&Cli::command())?,
        Some(folder) => {
            fs::create_dir_all(folder).map_err(|source| FileError::Unwritable { path: folder.clone(), source })?;
            let mut command = Cli::command();
            command.build();
            format!("{} manual pages written to {}\n", write_pages(&command, folder, "aidb")?, folder.display())
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
