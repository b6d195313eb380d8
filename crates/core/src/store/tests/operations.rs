use super::*;
use crate::config::ServerId;
use crate::error::{ErrorCode, Explain};

#[tokio::test]
async fn an_operation_is_told_from_beginning_to_end() {
    use OperationState::{Applying, Done, Verifying};
    let (_home, store) = new_store().await;
    let new = new_operation("orders");
    let id = store.begin_operation(&new).await.unwrap();
    let begun = store.operation(&id).await.unwrap();
    assert_eq!(begun.plan_json, new.plan_json);
    assert_eq!(begun.summary.state, OperationState::Prepared);
    assert_eq!((begun.summary.finished_at, begun.summary.summary.clone()), (None, None));
    assert_eq!(
        (&begun.summary.actor, &begun.summary.reason, &begun.summary.source),
        (&new.actor, &new.reason, &new.source)
    );

    store.advance_operation(&id, Applying).await.unwrap();
    store.advance_operation(&id, Verifying).await.unwrap();
    store.finish_operation(&id, &ended(Done)).await.unwrap();
    let done = store.operation(&id).await.unwrap();
    assert_eq!((done.summary.state, done.summary.finished_at), (Done, Some(day(2))));
    assert_eq!(done.summary.summary.as_deref(), Some("Set 5 resource permissions."));
    assert_eq!((done.outcome_json.as_deref(), &done.plan_json), (Some("[1]"), &new.plan_json));
    assert_eq!(store.operations(&OperationFilter::default()).await.unwrap(), [done.summary]);
    assert_eq!(OperationId::parse(&id.as_str().to_uppercase()), Some(id));
}

#[tokio::test]
async fn states_only_move_forward() {
    let (_home, store) = new_store().await;
    for &from in OperationState::ALL {
        for &to in OperationState::ALL {
            let id = store.begin_operation(&new_operation("orders")).await.unwrap();
            sqlx::query("UPDATE operations SET state = ? WHERE id = ?")
                .bind(from.as_str())
                .bind(id.as_str())
                .execute(&store.writer)
                .await
                .unwrap();
            let moved = store.advance_operation(&id, to).await;
            let expected = if to.predecessors().contains(&from) { to } else { from };
            assert_eq!(moved.is_ok(), expected != from, "{from} → {to}: {moved:?}");
            assert_eq!(store.operation(&id).await.unwrap().summary.state, expected, "{from} → {to}");
        }
    }
}

#[test]
fn no_state_can_be_reached_from_itself() {
    fn reaches(from: OperationState, to: OperationState) -> bool {
        OperationState::ALL.iter().any(|&next| next.predecessors().contains(&from) && (next == to || reaches(next, to)))
    }
    for &state in OperationState::ALL {
        assert!(!reaches(state, state), "{state}: moving forward never comes back");
    }
    for &state in OperationState::ALL.iter().filter(|state| state.is_final()) {
        assert!(OperationState::ALL.iter().all(|next| !next.predecessors().contains(&state)), "{state} is the end");
    }
}

#[tokio::test]
async fn an_operation_ends_in_a_final_state_and_once() {
    let (_home, store) = new_store().await;
    let id = store.begin_operation(&new_operation("orders")).await.unwrap();
    let finish = async |state| store.finish_operation(&id, &ended(state)).await;
    assert!(matches!(finish(OperationState::Applying).await, Err(StoreError::OperationOrder { .. })));
    assert_eq!(store.operation(&id).await.unwrap().summary.summary, None, "nothing half written");
    finish(OperationState::Failed).await.unwrap();
    assert!(matches!(finish(OperationState::Done).await, Err(StoreError::OperationOrder { .. })));
    assert_eq!(store.operation(&id).await.unwrap().summary.state, OperationState::Failed);
}

#[tokio::test]
async fn what_does_not_exist_is_said_so() {
    let (_home, store) = new_store().await;
    let unknown = OperationId::parse("op-00000000").unwrap();
    let id = store.begin_operation(&new_operation("orders")).await.unwrap();
    let no_backup = BackupId::parse("bk-00000000").unwrap();
    let missing = StoreError::OperationNotFound { wanted: "op-00000000".into() };
    assert_eq!(store.operation(&unknown).await.unwrap_err(), missing);
    assert_eq!(store.advance_operation(&unknown, OperationState::Applying).await.unwrap_err(), missing);
    assert_eq!(store.finish_operation(&unknown, &ended(OperationState::Done)).await.unwrap_err(), missing);
    assert_eq!(store.attach_backup(&id, &no_backup).await.unwrap_err().code(), ErrorCode::BackupNotFound);

    let (server, agent, absent) = (ServerRef::by_url("https://a.example"), agent_id("orders"), AgentState::Absent);
    let backup = store.insert_backup(&new_backup(&server, &agent, &absent)).await.unwrap().summary.id;
    assert_eq!(store.attach_backup(&unknown, &backup).await.unwrap_err(), missing);
    store.attach_backup(&id, &backup).await.unwrap();
    assert_eq!(store.operation(&id).await.unwrap().summary.backup, Some(backup));
}

#[tokio::test]
async fn the_history_narrows_by_agent_place_and_number() {
    let (_home, store) = new_store().await;
    for agent in ["orders", "stock", "orders"] {
        store.begin_operation(&new_operation(agent)).await.unwrap();
    }
    let count = async |filter: OperationFilter| store.operations(&filter).await.unwrap().len();
    assert_eq!(count(OperationFilter::default()).await, 3);
    assert_eq!(count(OperationFilter { agent: Some(agent_id("orders")), ..Default::default() }).await, 2);
    assert_eq!(count(OperationFilter { limit: Some(1), ..Default::default() }).await, 1);
    let elsewhere = Some(ServerFilter::Server(ServerId::of_text("https://elsewhere.example")));
    assert_eq!(count(OperationFilter { server: elsewhere, ..Default::default() }).await, 0);
}

#[tokio::test]
async fn a_record_is_never_edited_and_its_progress_never_goes_back() {
    let (_home, store) = new_store().await;
    let id = store.begin_operation(&new_operation("orders")).await.unwrap();
    for column in ["plan", "fingerprint", "actor", "reason", "url", "agent_id", "started_at", "saved_plan", "program"] {
        let edited = sqlx::query(sqlx::AssertSqlSafe(format!("UPDATE operations SET {column} = 'x'")))
            .execute(&store.writer)
            .await;
        assert!(edited.unwrap_err().to_string().contains("never edited"), "{column}");
    }
    store.begin_writing(&id, 5).await.unwrap();
    store.note_sent(&id, 9).await.unwrap();
    assert!(store.note_sent(&id, 8).await.is_err(), "it may have been sent");
    store.note_turned_back(&id).await.unwrap();
    let open = store.open_operations().await.unwrap().remove(0);
    assert_eq!((open.sent, open.heading), (Some(9), Heading::Back));
    store.finish_operation(&id, &ended(OperationState::PutBack)).await.unwrap();
    assert!(store.note_sent(&id, 10).await.is_err(), "it has ended");
    assert!(store.open_operations().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_saved_plan_begins_to_write_once() {
    let (_home, store) = new_store().await;
    let saved = NewOperation { saved_plan: Some("plan-1".into()), ..new_operation("orders") };
    let first = store.begin_operation(&saved).await.unwrap();
    let second = store.begin_operation(&saved).await.unwrap();
    store.begin_writing(&first, 1).await.unwrap();
    assert_eq!(store.begin_writing(&second, 1).await.unwrap_err(), StoreError::SavedPlanApplied);
    store.finish_operation(&second, &ended(OperationState::Failed)).await.unwrap();
    let other = NewOperation { saved_plan: Some("plan-2".into()), ..new_operation("orders") };
    let other = store.begin_operation(&other).await.unwrap();
    store.begin_writing(&other, 1).await.unwrap();
}

#[tokio::test]
async fn a_recovery_and_what_it_recovered_end_together() {
    let (_home, store) = new_store().await;
    let interrupted = store.begin_operation(&new_operation("orders")).await.unwrap();
    store.begin_writing(&interrupted, 1).await.unwrap();
    let recovery = NewOperation { kind: OperationKind::Recovery, ..new_operation("orders") };
    let early = store.finish_recovery(&interrupted, &recovery, &ended(OperationState::Applying)).await;
    assert!(early.is_err(), "that is no end");
    assert_eq!(store.operations(&OperationFilter::default()).await.unwrap().len(), 1, "neither of the two");
    let id = store.finish_recovery(&interrupted, &recovery, &ended(OperationState::PutBack)).await.unwrap();
    for id in [&interrupted, &id] {
        let operation = store.operation(id).await.unwrap().summary;
        assert_eq!((operation.state, operation.finished_at), (OperationState::PutBack, Some(day(2))), "{id}");
    }
}

#[tokio::test]
async fn an_operation_tells_how_much_it_gives_and_takes() {
    let (_home, store) = new_store().await;
    for counts in [Some(Counts { gains: 5, losses: 1 }), None] {
        store.begin_operation(&NewOperation { counts, ..new_operation("orders") }).await.unwrap();
    }
    let listed = store.operations(&OperationFilter::default()).await.unwrap();
    let told: Vec<_> = listed.into_iter().map(|operation| operation.counts).collect();
    assert_eq!(told, [None, Some(Counts { gains: 5, losses: 1 })]);
}
