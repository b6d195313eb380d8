//! P9: how many requests an action takes, counted by the server, exact.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use aidb_core::config::Permission::{Read, Write};
use aidb_core::connector::ConnectorError;
use aidb_core::operations::{Context, Error, ImportOptions, LinkDatabase, Relink, Remember};
use aidb_core::plan::Mode;
use common::{AGENT, World, agent_id, configuration};
use secrecy::SecretString;

#[tokio::test]
async fn p9_an_export_takes_3() {
    let world = World::with(&[("customers", &[Read]), ("orders", &[Read, Write])]).await;
    world.engine.export(&world.target, &agent_id(), &Context::default()).await.expect("exported");
    assert_eq!(world.sandbox.handle().request_count(), 3);
}

/// The agent, its permissions, and the tables of its database, where it has one and the plan is about tables.
#[tokio::test]
async fn p9_a_plan_takes_at_most_3() {
    for (linked, most) in [(true, 3), (false, 2)] {
        let world = World::with(&[("customers", &[Read])]).await;
        if linked {
            world.sandbox.handle().link_database(AGENT, "shop", "shop").expect("linked");
        }
        let wanted = configuration(&[("customers", &[Read, Write])]);
        let options = ImportOptions::default();
        let proposed = world
            .engine
            .propose_import(&world.target, &wanted, &options, "f".into(), &Context::default())
            .await
            .expect("plan");
        assert_eq!(proposed.plan.changes.len(), 1);
        assert_eq!(world.sandbox.handle().request_count(), most, "linked: {linked}");
        assert_eq!(world.writes(), 0, "a dry run never writes");
    }
}

#[tokio::test]
async fn p9_an_import_of_n_changes_takes_at_most_n_plus_8() {
    let existing = World::with(&[("a", &[Read]), ("z", &[Read])]).await;
    existing
        .import(&configuration(&[("a", &[Write]), ("b", &[Read]), ("c", &[Read])]), Mode::Exact)
        .await
        .expect("done");
    assert_eq!(existing.writes(), 4, "three permissions set, one revoked");
    assert_eq!(existing.sandbox.handle().request_count(), 4 + 7, "2 for the plan, 3 again before writing, 2 to verify");
}

/// The most that an import takes besides its changes: whether the database has the tables is worth a request, and so are the rate
/// limits for the backup, and whether the agent is still the same one at the end.
#[tokio::test]
async fn p9_an_import_that_looks_for_its_tables_takes_n_plus_8() {
    let world = World::with(&[("a", &[Read])]).await;
    world.sandbox.handle().link_database(AGENT, "shop", "shop").expect("linked");
    world.import(&configuration(&[("a", &[Write]), ("b", &[Read])]), Mode::Merge).await.expect("done");
    assert_eq!(world.writes(), 2);
    assert_eq!(world.sandbox.handle().request_count(), 2 + 8, "3 for the plan, 3 again before writing, 2 to verify");
}

#[tokio::test]
async fn p9_linking_an_existing_agent_stays_within_the_bar() {
    let world = World::with(&[("a", &[Read])]).await;
    let link = LinkDatabase::With {
        connection_string: SecretString::from("postgresql://postgres@127.0.0.1:5455/shop"),
        remember: Remember::Forget,
        even_if_linked: Relink::No,
    };
    let options = ImportOptions { link, ..ImportOptions::default() };
    world.import_with(&configuration(&[("a", &[Write])]), &options, &Context::default()).await.expect("done");
    assert_eq!(world.writes(), 2, "the link and the permission");
    assert_eq!(world.sandbox.handle().request_count(), 2 + 7, "2 for the plan, 3 again before writing, 2 to verify");
}

#[tokio::test]
async fn p9_a_registration_with_its_database_takes_n_plus_7() {
    let world = World::empty().await;
    let mut wanted = configuration(&[("a", &[Read]), ("b", &[Read])]);
    wanted.agent.database = Some(aidb_core::config::DatabaseReference::default());
    let link = LinkDatabase::With {
        connection_string: SecretString::from("postgresql://postgres@127.0.0.1:5455/shop"),
        remember: Remember::Forget,
        even_if_linked: Relink::No,
    };
    let options = ImportOptions { link, ..ImportOptions::default() };
    world.import_with(&wanted, &options, &Context::default()).await.expect("done");
    assert_eq!(world.writes(), 3);
    // 1 for the plan, 1 again and 1 right before registering, 1 right after it, 2 to verify, and 1 for whose key it has.
    assert_eq!(world.sandbox.handle().request_count(), 3 + 7);
}

#[tokio::test]
async fn p9_nothing_to_change_sends_nothing_but_the_plan() {
    let world = World::with(&[("a", &[Read])]).await;
    let applied = world.import(&configuration(&[("a", &[Read])]), Mode::Merge).await.expect("done");
    assert_eq!(world.sandbox.handle().request_count(), 2);
    assert!(applied.backup.is_none(), "nothing is written, so nothing is backed up");
}

#[tokio::test]
async fn an_id_that_cannot_be_addressed_is_refused_before_anything_is_sent() {
    let world = World::empty().await;
    let mut wanted = configuration(&[("a", &[Read])]);
    wanted.agent.agent_id = "team a/agent".into();
    let refused = world.import(&wanted, Mode::Merge).await.expect_err("refused");
    assert!(matches!(refused, Error::Id(_)), "{refused}");
    assert_eq!(world.sandbox.handle().request_count(), 0);
    assert!(!matches!(refused, Error::Connector(ConnectorError::NoAnswer { .. })));
}
