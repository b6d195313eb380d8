//! Tells Tauri which commands exist and which window may call them.

#[path = "command_names.rs"]
mod command_names;

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/command_names.rs");
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    // Without this list every command would be open to every window.
    let manifest = tauri_build::AppManifest::new().commands(command_names::COMMANDS);
    let attributes =
        tauri_build::Attributes::new().app_manifest(manifest).capabilities_path_pattern("src-tauri/capabilities/**/*");
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:warning={error:#}");
        std::process::exit(1);
    }
}
