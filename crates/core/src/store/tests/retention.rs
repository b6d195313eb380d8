use super::*;
use chrono::Duration;

/// An environment that keeps 2 backups of each agent and 30 days of them.
pub(super) async fn environment(store: &Store) -> Environment {
    let new = NewEnvironment {
        keep_backups: 2,
        keep_days: 30,
        ..NewEnvironment::new("Staging", "http://localhost:1", day(1))
    };
    store.add_environment(&new, &by()).await.unwrap()
}

async fn taken(store: &Store, environment: &Environment, taken_at: DateTime<Utc>) -> BackupId {
    let (server, agent, state) = (ServerRef::from(environment), agent_id("orders"), state(1));
    let backup = NewBackup { taken_at, ..new_backup(&server, &agent, &state) };
    store.insert_backup(&backup).await.unwrap().summary.id
}

async fn kept(store: &Store) -> Vec<BackupId> {
    store.backups(&BackupFilter::default()).await.unwrap().into_iter().map(|backup| backup.id).collect()
}

#[tokio::test]
async fn only_what_is_beyond_the_number_and_older_than_the_days_goes() {
    let (_home, store) = new_store().await;
    let environment = environment(&store).await;
    let now = day(1) + Duration::days(100);
    let old = taken(&store, &environment, day(1)).await;
    let young_but_many = taken(&store, &environment, now - Duration::days(10)).await;
    let second = taken(&store, &environment, day(2)).await;
    let latest = taken(&store, &environment, day(1)).await;
    let gone = store.retire_backups(&environment, &agent_id("orders"), now).await.unwrap();
    assert_eq!(gone, [old]);
    assert_eq!(kept(&store).await, [latest, second, young_but_many], "by sequence, whatever the clock said");
}

#[tokio::test]
async fn a_pinned_one_a_needed_one_a_damaged_one_and_another_agents_stay() {
    let (_home, store) = new_store().await;
    let environment = environment(&store).await;
    let now = day(1) + Duration::days(100);
    let pinned = taken(&store, &environment, day(1)).await;
    store.pin_backup(&pinned, Pin::Pinned).await.unwrap();
    let needed = taken(&store, &environment, day(1)).await;
    let open = store.begin_operation(&new_operation("orders")).await.unwrap();
    store.attach_backup(&open, &needed).await.unwrap();
    let damaged = taken(&store, &environment, day(1)).await;
    sqlx::query("UPDATE backups SET state = x'00' WHERE id = ?")
        .bind(damaged.as_str())
        .execute(&store.writer)
        .await
        .unwrap();
    let (server, other, state) = (ServerRef::from(&environment), agent_id("stock"), state(1));
    let other = store.insert_backup(&new_backup(&server, &other, &state)).await.unwrap().summary.id;
    for _ in 0..2 {
        taken(&store, &environment, day(1)).await;
    }
    assert!(store.retire_backups(&environment, &agent_id("orders"), now).await.unwrap().is_empty());
    let kept = kept(&store).await;
    for (id, why) in [(&pinned, "pinned"), (&needed, "needed"), (&damaged, "damaged"), (&other, "another agent's")] {
        assert!(kept.contains(id), "{why}");
    }
    // Once the operation has ended, its backup is one like any other; its record stays, without it.
    store.begin_writing(&open, 1).await.unwrap();
    store.finish_operation(&open, &ended(OperationState::Done)).await.unwrap();
    assert_eq!(store.retire_backups(&environment, &agent_id("orders"), now).await.unwrap(), [needed]);
    assert_eq!(store.operation(&open).await.unwrap().summary.backup, None);
}

#[tokio::test]
async fn the_latest_stays_whatever_is_asked_for() {
    let (_home, store) = new_store().await;
    let environment = Environment { keep_backups: 0, keep_days: 0, ..environment(&store).await };
    taken(&store, &environment, day(1)).await;
    let latest = taken(&store, &environment, day(1)).await;
    store.retire_backups(&environment, &agent_id("orders"), day(1) + Duration::days(5000)).await.unwrap();
    assert_eq!(kept(&store).await, [latest]);
}
