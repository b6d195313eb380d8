//! R1 and R4 over the store: killed before every write, fsync, rename and removal, and every one of them refused.
//!
//! `strace` counts the calls of each thread by itself, so the calls are counted file by file: one thread writes the log of the
//! database, one at a time the vault's files. Calls whose file has a name that nobody knows before are counted everywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use aidb_sandbox::{Effect, Snapshot};
use aidb_testkit::Run;
use anyhow::{Context as _, Result, bail, ensure};

use crate::ground::{Ground, Server, ended};
use crate::next_start::{Next, next_start};
use crate::report::Tally;
use crate::requests::{Kill, Point, kill_at};
use crate::scenario::{Ready, Scenario, Stand, stand};

/// Calls on files that belong together.
#[derive(Clone, Debug)]
struct Target {
    name: &'static str,
    /// Only on these; everywhere where it is empty.
    paths: Vec<PathBuf>,
    calls: &'static [Call],
}

/// A kind of system call, and how the system may refuse it.
#[derive(Clone, Copy, Debug)]
struct Call {
    /// As `strace` names a set of them.
    set: &'static str,
    refusals: &'static [&'static str],
}

const WRITE: Call = Call { set: "pwrite64", refusals: &["ENOSPC", "EIO"] };
const SYNC: Call = Call { set: "fsync,fdatasync", refusals: &["ENOSPC", "EIO"] };
const CUT: Call = Call { set: "ftruncate", refusals: &["ENOSPC", "EIO"] };
const OPEN: Call = Call { set: "openat", refusals: &["EACCES", "EROFS", "ENOSPC", "EIO"] };
const FOLDER: Call = Call { set: "/^mkdir", refusals: &["EACCES", "EROFS", "ENOSPC"] };
const RENAME: Call = Call { set: "/^rename", refusals: &["EACCES", "EROFS", "ENOSPC", "EIO"] };
const REMOVE: Call = Call { set: "/^unlink", refusals: &["EACCES", "EROFS", "EIO"] };
/// Everywhere: refused, it would also hit what the terminal and the runtime write.
const PLAIN_WRITE: Call = Call { set: "write", refusals: &[] };

/// Which of a command's calls are tried.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Every so-manieth call.
    pub step: usize,
}

/// The files of a data folder in which the scenario's command has been carried out.
fn targets(ground: &Ground) -> Result<Vec<Target>> {
    let data = ground.data();
    let file = |name: &str| vec![data.join(name)];
    let mut targets = vec![
        Target { name: "log", paths: file("aidb.db-wal"), calls: &[WRITE, SYNC, CUT, OPEN] },
        Target { name: "database", paths: file("aidb.db"), calls: &[WRITE, SYNC, CUT, OPEN] },
        Target { name: "index of the log", paths: file("aidb.db-shm"), calls: &[WRITE, CUT, OPEN] },
        Target { name: "data folder", paths: vec![data.clone()], calls: &[SYNC, FOLDER] },
        Target { name: "folder of keys", paths: file("keys"), calls: &[SYNC, FOLDER] },
        Target { name: "folder of locks", paths: file("locks"), calls: &[FOLDER] },
        Target { name: "locks", paths: files_in(ground, "locks", "")?, calls: &[OPEN] },
        Target { name: "keys", paths: files_in(ground, "keys", "agent-")?, calls: &[OPEN, RENAME, REMOVE] },
    ];
    targets.retain(|target| !target.paths.is_empty());
    targets.push(Target { name: "everywhere", paths: Vec::new(), calls: &[PLAIN_WRITE, RENAME, REMOVE] });
    Ok(targets)
}

fn files_in(ground: &Ground, folder: &str, beginning: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(ground.data().join(folder))? {
        let path = entry?.path();
        if path.file_name().unwrap_or_default().to_string_lossy().starts_with(beginning) {
            files.push(path);
        }
    }
    Ok(files)
}

/// Runs a command in which a call is tampered with; `None` where there was no such call.
fn tampered(
    ground: &Ground,
    target: &Target,
    call: Call,
    how: &str,
    arguments: &[impl AsRef<std::ffi::OsStr>],
) -> Result<Option<Run>> {
    let log = ground.path("calls.log");
    // Not with --seccomp-bpf: strace 6.1 then lets calls of chosen files pass without tampering with them.
    let mut options: Vec<String> = ["-f", "-qq", "-o"].map(str::to_owned).into();
    options.push(log.display().to_string());
    for path in &target.paths {
        options.extend(["-P".to_owned(), path.display().to_string()]);
    }
    options.extend(["-e".to_owned(), format!("trace={}", call.set)]);
    options.extend(["-e".to_owned(), format!("inject={}:{how}", call.set)]);
    let run = ended(ground.traced(&options, arguments))?;
    let killed = run.status.is_none();
    let refused = fs::read_to_string(&log).with_context(|| format!("strace does not work here: {run}"))?;
    Ok((killed || refused.contains("(INJECTED)")).then_some(run))
}

/// What is interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Victim {
    /// The scenario's command.
    Command,
    /// The recovery after the command was killed in the middle.
    Recovery,
}

/// The request at which the command dies, so that its recovery has much to do.
const MIDDLE: Point = Point { server: Server::Target, nth: 8, effect: Effect::After };

impl Victim {
    /// What to run for it, once everything for the command is prepared.
    pub(crate) fn arguments(self, ground: &Ground, ready: &Ready) -> Result<Vec<String>> {
        if self == Self::Command {
            return Ok(ready.arguments.clone());
        }
        match kill_at(ground, MIDDLE, &ready.arguments)? {
            Kill::Struck => Ok(vec!["recover".to_owned()]),
            Kill::Ended(run) => bail!("it ended before its middle: {run}"),
        }
    }

    const fn describe(self) -> &'static str {
        match self {
            Self::Command => "",
            Self::Recovery => " of its recovery",
        }
    }
}

/// Kills the victim before each of its calls.
///
/// # Errors
/// The test itself cannot go on.
pub fn kill_matrix(ground: &Ground, scenario: &Scenario, victim: Victim, extent: Extent) -> Result<Tally> {
    let new = scenario.goal(ground)?;
    let mut tally = Tally::new(format!("{}, calls{}", scenario.name, victim.describe()));
    for target in targets(ground)? {
        for call in target.calls {
            for nth in (1..).step_by(extent.step) {
                let ready = scenario.prepare(ground, 1)?;
                let arguments = victim.arguments(ground, &ready)?;
                let how = format!("signal=KILL:when={nth}");
                let Some(run) = tampered(ground, &target, *call, &how, &arguments)? else { break };
                ensure!(run.status.is_none(), "it was not killed: {run}");
                let end = next_start(ground, scenario, &ready, &new, Next::of(tally.points))?;
                tally.take(&format!("{} {nth} of {}", call.set, target.name), end);
            }
        }
    }
    Ok(tally)
}

/// Refuses each call of the command: once, and from there on.
///
/// # Errors
/// The test itself cannot go on.
pub fn refusal_matrix(ground: &Ground, scenario: &Scenario, extent: Extent) -> Result<Tally> {
    let new = scenario.goal(ground)?;
    let mut tally = Tally::new(format!("{}, calls refused", scenario.name));
    for target in targets(ground)? {
        for call in target.calls {
            for error in call.refusals {
                for lasting in ["", "+"] {
                    for nth in (1..).step_by(extent.step) {
                        let ready = scenario.prepare(ground, 1)?;
                        let before = backups(ground)?;
                        let how = format!("error={error}:when={nth}{lasting}");
                        let Some(run) = tampered(ground, &target, *call, &how, &ready.arguments)? else { break };
                        let end = refused(ground, scenario, &ready, &new, &before, &run, tally.points)?;
                        tally.take(&format!("{} {nth}{lasting} of {} with {error}", call.set, target.name), end);
                    }
                }
            }
        }
    }
    Ok(tally)
}

/// No request that changes anything left without a backup, the exit status tells the truth, and the next start goes on.
fn refused(
    ground: &Ground,
    scenario: &Scenario,
    ready: &Ready,
    new: &Snapshot,
    before: &BTreeMap<String, usize>,
    run: &Run,
    point: usize,
) -> Result<Result<Stand, String>> {
    let after = backups(ground)?;
    for agent in changed(ground, scenario)? {
        if after.get(&agent) <= before.get(&agent) {
            return Ok(Err(format!("{agent} was changed without a backup: {run}")));
        }
    }
    let now = stand(&ground.server(Server::Target).state()?, &ready.old, new);
    match (run.status, &now) {
        (Some(0), Ok(Stand::New)) | (Some(6), _) => {}
        (Some(1), Ok(_)) => {}
        _ => return Ok(Err(format!("the exit status does not tell what is there ({now:?}): {run}"))),
    }
    next_start(ground, scenario, ready, new, Next::of(point))
}

/// The agents to which a request went that changes something.
fn changed(ground: &Ground, scenario: &Scenario) -> Result<BTreeSet<String>> {
    let requests = ground.server(Server::Target).requests()?;
    let changing = requests.iter().filter(|request| request.changes());
    Ok(changing.filter_map(|request| request.agent().or(scenario.registers)).map(str::to_owned).collect())
}

/// How many backups there are of each agent.
fn backups(ground: &Ground) -> Result<BTreeMap<String, usize>> {
    let list = ground.done(&["m", "backups", "list", "--json"])?.json();
    let mut count = BTreeMap::new();
    for backup in list["backups"].as_array().context("no list of backups")? {
        *count.entry(backup["agent_id"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    Ok(count)
}

/// Kills, and refuses, each call of the first start on this machine, which creates the store: it always opens afterwards.
///
/// # Errors
/// The test itself cannot go on.
pub fn first_start_matrix(ground: &Ground, extent: Extent) -> Result<Tally> {
    let add = ["env", "add", "First", "--url", "http://127.0.0.1:9"];
    let new_start = || -> Result<()> {
        ground.renew()?;
        Ok(fs::remove_dir_all(ground.data())?)
    };
    new_start()?;
    ground.done(&add)?;
    fs::create_dir_all(ground.data().join("keys"))?;
    fs::create_dir_all(ground.data().join("locks"))?;
    let mut tally = Tally::new("first start, calls killed and refused");
    for target in targets(ground)? {
        for call in target.calls {
            let errors = call.refusals.iter().flat_map(|error| [format!("error={error}"), format!("error={error}+")]);
            for how in errors.chain(["signal=KILL".to_owned()]) {
                let (how, lasting) = how.strip_suffix('+').map_or((how.as_str(), ""), |how| (how, "+"));
                for nth in (1..).step_by(extent.step) {
                    new_start()?;
                    let at = format!("{how}:when={nth}{lasting}");
                    let Some(run) = tampered(ground, &target, *call, &at, &add)? else { break };
                    tally.take(&format!("{} of {}: {at}", call.set, target.name), opens(ground, &add, &run)?);
                }
            }
        }
    }
    Ok(tally)
}

/// The store opens, and holds the environment or not: as the exit status said, where there was one, or as was said to be seen.
fn opens(ground: &Ground, add: &[&str], first: &Run) -> Result<Result<Stand, String>> {
    let list = ground.run(&["env", "list", "--json"])?;
    if list.status != Some(0) {
        return Ok(Err(format!("the store does not open: {list}")));
    }
    let there = list.stdout.contains("First");
    let open = first.stderr.contains("whether it is kept shows when the store is opened again");
    if !open && first.status.is_some_and(|status| (status == 0) != there) {
        return Ok(Err(format!("the exit status does not tell what is there: {first}\n{list}")));
    }
    let again = ground.run(add)?;
    Ok(match (there, again.status) {
        (true, Some(_)) => Ok(Stand::New),
        (false, Some(0)) => Ok(Stand::Old),
        _ => Err(format!("it cannot be added afterwards: {again}")),
    })
}
