//! Keys that the keychain asks for: a command uses one only when somebody types its password.

use aidb_sandbox::Sample;
use aidb_testkit::{Display, Home, KeychainMode, KeychainSession, Run, sandbox};

use crate::snap;
use crate::stage::{KEY, Stage};

/// A run in a session with a keychain, while these passwords are typed.
fn run(home: &Home, session: &KeychainSession, display: &Display, passwords: &[&str], arguments: &[&str]) -> Run {
    let mut aidb = home.aidb(arguments);
    aidb.env("AIDB_KEY_STORE", "keychain").env("DBUS_SESSION_BUS_ADDRESS", session.bus_address());
    aidb.write_stdin(format!("{KEY}\n"));
    let (run, answered) = display.typing_passwords(passwords, || Run::of(&mut aidb));
    assert!(answered.is_ok(), "{answered:?}: {run}");
    run
}

#[test]
fn a_command_uses_a_key_that_is_asked_for_only_with_its_password() {
    let (home, server) = (Home::new(), sandbox::start(Sample::Production));
    let session = KeychainSession::start(KeychainMode::Unlocked).expect("a keychain");
    let display = Display::start().expect("a display");
    let prompter = session.start_prompter(&display).expect("a prompter");
    let aidb = |passwords: &[&str], arguments: &[&str]| run(&home, &session, &display, passwords, arguments);
    let _added = aidb(&[], &["env", "add", "Production", "--url", &server.url(), "--ask-key", "always"]).done();
    let _stored = aidb(&["sesame\tsesame"], &["env", "set-key", "Production"]).done();
    let shown = aidb(&[], &["env", "show", "Production"]).done();
    assert!(shown.stdout.contains("Key            key stored\n  Key asked for  each time\n"), "{shown}");
    let export = ["m", "export", "-e", "Production", "-a", "my-agent", "-o", "f.json"];
    let _exported = aidb(&["sesame"], &export).done();

    drop(prompter);
    let before = server.request_count();
    let refused = aidb(&[], &[&export[..], &["--force"]].concat());
    snap!(home, "key_prompt_unanswered", refused);
    assert_eq!((refused.status, server.request_count()), (Some(1), before), "{refused}");
    let json = aidb(&[], &[&export[..], &["--force", "--json"]].concat()).json();
    assert_eq!(json["code"], "key_prompt", "{json}");
}

#[test]
fn files_ask_nobody_and_so_cannot_be_told_to() {
    let stage = Stage::new();
    let refused = stage.run(&["env", "update", "Staging", "--ask-key", "idle"]);
    snap!(stage, "env_ask_key_in_files", refused);
    assert_eq!(refused.status, Some(64), "{refused}");
    let unknown = stage.run(&["env", "update", "Staging", "--ask-key", "sometimes"]);
    assert!(unknown.stderr.contains("it is never, idle or always"), "{unknown}");
    let kept = stage.run(&["env", "update", "Staging", "--ask-key", "never"]).done();
    assert!(kept.stdout.contains("updated"), "{kept}");
}
