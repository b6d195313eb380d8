//! Kills the real `aidb` at every request and at every write of its store, refuses the writes, and looks what the next start
//! makes of it (docs/QUALITY.md). A small part of it is a test; all of it is `cargo xtask torture`.

pub mod control;
pub mod damage;
pub mod ground;
pub mod network;
pub mod next_start;
pub mod power;
pub mod report;
pub mod requests;
pub mod scenario;
pub mod syscalls;
