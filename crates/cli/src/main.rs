//! The `aidb` command line: what was typed, the engine's answer in words or JSON, an exit status.
//!
//! | file or folder | holds |
//! | --- | --- |
//! | `cli.rs` | the commands |
//! | `args/` | flags that several of them take |
//! | `commands/` | a folder for each command: its arguments, what it does, its result as words and as JSON |
//! | `view/` | what results in words and in JSON are made of |
//! | `exit.rs` | error code → exit status |
//! | `hints.rs` | what to do about an error, in a terminal |
//!
//! Nothing is set up before it is needed: `--help` and `--version` touch no file, start no thread and open no keychain.

mod args;
mod cli;
mod commands;
mod exit;
mod failure;
mod hints;
mod invocation;
mod memory;
mod progress;
mod prompt;
mod run;
mod screen;
mod shell;
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
