//! P6 and P7: the window's first frame, its memory, and a plan of 100,000 rows in it; beside an empty Tauri window that is
//! built the same way.

mod memory;
pub mod rows;
mod screen;
pub mod start;
