//! P9: how many requests an export, a plan and an import make.

use anyhow::Result;
use tokio::runtime::Runtime;

use crate::agents;
use crate::programs::Programs;
use crate::sandbox::EmptySandbox;
use crate::table::{Bar, Table};

const CHANGES: usize = 50;

/// Counts them at the server.
pub fn measure(programs: &Programs, runtime: &Runtime, table: &mut Table) -> Result<()> {
    let sandbox = EmptySandbox::start(programs)?;
    for agent in ["bench", "linked"] {
        sandbox.register(runtime, agent)?;
        std::fs::write(file(programs, agent), agents::file(agents::agent(agent, CHANGES, 0)))?;
    }
    sandbox.link_database(runtime, "linked")?;
    let mut counted = |name: &str, agent: &str, arguments: &[&str], most: usize| -> Result<()> {
        let target = ["-u", &sandbox.url, "-a", agent, "migrate"];
        sandbox.clear(runtime)?;
        programs.output(&mut programs.aidb(&[&target, arguments].concat()))?;
        let requests = sandbox.traffic(runtime)?.count;
        let most = f64::from(u32::try_from(most)?);
        table.add(name, f64::from(u32::try_from(requests)?), Bar::AtMost(most), "counted at the server".to_owned());
        Ok(())
    };
    let (bench, linked) = (file(programs, "bench"), file(programs, "linked"));
    counted("P9 requests of an export", "bench", &["export", "-o", "p9-out.json"], 3)?;
    counted("P9 requests of a plan", "bench", &["import", "-i", &bench, "--dry-run"], 3)?;
    counted("P9 the same where tables are asked for", "linked", &["import", "-i", &linked, "--dry-run"], 3)?;
    counted("P9 requests of an import of 50 changes", "bench", &["import", "-i", &bench, "--yes"], CHANGES + 8)?;
    counted("P9 the same where tables are asked for", "linked", &["import", "-i", &linked, "--yes"], CHANGES + 8)?;
    Ok(())
}

fn file(programs: &Programs, agent: &str) -> String {
    programs.home().join(format!("p9-{agent}.json")).to_string_lossy().into_owned()
}
