//! What nobody means well: nonsense through the bridge, names that are markup, and a window with very large letters.

#![allow(clippy::panic_in_result_fn, reason = "a test stops where something is wrong")]

use aidb_test_desktop::steps::{Mode, go, open_with_environments, plan_promotion};
use aidb_test_desktop::{Samples, Session, Window};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

/// The commands as the page knows them.
fn commands() -> Vec<&'static str> {
    let contract = include_str!("../../../ui/src/contract/index.ts");
    let list = contract.split_once("export interface Commands {").map_or("", |(_, list)| list);
    let lines = list.lines().take_while(|line| *line != "}");
    lines.filter_map(|line| line.trim().split_once(": { request:")).map(|(name, _)| name).collect()
}

fn nonsense() -> [Value; 8] {
    [
        json!([]),
        json!({}),
        json!("x"),
        json!(-1),
        json!({ "id": null, "plan": 7, "path": ["/etc/passwd"] }),
        json!({ "id": "../../..", "plan": "no such", "environment": "<b>", "agent": "", "path": "\u{0}", "key": "x" }),
        json!({ "__proto__": { "polluted": true }, "constructor": "x" }),
        json!("[".repeat(2000)),
    ]
}

#[test]
fn s7_every_command_answers_nonsense_with_a_sentence_and_the_window_goes_on() -> Result<()> {
    let session = Session::start()?;
    let window = session.open()?;
    let commands = commands();
    ensure!(commands.len() > 40, "these are not all commands: {commands:?}");
    for command in commands {
        for request in nonsense() {
            let answer = window.invoke(command, &json!({ "request": request }))?;
            let refused = answer.err().unwrap_or(json!({ "code": "none", "message": "none", "details": [] }));
            let sentence = refused["message"].as_str().with_context(|| format!("{command} {request}: {refused}"))?;
            ensure!(refused["code"].is_string() && sentence.ends_with(['.', 'e']), "{command} {request}: {refused}");
            ensure!(!sentence.contains("panicked"), "{command} {request}: {refused}");
        }
        if command != "window_close" && command != "data_folder_open" {
            // Those that take nothing do what they do, and all others refuse it.
            let _either = window.invoke(command, &Value::Null)?;
        }
    }
    go(&window, "Settings")?;
    window.wait_for_role("heading", "Settings")?;
    ensure!(!session.said().contains("panicked"), "the application said:\n{}", session.said());
    Ok(())
}

const HOSTILE: [&str; 4] = [
    "<img src=x onerror=alert(1)><b>bold",
    "\u{645}\u{648}\u{638}\u{641} \u{627}\u{644}\u{62f}\u{639}\u{645}",
    "robot-\u{1f916}\u{1f680}",
    "<script>window.injected = true</script>",
];

/// Elements that no component of the page makes.
const FOREIGN: &str = "return document.querySelectorAll('#main img, #main script, #main b, #main iframe').length";

/// What is wider than what shows of it: the page, and whatever scrolls in it, but for tables, and commands to be copied.
const SIDEWAYS: &str = "const parts = [document.documentElement, document.body, ...document.querySelectorAll('#main, #main *')];
    const scrolls = (part) => /auto|scroll/.test(getComputedStyle(part).overflowX) && !part.matches('pre, code, textarea, [role=grid]');
    return parts.filter((part, place) => (place < 2 || scrolls(part)) && part.scrollWidth > part.clientWidth)
        .map((part) => `${part.localName}.${part.className}: ${part.scrollWidth} in ${part.clientWidth}`);";

fn stands_as_it_has_to(window: &Window<'_>, screen: &str) -> Result<()> {
    assert_eq!(window.script(FOREIGN, &[])?, json!(0), "{screen}: nothing of a name becomes an element");
    assert_eq!(window.script(SIDEWAYS, &[])?, json!([]), "{screen}: nothing sticks out sideways");
    Ok(())
}

#[test]
fn s6_names_that_mean_harm_are_shown_and_do_none() -> Result<()> {
    let samples = Samples::start();
    let long = "long-".repeat(60);
    for id in HOSTILE.into_iter().chain([long.as_str()]) {
        let info = json!({ "name": id, "agent_type": id }).as_object().cloned().unwrap_or_default();
        let development = samples.development.handle();
        development.set_agent(id, info, "a key of this test")?;
        // The first of them has resources of every such name.
        development.set_resource(HOSTILE[0], id, "table", &[aidb_sandbox::Permission::Read])?;
    }
    let session = Session::start()?;
    let window = open_with_environments(&session, &samples)?;
    go(&window, "Overview")?;
    for id in HOSTILE {
        window.wait_for(id)?;
    }
    window.picture("hostile-overview")?;
    stands_as_it_has_to(&window, "Overview")?;
    plan_promotion(&window, HOSTILE[0], "Development", "Staging", Mode::Keep)?;
    window.wait_for("Gains access")?;
    stands_as_it_has_to(&window, "Plan")?;
    window.picture("hostile-plan")?;
    assert_eq!(window.script("return window.injected ?? null", &[])?, Value::Null);
    Ok(())
}

/// Whether every button of the footer can be scrolled to and clicked where it then is.
const REACHABLE: &str = "return [...document.querySelectorAll('#main footer button')].every((button) => {
    button.scrollIntoView({ block: 'nearest' });
    const box = button.getBoundingClientRect();
    const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return box.left >= 0 && box.right <= innerWidth && there !== null && button.contains(there);
})";

#[test]
fn letters_of_twice_the_size_fit_into_a_small_window() -> Result<()> {
    let samples = Samples::start();
    let session = Session::start()?;
    let window = open_with_environments(&session, &samples)?;
    window.resize(1024, 640)?;
    window.script("document.documentElement.style.fontSize = '200%'", &[])?;
    plan_promotion(&window, "my-agent", "Development", "Staging", Mode::Keep)?;
    assert_eq!(window.script("return getComputedStyle(document.body).fontSize", &[])?, json!("26px"));
    assert_eq!(window.script(REACHABLE, &[])?, json!(true), "the plan's buttons can be reached");
    stands_as_it_has_to(&window, "Plan")?;
    window.picture("large-plan")?;
    for screen in ["Overview", "Import a file", "Compare", "History", "Environments", "Settings"] {
        go(&window, screen)?;
        window.wait_for_role("heading", screen)?;
        window.picture(&format!("large-{screen}"))?;
        stands_as_it_has_to(&window, screen)?;
        assert_eq!(window.script(REACHABLE, &[])?, json!(true), "{screen}: its buttons can be reached");
    }
    Ok(())
}
