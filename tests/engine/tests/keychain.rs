//! The vault against a real gnome-keyring over D-Bus: open, locked, without a keyring, frozen, not there at all.

#![allow(clippy::expect_used, clippy::panic, reason = "functions of a test, which clippy does not take for one")]

use std::collections::HashSet;
use std::fs::{self, File};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aidb_testkit::Display;
use aidb_testkit::keychain::{KeychainMode, KeychainSession, output_within};
use aidb_testkit::process::{Process, START_LIMIT, wait_until};
use serde_json::{Value, json};

const KEY: &str = "canary-5f3a91c07d24e8b6";
/// Above the vault's own limits (10 s for an answer, 60 s where a prompt may show): a hang fails the test.
const LIMIT: Duration = Duration::from_secs(90);

fn ask(session: &KeychainSession, arguments: &[&str], input: &str) -> Value {
    let mut command = session.command(env!("CARGO_BIN_EXE_keychain-probe"));
    let output = output_within(command.args(arguments), input, LIMIT).expect("the probe ends within its limit");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert_eq!(complaints, "", "nothing panics and nothing is logged");
    serde_json::from_slice(&output.stdout).expect("the probe prints JSON")
}

fn ok(session: &KeychainSession, arguments: &[&str], input: &str) -> Value {
    let answer = ask(session, arguments, input);
    assert!(answer.get("error").is_none(), "{arguments:?}: {answer}");
    answer["ok"].clone()
}

fn code(session: &KeychainSession, arguments: &[&str], input: &str) -> String {
    let answer = ask(session, arguments, input);
    assert!(!answer.to_string().contains(KEY), "no error holds the key: {answer}");
    assert!(answer["error"]["hint"].is_string(), "every keychain error says what to do: {answer}");
    answer["error"]["code"].as_str().unwrap_or_else(|| panic!("{arguments:?} should fail: {answer}")).to_owned()
}

fn secret_tool(session: &KeychainSession, arguments: &[&str], input: &str) -> String {
    let mut command = session.command("secret-tool");
    let output = output_within(command.args(arguments), input, LIMIT).expect("secret-tool ends");
    // It prints the values on one stream and the attributes on the other.
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_key_is_kept_replaced_described_and_removed() {
    let session = KeychainSession::start(KeychainMode::Unlocked).unwrap();
    assert_eq!(ok(&session, &["status"], ""), json!("ready"));
    assert_eq!(ok(&session, &["unlock"], ""), json!("ready"), "open already: nothing to ask anybody");
    assert_eq!(ok(&session, &["get", "id-1"], ""), Value::Null, "no key is no error");
    assert_eq!(ok(&session, &["describe", "id-1"], ""), Value::Null);
    assert_eq!(ok(&session, &["remove", "id-1"], ""), json!("NotThere"));

    ok(&session, &["set", "id-1", "Staging"], "first-key-of-staging");
    ok(&session, &["set", "id-2", "Production"], "key-of-production-1234");
    ok(&session, &["set", "id-1", "Staging"], KEY);
    assert_eq!(ok(&session, &["get", "id-1"], ""), json!(KEY));
    assert_eq!(ok(&session, &["get", "id-2"], ""), json!("key-of-production-1234"), "one key does not touch another");

    let described = ok(&session, &["describe", "id-1"], "");
    assert_eq!(described[0], json!("e8b6"));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    assert!(now.abs_diff(described[1].as_u64().unwrap()) < 120, "{described}");

    assert_eq!(ok(&session, &["remove", "id-1"], ""), json!("Removed"));
    assert_eq!(ok(&session, &["get", "id-1"], ""), Value::Null);
    assert_eq!(ok(&session, &["get", "id-2"], ""), json!("key-of-production-1234"));
}

#[test]
fn people_find_the_key_under_the_name_of_its_environment() {
    let session = KeychainSession::start(KeychainMode::Unlocked).unwrap();
    ok(&session, &["set", "id-1", "Staging"], KEY);
    let found = secret_tool(&session, &["search", "--all", "service", "aidb"], "");
    assert!(found.contains("label = aidb API key: Staging"), "{found}");
    assert!(found.contains("attribute.username = environment-key:id-1"), "{found}");

    ok(&session, &["set", "id-1", "Pre-production"], KEY);
    let found = secret_tool(&session, &["search", "--all", "service", "aidb"], "");
    assert!(
        found.contains("label = aidb API key: Pre-production"),
        "the label follows the environment's name: {found}"
    );
    assert!(!found.contains("aidb API key: Staging"), "{found}");
}

#[test]
fn a_key_outlives_the_keychain_process() {
    let mut session = KeychainSession::start(KeychainMode::Unlocked).unwrap();
    ok(&session, &["set", "id-1", "Staging"], KEY);
    session.restart(KeychainMode::Unlocked).unwrap();
    assert_eq!(ok(&session, &["get", "id-1"], ""), json!(KEY));
}

#[test]
fn a_locked_keychain_says_so_and_never_that_there_is_no_key() {
    let mut session = KeychainSession::start(KeychainMode::Unlocked).unwrap();
    ok(&session, &["set", "id-1", "Staging"], KEY);
    session.restart(KeychainMode::Locked).unwrap();
    assert_eq!(ok(&session, &["status"], ""), json!("locked"));
    for arguments in
        [["get", "id-1"], ["get", "never-stored"], ["describe", "id-1"], ["remove", "id-1"], ["set", "id-1"]]
    {
        assert_eq!(code(&session, &arguments, "another-key-12345"), "keychain_locked", "{arguments:?}");
    }
    assert_eq!(code(&session, &["unlock"], ""), "keychain_locked", "nobody is there to enter the password");

    session.restart(KeychainMode::Unlocked).unwrap();
    assert_eq!(ok(&session, &["get", "id-1"], ""), json!(KEY), "nothing was replaced or removed while it was locked");
}

#[test]
fn a_machine_without_a_keychain_says_so() {
    let session = KeychainSession::start(KeychainMode::Absent).unwrap();
    assert!(ok(&session, &["status"], "")["absent"].is_string());
    for arguments in [["get", "id-1"], ["set", "id-1"], ["remove", "id-1"], ["describe", "id-1"], ["unlock", ""]] {
        assert_eq!(code(&session, &arguments, KEY), "keychain_absent", "{arguments:?}");
    }
}

#[test]
fn a_keychain_without_a_keyring_stores_nothing_silently() {
    let session = KeychainSession::start(KeychainMode::Empty).unwrap();
    assert!(ok(&session, &["status"], "")["absent"].as_str().unwrap().contains("no default keyring"));
    assert_eq!(ok(&session, &["get", "id-1"], ""), Value::Null, "an empty keychain has no key");
    assert_eq!(code(&session, &["set", "id-1"], KEY), "keychain_absent");
    assert_eq!(
        code(&session, &["unlock"], ""),
        "keychain_locked",
        "nobody is there to choose a password for a new one"
    );
}

#[test]
fn a_frozen_keychain_is_given_up() {
    let session = KeychainSession::start(KeychainMode::Unlocked).unwrap();
    ok(&session, &["set", "id-1", "Staging"], KEY);
    session.freeze().unwrap();
    assert_eq!(ok(&session, &["status"], ""), json!("silent"), "it is there, so it is not told as absent");
    assert_eq!(code(&session, &["get", "id-1"], ""), "keychain_silent");
    session.thaw().unwrap();
    assert_eq!(ok(&session, &["get", "id-1"], ""), json!(KEY), "and what it holds is still there");
}

#[test]
fn two_entries_of_one_name_are_never_guessed_between() {
    let session = KeychainSession::start(KeychainMode::Unlocked).unwrap();
    let store = |copy: &str, secret: &str| {
        let name = ["service", "aidb", "username", "environment-key:id-1", "copy", copy];
        secret_tool(&session, &[&["store", "--label=copied"], &name[..]].concat(), secret);
    };
    store("1", KEY);
    store("2", KEY);
    assert_eq!(ok(&session, &["get", "id-1"], ""), json!(KEY), "copies that agree are as good as one");
    store("2", "a-different-key-0000");
    assert_eq!(code(&session, &["get", "id-1"], ""), "keychain_failed");
    ok(&session, &["set", "id-1", "Staging"], "the-new-key-of-staging");
    assert_eq!(ok(&session, &["get", "id-1"], ""), json!("the-new-key-of-staging"));
    assert_eq!(ok(&session, &["remove", "id-1"], ""), json!("Removed"));
    assert_eq!(ok(&session, &["get", "id-1"], ""), Value::Null, "no copy comes back to life");
}

/// What goes over the session's bus to the keychain and back while `work` runs, a message a line.
fn watched(session: &KeychainSession, work: impl FnOnce()) -> String {
    let log = session.home().join("bus.txt");
    let mut command = session.command("dbus-monitor");
    command.args(["--session", "destination=org.freedesktop.secrets", "sender=org.freedesktop.secrets"]);
    command.stdout(File::create(&log).expect("a file in the home"));
    let _monitor = Process::spawn(&mut command, "dbus").expect("the bus can be watched");
    let heard = |text: &str| {
        let said = || fs::read_to_string(&log).expect("what was heard");
        wait_until(text, START_LIMIT, || Ok(said().contains(text))).expect("it is heard");
        said()
    };
    // It loses its name on the bus as it begins to watch.
    heard("NameLost");
    work();
    let mut last = session.command("dbus-send");
    last.args(["--session", "--dest=org.freedesktop.secrets", "/", "org.freedesktop.DBus.Peer.LastWord"]);
    output_within(&mut last, "", LIMIT).expect("it is sent");
    heard("member=LastWord")
}

/// gnome-keyring aborts, now and then, where the first call on a connection opens a session.
#[test]
fn a_session_is_opened_only_on_a_connection_that_the_keychain_has_answered_on() {
    let session = KeychainSession::start(KeychainMode::Unlocked).unwrap();
    let said = watched(&session, || {
        ok(&session, &["status"], "");
        ok(&session, &["set", "id-1", "Staging"], KEY);
        ok(&session, &["get", "id-1"], "");
        ok(&session, &["describe", "id-1"], "");
        ok(&session, &["remove", "id-1"], "");
    });
    let mut answered = HashSet::new();
    let mut opened = 0;
    for line in said.lines() {
        let field = |name: &str| line.split([' ', ';']).find_map(|part| part.strip_prefix(name));
        if line.starts_with("method return") {
            answered.extend(field("destination="));
        } else if line.ends_with("member=OpenSession") {
            assert!(answered.contains(field("sender=").expect("a caller")), "{said}");
            opened += 1;
        }
    }
    assert!(opened >= 5, "{opened} of five requests");
}

/// The password of the keyring that a test makes.
const PASSWORD: &str = "sesame";
/// Chosen and repeated, where a keyring is made.
const CHOSEN: &str = "sesame\tsesame";

/// A session whose keychain asks on a display, with a key that is asked for in that way.
struct Asking {
    display: Display,
    session: KeychainSession,
    prompt: &'static str,
    prompter: Option<Process>,
}

impl Asking {
    fn start(prompt: &'static str) -> Self {
        let session = KeychainSession::start(KeychainMode::Unlocked).expect("a keychain");
        let display = Display::start().expect("a display");
        let prompter = Some(session.start_prompter(&display).expect("a prompter"));
        let asking = Self { display, session, prompt, prompter };
        asking.answering(&[CHOSEN], "set", KEY);
        asking
    }

    /// The answer of the probe, with as many questions for a password as there are answers.
    fn answering(&self, passwords: &[&str], action: &str, input: &str) -> Value {
        let arguments = [action, "id-1", "Production", self.prompt];
        let (answer, answered) = self.display.typing_passwords(passwords, || ok(&self.session, &arguments, input));
        answered.expect("the questions come");
        answer
    }

    /// What another program of the same account gets without anybody typing a password.
    fn stolen(&self) -> String {
        let mut command = self.session.command("secret-tool");
        command.args(["lookup", "service", "aidb", "username", "environment-key:id-1"]);
        let output = output_within(&mut command, "", LIMIT).expect("secret-tool ends");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

#[test]
fn a_key_that_is_asked_for_each_time_is_read_by_nobody_without_its_password() {
    let mut asking = Asking::start("always");
    let described = asking.answering(&[], "describe", "");
    assert_eq!(described[0], json!(""), "that it is there is said without asking, and without reading it");
    for _ in 0..2 {
        assert_eq!(asking.answering(&[PASSWORD], "get", ""), json!(KEY), "asked anew");
    }
    assert_eq!(asking.answering(&[], "is_open", ""), json!(false));
    asking.prompter = None;
    assert_eq!(asking.stolen(), "");
    let arguments = ["get", "id-1", "Production", "always"];
    assert_eq!(code(&asking.session, &arguments, ""), "key_prompt", "nobody is there to be asked");
    asking.prompter = Some(asking.session.start_prompter(&asking.display).unwrap());
    // It moves back to the default keyring, and is in no other any more.
    let neighbour = ["set", "id-2", "Staging", "always"];
    let (_, answered) = asking.display.typing_passwords(&[PASSWORD], || ok(&asking.session, &neighbour, KEY));
    answered.unwrap();
    asking.prompt = "never";
    asking.answering(&[PASSWORD], "set", "another-key-of-production");
    asking.prompter = None;
    assert_eq!(asking.answering(&[], "get", ""), json!("another-key-of-production"));
    assert_eq!(asking.stolen(), "another-key-of-production", "as every program may read the default keyring");
    let arguments = ["get", "id-2", "Staging", "always"];
    assert_eq!(code(&asking.session, &arguments, ""), "key_prompt", "its neighbour's keyring was locked again");
}

#[test]
fn a_key_that_is_asked_for_after_idle_minutes_is_open_meanwhile_and_locked_at_the_end() {
    let mut asking = Asking::start("idle");
    assert_eq!(asking.answering(&[PASSWORD], "get", ""), json!(KEY), "a command has ended when the next one comes");
    let [read, open, after] = [json!([KEY, KEY]), json!(true), json!(false)];
    assert_eq!(asking.answering(&[PASSWORD], "session", ""), json!([read, open, after]), "asked once for two uses");
    asking.prompter = None;
    assert_eq!(asking.stolen(), "");
}
