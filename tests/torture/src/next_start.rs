//! The next start, and what it has to leave: the old state or the new one, and nothing to do by hand.

use std::fs;

use aidb_sandbox::Snapshot;
use anyhow::Result;
use sha2::{Digest as _, Sha256};

use crate::ground::{Ground, Server, TARGET};
use crate::scenario::{Ready, Scenario, Stand, stand};

/// The command that is started next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// `aidb recover`.
    Recover,
    /// Any other that talks to the server: it recovers what was left before its own work.
    Export,
}

impl Next {
    /// Most starts are `aidb recover`, one in ten is another command.
    #[must_use]
    pub const fn of(point: usize) -> Self {
        if point % 10 == 9 { Self::Export } else { Self::Recover }
    }

    const fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Recover => &["recover"],
            Self::Export => &["m", "export", "-e", TARGET, "-a", "nightly-sync", "-o", "after.json", "--force"],
        }
    }
}

/// Starts `aidb` again after something went wrong. The inner error is a loss, in words.
///
/// # Errors
/// The test itself cannot go on.
pub fn next_start(
    ground: &Ground,
    scenario: &Scenario,
    ready: &Ready,
    new: &Snapshot,
    next: Next,
) -> Result<Result<Stand, String>> {
    let run = ground.run(next.arguments())?;
    if run.status != Some(0) {
        return Ok(Err(format!("the next start did not end well: {run}")));
    }
    let list = ground.run(&["recover", "--list", "--json"])?;
    if list.status != Some(0) || list.json()["operations"].as_array().is_none_or(|open| !open.is_empty()) {
        return Ok(Err(format!("something is still open: {list}")));
    }
    let now = ground.server(Server::Target).state()?;
    let stand = match stand(&now, &ready.old, new) {
        Ok(stand) => stand,
        Err(lost) => return Ok(Err(lost)),
    };
    if let Some(lost) = keys(ground, scenario, &now)?.or(registered_twice(ground, scenario)?) {
        return Ok(Err(lost));
    }
    let whole = ground.run(&["m", "backups", "verify"])?;
    if whole.status != Some(0) {
        return Ok(Err(format!("a backup is not whole: {whole}")));
    }
    again(ground, ready, new).map(|again| again.map(|()| stand))
}

/// Nothing stands in the way of the same command: it reaches its goal.
fn again(ground: &Ground, ready: &Ready, new: &Snapshot) -> Result<Result<(), String>> {
    let run = ground.run(&ready.arguments)?;
    let now = ground.server(Server::Target).state()?;
    Ok(match (run.status, stand(&now, &ready.old, new)) {
        (Some(0), Ok(Stand::New)) => Ok(()),
        (_, stand) => Err(format!("the same command does not work afterwards ({stand:?}): {run}")),
    })
}

/// The key that was made for an agent opens it; where there is no agent, none is kept.
fn keys(ground: &Ground, scenario: &Scenario, now: &Snapshot) -> Result<Option<String>> {
    let Some(agent) = scenario.registers else { return Ok(None) };
    let kept = kept_keys(ground, agent)?;
    Ok(match now.agents.get(agent) {
        None if kept.is_empty() => None,
        None => Some(format!("{agent} is not there, and a key for it is kept")),
        Some(there) if kept.contains(&there.api_key_hash) => None,
        Some(_) => Some(format!("{agent} is there, and the key that opens it is lost")),
    })
}

/// The hashes of the keys that are kept for an agent.
fn kept_keys(ground: &Ground, agent: &str) -> Result<Vec<String>> {
    let mut kept = Vec::new();
    for entry in fs::read_dir(ground.data().join("keys"))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(&format!("agent-key-{agent}-")) {
            let hash = Sha256::digest(fs::read_to_string(&path)?.trim());
            kept.push(hash.iter().map(|byte| format!("{byte:02x}")).collect());
        }
    }
    Ok(kept)
}

fn registered_twice(ground: &Ground, scenario: &Scenario) -> Result<Option<String>> {
    let requests = ground.server(Server::Target).requests()?;
    let count = requests.iter().filter(|request| request.method == "POST" && request.agent().is_none()).count();
    let allowed = usize::from(scenario.registers.is_some());
    Ok((count > allowed).then(|| format!("an agent was registered {count} times")))
}
