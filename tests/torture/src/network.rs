//! R3: a network that fails once, in twelve ways, at the first, a middle and the last request; and a server that is gone for
//! longer than anybody waits for it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use aidb_sandbox::{ErrorBody, Fault, FaultAnswer, HeaderText};
use aidb_testkit::Run;
use anyhow::{Context as _, Result};

use crate::ground::{Ground, Server};
use crate::next_start::{Next, next_start};
use crate::report::Tally;
use crate::scenario::{Scenario, Stand, stand};

/// What a request may take, in seconds, as the command is told.
const LIMIT: &str = "1";
/// How long a server stays away for that nobody waits for: longer than the retries of a write, and of putting it back.
const GONE: Duration = Duration::from_secs(40);
/// What the whole command may take: the limit, its retries, and a slow machine.
const PATIENCE: Duration = Duration::from_secs(120);

fn faults() -> Result<BTreeMap<&'static str, FaultAnswer>> {
    let text = HeaderText::try_from("text/plain".to_owned()).context("a header")?;
    let status = |status| FaultAnswer::status(status, ErrorBody::Html);
    Ok(BTreeMap::from([
        ("refused", FaultAnswer::Refuse { ms: 300 }),
        ("reset", FaultAnswer::Cut),
        ("hang", FaultAnswer::Hang { ms: None }),
        ("trickle", FaultAnswer::Trickle { bytes: 1, every_ms: 500 }),
        ("cut body", FaultAnswer::CutBody),
        ("content type", FaultAnswer::ContentType { value: text }),
        ("HTML page", FaultAnswer::HtmlPage),
        ("401", status(401)),
        ("403", status(403)),
        ("429", status(429)),
        ("500", status(500)),
        ("503", status(503)),
    ]))
}

/// Each fault at three requests, before and after the request's effect.
///
/// # Errors
/// The test itself cannot go on.
pub fn matrix(ground: &Ground, scenario: &Scenario) -> Result<Tally> {
    let new = scenario.goal(ground)?;
    let server = ground.server(Server::Target);
    let requests = u64::try_from(server.requests()?.len())?;
    let mut tally = Tally::new(format!("{}, network faults", scenario.name));
    for (name, answer) in faults()? {
        for nth in [1, requests / 2, requests] {
            for after in [false, true] {
                let mut ready = scenario.prepare(ground, 1)?;
                ready.arguments.extend(["--timeout".to_owned(), LIMIT.to_owned()]);
                let fault = Fault::on(nth, answer.clone());
                server.set_faults(&[if after { fault.after_effect() } else { fault }])?;
                let begun = Instant::now();
                let run = ground.run(&ready.arguments)?;
                let took = begun.elapsed();
                server.set_faults(&[])?;
                server.release()?;
                let now = stand(&server.state()?, &ready.old, &new);
                let end = match told(&run, &now, took) {
                    Ok(()) => next_start(ground, scenario, &ready, &new, Next::of(tally.points))?,
                    Err(lost) => Err(lost),
                };
                tally.take(&format!("{name} at request {nth} of {requests}, after its effect: {after}"), end);
            }
        }
    }
    Ok(tally)
}

/// The server is gone at three requests, after their effect, and for so long that the command gives up. It says that
/// something is left to be recovered, and the next start recovers it once the server is back.
///
/// # Errors
/// The test itself cannot go on.
pub fn outage(ground: &Ground, scenario: &Scenario) -> Result<Tally> {
    let new = scenario.goal(ground)?;
    let server = ground.server(Server::Target);
    let requests = u64::try_from(server.requests()?.len())?;
    let mut tally = Tally::new(format!("{}, server gone for long", scenario.name));
    for nth in [1, requests / 2, requests] {
        let ready = scenario.prepare(ground, 1)?;
        let gone = FaultAnswer::Refuse { ms: u64::try_from(GONE.as_millis())? };
        server.set_faults(&[Fault::on(nth, gone).after_effect()])?;
        let begun = Instant::now();
        let run = ground.run(&ready.arguments)?;
        let took = begun.elapsed();
        server.wait_until_there(GONE + PATIENCE)?;
        server.set_faults(&[])?;
        let now = stand(&server.state()?, &ready.old, &new);
        let honest = match (run.status, &now) {
            // Before the first write there is nothing to recover.
            (Some(1), Ok(Stand::Old)) => true,
            (Some(6), _) => run.stderr.contains("Error: "),
            _ => false,
        };
        let end = match honest && took < GONE {
            true => next_start(ground, scenario, &ready, &new, Next::of(tally.points))?,
            false => Err(format!("after {took:?} it does not tell what is there ({now:?}): {run}")),
        };
        tally.take(&format!("gone at request {nth} of {requests}"), end);
    }
    Ok(tally)
}

/// The exit status says what is there, a sentence says it too, and in time.
fn told(run: &Run, now: &Result<Stand, String>, took: Duration) -> Result<(), String> {
    let honest = match (run.status, now) {
        (Some(0), Ok(Stand::New)) => true,
        // One agent of the batch was not done, and the other stands as the plan says.
        (Some(6), Ok(Stand::AgentByAgent)) => run.stderr.contains("Batch ba-") && run.stderr.contains("1 done"),
        (Some(1 | 4), Ok(_)) => run.stderr.contains("Error: ") || run.stderr.contains("put back"),
        _ => false,
    };
    match honest && took < PATIENCE {
        true => Ok(()),
        false => Err(format!("after {took:?} it does not tell what is there ({now:?}): {run}")),
    }
}
