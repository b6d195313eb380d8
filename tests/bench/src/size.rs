//! P8: how large the release programs are.

use std::path::Path;
use std::process::Command;

use aidb_testkit::programs::repository;
use anyhow::{Context as _, Result};

use crate::programs::Programs;
use crate::table::{Bar, Table};

/// The programs, what the documents call them, and the most megabytes that each may have.
const PROGRAMS: [(&str, &str, f64); 2] = [("aidb", "`aidb`", 10.0), ("aidb-desktop", "the window", 15.0)];

/// Both, with everything that is compiled in.
pub fn measure(programs: &Programs, table: &mut Table) -> Result<()> {
    for (program, name, most) in PROGRAMS {
        let kilobytes = u32::try_from(programs.path(program).metadata()?.len() / 1000)?;
        let taken = "the file, stripped, as cargo's release profile makes it".to_owned();
        table.add(&format!("P8 size of {name}, MB"), f64::from(kilobytes) / 1000.0, Bar::AtMost(most), taken);
    }
    let taken = "html, scripts and styles of the start, each compressed; added up by `npm run size`".to_owned();
    table.add("P8 size of the page, kB", page_kilobytes(&repository().join("ui"))?, Bar::AtMost(100.0), taken);
    Ok(())
}

/// What the page's own script counts: its last line begins with the bytes.
fn page_kilobytes(ui: &Path) -> Result<f64> {
    let output =
        Command::new("node").arg("scripts/size.js").current_dir(ui).output().context("node cannot be started")?;
    let text = String::from_utf8(output.stdout)?;
    let bytes = text.lines().last().and_then(|line| line.split_whitespace().next()).context("the page has no size")?;
    Ok(f64::from(bytes.parse::<u32>()?) / 1000.0)
}
