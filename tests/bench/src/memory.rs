//! P4, second half: the memory of an export and of an import's dry run of 100,000 resources.

use std::ffi::OsString;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use tokio::runtime::Runtime;
use wait4::Wait4 as _;

use crate::agents;
use crate::programs::Programs;
use crate::sandbox::EmptySandbox;
use crate::table::{Bar, Table, median};

/// The first argument of the process in between.
pub const PEAK_OF: &str = "peak-of";
const RESOURCES: usize = 100_000;
const IN_FLIGHT: usize = 10;
const ROUNDS: usize = 5;
const MOST_MEGABYTES: f64 = 300.0;

/// Measures the most memory that was resident at once, as the system accounts for it.
pub fn measure(programs: &Programs, runtime: &Runtime, table: &mut Table) -> Result<()> {
    let sandbox = EmptySandbox::start(programs)?;
    sandbox.register(runtime, "bench")?;
    let live = agents::agent("bench", RESOURCES, 0);
    sandbox.set_all(runtime, "bench", agents::bodies(&live), IN_FLIGHT)?;
    let file = programs.home().join("memory.json");
    std::fs::write(&file, agents::file(agents::agent("bench", RESOURCES, 100)))?;
    let file = file.to_string_lossy();
    let target = ["-u", &sandbox.url, "-a", "bench", "migrate"];
    for (name, arguments) in [
        ("P4 memory of an export of 100,000, MB", ["export", "--force", "-o", "memory-out.json"]),
        ("P4 memory of a dry run of 100,000, MB", ["import", "--dry-run", "-i", &file]),
        ("P4 memory of an import of 100,000 with 1,000 changes, MB", ["import", "--yes", "-i", &file]),
    ] {
        let mut peaks = Vec::new();
        for _ in 0..ROUNDS {
            peaks.push(peak_megabytes(programs, &[&target, arguments.as_slice()].concat())?);
        }
        let taken = format!("most resident memory of the process; median of {ROUNDS}");
        table.add(name, median(peaks), Bar::AtMost(MOST_MEGABYTES), taken);
    }
    Ok(())
}

/// Through a process of our own in between: the system counts towards a child what its parent held when it was started, and
/// this process holds a hundred thousand resources.
fn peak_megabytes(programs: &Programs, arguments: &[&str]) -> Result<f64> {
    let me = std::env::current_exe().context("cannot tell where this program lies")?;
    let mut between = programs.command(me);
    let output = programs.output(between.arg(PEAK_OF).arg(programs.path("aidb")).args(arguments))?;
    let bytes: u64 = String::from_utf8(output.stdout)?.trim().parse().context("the peak is no number")?;
    Ok(f64::from(u32::try_from(bytes / 1024)?) / 1024.0)
}

/// The process in between: runs a command and prints the most memory it had, in bytes.
pub fn print_peak(command: &[OsString]) -> Result<()> {
    let (program, arguments) = command.split_first().context("no command")?;
    let mut child = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let used = child.wait4()?;
    if !used.status.success() {
        bail!("{arguments:?} ended with {}", used.status);
    }
    println!("{}", used.rusage.maxrss);
    Ok(())
}
