use aidb_testkit::Home;

use crate::snap_both;
use crate::stage::Stage;

#[test]
fn two_files_and_a_backup() {
    let stage = Stage::new().exported();
    let _staging = stage.run(&["m", "export", "-e", "Production", "-o", "production.json"]).done();
    let differ = snap_both!(stage, "compare_files", &["migrate", "compare", "agent.json", "production.json"]);
    assert_eq!(differ.status, Some(2));
    let same = snap_both!(stage, "compare_same", &["migrate", "compare", "agent.json", "agent.json"]);
    assert_eq!(same.status, Some(0));
    let _backup = stage.run(&["m", "backups", "create", "-e", "Production"]).done();
    let same = stage.run(&["m", "compare", "production.json", "latest"]);
    assert_eq!(same.status, Some(0), "a backup and an export of the same moment:\n{same}");
}

#[test]
fn files_need_no_place_to_keep_anything() {
    let home = Home::new();
    home.write("a.json", r#"{"version":"1.0.0","agent":{"agent_id":"a","name":"A"}}"#);
    let mut compare = home.aidb(&["m", "compare", "a.json", "a.json"]);
    compare.env_remove("AIDB_DATA_DIR").env_remove("HOME");
    assert_eq!(aidb_testkit::Run::of(&mut compare).status, Some(0));
    assert!(!home.data().exists());
}

/// `compare` is 2 where something differs; `--detailed-exitcode` is 2 where something would be done.
#[test]
fn a_difference_is_one_from_either_side_and_not_always_something_to_do() {
    let stage = Stage::new();
    let head = r#"{"version":"1.0.0","agent":{"agent_id":"faq-bot","name":"FAQ Bot""#;
    stage.write("with.json", format!(r#"{head},"database":{{"type":"postgresql","connection_name":"main-db"}}}}}}"#));
    stage.write("without.json", format!("{head}}}}}"));
    for sides in [["with.json", "without.json"], ["without.json", "with.json"]] {
        let run = stage.run(&["m", "compare", sides[0], sides[1]]);
        assert_eq!(run.status, Some(2), "{run}");
        let run = stage.run(&["m", "compare", sides[0], sides[1], "--json"]);
        assert_eq!(run.json()["same"], serde_json::json!(false), "{run}");
    }
    let dry_run = ["m", "import", "-e", "Staging", "-i", "with.json", "--dry-run", "--detailed-exitcode", "--json"];
    let run = stage.run(&dry_run);
    assert_eq!(
        run.status,
        Some(0),
        "a name that cannot be changed and a link that is not asked for are nothing to do: {run}"
    );
    assert_eq!(run.json()["differs"], serde_json::json!(true), "{run}");
}
