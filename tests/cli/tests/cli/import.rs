use aidb_sandbox::{ErrorBody, Fault, FaultAnswer, Writes};

use crate::stage::Stage;
use crate::{snap, snap_both};

#[test]
fn a_dry_run_shows_the_plan_and_writes_nothing() {
    let stage = Stage::new().exported();
    let before = stage.staging.snapshot();
    let dry_run = ["migrate", "import", "-e", "Staging", "-i", "agent.json", "--dry-run"];
    snap_both!(stage, "dry_run", &dry_run);
    let exact = ["m", "import", "-e", "Production", "-i", "agent.json", "--dry-run", "--exact", "--detailed-exitcode"];
    assert_eq!(snap_both!(stage, "dry_run_exact", &exact).status, Some(2));
    assert_eq!(stage.staging.snapshot(), before);
    let methods: Vec<_> = stage.staging.requests().into_iter().map(|request| request.method).collect();
    assert!(methods.iter().all(|method| method == "GET"), "{methods:?}");
}

#[test]
fn a_new_agent_is_registered() {
    let stage = Stage::new();
    let _exported = stage.run(&["m", "export", "-e", "Development", "-a", "churn-forecast", "-o", "new.json"]).done();
    snap!(
        stage,
        "dry_run_new_agent",
        stage.run(&["m", "import", "-e", "Staging", "-i", "new.json", "--dry-run"]).done()
    );
    snap!(stage, "import_new_agent", stage.run(&["m", "import", "-e", "Staging", "-i", "new.json"]).done());
    assert_eq!(stage.staging.resources("churn-forecast"), stage.development.resources("churn-forecast"));
    let again = stage.run(&["m", "import", "-e", "Production", "-i", "new.json", "--yes", "--json"]).done();
    snap!(stage, "import_new_agent_json", again);
}

#[test]
fn an_import_backs_up_applies_and_verifies() {
    let stage = Stage::new().exported();
    let import = ["migrate", "import", "-e", "Staging", "-i", "agent.json"];
    snap!(stage, "import", stage.run(&import).done());
    assert_eq!(stage.staging.resources("my-agent"), stage.development.resources("my-agent"));
    snap_both!(stage, "import_again", &import);
    let same = ["m", "import", "-e", "Staging", "-i", "agent.json", "--dry-run", "--detailed-exitcode"];
    assert_eq!(stage.run(&same).status, Some(0), "0 says the same");
}

#[test]
fn chosen_resources_alone_are_imported() {
    let stage = Stage::new().exported();
    let import = ["m", "import", "-e", "Staging", "-i", "agent.json", "--only", "orders", "--json"];
    let run = stage.run(&import).done();
    assert_eq!(run.json()["applied"], serde_json::json!(["resource:orders"]), "{run}");
    let unknown = ["m", "import", "-e", "Staging", "-i", "agent.json", "--only", "ordres"];
    assert_eq!(snap_both!(stage, "import_unknown_resource", &unknown).status, Some(64));
}

#[test]
fn a_protected_environment_refuses_where_nobody_can_be_asked() {
    let stage = Stage::new().exported();
    let before = stage.production.snapshot();
    let run = snap_both!(stage, "import_protected", &["m", "import", "-e", "Production", "-i", "agent.json"]);
    assert_eq!(run.status, Some(64));
    let url = stage.production.url();
    let mut by_url = stage.aidb(&["m", "import", "-u", &url, "-i", "agent.json"]);
    by_url.env("AIDB_API_KEY", "x");
    let run = aidb_testkit::Run::of(&mut by_url);
    assert_eq!(run.status, Some(64), "protection holds however the server is named:\n{run}");
    assert_eq!(stage.production.snapshot(), before);
    let _agreed = stage.run(&["m", "import", "-e", "Production", "-i", "agent.json", "--yes"]).done();
    assert_ne!(stage.production.snapshot(), before);
}

#[test]
fn what_fails_halfway_is_put_back() {
    let stage = Stage::new().exported();
    let before = stage.staging.snapshot();
    let fault = || Fault::on(2, FaultAnswer::status(501, ErrorBody::Json)).method("PUT");
    stage.staging.set_faults([fault()]);
    let import = ["m", "import", "-e", "Staging", "-i", "agent.json", "--in-flight", "1"];
    let words = stage.run(&import);
    snap!(stage, "import_put_back", words);
    assert_eq!(words.status, Some(1));
    stage.staging.set_faults([fault()]);
    let json = stage.run(&[import.as_slice(), &["--json"]].concat());
    snap!(stage, "import_put_back_json", json);
    assert_eq!((json.status, &json.json()["code"]), (Some(1), &serde_json::json!("put_back")));
    assert_eq!(stage.staging.snapshot(), before);
}

#[test]
fn what_cannot_be_put_back_is_named() {
    let stage = Stage::new().exported();
    let refuse = |nth| Fault::on(nth, FaultAnswer::status(501, ErrorBody::Json)).method("PUT").for_ever();
    stage.staging.set_faults([refuse(2)]);
    let import = ["m", "import", "-e", "Staging", "-i", "agent.json", "--in-flight", "1"];
    let words = stage.run(&import);
    snap!(stage, "import_needs_attention", words);
    assert_eq!(words.status, Some(6));
}

#[test]
fn a_server_that_stores_nothing_is_noticed() {
    let stage = Stage::new().exported();
    stage.staging.switch(|switches| switches.writes = Writes::OnlyConfirmed);
    let run = snap_both!(stage, "import_only_confirmed", &["m", "import", "-e", "Staging", "-i", "agent.json"]);
    assert_eq!(run.status, Some(1));
}

#[test]
fn another_agent_than_the_file_is_about_is_refused() {
    let stage = Stage::new().exported();
    let run =
        snap_both!(stage, "import_other_agent", &["m", "import", "-e", "Staging", "-i", "agent.json", "-a", "faq-bot"]);
    assert_eq!(run.status, Some(64));
}

#[test]
fn what_the_server_cannot_change_is_said_even_where_nothing_else_differs() {
    let stage = Stage::new();
    let _exported = stage.run(&["m", "export", "-e", "Development", "-a", "nightly-sync", "-o", "sync.json"]).done();
    snap_both!(stage, "import_unchangeable", &["m", "import", "-e", "Staging", "-i", "sync.json"]);
}

#[test]
fn a_key_that_may_not_write_is_said_by_the_status_too() {
    let stage = Stage::new().exported();
    stage.staging.set_faults([aidb_sandbox::Fault::on(
        1,
        aidb_sandbox::FaultAnswer::status(403, aidb_sandbox::ErrorBody::Json),
    )
    .method("PUT")
    .for_ever()]);
    let before = stage.staging.snapshot();
    let run = stage.run(&["m", "import", "-e", "Staging", "-i", "agent.json"]);
    assert_eq!(run.status, Some(4), "{run}");
    assert_eq!(stage.staging.snapshot(), before);
}
