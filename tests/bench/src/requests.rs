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
    sandbox.register(runtime, "bench")?;
    let file = programs.home().join("p9.json");
    std::fs::write(&file, agents::file(agents::agent("bench", CHANGES, 0)))?;
    let file = file.to_string_lossy();
    let target = ["-u", &sandbox.url, "-a", "bench", "migrate"];
    let mut counted = |name: &str, arguments: &[&str], most: usize| -> Result<()> {
        sandbox.clear(runtime)?;
        programs.output(&mut programs.aidb(&[&target, arguments].concat()))?;
        let requests = sandbox.traffic(runtime)?.count;
        let most = f64::from(u32::try_from(most)?);
        table.add(name, f64::from(u32::try_from(requests)?), Bar::AtMost(most), "counted at the server".to_owned());
        Ok(())
    };
    counted("P9 requests of an export", &["export", "-o", "p9-out.json"], 3)?;
    counted("P9 requests of a plan", &["import", "-i", &file, "--dry-run"], 3)?;
    counted("P9 requests of an import of 50 changes", &["import", "-i", &file, "--yes"], CHANGES + 6)?;
    Ok(())
}
