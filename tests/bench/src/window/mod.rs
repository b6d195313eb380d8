//! P6 and P7: the window's first frame, its memory, and a plan of 100,000 rows in it; beside an empty Tauri window that is
//! built the same way.

mod memory;
mod portal;
mod rows;
mod screen;
mod start;

use anyhow::Result;
use tokio::runtime::Runtime;

use crate::programs::Programs;
use crate::table::Table;

/// Measures both windows in turns, on a display of their own.
pub fn measure(programs: &Programs, runtime: &Runtime, table: &mut Table) -> Result<()> {
    start::measure(programs, table)?;
    rows::measure(programs, runtime, table)
}
