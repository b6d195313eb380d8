//! P7: a plan of 100,000 rows in the real web view.
//!
//! The page is watched from outside its own code: a wrapper around `fetch`, which carries every answer of Rust, notes when
//! the plan arrives, and animation frames note when its rows stand there and how long each frame takes while scrolling.

use aidb_test_desktop::Session;
use aidb_test_desktop::steps::{Mode, check_file, have_environment, on_to_the_plan};
use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

use crate::programs::Programs;
use crate::sandbox::EmptySandbox;
use crate::table::{Bar, Table, median};

const ROWS: usize = 100_000;
const ROUNDS: usize = 5;
const MOST_MILLISECONDS: f64 = 100.0;
const MOST_ELEMENTS: f64 = 99.0;
const LEAST_SMOOTH: f64 = 0.95;

/// What one round showed.
struct Round {
    after_plan: f64,
    after_rows: f64,
    elements: f64,
    smooth: f64,
}

pub fn measure(programs: &Programs, runtime: &Runtime, table: &mut Table) -> Result<()> {
    let server = EmptySandbox::start(programs)?;
    server.register(runtime, "large")?;
    let rounds: Vec<Round> = (0..ROUNDS).map(|_| round(&server.url)).collect::<Result<_>>()?;
    let figure = |of: fn(&Round) -> f64| median(rounds.iter().map(of).collect());
    let taken = format!("from the answer with the first rows to them in the page; plan of {ROWS}, median of {ROUNDS}");
    table.add("P7 rows after the data, ms", figure(|round| round.after_rows), Bar::AtMost(MOST_MILLISECONDS), taken);
    let taken = "from the plan's answer, which holds none of them: with the step's parts and their own request".into();
    table.add("P7 the same after the plan, ms", figure(|round| round.after_plan), Bar::None, taken);
    let most = rounds.iter().map(|round| round.elements).fold(0.0, f64::max);
    table.add(
        "P7 row elements in the page",
        most,
        Bar::AtMost(MOST_ELEMENTS),
        format!("most while scrolling, of {ROUNDS}"),
    );
    let taken = format!("share of frames within 33 ms over 300 frames of scrolling; median of {ROUNDS}");
    table.add("P7 smooth frames", figure(|round| round.smooth), Bar::AtLeast(LEAST_SMOOTH), taken);
    Ok(())
}

fn round(url: &str) -> Result<Round> {
    let session = Session::start()?;
    let file = session.write("large.json", configuration().to_string())?;
    let window = session.open()?;
    have_environment(&window, "Server", url, false)?;
    window.reload()?;
    check_file(&window, &file.display().to_string())?;
    window.click("button", "Continue to Check")?;
    window.script(include_str!("watch.js"), &[])?;
    on_to_the_plan(&window, "Server", Mode::Keep)?;
    let shown = window.script_later("return await window.__watched.shown();", &[])?;
    let scrolled = window.script_later("return await window.__watched.scroll(300);", &[])?;
    let number = |value: &Value| value.as_f64().context("the page measured nothing");
    let round = Round {
        after_plan: number(&shown["plan"])?,
        after_rows: number(&shown["rows"])?,
        elements: number(&scrolled["elements"])?,
        smooth: number(&scrolled["smooth"])?,
    };
    window.close()?;
    Ok(round)
}

fn configuration() -> Value {
    let resources: Map<String, Value> = (0..ROWS)
        .map(|number| (format!("resource_{number:06}"), json!({ "type": "table", "permissions": ["read"] })))
        .collect();
    json!({
        "version": "1.0.0",
        "agent": { "agent_id": "large", "name": "large", "type": "bench", "resource_permissions": resources },
    })
}
