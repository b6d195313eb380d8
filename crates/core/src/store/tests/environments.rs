use std::path::PathBuf;

use super::*;
use crate::error::{ErrorCode, Explain};
use crate::vault::KeyPrompt;

async fn three() -> (TempDir, Store, Vec<Environment>) {
    let (home, store) = new_store().await;
    for name in ["Development", "Staging", "Production"] {
        let url = format!("https://{}.example.com", name.to_lowercase());
        store.add_environment(&NewEnvironment::new(name, url, day(1)), &by()).await.unwrap();
    }
    let environments = store.environments().await.unwrap();
    (home, store, environments)
}

fn names(environments: &[Environment]) -> Vec<(u32, &str)> {
    environments.iter().map(|environment| (environment.position, environment.name.as_str())).collect()
}

#[tokio::test]
async fn everything_about_an_environment_is_kept() {
    let (_home, store) = new_store().await;
    let new = NewEnvironment {
        name: "Größe Süd".into(),
        url: "https://a.example/base/".into(),
        colour: Colour::Violet,
        protection: Protection::Protected,
        default_agent: Some("orders".into()),
        ca_file: Some(PathBuf::from("certificates/our CA.pem")),
        plain_http: PlainHttpChoice::Allowed,
        key_prompt: KeyPrompt::Idle,
        keep_backups: 7,
        keep_days: u32::MAX,
        created_at: DateTime::from_timestamp(1_700_000_000, 123_456_789).unwrap(),
    };
    let added = store.add_environment(&new, &by()).await.unwrap();
    assert_eq!(store.environments().await.unwrap(), std::slice::from_ref(&added));
    assert_eq!(added.created_at, new.created_at, "to the nanosecond");
    assert_eq!((added.colour, added.protection, added.plain_http), (new.colour, new.protection, new.plain_http));
    assert_eq!(added.key_prompt, KeyPrompt::Idle);
    assert_eq!((added.keep_backups, added.keep_days, &added.ca_file), (7, u32::MAX, &new.ca_file));
    assert_eq!(store.environment("GRÖSSE süd").await.unwrap_err().code(), ErrorCode::EnvironmentNotFound);
    assert_eq!(store.environment("grÖße SÜD").await.unwrap(), added, "beyond ASCII, too");
    assert_eq!(store.environment(added.id.as_str()).await.unwrap(), added);
}

#[tokio::test]
async fn names_are_unique_upper_and_lower_case_aside() {
    let (_home, store, environments) = three().await;
    let error =
        store.add_environment(&NewEnvironment::new("sTAGING", "https://x.example", day(1)), &by()).await.unwrap_err();
    assert_eq!(error, StoreError::EnvironmentExists { name: "sTAGING".into() });
    let renamed = Environment { name: "PRODUCTION".into(), ..environments[0].clone() };
    assert_eq!(store.update_environment(&renamed, &by()).await.unwrap_err().code(), ErrorCode::EnvironmentExists);
    let respelled = Environment { name: "DEVELOPMENT".into(), ..environments[0].clone() };
    store.update_environment(&respelled, &by()).await.unwrap();
    assert_eq!(store.environments().await.unwrap()[0], respelled, "its own name is no obstacle");
}

#[tokio::test]
async fn names_that_no_list_could_show_are_refused() {
    let (_home, store) = new_store().await;
    for name in ["", " ", " a", "a\n", "a\u{1b}[31m", &"x".repeat(65)] {
        let error =
            store.add_environment(&NewEnvironment::new(name, "https://x.example", day(1)), &by()).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::Usage, "{name:?}");
    }
    store.add_environment(&NewEnvironment::new("x".repeat(64), "https://x.example", day(1)), &by()).await.unwrap();
    assert_eq!(store.environments().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_name_that_is_nearly_right_is_suggested() {
    let (_home, store, _) = three().await;
    let error = store.environment("Stagin").await.unwrap_err();
    assert_eq!(error.hint().unwrap(), "Did you mean \"Staging\"?");
    let error = store.environment("qa").await.unwrap_err();
    assert_eq!(error.hint().unwrap(), "There are: Development, Staging, Production.");
}

#[tokio::test]
async fn the_stage_order_is_what_people_made_it() {
    let (_home, store, environments) = three().await;
    assert_eq!(names(&environments), [(0, "Development"), (1, "Staging"), (2, "Production")]);
    let id = |n: usize| environments[n].id.clone();
    store.reorder_environments(&[id(2), id(0), id(1)]).await.unwrap();
    let reordered = store.environments().await.unwrap();
    assert_eq!(names(&reordered), [(0, "Production"), (1, "Development"), (2, "Staging")]);
    for incomplete in [vec![], vec![id(0), id(1)], vec![id(0), id(1), id(1)], vec![id(0), id(1), id(2), id(2)]] {
        assert_eq!(store.reorder_environments(&incomplete).await, Err(StoreError::IncompleteOrder));
    }
    assert_eq!(store.environments().await.unwrap(), reordered);
}

#[tokio::test]
async fn removing_an_environment_keeps_its_backups_and_history() {
    let (_home, store, environments) = three().await;
    let staging = &environments[1];
    let (server, agent, absent) = (ServerRef::from(staging), agent_id("orders"), AgentState::Absent);
    let backup = store.insert_backup(&new_backup(&server, &agent, &absent)).await.unwrap();
    store.begin_operation(&NewOperation { server: server.clone(), ..new_operation("orders") }).await.unwrap();

    store.remove_environment(&staging.id, &by()).await.unwrap();
    assert_eq!(names(&store.environments().await.unwrap()), [(0, "Development"), (1, "Production")]);
    assert_eq!(store.remove_environment(&staging.id, &by()).await.unwrap_err().code(), ErrorCode::EnvironmentNotFound);
    assert_eq!(store.update_environment(staging, &by()).await.unwrap_err().code(), ErrorCode::EnvironmentNotFound);

    assert_eq!(store.backup(&backup.summary.id).await.unwrap().summary.server, server);
    let history = OperationFilter { server: Some(ServerFilter::Own(staging.id.clone())), ..Default::default() };
    assert_eq!(store.operations(&history).await.unwrap()[0].server.environment_name.as_deref(), Some("Staging"));
}

#[tokio::test]
async fn what_is_changed_in_a_profile_is_history_with_who_and_what() {
    let (_home, store) = new_store().await;
    let new = NewEnvironment::new("Staging", "https://staging.example.com", day(1));
    let added = store.add_environment(&new, &by()).await.unwrap();
    let changed = Environment { protection: Protection::Protected, keep_days: 30, ..added.clone() };
    let maria = By { actor: "maria".into(), program: Program::Window, at: day(2) };
    store.update_environment(&changed, &maria).await.unwrap();
    store.update_environment(&changed, &maria).await.unwrap();
    store.note_key_change(&changed, ProfileAction::KeyReplaced, &maria).await.unwrap();
    store.remove_environment(&added.id, &by()).await.unwrap();
    let told: Vec<_> = store
        .history()
        .await
        .unwrap()
        .into_iter()
        .map(|record| match record {
            HistoryRecord::Profile(change) => (change.action, change.by.actor, change.details),
            other => panic!("{other:?}"),
        })
        .collect();
    let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        told,
        [
            (ProfileAction::Removed, "ada".to_owned(), lines(&[])),
            (ProfileAction::KeyReplaced, "maria".to_owned(), lines(&[])),
            (
                ProfileAction::Changed,
                "maria".to_owned(),
                lines(&["Protection: open → protected", "Days to keep backups: 90 → 30"])
            ),
            (ProfileAction::Added, "ada".to_owned(), lines(&["URL: https://staging.example.com", "Protection: open"])),
        ],
        "newest first, and nothing where nothing is different"
    );
}
