use aidb_core::operations::AgentStanding;
use aidb_core::store::{Batch, BatchAgent, OperationKind};
use anstyle::Style;
use chrono::{DateTime, Local, Utc};

use super::{BatchList, BatchShown, NothingLeft};
use crate::view::Detail;
use crate::view::human::{BAD, BOLD, DIM, GOOD, Human, Page, aligned, counted, padded, paint, server_name, shown};

/// The widest column.
const WIDEST: usize = 60;

/// The standings in the order in which they are counted.
const STANDINGS: [AgentStanding; 6] = [
    AgentStanding::Done,
    AgentStanding::PutBack,
    AgentStanding::NeedsAttention,
    AgentStanding::Open,
    AgentStanding::Refused,
    AgentStanding::NotStarted,
];

impl Human for BatchList {
    fn human(&self, _detail: Detail) -> String {
        let mut page = Page::default();
        if self.batches.is_empty() {
            page.line("No batches: several agents have not been changed in one go yet.");
        }
        let rows: Vec<[String; 5]> = self
            .batches
            .iter()
            .map(|batch| {
                let by = format!("by {}", shown(&batch.actor));
                [batch.id.to_string(), local(batch.started_at), title(batch), counts(batch), by]
            })
            .collect();
        for mut line in aligned(&rows, WIDEST) {
            line[0] = paint(BOLD, &line[0]);
            page.line(line.join("  ").trim_end());
        }
        page.into_text()
    }
}

impl Human for BatchShown {
    fn human(&self, _detail: Detail) -> String {
        let batch = &self.batch;
        let mut page = Page::default();
        page.line(format!("{}  {}", paint(BOLD, batch.id.as_str()), title(batch)));
        page.line(format!("  {} by {}: {}", local(batch.started_at), shown(&batch.actor), counts(batch)));
        if let Some(reason) = &batch.reason {
            page.line(format!("  {}", shown(reason)));
        }
        page.blank();
        let ids: Vec<[String; 1]> = batch.agents.iter().map(|agent| [shown(agent.agent_id.as_str())]).collect();
        for ([id], agent) in aligned(&ids, WIDEST).zip(&batch.agents) {
            let (word, style) = describe(agent.standing());
            page.line(match why(agent) {
                Some(why) => format!("  {id}  {}  {}", paint(style, &padded(word, 15)), shown(&why)),
                None => format!("  {id}  {}", paint(style, word)),
            });
        }
        page.blank();
        if batch.has_rest() {
            page.line(format!("To go on with the rest: aidb migrate batch resume {}", batch.id));
        }
        if batch.count(AgentStanding::Done) > 0 {
            page.line(format!("To go back with all of them: aidb migrate batch undo {}", batch.id));
        }
        page.into_text()
    }
}

impl Human for NothingLeft {
    fn human(&self, _detail: Detail) -> String {
        match self.action {
            "resume" => format!("Every agent of {} is done.\n", self.batch.id),
            _ => {
                format!("Nothing of {} is to be taken back: no agent differs from what it was before.\n", self.batch.id)
            }
        }
    }
}

fn title(batch: &Batch) -> String {
    let agents = counted(batch.agents.len(), "agent");
    let (source, target) = (shown(&batch.source), server_name(&batch.server));
    match (&batch.undoes, batch.kind) {
        (Some(undone), _) => format!("Took back {undone}: {agents} in {target}"),
        (None, OperationKind::Promotion) => format!("Promoted {agents} from {source} to {target}"),
        (None, OperationKind::Rollback) => format!("Restored {agents} in {target}"),
        (None, _) => format!("Imported {agents} into {target}"),
    }
}

fn counts(batch: &Batch) -> String {
    let counts = STANDINGS.into_iter().map(|standing| (batch.count(standing), describe(standing).0));
    let counts = counts.filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    counts.collect::<Vec<_>>().join(", ")
}

fn why(agent: &BatchAgent) -> Option<String> {
    match agent.standing() {
        AgentStanding::Refused => agent.refused.as_ref().map(|report| report.message.clone()),
        AgentStanding::PutBack | AgentStanding::NeedsAttention => {
            agent.operation.as_ref().and_then(|operation| operation.summary.clone())
        }
        AgentStanding::Done | AgentStanding::Open | AgentStanding::NotStarted => None,
    }
}

pub(super) const fn describe(standing: AgentStanding) -> (&'static str, Style) {
    match standing {
        AgentStanding::Done => ("done", GOOD),
        AgentStanding::PutBack => ("put back", BAD),
        AgentStanding::NeedsAttention => ("needs attention", BAD),
        AgentStanding::Open => ("in the middle", BAD),
        AgentStanding::Refused => ("not begun", BAD),
        AgentStanding::NotStarted => ("not started", DIM),
    }
}

fn local(at: DateTime<Utc>) -> String {
    at.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S").to_string()
}
