//! Tells Tauri which commands exist and which window may call them, from `command_list.rs`.

#![expect(clippy::disallowed_methods, reason = "cargo tells a build script by variables where to write")]

#[path = "command_list.rs"]
#[macro_use]
mod command_list;

use std::path::PathBuf;
use std::{env, fs};

macro_rules! names {
    ($($domain:ident :: $name:ident $(with $progress:ident)?,)*) => { &[$(stringify!($name)),*] };
}

/// Every command's name. Without this list every command would be open to every window.
const COMMANDS: &[&str] = for_all_commands!(names);

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/command_list.rs");
    if let Err(error) = build() {
        println!("cargo:warning={error}");
        std::process::exit(1);
    }
}

fn build() -> Result<(), Box<dyn std::error::Error>> {
    let folder =
        PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?).join("capabilities-of-the-page");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("main.json"), capability())?;
    // Tauri wants the pattern for as long as the build lasts.
    let pattern: &'static str = format!("{}/*.json", folder.display()).leak();
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest).capabilities_path_pattern(pattern))?;
    Ok(())
}

/// The page of the one window may ask for the application's own commands, and hear its events. Nothing else.
fn capability() -> String {
    let own = COMMANDS.iter().map(|name| format!("allow-{}", name.replace('_', "-")));
    let events = ["core:event:allow-listen", "core:event:allow-unlisten"].map(str::to_owned);
    let permissions: Vec<String> = events.into_iter().chain(own).map(|name| format!("{name:?}")).collect();
    format!(
        r#"{{"identifier":"main","description":"The page","windows":["main"],"permissions":[{}]}}"#,
        permissions.join(",")
    )
}
