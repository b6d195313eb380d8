//! What an error answer says, made fit to be shown: the service's own words, or what is left of a gateway's page.

use serde_json::Value;

use super::scrub::Scrubber;
use crate::config::display_text_limited;

/// Length of a server's text in an error, in characters.
const LONGEST_TEXT: usize = 300;

/// Part of an answer that is searched for its title, in bytes.
const TITLE_WITHIN: usize = 16 * 1024;

/// An error answer's body: its form, and its text without secrets and control characters.
pub(super) struct ErrorBody {
    pub(super) text: String,
    pub(super) form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Empty,
    Json,
    Html,
    Text,
}

impl ErrorBody {
    /// Reads a body. Its content type is not asked: gateways give any.
    pub(super) fn read(body: &[u8], json: Option<&Value>, scrubber: &Scrubber) -> Self {
        let (form, text) = match json {
            Some(json) => (Form::Json, json_text(json)),
            None => page_text(body),
        };
        Self { text: presentable(&text, scrubber), form }
    }
}

/// Foreign text as it may be shown: secrets hidden first (a cut could leave half of one), then control characters
/// escaped, then shortened.
pub(super) fn presentable(text: &str, scrubber: &Scrubber) -> String {
    let clean = scrubber.clean(text);
    let joined = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    display_text_limited(&joined, LONGEST_TEXT)
}

fn json_text(json: &Value) -> String {
    let error = word(json, "error").or_else(|| word(json, "detail")).or_else(|| word(json, "title"));
    let text = match (error, word(json, "message")) {
        (Some(error), Some(message)) if message.contains(error) || error.contains(message) => error,
        (Some(error), Some(message)) => return format!("{error}: {message}"),
        (Some(text), None) | (None, Some(text)) => text,
        (None, None) => "a JSON answer without an error text",
    };
    text.to_owned()
}

/// A text field; of `{"error": {"message": …}}` the inner text.
fn word<'a>(json: &'a Value, key: &str) -> Option<&'a str> {
    let value = json.get(key)?;
    let text = value.as_str().or_else(|| value.get("message")?.as_str())?.trim();
    (!text.is_empty()).then_some(text)
}

fn page_text(body: &[u8]) -> (Form, String) {
    let text = String::from_utf8_lossy(&body[..body.len().min(TITLE_WITHIN)]);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        (Form::Empty, "an empty answer".to_owned())
    } else if text.starts_with('<') {
        (Form::Html, title(text).map_or_else(|| "an HTML page".to_owned(), |title| format!("{title} (an HTML page)")))
    } else {
        (Form::Text, text.to_owned())
    }
}

fn title(page: &str) -> Option<&str> {
    // ASCII lower case keeps byte positions.
    let lower = page.to_ascii_lowercase();
    let opened = lower.find("<title")?;
    let start = opened + lower[opened..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    let title = page[start..end].trim();
    (!title.is_empty()).then_some(title)
}
