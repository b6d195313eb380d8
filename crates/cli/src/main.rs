//! The `aidb` command line: what was typed, the engine's answer in words or JSON, an exit status.
//!
//! | file or folder | holds |
//! | --- | --- |
//! | `args/` | what can be typed |
//! | `commands/` | one function for each command: calls the engine, returns a result |
//! | `view/human`, `view/json` | the same results as words and as JSON |
//! | `exit.rs` | error code → exit status |
//! | `hints.rs` | what to do about an error, in a terminal |
//!
//! Nothing is set up before it is needed: `--help` and `--version` touch no file, start no thread and open no keychain.

mod args;
mod commands;
mod exit;
mod failure;
mod hints;
mod invocation;
mod progress;
mod prompt;
mod run;
mod screen;
mod signals;
mod suggestion;
mod usage;
mod variables;
mod view;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    run::guarded(|| run::run(&arguments)).into()
}
