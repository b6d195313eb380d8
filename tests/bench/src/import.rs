//! An import of 10,000 permissions, beside a bare loop of the same HTTP library with the same bodies, as many in flight,
//! against the same server (P1; the peers that P1 names come with their own issue).

use std::time::Instant;

use anyhow::Result;
use tokio::runtime::Runtime;

use crate::agents;
use crate::programs::Programs;
use crate::sandbox::EmptySandbox;
use crate::table::{Bar, Table, median};

const PERMISSIONS: usize = 10_000;
const IN_FLIGHT: usize = 10;
const ROUNDS: usize = 5;

/// Measures both in turns, each against a server that has just forgotten everything.
pub fn measure(programs: &Programs, runtime: &Runtime, table: &mut Table) -> Result<()> {
    let sandbox = EmptySandbox::start(programs)?;
    let agent = agents::agent("bench", PERMISSIONS, 0);
    let file = programs.home().join("import.json");
    std::fs::write(&file, agents::file(agent.clone()))?;
    let (mut own, mut bare, mut connections) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        sandbox.forget(runtime)?;
        sandbox.register(runtime, "bench")?;
        let started = Instant::now();
        sandbox.set_all(runtime, "bench", agents::bodies(&agent), IN_FLIGHT)?;
        bare.push(rate(started));
        sandbox.forget(runtime)?;
        sandbox.register(runtime, "bench")?;
        sandbox.clear(runtime)?;
        let mut import = programs.aidb(&["-u", &sandbox.url, "migrate", "import", "--yes", "-i"]);
        let started = Instant::now();
        programs.output(import.arg(&file))?;
        own.push(rate(started));
        connections.push(f64::from(u32::try_from(sandbox.traffic(runtime)?.connections)?));
    }
    let [own, bare, connections] = [own, bare, connections].map(median);
    let taken = format!(
        "{own:.0} permissions a second, from the start of `aidb` to its end with reading, backup and verification; the bare \
         loop {bare:.0} requests a second; medians of {ROUNDS} in turns"
    );
    table.add("P1 import of 10,000 permissions ÷ a bare loop", own / bare, Bar::AtLeast(0.9), taken);
    let taken = format!("counted at the server, {IN_FLIGHT} requests in flight; median of {ROUNDS}");
    let most = f64::from(u32::try_from(IN_FLIGHT + 1)?);
    table.add("P2 connections of the import", connections, Bar::AtMost(most), taken);
    Ok(())
}

fn rate(started: Instant) -> f64 {
    f64::from(u32::try_from(PERMISSIONS).unwrap_or(u32::MAX)) / started.elapsed().as_secs_f64()
}
