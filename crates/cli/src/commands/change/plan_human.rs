//! Plans: what would be done, or is about to be.

use super::planned::{PlanShown, PlansShown, Purpose};
use crate::view::Detail;
use crate::view::human::plan::{body, summary};
use crate::view::human::{BOLD, Human, Page, paint, server, shown};

impl Human for PlansShown<'_> {
    fn human(&self, detail: Detail) -> String {
        let mut page = Page::default();
        if self.purpose == Purpose::DryRun {
            page.line("Dry run mode - no changes will be made");
            page.blank();
        }
        for (index, plan) in self.plans.iter().enumerate() {
            if index > 0 {
                page.blank();
            }
            one(&mut page, plan, self, detail);
        }
        page.into_text()
    }
}

fn one(page: &mut Page, shown_plan: &PlanShown<'_>, all: &PlansShown<'_>, detail: Detail) {
    let plan = shown_plan.plan;
    if all.plans.len() > 1 {
        page.line(paint(BOLD, &shown(shown_plan.source)));
    }
    page.line(match all.purpose {
        Purpose::DryRun => "Would perform:",
        Purpose::Apply => "Plan:",
    });
    for line in summary(plan) {
        page.line(format!("  - {line}"));
    }
    page.blank();
    page.line(format!(
        "{} in {}",
        paint(BOLD, &shown(plan.agent_id.as_str())),
        server(shown_plan.server, shown_plan.url)
    ));
    page.block(&body(plan, detail));
}
