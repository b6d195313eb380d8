//! What a plan takes away, what it carries on, and how few steps lead to it.

use aidb_sandbox::{Permission, ResourceSnapshot};
use aidb_test_desktop::steps::{
    Mode, PLAN_IS_THERE, REASON, apply, go, open_with_environments, plan_promotion, to_apply,
};
use aidb_test_desktop::{Samples, Session};
use anyhow::{Context as _, Result, ensure};

const PROTECTED: Option<&str> = Some("Production");

fn orders(samples: &Samples) -> Result<Vec<Permission>> {
    let resources = samples.production.handle().resources("my-agent").context("no such agent")?;
    Ok(resources
        .get("orders")
        .map(|ResourceSnapshot { permissions, .. }| permissions.iter().copied().collect())
        .unwrap_or_default())
}

#[test]
fn a_resource_that_gains_and_loses_is_two_items_and_the_loss_is_agreed_to_by_itself() -> Result<()> {
    use Permission::{Admin, Delete, Read, Write};
    let samples = Samples::start();
    let (development, production) = (samples.development.handle(), samples.production.handle());
    // Nothing else is between the two.
    for (id, entry) in development.resources("my-agent").context("no such agent")? {
        production.set_resource("my-agent", &id, &entry.resource_type, &Vec::from_iter(entry.permissions))?;
    }
    development.set_resource("my-agent", "orders", "table", &[Read, Write])?;
    production.set_resource("my-agent", "orders", "table", &[Read, Delete, Admin])?;
    let session = Session::start()?;
    let window = open_with_environments(&session, &samples)?;

    plan_promotion(&window, "my-agent", "Development", "Production", Mode::Keep)?;
    window.wait_for("1 resource would lose access. It stays as it is until you tick it.")?;
    window.wait_for("Staging comes before Production, and is passed over.")?;
    window.picture("plan-gain-and-loss")?;
    apply(&window, "Apply 1 change to Production", PROTECTED, "Applied and verified")?;
    assert_eq!(orders(&samples)?, [Read, Write, Delete, Admin], "what is there, and the gain");

    plan_promotion(&window, "my-agent", "Development", "Production", Mode::Keep)?;
    window.wait_for("Nothing is selected.")?;
    window.click("checkbox", "orders")?;
    let words = "Apply 1 change to Production, 1 losing access";
    to_apply(&window, words, PROTECTED)?;
    // The last look names what is lost.
    window.wait_for_role("region", "1 resource loses access")?;
    window.wait_for("orders")?;
    window.picture("last-look-with-loss")?;
    window.click("button", words)?;
    window.wait_for("Applied and verified")?;
    assert_eq!(orders(&samples)?, [Read, Write]);
    Ok(())
}

#[test]
fn a_database_that_is_not_linked_on_the_way_is_asked_about_at_every_stage() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = open_with_environments(&session, &samples)?;
    plan_promotion(&window, "churn-forecast", "Development", "Staging", Mode::Keep)?;
    window.wait_for("Not linked in Staging yet.")?;
    let resources = samples.development.handle().resources("churn-forecast").context("no such agent")?.len();
    apply(&window, &format!("Apply {} changes to Staging", resources + 1), None, "Applied and verified")?;

    window.click("button", "Promote on to Production")?;
    window.wait_for(PLAN_IS_THERE)?;
    window.wait_for("Not linked in Production yet.")?;
    window.picture("plan-on-to-production")?;
    window.click("button", &format!("Apply {} changes to Production…", resources + 1))?;
    window.wait_for("What happens now")?;
    // Why it is done is the same as at the stage before.
    ensure!(window.value("Why?")? == REASON, "the reason is carried on");
    Ok(())
}

#[test]
fn from_a_cell_the_plan_for_the_next_stage_is_one_choice_away() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = open_with_environments(&session, &samples)?;
    go(&window, "Overview")?;
    // Until all three have answered, a row may still come in above this one.
    window.wait_for("8 agents in 3 environments. Checked")?;
    window.click("button", "Actions for my-agent")?;
    window.click("menuitem", "Promote from Development…")?;
    window.wait_for(PLAN_IS_THERE)?;
    window.wait_for_role("heading", "Promote my-agent to Staging")
}
