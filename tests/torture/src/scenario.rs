//! What is interrupted: the commands, and the state before and after each.

use aidb_sandbox::{AgentSnapshot, Snapshot};
use anyhow::{Context as _, Result, ensure};

use crate::ground::{Ground, Server, TARGET};

/// Stands for the backup that the preparation took.
const BACKUP: &str = "BACKUP";

/// A command that changes the target.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// What it is called in the table.
    pub name: &'static str,
    /// What happened before, undisturbed; the backup of this agent is what a rollback leads back to.
    prepare: Option<(&'static [&'static str], &'static str)>,
    command: &'static [&'static str],
    /// Where it sends requests.
    pub servers: &'static [Server],
    /// The agent that it registers.
    pub registers: Option<&'static str>,
}

/// A folder with an agent that is registered, and one that loses access.
pub const IMPORT: Scenario = Scenario {
    name: "import",
    prepare: None,
    command: &["m", "import", "-e", TARGET, "-i", "carried", "--exact", "--yes"],
    servers: &[Server::Target],
    registers: Some("churn-forecast"),
};

/// From server to server, exact.
pub const PROMOTION: Scenario = Scenario {
    name: "promotion",
    prepare: None,
    command: &[
        "m",
        "promote",
        "--from",
        "Development",
        "--to",
        TARGET,
        "data-steward",
        "nightly-sync",
        "--exact",
        "--yes",
    ],
    servers: &[Server::Source, Server::Target],
    registers: None,
};

/// Back to before an import that took access away.
pub const ROLLBACK: Scenario = Scenario {
    name: "rollback",
    prepare: Some((
        &["m", "import", "-e", TARGET, "-i", "carried/nightly-sync.json", "--exact", "--yes"],
        "nightly-sync",
    )),
    command: &["m", "rollback", "--backup", BACKUP, "--yes"],
    servers: &[Server::Target],
    registers: None,
};

/// Back to before an agent was registered.
pub const DELETION: Scenario = Scenario {
    name: "rollback that deletes",
    prepare: Some((&["m", "import", "-e", TARGET, "-i", "carried/churn-forecast.json", "--yes"], "churn-forecast")),
    command: &["m", "rollback", "--backup", BACKUP, "--yes", "--delete-agent"],
    servers: &[Server::Target],
    registers: None,
};

/// All of them.
pub const ALL: &[Scenario] = &[IMPORT, PROMOTION, ROLLBACK, DELETION];

/// A scenario that is ready to be interrupted.
#[derive(Clone, Debug)]
pub struct Ready {
    /// What to run.
    pub arguments: Vec<String>,
    /// The target before it.
    pub old: Snapshot,
}

impl Scenario {
    /// Makes the ground anew and prepares everything for the command, with so many requests in flight.
    ///
    /// # Errors
    /// The preparation does not work.
    pub fn prepare(&self, ground: &Ground, in_flight: usize) -> Result<Ready> {
        ground.renew()?;
        let mut backup = None;
        if let Some((command, agent)) = self.prepare {
            ground.done(command)?;
            backup = Some(newest_backup(ground, agent)?);
        }
        let mut arguments = Vec::new();
        for word in self.command {
            let word = if *word == BACKUP { backup.as_deref().context("no backup was prepared")? } else { word };
            arguments.push(word.to_owned());
        }
        arguments.extend(["--in-flight".to_owned(), in_flight.to_string()]);
        for server in [Server::Source, Server::Target] {
            ground.server(server).clear()?;
        }
        Ok(Ready { arguments, old: ground.server(Server::Target).state()? })
    }

    /// The state that the command leads to, where nothing disturbs it.
    ///
    /// # Errors
    /// It does not end well, or changes nothing.
    pub fn goal(&self, ground: &Ground) -> Result<Snapshot> {
        let ready = self.prepare(ground, 1)?;
        ground.done(&ready.arguments)?;
        let new = ground.server(Server::Target).state()?;
        ensure!(new != ready.old, "{}: nothing changed", self.name);
        Ok(new)
    }
}

fn newest_backup(ground: &Ground, agent: &str) -> Result<String> {
    let list = ground.done(&["m", "backups", "list", "-e", TARGET, "-a", agent, "--json"])?.json();
    Ok(list["backups"][0]["id"].as_str().context("no backup")?.to_owned())
}

/// Where the target stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Every agent as before.
    Old,
    /// Every agent as the command leads to.
    New,
    /// Of several agents, each an operation of its own, some are as before and some are done.
    AgentByAgent,
}

/// Compares agent by agent. What the server itself decides when it registers one, the time and the key's hash, is as it is.
///
/// # Errors
/// An agent is neither as before nor as it was to be; the text names it.
pub fn stand(now: &Snapshot, old: &Snapshot, new: &Snapshot) -> Result<Stand, String> {
    let (mut stayed, mut moved) = (0, 0);
    let ids = now.agents.keys().chain(old.agents.keys()).chain(new.agents.keys());
    for id in ids.collect::<std::collections::BTreeSet<_>>() {
        let [now, old, new] = [now, old, new].map(|snapshot| snapshot.agents.get(id));
        let wanted = new.map(|new| as_registered(new, old.or(now).unwrap_or(new)));
        let is_new = now == wanted.as_ref();
        match now == old {
            true if is_new => {}
            true => stayed += 1,
            false if is_new => moved += 1,
            false => return Err(format!("{id} is neither as before nor as it was to be: {now:?}")),
        }
    }
    Ok(match (stayed, moved) {
        (_, 0) => Stand::Old,
        (0, _) => Stand::New,
        _ => Stand::AgentByAgent,
    })
}

fn as_registered(agent: &AgentSnapshot, registered: &AgentSnapshot) -> AgentSnapshot {
    AgentSnapshot {
        registered_at: registered.registered_at.clone(),
        api_key_hash: registered.api_key_hash.clone(),
        ..agent.clone()
    }
}
