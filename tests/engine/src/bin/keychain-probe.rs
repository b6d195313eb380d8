//! One request to the engine's keychain vault, as a process of its own: the keychain is found by environment variables,
//! and every process has only one set of them. `keychain-probe ACTION [ENVIRONMENT [DISPLAY [PROMPT]]]`, a secret on
//! standard input; prints one JSON document: `{"ok": …}` or `{"error": …}`.

use std::io::{self, Read, Write};

use aidb_core::error::ErrorReport;
use aidb_core::vault::{KeyPrompt, SecretName, Vault, VaultError, VaultStatus, VaultUse};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let action = arguments.next().unwrap_or_default();
    let environment = arguments.next().unwrap_or_default();
    let display = arguments.next().unwrap_or_else(|| environment.clone());
    let prompt = arguments.next().and_then(|word| KeyPrompt::parse(&word)).unwrap_or(KeyPrompt::Never);
    let name = SecretName::EnvironmentKey { environment, server: None, display, prompt };
    let answer = match request(&action, &name).await {
        Ok(value) => json!({ "ok": value }),
        Err(error) => json!({ "error": ErrorReport::of(&error) }),
    };
    writeln!(io::stdout(), "{answer}")
}

async fn request(action: &str, name: &SecretName) -> Result<Value, VaultError> {
    let vault = Vault::keychain(VaultUse::OneRun);
    Ok(match action {
        "status" => status(vault.status().await),
        "unlock" => status(vault.unlock().await?),
        "get" => json!(vault.get(name).await?.map(|secret| secret.expose_secret().to_owned())),
        "set" => json!(vault.set(name, &secret_from_input()).await?),
        "is_open" => json!(vault.is_open(name).await?),
        "session" => session(name).await?,
        "remove" => json!(format!("{:?}", vault.remove(name).await?)),
        "describe" => {
            json!(vault.describe(name).await?.map(|found| json!([found.ending, found.set_at.map(|at| at.timestamp())])))
        }
        _ => Value::Null,
    })
}

/// What a window does: reads the key twice, looks whether it is open, and ends.
async fn session(name: &SecretName) -> Result<Value, VaultError> {
    let vault = Vault::keychain(VaultUse::Session);
    let mut read = Vec::new();
    for _ in 0..2 {
        read.push(vault.get(name).await?.map(|secret| secret.expose_secret().to_owned()));
    }
    let open = vault.is_open(name).await?;
    vault.lock_idle().await?;
    Ok(json!([read, open, vault.is_open(name).await?]))
}

fn secret_from_input() -> SecretString {
    let mut text = String::new();
    match io::stdin().read_to_string(&mut text) {
        Ok(_) => SecretString::from(text),
        Err(_) => SecretString::from(String::new()),
    }
}

fn status(status: VaultStatus) -> Value {
    match status {
        VaultStatus::Ready { .. } => json!("ready"),
        VaultStatus::Locked => json!("locked"),
        VaultStatus::Silent { .. } => json!("silent"),
        VaultStatus::Absent { reason } => json!({ "absent": reason }),
    }
}
