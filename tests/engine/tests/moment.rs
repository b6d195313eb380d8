//! What was there at a moment, from backups and plans; what cannot be known is named.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::time::Duration;

use aidb_core::config::{AgentState, Permission};
use aidb_core::operations::{Agreement, BatchOptions, Consent, Context, Deletion, KnownAt, RestorePlan, WhyUnknown};
use aidb_core::plan::Mode;
use chrono::{DateTime, Utc};
use common::{AGENT, World, agent_id, configuration};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

type Access = Vec<(String, Vec<Permission>)>;

impl World {
    async fn at(&self, at: DateTime<Utc>) -> KnownAt {
        self.engine.agent_at(&self.target.server_id(), &agent_id(), at).await.expect("the store")
    }

    async fn restore(&self, at: DateTime<Utc>) -> RestorePlan {
        self.engine.propose_moment(&self.target, at, &Context::default()).await.expect("planned")
    }

    async fn apply_restore(&self, at: DateTime<Utc>) {
        let RestorePlan { proposals, unknown } = self.restore(at).await;
        assert!(unknown.is_empty(), "{unknown:?}");
        let consent = Consent { changes: Agreement::NotAsked, deletion: Deletion::Agreed };
        let options = BatchOptions::default();
        let end = self.engine.apply_batch(&self.target, proposals, &consent, &options, &Context::default()).await;
        assert!(end.expect("begun").stopped.is_none());
    }

    fn access(&self) -> Option<Access> {
        self.resources().map(|resources| resources.into_iter().collect())
    }
}

/// Later than all that was done so far, and earlier than all that comes.
async fn between() -> DateTime<Utc> {
    tokio::time::sleep(Duration::from_millis(3)).await;
    let at = Utc::now();
    tokio::time::sleep(Duration::from_millis(3)).await;
    at
}

fn access_of(known: &KnownAt) -> Option<Access> {
    let KnownAt::State(known) = known else { panic!("it is known: {known:?}") };
    let live = known.state.present()?;
    let entry = |(id, entry): (&String, &aidb_core::config::ResourcePermission)| {
        (id.clone(), entry.permissions.iter().collect::<Vec<_>>())
    };
    Some(live.agent.resource_permissions.iter().map(entry).collect())
}

/// One thing that aidb does to the agent.
#[derive(Clone, Debug)]
enum Step {
    Import(Vec<(u8, u8)>, bool),
    Backup,
    /// Back to a moment of before.
    Restore(prop::sample::Index),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let entries = prop::collection::vec((0_u8..5, 1_u8..16), 0..4);
    let step = prop_oneof![
        4 => (entries, any::<bool>()).prop_map(|(entries, exact)| Step::Import(entries, exact)),
        1 => Just(Step::Backup),
        1 => any::<prop::sample::Index>().prop_map(Step::Restore),
    ];
    prop::collection::vec(step, 1..7)
}

/// docs/QUALITY.md, R12: over random histories of what aidb did, every moment gives what was there.
#[test]
fn r12_every_moment_of_a_history_gives_what_was_there() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let mut runner = TestRunner::new(Config { cases: 32, ..Config::default() });
    runner
        .run(&steps(), |steps| {
            runtime.block_on(replay(steps));
            Ok(())
        })
        .expect("every moment is as it was");
}

async fn replay(steps: Vec<Step>) {
    let world = World::empty().await;
    let mut moments: Vec<(DateTime<Utc>, Option<Access>)> = Vec::new();
    for step in steps {
        match step {
            Step::Import(entries, exact) => {
                let ids: Vec<String> = entries.iter().map(|(id, _)| format!("table-{id}")).collect();
                let sets: Vec<Vec<Permission>> = entries
                    .iter()
                    .map(|&(_, bits)| {
                        Permission::ALL.into_iter().enumerate().filter(move |(nth, _)| bits >> nth & 1 == 1)
                    })
                    .map(|set| set.map(|(_, permission)| permission).collect())
                    .collect();
                let resources: Vec<(&str, &[Permission])> =
                    ids.iter().map(String::as_str).zip(sets.iter().map(Vec::as_slice)).collect();
                let mode = if exact { Mode::Exact } else { Mode::Merge };
                world.import(&configuration(&resources), mode).await.expect("imported");
            }
            Step::Backup if world.access().is_some() => {
                let context = Context::default();
                world.engine.back_up(&world.target, &agent_id(), None, &context).await.expect("backed up");
            }
            Step::Backup => {}
            Step::Restore(index) => {
                if moments.is_empty() {
                    continue;
                }
                let (at, was) = moments[index.index(moments.len())].clone();
                if matches!(world.at(at).await, KnownAt::Unknown(WhyUnknown::NotSeen)) {
                    assert!(was.is_none(), "nobody had looked: {at}");
                    continue;
                }
                world.apply_restore(at).await;
                assert_eq!(world.access(), was, "restored to {at}");
            }
        }
        moments.push((between().await, world.access()));
    }
    // Before the first backup nothing is known: an import that changed nothing took none.
    for (at, was) in &moments {
        match world.at(*at).await {
            KnownAt::Unknown(WhyUnknown::NotSeen) => assert!(was.is_none(), "{at}"),
            known => assert_eq!(access_of(&known), *was, "at {at} of {moments:?}"),
        }
    }
}

const READ: &[Permission] = &[Permission::Read];

#[tokio::test]
async fn what_somebody_else_changed_is_named_and_left() {
    let world = World::with(&[("orders", READ)]).await;
    let context = Context::default();
    let unseen = between().await;
    world.engine.back_up(&world.target, &agent_id(), None, &context).await.expect("backed up");
    let seen = between().await;
    world.sandbox.handle().set_resource(AGENT, "orders", "table", &[aidb_sandbox::Permission::Admin]).expect("set");
    let RestorePlan { proposals, unknown } = world.restore(seen).await;
    assert!(proposals.is_empty(), "{proposals:?}");
    let [(agent, WhyUnknown::ChangedOutside { until: None, .. })] = &unknown[..] else { panic!("{unknown:?}") };
    assert_eq!(agent.as_str(), AGENT);

    // Once aidb has looked again it is known between which two looks it was.
    world.import(&configuration(&[("customers", READ)]), Mode::Merge).await.expect("imported");
    let now = between().await;
    let KnownAt::Unknown(why @ WhyUnknown::ChangedOutside { until: Some(_), .. }) = world.at(seen).await else {
        panic!()
    };
    assert!(why.sentence().starts_with("It was changed outside aidb between "), "{}", why.sentence());
    assert!(matches!(world.at(unseen).await, KnownAt::Unknown(WhyUnknown::NotSeen)));
    assert_eq!(access_of(&world.at(now).await), world.access());
}

#[tokio::test]
async fn an_agent_that_was_not_there_is_deleted_only_where_it_is_the_one_that_aidb_registered() {
    let world = World::empty().await;
    world.import(&configuration(&[("orders", READ)]), Mode::Merge).await.expect("registered");
    let there = between().await;
    let before = match world.engine.store().await.expect("the store").history().await.expect("history").last() {
        Some(aidb_core::store::HistoryRecord::Operation(operation)) => operation.started_at,
        other => panic!("{other:?}"),
    };
    assert!(matches!(world.at(before).await, KnownAt::Unknown(WhyUnknown::NotSeen)), "nobody had looked yet");
    // The backup from before it says that there was none.
    let backups = world.engine.store().await.expect("the store").backups(&Default::default()).await.expect("backups");
    let none = backups[0].taken_at;
    let KnownAt::State(known) = world.at(none).await else { panic!("it is known") };
    assert_eq!(known.state, AgentState::Absent);
    let RestorePlan { proposals, .. } = world.restore(none).await;
    assert!(proposals[0].plan.deletes_agent());
    world.apply_restore(none).await;
    assert_eq!(world.access(), None);
    world.apply_restore(there).await;
    assert_eq!(world.access(), Some(vec![("orders".to_owned(), READ.to_vec())]));
    // It has another key now, and belongs to whoever registered it.
    world.sandbox.handle().remove_agent(AGENT).expect("removed");
    let info = serde_json::json!({"name": "My Agent", "type": "analytics"});
    let info = info.as_object().expect("an object").clone();
    world.sandbox.handle().set_agent(AGENT, info, "somebody-elses-key").expect("set");
    let refused = world.engine.propose_moment(&world.target, none, &Context::default()).await;
    assert!(refused.is_err() || refused.is_ok_and(|plan| plan.proposals.is_empty()), "it is left");
}
