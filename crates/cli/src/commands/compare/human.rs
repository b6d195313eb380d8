//! What differs between two configurations: a table of both sides, which says nothing about which of them is right.

use aidb_core::config::display_text_limited;
use aidb_core::plan::{Change, Plan, describe_access};
use serde_json::Value;

use super::ComparisonDone;
use crate::view::Detail;
use crate::view::human::plan::notes;
use crate::view::human::{BOLD, DIM, Human, Page, column, counted, done, padded, paint, shown};

const WIDEST: usize = 40;
/// Number of rows that are shown unless all are asked for.
const MOST_ROWS: usize = 200;
/// Length of a value in messages, in characters.
const LONGEST_VALUE: usize = 60;
/// Sign for nothing on a side.
const NOTHING: &str = "–";

/// Subject, left side, right side.
type Row = [String; 3];

impl Human for ComparisonDone {
    fn human(&self, detail: Detail) -> String {
        let (left, right) = (shown(&self.comparison.left), shown(&self.comparison.right));
        let plan = &self.comparison.plan;
        let mut page = Page::default();
        if self.comparison.is_same() {
            page.line(done(&format!("{left} and {right} say the same about {}.", shown(plan.agent_id.as_str()))));
            notes(&mut page, plan);
            return page.into_text();
        }
        let rows = rows(plan);
        page.line(format!("{} between {left} and {right}", counted(rows.len(), "difference")));
        page.blank();
        table(&mut page, &[String::new(), left, right], rows, detail);
        if !plan.same.is_empty() {
            page.line(paint(
                DIM,
                &format!("  {} on both sides", counted(plan.same.len(), "equal resource permission")),
            ));
        }
        notes(&mut page, plan);
        page.into_text()
    }
}

fn table(page: &mut Page, heads: &Row, rows: Vec<Row>, detail: Detail) {
    let most = if detail == Detail::Verbose { usize::MAX } else { MOST_ROWS };
    let all = rows.len();
    let rows: Vec<Row> = rows.into_iter().take(most).collect();
    let width = |index: usize| column(rows.iter().chain([heads]).map(|row| row[index].as_str()), WIDEST);
    let (first, second) = (width(0), width(1));
    let line = |row: &Row| format!("  {}  {}  {}", padded(&row[0], first), padded(&row[1], second), row[2]);
    page.line(paint(BOLD, line(heads).trim_end()));
    for row in &rows {
        page.line(line(row));
    }
    if all > most {
        page.line(format!("  … and {} more (--verbose shows all)", all - most));
    }
}

/// The plan leads from the right side to the left one: what it sets is left, what it replaces is right.
fn rows(plan: &Plan) -> Vec<Row> {
    let fields = plan.unchangeable.iter().map(|difference| {
        let field = difference.field.trim_start_matches('/').replace(['/', '_'], " ");
        [shown(&field), value(&difference.wanted), value(&difference.target)]
    });
    fields.chain(plan.changes.iter().map(row)).collect()
}

fn row(change: &Change) -> Row {
    let access = |entry| shown(&describe_access(entry));
    let (left, right) = match change {
        Change::SetPermission { before, after, .. } => {
            (access(after), before.as_ref().map_or_else(|| NOTHING.into(), access))
        }
        Change::Revoke { before, .. } => (NOTHING.into(), access(before)),
        Change::Register { .. } => ("exists".into(), "does not exist".into()),
        Change::DeleteAgent { .. } => ("does not exist".into(), "exists".into()),
        Change::LinkDatabase { .. } => ("linked".into(), NOTHING.into()),
        Change::SetRateLimits { before, after } => (shown(&after.describe()), shown(&before.describe())),
    };
    [shown(change.subject()), left, right]
}

fn value(value: &Value) -> String {
    match value {
        Value::Null => NOTHING.into(),
        Value::String(text) => display_text_limited(text, LONGEST_VALUE),
        other => display_text_limited(&other.to_string(), LONGEST_VALUE),
    }
}
