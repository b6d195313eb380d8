//! `Retry-After`: how long a server wants to be left alone, and when that is over.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// The longest that is waited out unless asked. A server that wants more is given up on, and its wish is said.
pub(super) const LONGEST: Duration = Duration::from_secs(60);

/// Time a server wants to be left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// From its answer on.
    pub wait: Duration,
    /// When it is over, for people to read; `None` where no calendar reaches as far.
    pub until: Option<DateTime<Utc>>,
}

impl Pause {
    /// One that begins at `now`.
    #[must_use]
    pub fn from(now: DateTime<Utc>, wait: Duration) -> Self {
        let until = TimeDelta::from_std(wait).ok().and_then(|wait| now.checked_add_signed(wait));
        Self { wait, until }
    }

    /// Whether it is longer than anybody waits at a terminal: then it is the answer that a person needs.
    pub(super) fn is_long(&self) -> bool {
        self.wait > LONGEST
    }

    /// "The server asks to wait 86400 seconds (24 hours), until 2026-11-30 00:30:00 UTC."
    pub(super) fn sentence(&self) -> String {
        let seconds = self.wait.as_secs();
        let round = match seconds {
            0..120 => String::new(),
            120..7_200 => format!(" ({} minutes)", seconds.div_ceil(60)),
            7_200..172_800 => format!(" ({} hours)", seconds.div_ceil(3_600)),
            _ => format!(" ({} days)", seconds.div_ceil(86_400)),
        };
        let until = self.until.map(|until| format!(", until {}", until.format("%Y-%m-%d %H:%M:%S UTC")));
        format!("The server asks to wait {seconds} seconds{round}{}.", until.unwrap_or_default())
    }
}

/// What a failure's sentence says of a pause that nobody waits out; begins with a blank, because it comes after another.
pub(super) fn left_alone(pause: Option<&Pause>) -> String {
    pause.filter(|pause| pause.is_long()).map(|pause| format!(" {}", pause.sentence())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_pause_says_how_long_and_until_when() {
        let now = "2026-11-29T00:30:00Z".parse().unwrap();
        for (seconds, words) in [
            (61, "61 seconds, until 2026-11-29 00:31:01 UTC."),
            (150, "150 seconds (3 minutes), until 2026-11-29 00:32:30 UTC."),
            (86_400, "86400 seconds (24 hours), until 2026-11-30 00:30:00 UTC."),
            (604_800, "604800 seconds (7 days), until 2026-12-06 00:30:00 UTC."),
            (u64::MAX, "18446744073709551615 seconds (213503982334602 days)."),
        ] {
            let pause = Pause::from(now, Duration::from_secs(seconds));
            assert_eq!(left_alone(Some(&pause)), format!(" The server asks to wait {words}"));
        }
        assert_eq!(left_alone(Some(&Pause::from(now, LONGEST))), "", "what is waited out needs no words");
        assert_eq!(left_alone(None), "");
    }
}
