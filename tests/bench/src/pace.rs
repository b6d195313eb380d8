//! P2 and P3: how much of what a server allows an import makes use of, where the server is slow, and where it limits the
//! rate.

use anyhow::{Result, ensure};
use tokio::runtime::Runtime;

use crate::agents;
use crate::programs::Programs;
use crate::sandbox::{EmptySandbox, Writes, number};
use crate::table::{Bar, Table, median};

const AGENT: &str = "bench";
const IN_FLIGHT: usize = 10;
const ROUNDS: usize = 5;
const LATENCY_MS: u32 = 20;
/// Three seconds of it, at ten in flight.
const SLOWLY: usize = 1_500;
const ALLOWED_A_SECOND: u32 = 200;
/// Ten seconds of it: long enough for the second that is lost when the limit is found.
const LIMITED: usize = 2_000;

/// Measures both.
pub fn measure(programs: &Programs, runtime: &Runtime, table: &mut Table) -> Result<()> {
    slow_server(programs, runtime, table)?;
    limiting_server(programs, runtime, table)
}

/// The server's timers are never early and up to a millisecond late, so the latency that counts is the one it had.
fn slow_server(programs: &Programs, runtime: &Runtime, table: &mut Table) -> Result<()> {
    let sandbox = EmptySandbox::start_with(programs, &["--latency-ms", &LATENCY_MS.to_string()])?;
    let (mut shares, mut nominal, mut latencies, mut connections) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (writes, opened) = import(programs, runtime, &sandbox, SLOWLY)?;
        shares.push(writes.rate() * writes.seconds_each / number(IN_FLIGHT));
        nominal.push(writes.rate() * f64::from(LATENCY_MS) / 1000.0 / number(IN_FLIGHT));
        latencies.push(writes.seconds_each * 1000.0);
        connections.push(opened);
    }
    let [share, nominal, latency] = [shares, nominal, latencies].map(median);
    let taken = format!(
        "{SLOWLY} permissions at a server told to take {LATENCY_MS} ms, which took {latency:.2} ms by its own clock; \
         with {LATENCY_MS} ms it would be {nominal:.3}; median of {ROUNDS}"
    );
    table.add("P2 requests a second ÷ (in flight ÷ latency)", share, Bar::AtLeast(0.95), taken);
    let most = connections.into_iter().fold(0.0, f64::max);
    let taken = format!("counted at that server, {IN_FLIGHT} requests in flight; the most of {ROUNDS}");
    table.add("P2 connections", most, Bar::AtMost(number(IN_FLIGHT + 1)), taken);
    Ok(())
}

fn limiting_server(programs: &Programs, runtime: &Runtime, table: &mut Table) -> Result<()> {
    let (mut shares, mut refused) = (Vec::new(), 0);
    for _ in 0..ROUNDS {
        // A new one each time: what the round before left of its allowance would count for this one.
        let sandbox = EmptySandbox::start_with(programs, &["--requests-per-second", &ALLOWED_A_SECOND.to_string()])?;
        let (writes, _) = import(programs, runtime, &sandbox, LIMITED)?;
        shares.push(writes.rate() / f64::from(ALLOWED_A_SECOND));
        refused = refused.max(writes.too_fast);
    }
    let taken = format!(
        "{LIMITED} permissions, no item failed; at most {refused} requests answered with 429 and waited out; median of \
         {ROUNDS}"
    );
    table.add("P3 requests a second ÷ the 200 that are allowed", median(shares), Bar::AtLeast(0.95), taken);
    Ok(())
}

/// One import of as many permissions, and over how many connections. Fails where an item did.
fn import(programs: &Programs, runtime: &Runtime, sandbox: &EmptySandbox, count: usize) -> Result<(Writes, f64)> {
    sandbox.start_anew(runtime, AGENT)?;
    let file = programs.home().join("pace.json");
    std::fs::write(&file, agents::file(agents::agent(AGENT, count, 0)))?;
    let mut command = programs.aidb(&["-u", &sandbox.url, "migrate", "import", "--yes", "-i"]);
    programs.output(command.arg(&file))?;
    let traffic = sandbox.traffic(runtime)?;
    let writes = traffic.writes()?;
    ensure!(writes.done == count, "{} of {count} permissions were set", writes.done);
    Ok((writes, f64::from(u32::try_from(traffic.connections)?)))
}
