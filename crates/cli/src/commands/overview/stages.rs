//! One agent in all stages, item by item.

use aidb_core::operations::{AgentStage, StagedItem, StagedValue};
use anstyle::Style;
use serde_json::{Value, json};

use super::StagesShown;
use super::human::table_lines;
use crate::view::Detail;
use crate::view::human::{CHANGED, DIM, Human, Page, shown};
use crate::view::json::{Json, present};

impl Human for StagesShown {
    fn human(&self, _detail: Detail) -> String {
        let mut page = Page::default();
        let stages = &self.stages.stages;
        if !stages.iter().any(|stage| stage.present == Ok(true)) {
            page.line(format!("No environment that could be read has an agent {}.", shown(self.agent.as_str())));
        }
        for stage in stages {
            if let Err(report) = &stage.present {
                page.line(format!("{}: cannot tell: {}", shown(&stage.environment.name), shown(&report.message)));
            }
        }
        if self.stages.items.is_empty() {
            return page.into_text();
        }
        let ids = std::iter::once(("id".into(), DIM)).chain(stages.iter().map(|stage| (shown(&stage.agent_id), DIM)));
        let items = self.stages.items.iter().map(|item| {
            let values = item.values.iter().zip(stages).map(|(value, stage)| described(value, stage));
            std::iter::once((shown(&item.name), Style::new())).chain(values).collect()
        });
        let heads = stages.iter().map(|stage| stage.environment.name.as_str());
        table_lines(&mut page, "Item", heads, std::iter::once(ids.collect()).chain(items).collect());
        page.into_text()
    }
}

fn described(value: &StagedValue, stage: &AgentStage) -> (String, Style) {
    let text = match (&stage.present, &value.text) {
        (Err(_), _) => return ("cannot tell".into(), DIM),
        (Ok(false), _) => return ("missing".into(), DIM),
        (Ok(true), Some(text)) => shown(text),
        (Ok(true), None) => "-".into(),
    };
    if value.differences.is_empty() {
        return (text, Style::new());
    }
    match value.differences.iter().all(|one| one.accepted.is_some()) {
        true => (format!("{text} (accepted)"), DIM),
        false => (format!("{text} (differs)"), CHANGED),
    }
}

impl Json for StagesShown {
    fn json(&self) -> Value {
        let stages = self.stages.stages.iter().map(|stage| {
            present(json!({
                "name": stage.environment.name,
                "agent_id": stage.agent_id,
                "present": stage.present.as_ref().ok(),
                "reason": stage.present.as_ref().err().map(|report| &report.message),
            }))
        });
        json!({
            "success": true,
            "action": "overview",
            "agent_id": self.agent,
            "environments": stages.collect::<Vec<_>>(),
            "items": self.stages.items.iter().map(item).collect::<Vec<_>>(),
        })
    }
}

fn item(item: &StagedItem) -> Value {
    let values = item.values.iter().map(|value| {
        let accepted = value.differences.iter().filter(|one| one.accepted.is_some()).count();
        json!({ "text": value.text, "differs": value.differences.len() > accepted, "accepted": accepted > 0 })
    });
    json!({ "name": item.name, "resource": item.is_resource, "values": values.collect::<Vec<_>>() })
}
