//! `aidb migrate compare`.

mod args;
mod human;
mod json;

pub(crate) use args::CompareArgs;

use std::path::Path;

use aidb_core::operations::{self, BackupChoice, Comparison, Engine, Side};

use crate::args::is_dash;
use crate::commands::backups::find;
use crate::commands::input;
use crate::commands::rollback::backup_choice;
use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;

/// Differences of two configurations.
pub(crate) struct ComparisonDone {
    pub(crate) comparison: Comparison,
}

/// Compares two files or backups.
pub(crate) async fn compare(invocation: &Invocation, args: CompareArgs) -> Result<Exit, Failure> {
    if [&args.left, &args.right].iter().all(|side| is_dash(Path::new(side))) {
        let message = "Both sides are \"-\", and standard input can be read once. Nothing was compared.".into();
        let hint = "Name a file or a backup for one of them.".into();
        return Err(CommandError::BadValue { message, hint }.into());
    }
    let mut engine = None;
    let left = side(invocation, &mut engine, &args.left).await?;
    let right = side(invocation, &mut engine, &args.right).await?;
    let done = ComparisonDone { comparison: operations::compare(&left, &right)? };
    invocation.result(&done)?;
    Ok(if done.comparison.is_same() { Exit::Done } else { Exit::Differs })
}

/// Two files need no engine: they can be compared where nothing can be stored.
async fn side(invocation: &Invocation, engine: &mut Option<Engine>, named: &str) -> Result<Side, Failure> {
    match backup_choice(named) {
        BackupChoice::File(path) => {
            let read = input::configuration(invocation, &path, "Configuration file").await?;
            Ok(Side::of_file(named, read.configuration))
        }
        BackupChoice::Id(id) => {
            let engine = match engine {
                Some(engine) => engine,
                None => engine.insert(invocation.engine()?),
            };
            let backup = find(invocation, engine, &id).await?;
            Ok(Side::of_state(backup.summary.id.to_string(), backup.state))
        }
    }
}
