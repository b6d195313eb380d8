//! What the desktop tests and the tour share: a session with a display, a keychain and a home of its own, the real
//! application in it, and a person's hands and eyes on its page.
//!
//! The application is built before (`cargo xtask test` does); WebKitWebDriver drives it through tauri-driver, which
//! `cargo xtask test` installs into `tools` in the target folder.

pub mod driver;
pub mod samples;
pub mod session;
pub mod steps;
pub mod window;

pub use samples::Samples;
pub use session::Session;
pub use window::Window;
