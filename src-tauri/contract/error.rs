//! Errors as they cross to the page: the same four fields as in `--json`.

use aidb_core::config::display_text;
use aidb_core::error as core;
use serde::Serialize;
use ts_rs::TS;

/// Number of characters of one text that reach the page.
const LONGEST: usize = 1000;

/// An error that a person can read, and that the page decides by its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub(crate) struct ErrorReport {
    #[ts(type = "ErrorCode")]
    pub(crate) code: core::ErrorCode,
    /// One sentence: what happened, what it means for the data.
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    /// One line each, folded away by default.
    pub(crate) details: Vec<String>,
}

impl ErrorReport {
    /// One that the engine has written out already. What a server said in its own words is for whoever unfolds the details.
    pub(crate) fn of(report: core::ErrorReport) -> Self {
        let core::ErrorReport { code, message, plain, hint, mut details } = report;
        let message = match plain {
            None => message,
            Some(plain) => {
                details.insert(0, message);
                plain
            }
        };
        Self {
            code,
            message: clipped(&message),
            hint: hint.as_deref().map(clipped),
            details: details.iter().map(|line| clipped(line)).collect(),
        }
    }
}

/// A text that a person can read: an error quotes what was asked for, and that may be of any length, and hold characters that
/// turn the words beside them around.
fn clipped(text: &str) -> String {
    let text = display_text(text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

impl<E: core::Explain> From<E> for ErrorReport {
    fn from(error: E) -> Self {
        Self::of(core::ErrorReport::of(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_own_words_are_under_details_and_no_text_is_endless() {
        let report = ErrorReport::of(core::ErrorReport {
            code: core::ErrorCode::ServerError,
            message: "API Error (500): Call connect() first (GET http://127.0.0.1:1/api).".into(),
            plain: Some("The server failed.".into()),
            hint: Some("ä".repeat(300_000)),
            details: vec!["Request: GET".into()],
        });
        assert_eq!(report.message, "The server failed.");
        assert_eq!(report.details.len(), 2);
        assert!(report.details[0].contains("connect()"), "{:?}", report.details);
        assert_eq!(report.hint.unwrap().chars().count(), LONGEST + 1);
    }
}
