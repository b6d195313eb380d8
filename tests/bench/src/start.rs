//! P5: how long `aidb --version` and `--help` take, beside git and node.

use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::programs::Programs;
use crate::table::{Bar, Table, median};

const ROUNDS: usize = 101;

/// Measures all in turns, so that a busy moment strikes all alike.
pub fn measure(programs: &Programs, table: &mut Table) -> Result<()> {
    let aidb = programs.path("aidb");
    let runs: [(&Path, &str); 4] =
        [(&aidb, "--version"), (&aidb, "--help"), (Path::new("git"), "--version"), (Path::new("node"), "--version")];
    let mut times: [Vec<f64>; 4] = Default::default();
    for _ in 0..ROUNDS {
        for ((program, flag), times) in runs.iter().zip(&mut times) {
            times.push(milliseconds(programs, program, flag)?);
        }
    }
    let [version, help, git, node] = times.map(median);
    let taken = |own: f64| format!("{own:.2} ms; git {git:.2} ms, node {node:.2} ms; medians of {ROUNDS} in turns");
    table.add("P5 `aidb --version` ÷ `git --version`", version / git, Bar::AtMost(2.0), taken(version));
    table.add("P5 `aidb --help` ÷ `git --version`", help / git, Bar::AtMost(2.0), taken(help));
    Ok(())
}

fn milliseconds(programs: &Programs, program: &Path, flag: &str) -> Result<f64> {
    let mut command = programs.command(program);
    command.arg(flag).stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let status = command.status().with_context(|| format!("{} cannot be started", program.display()))?;
    let took = started.elapsed();
    if !status.success() {
        bail!("{} {flag} ended with {status}", program.display());
    }
    Ok(took.as_secs_f64() * 1000.0)
}
