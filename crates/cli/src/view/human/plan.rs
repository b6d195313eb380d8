//! A plan: what would be done, in counted groups and plain words.

use aidb_core::plan::{Group, Item, Mode, NoteCode, NoteWeight, Plan, summary_lines};

use super::{BAD, CHANGED, DIM, GOOD, Page, WARNING, column, counted, padded, paint, shown};
use crate::view::Detail;

/// Number of rows of a plan that are shown unless all are asked for.
const MOST_ROWS: usize = 200;
/// Number of ids that are named of what stays as it is.
const MOST_NAMED: usize = 8;
/// The widest column of ids.
const WIDEST: usize = 48;

/// The groups in the order in which they are shown.
const GROUPS: [(Group, &str); 6] = [
    (Group::Register, "Register"),
    (Group::LinkDatabase, "Link database"),
    (Group::GainsAccess, "Gains access"),
    (Group::Changes, "Changes"),
    (Group::LosesAccess, "Loses access"),
    (Group::DeleteAgent, "Deletes the agent"),
];

pub(crate) fn summary(plan: &Plan) -> Vec<String> {
    let lines = summary_lines(plan);
    if lines.is_empty() { vec!["Nothing".into()] } else { lines }
}

/// The detail of a plan.
pub(crate) fn body(plan: &Plan, detail: Detail) -> String {
    let mut page = Page::default();
    changes(&mut page, plan, detail);
    unchangeable(&mut page, plan);
    stays(&mut page, "Same", &plan.same, detail);
    let title = match plan.mode {
        Mode::Merge => "Not named, and stays",
        Mode::Exact => "Stays",
    };
    stays(&mut page, title, &plan.kept, detail);
    notes(&mut page, plan);
    page.into_text()
}

fn changes(page: &mut Page, plan: &Plan, detail: Detail) {
    let most = if detail == Detail::Verbose { usize::MAX } else { MOST_ROWS };
    let subjects: Vec<String> = plan.changes.iter().take(most).map(|change| shown(change.subject())).collect();
    let width = column(subjects.iter().map(String::as_str), WIDEST);
    let mut rows = 0;
    for (group, title) in GROUPS {
        let inside: Vec<Item<'_>> = plan.items().filter(|item| item.group() == group).collect();
        if inside.is_empty() {
            continue;
        }
        page.line(format!("  {title} ({})", inside.len()));
        for item in inside.iter().take(most.saturating_sub(rows)) {
            page.line(row(item, width));
        }
        rows += inside.len();
    }
    if rows > most {
        page.line(format!("  … and {} more (--verbose shows all)", rows - most));
    }
}

fn row(item: &Item<'_>, width: usize) -> String {
    let change = item.change();
    let (symbol, style) = match item.group() {
        Group::Register | Group::LinkDatabase | Group::GainsAccess => ("+", GOOD),
        Group::Changes => ("~", CHANGED),
        Group::LosesAccess | Group::DeleteAgent => ("-", BAD),
    };
    format!(
        "    {}  {}",
        paint(style, &format!("{symbol} {}", padded(&shown(change.subject()), width))),
        shown(&change.describe())
    )
}

fn unchangeable(page: &mut Page, plan: &Plan) {
    if plan.unchangeable.is_empty() {
        return;
    }
    page.line(format!("  Differs, and the server cannot change it ({})", plan.unchangeable.len()));
    for difference in &plan.unchangeable {
        page.line(format!("    {}", paint(CHANGED, &format!("! {}", shown(&difference.describe())))));
    }
}

fn stays(page: &mut Page, title: &str, ids: &[String], detail: Detail) {
    if ids.is_empty() {
        return;
    }
    let most = if detail == Detail::Verbose { usize::MAX } else { MOST_NAMED };
    let named: Vec<String> = ids.iter().take(most).map(|id| shown(id)).collect();
    let more = if ids.len() > most { format!(" … and {} more", ids.len() - most) } else { String::new() };
    page.line(format!("  {title} ({})", ids.len()));
    page.line(paint(DIM, &format!("    = {}{more}", named.join(", "))));
}

pub(crate) fn notes(page: &mut Page, plan: &Plan) {
    let mut notes: Vec<_> = plan.notes.iter().collect();
    notes.sort_by_key(|note| std::cmp::Reverse(note.weight));
    for note in notes {
        let word = match note.weight {
            NoteWeight::Risk => paint(BAD, "Risk:"),
            NoteWeight::Warning => paint(WARNING, "Warning:"),
            NoteWeight::Info => paint(DIM, "Note:"),
        };
        let more = match note.code {
            NoteCode::AlreadyLinked => " (--relink links it anew)",
            _ => "",
        };
        page.line(format!("  {word} {}{more}", shown(&note.message)));
    }
}

/// "5 changes", for questions and results.
pub(crate) fn count(plan: &Plan) -> String {
    counted(plan.item_count(), "change")
}
