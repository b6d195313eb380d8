//! A flipped bit or a cut: caught, always.

use std::fs;

use super::*;
use crate::error::{ErrorCode, Explain};

async fn tamper(store: &Store, sql: &'static str) {
    sqlx::query(sql).execute(&store.writer).await.unwrap();
}

#[tokio::test]
async fn every_fact_of_a_backup_is_covered_by_its_hash() {
    let changes = [
        "UPDATE backups SET state = substr(state, 1, length(state) - 1)",
        "UPDATE backups SET state = CAST(replace(CAST(state AS TEXT), 'table_000001', 'table_000009') AS BLOB)",
        "UPDATE backups SET state = x''",
        "UPDATE backups SET tables = '[\"other\"]'",
        "UPDATE backups SET tables = NULL",
        "UPDATE backups SET agent_id = 'stock'",
        "UPDATE backups SET url = 'https://b.example'",
        "UPDATE backups SET environment_id = 'x'",
        "UPDATE backups SET environment_name = 'Production'",
        "UPDATE backups SET taken_at = '2020-01-01T00:00:00Z'",
        "UPDATE backups SET reason = 'received'",
        "UPDATE backups SET operation_id = 'op-00000000'",
        "UPDATE backups SET existed = 'did_not_exist', state = x'', resources = 0",
        "UPDATE backups SET resources = 4",
        "UPDATE backups SET hash = substr(hash, 1, 63) || '-'",
        "UPDATE backups SET id = 'bk-00000000'",
    ];
    for change in changes {
        let (_home, store) = new_store().await;
        let (server, agent, state, tables) =
            (ServerRef::by_url("https://a.example"), agent_id("orders"), state(3), ["t".to_owned()]);
        let new = NewBackup { tables: Some(&tables), ..new_backup(&server, &agent, &state) };
        store.insert_backup(&new).await.unwrap();
        tamper(&store, change).await;
        let verified = store.verify_backups().await.unwrap();
        let [(summary, Err(error))] = verified.as_slice() else { panic!("{change}: {verified:?}") };
        assert_eq!(error.code(), ErrorCode::BackupDamaged, "{change}");
        assert_eq!(&store.backup(&summary.id).await.unwrap_err(), error, "{change}");
    }
}

#[tokio::test]
async fn one_damaged_backup_does_not_hide_the_others() {
    let (_home, store) = new_store().await;
    let (server, agent, state) = (ServerRef::by_url("https://a.example"), agent_id("orders"), state(3));
    for _ in 0..3 {
        store.insert_backup(&new_backup(&server, &agent, &state)).await.unwrap();
    }
    tamper(&store, "UPDATE backups SET state = x'7b7d' WHERE sequence = 2").await;
    let whole: Vec<_> =
        store.verify_backups().await.unwrap().into_iter().map(|(b, r)| (b.sequence, r.is_ok())).collect();
    assert_eq!(whole, [(3, true), (2, false), (1, true)]);
}

/// What a failing disk makes of one part of a row: the backup is named and kept, never used, and hides no other.
#[tokio::test]
async fn r5_a_row_that_cannot_be_read_is_named_kept_and_hides_no_other() {
    let parts = [
        "id = 'damaged'",
        "id = CAST(x'ff' AS TEXT)",
        "url = CAST(x'ff' AS TEXT)",
        "agent_id = 'or/ders'",
        "agent_id = ''",
        "taken_at = 'yesterday'",
        "reason = 'because'",
        "existed = 'perhaps'",
        "hash = CAST(x'ff' AS TEXT)",
    ];
    for part in parts {
        let (_home, store) = new_store().await;
        let environment = retention::environment(&store).await;
        let (server, agent, state) = (ServerRef::from(&environment), agent_id("orders"), state(3));
        for _ in 0..3 {
            store.insert_backup(&new_backup(&server, &agent, &state)).await.unwrap();
        }
        let change = format!("UPDATE backups SET {part} WHERE sequence = 2");
        sqlx::query(sqlx::AssertSqlSafe(change)).execute(&store.writer).await.unwrap();

        let listed = store.backups(&BackupFilter::default()).await.unwrap();
        let found: Vec<_> = listed.iter().map(|backup| (backup.sequence, backup.unreadable.is_none())).collect();
        assert_eq!(found, [(3, true), (2, false), (1, true)], "{part}");
        let in_history = if part.starts_with("id") { 2 } else { 3 };
        let history = store.history().await.unwrap();
        let backups = history.iter().filter(|record| matches!(record, HistoryRecord::Backup(_)));
        assert_eq!(backups.count(), in_history, "{part}: found there by its id");
        let verified = store.verify_backups().await.unwrap();
        let whole: Vec<_> = verified.iter().map(|(_, whole)| whole.is_ok()).collect();
        assert_eq!(whole, [true, false, true], "{part}");
        let error = verified[1].1.as_ref().unwrap_err();
        assert_eq!(error.code(), ErrorCode::BackupDamaged, "{part}: {error}");

        let later = day(1) + chrono::Duration::days(4000);
        let environment = Environment { keep_backups: 1, keep_days: 1, ..environment };
        let retired = store.retire_backups(&environment, &agent, later).await.unwrap();
        assert_eq!(retired.len(), 1, "{part}: the whole one of the two that have outlived themselves");
        assert_eq!(store.backups(&BackupFilter::default()).await.unwrap().len(), 2, "{part}: it is kept");
    }
}

/// What people wrote on a backup is no part of what it holds.
#[tokio::test]
async fn a_remark_that_cannot_be_read_costs_the_remark_alone() {
    for part in ["name = CAST(x'ff' AS TEXT)", "note = CAST(x'ff' AS TEXT)", "pinned = 'perhaps'"] {
        let (_home, store) = new_store().await;
        let (server, agent, state) = (ServerRef::by_url("https://a.example"), agent_id("orders"), state(3));
        let stored = store.insert_backup(&new_backup(&server, &agent, &state)).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(format!("UPDATE backups SET {part}"))).execute(&store.writer).await.unwrap();
        let read = store.backup(&stored.summary.id).await.unwrap();
        assert_eq!(read.state, stored.state, "{part}");
        assert_ne!(read.summary, stored.summary, "{part}: it is not passed over");
    }
}

/// The newest one is damaged: another one is never taken for it.
#[tokio::test]
async fn r5_the_latest_backup_is_the_damaged_one_and_no_older_one() {
    let (_home, store) = new_store().await;
    let (server, agent, state) = (ServerRef::by_url("https://a.example"), agent_id("orders"), state(3));
    for _ in 0..2 {
        store.insert_backup(&new_backup(&server, &agent, &state)).await.unwrap();
    }
    tamper(&store, "UPDATE backups SET taken_at = 'yesterday' WHERE sequence = 2").await;
    let latest = store.resolve_backup("latest", &BackupFilter::default()).await.unwrap();
    assert_eq!(latest.sequence, 2);
    let error = store.backup(&latest.id).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::BackupDamaged, "{error}");
}

/// The backup in a store file with these bytes, where it can still be read.
async fn read_from(bytes: &[u8], id: &BackupId) -> Result<Backup, StoreError> {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(folder(&home)).unwrap();
    fs::write(folder(&home).join(STORE_FILE), bytes).unwrap();
    let store = Store::open(&folder(&home)).await?;
    let backup = store.backup(id).await;
    store.close().await;
    backup
}

#[tokio::test]
async fn a_flipped_bit_or_a_cut_anywhere_in_the_file_is_never_read_as_a_backup() {
    let (home, store) = new_store().await;
    let (server, agent, state) = (ServerRef::by_url("https://a.example"), agent_id("orders"), state(60));
    let stored = store.insert_backup(&new_backup(&server, &agent, &state)).await.unwrap();
    store.close().await;
    let file = fs::read(folder(&home).join(STORE_FILE)).unwrap();
    assert_eq!(read_from(&file, &stored.summary.id).await.unwrap(), stored);

    let needle = b"table_000031";
    let inside = file.windows(needle.len()).position(|window| window == needle).unwrap();
    let mut caught = 0;
    for at in (0..file.len()).step_by(509).chain([inside]) {
        let mut flipped = file.clone();
        flipped[at] ^= 1 << (at % 8);
        match read_from(&flipped, &stored.summary.id).await {
            // Free space, or what is no part of the backup.
            Ok(read) => assert!(read.state == stored.state && read.summary.server == server, "bit flipped at {at}"),
            Err(_) => caught += 1,
        }
    }
    assert!(caught > 0, "some of them hit the backup");
    let mut flipped = file.clone();
    flipped[inside] ^= 4;
    let error = read_from(&flipped, &stored.summary.id).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::BackupDamaged);

    for length in [1, 99, 100, 4096, file.len() / 2, file.len() - 4096] {
        let error = read_from(&file[..length], &stored.summary.id).await.unwrap_err();
        let codes = [ErrorCode::StoreUnusable, ErrorCode::BackupDamaged, ErrorCode::BackupNotFound];
        assert!(codes.contains(&error.code()), "cut at {length}: {error}");
    }
    // A cut within the last page may have taken nothing that the backup consists of.
    match read_from(&file[..file.len() - 1], &stored.summary.id).await {
        Ok(read) => assert!(read == stored),
        Err(error) => assert_eq!(error.code(), ErrorCode::StoreUnusable),
    }
}
