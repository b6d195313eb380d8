//! Every number that a person reads in the window stands in groups of three digits, whoever wrote the sentence.

use aidb_sandbox::{Permission, ResourceSnapshot};
use serde_json::{Value, json};

use crate::recording::call;
use crate::recording::world::World;

/// The words of an answer that are digits and nothing else, four or more of them. Ids, times, ports and paths are more than digits.
fn long_numbers(answer: &Value) -> Vec<String> {
    match answer {
        Value::String(text) => {
            let is_number = |word: &&str| word.len() > 3 && word.chars().all(|c| c.is_ascii_digit());
            let words = text.split(|c: char| c.is_whitespace() || ".,;()".contains(c));
            if words.clone().any(|word| is_number(&word)) { vec![text.clone()] } else { Vec::new() }
        }
        Value::Array(items) => items.iter().flat_map(long_numbers).collect(),
        Value::Object(fields) => fields.values().flat_map(long_numbers).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

#[test]
fn a_number_of_four_digits_is_found() {
    assert_eq!(
        long_numbers(&json!({ "a": ["The 1221 changes.", "1,221 and 999", "op-1234", "http://h:8080/"] })).len(),
        1
    );
}

#[tokio::test]
async fn no_sentence_of_the_window_has_a_number_of_four_digits_in_one_piece() {
    let world = World::samples().await;
    let entry = |n: u32| (format!("table_{n:04}"), ResourceSnapshot::new("table", [Permission::Read]));
    world.server(0).set_resources("my-agent", (0..1_200).map(entry)).unwrap();
    let plan = {
        let request = json!({ "from": world.ids[0], "agent": "my-agent", "to": world.ids[1], "mode": "exact" });
        call(&world, "plan_promote", request).await.0.unwrap()
    };
    let ticks = json!({ "groups": {}, "except": [] });
    let apply =
        json!({ "plan": plan["plan"], "ticks": ticks, "typed_name": null, "agree_deletion": false, "reason": null });
    let ended = call(&world, "plan_apply", apply).await.0.unwrap();
    let operation = &ended["result"]["operation"];
    let detail = call(&world, "history_entry", json!({ "id": operation })).await.0.unwrap();
    let backup = json!({ "id": detail["backup"]["id"] });
    let take = json!({ "environment": world.ids[1], "agent": "my-agent", "note": null });
    let mut told = vec![plan.clone(), ended.clone(), detail];
    for (command, request) in [
        ("plan_text", json!({ "plan": plan["plan"], "ticks": ticks })),
        ("backup_now", backup),
        ("backup_take", take),
        ("recovery_start", Value::Null),
        ("environment_list", Value::Null),
    ] {
        let (answer, progress) = call(&world, command, request).await;
        told.push(answer.unwrap_or_else(|error| panic!("{command}: {error}")));
        told.extend(progress);
    }
    let list = json!({ "environment": null, "agent": null, "kind": null, "outcome": null, "actor": null, "days": null,
        "search": "", "skip": 0 });
    told.push(call(&world, "history_list", list).await.0.unwrap());
    let found: Vec<String> = told.iter().flat_map(long_numbers).collect();
    assert!(found.is_empty(), "{found:#?}");
    assert!(json!(told).to_string().contains("1,20"), "it was counted");
}
