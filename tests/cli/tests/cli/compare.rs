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
