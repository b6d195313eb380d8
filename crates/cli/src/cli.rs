//! The grammar of the command line: which commands there are, and what each may do. What each takes stands with it, in
//! `commands/`.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use secrecy::ExposeSecret as _;

use crate::args::GlobalArgs;
use crate::commands::{
    AcceptAction, AcceptArgs, BackupsArgs, BatchAction, BatchArgs, CompareArgs, CompletionsArgs, DriftAction,
    DriftArgs, EnvAction, EnvArgs, ExportArgs, HistoryArgs, ImportArgs, ManArgs, OverviewArgs, PairAction, PairArgs,
    PromoteArgs, RecoverArgs, RestoreArgs, RollbackArgs, SandboxArgs, SchemaArgs, TestArgs,
};
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
  2    something differs (compare; overview and drift with --detailed-exitcode), or would be
       done (--dry-run --detailed-exitcode)
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
    Overview(OverviewArgs),
    Drift(DriftArgs),
    Pair(PairArgs),
    Accept(AcceptArgs),
    Recover(RecoverArgs),
    Env(EnvArgs),
    Test(TestArgs),
    Sandbox(SandboxArgs),
    Schema(SchemaArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// Export, import, promote, compare and roll back agents.
#[derive(Args, Debug)]
pub(crate) struct MigrateArgs {
    #[command(subcommand)]
    pub(crate) action: MigrateAction,
}

/// What `aidb migrate` does.
#[derive(Debug, Subcommand)]
#[command(subcommand_value_name = "ACTION", subcommand_help_heading = "Actions")]
pub(crate) enum MigrateAction {
    Export(ExportArgs),
    Import(ImportArgs),
    Promote(PromoteArgs),
    Rollback(RollbackArgs),
    Restore(RestoreArgs),
    Compare(CompareArgs),
    Backups(BackupsArgs),
    Batch(BatchArgs),
    History(HistoryArgs),
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
                    | MigrateAction::Batch(BatchArgs { action: None | Some(BatchAction::List | BatchAction::Show(_)) })
            ),
            Self::Env(EnvArgs { action }) => {
                matches!(action, EnvAction::List | EnvAction::Show(_) | EnvAction::Test(_))
            }
            Self::Pair(PairArgs { action }) => matches!(action, None | Some(PairAction::List)),
            Self::Accept(AcceptArgs { action }) => matches!(action, None | Some(AcceptAction::List)),
            Self::Drift(DriftArgs { action, .. }) => !matches!(action, Some(DriftAction::PutBack(_))),
            Self::Recover(recover) => recover.list,
            Self::Overview(_) | Self::Test(_) | Self::Schema(_) | Self::Completions(_) | Self::Man(_) => true,
            Self::Sandbox(_) => false,
        };
        if reads { Kind::Reading } else { Kind::Changing }
    }
}
