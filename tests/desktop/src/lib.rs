//! What the desktop tests and the tour share: a session with a display, a keychain and a home of its own, the real
//! application in it, and a person's hands and eyes on its page.
//!
//! The application is built before (`cargo xtask test` does); WebKitWebDriver, which comes with the web view, drives it. The
//! client that talks to it is one that leaves the features of serde_json alone: one that asks it to keep keys in the order in which
//! they come would change the files that aidb writes, and everything would have to be built twice.

pub mod driver;
pub mod samples;
pub mod session;
pub mod steps;
pub mod window;

pub use samples::Samples;
pub use session::Session;
pub use window::Window;
