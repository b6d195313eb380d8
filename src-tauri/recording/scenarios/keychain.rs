//! A keychain that cannot be used, as the system's own says it: in a session that has none, or one that is locked.
//!
//! The keychain is found by variables that hold for a whole process, so each of these is played by a process of its own: this
//! same program, started within the session.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use aidb_testkit::{KeychainMode, KeychainSession};
use serde_json::{Value, json};

use super::super::Recording;
use super::super::replace::TYPED;
use super::super::world::World;
use super::environments::form;

/// How long a scenario may take.
const LIMIT: Duration = Duration::from_secs(120);

/// Where the process within the session asks the one outside to do something to the keychain.
fn wanted(home: &Path, mode: &str) -> PathBuf {
    home.join(format!("{mode} wanted"))
}

/// Plays a scenario within a session.
fn within(mode: KeychainMode, scenario: &str) {
    let mut session = KeychainSession::start(mode).unwrap();
    let mut command = session.command(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", &format!("recording::scenarios::keychain::{scenario}")]);
    let mut child = command.spawn().unwrap();
    let begun = Instant::now();
    let status = loop {
        for word in ["lock", "unlock", "freeze", "thaw"] {
            let asked = wanted(&session.home(), word);
            if asked.exists() {
                obey(&mut session, word).unwrap();
                std::fs::remove_file(asked).unwrap();
            }
        }
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(begun.elapsed() < LIMIT, "the scenario does not end");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "{scenario}: see above");
}

fn obey(session: &mut KeychainSession, word: &str) -> std::io::Result<()> {
    match word {
        "lock" => session.restart(KeychainMode::Locked),
        "unlock" => session.restart(KeychainMode::Unlocked),
        "freeze" => session.freeze(),
        _ => session.thaw(),
    }
}

/// Locks or unlocks the keychain, as its owner would; or has it answer nothing, and go on.
#[expect(
    clippy::disallowed_methods,
    reason = "the session is found by the variables of the process, as the keychain is"
)]
async fn keychain(mode: &str) {
    let home: PathBuf = std::env::var_os("HOME").unwrap().into();
    let asked = wanted(&home, mode);
    std::fs::write(&asked, "").unwrap();
    while asked.exists() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn absent() {
    within(KeychainMode::Absent, "absent_within");
}

#[test]
fn locked() {
    within(KeychainMode::Unlocked, "locked_within");
}

#[test]
fn silent() {
    within(KeychainMode::Unlocked, "silent_within");
}

/// Three environments whose keys cannot be read.
async fn first_calls(recording: &mut Recording) {
    recording.play("app_start", Value::Null).await;
    recording.play("keychain_status", Value::Null).await;
    recording.play("environment_list", Value::Null).await;
    recording.play("recovery_start", Value::Null).await;
    recording.play("history_last", Value::Null).await;
    recording.play("overview_last", Value::Null).await;
}

#[tokio::test]
#[ignore = "played within a keychain session"]
async fn absent_within() {
    let mut world = World::with_keychain().await;
    for (name, url) in ["Development", "Staging", "Production"].into_iter().zip(world.urls()) {
        let save = json!({ "id": null, "form": form(name, &url), "key": null });
        let saved = super::super::call(&world, "environment_save", save).await.0.unwrap();
        world.ids.push(saved["id"].as_str().unwrap().to_owned());
    }
    let mut recording = Recording::new("keychain-absent", world);
    first_calls(&mut recording).await;
    let refused = json!({ "id": null, "form": form("Acceptance", &recording.world.urls()[2]), "key": TYPED });
    recording.play("environment_save", refused).await;
    let promote = json!({ "environment": recording.world.ids[0], "agent": "my-agent" });
    recording.play("agent_check", promote).await;
    let list = json!({ "id": recording.world.ids[0] });
    recording.play("agent_list", list.clone()).await;
    recording.play("keychain_session", Value::Null).await;
    first_calls_again(&mut recording).await;
    recording.play("agent_list", list).await;
    recording.end();
}

#[tokio::test]
#[ignore = "played within a keychain session"]
async fn silent_within() {
    let mut recording = Recording::new("keychain-silent", World::with_keychain().await.and_samples().await);
    keychain("freeze").await;
    first_calls(&mut recording).await;
    keychain("thaw").await;
    first_calls_again(&mut recording).await;
    recording.contacts().await;
    recording.end();
}

async fn first_calls_again(recording: &mut Recording) {
    recording.play("keychain_status", Value::Null).await;
    recording.play("environment_list", Value::Null).await;
}

#[tokio::test]
#[ignore = "played within a keychain session"]
async fn locked_within() {
    let mut recording = Recording::new("keychain-locked", World::with_keychain().await.and_samples().await);
    keychain("lock").await;
    recording.world.restart("maria");
    first_calls(&mut recording).await;
    let save = json!({ "id": null, "form": form("Acceptance", &recording.world.urls()[2]), "key": TYPED });
    recording.play("environment_save", save.clone()).await;
    let list = json!({ "id": recording.world.ids[0] });
    recording.play("agent_list", list).await;
    keychain("unlock").await;
    recording.play("keychain_unlock", Value::Null).await;
    recording.play("environment_list", Value::Null).await;
    recording.contacts().await;
    recording.promote("my-agent", 0, 1).await;
    let saved = recording.play("environment_save", save).await;
    recording.play("environment_check", json!({ "id": saved["id"] })).await;
    recording.play("agent_list", json!({ "id": saved["id"] })).await;
    recording.end();
}
