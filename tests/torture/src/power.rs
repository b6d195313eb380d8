//! A power cut, for R1 and R4: what was written and not forced to the disk may be gone after it. So when a request leaves that
//! changes something, nothing of the data folder may be in that state; then a power cut at that moment is no worse than a kill,
//! and those are tried one by one.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::ground::{Ground, Server, ended};
use crate::scenario::{self, IMPORT};
use crate::syscalls::Victim;

/// Everything that writes, forces to the disk, or sends.
const CALLS: &str = "trace=write,pwrite64,pwritev,writev,sendto,sendmsg,ftruncate,fsync,fdatasync,/^rename,/^mkdir";

/// Made anew at every start, or of no meaning after one.
const NEVER_FORCED: &[&str] = &["aidb.db-shm", "locks"];

/// What one command showed.
#[derive(Debug, Default)]
pub struct Forced {
    /// Which command.
    pub name: String,
    /// How many requests left that change something.
    pub requests: usize,
    /// How many times a file or folder was forced to the disk.
    pub forced: usize,
    /// Requests that left too early, in words.
    pub early: Vec<String>,
}

impl fmt::Display for Forced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, requests, forced, early } = self;
        let early = early.len();
        write!(
            f,
            "power cut, {name}: {requests} requests that change something, {forced} syncs, {early} left too early"
        )
    }
}

/// Follows every scenario's command, a recovery, and the first import on a machine.
///
/// # Errors
/// The test itself cannot go on.
pub fn all(ground: &Ground) -> Result<Vec<Forced>> {
    let mut seen = Vec::new();
    for scenario in scenario::ALL {
        let ready = scenario.prepare(ground, 1)?;
        seen.push(followed(ground, scenario.name, &ready.arguments)?);
    }
    let ready = IMPORT.prepare(ground, 1)?;
    seen.push(followed(ground, "recovery of an import", &Victim::Recovery.arguments(ground, &ready)?)?);
    ground.renew()?;
    fs::remove_dir_all(ground.data())?;
    let url = ground.server(Server::Target).url();
    let first = ["m", "import", "-u", &url, "-k", "key-of-this-ground", "-i", "carried/churn-forecast.json", "--yes"];
    seen.push(followed(ground, "first import on a machine", &first)?);
    Ok(seen)
}

/// Follows a command from system call to system call.
fn followed(ground: &Ground, name: &str, arguments: &[impl AsRef<OsStr>]) -> Result<Forced> {
    let log = ground.path("calls.log");
    let options = ["-f", "-y", "-qq", "-s", "80", "-o"].map(str::to_owned).into_iter();
    let options = options.chain([log.display().to_string(), "-e".to_owned(), CALLS.to_owned()]);
    let run = ended(ground.traced(&options.collect::<Vec<_>>(), arguments))?;
    ensure!(run.status == Some(0), "followed it has to end well: {run}");
    let mut disk = Disk::of(ground.data());
    disk.seen.name = name.to_owned();
    for line in fs::read_to_string(&log).context("strace left no log")?.lines() {
        disk.take(line)?;
    }
    Ok(disk.seen)
}

/// What a power cut would take, from one line of the log to the next.
struct Disk {
    data: PathBuf,
    /// Written and not forced.
    written: BTreeSet<String>,
    /// Being forced, by the thread that waits for it.
    forcing: BTreeMap<String, String>,
    seen: Forced,
}

impl Disk {
    fn of(data: PathBuf) -> Self {
        Self { data, written: BTreeSet::new(), forcing: BTreeMap::new(), seen: Forced::default() }
    }

    /// One line, as `123 fdatasync(7</folder/file>) = 0`, or the two halves of one that another thread came between.
    fn take(&mut self, line: &str) -> Result<()> {
        let (thread, call) = line.split_once(' ').with_context(|| format!("strace says {line}"))?;
        let call = call.trim_start();
        if call.starts_with("<... fsync") || call.starts_with("<... fdatasync") {
            self.forced(thread, call);
            return Ok(());
        }
        let Some((name, arguments)) = call.split_once('(') else { return Ok(()) };
        match name {
            "fsync" | "fdatasync" => {
                if let Some(path) = opened(arguments).map(str::to_owned)
                    && self.written.remove(&path)
                {
                    self.forcing.insert(thread.to_owned(), path);
                    if !call.ends_with("<unfinished ...>") {
                        self.forced(thread, call);
                    }
                }
            }
            "write" | "pwrite64" | "pwritev" | "ftruncate" => {
                if let Some(path) = self.in_the_folder(arguments) {
                    self.written.insert(path);
                } else {
                    self.sent(arguments);
                }
            }
            "writev" | "sendto" | "sendmsg" => self.sent(arguments),
            // The new name stands in its folder.
            _ if call.ends_with("= 0") => self.written.extend(self.folder_of_the_last_name(arguments)),
            _ => {}
        }
        Ok(())
    }

    fn forced(&mut self, thread: &str, call: &str) {
        let Some(path) = self.forcing.remove(thread) else { return };
        if call.ends_with("= 0") {
            self.seen.forced += 1;
        } else {
            self.written.insert(path);
        }
    }

    /// A request that changes something, recognised by its first line.
    fn sent(&mut self, arguments: &str) {
        let Some(method) = ["\"PUT /", "\"POST /", "\"DELETE /"].into_iter().find(|method| arguments.contains(method))
        else {
            return;
        };
        self.seen.requests += 1;
        let early: Vec<&String> = self.written.iter().chain(self.forcing.values()).collect();
        if !early.is_empty() {
            self.seen.early.push(format!("{method}…\" left before {early:?} was forced to the disk"));
        }
    }

    /// The file of `7</folder/file>, …`, where it is one that counts.
    fn in_the_folder(&self, arguments: &str) -> Option<String> {
        let path = opened(arguments)?;
        self.counts(path).then(|| path.to_owned())
    }

    /// Of `"/folder/old", "/folder/new") = 0` the folder, where it is one that counts.
    fn folder_of_the_last_name(&self, arguments: &str) -> Option<String> {
        let path = arguments.rsplit('"').nth(1)?;
        let folder = path.rsplit_once('/')?.0;
        self.counts(path).then(|| folder.to_owned())
    }

    fn counts(&self, path: &str) -> bool {
        Path::new(path)
            .strip_prefix(&self.data)
            .is_ok_and(|inside| !NEVER_FORCED.iter().any(|never| inside.starts_with(never)))
    }
}

/// The path in `7</folder/file>, …`.
fn opened(arguments: &str) -> Option<&str> {
    arguments.split_once('<')?.1.split('>').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn early(lines: &[&str]) -> Vec<String> {
        let mut disk = Disk::of("/data".into());
        lines.iter().for_each(|line| disk.take(line).unwrap());
        disk.seen.early
    }

    const WRITTEN: &str = r#"7 pwrite64(9</data/aidb.db-wal>, "..."..., 4096, 0) = 4096"#;
    const SENT: &str =
        r#"8 sendto(11<socket:[5]>, "PUT /api/agents/a/permissions/resources HTTP/1.1\r\n"..., 300, 0, NULL, 0) = 300"#;

    #[test]
    fn a_request_between_a_write_and_the_end_of_its_sync_is_early() {
        let half = "7 fdatasync(9</data/aidb.db-wal> <unfinished ...>";
        assert_eq!(early(&[WRITTEN, SENT]).len(), 1);
        assert_eq!(early(&[WRITTEN, half, SENT, "7 <... fdatasync resumed>) = 0"]).len(), 1);
        assert_eq!(early(&[WRITTEN, half, "7 <... fdatasync resumed>) = 0", SENT]).len(), 0);
        assert_eq!(early(&[WRITTEN, half, WRITTEN, "7 <... fdatasync resumed>) = 0", SENT]).len(), 1);
        assert_eq!(early(&[WRITTEN, "7 fdatasync(9</data/aidb.db-wal>) = -1 EIO (Input/output error)", SENT]).len(), 1);
        assert_eq!(early(&[&WRITTEN.replace("db-wal", "db-shm"), SENT]).len(), 0);
    }

    #[test]
    fn a_new_name_is_there_once_its_folder_was_forced() {
        let renamed = r#"7 rename("/data/keys/.new", "/data/keys/agent-key") = 0"#;
        assert_eq!(early(&[renamed, SENT]).len(), 1);
        assert_eq!(early(&[renamed, "7 fsync(9</data/keys>) = 0", SENT]).len(), 0);
    }
}
