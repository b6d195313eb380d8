//! `aidb migrate import --validate`: no network and no key, unless a target stands on the command line.

use std::path::PathBuf;

use aidb_core::config::Finding;
use aidb_core::plan::{NoteCode, NoteWeight, Plan};

use super::{ImportArgs, ReadFile, options};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;

pub(crate) struct ValidationDone {
    /// The target they were checked against, where one was named.
    pub(crate) server: Option<String>,
    pub(crate) files: Vec<ValidatedFile>,
}

/// One file without errors.
pub(crate) struct ValidatedFile {
    pub(crate) path: PathBuf,
    /// The agent it is about.
    pub(crate) agent_id: String,
    pub(crate) findings: Vec<Finding>,
    /// Remarks of the target.
    pub(crate) target: Vec<TargetRemark>,
}

/// Remark of a target on a configuration.
pub(crate) enum TargetRemark {
    Note(String),
    Warning(String),
    /// Differs there, and cannot be changed by an import.
    Differs(String),
}

impl TargetRemark {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Note(text) | Self::Warning(text) | Self::Differs(text) => text,
        }
    }
}

/// Validates files that have been read.
pub(super) async fn validate(
    invocation: &Invocation,
    files: Vec<ReadFile>,
    args: &ImportArgs,
) -> Result<Exit, Failure> {
    let mut done = ValidationDone { server: None, files: Vec::new() };
    let mut plans = Vec::new();
    if invocation.names_target() {
        let engine = invocation.engine()?;
        let target = invocation.target(&engine).await?;
        let context = invocation.context();
        for file in &files {
            let source = file.path.display().to_string();
            let configuration = &file.validated.configuration;
            plans.push(engine.propose_import(&target, configuration, &options(args), source, &context).await?.plan);
        }
        done.server = Some(target.name);
    }
    let mut plans = plans.iter();
    for ReadFile { path, validated } in files {
        done.files.push(ValidatedFile {
            path,
            agent_id: validated.configuration.agent.agent_id,
            findings: validated.report.findings,
            target: plans.next().map(remarks).unwrap_or_default(),
        });
    }
    invocation.result(&done)?;
    Ok(Exit::Done)
}

/// Of a plan, what says something about the configuration rather than about applying it.
fn remarks(plan: &Plan) -> Vec<TargetRemark> {
    let mut remarks = Vec::new();
    if plan.registers() {
        remarks.push(TargetRemark::Note(format!("{} is not registered there yet.", plan.agent_id)));
    }
    remarks.extend(plan.unchangeable.iter().map(|difference| TargetRemark::Differs(difference.describe())));
    let about_it = [NoteCode::TableMissing, NoteCode::TablesUnavailable, NoteCode::DatabaseNotLinked];
    for note in plan.notes.iter().filter(|note| about_it.contains(&note.code)) {
        remarks.push(match note.weight {
            NoteWeight::Info => TargetRemark::Note(note.message.clone()),
            _ => TargetRemark::Warning(note.message.clone()),
        });
    }
    remarks
}
