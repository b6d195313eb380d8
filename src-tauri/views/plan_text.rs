//! A plan as text, for a message to somebody.

use std::fmt::Write as _;

use aidb_core::config::display_text;
use aidb_core::numbers::grouped;
use aidb_core::plan::summary_lines;

use crate::contract::{NoteView, RowGroup};
use crate::plan_sessions::PlanSession;

/// Number of ids that are named of what stays as it is.
const MOST_NAMED: usize = 8;

/// Heading of a group.
pub(crate) const fn heading(group: RowGroup) -> &'static str {
    match group {
        RowGroup::Register => "Register",
        RowGroup::LinkDatabase => "Link database",
        RowGroup::GainsAccess => "Gains access",
        RowGroup::Changes => "Changes",
        RowGroup::LosesAccess => "Loses access",
        RowGroup::DeleteAgent => "Deletes the agent",
        RowGroup::CannotChange => "Differs, and the server cannot change it",
        RowGroup::Kept => "Not named, and stays",
        RowGroup::Same => "Same",
    }
}

const fn mark(group: RowGroup) -> char {
    match group {
        RowGroup::Register | RowGroup::LinkDatabase | RowGroup::GainsAccess => '+',
        RowGroup::Changes => '~',
        RowGroup::LosesAccess | RowGroup::DeleteAgent => '-',
        RowGroup::CannotChange => '!',
        RowGroup::Kept | RowGroup::Same => '=',
    }
}

/// The text of a plan as `plan_sessions` shows it: where a selection was made, `plan_sessions` holds what was selected.
pub(crate) fn text(session: &PlanSession) -> String {
    let plan = session.content.plan();
    let mut text = format!("Plan for {}", display_text(plan.agent_id.as_str()));
    if let Some(target) = &session.target {
        let _ = write!(text, " in {} ({})", target.name, target.url);
    }
    let _ = writeln!(text, ", from {}\n", display_text(&session.source));
    let lines = summary_lines(plan);
    let lines = if lines.is_empty() { vec!["Nothing".to_owned()] } else { lines };
    lines.iter().for_each(|line| text.push_str(&format!("  - {}\n", for_people(line))));
    text.push('\n');
    for (group, count) in session.rows.counts() {
        write_group(&mut text, session, group, count);
    }
    for note in crate::views::plans::sorted_notes(plan, &session.notes) {
        let _ = writeln!(text, "{}", note_line(&note));
    }
    text
}

/// Scripts look for "Set 1221 resource permissions", and people read "1,221".
fn for_people(line: &str) -> String {
    let word = |word: &str| match word.parse::<usize>() {
        Ok(count) => grouped(count),
        Err(_) => word.to_owned(),
    };
    line.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn write_group(text: &mut String, session: &PlanSession, group: RowGroup, count: usize) {
    let _ = writeln!(text, "{} ({})", heading(group), grouped(count));
    if matches!(group, RowGroup::Kept | RowGroup::Same) {
        let named: Vec<String> =
            session.group_rows(group).take(MOST_NAMED).map(|row| display_text(&row.subject)).collect();
        let more =
            if count > MOST_NAMED { format!(" … and {} more", grouped(count - MOST_NAMED)) } else { String::new() };
        let _ = writeln!(text, "  = {}{more}", named.join(", "));
        return;
    }
    for row in session.group_rows(group) {
        let _ = writeln!(text, "  {} {}: {}", mark(group), display_text(&row.subject), display_text(&row.words));
    }
}

/// A note with its weight in front.
pub(crate) fn note_line(note: &NoteView) -> String {
    use aidb_core::plan::NoteWeight::{Info, Risk, Warning};
    let word = match note.weight {
        Risk => "Risk",
        Warning => "Warning",
        Info => "Note",
    };
    format!("{word}: {}", display_text(&note.message))
}
