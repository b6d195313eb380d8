//! The ways through the application that several tests take: each is what a person does, and ends where it led.

use std::collections::BTreeMap;
use std::time::Duration;

use aidb_sandbox::{Fault, FaultAnswer, Permission, ResourceSnapshot};
use anyhow::{Context as _, Result, anyhow, ensure};
use serde_json::{Value, json};

use crate::samples::Samples;
use crate::session::Session;
use crate::window::Window;

/// Starting three servers, applying a plan: longer than a glance at a busy machine.
const LONG: Duration = Duration::from_secs(180);

/// What can be read beside every plan that would change something, and nowhere else.
pub const PLAN_IS_THERE: &str = "Same thing in a terminal";

/// Goes to a screen by the names on the left.
///
/// # Errors
/// There is no such screen.
pub fn go(window: &Window<'_>, screen: &str) -> Result<()> {
    window.within("navigation", "Screens").click("button", screen)
}

/// From the first start to three running sample environments; answers where their servers are, in stage order.
///
/// # Errors
/// They do not start.
pub fn start_sandbox(window: &Window<'_>) -> Result<[String; 3]> {
    window.wait_for("Try it with sample environments")?;
    window.click("button", "Start the sample environments")?;
    window.wait_for_within("The sample environments are ready.", LONG)?;
    let answer = window.invoke("environment_list", &json!({ "request": null }))?;
    let environments = answer.map_err(|refused| anyhow!("there is no list of environments: {refused}"))?;
    let urls = environments.as_array().into_iter().flatten().filter_map(|one| one["url"].as_str().map(str::to_owned));
    let urls: Vec<String> = urls.collect();
    urls.try_into().map_err(|urls| anyhow!("three servers were to run: {urls:?}"))
}

/// Adds an environment in its form, by hand.
///
/// # Errors
/// It is not saved.
pub fn add_environment(window: &Window<'_>, name: &str, url: &str, key: &str) -> Result<()> {
    go(window, "Environments")?;
    window.click("button", "Add an environment")?;
    window.fill("Name", name)?;
    window.fill("URL", url)?;
    window.fill("API key", key)?;
    window.agreeing(|| {
        window.click("button", &format!("Save {name}"))?;
        window.wait_for(&format!("{name} is saved."))
    })
}

/// The application with three environments in stage order, each with its key; Production is protected.
///
/// # Errors
/// One of them is refused.
pub fn open_with_environments<'s>(session: &'s Session, samples: &Samples) -> Result<Window<'s>> {
    let window = session.open()?;
    have_environment(&window, "Development", &samples.development.url(), false)?;
    have_environment(&window, "Staging", &samples.staging.url(), false)?;
    have_environment(&window, "Production", &samples.production.url(), true)?;
    window.reload()?;
    Ok(window)
}

/// Adds an environment without a look at its form, for tests about something else. It shows when the page is loaded anew.
///
/// # Errors
/// It is refused.
pub fn have_environment(window: &Window<'_>, name: &str, url: &str, protected: bool) -> Result<()> {
    let form = json!({
        "name": name, "url": url, "colour": "blue", "protected": protected, "default_agent": null, "ca_file": { "kind": "none" },
        "plain_http": false, "key_prompt": "never", "keep_backups": 10, "keep_days": 30,
    });
    let request = json!({ "request": { "id": null, "form": form, "key": "a key of this test" } });
    let answer = window.agreeing(|| window.invoke("environment_save", &request))?;
    ensure!(answer.is_ok(), "{name} was not saved: {answer:?}");
    Ok(())
}

/// What happens to what the target has more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It stays.
    Keep,
    /// It goes.
    Exact,
}

/// From the choice of an agent to the plan.
///
/// # Errors
/// There is no plan.
pub fn plan_promotion(window: &Window<'_>, agent: &str, from: &str, to: &str, mode: Mode) -> Result<()> {
    go(window, "Promote")?;
    window.click("radio", from)?;
    window.click("option", agent)?;
    window.click("button", "Continue to Check")?;
    on_to_the_plan(window, to, mode)
}

/// From the check, which is passed by where it has nothing to say, to the choice of a target.
///
/// # Errors
/// Something stands in the way.
pub fn pass_check(window: &Window<'_>) -> Result<()> {
    let passed = window.patiently("the check is over", || {
        let text = window.text()?;
        let passed = text.contains("To which environment");
        let stands = text.contains("Continue to Target") && !text.contains("The check is under way.");
        ensure!(passed || stands, "it is not");
        Ok(passed)
    })?;
    if passed { Ok(()) } else { window.click("button", "Continue to Target") }
}

/// Chooses where it goes, which the choice of a mode names too.
///
/// # Errors
/// There is no such environment.
pub fn choose_target(window: &Window<'_>, to: &str) -> Result<()> {
    window.within("group", "To which environment").click("radio", to)
}

/// Why everything is applied here.
pub const REASON: &str = "Release 12";

/// What [`planned`] leads to.
pub const PLAN: &str = "Apply 3 changes to Staging";

/// The application with three environments, and the plan that promotes `my-agent` to Staging.
///
/// # Errors
/// There is no plan.
pub fn planned<'s>(session: &'s Session, samples: &Samples) -> Result<Window<'s>> {
    let window = open_with_environments(session, samples)?;
    plan_promotion(&window, "my-agent", "Development", "Staging", Mode::Keep)?;
    Ok(window)
}

/// From the choice of a file to the report on it.
///
/// # Errors
/// There is no report.
pub fn check_file(window: &Window<'_>, path: &str) -> Result<()> {
    go(window, "Import a file")?;
    window.fill("Or type its path", path)?;
    window.click("button", "Check this file")
}

/// From the checked source to the plan.
///
/// # Errors
/// There is no plan.
pub fn on_to_the_plan(window: &Window<'_>, to: &str, mode: Mode) -> Result<()> {
    pass_check(window)?;
    choose_target(window, to)?;
    if mode == Mode::Exact {
        window.click("radio", &format!("Make {to} exactly the same"))?;
    }
    window.click("button", "Continue to Plan")?;
    window.wait_for(PLAN_IS_THERE)
}

/// From the plan to its result: what the button says, the name of a protected environment, why, and the end.
///
/// # Errors
/// It does not end with this outcome.
pub fn apply(window: &Window<'_>, words: &str, protected: Option<&str>, outcome: &str) -> Result<()> {
    to_apply(window, words, protected)?;
    window.click("button", words)?;
    window.wait_for_within(outcome, LONG)
}

/// From the plan to the last look before it is applied.
///
/// # Errors
/// The button does not say that.
pub fn to_apply(window: &Window<'_>, words: &str, protected: Option<&str>) -> Result<()> {
    window.click("button", &format!("{words}…"))?;
    window.wait_for("What happens now")?;
    if let Some(name) = protected {
        ensure!(!window.is_enabled("button", words)?, "a protected environment wants its name first");
        window.fill(&format!("Type {name} to confirm"), name)?;
    }
    window.fill("Why?", REASON)
}

/// What a server says that an agent may do: resource by resource.
///
/// # Errors
/// It does not answer.
pub fn permissions_at(url: &str, key: &str, agent: &str) -> Result<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let path = format!("{url}/api/agents/{agent}/permissions/resources");
    let text = runtime.block_on(async {
        let request = aidb_testkit::http::client().get(path).header("X-API-Key", key);
        request.send().await?.error_for_status()?.text().await
    })?;
    let answer: Value = serde_json::from_str(&text)?;
    let resources = answer.get("resources").context("a server that lists no resources")?;
    let entries = resources.as_object().context("resources that are no object")?;
    Ok(entries
        .iter()
        .map(|(id, entry)| (id.clone(), entry["permissions"].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into())
}

/// Every resource of an agent, as a server has them; `None` where there is no such agent.
pub type Resources = Option<BTreeMap<String, ResourceSnapshot>>;

/// A plan with a hundred changes more than [`PLAN`] has.
const LONG_PLAN: &str = "Apply 103 changes to Staging";

/// An apply of `my-agent` to Staging that has written something and then waits for Staging until [`hurry`]; and what Staging had
/// before.
///
/// # Errors
/// It does not come so far.
pub fn in_the_middle<'s>(session: &'s Session, samples: &Samples) -> Result<(Window<'s>, Resources)> {
    let development = samples.development.handle();
    for number in 0..100 {
        development.set_resource("my-agent", &format!("resource-{number}"), "table", &[Permission::Read])?;
    }
    let window = planned(session, samples)?;
    let staging = samples.staging.handle();
    let before = staging.resources("my-agent");
    to_apply(&window, LONG_PLAN, None)?;
    staging.set_faults([Fault::on(11, FaultAnswer::Hold).method("PUT").for_ever()]);
    window.click("button", LONG_PLAN)?;
    window.patiently("something is written", || {
        ensure!(staging.resources("my-agent") != before, "nothing is");
        Ok(())
    })?;
    Ok((window, before))
}

/// Staging answers again.
pub fn hurry(samples: &Samples) {
    samples.staging.handle().set_faults([]);
}
