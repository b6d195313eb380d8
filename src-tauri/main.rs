//! The desktop application: a window whose page asks, and Rust that does every file, network and keychain access.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod batch_sessions;
mod blocking;
mod bundle;
mod checks;
mod chosen;
mod clipboard;
#[macro_use]
mod command_list;
mod commands;
mod contract;
mod desktop;
mod dialogs;
mod error;
mod fitting;
#[cfg(target_os = "linux")]
mod graphics;
mod invoke;
mod licences;
mod memory;
mod outline;
mod paths;
mod plan_sessions;
#[cfg(target_os = "linux")]
mod portal;
mod preferences;
mod process;
mod progress;
#[cfg(test)]
mod recording;
mod sample_servers;
mod sandbox;
mod servers;
mod start;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod typescript;
mod views;
#[cfg(target_os = "linux")]
mod web_view;
mod window;
#[cfg(test)]
mod wording;

use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    graphics::suit_the_machine();
    if let Err(error) = memory::keep_private() {
        return failed(&format!("aidb cannot keep its memory to itself here, and does not start: {error}"));
    }
    let Some(folder) = process::data_folder() else {
        return failed(
            "This account has no folder of its own, so there is no place for aidb's data. Set AIDB_DATA_DIR.",
        );
    };
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let here = std::env::current_dir().unwrap_or_default();
    let open_file = process::file_to_open(&words, &here);
    let vault = process::vault(&folder);
    match start::run(start::Start { folder, vault, actor: process::account(), proxies: process::proxies(), open_file })
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&format!("The window could not be opened: {error}")),
    }
}

/// Said where whoever started it may see it: there is no window to say it in.
fn failed(sentence: &str) -> ExitCode {
    // Where standard error is closed, the exit status still says it.
    let _ = writeln!(std::io::stderr(), "{sentence}");
    ExitCode::FAILURE
}
