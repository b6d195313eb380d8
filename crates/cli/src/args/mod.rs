//! What can be typed. One command, one file: its `Args` struct, whose doc comment is its help.

mod apply;
mod backups;
mod compare;
mod completions;
mod env;
mod export;
mod global;
mod history;
mod import;
mod man;
mod migrate;
mod path;
mod promote;
mod recover;
mod rollback;
mod sandbox;
mod schema;
mod test;

pub(crate) use apply::ApplyArgs;
pub(crate) use backups::{
    BackupsAction, BackupsArgs, CreateArgs, ExportBackupArgs, ListArgs, ShowBackupArgs, VerifyArgs,
};
pub(crate) use compare::CompareArgs;
pub(crate) use completions::CompletionsArgs;
pub(crate) use env::{AddArgs, EnvAction, EnvArgs, NameArgs, ProfileArgs, RemoveArgs, SetKeyArgs, UpdateArgs};
pub(crate) use export::ExportArgs;
pub(crate) use global::{GlobalArgs, KeyStore, OutputArgs};
pub(crate) use history::{HistoryAction, HistoryArgs, ListHistoryArgs, OutcomeName, ShowEntryArgs};
pub(crate) use import::ImportArgs;
pub(crate) use man::ManArgs;
pub(crate) use migrate::{MigrateAction, MigrateArgs};
pub(crate) use path::{Output, is_dash};
pub(crate) use promote::PromoteArgs;
pub(crate) use recover::RecoverArgs;
pub(crate) use rollback::RollbackArgs;
pub(crate) use sandbox::SandboxArgs;
pub(crate) use schema::SchemaArgs;
pub(crate) use test::TestArgs;

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use secrecy::ExposeSecret as _;

use crate::failure::CommandError;
use crate::screen::Kind;

/// Carry AI agent configurations from one environment to the next, and get back when it went wrong.
///
/// aidb exports an agent's settings from one AI Agent Connector to a file, shows what importing them elsewhere would
/// change, backs up, applies, verifies, and rolls back.
///
/// Standard output holds results, standard error everything else.
#[derive(Debug, Parser)]
#[command(name = "aidb", version, max_term_width = 100, after_help = EXIT_STATUSES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// docs/RULES.md#exit-statuses.
const EXIT_STATUSES: &str = "\
Exit status:
  0    done
  1    failed; nothing was changed, or all of it was put back
  2    something differs (compare), or would be done (--dry-run --detailed-exitcode)
  3    the configuration is invalid
  4    not authorised
  5    the target changed since the plan was made; nothing was written
  6    failed, and something is left to do
  64   wrong usage, or somebody has to agree first
  74   done, and the result could not be written where it was asked for
  130  interrupted";

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(visible_alias = "m")]
    Migrate(MigrateArgs),
    Recover(RecoverArgs),
    Env(EnvArgs),
    Test(TestArgs),
    Sandbox(SandboxArgs),
    Schema(SchemaArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

impl Command {
    /// Standard input can be read once.
    pub(crate) fn one_reader_of_standard_input(&self, global: &GlobalArgs) -> Result<(), CommandError> {
        let dash = |path: &Option<PathBuf>| path.as_deref() == Some(Path::new("-"));
        let mut readers = Vec::new();
        if global.target.api_key.as_ref().is_some_and(|key| key.expose_secret() == "-") {
            readers.push("-k -");
        }
        if let Self::Migrate(MigrateArgs { action: MigrateAction::Import(import) }) = self {
            readers.extend(dash(&import.input).then_some("-i -"));
            readers.extend(dash(&import.connection_string_file).then_some("--connection-string-file -"));
        }
        match readers.as_slice() {
            [first, second, ..] => Err(CommandError::BadValue {
                message: format!(
                    "{first} and {second} both read standard input, which can be read once. Nothing was sent."
                ),
                hint: "Give one of them in a file or in its variable.".into(),
            }),
            _ => Ok(()),
        }
    }

    /// What the command may do.
    pub(crate) const fn kind(&self) -> Kind {
        let reads = match self {
            Self::Migrate(MigrateArgs { action }) => matches!(
                action,
                MigrateAction::Export(_)
                    | MigrateAction::Compare(_)
                    | MigrateAction::Backups(_)
                    | MigrateAction::History(_)
            ),
            Self::Env(EnvArgs { action }) => {
                matches!(action, EnvAction::List | EnvAction::Show(_) | EnvAction::Test(_))
            }
            Self::Recover(recover) => recover.list,
            Self::Test(_) | Self::Schema(_) | Self::Completions(_) | Self::Man(_) => true,
            Self::Sandbox(_) => false,
        };
        if reads { Kind::Reading } else { Kind::Changing }
    }
}
