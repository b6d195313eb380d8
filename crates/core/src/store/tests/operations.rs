use super::*;
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
    store.finish_operation(&id, Done, "Set 5 resource permissions.", Some("[1]"), day(2)).await.unwrap();
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
fn no_state_can_be_reached_from_itself_but_through_attention() {
    fn reaches(from: OperationState, to: OperationState) -> bool {
        OperationState::ALL.iter().any(|&next| next.predecessors().contains(&from) && (next == to || reaches(next, to)))
    }
    for &state in OperationState::ALL {
        assert!(!reaches(state, state), "{state}: moving forward never comes back");
    }
    for state in [OperationState::Done, OperationState::PutBack, OperationState::Failed] {
        assert!(OperationState::ALL.iter().all(|next| !next.predecessors().contains(&state)), "{state} is the end");
    }
}

#[tokio::test]
async fn an_operation_ends_in_a_final_state_and_once() {
    let (_home, store) = new_store().await;
    let id = store.begin_operation(&new_operation("orders")).await.unwrap();
    let finish = async |state| store.finish_operation(&id, state, "text", None, day(2)).await;
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
    assert_eq!(store.finish_operation(&unknown, OperationState::Done, "", None, day(1)).await.unwrap_err(), missing);
    assert_eq!(store.attach_backup(&id, &no_backup).await.unwrap_err().code(), ErrorCode::BackupNotFound);

    let (place, agent, absent) = (Place::by_url("https://a.example"), agent_id("orders"), AgentState::Absent);
    let backup = store.insert_backup(&new_backup(&place, &agent, &absent)).await.unwrap().summary.id;
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
    let elsewhere = Some(PlaceFilter::Url("https://elsewhere.example".into()));
    assert_eq!(count(OperationFilter { place: elsewhere, ..Default::default() }).await, 0);
}
