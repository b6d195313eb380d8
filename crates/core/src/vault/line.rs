//! One secret as a person or a script hands it over: typed, pasted, piped, in a variable or in a file.

use secrecy::{ExposeSecret, SecretString};

/// Reason for which a text cannot be one secret. None of them repeats any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOneSecret {
    /// Nothing but space.
    #[error("is empty")]
    Empty,
    /// More than one line.
    #[error("has more than one line")]
    SeveralLines,
    /// A control character, which no header and no connection string can carry.
    #[error("holds a control character")]
    ControlCharacter,
}

/// Takes off what shells and editors leave around a secret: a byte order mark, spaces, and the line end. Every way in uses
/// this, so that a key which one of them takes is not refused by another.
///
/// # Errors
/// Nothing is left, or more than one line: which of two lines is the secret is not for aidb to choose.
pub fn one_secret(text: &SecretString) -> Result<SecretString, NotOneSecret> {
    let secret = text.expose_secret().trim_start_matches('\u{feff}').trim();
    if secret.is_empty() {
        return Err(NotOneSecret::Empty);
    }
    if secret.contains(['\n', '\r']) {
        return Err(NotOneSecret::SeveralLines);
    }
    if secret.contains(char::is_control) {
        return Err(NotOneSecret::ControlCharacter);
    }
    Ok(SecretString::from(secret.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, NotOneSecret> {
        one_secret(&SecretString::from(text.to_owned())).map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn what_surrounds_a_secret_is_no_part_of_it() {
        for text in ["key-1", "key-1\n", "key-1\r\n", " key-1 ", "\u{feff}key-1\n\n"] {
            assert_eq!(read(text).as_deref(), Ok("key-1"), "{text:?}");
        }
        assert_eq!(read("two words").as_deref(), Ok("two words"));
    }

    #[test]
    fn two_lines_are_not_one_secret() {
        assert_eq!(read("key-1\nkey-2\n"), Err(NotOneSecret::SeveralLines));
        assert_eq!(read("key-1\rkey-2"), Err(NotOneSecret::SeveralLines));
        assert_eq!(read("key\u{1b}[0m"), Err(NotOneSecret::ControlCharacter));
        for nothing in ["", " \n", "\u{feff}"] {
            assert_eq!(read(nothing), Err(NotOneSecret::Empty), "{nothing:?}");
        }
    }
}
