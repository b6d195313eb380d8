//! Replays the recorded server's transcript against the sandbox: what every other test takes for a connector answers as
//! a connector does. The tests are in `tests/`.

/// The recording: request and response of every call, in the order in which they were made.
pub const TRANSCRIPT: &str = include_str!("../transcript.json");
