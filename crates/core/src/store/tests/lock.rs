use super::*;

#[tokio::test]
async fn one_at_a_time_for_an_agent_of_a_server_and_nobody_for_another() {
    let (home, store) = new_store().await;
    let other_process = Store::open(&folder(&home)).await.unwrap();
    let held = store.try_lock("a.example:443", &agent_id("orders")).unwrap().expect("free");
    assert!(other_process.try_lock("a.example:443", &agent_id("orders")).unwrap().is_none(), "taken");
    assert!(store.try_lock("a.example:443", &agent_id("orders")).unwrap().is_none(), "within one process too");
    assert!(other_process.try_lock("a.example:443", &agent_id("stock")).unwrap().is_some(), "another agent");
    assert!(other_process.try_lock("b.example:443", &agent_id("orders")).unwrap().is_some(), "another server");
    drop(held);
    assert!(other_process.try_lock("a.example:443", &agent_id("orders")).unwrap().is_some(), "free again");
}

#[tokio::test]
async fn no_id_and_no_address_names_a_file_outside_the_folder() {
    let (home, store) = new_store().await;
    let long = "x".repeat(300);
    for id in ["..", "a/../../b", "\u{202e}rtl", long.as_str(), "AUX", "*?<>|"] {
        let Ok(agent) = crate::config::AgentId::new(id.to_owned()) else { continue };
        store.try_lock("../../elsewhere", &agent).unwrap().expect("free");
    }
    let outside = std::fs::read_dir(home.path()).unwrap().count();
    assert_eq!(outside, 1, "only the data folder is there");
}
