//! The time that a recording says it is: every call has its own, whatever the clock of this machine says meanwhile.

use chrono::{DateTime, Duration, SecondsFormat, TimeZone, Utc};

/// When every call began, and when it is said to have begun.
pub(crate) struct Clock {
    next: DateTime<Utc>,
    begun: Vec<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Clock {
    /// It is nine o'clock, on a Friday.
    pub(crate) fn nine() -> Self {
        Self { next: told("2026-11-20T09:00:00Z"), begun: Vec::new() }
    }

    /// From now on it is said to be this time.
    pub(crate) fn set(&mut self, time: &str) {
        self.next = told(time);
    }

    /// A call begins: a second after the one before it.
    pub(crate) fn begin(&mut self) {
        self.begun.push((whole(Utc::now()), self.next));
        self.next += Duration::seconds(1);
    }

    /// When the first call is said to have begun.
    pub(crate) fn first(&self) -> String {
        self.begun.first().map_or(self.next, |(_, said)| *said).to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// A time as the recording says it. One from long before the recording is part of the samples, one from long after it was
    /// chosen by a person, and both stay.
    pub(crate) fn say(&self, text: &str) -> Option<String> {
        let time = DateTime::parse_from_rfc3339(text).ok()?.to_utc();
        let (first, said) = self.begun.first()?;
        if time < *first - Duration::hours(1) || time > *first + Duration::days(365) {
            return None;
        }
        // Told in whole seconds, it could lie before or after any call of that second.
        let exact = text.contains('.');
        let begun = self.begun.iter().rev().find(|(begun, _)| exact && *begun <= time);
        Some(begun.map_or(*said, |(_, said)| *said).to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

fn told(time: &str) -> DateTime<Utc> {
    time.parse().expect("a time")
}

/// As the engine tells times: in milliseconds.
fn whole(time: DateTime<Utc>) -> DateTime<Utc> {
    Utc.timestamp_millis_opt(time.timestamp_millis()).single().expect("a time")
}
