//! P8: how large the release programs are.

use anyhow::Result;

use crate::programs::Programs;
use crate::table::{Bar, Table};

const MOST_MEGABYTES: f64 = 10.0;

/// The command line alone: the window comes with its own issue.
pub fn measure(programs: &Programs, table: &mut Table) -> Result<()> {
    let kilobytes = u32::try_from(programs.path("aidb").metadata()?.len() / 1000)?;
    let taken = "the file, stripped, as cargo's release profile makes it".to_owned();
    table.add("P8 size of `aidb`, MB", f64::from(kilobytes) / 1000.0, Bar::AtMost(MOST_MEGABYTES), taken);
    Ok(())
}
