//! The tasks of this repository: `cargo xtask run | dev | test | torture | bench | audit | gen | pictures | screens`.
//!
//! `run` and `test` are the README's two commands. Each works alone on a fresh Debian machine that has Rust: it installs
//! what is missing ([`needs`]), and where it may not, it says the exact line to type.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a task talks to the person at the terminal")]
#![expect(clippy::disallowed_methods, reason = "a task is the edge of the process: it reads its own environment")]

mod audit;
mod bench;
mod dev;
mod fuzz;
mod generated;
mod needs;
mod page;
mod pictures;
mod programs;
mod run;
mod sandbox;
mod steps;
mod suite;
mod tally;
mod torture;
mod tour;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask <TASK>

  run            build aidb and open its window; without a display: a tour on a virtual one, with a picture of each step
  run --terminal build the command line, start three sample environments, and carry an agent through them
  dev            the page alone, with hot reload, over recorded answers in any browser
  dev --window   the real window on the page with hot reload, on sample environments and with data of its own
  test           everything a change has to pass: format, lints, build, tests, documents
  torture        kill aidb at every request and every write of its store, and look what the next start makes of it
  torture --prove
                 that this finds what is lost when the putting back, or the journal, is left out of aidb
  fuzz [SECONDS] inputs that nobody thought of, so many seconds for each kind of what comes from outside
  bench [PART]…  the speed and size figures of docs/QUALITY.md, from a release build; or only some of them
  audit          licences, sources and known faults of everything that comes in with a dependency, and a list of it
  pictures       the pictures of the documents, from the tour of the real window
  screens        every screen of the window in every state, in both themes and two sizes, checked and as pictures
  gen [--check]  write every generated file, and the outputs in the documents; with --check only say which file
                 has drifted

run and test install the Debian packages they need, as root or with passwordless sudo; where they may not, they print
the line to type.";

fn usage() -> anyhow::Result<ExitCode> {
    eprintln!("{USAGE}");
    Ok(ExitCode::from(64))
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["run"] => run::run(),
        ["run", "--terminal"] => tour::run(),
        ["dev"] => dev::page(),
        ["dev", "--window"] => dev::window(),
        ["test"] => suite::test(),
        ["torture"] => torture::torture(torture::Mode::Whole),
        ["torture", "--prove"] => torture::torture(torture::Mode::Prove),
        ["bench", parts @ ..] => bench::bench(parts),
        ["fuzz"] => fuzz::fuzz(fuzz::USUAL_SECONDS),
        ["fuzz", seconds] => match seconds.parse() {
            Ok(seconds) => fuzz::fuzz(seconds),
            Err(_) => usage(),
        },
        ["audit"] => audit::audit(),
        ["pictures"] => pictures::pictures(),
        ["screens"] => pictures::screens(),
        ["gen"] => generated::generate(generated::Mode::Write),
        ["gen", "--check"] => generated::generate(generated::Mode::Check),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => usage(),
    };
    match done {
        Ok(status) => status,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
