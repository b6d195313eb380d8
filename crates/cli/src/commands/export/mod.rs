//! `aidb migrate export`.

mod args;
mod human;
mod json;

pub(crate) use args::ExportArgs;

use std::path::{Path, PathBuf};

use aidb_core::config;
use aidb_core::error::ErrorReport;
use aidb_core::files::Overwrite;
use aidb_core::operations::{Error, Exported, ExportedAll, LeftOver};

use crate::args::Output;
use crate::commands::recover;
use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;
use crate::screen::Form;

/// Result of an export.
pub(crate) struct ExportDone {
    /// The environment's name, or the URL.
    pub(crate) server: String,
    /// The environment's name, where there is one.
    pub(crate) environment: Option<String>,
    pub(crate) url: String,
    /// The folder of an export of all agents.
    pub(crate) folder: Option<PathBuf>,
    pub(crate) exported: Vec<Exported>,
    /// Agents that could not be exported.
    pub(crate) failed: Vec<(String, ErrorReport)>,
    /// Agents that no request can name, because of their ids.
    pub(crate) not_addressable: Vec<(String, ErrorReport)>,
    /// Whether those make it a failure.
    pub(crate) strictness: Strictness,
    /// Agents that were not reached before it was stopped.
    pub(crate) not_reached: Vec<String>,
    /// Files of the folder about agents that are not there.
    pub(crate) left_over: Vec<LeftOver>,
}

/// Whether what can never be exported makes an export of all agents a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// Is said, and no more.
    Lenient,
    Strict,
}

impl ExportDone {
    /// The first thing that makes it a failure.
    pub(crate) fn failure(&self) -> Option<&ErrorReport> {
        let strict = self.not_addressable.iter().filter(|_| self.strictness == Strictness::Strict);
        self.failed.iter().chain(strict).map(|(_, report)| report).next()
    }
}

/// Exports one agent to a file, or all of them to a folder.
pub(crate) async fn export(invocation: &Invocation, args: ExportArgs) -> Result<Exit, Failure> {
    let output = output(invocation, &args)?;
    let overwrite = if args.force { Overwrite::Anything } else { Overwrite::Configurations };
    let engine = invocation.engine()?;
    let target = invocation.target(&engine).await?;
    let context = invocation.context();
    recover::recover_first(invocation, &engine, &target, &context).await?;
    let mut done = ExportDone {
        server: target.name.clone(),
        environment: target.server.environment_name.clone(),
        url: target.server.url.clone(),
        folder: None,
        exported: Vec::new(),
        failed: Vec::new(),
        not_addressable: Vec::new(),
        strictness: if args.strict { Strictness::Strict } else { Strictness::Lenient },
        not_reached: Vec::new(),
        left_over: Vec::new(),
    };
    match output {
        Output::File(folder) if args.all => {
            let all = engine.export_all(&target, &folder, overwrite, &context).await?;
            let ExportedAll { exported, failed, not_addressable, not_reached, left_over } = all;
            done = ExportDone { exported, failed, not_addressable, not_reached, left_over, ..done };
            done.folder = Some(folder);
        }
        Output::File(path) => {
            let agent = invocation.agent(&target)?;
            let exported = engine.export_to_file(&target, &agent, &path, overwrite, &context).await;
            done.exported.push(exported.map_err(|error| nothing_there(error, Some(&path)))?);
        }
        Output::Standard => {
            let agent = invocation.agent(&target)?;
            let export = engine.export(&target, &agent, &context).await;
            let export = export.map_err(|error| nothing_there(error, None))?;
            invocation.print(&config::write(&export.configuration))?;
            engine.note_export(&target, &agent, Output::STANDARD, &context).await?;
            done.exported.push(Exported { path: Output::STANDARD.into(), export });
            invocation.beside(&done);
            return Ok(Exit::Done);
        }
    }
    let stopped = !done.not_reached.is_empty();
    let exit = match (stopped, done.failure().is_none()) {
        (true, _) => Exit::Interrupted,
        (false, true) => Exit::Done,
        (false, false) => Exit::Failed,
    };
    Ok(invocation.finished(&done, exit))
}

/// Where it goes. Two results on one standard output would be none.
fn output(invocation: &Invocation, args: &ExportArgs) -> Result<Output, CommandError> {
    let output = Output::named(args.output.clone().ok_or(CommandError::OutputRequired)?);
    if output == Output::Standard && args.all {
        let message = "--all writes one file for each agent, and standard output is one file. Nothing was sent.".into();
        return Err(CommandError::BadValue { message, hint: "Name a folder with -o, or one agent with -a.".into() });
    }
    refuse_two_results(invocation, &output)?;
    Ok(output)
}

/// `--json` beside a configuration on standard output.
pub(crate) fn refuse_two_results(invocation: &Invocation, output: &Output) -> Result<(), CommandError> {
    if *output == Output::Standard && invocation.screen.form == Form::Json {
        let message =
            "-o - writes the configuration to standard output, and --json its own document. Nothing was sent.";
        let hint = "Leave --json out: a configuration is JSON by itself. Or name a file with -o.";
        return Err(CommandError::BadValue { message: message.into(), hint: hint.into() });
    }
    Ok(())
}

/// A script that saves what it is about to change, before it is changed for the first time, has nothing to save yet.
pub(crate) fn nothing_there(error: Error, path: Option<&Path>) -> Failure {
    match error {
        Error::AgentNotFound { agent, server, lost: None } => {
            let file = path.filter(|path| path.is_file()).map(Path::to_owned);
            CommandError::NothingToExport { agent, server, file }.into()
        }
        other => other.into(),
    }
}
