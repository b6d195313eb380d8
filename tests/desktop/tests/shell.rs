//! The window as a browser: what the page may do in it, and what code that got into the page could not.

#![allow(clippy::panic_in_result_fn, reason = "a test stops where something is wrong")]

use aidb_test_desktop::{Session, Window};
use anyhow::Result;
use serde_json::{Value, json};

/// Runs a script that answers, or throws, or breaks its promise: in words, which of them.
fn outcome(window: &Window<'_>, body: &str) -> Result<String> {
    let answer = window.script_later(
        &format!(
            "return await (async () => {{ {body} }})().then((value) => `answered ${{value}}`, (error) => `refused ${{error.name}}`);"
        ),
        &[],
    )?;
    Ok(answer.as_str().unwrap_or_default().to_owned())
}

#[test]
fn s7_the_policy_of_the_page_holds() -> Result<()> {
    let session = Session::start()?;
    let window = session.open()?;
    window.picture("start")?;

    let inline = "const script = document.createElement('script'); script.textContent = 'window.injected = true';
        document.body.append(script); await new Promise((done) => setTimeout(done, 200)); return window.injected ?? 'nothing';";
    assert_eq!(outcome(&window, inline)?, "answered nothing", "a script that is put into the page does not run");

    let handler = "const image = document.createElement('img'); image.setAttribute('onerror', 'window.handled = true');
        const failed = new Promise((done) => image.addEventListener('error', done));
        image.src = 'nowhere.png'; document.body.append(image); await failed;
        image.remove(); return window.handled ?? 'nothing';";
    assert_eq!(outcome(&window, handler)?, "answered nothing", "nor does one in an attribute");

    assert_eq!(outcome(&window, "return (0, eval)('1 + 1');")?, "refused EvalError");
    assert_eq!(outcome(&window, "return new Function('return 2')();")?, "refused EvalError");
    Ok(())
}

#[test]
fn s7_the_page_reaches_nothing_but_its_own_commands() -> Result<()> {
    let samples = aidb_test_desktop::Samples::start();
    let session = Session::start()?;
    let window = session.open()?;
    let outside = samples.development.url();

    assert!(outcome(&window, &format!("return (await fetch('{outside}/health')).status;"))?.starts_with("refused"));
    let request = format!(
        "const request = new XMLHttpRequest(); request.open('GET', '{outside}/health');
         return await new Promise((done) => {{ request.onload = () => done('loaded'); request.onerror = () => done('nothing'); request.send(); }});"
    );
    assert_eq!(outcome(&window, &request)?, "answered nothing");
    let socket = format!(
        "return await new Promise((done) => {{ const socket = new WebSocket('{}');
         socket.onopen = () => done('open'); socket.onerror = () => done('nothing'); }});",
        outside.replace("http:", "ws:")
    );
    assert!(matches!(outcome(&window, &socket)?.as_str(), "answered nothing" | "refused SecurityError"));
    for (element, attribute) in
        [("img", "src"), ("iframe", "src"), ("object", "data"), ("script", "src"), ("link", "href")]
    {
        let load = format!(
            "const element = document.createElement('{element}'); if ('{element}' === 'link') element.rel = 'stylesheet';
             element.{attribute} = '{outside}/health'; document.body.append(element);
             await new Promise((done) => setTimeout(done, 300)); element.remove(); return 'put in';"
        );
        outcome(&window, &load)?;
    }
    outcome(&window, &format!("navigator.sendBeacon('{outside}/beacon', 'x'); return 1;"))?;
    assert_eq!(samples.development.handle().request_count(), 0, "nothing that the page did left the window");

    outcome(&window, &format!("location.href = '{outside}/'; await new Promise((done) => setTimeout(done, 500));"))?;
    outcome(&window, &format!("window.open('{outside}/');"))?;
    assert_eq!(samples.development.handle().request_count(), 0, "nor does the window go anywhere else");
    window.wait_for_role("heading", "Overview")?;
    Ok(())
}

#[test]
fn s7_no_command_is_there_but_those_on_the_list() -> Result<()> {
    let session = Session::start()?;
    let window = session.open()?;
    assert_eq!(window.script("return typeof window.__TAURI__", &[])?, json!("undefined"));
    for command in [
        "plugin:fs|read_text_file",
        "plugin:http|fetch",
        "plugin:shell|execute",
        "plugin:opener|open_path",
        "plugin:opener|open_url",
        "plugin:window|close",
        "plugin:window|create",
        "plugin:webview|create_webview_window",
        "plugin:window-state|save_window_state",
        "plugin:event|emit",
        "plugin:path|resolve_directory",
        "plugin:app|version",
        "plugin:resources|close",
        "a_command_that_nobody_wrote",
    ] {
        let answer = window.invoke(command, &json!({ "path": "/etc/passwd", "url": "file:///etc/passwd" }))?;
        assert!(answer.is_err(), "{command} has to be refused: {answer:?}");
    }
    Ok(())
}

#[test]
fn s7_the_prototypes_that_everything_shares_cannot_be_changed() -> Result<()> {
    let session = Session::start()?;
    let window = session.open()?;
    assert_eq!(window.script("return Object.isFrozen(Object.prototype)", &[])?, Value::Bool(true));
    Ok(())
}

#[test]
fn the_window_comes_back_in_the_size_that_it_had() -> Result<()> {
    let session = Session::start()?;
    let window = session.open()?;
    assert_eq!(session.window_sizes()?, [(1280, 800)]);
    window.resize(1040, 700)?;
    window.close()?;
    let _again = session.open()?;
    assert_eq!(session.window_sizes()?, [(1040, 700)]);
    Ok(())
}

/// A laptop that was taken off its large screen.
#[test]
fn a_size_from_a_larger_screen_is_fitted_into_the_one_of_today() -> Result<()> {
    let session = Session::start()?;
    let window = session.open()?;
    window.resize(1500, 1100)?;
    window.close()?;
    session.change_screen(1024, 700)?;
    let _again = session.open()?;
    let bounds = session.window_bounds()?;
    let [[left, top, right, bottom]] = bounds[..] else { panic!("one window: {bounds:?}") };
    assert!(left >= 0 && top >= 0 && right <= 1024 && bottom <= 700, "all of it can be reached: {bounds:?}");
    assert!(right - left >= 800 && bottom - top >= 560, "and as large as the screen allows: {bounds:?}");
    Ok(())
}
