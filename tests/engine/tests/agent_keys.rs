//! The keys that aidb makes for agents: two that register one id at once, keys that last nowhere, and the files beside the store.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aidb_core::apply::{KeyStanding, Outcome};
use aidb_core::config::Permission::{self, Read, Write};
use aidb_core::error::{ErrorCode, Explain};
use aidb_core::operations::{
    BackupFile, Consent, Context, Deletion, Engine, EngineSettings, Error, ImportOptions, KeyStorage, RollbackOptions,
    RollbackSource, Target,
};
use aidb_core::plan::Mode;
use aidb_core::progress::{Event, Stage};
use aidb_core::vault::Vault;
use aidb_sandbox::{ErrorBody, Fault, FaultAnswer, KeyHashAnswer, Sandbox};
use common::{AGENT, World, agent_id, configuration, engine_in, target_of};
use serde_json::Value;

const WANTED: &[(&str, &[Permission])] = &[("customers", &[Read, Write]), ("orders", &[Read])];
const THEIRS: &str = "their-key";

fn register_theirs(handle: &aidb_sandbox::Handle) {
    let info = serde_json::json!({"name": "My Agent", "type": "analytics"});
    handle.set_agent(AGENT, info.as_object().expect("an object").clone(), THEIRS).expect("set");
}

/// The requests of this kind that have arrived, and whether each has ended.
fn ended(sandbox: &Sandbox, method: &str, path: &str) -> Vec<bool> {
    let requests = sandbox.handle().requests();
    let of_this_kind = requests.iter().filter(|seen| seen.method == method && seen.path.ends_with(path));
    of_this_kind.map(|seen| seen.ended_us.is_some()).collect()
}

/// Waits until so many have arrived, however long that takes.
async fn arrived(sandbox: &Sandbox, method: &str, path: &str, count: usize) {
    while ended(sandbox, method, path).len() < count {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Lets go what is held until the `nth` of them has ended: what arrived a moment ago may not be held yet.
async fn let_go(sandbox: &Sandbox, method: &str, path: &str, nth: usize) {
    while !ended(sandbox, method, path)[nth - 1] {
        sandbox.handle().release();
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// An engine that gives up no request while a test holds it.
async fn patient(folder: &tempfile::TempDir, world: &World) -> (Engine, Target) {
    let mut settings = EngineSettings::for_actor("tester");
    settings.limits.request = Duration::from_secs(600);
    let engine = Engine::new(folder.path().join("data"), Vault::file(folder.path().join("keys")), settings);
    let target = target_of(&engine, &world.sandbox.url()).await;
    (engine, target)
}

fn sent_registrations(world: &World) -> usize {
    world.sandbox.handle().requests().iter().filter(|seen| seen.method == "POST").count()
}

/// That nothing is called the agent's key, kept as it, or offered as a way back.
fn gave_way(world: &World, applied: &aidb_core::operations::Applied) {
    assert_eq!(applied.agent_key, None, "a key that opens nothing is nobody's key");
    assert_eq!(world.kept_keys(), Vec::<String>::new(), "and it is kept nowhere");
    assert_eq!(applied.report.key, Some(KeyStanding::Anothers));
    assert!(applied.way_back().is_none(), "the way back would delete the other's agent");
    assert!(world.sandbox.handle().accepts_key(AGENT, THEIRS), "theirs is left as it is");
}

/// A run in which somebody registers the agent between the last reading of the target and the registration.
fn where_theirs_appears(world: &World) -> Context {
    let handle = world.sandbox.handle();
    let appear = move |event: Event| {
        if matches!(event, Event::Stage { stage: Stage::Applying, .. }) {
            register_theirs(&handle);
        }
    };
    Context { progress: Arc::new(appear), ..Context::default() }
}

/// Somebody registers the agent between the last reading of the target and the registration.
#[tokio::test]
async fn an_agent_that_appears_before_the_registration_is_not_registered_over() {
    let world = World::empty().await;
    let context = where_theirs_appears(&world);
    let applied = world.import_with(&configuration(WANTED), &ImportOptions::default(), &context).await.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::PutBack, "{:?}", applied.report);
    assert_eq!(applied.report.cause.as_ref().expect("a cause").code, ErrorCode::TargetChanged);
    assert_eq!((sent_registrations(&world), world.writes()), (0, 0), "nothing was sent");
    gave_way(&world, &applied);
}

/// The same between two attempts: the first was refused for sure, and before the second somebody else was there.
#[tokio::test]
async fn a_registration_that_is_tried_again_looks_again() {
    let world = World::empty().await;
    let busy = FaultAnswer::status(429, ErrorBody::Json);
    world.sandbox.handle().set_faults([Fault::on(1, busy).method("POST")]);
    let handle = world.sandbox.handle();
    let appear = move |event: Event| {
        if matches!(event, Event::Retrying { .. }) {
            register_theirs(&handle);
        }
    };
    let context = Context { progress: Arc::new(appear), ..Context::default() };
    let applied = world.import_with(&configuration(WANTED), &ImportOptions::default(), &context).await.expect("ended");
    assert_ne!(applied.report.outcome, Outcome::Done, "{:?}", applied.report);
    assert_eq!(sent_registrations(&world), 1, "the second was not sent");
    gave_way(&world, &applied);
}

/// A registers, B registers, A sets permissions, B sets permissions, A verifies.
#[tokio::test]
async fn whoever_is_registered_over_says_so_and_deletes_nothing() {
    let world = World::empty().await;
    let handle = world.sandbox.handle();
    let over = move |event: Event| match event {
        Event::ItemDone { subject } if subject == "agent" => register_theirs(&handle),
        Event::Stage { stage: Stage::Verifying, .. } => {
            handle.set_resource(AGENT, "theirs", "table", &[aidb_sandbox::Permission::Read]).expect("set");
        }
        _ => {}
    };
    let context = Context { progress: Arc::new(over), ..Context::default() };
    let applied = world.import_with(&configuration(WANTED), &ImportOptions::default(), &context).await.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::NeedsAttention, "{:?}", applied.report);
    let [left] = applied.report.left.as_slice() else { panic!("{:?}", applied.report.left) };
    assert!(left.reason.contains("So were 2 permissions that were set on it here"), "{}", left.reason);
    assert!(applied.report.is_final(), "nothing that trying again could help with");
    gave_way(&world, &applied);
    assert!(world.resources().expect("there").contains_key("theirs"));
}

/// It happens in the last moment: the verification has read the agent, and not yet its permissions.
#[tokio::test]
async fn the_key_is_compared_after_everything_else() {
    let mut world = World::empty().await;
    (world.engine, world.target) = patient(&world.folder, &world).await;
    // The first reading of the permissions comes right after the registration, the second verifies.
    let held = Fault::on(2, FaultAnswer::Hold).method("GET").path_contains("/permissions/resources");
    world.sandbox.handle().set_faults([held]);
    let (wanted, options, context) = (configuration(WANTED), ImportOptions::default(), Context::default());
    let import = world.import_with(&wanted, &options, &context);
    let meanwhile = async {
        arrived(&world.sandbox, "GET", "/permissions/resources", 2).await;
        register_theirs(&world.sandbox.handle());
        let_go(&world.sandbox, "GET", "/permissions/resources", 2).await;
    };
    let (applied, ()) = tokio::join!(import, meanwhile);
    let applied = applied.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::NeedsAttention, "{:?}", applied.report);
    gave_way(&world, &applied);
}

/// B had looked and sent; on the way of its request A imports everything and says done. B cannot take that back, and must not be
/// content with it.
#[tokio::test]
async fn whoever_registers_over_somebody_says_so_and_keeps_the_key_that_works() {
    let mut world = World::empty().await;
    (world.engine, world.target) = patient(&world.folder, &world).await;
    let other_folder = tempfile::tempdir().expect("a temporary folder");
    let other = engine_in(&other_folder);
    let other_target = target_of(&other, &world.sandbox.url()).await;
    world.sandbox.handle().set_faults([Fault::on(1, FaultAnswer::Hold).method("POST")]);
    let (wanted, options, context) = (configuration(WANTED), ImportOptions::default(), Context::default());
    let b = world.import_with(&wanted, &options, &context);
    let a = async {
        arrived(&world.sandbox, "POST", "/register", 1).await;
        let theirs = other.propose_import(&other_target, &wanted, &options, "f".into(), &context).await.expect("plan");
        let applied = other.apply(&other_target, &theirs, &Consent::default(), &context).await.expect("ended");
        assert_eq!(applied.report.outcome, Outcome::Done, "true when it was said: {:?}", applied.report);
        let_go(&world.sandbox, "POST", "/register", 1).await;
        applied
    };
    let (applied, theirs) = tokio::join!(b, a);
    let applied = applied.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::NeedsAttention, "{:?}", applied.report);
    let cause = applied.report.cause.as_ref().expect("a cause");
    assert!(cause.message.contains("this registration replaced theirs"), "{}", cause.message);
    let key = applied.agent_key.as_ref().expect("the agent's key");
    assert_eq!(key.standing, KeyStanding::TheAgents);
    assert!(world.keeps_a_key_that_opens(), "the only key that works is not lost");

    // A's backup says "did not exist". The agent that is there now is not the one that A registered.
    let backup = theirs.backup.expect("a backup");
    let source = RollbackSource::Backup(Box::new(backup));
    let back = other.propose_rollback(&other_target, &source, &RollbackOptions::default(), &context).await;
    let refused = back.expect_err("it would delete the other's agent");
    assert!(matches!(refused, Error::AnothersAgent { .. }), "{refused}");
    assert!(world.resources().is_some());
}

#[tokio::test]
async fn what_the_server_does_not_show_is_not_claimed() {
    let world = World::empty().await;
    world.sandbox.handle().switch(|switches| switches.key_hash = KeyHashAnswer::Hidden);
    let applied = world.import(&configuration(WANTED), Mode::Merge).await.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::Done, "{:?}", applied.report);
    assert_eq!(applied.agent_key.expect("kept").standing, KeyStanding::NotShown);
    assert!(applied.backup.is_some());
}

/// Another registration from this machine had its key in the same place of the same keychain.
#[tokio::test]
async fn a_registration_that_gives_way_leaves_the_key_that_was_kept_before_it() {
    let world = World::empty().await;
    let first = world.import(&configuration(WANTED), Mode::Merge).await.expect("done");
    assert_eq!(first.report.outcome, Outcome::Done);
    let before = world.kept_keys();
    // Its agent is away for the moment in which the plan is made, and there again right before the registration.
    let kept = world.sandbox.handle().agent(AGENT).expect("there");
    world.sandbox.handle().remove_agent(AGENT).expect("removed");
    let context = where_theirs_appears(&world);
    let applied = world.import_with(&configuration(WANTED), &ImportOptions::default(), &context).await.expect("ended");
    assert_eq!((applied.report.outcome, applied.agent_key), (Outcome::PutBack, None), "{}", kept.api_key_hash);
    let (mut now, mut before) = (world.kept_keys(), before);
    now.sort();
    before.sort();
    assert_eq!(now, before);
}

async fn in_memory(world: &World) -> (Engine, Target) {
    let engine = Engine::new(world.folder.path().join("memory"), Vault::memory(), EngineSettings::for_actor("tester"));
    let target = target_of(&engine, &world.sandbox.url()).await;
    (engine, target)
}

#[tokio::test]
async fn a_key_that_lasts_nowhere_is_not_made() {
    let world = World::empty().await;
    let (engine, target) = in_memory(&world).await;
    let context = Context::default();
    let options = ImportOptions::default();
    let proposal = engine.propose_import(&target, &configuration(WANTED), &options, "f".into(), &context).await;
    let proposal = proposal.expect("a plan");
    world.sandbox.handle().clear_requests();
    let refused = engine.apply(&target, &proposal, &Consent::default(), &context).await.expect_err("refused");
    assert!(matches!(refused, Error::KeyNowhere { .. }), "{refused}");
    assert_eq!(world.sandbox.handle().request_count(), 0, "before the first request");

    let out = world.folder.path().join("agent.key.json");
    let context = Context { agent_key_out: Some(engine.beside(&out).expect("free")), ..Context::default() };
    let applied = engine.apply(&target, &proposal, &Consent::default(), &context).await.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::Done, "{:?}", applied.report);
    let key = applied.agent_key.expect("in the file");
    assert_eq!((key.storage, key.file.as_deref()), (KeyStorage::Memory, Some(out.as_path())));
    let written: Value = serde_json::from_str(&std::fs::read_to_string(&out).expect("the file")).expect("one document");
    assert!(
        world.sandbox.handle().accepts_key(AGENT, written["api_key"].as_str().expect("a key")),
        "it opens the agent"
    );
    assert_eq!(written["agent_id"], AGENT);
    assert_eq!(written["server"].as_str().expect("a URL").trim_end_matches('/'), world.sandbox.url());
    assert_private(&out);
}

#[cfg(unix)]
fn assert_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode, 0o600, "{}", path.display());
}

#[tokio::test]
async fn what_is_wanted_beside_the_store_is_there_before_the_first_write() {
    let world = World::empty().await;
    let (key_out, backup_out) = (world.folder.path().join("key.json"), world.folder.path().join("backup.json"));
    let (key_there, backup_there) = (key_out.clone(), backup_out.clone());
    let handle = world.sandbox.handle();
    let look = move |event: Event| {
        if matches!(event, Event::Stage { stage: Stage::Applying, .. }) {
            assert!(key_there.exists() && backup_there.exists(), "both are on disk");
            assert!(handle.requests().iter().all(|seen| seen.method == "GET"), "and nothing was written yet");
        }
    };
    let out = |path: &Path| Some(world.engine.beside(path).expect("free"));
    let context = Context {
        progress: Arc::new(look),
        agent_key_out: out(&key_out),
        backup_out: out(&backup_out),
        ..Context::default()
    };
    // The second permission is refused for good: the agent goes again, and its key with it. The backup stays.
    let refused = Fault::on(2, FaultAnswer::status(400, ErrorBody::Json)).method("PUT");
    world.sandbox.handle().set_faults([refused]);
    let applied = world.import_with(&configuration(WANTED), &ImportOptions::default(), &context).await.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::PutBack, "{:?}", applied.report);
    assert!(!key_out.exists(), "the key in it opens nothing");
    assert!(backup_out.exists());
    assert_private(&backup_out);
}

/// Everything that keeps such a file from being written keeps the apply from writing.
#[tokio::test]
async fn no_file_no_write() {
    let world = World::empty().await;
    let folder = world.folder.path();
    let taken = folder.join("taken.json");
    std::fs::write(&taken, "mine").expect("a file");
    for (path, code) in [
        (taken.clone(), ErrorCode::FileExists),
        (folder.join("none/backup.json"), ErrorCode::FileUnwritable),
        (folder.join("data/backup.json"), ErrorCode::Usage),
        (folder.to_owned(), ErrorCode::FileUnreadable),
    ] {
        std::fs::create_dir_all(folder.join("data")).expect("the data folder");
        let refused = world.engine.beside(&path).expect_err("refused");
        assert_eq!(refused.code(), code, "{refused}");
    }
    // It was free when it was looked at, and is not any more when it is written.
    for which in ["key", "backup"] {
        let path = folder.join(format!("{which}.json"));
        let out = Some(world.engine.beside(&path).expect("free"));
        std::fs::write(&path, "somebody else's").expect("a file");
        let mut context = Context::default();
        match which {
            "key" => context.agent_key_out = out,
            _ => context.backup_out = out,
        }
        let options = ImportOptions::default();
        let refused = world.import_with(&configuration(WANTED), &options, &context).await.expect_err("refused");
        assert_eq!(refused.code(), ErrorCode::FileExists, "{refused}");
        assert_eq!(std::fs::read_to_string(&path).expect("there"), "somebody else's");
        assert_eq!(world.writes(), 0, "{which}: nothing was sent");
        assert_eq!(world.kept_keys(), Vec::<String>::new(), "{which}: no key stays behind");
    }
}

/// Imports with a backup in a file, and gives back the file.
async fn backed_up(world: &World, wanted: &[(&str, &[Permission])]) -> std::path::PathBuf {
    let path = world.folder.path().join("backup.json");
    let context = Context { backup_out: Some(world.engine.beside(&path).expect("free")), ..Context::default() };
    let options = ImportOptions { mode: Mode::Exact, ..ImportOptions::default() };
    let applied = world.import_with(&configuration(wanted), &options, &context).await.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::Done, "{:?}", applied.report);
    path
}

/// The next job: another home, whose store is empty.
async fn next_job(world: &World, folder: &tempfile::TempDir) -> (Engine, Target) {
    let engine = engine_in(folder);
    let target = target_of(&engine, &world.sandbox.url()).await;
    (engine, target)
}

#[tokio::test]
async fn a_backup_in_a_file_leads_back_from_a_machine_that_never_saw_it() {
    for existed in [true, false] {
        let world = match existed {
            true => World::with(&[("customers", &[Read]), ("legacy", &[Write])]).await,
            false => World::empty().await,
        };
        let before = world.resources();
        let path = backed_up(&world, WANTED).await;
        assert_ne!(world.resources(), before);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (engine, target) = next_job(&world, &folder).await;
        let source = BackupFile::read(&path).expect("readable").expect("a backup").choose(None).expect("one");
        let context = Context::default();
        let back = engine.propose_rollback(&target, &source, &RollbackOptions::default(), &context).await;
        let done = engine
            .apply(&target, &back.expect("plan"), &Consent::default().with_deletion(Deletion::Agreed), &context)
            .await
            .expect("ended");
        assert_eq!(done.report.outcome, Outcome::Done, "{:?}", done.report);
        assert_eq!(world.resources(), before, "existed: {existed}");
    }
}

#[tokio::test]
async fn a_backup_in_a_file_deletes_no_other_agent_than_its_own() {
    let world = World::empty().await;
    let path = backed_up(&world, WANTED).await;
    register_theirs(&world.sandbox.handle());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (engine, target) = next_job(&world, &folder).await;
    let source = BackupFile::read(&path).expect("readable").expect("a backup").choose(None).expect("one");
    let back = engine.propose_rollback(&target, &source, &RollbackOptions::default(), &Context::default()).await;
    assert!(matches!(back, Err(Error::AnothersAgent { .. })), "{back:?}");
    let text = std::fs::read_to_string(&path).expect("the file");
    let hash = world.sandbox.handle().agent(AGENT).expect("there").api_key_hash;
    assert!(!text.contains(&hash), "no key's hash leaves the machine");
    for key in world.kept_keys() {
        assert!(!text.contains(&key), "and no key");
    }
}

#[tokio::test]
async fn a_backup_in_a_file_is_restored_where_it_was_taken_and_nowhere_else() {
    let world = World::with(&[("customers", &[Read])]).await;
    let path = backed_up(&world, WANTED).await;
    let elsewhere = World::with(&[("customers", &[Read])]).await;
    let source = BackupFile::read(&path).expect("readable").expect("a backup").choose(None).expect("one");
    let context = Context::default();
    let refused =
        elsewhere.engine.propose_rollback(&elsewhere.target, &source, &RollbackOptions::default(), &context).await;
    let refused = refused.expect_err("another server");
    assert_eq!(refused.code(), ErrorCode::Usage, "{refused}");
    for url in [world.sandbox.url(), elsewhere.sandbox.url()] {
        assert!(refused.to_string().contains(url.trim_end_matches('/')), "both are named: {refused}");
    }
    assert_eq!(elsewhere.sandbox.handle().request_count(), 0, "nothing was sent");
}

/// Cut at many places, and changed at others: never used.
#[tokio::test]
async fn a_backup_in_a_file_that_is_not_whole_is_not_used() {
    let world = World::with(&[("customers", &[Read])]).await;
    let path = backed_up(&world, WANTED).await;
    let whole = std::fs::read_to_string(&path).expect("the file");
    assert_eq!(whole.matches('\n').count(), 1, "one line");
    let mut tried = 0;
    let damaged = |text: &str, what: &str| {
        std::fs::write(&path, text).expect("written");
        match BackupFile::read(&path) {
            Err(error) => assert_eq!(error.code(), ErrorCode::BackupDamaged, "{what}: {error}"),
            Ok(read) => panic!("{what}: {read:?}"),
        }
    };
    let beginning = "{\"backup_format\"".len();
    for end in (beginning..whole.trim_end().len()).step_by(7) {
        damaged(&whole[..end], &format!("cut at {end}"));
        tried += 1;
    }
    for (from, to) in [
        ("\"customers\"", "\"customerz\""),
        ("\"read\"", "\"write\""),
        ("http://", "https://"),
        ("\"backup_format\":1", "\"backup_format\":2"),
        (AGENT, "my-agenT"),
        ("\"sha256\":\"", "\"sha256\":\"0"),
        ("\"saved\":{", "\"saved\":{\"more\":1,"),
    ] {
        assert!(whole.contains(from), "{from}");
        damaged(&whole.replacen(from, to, 1), from);
        tried += 1;
    }
    // Whose agent may be deleted, which the backup's own hash knows nothing of.
    let registered = std::fs::read_to_string(&backed_up(&World::empty().await, WANTED).await).expect("the file");
    let at = registered.find("\"registered\":\"").expect("a registration") + "\"registered\":\"".len();
    let other = if registered.as_bytes()[at] == b'0' { "1" } else { "0" };
    damaged(&format!("{}{other}{}", &registered[..at], &registered[at + 1..]), "another registration");
    tried += 1;
    // What an editor or `jq` makes of it says the same.
    let laid_out = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&whole).expect("JSON")).expect("JSON");
    std::fs::write(&path, laid_out).expect("written");
    let source = BackupFile::read(&path).expect("readable").expect("a backup").choose(Some(AGENT)).expect("one");
    assert_eq!(source.agent_id().expect("an id"), agent_id());
    println!("{tried} damaged backup files, {tried} refused");
}
