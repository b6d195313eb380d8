use aidb_sandbox::{ErrorBody, Fault, FaultAnswer};
use serde_json::json;

use crate::stage::{KEY, Stage};
use crate::{snap, snap_both};

#[test]
fn a_promotion_makes_the_target_what_the_source_is() {
    let stage = Stage::new();
    let before = stage.staging.snapshot();
    let promote = ["migrate", "promote", "--from", "Development", "--to", "Staging"];
    let dry_run = [promote.as_slice(), &["--dry-run", "--detailed-exitcode"]].concat();
    let run = snap_both!(stage, "promote_dry_run", &dry_run);
    assert_eq!(run.status, Some(2));
    assert_eq!(stage.staging.snapshot(), before);
    snap!(stage, "promote", stage.run(&promote).done());
    assert_eq!(stage.staging.resources("my-agent"), stage.development.resources("my-agent"));
    assert!(stage.development.requests().iter().all(|request| request.method == "GET"), "the source is only read");
    assert_eq!(stage.run(&dry_run).status, Some(0), "0 says the same");
}

#[test]
fn of_several_agents_one_that_fails_leaves_the_others_done() {
    let stage = Stage::new();
    stage.staging.set_faults([Fault::on(1, FaultAnswer::status(501, ErrorBody::Json))
        .method("PUT")
        .path_contains("faq-bot")
        .for_ever()]);
    let agents = ["data-steward", "faq-bot", "data-steward", "my-agent"];
    let promote = ["m", "promote", "--from", "Development", "--to", "Staging", "--json"];
    let run = stage.run(&[promote.as_slice(), &agents].concat());
    assert_eq!(run.status, Some(6), "{run}");
    assert_eq!(run.json()["results"].as_array().map(Vec::len), Some(3), "each once: {run}");
    assert_eq!(stage.staging.resources("data-steward"), stage.development.resources("data-steward"));
    assert_eq!(stage.staging.resources("my-agent"), stage.development.resources("my-agent"));
    let before = stage.staging.snapshot();
    let unknown = stage.run(&[promote.as_slice(), &["my-agent", "no-such-agent"]].concat());
    assert_eq!((unknown.status, &unknown.json()["code"]), (Some(1), &json!("agent_not_found")), "{unknown}");
    assert_eq!(stage.staging.snapshot(), before, "all are planned first");
}

#[test]
fn a_protected_target_refuses_where_nobody_can_be_asked() {
    let stage = Stage::new();
    let before = stage.production.snapshot();
    let promote = ["m", "promote", "--from", "Staging", "--to", "Production", "my-agent"];
    assert_eq!(stage.run(&promote).status, Some(64));
    assert_eq!(stage.production.snapshot(), before);
    let _agreed = stage.run(&[promote.as_slice(), &["--yes"]].concat()).done();
    assert_ne!(stage.production.snapshot(), before);
}

#[test]
fn what_is_meant_for_one_server_is_refused_and_a_variable_reaches_neither() {
    let stage = Stage::new();
    let promote = ["m", "promote", "--from", "Development", "--to", "Staging", "my-agent", "--dry-run"];
    let url = stage.production.url();
    for flags in [["-e", "Production"], ["-u", &url], ["-k", "another-key"]] {
        let run = stage.run(&[promote.as_slice(), &flags].concat());
        assert_eq!(run.status, Some(64), "{run}");
    }
    snap_both!(stage, "promote_one_server", &[promote.as_slice(), &["-e", "Production"]].concat());
    let same = ["m", "promote", "--from", "Staging", "--to", "staging", "my-agent"];
    assert_eq!(snap_both!(stage, "promote_same_server", &same).status, Some(64));
    for server in [&stage.development, &stage.staging, &stage.production] {
        assert_eq!(server.request_count(), 0, "nothing was sent");
        server.switch(|switches| switches.required_api_key = Some(aidb_sandbox::ApiKey::new(KEY)));
    }
    let mut with_variables = stage.aidb(&promote);
    with_variables.env("AIDB_API_KEY", "the-key-of-another-server").env("AIDB_URL", &url);
    let _planned = aidb_testkit::Run::of(&mut with_variables).done();
    assert_eq!(stage.production.request_count(), 0);
}
