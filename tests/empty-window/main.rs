//! An empty Tauri window: what starting one costs on this machine, whatever stands in it.

fn main() -> tauri::Result<()> {
    tauri::Builder::default().run(tauri::generate_context!())
}
