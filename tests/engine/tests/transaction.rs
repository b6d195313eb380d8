//! An apply is done, or put back, or says exactly what is left: on a real server, with real faults.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::sync::Arc;

use aidb_core::apply::Outcome;
use aidb_core::config::AgentState;
use aidb_core::config::Permission::{self, Admin, Delete, Read, Write};
use aidb_core::error::{ErrorCode, Explain};
use aidb_core::operations::{
    Consent, Context, Deletion, Error, ImportOptions, KeyStorage, LinkDatabase, Relink, Remember, RollbackOptions,
    RollbackSource,
};
use aidb_core::plan::Mode;
use aidb_core::progress::{Event, Stage};
use aidb_core::store::{BackupFilter, OperationFilter, OperationState};
use aidb_sandbox::{DatabaseAnswer, ErrorBody, Fault, FaultAnswer, Writes};
use common::{AGENT, World, agent_id, configuration};
use secrecy::SecretString;
use sqlx::Connection;

type Resources<'a> = &'a [(&'a str, &'a [Permission])];

const BEFORE: Resources<'_> = &[("customers", &[Read]), ("legacy", &[Admin]), ("orders", &[Read, Write])];
const WANTED: Resources<'_> = &[("customers", &[Read, Write]), ("invoices", &[Read]), ("orders", &[Read, Delete])];

fn words(resources: Resources<'_>) -> Option<std::collections::BTreeMap<String, Vec<Permission>>> {
    Some(resources.iter().map(|(id, set)| ((*id).to_owned(), set.to_vec())).collect())
}

const RESOURCES: &str = "/permissions/resources";

fn requests(world: &World, method: &str) -> usize {
    world.sandbox.handle().requests().iter().filter(|request| request.method == method).count()
}

#[tokio::test]
async fn an_import_in_exact_mode_gives_the_configuration_and_its_rollback_the_original() {
    let world = World::with(BEFORE).await;
    let applied = world.import(&configuration(WANTED), Mode::Exact).await.expect("applied");
    assert_eq!(applied.report.outcome, Outcome::Done);
    assert_eq!(world.resources(), words(WANTED));

    let backup = applied.backup.expect("a backup was taken");
    let source =
        RollbackSource::Backup(Box::new(world.engine.backup(backup.summary.id.as_str()).await.expect("reads back")));
    let context = Context::default();
    let back = world.engine.propose_rollback(&world.target, &source, &RollbackOptions::default(), &context).await;
    let undone =
        world.engine.apply(&world.target, &back.expect("plan"), &Consent::default(), &context).await.expect("applied");
    assert_eq!(world.resources(), words(BEFORE));

    // A rollback has a backup of its own, so it can be rolled back.
    let redo = RollbackSource::Backup(Box::new(undone.backup.expect("a backup of its own")));
    let again = world.engine.propose_rollback(&world.target, &redo, &RollbackOptions::default(), &context).await;
    world.engine.apply(&world.target, &again.expect("plan"), &Consent::default(), &context).await.expect("applied");
    assert_eq!(world.resources(), words(WANTED));
}

#[tokio::test]
async fn an_import_in_merge_mode_leaves_what_the_file_does_not_name() {
    let world = World::with(BEFORE).await;
    world.import(&configuration(WANTED), Mode::Merge).await.expect("applied");
    let mut expected = words(WANTED).expect("some");
    expected.insert("legacy".into(), vec![Admin]);
    assert_eq!(world.resources(), Some(expected));
}

#[tokio::test]
async fn registering_keeps_the_key_before_the_request_and_the_server_takes_it() {
    let world = World::empty().await;
    let applied = world.import(&configuration(WANTED), Mode::Merge).await.expect("applied");
    assert_eq!(applied.report.outcome, Outcome::Done);
    let Some(KeyStorage::File(path)) = applied.agent_key.clone().map(|key| key.storage) else {
        panic!("kept in a file: {:?}", applied.agent_key)
    };
    let key = std::fs::read_to_string(path).expect("the key file");
    assert!(world.sandbox.handle().accepts_key(AGENT, key.trim()), "the kept key is the agent's");
    assert_eq!(world.resources(), words(WANTED));
}

/// The answer to our registration never comes; meanwhile somebody else registers the same agent with the same settings.
#[tokio::test]
async fn an_agent_that_somebody_else_registered_is_never_taken_for_ours() {
    let world = World::empty().await;
    let handle = world.sandbox.handle();
    // Their registration arrives in the middle of ours, and takes the agent's key with it.
    let theirs = move |event: Event| {
        if matches!(&event, Event::ItemDone { subject } if subject == "agent") {
            let info = serde_json::json!({"name": "My Agent", "type": "analytics"});
            handle.set_agent(AGENT, info.as_object().expect("an object").clone(), "their-key").expect("set");
        }
    };
    let context = Context { progress: Arc::new(theirs), ..Context::default() };
    let applied = world.import_with(&configuration(WANTED), &ImportOptions::default(), &context).await.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::NeedsAttention, "{:?}", applied.report);
    assert!(world.sandbox.handle().accepts_key(AGENT, "their-key"), "theirs is left alone");
}

#[tokio::test]
async fn the_key_that_is_kept_is_the_one_that_the_server_took() {
    let world = World::empty().await;
    let keys = world.folder.path().join("keys");
    // Another registration of the same agent, from this machine, keeps its key in the same place while ours is under way.
    let overwrite = move |event: Event| {
        if matches!(&event, Event::ItemDone { subject } if subject == "agent") {
            for entry in std::fs::read_dir(&keys).expect("the vault").flatten() {
                std::fs::write(entry.path(), "another-registrations-key").expect("overwritten");
            }
        }
    };
    let context = Context { progress: Arc::new(overwrite), ..Context::default() };
    let applied = world.import_with(&configuration(WANTED), &ImportOptions::default(), &context).await.expect("ended");
    let Some(KeyStorage::File(path)) = applied.agent_key.clone().map(|key| key.storage) else {
        panic!("{:?}", applied.agent_key)
    };
    let kept = std::fs::read_to_string(path).expect("the key file");
    assert!(
        world.sandbox.handle().accepts_key(AGENT, kept.trim()),
        "the only copy of the working key must not be lost"
    );
}

#[tokio::test]
async fn a_registration_that_is_put_back_leaves_no_key_behind() {
    let world = World::empty().await;
    world.sandbox.handle().set_faults([Fault::on(2, FaultAnswer::status(400, ErrorBody::Json)).method("PUT")]);
    let applied = world.import(&configuration(WANTED), Mode::Merge).await.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::PutBack);
    assert_eq!(applied.agent_key, None);
    assert!(world.resources().is_none(), "the agent is gone again");
    let kept = std::fs::read_dir(world.folder.path().join("keys")).expect("the vault's folder").count();
    assert_eq!(kept, 0, "a key that opens nothing is not kept");
}

/// Between the backup and the first write the key is kept already.
#[tokio::test]
async fn stopping_before_the_first_write_leaves_no_key_behind() {
    let world = World::empty().await;
    let mut context = Context::default();
    let cancel = context.cancel.clone();
    context.progress = Arc::new(move |event: Event| {
        if matches!(event, Event::Stage { stage: Stage::BackingUp, .. }) {
            cancel.cancel();
        }
    });
    let error =
        world.import_with(&configuration(WANTED), &ImportOptions::default(), &context).await.expect_err("stopped");
    assert_eq!(error.code(), ErrorCode::Interrupted, "{error}");
    assert_eq!(world.writes(), 0);
    let kept = std::fs::read_dir(world.folder.path().join("keys")).expect("it was kept before").count();
    assert_eq!(kept, 0, "a key that opens nothing is not kept");
    let again = world.import(&configuration(WANTED), Mode::Merge).await.expect("nothing is in the way");
    assert_eq!(again.report.outcome, Outcome::Done);
}

/// A folder where the key's file belongs is refused, as a locked keychain is.
#[tokio::test]
async fn a_key_store_that_does_not_answer_leaves_nothing_to_recover() {
    let world = World::empty().await;
    let first = world.import(&configuration(WANTED), Mode::Merge).await.expect("applied");
    let Some(KeyStorage::File(path)) = first.agent_key.clone().map(|key| key.storage) else {
        panic!("{:?}", first.agent_key)
    };
    world.sandbox.handle().remove_agent(AGENT).expect("removed");
    std::fs::remove_file(&path).expect("removed");
    std::fs::create_dir(&path).expect("in the way");
    let writes = world.writes();
    world.import(&configuration(WANTED), Mode::Merge).await.expect_err("the key cannot be kept");
    assert_eq!(world.writes(), writes);
    let store = world.engine.store().await.expect("the store");
    let newest = store.operations(&OperationFilter::default()).await.expect("listed").swap_remove(0);
    assert_eq!(newest.state, OperationState::Failed, "it has ended");
}

#[tokio::test]
async fn rolling_back_to_did_not_exist_deletes_only_when_agreed() {
    let world = World::empty().await;
    let applied = world.import(&configuration(WANTED), Mode::Merge).await.expect("applied");
    let backup = applied.backup.expect("backup");
    assert_eq!(backup.state, AgentState::Absent);
    let source = RollbackSource::Backup(Box::new(backup));
    let context = Context::default();
    let proposal = world.engine.propose_rollback(&world.target, &source, &RollbackOptions::default(), &context).await;
    let proposal = proposal.expect("plan");
    let refused =
        world.engine.apply(&world.target, &proposal, &Consent::default(), &context).await.expect_err("refused");
    assert_eq!(refused.code(), ErrorCode::ConfirmationRequired);
    assert!(world.resources().is_some(), "still there");
    world
        .engine
        .apply(&world.target, &proposal, &Consent::default().with_deletion(Deletion::Agreed), &context)
        .await
        .expect("deleted");
    assert!(world.resources().is_none());
}

#[tokio::test]
async fn r6_a_target_that_moved_since_the_plan_is_not_written() {
    let world = World::with(BEFORE).await;
    let context = Context::default();
    let options = ImportOptions { mode: Mode::Exact, ..ImportOptions::default() };
    let wanted = configuration(WANTED);
    let proposal =
        world.engine.propose_import(&world.target, &wanted, &options, "f".into(), &context).await.expect("plan");
    world.sandbox.handle().set_resource(AGENT, "customers", "table", &[aidb_sandbox::Permission::Admin]).expect("set");
    let refused =
        world.engine.apply(&world.target, &proposal, &Consent::default(), &context).await.expect_err("refused");
    let Error::TargetChanged { now, .. } = &refused else { panic!("{refused}") };
    assert_ne!(now.plan.fingerprint, proposal.plan.fingerprint);
    assert!(now.plan.changes.iter().any(|change| change.describe().contains("admin")), "the new plan shows what moved");
    assert_eq!(world.writes(), 0, "nothing was written");
    println!("R6: 1 target that moved between plan and apply, 0 written over");
}

/// What somebody else does to the agent itself while its permissions are written. They outlive all of it.
#[derive(Clone, Copy, Debug)]
enum Meanwhile {
    RegisteredAnew,
    Renamed,
    Linked,
}

/// The agent that was written to is not the one that the plan was made for: noticed at the end of the writing, and where the
/// answer to its last call is lost.
#[tokio::test]
async fn an_agent_that_is_changed_in_the_middle_of_an_apply_stops_it() {
    let mut tried = 0;
    for meanwhile in [Meanwhile::RegisteredAnew, Meanwhile::Renamed, Meanwhile::Linked] {
        for last_answer_lost in [false, true] {
            let world = World::with(BEFORE).await;
            let handle = world.sandbox.handle().clone();
            let change = move |event: Event| {
                if !matches!(event, Event::ItemDone { .. }) {
                    return;
                }
                let mut info = serde_json::json!({"name": "My Agent", "type": "analytics"});
                match meanwhile {
                    Meanwhile::Linked => return handle.link_database(AGENT, "other", "other").expect("linked"),
                    Meanwhile::Renamed => info["name"] = "Your Agent".into(),
                    Meanwhile::RegisteredAnew => {}
                }
                handle.set_agent(AGENT, info.as_object().expect("an object").clone(), "another-key").expect("set");
            };
            if last_answer_lost {
                let revocation = Fault::on(1, FaultAnswer::Cut).method("DELETE").after_effect();
                world.sandbox.handle().set_faults([revocation.for_ever()]);
            }
            let context = Context { progress: Arc::new(change), ..Context::default() };
            let options = ImportOptions { mode: Mode::Exact, ..ImportOptions::default() };
            let applied = world.import_with(&configuration(WANTED), &options, &context).await.expect("ended");
            let (report, tried_what) = (applied.report, format!("{meanwhile:?}, last answer lost: {last_answer_lost}"));
            assert_eq!(report.outcome, Outcome::PutBack, "{tried_what}: {report:?}");
            let cause = report.cause.expect("a cause");
            assert_eq!(cause.code, ErrorCode::TargetChanged, "{tried_what}: {cause:?}");
            let said = match meanwhile {
                Meanwhile::Linked => "Its database is linked now.",
                Meanwhile::Renamed => "name: now “Your Agent”; was “My Agent”",
                Meanwhile::RegisteredAnew => "The agent was registered anew: it has another API key now.",
            };
            assert!(cause.details.iter().any(|detail| detail == said), "{tried_what}: {:?}", cause.details);
            assert_eq!(world.resources(), words(BEFORE), "{tried_what}");
            tried += 1;
        }
    }
    println!("{tried} agents changed in the middle of an apply, {tried} noticed and put back");
}

#[tokio::test]
async fn r8_a_server_that_confirms_without_storing_is_noticed() {
    let mut tried = 0;
    for mode in [Mode::Merge, Mode::Exact] {
        for wanted in [WANTED, &WANTED[..1]] {
            let world = World::with(BEFORE).await;
            world.sandbox.handle().switch(|switches| switches.writes = Writes::OnlyConfirmed);
            let applied = world.import(&configuration(wanted), mode).await.expect("ended");
            assert_eq!(applied.report.outcome, Outcome::PutBack, "nothing was stored, so nothing is left");
            assert_eq!(applied.report.cause.expect("a cause").code, ErrorCode::VerificationFailed);
            assert_eq!(world.resources(), words(BEFORE));
            tried += 1;
        }
    }
    println!("R8: {tried} imports that were only confirmed, {tried} noticed");
}

/// Every request of an import fails once in every way in which an answer can be lost: it still ends well.
#[tokio::test]
async fn r2_an_answer_lost_once_at_any_request_ends_well() {
    let mut tried = 0;
    for register in [false, true] {
        for nth in 1.. {
            for answer in [FaultAnswer::Cut, FaultAnswer::CutBody, FaultAnswer::status(502, ErrorBody::Html)] {
                let world = if register { World::empty().await } else { World::with(BEFORE).await };
                world.sandbox.handle().set_faults([Fault::on(nth, answer.clone()).after_effect()]);
                let applied = world.import(&configuration(WANTED), Mode::Exact).await;
                let applied = applied.unwrap_or_else(|error| panic!("request {nth}, {answer:?}: {error}"));
                assert_eq!(applied.report.outcome, Outcome::Done, "request {nth}, {answer:?}: {:?}", applied.report);
                assert_eq!(world.resources(), words(WANTED), "request {nth}, {answer:?}");
                assert_eq!(world.sandbox.handle().snapshot().agents.len(), 1, "request {nth}, {answer:?}: one agent");
                if register {
                    assert!(world.keeps_a_key_that_opens(), "request {nth}, {answer:?}: no key");
                }
                tried += 1;
            }
            if nth > 12 {
                break;
            }
        }
    }
    println!("R2: {tried} answers lost after their effect, 0 second agents, 0 lost keys");
    assert!(tried > 70, "{tried} tried");
}

/// Every write fails for good, before or after it took effect: everything is put back, whatever had been done.
#[tokio::test]
async fn r3_a_write_that_fails_for_good_is_put_back() {
    let answers = [
        FaultAnswer::status(400, ErrorBody::Json),
        FaultAnswer::status(403, ErrorBody::Html),
        FaultAnswer::status(501, ErrorBody::Empty),
        FaultAnswer::HtmlPage,
    ];
    for register in [false, true] {
        for nth in 1..=4 {
            for answer in &answers {
                for after in [false, true] {
                    let world = if register { World::empty().await } else { World::with(BEFORE).await };
                    let before = world.resources();
                    let fault = if register && nth == 1 {
                        Fault::on(1, answer.clone()).method("POST")
                    } else {
                        Fault::on(nth, answer.clone())
                            .path_contains("/permissions/resources")
                            .method(if nth == 4 && !register { "DELETE" } else { "PUT" })
                    };
                    let fault = if nth == 4 { Fault { nth: 1, ..fault } } else { fault };
                    let fault = if after { fault.after_effect() } else { fault };
                    world.sandbox.handle().set_faults([fault]);
                    let case = format!("register {register}, write {nth}, {answer:?}, after {after}");
                    let applied = world.import(&configuration(WANTED), Mode::Exact).await;
                    let applied = applied.unwrap_or_else(|error| panic!("{case}: {error}"));
                    // The last write may have taken effect although its answer says otherwise: then all is done.
                    match applied.report.outcome {
                        Outcome::Done => assert_eq!(world.resources(), words(WANTED), "{case}"),
                        Outcome::PutBack => assert_eq!(world.resources(), before, "{case}"),
                        Outcome::NeedsAttention => panic!("{case}: {:?}", applied.report),
                    }
                    let operations = world
                        .engine
                        .store()
                        .await
                        .expect("store")
                        .operations(&OperationFilter::default())
                        .await
                        .expect("history");
                    let expected = match applied.report.outcome {
                        Outcome::Done => OperationState::Done,
                        _ => OperationState::PutBack,
                    };
                    assert_eq!(operations[0].state, expected, "{case}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_server_that_is_gone_in_the_middle_leaves_an_exact_list() {
    let world = World::with(BEFORE).await;
    let gone = Fault::on(2, FaultAnswer::Cut).path_contains("/permissions/resources").method("PUT").for_ever();
    let blind = Fault::on(3, FaultAnswer::Cut).path_contains("/api/agents/my-agent").method("GET").for_ever();
    // Reads 1 and 2 of the agent's own path are the plan's and the one before writing; the permissions' path counts too.
    let blind = Fault { nth: 6, ..blind };
    world.sandbox.handle().set_faults([gone, blind]);
    let applied = world.import(&configuration(WANTED), Mode::Exact).await.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::NeedsAttention, "{:?}", applied.report);
    assert!(!applied.report.left.is_empty());
    assert!(
        applied.report.left.iter().all(|left| left.reason.contains("may have been changed")),
        "{:?}",
        applied.report.left
    );
    assert!(applied.backup.is_some(), "the way back is there");
}

#[tokio::test]
async fn cancelling_puts_back_what_was_done() {
    let world = World::with(BEFORE).await;
    let mut wanted = configuration(WANTED);
    for number in 0..200 {
        let entry = aidb_core::config::ResourcePermission::new("table", [Read]);
        wanted.agent.resource_permissions.insert(format!("t{number:03}"), entry);
    }
    let mut context = Context::default();
    let cancel = context.cancel.clone();
    let done = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = Arc::clone(&done);
    context.progress = Arc::new(move |event: Event| {
        if matches!(event, Event::ItemDone { .. }) && counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 50 {
            cancel.cancel();
        }
    });
    let options = ImportOptions { mode: Mode::Exact, ..ImportOptions::default() };
    let applied = world.import_with(&wanted, &options, &context).await.expect("ended");
    assert!(applied.report.cancelled);
    assert_eq!(applied.report.outcome, Outcome::PutBack, "{:?}", applied.report.left);
    assert_eq!(world.resources(), words(BEFORE));
    assert!(!applied.report.put_back.is_empty());
}

/// Everything was sent by then, and nothing failed: who asked for it to be put back gets that all the same.
#[tokio::test]
async fn cancelling_puts_back_until_everything_is_verified() {
    let held = Fault::on(1, FaultAnswer::Hold);
    let lost = Fault::on(1, FaultAnswer::Cut).method("DELETE").after_effect();
    let asked_again = Fault { nth: 2, ..held.clone() }.method("DELETE");
    type Reached = fn(&World) -> bool;
    let cases: [(&str, Vec<Fault>, Reached); 3] = [
        ("while the last request is under way", vec![held.clone().method("DELETE")], |world| {
            requests(world, "DELETE") == 1
        }),
        ("while the lost answer of the last request is asked for again", vec![lost, asked_again], |world| {
            requests(world, "DELETE") == 2
        }),
        // Two reads of the permissions came before the first write.
        (
            "while everything is read back",
            vec![Fault { nth: 3, ..held }.method("GET").path_contains(RESOURCES)],
            |world| {
                requests(world, "DELETE") == 1
                    && world.sandbox.handle().requests().last().is_some_and(|last| last.method == "GET")
            },
        ),
    ];
    for (when, faults, now) in cases {
        let world = World::with(BEFORE).await;
        world.sandbox.handle().set_faults(faults);
        let context = Context::default();
        let options = ImportOptions { mode: Mode::Exact, ..ImportOptions::default() };
        let wanted = configuration(WANTED);
        let cancel = async {
            while !now(&world) {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
            context.cancel.cancel();
            world.sandbox.handle().set_faults([]);
        };
        let (applied, ()) = tokio::join!(world.import_with(&wanted, &options, &context), cancel);
        let report = applied.expect("ended").report;
        assert_eq!((report.outcome, report.cancelled), (Outcome::PutBack, true), "{when}: {report:?}");
        assert_eq!(report.cause.expect("a cause").code, ErrorCode::Interrupted, "{when}");
        assert_eq!(world.resources(), words(BEFORE), "{when}");
    }
}

#[tokio::test]
async fn what_somebody_else_changed_during_the_apply_is_left_and_reported() {
    let world = World::with(BEFORE).await;
    let handle = world.sandbox.handle();
    // The second write fails for good; by then the first one's value was changed by somebody else.
    handle.set_faults([Fault::on(1, FaultAnswer::status(400, ErrorBody::Json)).method("DELETE")]);
    let interfere = move |event: Event| {
        if matches!(&event, Event::ItemDone { subject } if subject == "customers") {
            handle.set_resource(AGENT, "customers", "table", &[aidb_sandbox::Permission::Admin]).expect("set");
        }
    };
    let context = Context { progress: Arc::new(interfere), ..Context::default() };
    let options = ImportOptions { mode: Mode::Exact, ..ImportOptions::default() };
    let applied = world.import_with(&configuration(WANTED), &options, &context).await.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::NeedsAttention);
    assert_eq!(applied.report.left.len(), 1, "{:?}", applied.report.left);
    assert!(applied.report.left[0].reason.contains("Somebody else changed customers"), "{:?}", applied.report.left);
    let mut expected = words(BEFORE).expect("some");
    expected.insert("customers".into(), vec![Admin]);
    assert_eq!(world.resources(), Some(expected), "theirs stays, ours went back");
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_changes_nothing() {
    let world = World::with(BEFORE).await;
    world.sandbox.handle().switch(|switches| switches.database = DatabaseAnswer::Unreachable);
    let canary = "postgresql://canary-user:canary-password@db.example.com/shop";
    let link = LinkDatabase::With {
        connection_string: SecretString::from(canary),
        remember: Remember::Forget,
        even_if_linked: Relink::No,
    };
    let options = ImportOptions { mode: Mode::Exact, link, ..ImportOptions::default() };
    let applied = world.import_with(&configuration(WANTED), &options, &Context::default()).await.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::PutBack, "{:?}", applied.report);
    assert_eq!(world.resources(), words(BEFORE), "the link goes first, so nothing had been changed");
    assert!(!format!("{:?}", applied.report).contains("canary"), "{:?}", applied.report);
}

#[tokio::test]
async fn r4_no_durable_backup_no_write() {
    let world = World::with(BEFORE).await;
    let context = Context::default();
    let options = ImportOptions::default();
    let wanted = configuration(WANTED);
    let proposal =
        world.engine.propose_import(&world.target, &wanted, &options, "f".into(), &context).await.expect("plan");
    // A trigger stands for a disk that takes the operation and refuses the backup.
    let path = world.engine.store().await.expect("store").path().to_owned();
    let refuse = "CREATE TRIGGER full BEFORE INSERT ON backups BEGIN SELECT RAISE(ABORT, 'disk full'); END;";
    let mut besides = sqlx::SqliteConnection::connect(&path.to_string_lossy()).await.expect("a second connection");
    sqlx::raw_sql(refuse).execute(&mut besides).await.expect("the trigger stands");
    let refused =
        world.engine.apply(&world.target, &proposal, &Consent::default(), &context).await.expect_err("refused");
    assert_eq!(refused.code(), ErrorCode::StoreUnusable);
    assert_eq!(world.writes(), 0, "no request that changes anything left without a durable backup");
    let history =
        world.engine.store().await.expect("store").operations(&OperationFilter::default()).await.expect("history");
    assert_eq!(history[0].state, OperationState::Failed);
}

#[tokio::test]
async fn backups_are_found_by_agent_and_hold_the_state_from_before() {
    let world = World::with(BEFORE).await;
    world.import(&configuration(WANTED), Mode::Exact).await.expect("applied");
    let store = world.engine.store().await.expect("store");
    let filter = BackupFilter { agent: Some(agent_id()), ..BackupFilter::default() };
    let listed = store.backups(&filter).await.expect("list");
    assert_eq!(listed.len(), 1);
    let backup = store.backup(&listed[0].id).await.expect("reads");
    let live = backup.state.present().expect("it existed");
    let ids: Vec<&String> = live.agent.resource_permissions.keys().collect();
    assert_eq!(ids, ["customers", "legacy", "orders"]);
}

#[tokio::test]
async fn a_registration_that_cannot_be_taken_back_is_left_with_everything_that_was_given_to_it() {
    let world = World::empty().await;
    let refused = || FaultAnswer::status(500, ErrorBody::Json);
    world.sandbox.handle().set_faults([
        Fault::on(3, FaultAnswer::status(400, ErrorBody::Json)).method("PUT"),
        Fault::on(1, refused()).method("DELETE").for_ever(),
    ]);
    let applied = world.import(&configuration(WANTED), Mode::Merge).await.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::NeedsAttention);
    assert!(applied.report.put_back.is_empty(), "nothing was: {:?}", applied.report.put_back);
    let left: Vec<&str> = applied.report.left.iter().map(|left| left.change.as_str()).collect();
    assert!(left.contains(&"register") && left.len() > 1 && !left.contains(&"delete"), "{left:?}");
    assert!(!applied.report.is_final(), "the next start tries again");
}

/// One 500 that passes, at any write, before or after it took effect: nothing is put back for it, and nothing is done twice.
#[tokio::test]
async fn a_500_that_passes_puts_nothing_back() {
    for (method, nth) in [("PUT", 1), ("PUT", 2), ("DELETE", 1), ("GET", 1), ("GET", 4), ("GET", 6)] {
        for after in [false, true] {
            let world = World::with(BEFORE).await;
            let fault = Fault::on(nth, FaultAnswer::status(500, ErrorBody::Json)).method(method);
            world.sandbox.handle().set_faults([if after { fault.after_effect() } else { fault }]);
            let applied = world.import(&configuration(WANTED), Mode::Exact).await.expect("applied");
            let case = format!("{method} {nth}, after its effect: {after}");
            assert_eq!(applied.report.outcome, Outcome::Done, "{case}: {:?}", applied.report);
            assert_eq!(world.resources(), words(WANTED), "{case}");
            let struck = world.sandbox.handle().requests().iter().filter(|request| request.fault.is_some()).count();
            assert_eq!(struck, 1, "{case}: the fault struck");
        }
    }
    for after in [false, true] {
        let world = World::empty().await;
        let fault = Fault::on(1, FaultAnswer::status(500, ErrorBody::Json)).method("POST");
        world.sandbox.handle().set_faults([if after { fault.after_effect() } else { fault }]);
        let applied = world.import(&configuration(WANTED), Mode::Merge).await.expect("applied");
        assert_eq!(applied.report.outcome, Outcome::Done, "{:?}", applied.report);
        let requests = world.sandbox.handle().requests();
        let registrations = requests.iter().filter(|request| request.method == "POST").count();
        assert_eq!(registrations, if after { 1 } else { 2 }, "it looks before it sends a registration again");
        assert!(world.keeps_a_key_that_opens());
    }
}

/// The target moved between plan and turn; what is applied is what whoever asked for it agreed to.
#[tokio::test]
async fn a_plan_is_made_again_only_as_far_as_it_was_agreed_to() {
    use aidb_core::operations::WhenMoved::{NoNewLoss, PlanAgain, Refuse, SameChanges};
    // What somebody else did meanwhile: (elsewhere, where our plan sets something, what exact would take away).
    let theirs: [(&str, Mode, [bool; 4]); 3] = [
        ("elsewhere", Mode::Merge, [false, true, true, true]),
        ("customers", Mode::Merge, [false, false, true, true]),
        ("elsewhere", Mode::Exact, [false, false, false, true]),
    ];
    for (resource, mode, applied) in theirs {
        for (when_moved, applied) in [Refuse, SameChanges, NoNewLoss, PlanAgain].into_iter().zip(applied) {
            let case = format!("{resource} in {mode:?}, {when_moved:?}");
            let world = World::with(&[("orders", &[Read])]).await;
            let wanted = configuration(&[("orders", &[Read, Write]), ("customers", &[Read])]);
            let options = ImportOptions { mode, ..ImportOptions::default() };
            let context = Context { when_moved, ..Context::default() };
            let proposal = world
                .engine
                .propose_import(&world.target, &wanted, &options, "f".into(), &context)
                .await
                .expect("plan");
            let entry = if resource == "customers" { vec![] } else { vec![aidb_sandbox::Permission::Read] };
            world.sandbox.handle().set_resource(AGENT, resource, "table", &entry).expect("set");
            let before = world.resources();
            match world.engine.apply(&world.target, &proposal, &Consent::default(), &context).await {
                Ok(done) => {
                    assert!(applied, "{case}: {:?}", done.report);
                    let plan = done.made_again.expect("it was made again");
                    assert_eq!(plan.changes.len(), done.report.applied.len(), "{case}");
                    assert!(done.backup.is_some(), "{case}");
                    let now = world.resources().expect("there");
                    assert_eq!(now["orders"], [Read, Write], "{case}");
                    assert_eq!(now.contains_key("elsewhere"), resource == "elsewhere" && mode == Mode::Merge, "{case}");
                }
                Err(error) => {
                    assert!(!applied, "{case}: {error}");
                    assert_eq!(error.report().code, ErrorCode::TargetChanged, "{case}");
                    assert_eq!(world.resources(), before, "{case}: nothing was written");
                }
            }
        }
    }
}
