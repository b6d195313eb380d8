//! A process that dies in the middle of an apply: here the apply's future is dropped, which gives back its lock and closes its
//! connections, as the end of a process does. That the real process may be killed at any point, `tests/cli` shows.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::sync::Arc;
use std::time::Duration;

use aidb_core::apply::{Outcome, RecoveryMode};
use aidb_core::config::Permission::{self, Admin, Delete, Read, Write};
use aidb_core::error::{ErrorCode, Explain};
use aidb_core::operations::{
    Agreement, Applied, Consent, Context, Deletion, Engine, Error, ImportOptions, Owner, Proposal, Recovered,
    RecoveryEnd, RecoveryRequest, WhenBusy,
};
use aidb_core::plan::Mode;
use aidb_core::progress::Event;
use aidb_core::store::{OperationFilter, OperationKind, OperationState};
use aidb_sandbox::{Effect, Fault, FaultAnswer};
use common::{AGENT, World, agent_id, configuration, engine_in, target_of};

type Resources<'a> = &'a [(&'a str, &'a [Permission])];

/// Enough for an open environment.
static UNASKED: Consent = Consent { changes: Agreement::NotAsked, deletion: Deletion::Refused };

const BEFORE: Resources<'_> = &[("customers", &[Read]), ("legacy", &[Admin]), ("orders", &[Read, Write])];
const WANTED: Resources<'_> = &[("customers", &[Read, Write]), ("invoices", &[Read]), ("orders", &[Read, Delete])];

fn words(resources: Resources<'_>) -> Option<std::collections::BTreeMap<String, Vec<Permission>>> {
    Some(resources.iter().map(|(id, set)| ((*id).to_owned(), set.to_vec())).collect())
}

async fn proposal(world: &World, mode: Mode) -> Proposal {
    let options = ImportOptions { mode, ..ImportOptions::default() };
    let wanted = configuration(WANTED);
    let context = Context::default();
    world.engine.propose_import(&world.target, &wanted, &options, "agent.json".into(), &context).await.expect("planned")
}

/// Lets the `nth` request of `work` hang, before or after its effect, and drops `work` there. `Some` where it came to its end
/// first.
fn die_at<T>(
    world: &World,
    nth: u64,
    effect: Effect,
    work: impl Future<Output = T>,
) -> impl Future<Output = Option<T>> {
    die_of(world, Fault { effect, ..Fault::on(nth, FaultAnswer::Hang { ms: None }) }, work)
}

/// The same at the first request that this fault strikes.
fn die_of<T>(world: &World, fault: Fault, work: impl Future<Output = T>) -> impl Future<Output = Option<T>> {
    // An apply is large: boxed before it is held across the waits below.
    let work = Box::pin(work);
    let handle = world.sandbox.handle();
    async move {
        handle.clear_requests();
        handle.set_faults([fault]);
        let hanging = async {
            // Where the effect comes before the wait, it is made by then.
            while !handle.requests().iter().any(|request| request.waits) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let ended = tokio::select! {
            ended = work => Some(ended),
            () = hanging => None,
        };
        handle.set_faults([]);
        ended
    }
}

/// A world in which an import in exact mode died once its `nth` request had its effect, and what it was applying.
async fn interrupted_after(nth: u64) -> (World, Proposal) {
    let world = World::with(BEFORE).await;
    let proposal = proposal(&world, Mode::Exact).await;
    let context = Context::default();
    let apply = world.engine.apply(&world.target, &proposal, &UNASKED, &context);
    assert!(die_at(&world, nth, Effect::After, apply).await.is_none(), "the apply is under way");
    (world, proposal)
}

/// An engine of the next start, on the same data.
fn next_start(world: &World) -> Engine {
    engine_in(&world.folder)
}

async fn recover(world: &World, mode: RecoveryMode) -> Vec<Recovered> {
    let engine = next_start(world);
    let target = target_of(&engine, &world.sandbox.url()).await;
    let request = RecoveryRequest { mode, target: Some(&target), ..RecoveryRequest::default() };
    engine.recover(request, &Context::default()).await.expect("the store answers")
}

/// Nothing is left to do, and the history says how it ended.
async fn assert_all_ended(world: &World, at: &str) {
    let engine = next_start(world);
    assert!(engine.interrupted().await.expect("read").is_empty(), "{at}: something is still open");
    let history = engine.store().await.expect("store").operations(&OperationFilter::default()).await.expect("history");
    assert!(
        history.iter().all(|operation| operation.state.is_final() && operation.summary.is_some()),
        "{at}: {history:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_an_import_that_dies_at_any_request_is_put_back_or_was_done() {
    let (mut tried, mut done, mut put_back) = (0, 0, 0);
    for effect in [Effect::Before, Effect::After] {
        for nth in 1.. {
            let world = World::with(BEFORE).await;
            let proposal = proposal(&world, Mode::Exact).await;
            let context = Context::default();
            let apply = world.engine.apply(&world.target, &proposal, &UNASKED, &context);
            if die_at(&world, nth, effect, apply).await.is_some() {
                break;
            }
            tried += 1;
            let at = format!("request {nth}, {effect:?}");
            recover(&world, RecoveryMode::PutBack).await;
            assert_all_ended(&world, &at).await;
            match world.resources() {
                resources if resources == words(BEFORE) => put_back += 1,
                resources if resources == words(WANTED) => done += 1,
                other => panic!("{at}: neither the old state nor the new one: {other:?}"),
            }
        }
    }
    println!("R1: {tried} points of an import, {put_back} put back, {done} done, 0 lost");
    assert!(put_back > 4 && done > 0, "{put_back} put back, {done} done: not every part of it was reached");
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_a_registration_that_dies_at_any_request_leaves_no_agent_or_the_whole_one_and_its_key() {
    let (mut tried, mut put_back) = (0, 0);
    for effect in [Effect::Before, Effect::After] {
        for nth in 1.. {
            let world = World::empty().await;
            let proposal = proposal(&world, Mode::Merge).await;
            let context = Context::default();
            let apply = world.engine.apply(&world.target, &proposal, &UNASKED, &context);
            if die_at(&world, nth, effect, apply).await.is_some() {
                break;
            }
            tried += 1;
            let at = format!("request {nth}, {effect:?}");
            recover(&world, RecoveryMode::PutBack).await;
            assert_all_ended(&world, &at).await;
            match world.resources() {
                None => {
                    put_back += 1;
                    assert!(world.kept_keys().is_empty(), "{at}: a key that opens nothing is not kept");
                }
                resources => {
                    assert_eq!(resources, words(WANTED), "{at}");
                    assert!(world.keeps_a_key_that_opens(), "{at}: no key");
                }
            }
        }
    }
    println!("R1: {tried} points of a registration, {put_back} put back, 0 lost");
    assert!(put_back > 4, "the registration was reached");
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_a_recovery_may_itself_die_at_any_request() {
    let mut tried = 0;
    for effect in [Effect::Before, Effect::After] {
        for nth in 1.. {
            // At the third write, so that two are to be put back at least.
            let (world, _) = interrupted_after(5).await;
            let recovery = Box::pin(recover(&world, RecoveryMode::PutBack));
            if die_at(&world, nth, effect, recovery).await.is_some() {
                break;
            }
            tried += 1;
            recover(&world, RecoveryMode::PutBack).await;
            assert_all_ended(&world, &format!("recovery's request {nth}, {effect:?}")).await;
            assert_eq!(world.resources(), words(BEFORE), "recovery's request {nth}, {effect:?}");
        }
    }
    println!("R1: {tried} points of a recovery, 0 lost");
    assert!(tried > 8, "only {tried} points");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_may_have_it_finished_instead() {
    for registers in [false, true] {
        // The first three requests read: agent, permissions, rate limits.
        for nth in 4.. {
            let world = if registers { World::empty().await } else { World::with(BEFORE).await };
            let proposal = proposal(&world, Mode::Exact).await;
            let context = Context::default();
            let apply = world.engine.apply(&world.target, &proposal, &UNASKED, &context);
            if die_at(&world, nth, Effect::After, apply).await.is_some() {
                break;
            }
            let recovered = recover(&world, RecoveryMode::Finish).await;
            assert_all_ended(&world, &format!("request {nth}")).await;
            assert_eq!(world.resources(), words(WANTED), "request {nth}: {recovered:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_what_somebody_else_changed_since_is_left_and_named_either_way() {
    for mode in [RecoveryMode::PutBack, RecoveryMode::Finish] {
        let (world, _) = interrupted_after(6).await;
        world
            .sandbox
            .handle()
            .set_resource(AGENT, "customers", "table", &[aidb_sandbox::Permission::Admin])
            .expect("set");
        let recovered = recover(&world, mode).await;
        let [Recovered { end: RecoveryEnd::Recovered { report, .. }, .. }] = recovered.as_slice() else {
            panic!("{recovered:?}");
        };
        assert_eq!(report.outcome, Outcome::NeedsAttention);
        assert_eq!(report.left.len(), 1, "{:?}", report.left);
        assert!(report.left[0].reason.contains("customers"), "{:?}", report.left);
        let resources = world.resources().expect("there");
        assert_eq!(resources["customers"], [Admin], "theirs is theirs");
        let others = if mode == RecoveryMode::PutBack { BEFORE } else { WANTED };
        let mut expected = words(others).expect("some");
        expected.insert("customers".into(), vec![Admin]);
        assert_eq!(resources, expected);
        assert_all_ended(&world, "what is left is theirs, so it has ended").await;
    }
    println!("R6: 2 recoveries, back and forward, after somebody else's change: 0 undone");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_it_waits_visibly_and_blocks_its_agent_alone() {
    let (world, proposal) = interrupted_after(4).await;

    let engine = next_start(&world);
    let recovered = engine.recover(RecoveryRequest::default(), &Context::default()).await.expect("the store answers");
    let [Recovered { end: RecoveryEnd::Waiting { reason }, interrupted }] = recovered.as_slice() else {
        panic!("{recovered:?}");
    };
    assert_eq!(reason.code, ErrorCode::ApiKeyMissing);
    let open = engine.interrupted().await.expect("read");
    assert_eq!(open[0].operation.waiting.as_ref().map(|why| why.code), Some(ErrorCode::ApiKeyMissing));
    assert_eq!(open[0].owner, Owner::Gone);

    let again = engine.apply(&world.target, &proposal, &UNASKED, &Context::default()).await.expect_err("blocked");
    assert_eq!(again.code(), ErrorCode::Unsettled, "{again}");
    assert!(again.to_string().contains(interrupted.id.as_str()), "{again}");

    // Another agent of the same server is not its business.
    let mut other = configuration(WANTED);
    other.agent.agent_id = "another-agent".into();
    world.import(&other, Mode::Merge).await.expect("another agent is not blocked");

    recover(&world, RecoveryMode::PutBack).await;
    assert_eq!(world.resources(), words(BEFORE));
    assert_all_ended(&world, "with the key").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_be_reached_leaves_it_open_for_the_next_start() {
    let world = World::with(BEFORE).await;
    let proposal = proposal(&world, Mode::Exact).await;
    let handle = world.sandbox.handle();
    // From the second write on nothing gets through, not even what leads back.
    handle.set_faults([Fault::on(4, FaultAnswer::Cut).for_ever()]);
    let context = Context::default();
    let applied = world.engine.apply(&world.target, &proposal, &UNASKED, &context).await.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::NeedsAttention);
    assert!(!applied.report.is_final());
    let waiting = next_start(&world).interrupted().await.expect("read");
    assert_eq!(waiting.len(), 1, "it is not forgotten");

    handle.set_faults([]);
    recover(&world, RecoveryMode::PutBack).await;
    assert_eq!(world.resources(), words(BEFORE));
    assert_all_ended(&world, "the server is back").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_can_never_be_recovered_is_left_as_it_is_by_a_person() {
    let (world, _) = interrupted_after(4).await;
    let engine = next_start(&world);
    let open = engine.interrupted().await.expect("read").remove(0).operation;
    let writes = world.writes();
    engine.leave(&open.id).await.expect("left");
    assert_eq!(world.writes(), writes, "nothing is sent");
    assert_all_ended(&world, "left").await;
    let operation = engine.store().await.expect("store").operation(&open.id).await.expect("there").summary;
    assert_eq!(operation.state, OperationState::NeedsAttention);
    assert!(operation.summary.is_some_and(|summary| summary.contains("tester")), "who left it is said");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_stands_in_the_history_beside_what_it_recovered() {
    let (world, _) = interrupted_after(4).await;
    recover(&world, RecoveryMode::PutBack).await;
    let engine = next_start(&world);
    let history = engine.store().await.expect("store").operations(&OperationFilter::default()).await.expect("history");
    let [recovery, interrupted] = history.as_slice() else { panic!("{history:?}") };
    assert_eq!(recovery.kind, OperationKind::Recovery);
    assert_eq!(recovery.source.as_deref(), Some(interrupted.id.as_str()));
    assert_eq!((recovery.state, interrupted.state), (OperationState::PutBack, OperationState::PutBack));
    let sentence = interrupted.summary.as_deref().expect("a sentence");
    assert!(
        sentence.starts_with("The apply was interrupted, and the ") && sentence.ends_with(" put back."),
        "{sentence}"
    );
    assert_eq!(recovery.summary, interrupted.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_lost_its_memory_is_named_as_that() {
    let world = World::with(BEFORE).await;
    let handle = world.sandbox.handle();
    let forget = move |event: Event| {
        if matches!(event, Event::ItemDone { .. }) {
            handle.forget().expect("forgotten");
        }
    };
    let context = Context { progress: Arc::new(forget), ..Context::default() };
    let options = ImportOptions { mode: Mode::Exact, ..ImportOptions::default() };
    let applied = world.import_with(&configuration(WANTED), &options, &context).await.expect("ended");
    let cause = applied.report.cause.clone().expect("a cause");
    assert_eq!(cause.code, ErrorCode::ServerEmptied, "{cause:?}");
    assert!(cause.message.contains("lost its memory"), "{}", cause.message);
    assert_eq!(applied.report.outcome, Outcome::NeedsAttention);
    assert!(applied.report.is_final(), "trying again cannot help");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_deleted_in_the_middle_stops_the_apply() {
    let world = World::with(BEFORE).await;
    let handle = world.sandbox.handle();
    let info = serde_json::json!({"name": "Another"});
    handle.set_agent("another", info.as_object().expect("object").clone(), "key").expect("set");
    let gone = move |event: Event| {
        if matches!(event, Event::ItemDone { .. }) && handle.agent(AGENT).is_some() {
            handle.remove_agent(AGENT).expect("removed");
        }
    };
    let context = Context { progress: Arc::new(gone), ..Context::default() };
    let options = ImportOptions { mode: Mode::Exact, ..ImportOptions::default() };
    let applied = world.import_with(&configuration(WANTED), &options, &context).await.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::NeedsAttention);
    assert_ne!(applied.report.cause.map(|cause| cause.code), Some(ErrorCode::ServerEmptied), "another agent is there");
    assert!(world.resources().is_none(), "it is not registered anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_one_writes_and_the_other_learns_who_and_since_when() {
    let world = World::with(BEFORE).await;
    let handle = world.sandbox.handle();
    handle.set_faults([Fault::on(1, FaultAnswer::Hold).method("DELETE")]);
    let first = proposal(&world, Mode::Exact).await;
    let context = Context::default();
    let other = next_start(&world);
    let (one, two) = tokio::join!(world.engine.apply(&world.target, &first, &UNASKED, &context), async {
        while !handle.requests().iter().any(|request| request.waits) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let refused = other.apply(&world.target, &first, &UNASKED, &context).await;
        handle.set_faults([]);
        refused
    });
    assert_eq!(one.expect("applied").report.outcome, Outcome::Done);
    let refused = two.expect_err("one at a time");
    assert_eq!(refused.code(), ErrorCode::AgentBusy);
    let Error::AgentBusy { holder: Some(holder), .. } = &refused else { panic!("{refused:?}") };
    assert_eq!(holder.actor, "tester");
    assert!(refused.to_string().contains("by tester in a terminal is under way since 20"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_whoever_waits_finds_the_target_changed_and_writes_nothing() {
    let world = World::with(BEFORE).await;
    let handle = world.sandbox.handle();
    handle.set_faults([Fault::on(1, FaultAnswer::Hold).method("DELETE")]);
    let first = proposal(&world, Mode::Exact).await;
    let context = Context::default();
    // The first goes on once the second says that it waits.
    let releasing = handle.clone();
    let waits = move |event: Event| {
        if matches!(event, Event::Waiting { .. }) {
            releasing.set_faults([]);
        }
    };
    let waiting = Context { when_busy: WhenBusy::Wait, progress: Arc::new(waits), ..Context::default() };
    let other = next_start(&world);
    let (one, two) = tokio::join!(world.engine.apply(&world.target, &first, &UNASKED, &context), async {
        while !handle.requests().iter().any(|request| request.waits) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        other.apply(&world.target, &first, &UNASKED, &waiting).await
    });
    assert_eq!(one.expect("applied").report.outcome, Outcome::Done);
    assert_eq!(two.expect_err("out of date").code(), ErrorCode::TargetChanged);
}

#[tokio::test(flavor = "multi_thread")]
async fn how_far_an_apply_may_have_come_is_noted_before_it_goes_there() {
    // More than one group of the journal: nothing beyond the noted part may have been sent.
    let ids: Vec<String> = (0..2_500).map(|number| format!("table_{number:05}")).collect();
    let wanted: Vec<(&str, &[Permission])> = ids.iter().map(|id| (id.as_str(), [Read].as_slice())).collect();
    let world = World::with(&[]).await;
    let context = Context::default();
    let planned = world
        .engine
        .propose_import(&world.target, &configuration(&wanted), &ImportOptions::default(), "f".into(), &context)
        .await
        .expect("planned");
    let apply = world.engine.apply(&world.target, &planned, &UNASKED, &context);
    // Every request from there on hangs: those beside it must not go on to where the next group is noted.
    let fault = Fault { effect: Effect::After, ..Fault::on(1_500, FaultAnswer::Hang { ms: None }) }.for_ever();
    assert!(die_of(&world, fault, apply).await.is_none());
    let engine = next_start(&world);
    let sent = engine.store().await.expect("store").open_operations().await.expect("open").remove(0).sent;
    assert_eq!(sent, Some(2_048), "two groups of 1,024");
    // Somebody else gives what the plan would have given, beyond what was sent: not ours to take back.
    world.sandbox.handle().set_resource(AGENT, "table_02400", "table", &[aidb_sandbox::Permission::Read]).expect("set");
    recover(&world, RecoveryMode::PutBack).await;
    assert_eq!(world.resources(), words(&[("table_02400", &[Read])]));
}

/// Applies a saved plan by its file, as another process would.
async fn apply_saved(world: &World, path: &std::path::Path) -> Result<Applied, Error> {
    let saved = aidb_core::operations::SavedPlan::read(path)?;
    let engine = next_start(world);
    let link = aidb_core::operations::LinkDatabase::Later;
    let proposals = engine.propose_saved(&world.target, saved, &link, None).await?;
    let [proposal] = &proposals[..] else { panic!("one agent") };
    engine.apply(&world.target, proposal, &UNASKED, &Context::default()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_plan_is_applied_as_it_was_saved_and_once() {
    let world = World::with(BEFORE).await;
    let path = world.folder.path().join("plan.json");
    let proposal = proposal(&world, Mode::Exact).await;
    let save = async |overwrite| world.engine.save_plan(&world.target, &[&proposal], &path, overwrite).await;
    save(aidb_core::files::Overwrite::Nothing).await.expect("saved");
    assert_eq!(save(aidb_core::files::Overwrite::Nothing).await.expect_err("taken").code(), ErrorCode::FileExists);
    assert!(!std::fs::read_to_string(&path).expect("text").contains(common::KEY), "no key is in it");

    apply_saved(&world, &path).await.expect("applied");
    assert_eq!(world.resources(), words(WANTED));
    // Even where the target is again what the plan was made from.
    let handle = world.sandbox.handle();
    for (id, _) in WANTED {
        handle.revoke_resource(AGENT, id).expect("revoked");
    }
    for (id, set) in [("customers", "read"), ("legacy", "admin"), ("orders", "read write")] {
        let set: Vec<_> =
            set.split(' ').map(|word| serde_json::from_value(word.into()).expect("a permission")).collect();
        handle.set_resource(AGENT, id, "table", &set).expect("set");
    }
    let again = apply_saved(&world, &path).await.expect_err("once");
    assert_eq!(again.code(), ErrorCode::PlanUnusable, "{again}");
    assert!(again.to_string().contains("applied once"), "{again}");
    assert_eq!(world.resources(), words(BEFORE), "nothing was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_a_saved_plan_writes_nothing_once_the_target_moved() {
    let world = World::with(BEFORE).await;
    let path = world.folder.path().join("plan.json");
    let proposal = proposal(&world, Mode::Exact).await;
    world
        .engine
        .save_plan(&world.target, &[&proposal], &path, aidb_core::files::Overwrite::Nothing)
        .await
        .expect("saved");
    world.sandbox.handle().set_resource(AGENT, "customers", "table", &[aidb_sandbox::Permission::Admin]).expect("set");
    let writes = world.writes();
    let error = apply_saved(&world, &path).await.expect_err("moved");
    let Error::TargetChanged { drift, now, .. } = &error else { panic!("{error:?}") };
    assert_eq!(drift.len(), 1, "{drift:?}");
    assert!(drift[0].starts_with("customers: now admin; was "), "{drift:?}");
    assert!(now.plan.changes.iter().any(|change| change.subject() == "customers"), "the new plan is there to be shown");
    assert_eq!(world.writes(), writes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_plan_for_another_server_or_one_that_was_edited_is_refused() {
    let world = World::with(BEFORE).await;
    let path = world.folder.path().join("plan.json");
    let proposal = proposal(&world, Mode::Exact).await;
    world
        .engine
        .save_plan(&world.target, &[&proposal], &path, aidb_core::files::Overwrite::Nothing)
        .await
        .expect("saved");
    let elsewhere = World::with(BEFORE).await;
    let error = apply_saved(&elsewhere, &path).await.expect_err("another server");
    assert!(error.to_string().contains("it was made for"), "{error}");

    let text = std::fs::read_to_string(&path).expect("text");
    std::fs::write(&path, text.replacen("\"delete\"", "\"admin\"", 1)).expect("edited");
    let error = apply_saved(&world, &path).await.expect_err("edited");
    assert!(error.to_string().contains("was changed since it was saved"), "{error}");
    assert_eq!(agent_id().as_str(), AGENT);
    assert_eq!(world.writes(), 0);
}
