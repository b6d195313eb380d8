//! `aidb migrate compare`.

use aidb_core::operations::{self, BackupChoice, Comparison, Engine, Side, read_configuration};

use super::backups::find;
use super::rollback::backup_choice;
use crate::args::CompareArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::Invocation;

/// What differs between two configurations.
pub(crate) struct ComparisonDone {
    /// The comparison.
    pub(crate) comparison: Comparison,
}

/// Compares two files or backups.
pub(crate) async fn compare(invocation: &Invocation, args: CompareArgs) -> Result<Exit, Failure> {
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
            let read = read_configuration(&path, "Configuration file")?;
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
