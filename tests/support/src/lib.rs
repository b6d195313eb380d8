//! What the tests share: a home that nobody else has, the real programs, the sandbox, and what differs from run to run.

pub mod home;
pub mod keychain;
pub mod programs;
pub mod run;
pub mod sandbox;
pub mod snapshots;
pub mod terminal;

pub use home::Home;
pub use run::Run;
