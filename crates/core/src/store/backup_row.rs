//! What a row of the table of backups says, whatever a failing disk made of it: a damaged backup is named and kept, never used, and
//! hides no other.

use chrono::DateTime;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Row, Sqlite, Type};

use super::StoreError;
use super::backups::{BackupId, BackupReason, BackupSummary, Existence, Pin};
use super::codec::parse_time;
use super::content::Facts;
use super::operations::OperationId;
use super::server_ref::ServerRef;
use crate::config::AgentId;

/// Everything but the content. A part that cannot be read stands for nothing, and the summary says which.
pub(super) fn summary_from(row: &SqliteRow) -> BackupSummary {
    let mut reading = Reading { row, unreadable: None };
    let id: String = reading.value("id").unwrap_or_default();
    let agent: String = reading.value("agent_id").unwrap_or_default();
    BackupSummary {
        sequence: reading.value("sequence").unwrap_or_default(),
        id: reading.parsed("id", &id, BackupId::parse).unwrap_or_else(|| BackupId::from_stored(id.clone())),
        server: reading.server(),
        agent_id: reading.parsed("agent", &agent, |id| AgentId::new(id).ok()).unwrap_or_else(|| AgentId::like(&agent)),
        taken_at: reading.parsed_column("taken_at", "time", parse_time).unwrap_or(DateTime::UNIX_EPOCH),
        // One that was asked for has an entry of its own in the history.
        reason: reading.parsed_column("reason", "reason", BackupReason::parse).unwrap_or(BackupReason::Requested),
        operation: reading.value::<Option<String>>("operation_id").flatten().map(OperationId::from_stored),
        name: reading.remark("name"),
        note: reading.remark("note"),
        pinned: reading.pin(),
        existed: reading.parsed_column("existed", "existence", Existence::parse).unwrap_or(Existence::Existed),
        resources: reading.value("resources").unwrap_or_default(),
        hash: reading.value("hash").unwrap_or_default(),
        unreadable: reading.unreadable.map(|part| format!("its {part} cannot be read")),
    }
}

/// A row, and the first part of it that could not be read.
struct Reading<'r> {
    row: &'r SqliteRow,
    unreadable: Option<&'static str>,
}

impl<'r> Reading<'r> {
    fn value<T: Decode<'r, Sqlite> + Type<Sqlite>>(&mut self, column: &'static str) -> Option<T> {
        let value = self.row.try_get(column).ok();
        self.noted(column, value)
    }

    /// What a person wrote on it. No part of what the hash covers: without it the backup is still of use.
    fn remark(&self, column: &'static str) -> Option<String> {
        self.row.try_get(column).unwrap_or_else(|_| Some("(cannot be read)".into()))
    }

    /// The same goes for the pin; in doubt it stays.
    fn pin(&self) -> Pin {
        let word = self.row.try_get::<String, _>("pinned");
        word.ok().and_then(|word| Pin::parse(&word)).unwrap_or(Pin::Pinned)
    }

    fn parsed_column<T>(
        &mut self,
        column: &'static str,
        part: &'static str,
        parse: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let word: String = self.value(column)?;
        self.parsed(part, &word, parse)
    }

    fn parsed<T>(&mut self, part: &'static str, text: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        self.noted(part, parse(text))
    }

    fn server(&mut self) -> ServerRef {
        let server = ServerRef::from_row(self.row).ok();
        self.noted("environment", server).unwrap_or_else(|| ServerRef::by_url(""))
    }

    fn noted<T>(&mut self, part: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.unreadable.get_or_insert(part);
        }
        value
    }
}

/// Whether a row is what was written. Anything that cannot even be read is damage as well.
pub(super) fn check_hash(id: &BackupId, row: &SqliteRow) -> Result<(), StoreError> {
    let damaged = |reason: &str| StoreError::BackupDamaged { id: id.to_string(), reason: reason.to_owned() };
    let read = || -> Result<(String, String), sqlx::Error> {
        let facts = Facts {
            id: row.try_get("id")?,
            environment_id: row.try_get("environment_id")?,
            environment_name: row.try_get("environment_name")?,
            url: row.try_get("url")?,
            agent_id: row.try_get("agent_id")?,
            taken_at: row.try_get("taken_at")?,
            reason: row.try_get("reason")?,
            operation_id: row.try_get("operation_id")?,
            existed: row.try_get("existed")?,
            resources: row.try_get("resources")?,
            tables: row.try_get("tables")?,
            state: row.try_get("state")?,
        };
        Ok((facts.hash(), row.try_get("hash")?))
    };
    match read() {
        Ok((computed, stored)) if computed == stored => Ok(()),
        Ok(_) => Err(damaged("its content does not match its hash")),
        Err(_) => Err(damaged("its content cannot be read")),
    }
}
