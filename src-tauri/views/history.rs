//! The history in the page's words.

use std::collections::BTreeMap;

use aidb_core::config::display_text;
use aidb_core::operations::{self as core, EntryKind, EntryOutcome, HistoryEntry, TakenAway};
use aidb_core::store::{BackupSummary, Existence, Pin, ServerRef};

use super::{number, time};
use crate::contract::{
    BackupView, EntryView, ErrorReport, HistoryRequest, HistoryServer, LastChange, LossView, OtherEntry, TimelineDot,
};

/// The engine's filter for what the page asked.
pub(crate) fn filter(request: &HistoryRequest) -> core::HistoryFilter {
    core::HistoryFilter {
        environment: request.environment.clone(),
        agent: request.agent.clone(),
        kind: request.kind,
        outcome: request.outcome,
        actor: request.actor.clone(),
        since: request.from,
        until: request.until,
        search: request.search.clone(),
    }
}

impl From<&ServerRef> for HistoryServer {
    fn from(server: &ServerRef) -> Self {
        Self {
            id: server.environment.as_ref().map(ToString::to_string),
            name: server.environment_name.clone().unwrap_or_else(|| server.url.clone()),
        }
    }
}

impl From<&HistoryEntry> for EntryView {
    fn from(entry: &HistoryEntry) -> Self {
        Self {
            id: entry.id().to_owned(),
            kind: entry.kind(),
            outcome: entry.outcome(),
            title: display_text(&entry.title()),
            summary: display_text(&entry.summary()),
            agent: entry.agent().map(str::to_owned),
            source: entry.source().map(display_text),
            gains: entry.counts().map(|counts| counts.gains),
            losses: entry.counts().map(|counts| counts.losses),
            server: entry.server().into(),
            actor: entry.actor().map(str::to_owned),
            note: entry.note().map(str::to_owned),
            at: time(entry.at()),
            duration_ms: entry.duration().map(|duration| number(duration.as_millis())),
            backup: entry.backup().map(|backup| backup.id.to_string()),
            pinned: entry.is_pinned(),
            other: entry
                .other()
                .map(|other| OtherEntry { id: other.operation().id.to_string(), title: display_text(&other.title()) }),
        }
    }
}

impl From<&TakenAway<'_>> for LossView {
    fn from(taken: &TakenAway<'_>) -> Self {
        Self {
            entry: taken.entry.into(),
            resource: taken.resource.clone(),
            permissions: taken.permissions.iter().map(|permission| permission.as_str().to_owned()).collect(),
        }
    }
}

impl From<&HistoryEntry> for TimelineDot {
    fn from(entry: &HistoryEntry) -> Self {
        Self {
            id: entry.id().to_owned(),
            at: time(entry.at()),
            server: entry.server().into(),
            kind: entry.kind(),
            outcome: entry.outcome(),
            title: display_text(&entry.title()),
        }
    }
}

/// The last change of each environment, of entries that are the newest first. What changed nothing at the server is none.
pub(crate) fn last_changes(entries: &[HistoryEntry]) -> Vec<LastChange> {
    let changed = |entry: &&HistoryEntry| {
        matches!(entry.kind(), EntryKind::Import | EntryKind::Promotion | EntryKind::Rollback | EntryKind::Recovery)
            && matches!(entry.outcome(), EntryOutcome::Done | EntryOutcome::NeedsAttention)
    };
    let mut last: Vec<LastChange> = Vec::new();
    for entry in entries.iter().filter(changed) {
        let Some(environment) = entry.server().environment.as_ref().map(ToString::to_string) else { continue };
        if last.iter().all(|known| known.environment != environment) {
            last.push(LastChange {
                environment,
                id: entry.id().to_owned(),
                title: display_text(&entry.title()),
                actor: entry.actor().map(str::to_owned),
                at: time(entry.at()),
            });
        }
    }
    last
}

/// A backup, and why it cannot be used where it cannot.
pub(crate) fn backup_view(backup: &BackupSummary, damage: Option<ErrorReport>) -> BackupView {
    BackupView {
        id: backup.id.to_string(),
        title: display_text(&HistoryEntry::Backup(Box::new(backup.clone())).title()),
        name: backup.name.clone(),
        note: backup.note.clone(),
        pinned: backup.pinned == Pin::Pinned,
        taken_at: time(backup.taken_at),
        server: (&backup.server).into(),
        agent: backup.agent_id.to_string(),
        resources: (backup.existed == Existence::Existed).then_some(backup.resources),
        damage,
    }
}

/// The environments of a history, each once, by the name that it had last.
pub(crate) fn servers(entries: &[HistoryEntry]) -> Vec<HistoryServer> {
    let mut by_id: BTreeMap<String, HistoryServer> = BTreeMap::new();
    for server in entries.iter().map(|entry| HistoryServer::from(entry.server())) {
        by_id.entry(server.id.clone().unwrap_or_else(|| server.name.clone())).or_insert(server);
    }
    let mut servers: Vec<HistoryServer> = by_id.into_values().collect();
    servers.sort_by(|one, other| one.name.cmp(&other.name));
    servers
}
