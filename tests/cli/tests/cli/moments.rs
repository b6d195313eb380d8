//! `aidb migrate restore --at`, `aidb drift`, and a comparison with a moment of the history.

use std::time::Duration;

use aidb_sandbox::Permission;
use chrono::{SecondsFormat, Utc};

use crate::stage::Stage;
use crate::{snap, snap_both};

/// Later than all that was done so far, and earlier than all that comes; to the millisecond, as it can be typed.
fn between() -> String {
    std::thread::sleep(Duration::from_millis(5));
    let at = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
    std::thread::sleep(Duration::from_millis(5));
    at
}

#[test]
fn an_environment_goes_back_to_a_moment_and_forth_again() {
    let stage = Stage::new();
    let _promoted =
        stage.run(&["m", "promote", "--from", "Development", "--to", "Staging", "faq-bot", "my-agent"]).done();
    let (then, was) = (between(), stage.staging.resources("my-agent"));
    stage.development.set_resource("my-agent", "orders", "table", &[Permission::Admin]).unwrap();
    let promote = ["m", "promote", "--from", "Development", "--to", "Staging", "--exact", "my-agent"];
    let _promoted = stage.run(&promote).done();
    let (later, is) = (between(), stage.staging.resources("my-agent"));
    assert_ne!(is, was);
    let restore =
        |at: &str, further: &[&str]| stage.run(&[&["m", "restore", "-e", "Staging", "--at", at], further].concat());
    let planned = restore(&then, &["--dry-run"]);
    assert!(planned.stdout.contains("my-agent in Staging") && !planned.stdout.contains("faq-bot in"), "{planned}");
    assert!(planned.stderr.contains("data-steward is left as it is: aidb had not seen it by then."), "{planned}");
    let _back = restore(&then, &["--yes"]).done();
    assert_eq!(stage.staging.resources("my-agent"), was);
    let _forth = restore(&later, &["--yes"]).done();
    assert_eq!(stage.staging.resources("my-agent"), is);
    let nothing = restore(&later, &["--dry-run"]).done();
    assert!(nothing.stdout.contains("every agent of which it is known is as it was then."), "{nothing}");

    let at = format!("at:{then}/Staging/my-agent");
    let compared = stage.run(&["m", "compare", &at, "env:Staging/my-agent", "--json"]);
    assert_eq!(compared.status, Some(2), "{compared}");
    let same = stage.run(&["m", "compare", "env:Development/my-agent", "env:Development/my-agent"]);
    assert_eq!(same.status, Some(0), "{same}");
    for (side, says) in [
        ("at:2001-01-01T00:00/Staging/my-agent", "is not known"),
        ("at:yesterday/Staging/my-agent", "is no time"),
        ("at:2001-01-01T00:00", "names no agent"),
        ("env:Staging", "names no agent of an environment"),
    ] {
        let refused = stage.run(&["m", "compare", side, "env:Staging/my-agent"]);
        assert!(
            refused.status == Some(64) && refused.stderr.contains(says) && refused.stderr.contains("Hint:"),
            "{refused}"
        );
    }
    let wrong = stage.run(&["m", "restore", "-e", "Staging", "--at", "yesterday"]);
    assert!(wrong.status == Some(64) && wrong.stderr.contains("write it as 2026-11-01T14:05"), "{wrong}");
}

#[test]
fn what_was_changed_outside_aidb_is_drift_until_it_is_accepted_or_put_back() {
    let stage = Stage::new();
    let _promoted = stage.run(&["m", "promote", "--from", "Development", "--to", "Staging", "my-agent"]).done();
    let drift = ["drift", "-e", "Staging", "--detailed-exitcode"];
    let none = stage.run(&drift);
    assert_eq!(none.status, Some(0), "what aidb did is none: {none}");
    let was = stage.staging.resources("my-agent");
    stage.staging.set_resource("my-agent", "orders", "table", &[Permission::Admin]).unwrap();
    stage.staging.set_resource("my-agent", "secrets", "table", &[Permission::Read]).unwrap();
    let changed = snap_both!(stage, "drift", &drift);
    assert_eq!(changed.status, Some(2), "{changed}");

    let back = stage.run(&["drift", "put-back", "-e", "Staging", "my-agent", "--yes"]);
    snap!(stage, "drift_put_back", back);
    assert_eq!(stage.staging.resources("my-agent"), was);
    assert_eq!(stage.run(&drift).status, Some(0));

    stage.staging.set_resource("my-agent", "orders", "table", &[Permission::Admin]).unwrap();
    let accepted = stage.run(&["drift", "accept", "-e", "Staging", "my-agent"]).done();
    assert!(accepted.stdout.starts_with("✓ my-agent is accepted as it is now (bk-"), "{accepted}");
    assert_eq!(stage.run(&drift).status, Some(0), "it is the new state");
    stage.staging.remove_agent("my-agent").unwrap();
    let gone = stage.run(&drift);
    assert!(gone.status == Some(2) && gone.stdout.contains("my-agent  is gone"), "{gone}");
    let unknown = stage.run(&["drift", "put-back", "-e", "Staging", "faq-bot", "--yes"]);
    assert!(unknown.status == Some(64) && unknown.stderr.contains("it has not read or written it"), "{unknown}");
}
