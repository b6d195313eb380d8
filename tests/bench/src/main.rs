//! Takes the figures of docs/QUALITY.md that are timings, sizes and counts, and holds each against its bar. Started by
//! `cargo xtask bench` with the folder of the release programs.
//!
//! A timing is never absolute: it is a ratio to a peer that ran on the same machine in the same run, in turns with what
//! is measured, and each figure is the median of five or more.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "its output is its product")]

mod agents;
mod import;
mod memory;
mod plan;
mod programs;
mod requests;
mod sandbox;
mod size;
mod start;
mod table;
mod window;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use programs::Programs;
use table::Table;

fn main() -> ExitCode {
    match measure() {
        Ok(status) => status,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<ExitCode> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let first = arguments.first().context("usage: aidb-bench FOLDER-OF-THE-PROGRAMS")?;
    if first == memory::PEAK_OF {
        return memory::print_peak(&arguments[1..]).map(|()| ExitCode::SUCCESS);
    }
    let folder = PathBuf::from(first);
    let programs = Programs::new(folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut table = Table::default();
    size::measure(&programs, &mut table)?;
    start::measure(&programs, &mut table)?;
    plan::measure(&mut table)?;
    requests::measure(&programs, &runtime, &mut table)?;
    import::measure(&programs, &runtime, &mut table)?;
    memory::measure(&programs, &runtime, &mut table)?;
    window::measure(&programs, &runtime, &mut table)?;
    table.print();
    Ok(if table.all_met() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
