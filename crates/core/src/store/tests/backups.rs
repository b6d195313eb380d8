use super::*;
use crate::config::ServerId;
use crate::error::{ErrorCode, Explain};

#[tokio::test]
async fn a_backup_gives_back_exactly_what_was_stored() {
    let (_home, store) = new_store().await;
    let (server, agent) = (ServerRef::by_url("https://a.example"), agent_id("orders"));
    let tables = ["customers".to_owned(), "Bestell\"ungen".to_owned()];
    for state in [state(0), state(250), AgentState::Absent] {
        let new = NewBackup {
            tables: Some(&tables),
            note: Some("before the\nmigration"),
            ..new_backup(&server, &agent, &state)
        };
        let stored = store.insert_backup(&new).await.unwrap();
        assert_eq!(stored.state, state);
        assert_eq!(stored.tables.as_deref(), Some(&tables[..]));
        assert_eq!(stored.summary.existed == Existence::Existed, state.present().is_some());
        assert_eq!(store.backup(&stored.summary.id).await.unwrap(), stored);
        let (listed, pin) = (store.backups(&BackupFilter::default()).await.unwrap(), Pin::Unpinned);
        assert_eq!((&listed[0], listed[0].pinned), (&stored.summary, pin));
    }
    let sizes: Vec<_> = store.backups(&BackupFilter::default()).await.unwrap().iter().map(|b| b.resources).collect();
    assert_eq!(sizes, [0, 250, 0]);
}

#[tokio::test]
async fn a_hundred_thousand_resources_are_no_trouble() {
    let (_home, store) = new_store().await;
    let (server, agent, state) = (ServerRef::by_url("https://a.example"), agent_id("orders"), state(100_000));
    let stored = store.insert_backup(&new_backup(&server, &agent, &state)).await.unwrap();
    assert_eq!(stored.summary.resources, 100_000);
    assert!(stored.state == state);
}

#[tokio::test]
async fn r9_order_is_by_sequence_when_the_clock_goes_back() {
    let (_home, store) = new_store().await;
    let (server, agent, absent) = (ServerRef::by_url("https://a.example"), agent_id("orders"), AgentState::Absent);
    let mut ids = Vec::new();
    for taken_at in [day(20), day(10), day(15)] {
        let new = NewBackup { taken_at, ..new_backup(&server, &agent, &absent) };
        ids.push(store.insert_backup(&new).await.unwrap().summary.id);
        store.begin_operation(&NewOperation { started_at: taken_at, ..new_operation("orders") }).await.unwrap();
    }
    ids.reverse();
    let listed = store.backups(&BackupFilter::default()).await.unwrap();
    assert_eq!(listed.iter().map(|backup| backup.id.clone()).collect::<Vec<_>>(), ids);
    assert_eq!(store.resolve_backup("latest", &BackupFilter::default()).await.unwrap().id, ids[0]);
    let operations = store.operations(&OperationFilter::default()).await.unwrap();
    assert_eq!(operations.iter().map(|o| o.started_at).collect::<Vec<_>>(), [day(15), day(10), day(20)]);
}

#[tokio::test]
async fn lists_narrow_by_agent_place_and_number() {
    let (_home, store) = new_store().await;
    let staging =
        store.add_environment(&NewEnvironment::new("Staging", "https://s.example", day(1)), &by()).await.unwrap();
    let servers =
        [ServerRef::from(&staging), ServerRef::by_url("https://s.example"), ServerRef::by_url("https://p.example")];
    let absent = AgentState::Absent;
    for server in &servers {
        for agent in ["orders", "stock"] {
            store.insert_backup(&new_backup(server, &agent_id(agent), &absent)).await.unwrap();
        }
    }
    let count = async |agent: Option<&str>, server: Option<ServerFilter>, limit| {
        let filter = BackupFilter { agent: agent.map(agent_id), server, limit };
        store.backups(&filter).await.unwrap().len()
    };
    assert_eq!(count(None, None, None).await, 6);
    assert_eq!(count(None, None, Some(4)).await, 4);
    assert_eq!(count(Some("stock"), None, None).await, 3);
    assert_eq!(count(Some("orders"), Some(ServerFilter::Own(staging.id.clone())), None).await, 1);
    assert_eq!(count(None, Some(ServerFilter::Server(ServerId::of_text("https://s.example/"))), None).await, 4);
    assert_eq!(count(Some("nobody"), None, None).await, 0);

    let nobody = BackupFilter { agent: Some(agent_id("nobody")), ..Default::default() };
    assert_eq!(store.resolve_backup("latest", &nobody).await.unwrap_err().code(), ErrorCode::BackupNotFound);
}

#[tokio::test]
async fn an_id_is_found_however_people_write_it() {
    let (_home, store) = new_store().await;
    let (server, agent, absent) = (ServerRef::by_url("https://a.example"), agent_id("orders"), AgentState::Absent);
    let id = store.insert_backup(&new_backup(&server, &agent, &absent)).await.unwrap().summary.id;
    let text = id.as_str();
    assert!(text.len() == 11 && text.starts_with("bk-"), "{text}");
    let all = BackupFilter::default();
    for spelling in [text, &text[..7], &text[3..], &text.to_uppercase(), &format!(" {text} "), &text.replace('0', "O")]
    {
        assert_eq!(store.resolve_backup(spelling, &all).await.unwrap().id, id, "{spelling:?}");
    }
    assert_eq!(BackupId::parse(&text.to_uppercase()), Some(id.clone()));
    for nothing in ["", "bk-", "bk-%", "%", "_", "u", "../x", &format!("{text}0")] {
        let error = store.resolve_backup(nothing, &all).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::BackupNotFound, "{nothing:?}: {error}");
        assert_eq!(BackupId::parse(nothing), None, "{nothing:?}");
    }
    // More backups than first characters: some prefix is shared.
    for _ in 0..33 {
        store.insert_backup(&new_backup(&server, &agent, &absent)).await.unwrap();
    }
    let listed = store.backups(&all).await.unwrap();
    let first = |backup: &BackupSummary| backup.id.as_str()[..4].to_owned();
    let shared = listed.iter().map(first).find(|p| listed.iter().filter(|b| first(b) == *p).count() > 1).unwrap();
    let error = store.resolve_backup(&shared, &all).await.unwrap_err();
    assert!(matches!(&error, StoreError::BackupAmbiguous { matches, .. } if matches.len() > 1), "{error:?}");
}

#[tokio::test]
async fn an_id_that_is_taken_is_not_given_twice() {
    let (_home, store) = new_store().await;
    let (server, agent, absent) = (ServerRef::by_url("https://a.example"), agent_id("orders"), AgentState::Absent);
    let taken = store.insert_backup(&new_backup(&server, &agent, &absent)).await.unwrap().summary.id;
    let free = BackupId::parse("bk-00000000").unwrap();
    let mut candidates = [taken.clone(), taken.clone(), free.clone()].into_iter();
    let mut transaction = store.write().await.unwrap();
    let given = store.fresh_backup_id(&mut transaction, || Ok(candidates.next().unwrap())).await.unwrap();
    assert_eq!(given, free);
    assert!(store.fresh_backup_id(&mut transaction, || Ok(taken.clone())).await.is_err(), "not for ever");
}

#[tokio::test]
async fn backups_are_named_annotated_and_pinned_without_touching_their_content() {
    let (_home, store) = new_store().await;
    let (server, agent, state) = (ServerRef::by_url("https://a.example"), agent_id("orders"), state(2));
    let before = store.insert_backup(&new_backup(&server, &agent, &state)).await.unwrap();
    let id = &before.summary.id;
    store.rename_backup(id, Some("Before the audit")).await.unwrap();
    store.annotate_backup(id, Some("Ticket 4711\nsee mail")).await.unwrap();
    store.pin_backup(id, Pin::Pinned).await.unwrap();
    let after = store.backup(id).await.unwrap();
    assert_eq!(after.summary.name.as_deref(), Some("Before the audit"));
    assert_eq!(after.summary.note.as_deref(), Some("Ticket 4711\nsee mail"));
    assert_eq!(after.summary.pinned, Pin::Pinned);
    assert_eq!((&after.state, &after.summary.hash), (&before.state, &before.summary.hash));
    for clear in [
        store.rename_backup(id, None).await,
        store.annotate_backup(id, None).await,
        store.pin_backup(id, Pin::Unpinned).await,
    ] {
        clear.unwrap();
    }
    assert_eq!(store.backup(id).await.unwrap(), before);

    assert_eq!(store.rename_backup(id, Some("a\nb")).await.unwrap_err().code(), ErrorCode::Usage);
    assert_eq!(store.annotate_backup(id, Some("\u{1b}[2J")).await.unwrap_err().code(), ErrorCode::Usage);
    let nobody = BackupId::parse("bk-00000000").unwrap();
    assert_eq!(store.pin_backup(&nobody, Pin::Pinned).await.unwrap_err().code(), ErrorCode::BackupNotFound);
    assert_eq!(store.backup(&nobody).await.unwrap_err().code(), ErrorCode::BackupNotFound);
}

#[tokio::test]
async fn a_backup_for_an_operation_is_entered_with_it_or_not_at_all() {
    let (_home, store) = new_store().await;
    let (server, agent, absent) = (ServerRef::by_url("https://a.example"), agent_id("orders"), AgentState::Absent);
    let operation = store.begin_operation(&new_operation("orders")).await.unwrap();
    let new = NewBackup { operation: Some(&operation), ..new_backup(&server, &agent, &absent) };
    let backup = store.insert_backup(&new).await.unwrap();
    assert_eq!(backup.summary.operation.as_ref(), Some(&operation));
    assert_eq!(store.operation(&operation).await.unwrap().summary.backup, Some(backup.summary.id));

    let unknown = OperationId::parse("op-00000000").unwrap();
    let new = NewBackup { operation: Some(&unknown), ..new_backup(&server, &agent, &absent) };
    let error = store.insert_backup(&new).await.unwrap_err();
    assert_eq!(error, StoreError::OperationNotFound { wanted: "op-00000000".into() });
    assert_eq!(store.backups(&BackupFilter::default()).await.unwrap().len(), 1, "nothing half entered");
}
