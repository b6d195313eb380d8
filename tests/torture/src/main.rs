//! `aidb-torture`: the whole of it, with its numbers.
//!
//! `aidb-torture` kills and refuses everything that there is. `aidb-torture --prove PROGRAM` does the part about requests with
//! an `aidb` from which something was left out, and fails where it finds no loss.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints its numbers")]

use std::path::PathBuf;
use std::process::ExitCode;

use aidb_test_torture::ground::{Ground, Programs};
use aidb_test_torture::report::{Tally, table};
use aidb_test_torture::syscalls::Victim;
use aidb_test_torture::{network, power, requests, scenario, syscalls};
use aidb_testkit::programs::{Program, path_of};
use anyhow::Result;

/// So many losses are told in full.
const TOLD: usize = 5;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ended = match words.as_slice() {
        [] => everything(),
        ["--prove", aidb] => prove(aidb.into()),
        _ => {
            eprintln!("Usage: aidb-torture [--prove PROGRAM]");
            return ExitCode::from(64);
        }
    };
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether nothing was lost.
fn everything() -> Result<bool> {
    let ground = Ground::new(&Programs { aidb: path_of(Program::Aidb), sandbox: path_of(Program::Sandbox) })?;
    let all = syscalls::Extent { step: 1 };
    let mut tallies = requests_of_all(&ground)?;
    for scenario in scenario::ALL {
        let extent = requests::Extent { in_flight: 1, step: 1 };
        tell(&mut tallies, requests::recovery_matrix(&ground, scenario, extent)?);
    }
    for scenario in scenario::ALL {
        tell(&mut tallies, syscalls::kill_matrix(&ground, scenario, Victim::Command, all)?);
    }
    tell(&mut tallies, syscalls::kill_matrix(&ground, &scenario::IMPORT, Victim::Recovery, all)?);
    for scenario in scenario::ALL {
        tell(&mut tallies, syscalls::refusal_matrix(&ground, scenario, all)?);
    }
    tell(&mut tallies, syscalls::first_start_matrix(&ground, all)?);
    for scenario in scenario::ALL {
        tell(&mut tallies, network::matrix(&ground, scenario)?);
        tell(&mut tallies, network::outage(&ground, scenario)?);
    }
    println!("\n{}", table(&tallies));
    let power_cuts = power::all(&ground)?;
    power_cuts.iter().for_each(|seen| println!("{seen}"));
    let in_time = power_cuts.iter().all(|seen| seen.early.is_empty());
    Ok(in_time && tallies.iter().all(|tally| tally.lost.is_empty()))
}

/// Whether something was lost, as it has to be.
fn prove(aidb: PathBuf) -> Result<bool> {
    let ground = Ground::new(&Programs { aidb, sandbox: path_of(Program::Sandbox) })?;
    let tallies = requests_of_all(&ground)?;
    let (points, lost) =
        tallies.iter().fold((0, 0), |(points, lost), tally| (points + tally.points, lost + tally.lost.len()));
    println!("{lost} of {points} points lost");
    Ok(lost > 0)
}

fn requests_of_all(ground: &Ground) -> Result<Vec<Tally>> {
    let mut tallies = Vec::new();
    for scenario in scenario::ALL {
        for in_flight in [1, 4] {
            tell(&mut tallies, requests::matrix(ground, scenario, requests::Extent { in_flight, step: 1 })?);
        }
    }
    Ok(tallies)
}

fn tell(tallies: &mut Vec<Tally>, tally: Tally) {
    println!("{tally}");
    for lost in tally.lost.iter().take(TOLD) {
        println!("LOST: {lost}");
    }
    tallies.push(tally);
}
