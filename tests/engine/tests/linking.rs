//! Linking a database: what is linked already is no change, and what the server forgets is said beforehand.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use aidb_core::apply::Outcome;
use aidb_core::config::Permission::Read;
use aidb_core::config::{Configuration, DatabaseReference};
use aidb_core::error::ErrorCode;
use aidb_core::operations::{Context, Error, ImportOptions, LinkDatabase, Proposal, Relink, Remember};
use aidb_core::plan::NoteCode;
use aidb_sandbox::DatabaseAnswer;
use common::{AGENT, World, agent_id, configuration, target_of};
use secrecy::SecretString;

const ONE: &str = "postgresql://app@127.0.0.1:5455/shop";
const OTHER: &str = "postgresql://app@127.0.0.1:5455/shop_2";

fn with(string: &str, remember: Remember, even_if_linked: Relink) -> ImportOptions {
    let link = LinkDatabase::With { connection_string: SecretString::from(string), remember, even_if_linked };
    ImportOptions { link, ..ImportOptions::default() }
}

fn plainly(string: &str) -> ImportOptions {
    with(string, Remember::Forget, Relink::No)
}

fn wanted() -> Configuration {
    let mut wanted = configuration(&[("customers", &[Read])]);
    wanted.agent.database = Some(DatabaseReference {
        database_type: Some("postgresql".into()),
        connection_name: Some("main-db".into()),
        ..DatabaseReference::default()
    });
    wanted
}

async fn planned(world: &World, options: &ImportOptions) -> Proposal {
    let context = Context::default();
    world.engine.propose_import(&world.target, &wanted(), options, "f".into(), &context).await.expect("planned")
}

fn says(proposal: &Proposal, code: NoteCode) -> bool {
    proposal.plan.notes.iter().any(|note| note.code == code)
}

async fn apply(world: &World, options: &ImportOptions) {
    let applied = world.import_with(&wanted(), options, &Context::default()).await.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::Done, "{:?}", applied.report);
}

fn linked_at(world: &World) -> String {
    world.sandbox.handle().agent(AGENT).expect("there").database.expect("linked").linked_at
}

/// Registered with its database, which keeps the name: the same again is nothing.
#[tokio::test]
async fn linking_again_what_is_linked_is_no_change() {
    let world = World::empty().await;
    apply(&world, &plainly(ONE)).await;
    let first = linked_at(&world);
    let again = planned(&world, &plainly(ONE)).await;
    assert!(
        again.plan.is_empty() && !again.plan.differs() && says(&again, NoteCode::AlreadyLinked),
        "{:?}",
        again.plan
    );
    apply(&world, &plainly(ONE)).await;
    assert_eq!(linked_at(&world), first);
}

/// An agent that exists: the name is lost, the plan says so beforehand, and afterwards nothing that cannot be cured is a difference.
#[tokio::test]
async fn a_name_that_the_server_forgets_is_said_before_and_no_difference_afterwards() {
    let world = World::with(&[("customers", &[Read])]).await;
    let first = planned(&world, &plainly(ONE)).await;
    assert!(first.plan.links_database() && says(&first, NoteCode::ConnectionNameLost), "{:?}", first.plan);
    apply(&world, &plainly(ONE)).await;
    let name = world.sandbox.handle().agent(AGENT).expect("there").database.expect("linked").connection_name;
    assert_eq!(name, "default");
    for options in [plainly(ONE), ImportOptions::default()] {
        let later = planned(&world, &options).await;
        assert!(later.plan.is_empty() && !later.plan.differs(), "{:?}", later.plan);
    }
    let relinked = planned(&world, &with(ONE, Remember::Forget, Relink::Yes)).await;
    assert!(relinked.plan.links_database());
    assert!(
        relinked.plan.notes.iter().all(|note| !note.message.contains("loses the connection name default")),
        "{:?}",
        relinked.plan.notes
    );
}

/// A link under another name is one that somebody can do something about.
#[tokio::test]
async fn a_link_of_another_name_stays_a_difference() {
    let world = World::with(&[("customers", &[Read])]).await;
    world.sandbox.handle().link_database(AGENT, "other-db", "shop").expect("linked");
    assert!(planned(&world, &ImportOptions::default()).await.plan.differs());
}

/// Another connection string than the remembered one is a new link, and becomes the remembered one only when it is linked.
#[tokio::test]
async fn another_connection_string_than_the_remembered_one_is_linked_anew() {
    let world = World::empty().await;
    let keeping = |string| with(string, Remember::Keep, Relink::No);
    apply(&world, &keeping(ONE)).await;
    assert!(planned(&world, &keeping(ONE)).await.plan.is_empty());
    assert!(planned(&world, &keeping(OTHER)).await.plan.links_database());
    assert!(planned(&world, &keeping(OTHER)).await.plan.links_database(), "planning alone is no link");
    world.sandbox.handle().switch(|switches| switches.database = DatabaseAnswer::Unreachable);
    let failed = world.import_with(&wanted(), &keeping(OTHER), &Context::default()).await.expect("ended");
    assert_eq!(failed.report.outcome, Outcome::PutBack);
    world.sandbox.handle().switch(|switches| switches.database = DatabaseAnswer::Reachable);
    apply(&world, &keeping(OTHER)).await;
    assert_eq!(world.sandbox.handle().agent(AGENT).expect("there").database.expect("linked").database, "shop_2");
    assert!(planned(&world, &keeping(OTHER)).await.plan.is_empty(), "linked, and remembered");
    assert!(planned(&world, &plainly(ONE)).await.plan.links_database());
}

#[tokio::test]
async fn a_link_that_the_server_refuses_has_a_cause_and_says_what_to_do() {
    for world in [World::with(&[("customers", &[Read])]).await, World::empty().await] {
        world.sandbox.handle().switch(|switches| switches.database = DatabaseAnswer::Unreachable);
        let applied = world.import_with(&wanted(), &plainly(ONE), &Context::default()).await.expect("ended");
        let cause = applied.report.cause.expect("a cause");
        assert_eq!(cause.code, ErrorCode::RequestRefused);
        assert!(cause.hint.is_some_and(|hint| hint.contains("connection string")), "{}", cause.message);
    }
}

/// Staging has no database linked, so it names none; production must not forget what came to staging.
#[tokio::test]
async fn a_database_that_was_not_linked_on_the_way_is_not_forgotten_at_the_next_stage() {
    let staging = World::with(&[("customers", &[Read])]).await;
    let mut changed = wanted();
    changed.agent.resource_permissions.clear();
    let (options, context) = (ImportOptions::default(), Context::default());
    staging.import_with(&changed, &options, &context).await.expect("done");
    let production = World::empty().await;
    let to = target_of(&staging.engine, &production.sandbox.url()).await;
    let plan = staging.engine.propose_promotion(&staging.target, &agent_id(), &to, &options, &context).await;
    let plan = plan.expect("planned").plan;
    for code in [NoteCode::DatabaseNotLinked, NoteCode::DatabaseLeftBehind] {
        let note = plan.notes.iter().find(|note| note.code == code);
        assert!(note.is_some_and(|note| note.message.contains("main-db")), "{code:?} in {:?}", plan.notes);
    }
    // Linked at last, it speaks for itself.
    staging.sandbox.handle().link_database(AGENT, "staging-db", "shop").expect("linked");
    let plan = staging.engine.propose_promotion(&staging.target, &agent_id(), &to, &options, &context).await;
    let plan = plan.expect("planned").plan;
    assert!(plan.notes.iter().all(|note| note.code != NoteCode::DatabaseLeftBehind), "{:?}", plan.notes);
    assert!(plan.notes.iter().any(|note| note.message.contains("staging-db")), "{:?}", plan.notes);
}

#[tokio::test]
async fn linking_without_any_connection_string_is_refused_where_something_would_be_linked() {
    let world = World::empty().await;
    let remembered = ImportOptions { link: LinkDatabase::Remembered, ..ImportOptions::default() };
    let (wanted, context) = (wanted(), Context::default());
    let refused = world.engine.propose_import(&world.target, &wanted, &remembered, "f".into(), &context).await;
    assert!(matches!(refused, Err(Error::ConnectionStringMissing { .. })), "{refused:?}");
}
