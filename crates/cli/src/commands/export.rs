//! `aidb migrate export`.

use std::path::PathBuf;

use aidb_core::error::ErrorReport;
use aidb_core::files::Overwrite;
use aidb_core::operations::Exported;

use super::recover;
use crate::args::ExportArgs;
use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;

/// What an export wrote.
pub(crate) struct ExportDone {
    /// The environment's name, or the URL.
    pub(crate) place: String,
    /// The environment's name, where there is one.
    pub(crate) environment: Option<String>,
    /// The server.
    pub(crate) url: String,
    /// The folder of an export of all agents.
    pub(crate) folder: Option<PathBuf>,
    /// The files.
    pub(crate) exported: Vec<Exported>,
    /// Agents that could not be exported.
    pub(crate) failed: Vec<(String, ErrorReport)>,
    /// Agents that were not reached before it was stopped.
    pub(crate) not_reached: Vec<String>,
}

/// Exports one agent to a file, or all of them to a folder.
pub(crate) async fn export(invocation: &Invocation, args: ExportArgs) -> Result<Exit, Failure> {
    let output = args.output.ok_or(CommandError::OutputRequired)?;
    let overwrite = if args.force { Overwrite::Anything } else { Overwrite::Configurations };
    let engine = invocation.engine()?;
    let target = invocation.target(&engine).await?;
    let context = invocation.context();
    recover::settle(invocation, &engine, &target, &context).await?;
    let mut done = ExportDone {
        place: target.name.clone(),
        environment: target.place.environment_name.clone(),
        url: target.place.url.clone(),
        folder: args.all.then(|| output.clone()),
        exported: Vec::new(),
        failed: Vec::new(),
        not_reached: Vec::new(),
    };
    if args.all {
        let all = engine.export_all(&target, &output, overwrite, &context).await?;
        (done.exported, done.failed, done.not_reached) = (all.exported, all.failed, all.not_reached);
    } else {
        let agent = invocation.agent(&target)?;
        done.exported.push(engine.export_to_file(&target, &agent, &output, overwrite, &context).await?);
    }
    invocation.result(&done)?;
    let stopped = !done.not_reached.is_empty();
    Ok(match (stopped, done.failed.is_empty()) {
        (true, _) => Exit::Interrupted,
        (false, true) => Exit::Done,
        (false, false) => Exit::Failed,
    })
}
