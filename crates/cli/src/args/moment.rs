//! A moment as people type it.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Local, NaiveDateTime, TimeZone as _, Utc};

/// A moment: here, or with a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment(pub(crate) DateTime<Utc>);

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(zoned) = DateTime::parse_from_rfc3339(text) {
            return Ok(Self(zoned.to_utc()));
        }
        let forms = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"];
        let here = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
        let here = here.ok_or("write it as 2026-11-01T14:05, or with a zone as 2026-11-01T13:05:00Z")?;
        match Local.from_local_datetime(&here).single() {
            Some(local) => Ok(Self(local.to_utc())),
            None => Err("clocks were changed then, so it came twice or not at all; write it with a zone".into()),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d %H:%M:%S UTC"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_typed_with_a_zone_or_without() {
        let zoned: Moment = "2026-11-01T15:05:00+01:00".parse().unwrap();
        assert_eq!(zoned.to_string(), "2026-11-01 14:05:00 UTC");
        for here in ["2026-11-01T14:05", "2026-11-01 14:05:00"] {
            assert!(here.parse::<Moment>().is_ok(), "{here}");
        }
        for wrong in ["yesterday", "2026-13-01T14:05", "14:05", ""] {
            assert!(wrong.parse::<Moment>().unwrap_err().contains("write it as"), "{wrong}");
        }
    }
}
