//! A plan as a page for an approver: one file that needs nothing else, runs nothing, and prints.

use std::fmt::Write as _;

use aidb_core::config::display_text;
use aidb_core::numbers::grouped;

use super::plan_text::{heading, note_line};
use super::plans::sorted_notes;
use super::time;
use crate::contract::{ChipChange, RowGroup, RowView};
use crate::plan_sessions::PlanSession;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;color:#1a1a2e;max-width:60rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:1.5rem}table{border-collapse:collapse;width:100%}\
td,th{text-align:left;vertical-align:top;padding:.3rem .5rem;border-bottom:1px solid #ccd}\
code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}.lost{color:#a3152a;text-decoration:line-through}\
.gained{color:#0b6b3a;font-weight:600}dt{font-weight:600}dd{margin:0 0 .5rem}\
@media print{body{margin:0;max-width:none}tr{break-inside:avoid}}";

/// The page. `plan_sessions` holds what was chosen; `left_out` changes were not.
pub(crate) fn page(session: &PlanSession, left_out: usize, actor: &str) -> String {
    let plan = session.content.plan();
    let title = match &session.target {
        Some(target) => format!("Plan for {} in {}", plan.agent_id, target.name),
        None => format!("Comparison of {}", plan.agent_id),
    };
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>{0}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<h1>{0}</h1>\n",
        escaped(&title)
    );
    facts(&mut page, session, left_out, actor);
    for note in sorted_notes(plan, &session.notes) {
        let _ = writeln!(page, "<p>{}</p>", escaped(&note_line(&note)));
    }
    for (group, count) in session.rows.counts() {
        table(&mut page, session, group, count);
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn facts(page: &mut String, session: &PlanSession, left_out: usize, actor: &str) {
    let plan = session.content.plan();
    let target = session.target.as_ref().map(|target| format!("{} ({})", target.name, target.url));
    let facts = [
        ("From", Some(session.source.clone())),
        ("Into", target),
        ("How", Some(plan.mode.as_str().to_owned())),
        ("Changes", Some(grouped(plan.item_count()))),
        ("Not chosen", (left_out > 0).then(|| left_out.to_string())),
        ("Made at", Some(time(session.made_at))),
        ("Made by", Some(actor.to_owned())),
        ("Fingerprint of the target", Some(plan.fingerprint.to_string())),
    ];
    page.push_str("<dl>\n");
    for (name, value) in facts {
        if let Some(value) = value {
            let _ = writeln!(page, "<dt>{name}</dt><dd>{}</dd>", escaped(&value));
        }
    }
    page.push_str("</dl>\n");
}

fn table(page: &mut String, session: &PlanSession, group: RowGroup, count: usize) {
    let _ = writeln!(page, "<h2>{} ({})</h2>\n<table>", heading(group), grouped(count));
    page.push_str(
        "<thead><tr><th>What</th><th>Type</th><th>What happens</th><th>Permissions</th></tr></thead>\n<tbody>\n",
    );
    session.group_rows(group).for_each(|row| line(page, &row));
    page.push_str("</tbody>\n</table>\n");
}

fn line(page: &mut String, row: &RowView) {
    let kind = escaped(row.resource_type.as_deref().unwrap_or_default());
    let _ = write!(page, "<tr><td><code>{}</code></td><td>{kind}</td>", escaped(&row.subject));
    let _ = write!(page, "<td>{}</td><td>", escaped(&row.words));
    for chip in &row.chips {
        let (class, sign) = match chip.change {
            ChipChange::Kept => ("kept", ""),
            ChipChange::Gained => ("gained", "+"),
            ChipChange::Lost => ("lost", "\u{2212}"),
        };
        let _ = write!(page, "<span class=\"{class}\">{sign}{}</span> ", escaped(&chip.permission));
    }
    page.push_str("</td></tr>\n");
}

/// Text within an element or a quoted attribute, and nothing else than text.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in display_text(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}
