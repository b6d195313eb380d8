//! The support bundle: one JSON file with what whoever helps needs to know, and no secret.

use std::path::Path;

use aidb_core::config::escaped_json;
use aidb_core::config::secrets::looks_secret;
use aidb_core::files::{self, Overwrite};
use aidb_core::numbers::grouped;
use aidb_core::operations::Engine;
use aidb_core::store::{Environment, OperationFilter, OperationSummary};
use serde_json::{Map, Value, json};

use crate::contract::{ErrorReport, WrittenFile};
use crate::desktop::Desktop;
use crate::views::environments::{keychain, now};

/// Number of entries of the history.
const ENTRIES: u32 = 200;

/// Writes it. A part that cannot be read is said in its place: a bundle is asked for when something is broken.
pub(crate) async fn write(desktop: &Desktop, path: &Path, overwrite: Overwrite) -> Result<WrittenFile, ErrorReport> {
    let mut withheld = 0;
    let bundle = without_secrets(None, collected(desktop).await, &mut withheld);
    let text = escaped_json(&format!("{bundle:#}\n"));
    files::write(path, &text, overwrite)?;
    let notes = match withheld {
        0 => Vec::new(),
        1 => vec!["1 value looked like a secret and was left out.".into()],
        count => vec![format!("{} values looked like secrets and were left out.", grouped(count))],
    };
    let message = "The support bundle was saved. It holds no keys; look through it before you send it.".into();
    Ok(WrittenFile { path: path.display().to_string(), message, notes })
}

async fn collected(desktop: &Desktop) -> Value {
    let engine = desktop.engine();
    let memory = desktop.preferences.get();
    json!({
        "made_at": now(),
        "version": env!("CARGO_PKG_VERSION"),
        "system": { "os": std::env::consts::OS, "architecture": std::env::consts::ARCH },
        "settings": memory.settings,
        "contacts": memory.contacts.into_iter().map(|(id, contact)| json!({ "environment": id, "contact": contact })).collect::<Vec<_>>(),
        "sandbox": desktop.sandbox.state(),
        "keychain": keychain(engine.vault().status().await),
        "environments": part(environments(&engine).await),
        "history": part(history(&engine).await),
        "backups": part(backups(&engine).await),
    })
}

fn part(read: Result<Value, ErrorReport>) -> Value {
    read.unwrap_or_else(|error| json!({ "error": error }))
}

async fn environments(engine: &Engine) -> Result<Value, ErrorReport> {
    let profile = |one: Environment| {
        json!({
            "id": one.id, "name": one.name, "url": one.url, "position": one.position, "protection": one.protection,
            "plain_http": one.plain_http, "key_prompt": one.key_prompt, "ca_file": one.ca_file.is_some(), "default_agent": one.default_agent,
            "keep_backups": one.keep_backups, "keep_days": one.keep_days,
        })
    };
    Ok(engine.environments().await?.into_iter().map(profile).collect())
}

async fn history(engine: &Engine) -> Result<Value, ErrorReport> {
    let filter = OperationFilter { limit: Some(ENTRIES), ..OperationFilter::default() };
    let operations = engine.store().await?.operations(&filter).await?;
    let entry = |one: OperationSummary| {
        json!({
            "id": one.id, "kind": one.kind, "state": one.state, "environment": one.server.environment,
            "agent": one.agent_id, "mode": one.mode, "started_at": one.started_at, "finished_at": one.finished_at,
            "summary": one.summary, "backup": one.backup,
        })
    };
    Ok(operations.into_iter().map(entry).collect())
}

async fn backups(engine: &Engine) -> Result<Value, ErrorReport> {
    let checked = engine.store().await?.verify_backups().await?;
    let count = checked.len();
    let damaged = checked.into_iter().filter_map(|(backup, found)| {
        let error = ErrorReport::from(found.err()?);
        Some(json!({ "id": backup.id, "error": error }))
    });
    Ok(json!({ "count": count, "damaged": damaged.collect::<Vec<_>>() }))
}

/// The same without any text that looks like a secret, wherever it came from.
fn without_secrets(key: Option<&str>, value: Value, withheld: &mut usize) -> Value {
    match value {
        Value::String(text) => match looks_secret(key, &text) {
            Some(kind) => {
                *withheld += 1;
                Value::String(format!("(left out: looks like a {kind})"))
            }
            None => Value::String(text),
        },
        Value::Array(values) => values.into_iter().map(|value| without_secrets(key, value, withheld)).collect(),
        Value::Object(members) => {
            let cleaned: Map<String, Value> = members
                .into_iter()
                .map(|(name, value)| {
                    let value = without_secrets(Some(&name), value, withheld);
                    (name, value)
                })
                .collect();
            Value::Object(cleaned)
        }
        other => other,
    }
}
