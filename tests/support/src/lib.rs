//! What the tests share: a home that nobody else has, the real programs, the sandbox, and what differs from run to run.

pub mod display;
pub mod held_file;
pub mod home;
pub mod http;
pub mod keychain;
pub mod memory;
pub mod portal;
pub mod process;
pub mod programs;
pub mod run;
pub mod sandbox;
pub mod snapshots;
pub mod terminal;

pub use display::Display;
pub use held_file::HeldFile;
pub use home::Home;
pub use keychain::{KeychainMode, KeychainSession};
pub use portal::BrokenPortal;
pub use run::Run;
