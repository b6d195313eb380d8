//! Takes the figures of docs/QUALITY.md that are timings, sizes and counts, and holds each against its bar. Started by
//! `cargo xtask bench` with the folder of the release programs, an `aidb` without a journal, and the parts to take.
//!
//! A timing is never absolute: it is a ratio to a peer that ran on the same machine in the same run, in turns with what
//! is measured, and each figure is the median of five or more.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "its output is its product")]

mod agents;
mod import;
mod memory;
mod pace;
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

use anyhow::{Context as _, Result, bail};

use programs::Programs;
use table::Table;
use tokio::runtime::Runtime;

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
    if let Some((first, command)) = arguments.split_first()
        && first == memory::PEAK_OF
    {
        return memory::print_peak(command).map(|()| ExitCode::SUCCESS);
    }
    let [folder, without_journal, parts @ ..] = arguments.as_slice() else {
        bail!("usage: aidb-bench FOLDER-OF-THE-PROGRAMS AIDB-WITHOUT-JOURNAL [PART]…");
    };
    let parts = wanted(parts)?;
    let programs = Programs::new(PathBuf::from(folder), PathBuf::from(without_journal))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut table = Table::default();
    for part in parts {
        (part.measure)(&programs, &runtime, &mut table)?;
    }
    table.print();
    Ok(if table.all_met() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is measured together, and can be measured again alone.
struct Part {
    name: &'static str,
    measure: fn(&Programs, &Runtime, &mut Table) -> Result<()>,
}

const PARTS: &[Part] = &[
    Part { name: "size", measure: |programs, _, table| size::measure(programs, table) },
    Part { name: "start", measure: |programs, _, table| start::measure(programs, table) },
    Part { name: "plan", measure: |_, _, table| plan::measure(table) },
    Part { name: "requests", measure: requests::measure },
    Part { name: "import", measure: import::measure },
    Part { name: "pace", measure: pace::measure },
    Part { name: "memory", measure: memory::measure },
    Part { name: "window", measure: |programs, _, table| window::start::measure(programs, table) },
    Part { name: "rows", measure: window::rows::measure },
];

/// The parts of these names; all where none is named.
fn wanted(names: &[OsString]) -> Result<Vec<&'static Part>> {
    if names.is_empty() {
        return Ok(PARTS.iter().collect());
    }
    let part = |name: &OsString| {
        let found = PARTS.iter().find(|part| name == part.name);
        found.with_context(|| {
            let known: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
            format!("{} is not measured here; these are: {}", name.display(), known.join(", "))
        })
    };
    names.iter().map(part).collect()
}
