//! R3: a network that fails once, in eleven ways, at the first, a middle and the last request. The twelfth, a server that is
//! gone, is a test of the engine, because the sandbox would have to end for it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use aidb_sandbox::{ErrorBody, Fault, FaultAnswer, HeaderText};
use aidb_testkit::Run;
use anyhow::{Context as _, Result};

use crate::ground::{Ground, Server};
use crate::report::Tally;
use crate::scenario::{Scenario, Stand, stand};
use crate::settled::{Next, next_start};

/// What a request may take, in seconds, as the command is told.
const LIMIT: &str = "1";
/// What the whole command may take: the limit, its retries, and a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);

fn faults() -> Result<BTreeMap<&'static str, FaultAnswer>> {
    let text = HeaderText::try_from("text/plain".to_owned()).context("a header")?;
    let status = |status| FaultAnswer::status(status, ErrorBody::Html);
    Ok(BTreeMap::from([
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

/// The exit status says what is there, a sentence says it too, and in time.
fn told(run: &Run, now: &Result<Stand, String>, took: Duration) -> Result<(), String> {
    let honest = match (run.status, now) {
        (Some(0), Ok(Stand::New)) => true,
        (Some(1 | 4), Ok(_)) => run.stderr.contains("Error: ") || run.stderr.contains("put back"),
        _ => false,
    };
    match honest && took < PATIENCE {
        true => Ok(()),
        false => Err(format!("after {took:?} it does not tell what is there ({now:?}): {run}")),
    }
}
