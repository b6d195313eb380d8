//! Limits of time and size for every request.

use std::time::Duration;

/// Time and size that a request may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until a connection stands, TLS included.
    pub connect: Duration,
    /// The whole request, from its start to the last byte of the answer.
    pub request: Duration,
    /// The longest answer, in bytes.
    pub answer_bytes: u64,
}

impl Default for Limits {
    /// 10 seconds, 30 seconds, 64 MiB: an agent with 100,000 resources answers with about 10 MB.
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), request: Duration::from_secs(30), answer_bytes: 64 * 1024 * 1024 }
    }
}

pub(super) fn seconds(limit: Duration) -> String {
    match limit.as_secs_f64() {
        1.0 => "1 second".to_owned(),
        seconds => format!("{seconds} seconds"),
    }
}
