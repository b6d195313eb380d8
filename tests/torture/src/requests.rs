//! R1 over the requests: killed at every one of them, before and after its effect.
//!
//! The request hangs at the server, and there the process is killed. Before its effect is also "before it left": the server has
//! done nothing. After its effect is "after it left". "After its answer arrived" is the next request, before its effect.

use std::process::Child;
use std::time::{Duration, Instant};

use aidb_sandbox::{Effect, Fault, FaultAnswer, Snapshot};
use aidb_testkit::Run;
use anyhow::{Result, bail, ensure};

use crate::ground::{Ground, Server, run_of};
use crate::next_start::{Next, next_start};
use crate::report::Tally;
use crate::scenario::{Ready, Scenario, Stand, stand};

/// How long until a request comes, or the end.
const PATIENCE: Duration = Duration::from_secs(120);

/// One request of one server.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// At which server.
    pub server: Server,
    /// Which request there, from 1.
    pub nth: u64,
    /// Whether it takes effect.
    pub effect: Effect,
}

/// What came of trying to kill a command at a request.
#[derive(Debug)]
pub enum Kill {
    /// It was killed there.
    Struck,
    /// It ended before it sent so many.
    Ended(Run),
}

/// Kills a command where the point says.
///
/// # Errors
/// The test itself cannot go on.
pub fn kill_at(ground: &Ground, point: Point, arguments: &[impl AsRef<std::ffi::OsStr>]) -> Result<Kill> {
    let server = ground.server(point.server);
    let hang = Fault { effect: point.effect, ..Fault::on(point.nth, FaultAnswer::Hang { ms: None }) };
    server.set_faults(&[hang])?;
    let mut child = ground.aidb(arguments).spawn()?;
    let struck = wait_for_it(ground, point.server, &mut child)?;
    if struck {
        child.kill()?;
    }
    let run = run_of(&child.wait_with_output()?);
    server.set_faults(&[])?;
    server.release()?;
    if !struck {
        return Ok(Kill::Ended(run));
    }
    ensure!(run.status.is_none(), "it was not killed: {run}");
    Ok(Kill::Struck)
}

/// Whether the fault struck; otherwise the process has ended by itself.
fn wait_for_it(ground: &Ground, server: Server, child: &mut Child) -> Result<bool> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if ground.server(server).requests()?.iter().any(|request| request.waits) {
            return Ok(true);
        }
        if child.try_wait()?.is_some() {
            return Ok(false);
        }
        if Instant::now() > deadline {
            child.kill()?;
            bail!("neither a request nor an end within {PATIENCE:?}");
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// How much of a matrix is tried.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Requests in flight.
    pub in_flight: usize,
    /// Every so-manieth request.
    pub step: u64,
}

/// Kills the scenario's command at every request.
///
/// # Errors
/// The test itself cannot go on.
pub fn matrix(ground: &Ground, scenario: &Scenario, extent: Extent) -> Result<Tally> {
    let new = scenario.goal(ground)?;
    let mut tally = Tally::new(format!("{}, requests, {} in flight", scenario.name, extent.in_flight));
    for &server in scenario.servers {
        for effect in [Effect::Before, Effect::After] {
            for nth in (1..).step_by(step(extent)) {
                let ready = scenario.prepare(ground, extent.in_flight)?;
                let point = Point { server, nth, effect };
                if let Kill::Ended(run) = kill_at(ground, point, &ready.arguments)? {
                    undisturbed(ground, &ready, &new, &run)?;
                    break;
                }
                let next = Next::of(tally.points);
                let end = next_start(ground, scenario, &ready, &new, next)?;
                tally.take(&format!("{point:?}, {next:?}"), end);
            }
        }
    }
    Ok(tally)
}

fn step(extent: Extent) -> usize {
    usize::try_from(extent.step).unwrap_or(1)
}

/// It came to its end although a fault waited for it: then it is done.
fn undisturbed(ground: &Ground, ready: &Ready, new: &Snapshot, run: &Run) -> Result<()> {
    let stand = stand(&ground.server(Server::Target).state()?, &ready.old, new);
    ensure!(run.status == Some(0) && stand == Ok(Stand::New), "undisturbed it has to end well: {stand:?} {run}");
    Ok(())
}

/// Kills the command at a request, and then the recovery at every one of its own, before and after its effect.
///
/// # Errors
/// The test itself cannot go on.
pub fn recovery_matrix(ground: &Ground, scenario: &Scenario, extent: Extent) -> Result<Tally> {
    let new = scenario.goal(ground)?;
    let mut tally = Tally::new(format!("{}, requests of its recovery", scenario.name));
    for nth in (1..).step_by(step(extent)) {
        let first = Point { server: Server::Target, nth, effect: Effect::After };
        for effect in [Effect::Before, Effect::After] {
            for nth in 1.. {
                let ready = scenario.prepare(ground, extent.in_flight)?;
                if let Kill::Ended(_) = kill_at(ground, first, &ready.arguments)? {
                    return Ok(tally);
                }
                ground.server(Server::Target).clear()?;
                let second = Point { server: Server::Target, nth, effect };
                if let Kill::Ended(_) = kill_at(ground, second, &["recover"])? {
                    break;
                }
                let end = next_start(ground, scenario, &ready, &new, Next::of(tally.points))?;
                tally.take(&format!("{first:?}, then {second:?}"), end);
            }
        }
    }
    Ok(tally)
}
