//! How values stand in the store: words for enums, RFC 3339 for times, short ids that people can type.

use chrono::{DateTime, SecondsFormat, Utc};

/// Crockford's base 32 in lower case: no `i`, `l`, `o`, `u`, so that nothing is misread.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Characters of a short id: 40 random bits, compared with the store before use.
const ID_LENGTH: usize = 8;

/// An id of the form `prefix` + eight characters that people can read out and type.
macro_rules! short_id {
    ($(#[$meta:meta])* $name:ident, $prefix:literal) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Prefix of every id.
            pub const PREFIX: &'static str = $prefix;

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The id that `text` spells, forgiving what people do to ids: capitals, spaces around it, a missing prefix,
            /// the letter O for zero. `None` when it cannot be one. Says nothing about whether it exists.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                $crate::store::codec::spelled(text, $prefix)
                    .filter(|id| $crate::store::codec::is_whole(id, $prefix))
                    .map(Self)
            }

            /// What stands in the store, whatever became of it there.
            pub(super) const fn from_stored(text: String) -> Self {
                Self(text)
            }

            /// A new one from the system's randomness.
            pub(super) fn random() -> Result<Self, $crate::store::StoreError> {
                $crate::store::codec::random($prefix).map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

pub(super) use short_id;

use super::StoreError;

/// `text` as the beginning of an id with `prefix`, in the store's spelling; `None` where it holds anything that no id has.
pub(super) fn spelled(text: &str, prefix: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let text = text.strip_prefix(prefix).unwrap_or(&text);
    let mut id = prefix.to_owned();
    for character in text.chars() {
        let character = match character {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        };
        id.push(u8::try_from(character).ok().filter(|byte| ALPHABET.contains(byte)).map(char::from)?);
    }
    (id.len() > prefix.len()).then_some(id)
}

pub(super) fn is_whole(id: &str, prefix: &str) -> bool {
    id.len() == prefix.len() + ID_LENGTH
}

pub(super) fn random(prefix: &str) -> Result<String, StoreError> {
    let mut bytes = [0; ID_LENGTH];
    getrandom::fill(&mut bytes)
        .map_err(|error| StoreError::Failed { reason: format!("the system gave no randomness: {error}") })?;
    // 32 divides 256: every character is equally likely.
    Ok(bytes
        .iter()
        .fold(prefix.to_owned(), |id, byte| id + char::from(ALPHABET[usize::from(byte % 32)]).encode_utf8(&mut [0; 4])))
}

/// The shortest text that gives back the same time.
pub(super) fn time_text(time: &DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

pub(super) fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc))
}

/// Whether `text` can be a name: something to see, in one line, within `longest` characters. Says what is wrong.
pub(super) fn check_name(text: &str, longest: usize) -> Result<(), String> {
    if text.trim() != text {
        return Err("it begins or ends with a space".into());
    }
    if text.is_empty() {
        return Err("it is empty".into());
    }
    if text.chars().any(char::is_control) {
        return Err("it contains a line break or another control character".into());
    }
    if text.chars().count() > longest {
        return Err(format!("it is longer than {longest} characters"));
    }
    Ok(())
}
