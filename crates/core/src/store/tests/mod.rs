//! The store on real files.

mod backups;
mod damage;
mod environments;
mod lock;
mod opening;
mod operations;
mod retention;

use std::path::Path;

use chrono::{DateTime, TimeZone, Utc};
use serde_json::{Map, json};
use tempfile::TempDir;

use super::*;
use crate::config::secrets::SecretFinding;
use crate::config::{Agent, AgentId, AgentState, DatabaseReference, LiveAgent, Permission, ResourcePermission};

async fn new_store() -> (TempDir, Store) {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(&home.path().join("data")).await.unwrap();
    (home, store)
}

fn folder(home: &TempDir) -> std::path::PathBuf {
    home.path().join("data")
}

fn day(day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, day, 8, 30, 0).unwrap()
}

fn agent_id(id: &str) -> AgentId {
    AgentId::new(id).unwrap()
}

/// An agent that uses everything a state can hold.
fn state(resources: usize) -> AgentState {
    let info = json!({ "description": "Für Kund:innen \u{1f600}", "big": 18446744073709551616_u128.to_string(), "deep": [{"a": [null, true]}] });
    let mut info: Map<_, _> = info.as_object().unwrap().clone();
    // Numbers that a float would change.
    info.insert("exact".into(), serde_json::from_str("[1.10, 18446744073709551617, 1e400, -0.0]").unwrap());
    let resource_permissions = (0..resources)
        .map(|n| (format!("table_{n:06}"), ResourcePermission::new("table", [Permission::Read, Permission::Write])))
        .collect();
    AgentState::Present(Box::new(LiveAgent {
        agent: Agent {
            agent_id: "orders".into(),
            name: "Orders".into(),
            agent_type: Some("analytics".into()),
            database: Some(DatabaseReference { database_type: Some("postgresql".into()), ..Default::default() }),
            resource_permissions,
            info,
        },
        linked_at: Some("2026-11-22T13:04:52.727893Z".into()),
        registered_at: Some("2026-01-01T00:00:00".into()),
        withheld: vec![SecretFinding { pointer: "/token".into(), kind: "AWS access key".into() }],
        rate_limits: None,
    }))
}

fn new_backup<'a>(server: &'a ServerRef, agent: &'a AgentId, state: &'a AgentState) -> NewBackup<'a> {
    NewBackup {
        server,
        agent_id: agent,
        state,
        tables: None,
        reason: BackupReason::Requested,
        operation: None,
        taken_at: day(1),
        note: None,
    }
}

fn new_operation(agent: &str) -> NewOperation {
    NewOperation {
        kind: OperationKind::Import,
        server: ServerRef::by_url("https://staging.example.com"),
        agent_id: agent_id(agent),
        mode: "merge".into(),
        actor: "ada".into(),
        reason: Some("quarterly".into()),
        started_at: day(1),
        plan_json: Some("{\"changes\":[]}".into()),
        fingerprint: Some("f00d".into()),
        source: Some("orders.json".into()),
        program: Program::Terminal,
        saved_plan: None,
        counts: None,
        batch: None,
    }
}

fn by() -> By {
    By { actor: "ada".into(), program: Program::Terminal, at: day(1) }
}

fn ended(state: OperationState) -> End<'static> {
    End { state, summary: "Set 5 resource permissions.", outcome_json: Some("[1]"), cause: None, at: day(2) }
}

/// Every file below `folder` with its content.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}
