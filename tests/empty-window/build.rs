//! As every Tauri application.

fn main() {
    tauri_build::build();
}
