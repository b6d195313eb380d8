//! An API key goes in once, and is never seen again: not in the page, not in a file, not in what the application says.

use std::fs;
use std::path::Path;

use aidb_sandbox::ApiKey;
use aidb_test_desktop::steps::{add_environment, go};
use aidb_test_desktop::{Samples, Session, Window};
use anyhow::{Result, ensure};
use serde_json::{Value, json};

const FIRST_HALF: &str = "canary-7d1f";
const SECOND_HALF: &str = "92c0be54a8e3";

fn key() -> String {
    format!("{FIRST_HALF}{SECOND_HALF}")
}

/// Where in the page the key is.
fn places(window: &Window<'_>) -> Result<Value> {
    let found = window.script_later(include_str!("../src/leaks.js"), &[json!(FIRST_HALF), json!(SECOND_HALF)])?;
    ensure!(found["looked"].as_u64() > Some(1000), "the search reaches the page: {found}");
    Ok(found["places"].clone())
}

/// Every file below that holds the key as it is typed. The keychain's own file is encrypted, and looked into as well.
fn files_with_the_key(folder: &Path, found: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            files_with_the_key(&path, found)?;
        } else if kind.is_file() && String::from_utf8_lossy(&fs::read(&path)?).contains(&key()) {
            found.push(path.display().to_string());
        }
    }
    Ok(())
}

#[test]
fn a_key_is_typed_once_survives_a_restart_and_is_nowhere_to_be_seen() -> Result<()> {
    let samples = Samples::start();
    samples.development.handle().switch(|switches| switches.required_api_key = Some(ApiKey::new(key())));
    let session = Session::start()?;
    let window = session.open()?;
    add_environment(&window, "Development", &samples.development.url(), &key())?;
    window.wait_for("ends in …a8e3")?;
    assert_eq!(places(&window)?, json!([]), "after saving");
    for (process, count) in ["application", "page"].into_iter().zip(session.memory_with(&key())?) {
        println!("S1, after saving: {process} {count:?}");
        assert_eq!(count.dump, 0, "no core dump of {process} would hold it: {count:?}");
    }
    window.close()?;

    let window = session.open()?;
    go(&window, "Environments")?;
    window.wait_for("ends in …a8e3")?;
    window.wait_for("Reachable")?;
    assert_eq!(places(&window)?, json!([]), "after a restart");
    window.click("button", "Open Development")?;
    window.wait_for("Replace")?;
    assert_eq!(places(&window)?, json!([]), "in the form");
    window.close()?;

    let mut files = Vec::new();
    files_with_the_key(&session.home(), &mut files)?;
    assert_eq!(files, Vec::<String>::new());
    ensure!(!session.said().contains(&key()), "the application said it:\n{}", session.said());
    Ok(())
}

#[test]
fn a_key_is_tested_before_it_is_saved_replaced_and_removed() -> Result<()> {
    let samples = Samples::start();
    samples.development.handle().switch(|switches| switches.required_api_key = Some(ApiKey::new(key())));
    let session = Session::start()?;
    let window = session.open()?;
    go(&window, "Environments")?;
    window.click("button", "Add an environment")?;
    window.fill("Name", "Development")?;
    window.fill("URL", &samples.development.url())?;
    window.fill("API key", "a wrong key")?;
    // No environment leads there: it is agreed to outside of the page, once.
    window.agreeing(|| {
        window.click("button", "Test connection")?;
        window.wait_for("checks failed.")
    })?;
    window.fill("API key", &key())?;
    window.click("button", "Test connection")?;
    window.wait_for("The connection works")?;
    window.picture("connection-test")?;
    window.click("button", "Save Development")?;
    window.wait_for("Development is saved.")?;

    go(&window, "Environments")?;
    window.click("button", "Open Development")?;
    window.click("button", "Replace")?;
    window.fill("API key", "another key that ends in zz9y")?;
    window.click("button", "Store this key")?;
    window.wait_for("ends in …zz9y")?;
    window.wait_for("Key refused")?;
    window.click("button", "Remove")?;
    window.click("button", "Remove the key")?;
    window.wait_for("The key of Development is removed from the keychain.")?;
    window.wait_for("No key")?;
    window.close()?;

    let window = session.open()?;
    go(&window, "Environments")?;
    window.wait_for("No key")?;
    Ok(())
}

#[test]
fn the_search_for_a_key_finds_one() -> Result<()> {
    let session = Session::start()?;
    let window = session.open()?;
    for hidden in [
        "document.querySelector('#main').dataset.note = key",
        "localStorage.setItem('note', key)",
        "window.somewhere = { deep: new Map([['inside', [key]]]) }",
        "const field = document.createElement('input'); field.value = key; document.body.append(field)",
    ] {
        window.script_later("location.reload(); await new Promise((done) => setTimeout(done, 1));", &[]).ok();
        window.wait_for_role("heading", "Overview")?;
        window.script("localStorage.clear()", &[])?;
        window.script(
            &format!("const key = arguments[0] + arguments[1]; {hidden}"),
            &[json!(FIRST_HALF), json!(SECOND_HALF)],
        )?;
        assert_ne!(places(&window)?, json!([]), "{hidden}");
    }
    Ok(())
}
