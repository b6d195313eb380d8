//! Plans as the page meets them: real commands, real servers.

use aidb_core::vault::SecretName;
use aidb_sandbox::{ErrorBody, Fault, FaultAnswer, Permission, ResourceSnapshot};
use serde_json::{Value, json};

use crate::recording::call;
use crate::recording::world::World;
use crate::testing::typed;

async fn ok(world: &World, command: &str, request: Value) -> Value {
    call(world, command, request).await.0.unwrap_or_else(|error| panic!("{command}: {error}"))
}

async fn refused(world: &World, command: &str, request: Value) -> Value {
    call(world, command, request).await.0.expect_err("refused")
}

/// Where a person wants something written, and the ticket for that.
async fn destination(world: &World, name: &str, purpose: &str) -> (std::path::PathBuf, Value) {
    let path = world.picks(name);
    let placed = ok(world, "file_destination", json!({ "purpose": purpose, "suggested": name })).await;
    (path, placed["file"]["ticket"].clone())
}

async fn promote(world: &World, agent: &str, from: usize, to: usize) -> Value {
    let request = json!({ "from": world.ids[from], "agent": agent, "to": world.ids[to], "mode": "exact" });
    ok(world, "plan_promote", request).await
}

fn applying(plan: &Value, groups: &Value, except: &[&str]) -> Value {
    json!({ "plan": plan["plan"], "ticks": { "groups": groups, "except": except }, "typed_name": null,
        "agree_deletion": false, "reason": null })
}

#[tokio::test]
async fn what_is_lost_stays_until_it_is_ticked() {
    let world = World::samples().await;
    world.server(1).set_resource("my-agent", "legacy", "table", &[Permission::Admin]).unwrap();
    let plan = promote(&world, "my-agent", 0, 1).await;
    let ended = ok(&world, "plan_apply", applying(&plan, &json!({}), &["gain:orders"])).await;
    assert_eq!(ended["result"]["outcome"], "done", "{ended}");
    let resources = world.server(1).resources("my-agent").unwrap();
    assert!(resources.contains_key("legacy"), "nobody ticked the loss");
    assert_eq!(resources["orders"].permissions.len(), 1, "this one was unticked");
    assert_eq!(resources["sales.invoices"].permissions.len(), 2);
    let again = refused(&world, "plan_apply", applying(&plan, &json!({}), &[])).await;
    assert_eq!(again["code"], "plan_unusable", "a plan is carried out once");
    let plan = promote(&world, "my-agent", 0, 1).await;
    ok(&world, "plan_apply", applying(&plan, &json!({ "loses_access": true }), &[])).await;
    assert!(!world.server(1).resources("my-agent").unwrap().contains_key("legacy"));
}

#[tokio::test]
async fn a_gain_is_applied_without_the_loss_beside_it() {
    use Permission::{Admin, Delete, Read, Write};
    let world = World::samples().await;
    world.server(0).set_resource("my-agent", "orders", "table", &[Read, Write]).unwrap();
    world.server(1).set_resource("my-agent", "orders", "table", &[Read, Delete, Admin]).unwrap();
    let request = json!({ "from": world.ids[0], "agent": "my-agent", "to": world.ids[1], "mode": "merge" });
    let plan = ok(&world, "plan_promote", request.clone()).await;
    let losses = plan["groups"].as_array().unwrap().iter().find(|group| group["group"] == "loses_access").unwrap();
    assert_eq!((&losses["count"], &losses["ticked"]), (&json!(1), &json!(false)), "{plan}");
    let rows = |group: &str| json!({ "plan": plan["plan"], "group": group, "search": "orders", "from": 0 });
    let gained = ok(&world, "plan_rows", rows("gains_access")).await;
    assert_eq!(gained["rows"][0]["words"], "gains write");
    let lost = ok(&world, "plan_rows", rows("loses_access")).await;
    assert_eq!(lost["rows"][0]["words"], "loses delete and admin");
    let ticked = json!({ "plan": plan["plan"], "ticks": { "groups": {}, "except": [] } });
    let words = ok(&world, "plan_text", ticked).await;
    assert_eq!(words["command"], Value::Null, "no command line would leave the loss out");
    ok(&world, "plan_apply", applying(&plan, &json!({}), &[])).await;
    let orders = || Vec::from_iter(world.server(1).resources("my-agent").unwrap()["orders"].permissions.clone());
    assert_eq!(orders(), [Read, Write, Delete, Admin], "what is there, and the gain");
    let plan = ok(&world, "plan_promote", request).await;
    ok(&world, "plan_apply", applying(&plan, &json!({ "loses_access": true }), &[])).await;
    assert_eq!(orders(), [Read, Write]);
}

#[tokio::test]
async fn nothing_ticked_an_unknown_ticket_and_an_untyped_name_are_refused() {
    let world = World::samples().await;
    let plan = promote(&world, "my-agent", 0, 2).await;
    let none = json!({ "gains_access": false, "changes": false });
    assert_eq!(refused(&world, "plan_apply", applying(&plan, &none, &[])).await["code"], "usage");
    let mut request = applying(&plan, &json!({}), &[]);
    assert_eq!(refused(&world, "plan_apply", request.clone()).await["code"], "confirmation_required");
    request["typed_name"] = "production".into();
    assert_eq!(refused(&world, "plan_apply", request.clone()).await["code"], "confirmation_required");
    request["plan"] = "plan-none".into();
    assert_eq!(refused(&world, "plan_apply", request).await["code"], "plan_unusable");
    assert!(world.server(2).requests().iter().all(|request| request.method == "GET"), "nothing was written");
}

/// What the refusal is about is what the person sees next: read once, so that nothing can move between the two.
#[tokio::test]
async fn a_target_that_moved_is_read_once_and_its_new_plan_is_the_one_that_was_refused_for() {
    let world = World::samples().await;
    let plan = promote(&world, "my-agent", 0, 1).await;
    let server = world.server(1);
    server.set_resource("my-agent", "customers", "table", &[aidb_sandbox::Permission::Read]).unwrap();
    server.clear_requests();
    let moved = ok(&world, "plan_apply", applying(&plan, &json!({}), &[])).await;
    assert_eq!(moved["kind"], "moved", "{moved}");
    let reads = server.requests().iter().filter(|request| request.path.ends_with("/permissions/resources")).count();
    assert_eq!(reads, 1, "{:?}", server.requests());
    let ended = ok(&world, "plan_apply", applying(&moved["now"], &json!({}), &[])).await;
    assert_eq!(ended["result"]["outcome"], "done", "the new plan is from that state: {ended}");
}

#[tokio::test]
async fn the_same_server_and_a_missing_agent_are_said() {
    let world = World::samples().await;
    let to = |from: usize, to: usize, agent: &str| json!({ "from": world.ids[from], "agent": agent, "to": world.ids[to], "mode": "merge" });
    assert_eq!(refused(&world, "plan_promote", to(0, 0, "my-agent")).await["code"], "usage");
    assert_eq!(refused(&world, "plan_promote", to(2, 0, "faq-bot")).await["code"], "agent_not_found");
}

#[tokio::test]
async fn twelve_plans_are_kept_and_the_oldest_goes() {
    let world = World::samples().await;
    let first = promote(&world, "my-agent", 0, 1).await;
    for _ in 0..11 {
        promote(&world, "my-agent", 0, 1).await;
    }
    let rows = |plan: &Value| json!({ "plan": plan["plan"], "group": "same", "search": "", "from": 0 });
    ok(&world, "plan_rows", rows(&first)).await;
    promote(&world, "my-agent", 0, 1).await;
    assert_eq!(refused(&world, "plan_rows", rows(&first)).await["code"], "plan_unusable");
}

#[tokio::test]
async fn an_apply_can_be_stopped_and_is_put_back() {
    let world = World::samples().await;
    let entry = |n: u32| (format!("table_{n:02}"), ResourceSnapshot::new("table", [Permission::Read]));
    world.server(0).set_resources("my-agent", (0..60).map(entry)).unwrap();
    let plan = promote(&world, "my-agent", 0, 1).await;
    let before = world.server(1).resources("my-agent");
    world.server(1).set_faults([Fault::on(1, FaultAnswer::Hold).method("PUT").for_ever()]);
    let apply = call(&world, "plan_apply", applying(&plan, &json!({}), &[]));
    let stop = async {
        while !world.server(1).requests().iter().any(|request| request.method == "PUT") {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        assert_eq!(world.desktop.plans.running(), ["Promoting my-agent to Staging"]);
        let busy = refused(&world, "plan_apply", applying(&plan, &json!({}), &[])).await;
        assert_eq!(busy["code"], "store_busy");
        world.desktop.plans.stop_all();
        world.server(1).set_faults([]);
        world.desktop.plans.ended().await;
    };
    let ((ended, _), ()) = tokio::join!(apply, stop);
    let ended = ended.unwrap();
    assert_eq!((&ended["result"]["outcome"], &ended["result"]["cancelled"]), (&"put_back".into(), &true.into()));
    assert_eq!(world.server(1).resources("my-agent"), before);
    assert!(world.desktop.plans.running().is_empty());
    let cancel = json!({ "plan": plan["plan"] });
    assert_eq!(refused(&world, "plan_cancel", cancel).await["code"], "usage", "nothing runs any more");
}

#[tokio::test]
async fn a_file_that_vanishes_after_the_plan_is_applied_as_it_was_read() {
    let world = World::samples().await;
    let text = r#"{"version":"1.0.0","agent":{"agent_id":"my-agent","name":"My Agent","resource_permissions":
        {"fresh":{"type":"table","permissions":["read"]}}}}"#;
    let path = world.file("agent.json", text);
    let request = json!({ "file": typed(&path), "to": world.ids[1], "mode": "merge" });
    let plan = ok(&world, "plan_import", request).await;
    std::fs::remove_file(&path).unwrap();
    let ended = ok(&world, "plan_apply", applying(&plan, &json!({}), &[])).await;
    assert_eq!(ended["result"]["applied"], 1, "{ended}");
    assert!(world.server(1).resources("my-agent").unwrap().contains_key("fresh"));
}

#[tokio::test]
async fn no_connection_string_comes_back() {
    let world = World::samples().await;
    let plan = promote(&world, "my-agent", 0, 1).await;
    let missing = json!({ "plan": plan["plan"], "link": { "kind": "remembered" } });
    refused(&world, "plan_link", missing).await;
    let canary = "postgresql://app:canary-7d1c@db.example.com/shop";
    world.server(1).switch(|switches| switches.database = aidb_sandbox::DatabaseAnswer::EchoesConnectionString);
    let test = json!({ "plan": plan["plan"], "connection_string": canary });
    let tested = ok(&world, "link_test", test).await;
    assert_eq!(tested["works"], false);
    let link = json!({ "kind": "with", "connection_string": canary, "remember": true });
    let linked = ok(&world, "plan_link", json!({ "plan": plan["plan"], "link": link })).await;
    assert_eq!(linked["database"]["remembered"], true);
    let (ended, _) = call(&world, "plan_apply", applying(&linked, &json!({}), &[])).await;
    let (page, destination) = destination(&world, "plan.html", "plan_page").await;
    let save = json!({ "plan": linked["plan"], "ticks": { "groups": {}, "except": [] }, "file": destination });
    ok(&world, "plan_page_save", save).await;
    let page = std::fs::read_to_string(page).unwrap();
    for text in [tested.to_string(), linked.to_string(), format!("{ended:?}"), page] {
        assert!(!text.contains("canary"), "{text}");
    }
}

#[tokio::test]
async fn a_page_for_an_approver_holds_text_and_nothing_that_runs() {
    let world = World::samples().await;
    let hostile = "<script>alert(1)</script>\"'&";
    world.server(0).set_resource("my-agent", hostile, "table", &[Permission::Read]).unwrap();
    let plan = promote(&world, "my-agent", 0, 1).await;
    let (path, destination) = destination(&world, "plan.html", "plan_page").await;
    let save = json!({ "plan": plan["plan"], "ticks": { "groups": {}, "except": [] }, "file": destination });
    ok(&world, "plan_page_save", save).await;
    let page = std::fs::read_to_string(path).unwrap();
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains("&lt;script&gt;") && page.contains("maria") && page.contains("Fingerprint"));
}

#[tokio::test]
async fn a_hundred_thousand_rows_are_searched_and_answered_in_pieces() {
    let world = World::samples().await;
    let entry = |n: u32| (format!("Table_{n:06}"), ResourceSnapshot::new("table", [Permission::Read]));
    world.server(0).set_resources("my-agent", (0..100_000).map(entry)).unwrap();
    let plan = promote(&world, "my-agent", 0, 1).await;
    let rows = |search: &str, from: u32| json!({ "plan": plan["plan"], "group": "gains_access", "search": search, "from": from });
    let last = ok(&world, "plan_rows", rows("", 99_990)).await;
    assert!(last["rows"].as_array().unwrap().len() >= 10);
    ok(&world, "plan_rows", rows("first", 0)).await;
    // How long that takes is measured beside a peer (`cargo xtask bench`, P7), and never here.
    let found = ok(&world, "plan_rows", rows("tABLE_0777", 0)).await;
    assert_eq!((&found["total"], found["rows"].as_array().unwrap().len()), (&100.into(), 100));
    let piece = ok(&world, "plan_rows", rows("", 50_000)).await;
    assert_eq!(piece["rows"].as_array().unwrap().len(), 200);
}

#[tokio::test]
async fn history_tells_it_and_a_restore_leads_back() {
    let world = World::samples().await;
    let before = world.server(1).resources("my-agent");
    let plan = promote(&world, "my-agent", 0, 1).await;
    let ended = ok(&world, "plan_apply", applying(&plan, &json!({}), &[])).await;
    let detail = ok(&world, "history_entry", json!({ "id": ended["result"]["operation"] })).await;
    assert_eq!(detail["entry"]["title"], "Promoted my-agent from Development");
    assert_eq!((&detail["plan"]["kind"], &detail["backup"]["damage"]), (&"past".into(), &Value::Null));
    let rows = json!({ "plan": detail["plan"]["plan"], "group": "gains_access", "search": "", "from": 0 });
    assert_eq!(ok(&world, "plan_rows", rows).await["rows"][0]["outcome"], "applied");
    let now = ok(&world, "backup_now", json!({ "id": detail["backup"]["id"] })).await;
    assert!(now["changes"].as_u64().unwrap() > 0, "{now}");
    let from = json!({ "kind": "backup", "id": detail["backup"]["id"] });
    let back = ok(&world, "plan_restore", json!({ "from": from, "to": null, "mode": "exact" })).await;
    ok(&world, "plan_apply", applying(&back, &json!({}), &[])).await;
    assert_eq!(world.server(1).resources("my-agent"), before, "losses are ticked where somebody restores");
    let past = applying(&detail["plan"], &json!({}), &[]);
    assert_eq!(refused(&world, "plan_apply", past).await["code"], "plan_unusable");
}

/// All rows of a plan by their keys, in the order in which the page gets them.
async fn rows_of(world: &World, plan: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    for group in plan["groups"].as_array().unwrap() {
        let request = json!({ "plan": plan["plan"], "group": group["group"], "search": "", "from": 0 });
        all.extend(ok(world, "plan_rows", request).await["rows"].as_array().unwrap().iter().cloned());
    }
    all
}

async fn one_request_at_a_time(world: &World) {
    let settings = json!({ "settings": { "theme": "system", "parallel_requests": 1 } });
    ok(world, "settings_save", settings).await;
}

#[tokio::test]
async fn the_end_of_an_apply_and_the_history_show_the_same_rows_what_was_left_first() {
    let world = World::samples().await;
    one_request_at_a_time(&world).await;
    let plan = promote(&world, "my-agent", 0, 1).await;
    let fault = Fault::on(2, FaultAnswer::status(403, ErrorBody::Json)).method("PUT").for_ever();
    world.server(1).set_faults([fault]);
    let ended = ok(&world, "plan_apply", applying(&plan, &json!({}), &["gain:returns"])).await;
    let result = &ended["result"];
    assert_eq!((&result["outcome"], &result["left"]), (&"needs_attention".into(), &1.into()), "{ended}");
    let rows = rows_of(&world, &result["plan"]).await;
    let told = |key: &str| rows.iter().find(|row| row["key"] == key).cloned().unwrap_or_default();
    assert_eq!(told("gain:orders")["outcome"], "left", "{rows:?}");
    assert!(told("gain:orders")["reason"].as_str().unwrap().starts_with("orders could not be put back"));
    assert_eq!(told("gain:sales.invoices")["outcome"], "not_reached");
    assert_eq!(told("gain:sales.invoices")["reason"], Value::Null);
    let detail = ok(&world, "history_entry", json!({ "id": result["operation"] })).await;
    assert_eq!(rows_of(&world, &detail["plan"]).await, rows, "one thing, shown twice");
    let search = json!({ "plan": result["plan"]["plan"], "group": "gains_access", "search": "put back", "from": 0 });
    assert!(ok(&world, "plan_rows", search).await["total"].as_u64().unwrap() <= 1);
}

#[tokio::test]
async fn the_item_that_failed_is_told_from_those_that_were_not_reached() {
    let world = World::samples().await;
    one_request_at_a_time(&world).await;
    let plan = promote(&world, "my-agent", 0, 1).await;
    world.server(1).set_faults([Fault::on(2, FaultAnswer::status(403, ErrorBody::Json)).method("PUT")]);
    let ended = ok(&world, "plan_apply", applying(&plan, &json!({}), &[])).await;
    assert_eq!(ended["result"]["outcome"], "put_back", "{ended}");
    let rows = rows_of(&world, &ended["result"]["plan"]).await;
    let outcomes: Vec<&str> = rows.iter().filter_map(|row| row["outcome"].as_str()).collect();
    assert_eq!(outcomes, ["failed", "put_back", "not_reached"], "{rows:?}");
    assert!(rows[0]["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{rows:?}");
}

/// 721 rows that say the same are read by nobody.
#[tokio::test]
async fn a_reason_that_everything_left_shares_is_said_once() {
    let world = World::samples().await;
    one_request_at_a_time(&world).await;
    let entry = |n: u32| (format!("table_{n:04}"), ResourceSnapshot::new("table", [Permission::Read]));
    world.server(0).set_resources("my-agent", (0..8).map(entry)).unwrap();
    let plan = promote(&world, "my-agent", 0, 1).await;
    let refused = FaultAnswer::status(403, ErrorBody::Json);
    let faults =
        [Fault::on(6, refused.clone()).method("PUT").for_ever(), Fault::on(1, refused).method("DELETE").for_ever()];
    world.server(1).set_faults(faults);
    let ended = ok(&world, "plan_apply", applying(&plan, &json!({}), &[])).await;
    assert_eq!(ended["result"]["outcome"], "needs_attention", "{ended}");
    let rows = rows_of(&world, &ended["result"]["plan"]).await;
    let left: Vec<&Value> = rows.iter().filter(|row| row["outcome"] == "left").collect();
    assert!(left.len() > 3, "{rows:?}");
    assert!(left.iter().all(|row| row["reason"].is_null()), "{left:?}");
    let why = &ended["result"]["plan"]["left_because"];
    assert_eq!(why, "could not be put back: API Error (403): Forbidden", "{ended}");
}

#[tokio::test]
async fn a_plan_that_was_refused_is_no_failure_in_the_history() {
    let world = World::samples().await;
    let plan = promote(&world, "my-agent", 0, 1).await;
    world.server(1).set_resource("my-agent", "customers", "table", &[Permission::Admin]).unwrap();
    assert_eq!(ok(&world, "plan_apply", applying(&plan, &json!({}), &[])).await["kind"], "moved");
    let refused = json!({ "environment": null, "agent": null, "kind": null, "outcome": "refused", "actor": null,
        "from": null, "until": null, "search": "", "skip": 0 });
    let history = ok(&world, "history_list", refused).await;
    assert_eq!(history["entries"][0]["outcome"], "refused", "{history}");
}

#[tokio::test]
async fn what_was_left_is_not_lost_among_a_thousand_rows() {
    let world = World::samples().await;
    one_request_at_a_time(&world).await;
    let entry = |n: u32| (format!("table_{n:04}"), ResourceSnapshot::new("table", [Permission::Read]));
    world.server(0).set_resources("my-agent", (0..300).map(entry)).unwrap();
    let plan = promote(&world, "my-agent", 0, 1).await;
    // Three resources of the sample come before the three hundred.
    let last = Fault::on(303, FaultAnswer::status(403, ErrorBody::Json)).method("PUT");
    let kept = Fault::on(1, FaultAnswer::status(403, ErrorBody::Json)).method("DELETE").for_ever();
    world.server(1).set_faults([last, kept.path_contains("table_0297")]);
    let ended = ok(&world, "plan_apply", applying(&plan, &json!({}), &[])).await;
    assert_eq!(ended["result"]["outcome"], "needs_attention", "{ended}");
    let rows = rows_of(&world, &ended["result"]["plan"]).await;
    let left: Vec<usize> = (0..rows.len()).filter(|destination| rows[*destination]["outcome"] == "left").collect();
    assert!(rows.iter().any(|row| row["key"] == "gain:table_0297" && row["outcome"] == "left"), "{left:?}");
    assert_eq!(left, (0..left.len()).collect::<Vec<_>>(), "they stand first");
    assert_eq!(ended["result"]["left"], left.len(), "each has its row");
}

#[tokio::test]
async fn a_registration_that_could_not_be_taken_back_is_left_and_says_why() {
    let world = World::samples().await;
    one_request_at_a_time(&world).await;
    let plan = promote(&world, "churn-forecast", 0, 1).await;
    let refused = |method: &str| Fault::on(1, FaultAnswer::status(403, ErrorBody::Json)).method(method);
    world.server(1).set_faults([refused("PUT").for_ever(), refused("DELETE").for_ever()]);
    let ended = ok(&world, "plan_apply", applying(&plan, &json!({}), &[])).await;
    assert_eq!(ended["result"]["outcome"], "needs_attention", "{ended}");
    let rows = rows_of(&world, &ended["result"]["plan"]).await;
    assert_eq!((&rows[0]["key"], &rows[0]["outcome"]), (&"register".into(), &"left".into()), "{rows:?}");
    assert!(rows[0]["reason"].is_string(), "{rows:?}");
}

#[tokio::test]
async fn the_rows_of_a_result_stay_while_somebody_reads_the_history() {
    let world = World::samples().await;
    let plan = promote(&world, "my-agent", 0, 1).await;
    let ended = ok(&world, "plan_apply", applying(&plan, &json!({}), &[])).await;
    for _ in 0..15 {
        ok(&world, "history_entry", json!({ "id": ended["result"]["operation"] })).await;
    }
    assert!(!rows_of(&world, &ended["result"]["plan"]).await.is_empty());
}

async fn entry_key(world: &World, ended: &Value) -> Value {
    ok(world, "entry_key", json!({ "id": ended["result"]["operation"] })).await
}

#[tokio::test]
async fn a_made_key_is_copied_from_the_history_as_long_as_it_is_kept() {
    let mut world = World::samples().await;
    let plan = promote(&world, "churn-forecast", 0, 1).await;
    let made = ok(&world, "plan_apply", applying(&plan, &json!({}), &[])).await;
    world.restart("maria");
    let detail = ok(&world, "history_entry", json!({ "id": made["result"]["operation"] })).await;
    assert_eq!(detail["made_key"], true);
    let kept = entry_key(&world, &made).await;
    assert_eq!(kept, json!({ "state": "kept", "environment": world.ids[1], "agent": "churn-forecast" }));
    ok(&world, "agent_key_copy", json!({ "environment": kept["environment"], "agent": kept["agent"] })).await;
    let name = SecretName::AgentKey {
        server: world.urls()[1].clone(),
        agent: "churn-forecast".into(),
        display: "Staging".into(),
    };
    world.desktop.engine().vault().remove(&name).await.unwrap();
    let gone = entry_key(&world, &made).await;
    assert_eq!(gone["state"], "gone");
    assert!(gone["sentence"].as_str().unwrap().contains("no longer kept"), "{gone}");
}

#[tokio::test]
async fn a_key_that_lets_nobody_in_any_more_is_not_offered() {
    let world = World::samples().await;
    let plan = promote(&world, "churn-forecast", 0, 1).await;
    let first = ok(&world, "plan_apply", applying(&plan, &json!({}), &[])).await;
    let from = json!({ "kind": "backup", "id": first["result"]["backup"] });
    let back = ok(&world, "plan_restore", json!({ "from": from, "to": null, "mode": "exact" })).await;
    let mut request = applying(&back, &json!({ "delete_agent": true }), &[]);
    request["agree_deletion"] = true.into();
    let deleted = ok(&world, "plan_apply", request).await;
    assert_eq!(deleted["result"]["outcome"], "done", "{deleted}");
    let gone = entry_key(&world, &first).await;
    assert!(gone["sentence"].as_str().unwrap().contains("deleted in Staging since"), "{gone}");
    let detail = ok(&world, "history_entry", json!({ "id": deleted["result"]["operation"] })).await;
    assert_eq!(detail["made_key"], false);
    let plan = promote(&world, "churn-forecast", 0, 1).await;
    let second = ok(&world, "plan_apply", applying(&plan, &json!({}), &[])).await;
    assert_eq!(entry_key(&world, &second).await["state"], "kept");
    let gone = entry_key(&world, &first).await;
    assert!(gone["sentence"].as_str().unwrap().contains("registered in Staging again since"), "{gone}");
    ok(&world, "environment_remove", json!({ "id": world.ids[1] })).await;
    let gone = entry_key(&world, &second).await;
    assert!(gone["sentence"].as_str().unwrap().contains("no longer among the environments"), "{gone}");
}

#[tokio::test]
async fn a_key_of_a_registration_that_was_put_back_is_none() {
    let world = World::samples().await;
    let plan = promote(&world, "churn-forecast", 0, 1).await;
    let refused = Fault::on(1, FaultAnswer::status(403, ErrorBody::Json)).method("PUT").for_ever();
    world.server(1).set_faults([refused]);
    let ended = ok(&world, "plan_apply", applying(&plan, &json!({}), &[])).await;
    assert_eq!(ended["result"]["outcome"], "put_back", "{ended}");
    let detail = ok(&world, "history_entry", json!({ "id": ended["result"]["operation"] })).await;
    assert_eq!(detail["made_key"], false);
}

#[tokio::test]
async fn a_backup_outlives_its_environment_and_goes_elsewhere_or_back_to_the_same_server() {
    let world = World::samples().await;
    let take = json!({ "environment": world.ids[2], "agent": "my-agent", "note": null });
    let id = ok(&world, "backup_take", take).await["id"].clone();
    ok(&world, "environment_remove", json!({ "id": world.ids[2] })).await;
    world.server(2).revoke_resource("my-agent", "orders").unwrap();
    let restore = |to: Value| json!({ "from": { "kind": "backup", "id": id }, "to": to, "mode": "exact" });
    for (command, request) in [("backup_now", json!({ "id": id })), ("plan_restore", restore(Value::Null))] {
        let error = refused(&world, command, request).await;
        assert_eq!(error["code"], "environment_not_found", "{error}");
        assert!(error["message"].as_str().unwrap().starts_with("Production is no longer among the environments."));
        assert!(error["hint"].as_str().unwrap().contains("another environment"), "{error}");
    }
    let elsewhere = ok(&world, "plan_restore", restore(world.ids[1].clone().into())).await;
    assert!(elsewhere["notes"].to_string().contains("This backup was taken in Production"), "{elsewhere}");
    let (_, destination) = destination(&world, "kept.json", "configuration").await;
    ok(&world, "backup_export", json!({ "id": id, "file": destination })).await;
    let mut form = crate::testing::save("Live", &world.urls()[2], Some("a-key"));
    form["form"]["default_agent"] = Value::Null;
    ok(&world, "environment_save", form).await;
    let back = ok(&world, "plan_restore", restore(Value::Null)).await;
    assert_eq!(back["target"]["name"], "Live", "the same server is the same home");
    assert!(ok(&world, "backup_now", json!({ "id": id })).await["changes"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn a_named_backup_says_how_its_row_is_called() {
    let world = World::samples().await;
    let take = json!({ "environment": world.ids[1], "agent": "my-agent", "note": null });
    let taken = ok(&world, "backup_take", take).await;
    assert_eq!(taken["title"], "Backup of my-agent");
    let named = json!({ "id": taken["id"], "name": " Release 7 ", "note": "", "pinned": false });
    let named = ok(&world, "backup_update", named).await;
    let listed = ok(
        &world,
        "history_list",
        json!({ "environment": null, "agent": null, "kind": null, "outcome": null,
        "actor": null, "days": null, "search": "", "skip": 0 }),
    )
    .await;
    assert_eq!(named["title"], "Backup of my-agent: “Release 7”");
    assert_eq!(listed["entries"][0]["title"], named["title"]);
}
