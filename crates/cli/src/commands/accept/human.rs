use aidb_core::store::AcceptedDifference;
use chrono::{DateTime, Local, TimeDelta, Utc};

use super::{AcceptDone, AcceptedShown};
use crate::commands::pair::name_of;
use crate::view::Detail;
use crate::view::human::{BOLD, DIM, Human, Page, done, paint, shown};

impl Human for AcceptedShown {
    fn human(&self, _detail: Detail) -> String {
        let mut page = Page::default();
        if self.accepted.is_empty() {
            page.line("No accepted differences.");
        }
        for one in &self.accepted {
            let what = self.what(one);
            page.line(match self.done {
                AcceptDone::Listed => format!("{}  {what}", paint(BOLD, one.id.as_str())),
                AcceptDone::Added => done(&format!("Accepted until {}: {what}", last_day(one.until))),
                AcceptDone::Removed => done(&format!("No longer accepted: {what}")),
            });
            if self.done == AcceptDone::Listed {
                page.line(format!("    {}", shown(&one.reason)));
                let ends = if one.until > Utc::now() { "until" } else { "ended with" };
                let by = format!("{ends} {}, by {}", last_day(one.until), shown(&one.actor));
                page.line(format!("    {}", paint(DIM, &by)));
            }
        }
        page.into_text()
    }
}

impl AcceptedShown {
    fn what(&self, one: &AcceptedDifference) -> String {
        let environment = shown(name_of(&self.environments, &one.agent.environment));
        let agent = shown(&one.agent.agent_id);
        format!("{environment}/{agent} {}: {}", shown(one.name()), shown(&one.says))
    }
}

/// The last day on which it counts: it ends with the midnight after it.
fn last_day(until: DateTime<Utc>) -> String {
    (until - TimeDelta::seconds(1)).with_timezone(&Local).format("%Y-%m-%d").to_string()
}
