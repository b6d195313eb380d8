//! P4, first half: the plan of 100,000 against 100,000 resources, beside bare parsing and hashing of the same texts.

use std::collections::HashMap;
use std::hint::black_box;
use std::time::Instant;

use aidb_core::config::{self, AgentId, AgentState, LiveAgent};
use aidb_core::plan::{self, DatabaseLinking, Goal, LimitsGoal, Mode, Plan};
use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::agents;
use crate::table::{Bar, Table, median};

const RESOURCES: usize = 100_000;
/// One in a hundred differs.
const CHANGED_EVERY: usize = 100;
const ROUNDS: usize = 7;

/// Measures the plan alone, and everything from the two texts to the plan.
pub fn measure(table: &mut Table) -> Result<()> {
    let file = agents::file(agents::agent("bench", RESOURCES, CHANGED_EVERY));
    let live = AgentState::Present(Box::new(LiveAgent::of(agents::agent("bench", RESOURCES, 0))));
    let answer = serde_json::to_string(&live)?;
    let (mut floors, mut alones, mut wholes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        floors.push(floor(&file, &answer)?);
        let (alone, whole) = planned(&file, &answer)?;
        alones.push(alone);
        wholes.push(whole);
    }
    let [floor, alone, whole] = [floors, alones, wholes].map(median);
    let taken =
        |own: f64| format!("{own:.0} ms; serde_json and a hash map {floor:.0} ms; medians of {ROUNDS} in turns");
    table.add("P4 plan of 100,000 × 100,000 ÷ parsing and hashing both", alone / floor, Bar::AtMost(3.0), taken(alone));
    let name = "P4 reading and validating both, and the plan ÷ the same";
    table.add(name, whole / floor, Bar::AtMost(3.0), taken(whole));
    Ok(())
}

/// Milliseconds of what nobody can do without: parse both texts into maps by resource id, with nothing checked.
fn floor(file: &str, answer: &str) -> Result<f64> {
    let started = Instant::now();
    let desired: BareFile = serde_json::from_str(file)?;
    let live: BareFile = serde_json::from_str(answer)?;
    let parsed = started.elapsed();
    black_box((desired, live));
    Ok(parsed.as_secs_f64() * 1000.0)
}

#[derive(Deserialize)]
struct BareFile {
    #[expect(dead_code, reason = "parsed to be timed")]
    agent: BareAgent,
}

#[derive(Deserialize)]
struct BareAgent {
    #[expect(dead_code, reason = "parsed to be timed")]
    resource_permissions: HashMap<String, BareResource>,
}

#[derive(Deserialize)]
struct BareResource {
    #[serde(rename = "type")]
    #[expect(dead_code, reason = "parsed to be timed")]
    resource_type: String,
    #[expect(dead_code, reason = "parsed to be timed")]
    permissions: Vec<String>,
}

/// Milliseconds of the plan alone, and of reading, validating and planning together.
fn planned(file: &str, answer: &str) -> Result<(f64, f64)> {
    let started = Instant::now();
    let configuration = config::read(file.as_bytes()).configuration.context("the file has no configuration")?;
    let live: AgentState = serde_json::from_str(answer)?;
    let id = AgentId::new(configuration.agent.agent_id.clone())?;
    let read = Instant::now();
    let plan = make(&id, &configuration.agent, &live);
    let (alone, whole) = (read.elapsed(), started.elapsed());
    ensure!(plan.changes.len() == RESOURCES / CHANGED_EVERY, "the plan has {} changes", plan.changes.len());
    Ok((alone.as_secs_f64() * 1000.0, whole.as_secs_f64() * 1000.0))
}

fn make(id: &AgentId, agent: &config::Agent, live: &AgentState) -> Plan {
    let goal = Goal::Agent { agent, linking: DatabaseLinking::Later, limits: &LimitsGoal::Unsaid };
    plan::make(id, goal, live, Mode::Merge)
}
