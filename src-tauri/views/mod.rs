//! From the engine's types to what the page shows, one file per domain.

pub(crate) mod batches;
pub(crate) mod environments;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod overview;
pub(crate) mod plan_command;
pub(crate) mod plan_page;
pub(crate) mod plan_text;
pub(crate) mod plans;
pub(crate) mod recovery;

use chrono::{DateTime, SecondsFormat, Utc};

/// A count, a length or a duration as the page gets it: as much as fits.
pub(crate) fn number(count: impl TryInto<u32>) -> u32 {
    count.try_into().unwrap_or(u32::MAX)
}

/// A moment as the page gets it: RFC 3339, in UTC, to the millisecond.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
