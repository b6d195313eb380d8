//! R10 over real HTTP: applying a plan gives the target, rolling back the original, planning again nothing; whatever the ids.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use aidb_core::config::{self, AgentState, Permission, ResourcePermission, ResourcePermissions};
use aidb_core::operations::{Consent, Context, Deletion, ImportOptions, RollbackOptions, RollbackSource};
use aidb_core::plan::Mode;
use common::{World, configuration};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Ids that a URL, a JSON document or a file name could trip over, and ordinary ones.
fn any_id() -> impl Strategy<Value = String> {
    let awkward = [
        "a/b",
        "a//b",
        "/",
        ".",
        "..",
        "a..b",
        "%2F",
        "%",
        "%zz",
        "a?b=c",
        "a#b",
        "a b",
        " a",
        "a ",
        "+",
        "&",
        "=",
        "\\",
        "\"",
        "'",
        "<b>",
        "ünïcode_täble",
        "مرحبا",
        "🦀",
        "a\u{301}",
        "{}",
        "*",
        ":",
        ";",
        "@",
        "~",
    ];
    prop_oneof![3 => "[a-f]", 2 => proptest::sample::select(awkward.to_vec()).prop_map(str::to_owned)]
}

fn any_resources() -> impl Strategy<Value = ResourcePermissions> {
    let set = proptest::sample::subsequence(Permission::ALL.to_vec(), 0..=4);
    let entry = (prop_oneof![Just("table"), Just("dataset")], set);
    let entry = entry.prop_map(|(kind, set)| ResourcePermission::new(kind, set));
    proptest::collection::btree_map(any_id(), entry, 0..10)
}

/// What the server has; empty entries of ids that it cannot remove are as good as none.
async fn live(world: &World) -> Option<ResourcePermissions> {
    let (goal, context) = (configuration(&[]), Context::default());
    let options = ImportOptions { mode: Mode::Merge, ..ImportOptions::default() };
    let proposal =
        world.engine.propose_import(&world.target, &goal, &options, "f".into(), &context).await.expect("read");
    if proposal.plan.registers() {
        return None;
    }
    let export = world.engine.export(&world.target, &common::agent_id(), &context).await.expect("export");
    let mut resources = export.configuration.agent.resource_permissions;
    resources.retain(|id, entry| config::addressable(id).is_ok() || !entry.permissions.is_empty());
    Some(resources)
}

fn without_unremovable(mut resources: ResourcePermissions) -> ResourcePermissions {
    resources.retain(|id, entry| config::addressable(id).is_ok() || !entry.permissions.is_empty());
    resources
}

async fn round(before: Option<ResourcePermissions>, wanted: ResourcePermissions, mode: Mode) {
    let world = World::empty().await;
    if let Some(before) = &before {
        let mut first = configuration(&[]);
        first.agent.resource_permissions = before.clone();
        world.import(&first, Mode::Merge).await.expect("set up");
    }
    let mut file = configuration(&[]);
    file.agent.resource_permissions = wanted.clone();
    // What is applied is what was written to a file and read again.
    let text = config::write(&file);
    let reading = config::read(text.as_bytes());
    let file = reading.configuration.unwrap_or_else(|| panic!("{text}\n{:?}", reading.report));
    let applied = world.import(&file, mode).await.expect("applied");
    assert_eq!(applied.report.cause, None);

    let expected = match (mode, &before) {
        (Mode::Merge, Some(before)) => before.clone().into_iter().chain(wanted).collect(),
        _ => wanted,
    };
    assert_eq!(live(&world).await, Some(without_unremovable(expected)), "the goal is reached");

    let again = world.import(&file, mode).await.expect("planned again");
    assert!(again.report.applied.is_empty(), "planning again finds {:?}", again.report.applied);

    let Some(backup) = applied.backup else { return };
    assert_eq!(matches!(backup.state, AgentState::Absent), before.is_none());
    let (source, context) = (RollbackSource::Backup(Box::new(backup)), Context::default());
    let options = RollbackOptions::default();
    let back = world.engine.propose_rollback(&world.target, &source, &options, &context).await.expect("plan back");
    world
        .engine
        .apply(&world.target, &back, &Consent::default().with_deletion(Deletion::Agreed), &context)
        .await
        .expect("rolled back");
    assert_eq!(live(&world).await, before.map(without_unremovable), "the original is back");
}

const CASES: u32 = 60;

#[test]
fn r10_apply_reaches_the_goal_and_rollback_the_original_over_real_http() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
    let mode = prop_oneof![Just(Mode::Merge), Just(Mode::Exact)];
    let before = prop_oneof![1 => Just(None), 4 => any_resources().prop_map(Some)];
    let result = runner.run(&(before, any_resources(), mode), |(before, wanted, mode)| {
        runtime.block_on(round(before, wanted, mode));
        Ok(())
    });
    result.expect("holds for every case");
    println!(
        "R10: {CASES} imports and their rollbacks, each reached its goal, the original, and found nothing when planned again"
    );
}
