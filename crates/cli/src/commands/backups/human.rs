//! Backups: the list, one of them, what a check found.

use aidb_core::error::Explain;
use aidb_core::plan::describe_access;
use aidb_core::store::{BackupReason, BackupSummary, Existence, Pin};

use super::{BackupExported, BackupList, BackupShown, BackupTaken, BackupsVerified};
use crate::view::Detail;
use crate::view::human::{
    BAD, BOLD, DIM, GOOD, Human, Page, aligned, column, counted, done, padded, paint, server_name, server_with_url,
    shown,
};

/// The widest column of ids and names.
const WIDEST: usize = 40;

fn describe_reason(reason: BackupReason) -> &'static str {
    match reason {
        BackupReason::BeforeImport => "before an import",
        BackupReason::BeforeRollback => "before a rollback",
        BackupReason::Requested => "on request",
        BackupReason::Received => "from a file",
    }
}

fn holds(summary: &BackupSummary) -> String {
    if summary.unreadable.is_some() {
        return "damaged".into();
    }
    match summary.existed {
        Existence::Existed => counted(summary.resources as usize, "permission"),
        Existence::DidNotExist => "did not exist".into(),
    }
}

fn taken_at(summary: &BackupSummary) -> String {
    summary.taken_at.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M:%S").to_string()
}

impl Human for BackupList {
    fn human(&self, _detail: Detail) -> String {
        let mut page = Page::default();
        if self.backups.is_empty() {
            page.line("No backups.");
        }
        let cells: Vec<[String; 6]> = self.backups.iter().map(cells).collect();
        for mut line in aligned(&cells, WIDEST) {
            line[0] = paint(BOLD, &line[0]);
            page.line(line.join("  ").trim_end());
        }
        page.into_text()
    }
}

fn cells(summary: &BackupSummary) -> [String; 6] {
    let name = summary.name.as_deref().or(summary.note.as_deref()).unwrap_or_default();
    let pinned = if summary.pinned == Pin::Pinned { " (pinned)" } else { "" };
    [
        summary.id.to_string(),
        taken_at(summary),
        server_name(&summary.server),
        shown(summary.agent_id.as_str()),
        format!("{}, {}", holds(summary), describe_reason(summary.reason)),
        format!("{}{pinned}", shown(name)),
    ]
}

impl Human for BackupShown {
    fn human(&self, detail: Detail) -> String {
        let (backup, summary) = (&self.backup, &self.backup.summary);
        let mut page = Page::default();
        page.line(paint(BOLD, summary.id.as_str()));
        page.line(format!("  Agent        {}", shown(summary.agent_id.as_str())));
        page.line(format!("  Environment  {}", server_with_url(&summary.server)));
        page.line(format!("  Taken        {}, {}", taken_at(summary), describe_reason(summary.reason)));
        for (title, text) in [("Name", &summary.name), ("Note", &summary.note)] {
            if let Some(text) = text {
                page.line(format!("  {title:<11}  {}", shown(text)));
            }
        }
        match backup.state.present() {
            None => page.line("  The agent did not exist: restoring this backup deletes it."),
            Some(live) => {
                let kind = live.agent.agent_type.as_deref().map(|kind| format!(" ({})", shown(kind)));
                page.line(format!("  Called       {}{}", shown(&live.agent.name), kind.unwrap_or_default()));
                let limits = live.rate_limits.as_ref().map(|limits| shown(&limits.describe()));
                page.line(format!("  Rate limits  {}", limits.unwrap_or_else(|| "not in this backup".into())));
                permissions(&mut page, &live.agent.resource_permissions, detail);
            }
        }
        page.into_text()
    }
}

fn permissions(page: &mut Page, resources: &aidb_core::config::ResourcePermissions, detail: Detail) {
    let most = if detail == Detail::Verbose { usize::MAX } else { 200 };
    page.line(format!("  {}", counted(resources.len(), "resource permission")));
    let names: Vec<String> = resources.keys().take(most).map(|id| shown(id)).collect();
    let width = column(names.iter().map(String::as_str), WIDEST);
    for (name, entry) in names.iter().zip(resources.values()) {
        page.line(format!("    {}  {}", padded(name, width), shown(&describe_access(entry))));
    }
    if resources.len() > most {
        page.line(format!("    … and {} more (--verbose shows all)", resources.len() - most));
    }
}

impl Human for BackupTaken {
    fn human(&self, _detail: Detail) -> String {
        let summary = &self.backup.summary;
        let mut page = Page::default();
        page.line(done(&format!(
            "Backup {} of {} in {} taken and read back: {}.",
            summary.id,
            shown(summary.agent_id.as_str()),
            server_name(&summary.server),
            holds(summary)
        )));
        page.line(format!("  To go back: aidb migrate rollback --backup {}", summary.id));
        page.into_text()
    }
}

impl Human for BackupExported {
    fn human(&self, _detail: Detail) -> String {
        let path = shown(&self.path.display().to_string());
        format!("{}\n", done(&format!("Configuration exported to {path}, from backup {}", self.backup.summary.id)))
    }
}

impl Human for BackupsVerified {
    fn human(&self, detail: Detail) -> String {
        let mut page = Page::default();
        for (summary, result) in &self.verified {
            if detail == Detail::Verbose && result.is_ok() {
                let agent = shown(summary.agent_id.as_str());
                page.line(format!("{} {}  {}", paint(GOOD, "✓"), summary.id, paint(DIM, &agent)));
            }
        }
        let whole = self.verified.iter().filter(|(_, result)| result.is_ok()).count();
        if whole == self.verified.len() {
            page.line(done(&match whole {
                0 => "There are no backups to check.".into(),
                1 => "1 backup is whole.".into(),
                count => format!("{count} backups are whole."),
            }));
        } else {
            page.line(format!("Whole: {whole} of {}.", counted(self.verified.len(), "backup")));
        }
        page.into_text()
    }

    fn complaint(&self, _detail: Detail) -> String {
        let mut page = Page::default();
        for (summary, result) in &self.verified {
            if let Err(error) = result {
                let whose = format!("{} in {}", shown(summary.agent_id.as_str()), server_name(&summary.server));
                page.line(format!("{} {}: {} ({whose})", paint(BAD, "✗"), summary.id, shown(&error.to_string())));
                if let Some(hint) = error.hint() {
                    page.line(format!("  Hint: {}", shown(&hint)));
                }
            }
        }
        page.into_text()
    }
}
