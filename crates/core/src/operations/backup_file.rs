//! A backup in a file of its own: complete, "it did not exist" included, for a machine whose store does not have it.
//!
//! Each line is a JSON document with a checksum over its backup. It says what to restore, and never where a key goes: the person
//! names the server, and another one than the backup's is refused.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::target::server_key;
use super::{Beside, Error, RollbackSource, Target};
use crate::config::escaped_json;
use crate::files;
use crate::store::Backup;

/// The version of the form. Another one is refused, never guessed at.
const FORMAT: u32 = 1;
/// Name of the file in errors.
const WHAT: &str = "Backup file";

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    backup_format: u32,
    saved: Saved,
    /// SHA-256, in hex, over `saved` as compact JSON.
    sha256: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    /// As the store has it, with its own hash.
    backup: Backup,
    /// Tells the agent that was registered right after the backup from another of the same id: see `KeyHash::mark`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    registered: Option<String>,
}

/// A file of backups that was read and is whole.
#[derive(Debug)]
pub struct BackupFile {
    path: PathBuf,
    saved: Vec<Saved>,
}

/// Adds a backup to a file, and reads back what it wrote: what this aidb could not use again is no backup.
pub(super) fn write(out: &Beside, backup: &Backup, registered: Option<String>) -> Result<(), Error> {
    let damaged = |reason: String| Error::BackupFileDamaged { path: out.path().into(), reason };
    let saved = Saved { backup: backup.clone(), registered };
    let sha256 = checksum(&saved).map_err(damaged)?;
    let line = Line { backup_format: FORMAT, saved, sha256 };
    let text = serde_json::to_string(&line).map_err(|error| damaged(error.to_string()))?;
    let read: Line = serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
    if read.saved.backup != *backup || checksum(&read.saved).map_err(damaged)? != line.sha256 {
        return Err(damaged("it does not hold what was given to it".into()));
    }
    Ok(out.add(backup.summary.id.to_string(), escaped_json(&text))?)
}

impl BackupFile {
    /// Whether this begins as such a file does: one that is cut short is a damaged backup, and not a strange configuration.
    #[must_use]
    pub fn is_one(bytes: &[u8]) -> bool {
        let text = bytes.trim_ascii_start();
        text.strip_prefix(b"{").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"\"backup_format\""))
    }

    /// Reads a file of backups; `None` where it is none, and may be a configuration.
    ///
    /// # Errors
    /// The file cannot be read, is one of another version, was edited, or is cut short.
    pub fn read(path: &Path) -> Result<Option<Self>, Error> {
        let bytes = files::read(path, WHAT)?;
        if !Self::is_one(&bytes) {
            return Ok(None);
        }
        let damaged = |reason: String| Error::BackupFileDamaged { path: path.into(), reason };
        let mut saved = Vec::new();
        for document in serde_json::Deserializer::from_slice(&bytes).into_iter::<serde_json::Value>() {
            let document = document.map_err(|_| damaged("it is cut short, or was edited".into()))?;
            if document.get("backup_format").and_then(serde_json::Value::as_u64) != Some(u64::from(FORMAT)) {
                return Err(damaged("it was written by another version of aidb".into()));
            }
            let edited = |_| damaged("its content is not what was written".into());
            let line: Line = serde_json::from_value(document).map_err(edited)?;
            if checksum(&line.saved).map_err(damaged)? != line.sha256 {
                return Err(damaged("its content does not match its hash".into()));
            }
            saved.push(line.saved);
        }
        Ok(Some(Self { path: path.into(), saved }))
    }

    /// The backup of one agent; without a name there has to be one alone.
    ///
    /// # Errors
    /// Backups of several agents and no name, or none of that name.
    pub fn choose(self, agent: Option<&str>) -> Result<RollbackSource, Error> {
        let Self { path, mut saved } = self;
        let mut agents: Vec<String> = saved.iter().map(|saved| saved.backup.summary.agent_id.to_string()).collect();
        // Agents of a batch come to their backups in any order.
        agents.sort_unstable();
        if let (Some(agent), 2..) = (agent, saved.len()) {
            saved.retain(|saved| saved.backup.summary.agent_id.as_str() == agent);
        }
        let last = saved.pop();
        match last {
            Some(Saved { backup, registered }) if saved.is_empty() => {
                Ok(RollbackSource::Kept { path, backup: Box::new(backup), registered })
            }
            _ => Err(Error::WhichBackup { path, agents }),
        }
    }
}

/// Refuses a server that is not the one the backup in a file was taken at.
pub(super) fn refuse_elsewhere(path: &Path, backup: &Backup, target: &Target) -> Result<(), Error> {
    let server = &backup.summary.server;
    if server_key(&server.url) == server_key(&target.server.url) {
        return Ok(());
    }
    Err(Error::BackupElsewhere { path: path.into(), taken_at: server.url.clone(), named: target.server.url.clone() })
}

fn checksum(saved: &Saved) -> Result<String, String> {
    let bytes = serde_json::to_vec(saved).map_err(|error| error.to_string())?;
    Ok(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}
