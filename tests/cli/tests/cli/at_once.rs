//! Two homes, as two machines, import the same new agent at the same moment.

use std::path::{Path, PathBuf};

use aidb_sandbox::{Sample, Sandbox};
use aidb_testkit::{Home, Run, sandbox};

/// How often they do. What each round comes to is up to chance, and what must never happen is the same for all.
const ROUNDS: usize = 8;

/// An import by `home`, of `agent.json`.
fn import(home: &Home, server: &Sandbox) -> Run {
    let mut command = home.aidb(&["m", "import", "-i", "agent.json", "--yes", "--json"]);
    command.env("AIDB_URL", server.url()).env("AIDB_API_KEY", "a key");
    Run::of(&mut command)
}

/// The keys of agents that are kept in a home.
fn kept(home: &Home) -> Vec<PathBuf> {
    let Ok(folder) = std::fs::read_dir(home.data().join("keys")) else { return Vec::new() };
    folder.flatten().map(|entry| entry.path()).collect()
}

fn opens(server: &Sandbox, agent: &str, key: &Path) -> bool {
    std::fs::read_to_string(key).is_ok_and(|key| server.accepts_key(agent, key.trim()))
}

#[test]
fn of_two_that_register_one_agent_at_once_one_has_its_key_and_the_other_is_told() {
    let server = sandbox::start(Sample::Empty);
    // So that their requests really lie between each other's.
    server.switch(|switches| switches.latency_ms = 5);
    let mut ends = Vec::new();
    for round in 0..ROUNDS {
        let agent = format!("agent-{round}");
        let configuration = serde_json::json!({
            "version": "1.0.0",
            "agent": { "agent_id": agent, "name": "An agent", "resource_permissions": {
                "customers": { "type": "table", "permissions": ["read"] },
                "orders": { "type": "table", "permissions": ["read", "write"] },
            }},
        });
        let homes = [Home::new(), Home::new()];
        for home in &homes {
            home.write("agent.json", configuration.to_string());
        }
        let runs = std::thread::scope(|scope| {
            let both = [0, 1].map(|home| {
                scope.spawn({
                    let (home, server) = (&homes[home], &server);
                    move || import(home, server)
                })
            });
            both.map(|run| run.join().expect("it runs to its end"))
        });
        assert!(server.agent(&agent).is_some(), "round {round}: nobody deletes the agent:\n{}{}", runs[0], runs[1]);
        let mut openers = 0;
        for (home, run, other) in [(&homes[0], &runs[0], &runs[1]), (&homes[1], &runs[1], &runs[0])] {
            let said = run.json();
            let announced = said["agent_key"]["path"].as_str().map(PathBuf::from);
            match announced.as_deref() {
                Some(key) if opens(&server, &agent, key) => openers += 1,
                // It was the agent's when that was said. Whoever replaced it afterwards says so.
                Some(_) => {
                    assert!(other.stdout.contains("this registration replaced theirs"), "round {round}:\n{run}{other}");
                }
                None => {
                    assert_ne!(run.status, Some(0), "round {round}: whoever has no key is not done:\n{run}");
                    assert!(said.get("rollback").is_none(), "round {round}: it would delete the other's agent:\n{run}");
                    assert_eq!(kept(home), Vec::<PathBuf>::new(), "round {round}: a dead key is kept:\n{run}");
                }
            }
        }
        assert_eq!(openers, 1, "round {round}: one has the agent's key:\n{}{}", runs[0], runs[1]);
        ends.push((runs[0].status, runs[1].status));
    }
    println!("{ROUNDS} rounds of two at once, 0 dead keys announced: {ends:?}");
}
