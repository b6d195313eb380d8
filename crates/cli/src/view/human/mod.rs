//! Results in words. All text from files and servers passes through [`shown`] first: what a person reads has to be what is
//! there, and no escape sequence of a server may reach a terminal.

pub(crate) mod failure;
mod findings;
pub(crate) mod plan;

pub(crate) use failure::failure;
pub(crate) use findings::findings;

use std::array;

use aidb_core::config::display_text;
pub(crate) use aidb_core::numbers::counted;
use aidb_core::shorten::shortened;
use aidb_core::store::ServerRef;
use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use crate::view::Detail;

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

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const CHANGED: Style = AnsiColor::Yellow.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const HINT: Style = AnsiColor::Cyan.on_default();

/// Foreign text as it may be shown: nothing in it hides or moves, and no name fills the screen.
pub(crate) fn shown(text: &str) -> String {
    display_text(&shortened(text))
}

/// One line for standard error that is no error.
pub(crate) fn note(text: &str) -> String {
    format!("{} {}\n", paint(HINT, "Note:"), shown(text))
}

pub(crate) fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

pub(crate) fn done(text: &str) -> String {
    format!("{} {text}", paint(GOOD, "✓"))
}

/// "Staging (https://staging.example.com)", and a server without a profile by its URL alone.
pub(crate) fn server(name: &str, url: &str) -> String {
    if name == url { shown(url) } else { format!("{} ({})", shown(name), shown(url)) }
}

/// Name of a server then.
pub(crate) fn server_name(server: &ServerRef) -> String {
    shown(called(server))
}

/// The same, and where it is.
pub(crate) fn server_with_url(of: &ServerRef) -> String {
    server(called(of), &of.url)
}

fn called(server: &ServerRef) -> &str {
    server.environment_name.as_deref().unwrap_or(&server.url)
}

/// `text` with spaces behind it up to `width` columns.
pub(crate) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// The column that rows share: the widest of them, and no wider than `most`.
pub(crate) fn column<'a>(cells: impl IntoIterator<Item = &'a str>, most: usize) -> usize {
    cells.into_iter().map(UnicodeWidthStr::width).max().unwrap_or(0).min(most)
}

/// Rows as columns: every cell with spaces behind it up to the width of its column, which is no wider than `most`.
pub(crate) fn aligned<const N: usize>(rows: &[[String; N]], most: usize) -> impl Iterator<Item = [String; N]> {
    let widths: [usize; N] = array::from_fn(|index| column(rows.iter().map(|row| row[index].as_str()), most));
    rows.iter().map(move |row| array::from_fn(|index| padded(&row[index], widths[index])))
}

/// Lines that are put together.
#[derive(Default)]
pub(crate) struct Page(String);

impl Page {
    pub(crate) fn line(&mut self, text: impl AsRef<str>) {
        self.0.push_str(text.as_ref());
        self.0.push('\n');
    }

    pub(crate) fn blank(&mut self) {
        self.0.push('\n');
    }

    pub(crate) fn block(&mut self, text: &str) {
        self.0.push_str(text);
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}
