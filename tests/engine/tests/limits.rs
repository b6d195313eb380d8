//! A backup is complete: rate limits are in it, come back from it, and what does not hold any says so.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use aidb_core::apply::Outcome;
use aidb_core::config::Permission::{Read, Write};
use aidb_core::config::{AgentState, LiveAgent, RateLimits};
use aidb_core::operations::{
    Applied, Consent, Context, Deletion, Error, Proposal, RollbackOptions, RollbackSource, compare,
};
use aidb_core::plan::{Mode, NoteCode};
use aidb_core::store::{Backup, BackupReason, NewBackup};
use aidb_sandbox::{ErrorBody, Fault, FaultAnswer, Spelling};
use common::{AGENT, World, agent_id, configuration};
use serde_json::json;

fn limits(minute: u32, hour: u32, day: u32) -> RateLimits {
    let limits = json!({ "queries_per_minute": minute, "queries_per_hour": hour, "queries_per_day": day });
    RateLimits(limits.as_object().expect("an object").clone())
}

async fn set(world: &World, limits: &RateLimits) {
    world.target.connector.set_rate_limits(&agent_id(), limits).await.expect("set");
}

async fn live(world: &World) -> Option<RateLimits> {
    world.target.connector.rate_limits(&agent_id()).await.expect("read")
}

async fn back_up(world: &World) -> Backup {
    world.engine.back_up(&world.target, &agent_id(), None, &Context::default()).await.expect("backed up")
}

async fn planned_back(world: &World, backup: &Backup) -> Proposal {
    let (source, options) = (RollbackSource::Backup(Box::new(backup.clone())), RollbackOptions::default());
    world.engine.propose_rollback(&world.target, &source, &options, &Context::default()).await.expect("planned")
}

async fn roll_back(world: &World, backup: &Backup) -> Result<Applied, Error> {
    let proposal = planned_back(world, backup).await;
    world
        .engine
        .apply(&world.target, &proposal, &Consent::default().with_deletion(Deletion::Agreed), &Context::default())
        .await
}

fn says(proposal: &Proposal, code: NoteCode) -> bool {
    proposal.plan.notes.iter().any(|note| note.code == code)
}

#[tokio::test]
async fn a_deleted_agent_comes_back_with_its_rate_limits() {
    for spelling in [Spelling::AsSent, Spelling::Python, Spelling::JavaScript] {
        let world = World::with(&[("customers", &[Read])]).await;
        world.sandbox.handle().switch(|switches| switches.spelling = spelling);
        set(&world, &limits(5, 50, 100)).await;
        let backup = back_up(&world).await;
        let held = backup.state.present().expect("there").rate_limits.clone();
        assert_eq!(held, Some(limits(5, 50, 100)));
        world.sandbox.handle().remove_agent(AGENT).expect("removed");
        let applied = roll_back(&world, &backup).await.expect("rolled back");
        assert_eq!(applied.report.outcome, Outcome::Done, "{:?}", applied.report);
        assert_eq!(live(&world).await, Some(limits(5, 50, 100)));
        assert!(!planned_back(&world, &backup).await.plan.differs(), "nothing is left to restore");
    }
}

/// Null means something to a server: it is kept, and set again.
#[tokio::test]
async fn a_limit_that_is_none_stays_none() {
    let world = World::with(&[]).await;
    let none = RateLimits(
        json!({ "queries_per_minute": 5, "queries_per_hour": null, "queries_per_day": 100 })
            .as_object()
            .expect("an object")
            .clone(),
    );
    set(&world, &none).await;
    let backup = back_up(&world).await;
    set(&world, &limits(60, 1000, 10_000)).await;
    let applied = roll_back(&world, &backup).await.expect("rolled back");
    assert_eq!(applied.report.applied.len(), 1);
    assert_eq!(live(&world).await, Some(none));
}

#[tokio::test]
async fn a_rollback_restores_changed_limits_is_verified_and_leads_back_itself() {
    let world = World::with(&[("customers", &[Read])]).await;
    set(&world, &limits(5, 50, 100)).await;
    let backup = back_up(&world).await;
    set(&world, &limits(60, 1000, 10_000)).await;
    let comparison = {
        let side = aidb_core::operations::Side::of_state("backup", backup.state.clone());
        let now = world.engine.side_of(&world.target, &agent_id(), &Context::default()).await.expect("read");
        compare(&side, &now).expect("compared")
    };
    assert!(!comparison.is_same(), "a comparison shows them");
    let applied = roll_back(&world, &backup).await.expect("rolled back");
    assert_eq!(applied.report.outcome, Outcome::Done, "{:?}", applied.report);
    assert_eq!(live(&world).await, Some(limits(5, 50, 100)));
    let before = applied.backup.expect("one from before it");
    roll_back(&world, &before).await.expect("rolled back again");
    assert_eq!(live(&world).await, Some(limits(60, 1000, 10_000)));
}

#[tokio::test]
async fn limits_that_were_set_go_back_when_the_apply_fails() {
    let world = World::with(&[("customers", &[Read])]).await;
    set(&world, &limits(5, 50, 100)).await;
    let backup = back_up(&world).await;
    set(&world, &limits(60, 1000, 10_000)).await;
    world.sandbox.handle().set_resource(AGENT, "customers", "table", &[]).expect("set");
    let refused = FaultAnswer::status(400, ErrorBody::Json);
    world.sandbox.handle().set_faults([Fault::on(1, refused).method("PUT").path_contains("/permissions/")]);
    let applied = roll_back(&world, &backup).await.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::PutBack, "{:?}", applied.report);
    assert_eq!(live(&world).await, Some(limits(60, 1000, 10_000)), "what was there before it");
}

#[tokio::test]
async fn limits_that_moved_after_the_plan_stop_the_rollback() {
    let world = World::with(&[("customers", &[Read])]).await;
    set(&world, &limits(5, 50, 100)).await;
    let backup = back_up(&world).await;
    set(&world, &limits(60, 1000, 10_000)).await;
    let proposal = planned_back(&world, &backup).await;
    set(&world, &limits(7, 70, 700)).await;
    let refused = world.engine.apply(&world.target, &proposal, &Consent::default(), &Context::default()).await;
    let Err(Error::TargetChanged { drift, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(drift.len(), 1, "{drift:?}");
    assert!(drift[0].contains("rate limits: now 7 a minute"), "{drift:?}");
    assert_eq!(live(&world).await, Some(limits(7, 70, 700)));
}

/// A read-back that does not show them is a failure like any other.
#[tokio::test]
async fn limits_that_the_server_only_confirms_are_noticed() {
    let world = World::with(&[]).await;
    set(&world, &limits(5, 50, 100)).await;
    let backup = back_up(&world).await;
    set(&world, &limits(60, 1000, 10_000)).await;
    let lie = Fault::on(1, FaultAnswer::Lie).method("PUT").path_contains("/rate-limits/");
    world.sandbox.handle().set_faults([lie]);
    let applied = roll_back(&world, &backup).await.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::PutBack, "{:?}", applied.report);
    let message = applied.report.cause.expect("a cause").message;
    assert!(message.contains("rate limits: is 60 a minute") && message.contains("should be 5 a minute"), "{message}");
}

#[tokio::test]
async fn an_import_takes_them_into_its_backup_and_leaves_them_alone() {
    let world = World::with(&[("customers", &[Read])]).await;
    set(&world, &limits(5, 50, 100)).await;
    let applied = world.import(&configuration(&[("customers", &[Read, Write])]), Mode::Merge).await.expect("done");
    let backup = applied.backup.expect("a backup");
    assert_eq!(backup.state.present().expect("there").rate_limits, Some(limits(5, 50, 100)));
    assert_eq!(live(&world).await, Some(limits(5, 50, 100)));
}

/// One from before aidb kept them holds none, which is not "the default": the agent keeps what it has, and the plan says so.
#[tokio::test]
async fn a_backup_without_rate_limits_leaves_them_alone_and_says_so() {
    let world = World::with(&[("customers", &[Read])]).await;
    let taken = back_up(&world).await;
    let live_then = taken.state.present().expect("there").clone();
    let old = AgentState::Present(Box::new(LiveAgent { rate_limits: None, ..live_then }));
    let store = world.engine.store().await.expect("store");
    let agent = agent_id();
    let new = NewBackup {
        server: &taken.summary.server,
        agent_id: &agent,
        state: &old,
        tables: None,
        reason: BackupReason::Requested,
        operation: None,
        taken_at: taken.summary.taken_at,
        note: None,
    };
    let old = store.insert_backup(&new).await.expect("stored");
    set(&world, &limits(5, 50, 100)).await;
    let proposal = planned_back(&world, &old).await;
    assert!(proposal.plan.is_empty() && says(&proposal, NoteCode::RateLimitsUnknown), "{:?}", proposal.plan);
    world.sandbox.handle().remove_agent(AGENT).expect("removed");
    let proposal = planned_back(&world, &old).await;
    assert!(proposal.plan.registers() && says(&proposal, NoteCode::RateLimitsUnknown), "{:?}", proposal.plan);
}

/// A server that does not have the call is no reason for anything to fail.
#[tokio::test]
async fn a_server_without_rate_limits_is_no_error() {
    for (status, body) in [(404, ErrorBody::Html), (405, ErrorBody::Html), (501, ErrorBody::Empty)] {
        let world = World::with(&[("customers", &[Read])]).await;
        let without = || Fault::on(1, FaultAnswer::status(status, body)).path_contains("/rate-limits/").for_ever();
        world.sandbox.handle().set_faults([without()]);
        let backup = back_up(&world).await;
        assert_eq!(backup.state.present().expect("there").rate_limits, None, "not known, and never the default");
        let applied = world.import(&configuration(&[("customers", &[Write])]), Mode::Merge).await.expect("done");
        assert_eq!(applied.report.outcome, Outcome::Done, "{status}: {:?}", applied.report);
        roll_back(&world, &backup).await.expect("rolled back");
        // A backup that has them, and a server that does not any more.
        world.sandbox.handle().set_faults([]);
        let whole = back_up(&world).await;
        world.sandbox.handle().set_faults([without()]);
        let proposal = planned_back(&world, &whole).await;
        assert!(proposal.plan.is_empty() && says(&proposal, NoteCode::RateLimitsUnknown), "{:?}", proposal.plan);
    }
}

/// A backup that could not be completed is none: nothing is written.
#[tokio::test]
async fn limits_that_cannot_be_read_stop_the_import_before_its_first_write() {
    let world = World::with(&[("customers", &[Read])]).await;
    let failing = Fault::on(1, FaultAnswer::status(500, ErrorBody::Json)).path_contains("/rate-limits/").for_ever();
    world.sandbox.handle().set_faults([failing]);
    let refused = world.import(&configuration(&[("customers", &[Write])]), Mode::Merge).await;
    assert!(refused.is_err(), "{refused:?}");
    assert_eq!(world.writes(), 0);
}
