//! R5: a bit flipped in, or an end cut off, what a backup in the store says. `python3` does it, from outside.

use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, io};

use aidb_testkit::Run;
use anyhow::{Context as _, Result, ensure};

use crate::ground::{Ground, Server, ended};
use crate::scenario::ROLLBACK;

/// Everything that the hash of a backup covers, and the hash. Its id is what it is found by: another one is another backup.
const COLUMNS: &[&str] = &[
    "state",
    "agent_id",
    "url",
    "environment_id",
    "environment_name",
    "taken_at",
    "reason",
    "operation_id",
    "existed",
    "hash",
];

/// Prints how many bytes a column of a backup has; with a place, flips a bit there, or cuts it off there.
const SCRIPT: &str = "
import sqlite3, sys
file, backup, column, how, at = sys.argv[1:]
at = int(at)
store = sqlite3.connect(file)
kind, value = store.execute(f'SELECT typeof({column}), CAST({column} AS BLOB) FROM backups WHERE id = ?', [backup]).fetchone()
if how == 'measure':
    print(len(value))
    sys.exit()
changed = value[:at] if how == 'cut' else value[:at] + bytes([value[at] ^ 1 << at % 8]) + value[at + 1:]
store.execute(f'UPDATE backups SET {column} = CAST(? AS {kind}) WHERE id = ?', [changed, backup])
store.commit()
";

/// The numbers.
#[derive(Debug, Default)]
pub struct Damages {
    /// How often it was damaged.
    pub tried: usize,
    /// What was not caught before the first request.
    pub missed: Vec<String>,
}

/// Damages the backup in every so-manieth place and has it rolled back to.
///
/// # Errors
/// The test itself cannot go on.
pub fn matrix(ground: &Ground, step: usize) -> Result<Damages> {
    let mut damages = Damages::default();
    let ready = ROLLBACK.prepare(ground, 1)?;
    let backup = ready.arguments.iter().find(|word| word.starts_with("bk-")).context("no backup")?.clone();
    let file = ground.data().join("aidb.db");
    let before = ground.path("undamaged");
    let script = |column: &str, how: &str, at: usize| -> Result<Run> {
        let mut command = Command::new("python3");
        command.args(["-c", SCRIPT]).arg(&file).args([&backup, column, how, &at.to_string()]);
        let run = ended({
            command.stdin(Stdio::null());
            command
        })?;
        ensure!(run.status == Some(0), "python3 cannot damage it: {run}");
        Ok(run)
    };
    // Measuring closes the database as its last user, which leaves it in one file.
    let lengths: Vec<usize> =
        COLUMNS.iter().map(|column| Ok(script(column, "measure", 0)?.stdout.trim().parse()?)).collect::<Result<_>>()?;
    fs::copy(&file, &before)?;
    let json = [ready.arguments.as_slice(), &["--json".to_owned()]].concat();
    for (column, length) in COLUMNS.iter().zip(lengths) {
        for how in ["flip", "cut"] {
            for at in (0..length).step_by(step) {
                restore(&before, &file)?;
                script(column, how, at)?;
                ground.server(Server::Target).clear()?;
                let run = ground.run(&json)?;
                let requests = ground.server(Server::Target).requests()?.len();
                damages.tried += 1;
                // A row whose words cannot be read at all is not told from a store that cannot: it is caught all the same.
                let caught = ["backup_damaged", "store_unusable"].iter().any(|code| run.json()["code"] == *code);
                if run.status != Some(1) || !caught || requests > 0 {
                    damages.missed.push(format!("{how} at {at} of {column}, {requests} requests: {run}"));
                }
            }
        }
    }
    Ok(damages)
}

/// Puts the undamaged store back, without what the last run left beside it.
fn restore(undamaged: &Path, file: &Path) -> Result<()> {
    for beside in ["-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(beside);
        match fs::remove_file(&name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    fs::copy(undamaged, file)?;
    Ok(())
}
