//! P1: an import of 10,000 permissions, beside load generators with as many requests in flight against the same server.
//!
//! All are timed by the server, from the first write's arrival to the last one's answer: what `aidb` does besides, and
//! must, (reading, backup, verification) is no part of what a load generator does. How long the whole command takes
//! stands beside the figure.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, ensure};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::agents;
use crate::programs::Programs;
use crate::sandbox::{EmptySandbox, Writes, number};
use crate::table::{Bar, Table, median};

const AGENT: &str = "bench";
const PERMISSIONS: usize = 10_000;
const IN_FLIGHT: usize = 10;
const ROUNDS: usize = 5;
/// hey sends one body only; of the bodies this one is as long as any.
const HEYS_BODY: usize = 0;

/// Permissions a second of each, one figure a round.
#[derive(Default)]
struct Rates {
    import: Vec<f64>,
    whole: Vec<f64>,
    without_journal: Vec<f64>,
    bare: Vec<f64>,
    hey: Vec<f64>,
    wrk: Vec<f64>,
    connections: Vec<f64>,
}

/// Measures all in turns, each against a server that has just forgotten everything.
pub fn measure(programs: &Programs, runtime: &Runtime, table: &mut Table) -> Result<()> {
    let bench = Bench::start(programs, runtime)?;
    let mut rates = Rates::default();
    for _ in 0..ROUNDS {
        bench.round(&mut rates)?;
    }
    let Rates { import, whole, without_journal, bare, hey, wrk, connections } = rates;
    let [import, whole, without_journal, bare] = [import, whole, without_journal, bare].map(median);
    let [hey, wrk, connections] = [hey, wrk, connections].map(median);
    let own = format!("{import:.0} permissions a second");
    let how = format!("timed at the server, {IN_FLIGHT} in flight, medians of {ROUNDS} in turns");
    let mut beside = |name: &str, peer: f64, least: f64, what: &str| {
        table.add(name, import / peer, Bar::AtLeast(least), format!("{own}; {what} {peer:.0}; {how}"));
    };
    beside("P1 import of 10,000 permissions ÷ hey", hey, 0.9, "hey, which sends one body again and again,");
    beside("P1 the same ÷ wrk", wrk, 0.45, "wrk");
    beside("P1 the same ÷ a bare loop of the same HTTP library", bare, 0.9, "the bare loop");
    let taken = format!("{own}; an `aidb` built without it {without_journal:.0}; {how}");
    table.add("P1 the same ÷ without the journal", import / without_journal, Bar::None, taken);
    let taken = format!(
        "{whole:.0} permissions a second from the start of `aidb` to its end, with reading, backup and verification"
    );
    table.add("P1 the whole command ÷ hey's requests", whole / hey, Bar::None, taken);
    let taken = format!("counted at the server, {IN_FLIGHT} requests in flight; median of {ROUNDS}");
    table.add("P2 connections of that import", connections, Bar::AtMost(number(IN_FLIGHT + 1)), taken);
    Ok(())
}

/// What one import showed.
struct Import {
    writes: Writes,
    /// From the start of `aidb` to its end.
    seconds: f64,
    connections: f64,
}

/// What every round needs.
struct Bench<'a> {
    programs: &'a Programs,
    runtime: &'a Runtime,
    sandbox: EmptySandbox,
    file: PathBuf,
    bodies: Vec<String>,
}

impl<'a> Bench<'a> {
    fn start(programs: &'a Programs, runtime: &'a Runtime) -> Result<Self> {
        let sandbox = EmptySandbox::start(programs)?;
        let agent = agents::agent(AGENT, PERMISSIONS, 0);
        let bodies = agents::bodies(&agent);
        std::fs::write(programs.home().join("bodies"), bodies.join("\n"))?;
        std::fs::write(programs.home().join("body"), &bodies[HEYS_BODY])?;
        std::fs::write(programs.home().join("wrk.lua"), include_str!("wrk.lua"))?;
        let file = programs.home().join("import.json");
        std::fs::write(&file, agents::file(agent))?;
        Ok(Self { programs, runtime, sandbox, file, bodies })
    }

    fn round(&self, rates: &mut Rates) -> Result<()> {
        let import = self.import(&self.programs.path("aidb"))?;
        rates.import.push(import.writes.rate());
        rates.whole.push(number(PERMISSIONS) / import.seconds);
        rates.connections.push(import.connections);
        rates.without_journal.push(self.import(self.programs.without_journal())?.writes.rate());
        self.sandbox.start_anew(self.runtime, AGENT)?;
        self.sandbox.set_all(self.runtime, AGENT, self.bodies.clone(), IN_FLIGHT)?;
        rates.bare.push(self.all_written()?.rate());
        let (count, in_flight) = (PERMISSIONS.to_string(), IN_FLIGHT.to_string());
        let json = ["-m", "PUT", "-T", "application/json", "-H", "X-API-Key: k", "-D", "body"];
        self.generate("hey", &[&["-n", &count, "-c", &in_flight], json.as_slice()].concat(), &[])?;
        rates.hey.push(self.all_written()?.rate());
        // One thread: a second one takes from the server what it needs for itself.
        self.generate("wrk", &["-t", "1", "-c", &in_flight, "-d", "1s", "-s", "wrk.lua"], &["--", "bodies"])?;
        rates.wrk.push(self.sandbox.traffic(self.runtime)?.writes()?.rate());
        Ok(())
    }

    /// With a home of its own, so that every import is the first.
    fn import(&self, aidb: &Path) -> Result<Import> {
        self.sandbox.start_anew(self.runtime, AGENT)?;
        let home = TempDir::new()?;
        let mut command = self.programs.command(aidb);
        command.env("HOME", home.path()).args(["-u", &self.sandbox.url, "migrate", "import", "--yes", "-i"]);
        let started = Instant::now();
        self.programs.output(command.arg(&self.file))?;
        let seconds = started.elapsed().as_secs_f64();
        let connections = f64::from(u32::try_from(self.sandbox.traffic(self.runtime)?.connections)?);
        Ok(Import { writes: self.all_written()?, seconds, connections })
    }

    /// A load generator that sends to the agent's resources.
    fn generate(&self, program: &str, before: &[&str], after: &[&str]) -> Result<()> {
        self.sandbox.start_anew(self.runtime, AGENT)?;
        let mut command = self.programs.command(program);
        command.args(before).arg(self.sandbox.resources_of(AGENT)).args(after);
        self.programs.output(&mut command).map(drop)
    }

    fn all_written(&self) -> Result<Writes> {
        let writes = self.sandbox.traffic(self.runtime)?.writes()?;
        ensure!(writes.done == PERMISSIONS, "{} permissions were set", writes.done);
        Ok(writes)
    }
}
