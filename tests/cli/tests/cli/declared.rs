//! `aidb pair` and `aidb accept`: what persons declare, and how the overview and a promotion go by it.

use serde_json::{Value, json};

use crate::stage::Stage;
use crate::{snap, snap_both};

/// An agent under two ids.
fn with_two_ids() -> Stage {
    let stage = Stage::new();
    for (server, id) in [(&stage.development, "dev-helper"), (&stage.production, "prod-helper")] {
        let Value::Object(info) = json!({ "name": "Helper", "type": "chat" }) else { unreachable!() };
        server.set_agent(id, info, "its-own-key").expect("set");
    }
    stage
}

#[test]
fn agents_of_two_ids_are_suggested_declared_listed_and_taken_apart_again() {
    let stage = with_two_ids();
    let none = stage.run(&["pair"]);
    assert_eq!(none.stdout, "No pairs. Add one with `aidb pair add ENVIRONMENT/AGENT ENVIRONMENT/AGENT`.\n");
    let before = stage.run(&["overview"]).done();
    assert!(before.stdout.contains("  aidb pair add Development/dev-helper Production/prod-helper\n"), "{before}");
    let add = ["pair", "add", "Development/dev-helper", "Production/prod-helper"];
    let added = stage.run(&add).done();
    assert_eq!(added.stdout, "✓ One agent from now on: Development/dev-helper = Production/prod-helper\n");
    let listed = snap_both!(stage, "pair_list", &["pair", "list"]);
    assert_eq!(listed.status, Some(0));
    let after = stage.run(&["overview"]).done();
    assert!(after.stdout.contains("dev-helper = prod-helper") && !after.stdout.contains("aidb pair add"), "{after}");
    let removed = stage.run(&["pair", "remove", "Production/prod-helper"]).done();
    assert_eq!(removed.stdout, "✓ No longer one agent: Development/dev-helper = Production/prod-helper\n");
    assert_eq!(stage.run(&["pair"]).stdout, none.stdout);
}

#[test]
fn a_promotion_goes_to_the_partner_and_says_so() {
    let stage = with_two_ids();
    stage.development.set_resource("dev-helper", "orders", "table", &[aidb_sandbox::Permission::Read]).unwrap();
    let _added = stage.run(&["pair", "add", "Development/dev-helper", "Production/prod-helper"]).done();
    let promote = ["migrate", "promote", "--from", "Development", "--to", "Production", "dev-helper"];
    let planned = stage.run(&[&promote[..], &["--dry-run"]].concat());
    snap!(stage, "promote_to_partner", planned);
    let _done = stage.run(&[&promote[..], &["--yes"]].concat()).done();
    assert!(stage.production.resources("prod-helper").unwrap().contains_key("orders"));
    assert!(stage.production.agent("dev-helper").is_none());
}

#[test]
fn what_is_no_pair_is_refused_with_what_to_do() {
    let stage = with_two_ids();
    for (wrong, says) in [
        (&["pair", "add", "Development/dev-helper", "prod-helper"][..], "names no agent of an environment"),
        (&["pair", "add", "Nowhere/a", "Production/b"], "There is no environment \"Nowhere\""),
        (&["pair", "add", "Production/a", "Production/b"], "both in Production"),
        (&["pair", "remove", "Production/prod-helper"], "is in no pair"),
    ] {
        let refused = stage.run(wrong);
        assert!(
            refused.status != Some(0) && refused.stderr.contains(says) && refused.stderr.contains("Hint:"),
            "{refused}"
        );
    }
}

#[test]
fn a_difference_is_accepted_until_a_day_and_counted_apart() {
    let stage = Stage::new();
    let one = snap_both!(stage, "overview_one_agent", &["overview", "faq-bot"]);
    assert_eq!(one.status, Some(0));
    let add =
        ["accept", "add", "Staging/faq-bot", "greetings", "--until", "2099-12-30", "--reason", "No such table there"];
    let added = stage.run(&add);
    snap!(stage, "accept_add", added);
    let listed = stage.run(&["accept"]).done();
    snap!(stage, "accept_list", listed);
    let overview = stage.run(&["overview", "--json"]).done().json();
    let faq = overview["agents"].as_array().unwrap().iter().find(|row| row["agent_id"] == "faq-bot").unwrap();
    assert_eq!((&faq["cells"][1]["state"], &faq["cells"][1]["accepted"]), (&json!("same"), &json!(1)));
    let shown = stage.run(&["overview", "faq-bot"]).done();
    assert!(shown.stdout.contains("(accepted)"), "{shown}");
    let id = stage.run(&["accept", "list", "--json"]).done().json()["accepted"][0]["id"].as_str().unwrap().to_owned();
    let removed = stage.run(&["accept", "remove", &id]).done();
    assert!(removed.stdout.starts_with("✓ No longer accepted: Staging/faq-bot greetings"), "{removed}");
    assert_eq!(stage.run(&["accept"]).stdout, "No accepted differences.\n");
}

#[test]
fn what_cannot_be_accepted_is_refused_with_what_to_do() {
    let stage = Stage::new();
    let reasoned = ["--reason", "on purpose"];
    for (wrong, says) in [
        (&["accept", "add", "Staging/faq-bot", "--all", "--until", "2099-12-30"][..], "none was given"),
        (
            &[&["accept", "add", "Staging/faq-bot", "--all", "--until", "2001-01-01"], &reasoned[..]].concat(),
            "has to lie ahead",
        ),
        (
            &[&["accept", "add", "Staging/faq-bot", "nothing", "--until", "2099-12-30"], &reasoned[..]].concat(),
            "does not differ",
        ),
        (
            &[&["accept", "add", "Development/faq-bot", "--all", "--until", "2099-12-30"], &reasoned[..]].concat(),
            "first stage",
        ),
        (
            &[&["accept", "add", "Production/faq-bot", "--all", "--until", "2099-12-30"], &reasoned[..]].concat(),
            "faq-bot",
        ),
        (&["accept", "remove", "ad-nowhere0"], "no accepted difference"),
    ] {
        let refused = stage.run(wrong);
        assert!(
            refused.status != Some(0) && refused.stderr.contains(says) && refused.stderr.contains("Hint:"),
            "{refused}"
        );
    }
    assert_eq!(stage.run(&["accept"]).stdout, "No accepted differences.\n");
}
