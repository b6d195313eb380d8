//! Nothing changes a protected environment, and nothing deletes an agent, that nobody agreed to: whoever calls the engine.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use aidb_core::config::Permission;
use aidb_core::error::{ErrorCode, Explain as _};
use aidb_core::operations::{
    Agreement, Consent, Context, Deletion, EnvironmentDraft, ImportOptions, Proposal, RollbackOptions, RollbackSource,
    WhenBusy, WhenMoved,
};
use aidb_core::store::Protection;
use common::{World, configuration, target_of};

const NAME: &str = "Production";

/// A server that is kept as a protected environment.
async fn protected(resources: &[(&str, &[Permission])]) -> World {
    let mut world = World::with(resources).await;
    let url = world.sandbox.url();
    let draft = EnvironmentDraft {
        name: Some(NAME.into()),
        url: Some(url.clone()),
        protection: Some(Protection::Protected),
        ..EnvironmentDraft::default()
    };
    world.engine.add_environment(draft).await.expect("added");
    world.target = target_of(&world.engine, &url).await;
    assert!(world.target.is_protected());
    world
}

async fn proposal(world: &World, resources: &[(&str, &[Permission])]) -> Proposal {
    let wanted = configuration(resources);
    let (options, context) = (ImportOptions::default(), Context::default());
    world.engine.propose_import(&world.target, &wanted, &options, "agent.json".into(), &context).await.expect("a plan")
}

fn agreed(changes: Agreement) -> Consent {
    Consent { changes, deletion: Deletion::Refused }
}

#[tokio::test]
async fn a_protected_environment_is_changed_only_with_consent() {
    let world = protected(&[("orders", &[Permission::Read])]).await;
    let wanted: &[(&str, &[Permission])] = &[("orders", &[Permission::Read]), ("sales", &[Permission::Read])];
    let planned = proposal(&world, wanted).await;
    world.sandbox.handle().clear_requests();
    for (consent, said) in [
        (Consent::default(), "nobody can be asked here"),
        (agreed(Agreement::NameTyped(String::new())), "was not typed as it stands"),
        (agreed(Agreement::NameTyped("production".into())), "was not typed as it stands"),
        (Consent::default().with_deletion(Deletion::Agreed), "nobody can be asked here"),
    ] {
        let refused = world.engine.apply(&world.target, &planned, &consent, &Context::default()).await;
        let refused = refused.expect_err("nobody agreed");
        assert_eq!(refused.code(), ErrorCode::ConfirmationRequired, "{consent:?}");
        assert!(refused.to_string().contains(said), "{consent:?}: {refused}");
    }
    assert!(world.sandbox.handle().requests().is_empty(), "not even asked");

    let typed = agreed(Agreement::NameTyped(format!(" {NAME} ")));
    world.engine.apply(&world.target, &planned, &typed, &Context::default()).await.expect("applied");
    assert!(world.resources().expect("there").contains_key("sales"));
    let more: &[(&str, &[Permission])] = &[("stock", &[Permission::Read])];
    let planned = proposal(&world, more).await;
    let flag = agreed(Agreement::Flag);
    world.engine.apply(&world.target, &planned, &flag, &Context::default()).await.expect("applied");
    assert!(world.resources().expect("there").contains_key("stock"));
}

#[tokio::test]
async fn what_changes_nothing_needs_no_consent() {
    let world = protected(&[("orders", &[Permission::Read])]).await;
    let planned = proposal(&world, &[("orders", &[Permission::Read])]).await;
    world.engine.apply(&world.target, &planned, &Consent::default(), &Context::default()).await.expect("nothing to do");
    assert_eq!(world.writes(), 0);
}

#[tokio::test]
async fn consent_to_the_changes_is_none_to_a_deletion_and_a_plan_made_again_is_asked_about_too() {
    let world = protected(&[]).await;
    let name = || agreed(Agreement::NameTyped(NAME.into()));
    world.sandbox.handle().remove_agent(common::AGENT).expect("removed");
    let planned = proposal(&world, &[("orders", &[Permission::Read])]).await;
    let made = world.engine.apply(&world.target, &planned, &name(), &Context::default()).await.expect("registered");
    let source = RollbackSource::Backup(Box::new(made.backup.expect("a backup")));
    let (options, context) = (RollbackOptions::default(), Context::default());
    let back = world.engine.propose_rollback(&world.target, &source, &options, &context).await.expect("a plan");
    for consent in [name(), agreed(Agreement::Flag)] {
        let refused = world.engine.apply(&world.target, &back, &consent, &context).await.expect_err("not agreed");
        assert!(refused.to_string().contains("deletes the agent"), "{refused}");
    }
    assert!(world.resources().is_some());

    // The agent goes meanwhile: the plan that is made again registers it, and that has to be agreed to as well.
    let planned = proposal(&world, &[("orders", &[Permission::Read])]).await;
    assert!(planned.plan.is_empty());
    world.sandbox.handle().remove_agent(common::AGENT).expect("removed");
    let waits = Context { when_busy: WhenBusy::Wait, when_moved: WhenMoved::PlanAgain, ..Context::default() };
    let refused = world.engine.apply(&world.target, &planned, &Consent::default(), &waits).await.expect_err("refused");
    assert_eq!(refused.code(), ErrorCode::ConfirmationRequired, "{refused}");
    assert!(world.resources().is_none());
}
