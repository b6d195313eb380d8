//! Results in words. All text from files and servers passes through [`shown`] first: what a person reads has to be what is
//! there, and no escape sequence of a server may reach a terminal.

mod backups;
mod change;
mod compare;
mod environments;
mod export;
mod failure;
mod findings;
mod history;
mod plan;
mod recover;
mod sandbox;
mod test;
mod text;
mod validate;

pub(crate) use failure::failure;
pub(crate) use findings::findings;
pub(crate) use recover::{interrupted, recovered};

use aidb_core::config::display_text;
use aidb_core::numbers::counted;
use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use crate::screen::Detail;

/// A result that can be told in words.
pub(crate) trait Human {
    /// For standard output. Ends with a line break unless it is empty.
    fn human(&self, detail: Detail) -> String;

    /// What is worth knowing before it, for standard error.
    fn remarks(&self, _detail: Detail) -> String {
        String::new()
    }

    /// Complaint, for standard error, after it.
    fn complaint(&self, _detail: Detail) -> String {
        String::new()
    }
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const CHANGED: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default();

/// Foreign text as it may be shown.
pub(crate) fn shown(text: &str) -> String {
    display_text(text)
}

/// One line for standard error that is no error.
pub(crate) fn note(text: &str) -> String {
    format!("{} {}\n", paint(HINT, "Note:"), shown(text))
}

fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

fn done(text: &str) -> String {
    format!("{} {text}", paint(GOOD, "✓"))
}

/// A word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'));
    if plain { word.into() } else { shown(&format!("'{}'", word.replace('\'', r"'\''"))) }
}

/// "Staging (https://staging.example.com)", and a server without a profile by its URL alone.
fn server(name: &str, url: &str) -> String {
    if name == url { shown(url) } else { format!("{} ({})", shown(name), shown(url)) }
}

/// `text` with spaces behind it up to `width` columns.
fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// The column that rows share: the widest of them, and no wider than `most`.
fn column<'a>(cells: impl IntoIterator<Item = &'a str>, most: usize) -> usize {
    cells.into_iter().map(UnicodeWidthStr::width).max().unwrap_or(0).min(most)
}

/// Lines that are put together.
#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, text: impl AsRef<str>) {
        self.0.push_str(text.as_ref());
        self.0.push('\n');
    }

    fn blank(&mut self) {
        self.0.push('\n');
    }

    fn block(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn into_text(self) -> String {
        self.0
    }
}
