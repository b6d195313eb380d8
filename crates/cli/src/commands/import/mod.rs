//! `aidb migrate import`.

mod args;
mod folder;
mod human;
mod json;
mod link;
mod saved_plan;
mod validate;

pub(crate) use args::ImportArgs;
use folder::read_folder;

use std::path::PathBuf;

use aidb_core::operations::{BatchOptions, ImportOptions, Validated};
use aidb_core::plan::Mode;

use crate::args::is_dash;
use crate::commands::change::{Flags, Planned, Turn};
use crate::commands::input::selection;
use crate::commands::recover::Writing;
use crate::commands::{input, recover};
use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;
use crate::view::human::findings;

/// A configuration that was read, and from where.
pub(super) struct ReadFile {
    /// The path as given.
    pub(super) path: PathBuf,
    pub(super) validated: Validated,
}

/// Without the database: that may need a question.
pub(super) fn options(args: &ImportArgs) -> ImportOptions {
    ImportOptions {
        mode: if args.exact { Mode::Exact } else { Mode::Merge },
        selection: selection(&args.only),
        ..ImportOptions::default()
    }
}

/// Imports a file or a folder: validates all of it before anything else happens.
pub(crate) async fn import(invocation: &Invocation, args: ImportArgs) -> Result<Exit, Failure> {
    if let Some(plan) = &args.plan {
        return saved_plan::apply(invocation, plan, &args).await;
    }
    let path = args.input.clone().ok_or(CommandError::InputRequired)?;
    let files = if path.is_dir() && !is_dash(&path) {
        read_folder(&path, invocation.global.target.environment.as_deref())?
    } else {
        let validated = input::configuration(invocation, &path, "Configuration file").await?;
        vec![ReadFile { path, validated }]
    };
    for file in &files {
        invocation
            .refuse_other_agent(&file.path.display().to_string(), &file.validated.configuration.agent.agent_id)?;
    }
    if args.validate {
        return validate::validate(invocation, files, &args).await;
    }
    tell_findings(invocation, &files);
    plan_and_apply(invocation, files, &args).await
}

/// Tells the findings of the validation, before the plan. As JSON it stands in the result.
fn tell_findings(invocation: &Invocation, files: &[ReadFile]) {
    if invocation.screen.form == crate::screen::Form::Human {
        for file in files {
            let text = findings(&file.path, &file.validated.report.findings, invocation.screen.detail);
            invocation.screen.beside_output(&text);
        }
    }
}

async fn plan_and_apply(invocation: &Invocation, files: Vec<ReadFile>, args: &ImportArgs) -> Result<Exit, Failure> {
    let engine = invocation.engine()?;
    let target = invocation.target(&engine).await?;
    let mut options = options(args);
    options.link = link::link_of(invocation, args).await?;
    let context = invocation.applying(&engine, &args.apply)?;
    let agents: Vec<&str> = files.iter().map(|file| file.validated.configuration.agent.agent_id.as_str()).collect();
    recover::before(invocation, &engine, &target, Writing::of(args.apply.dry_run, &agents), &context).await?;
    let mut planned = Vec::new();
    for ReadFile { path, validated } in files {
        let source = path.display().to_string();
        let file = (&validated.configuration, source.clone());
        let proposal = link::propose(invocation, &engine, &target, file, &mut options, args, &context).await?;
        planned.push(Planned { source, findings: validated.report.findings, proposal });
    }
    let flags = Flags::of(&args.apply);
    let turn = Turn {
        invocation,
        engine: &engine,
        action: "import",
        target: &target,
        flags,
        context: &context,
        batch: &BatchOptions::default(),
    };
    turn.end(planned, &args.apply).await
}
