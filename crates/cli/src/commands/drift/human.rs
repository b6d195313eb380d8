use aidb_core::operations::{AgentDrift, DriftStanding};
use chrono::Local;

use super::{DriftAccepted, DriftShown};
use crate::view::Detail;
use crate::view::human::{BAD, BOLD, CHANGED, DIM, Human, Page, counted, done, paint, shown};

impl Human for DriftShown {
    fn human(&self, _detail: Detail) -> String {
        let mut page = Page::default();
        if self.environments.is_empty() {
            page.line("No environments yet. Add one with `aidb env add NAME --url URL`.");
        }
        for environment in &self.environments {
            let name = paint(BOLD, &shown(&environment.environment.name));
            let agents = match &environment.agents {
                Ok(agents) => agents,
                Err(report) => {
                    page.line(format!("{name}: cannot tell: {}", shown(&report.message)));
                    continue;
                }
            };
            let drifted = agents.iter().filter(|agent| agent.standing.is_drift()).count();
            let unknown = agents.iter().filter(|agent| agent.standing == DriftStanding::NoBaseline).count();
            let mut words = vec![match drifted {
                0 => "nothing was changed outside aidb".to_owned(),
                _ => format!("{} changed outside aidb", counted(drifted, "agent")),
            }];
            if unknown > 0 {
                words.push(format!("{} that aidb has never read or written", counted(unknown, "agent")));
            }
            page.line(format!("{name}: {}", words.join(", ")));
            for agent in agents {
                one(&mut page, agent);
            }
        }
        page.into_text()
    }
}

fn one(page: &mut Page, agent: &AgentDrift) {
    let id = shown(agent.agent_id.as_str());
    let since = agent
        .baseline
        .as_ref()
        .map(|baseline| format!(" since {}", baseline.since.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S")));
    let since = paint(DIM, &since.unwrap_or_default());
    match &agent.standing {
        DriftStanding::Same | DriftStanding::NoBaseline => {}
        DriftStanding::Gone => page.line(format!("  {id}  {}{since}", paint(BAD, "is gone"))),
        DriftStanding::Came => page.line(format!("  {id}  {}{since}", paint(CHANGED, "is new"))),
        DriftStanding::Unread(report) => page.line(format!("  {id}  cannot tell: {}", shown(&report.message))),
        DriftStanding::Changed { items } => {
            page.line(format!("  {id}  {}{since}", paint(CHANGED, &counted(items.len(), "item"))));
            for item in items {
                page.line(format!("    {}: {} → {}", shown(&item.name), shown(&item.was), shown(&item.now)));
            }
        }
    }
}

impl Human for DriftAccepted {
    fn human(&self, _detail: Detail) -> String {
        let mut page = Page::default();
        for backup in &self.backups {
            let (agent, id) = (shown(backup.summary.agent_id.as_str()), &backup.summary.id);
            page.line(done(&format!("{agent} is accepted as it is now ({id}).")));
        }
        page.into_text()
    }
}
