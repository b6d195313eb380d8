use std::fs;
use std::os::unix::fs::PermissionsExt;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::*;
use crate::config::ServerId;
use crate::error::{ErrorCode, ErrorReport, Explain};
use crate::store::opening::{APPLICATION_ID, beside, known_version};

async fn raw(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await.unwrap()
}

async fn pragma(store: &Store, name: &str) -> String {
    // The pragmas asked for here give a number or a word.
    let sql = sqlx::AssertSqlSafe(format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}"));
    sqlx::query_scalar(sql).fetch_one(&store.writer).await.unwrap()
}

/// What leads a store of today back to version 3.
const BACK_TO_3: &str = "
    DROP TABLE batch_agents; DROP TABLE batches; DROP TRIGGER operations_keep_their_batch; DROP INDEX operations_by_batch;
    ALTER TABLE operations DROP COLUMN batch;
    DROP TABLE pair_members; DROP TABLE accepted_differences; DROP TABLE last_overview;
    ALTER TABLE environments DROP COLUMN key_prompt;
    DROP TRIGGER history_of_profile_changes; DROP TRIGGER profile_changes_are_not_edited; DROP TABLE profile_changes;
    ALTER TABLE operations DROP COLUMN gains; ALTER TABLE operations DROP COLUMN losses;
    DELETE FROM history WHERE profile_change_id IS NOT NULL;
    DROP TRIGGER operations_keep_their_server; DROP INDEX operations_by_server; DROP INDEX backups_by_server;
    ALTER TABLE operations DROP COLUMN server; ALTER TABLE backups DROP COLUMN server;
    ALTER TABLE operations DROP COLUMN cause; DROP TABLE saved_plans;
    PRAGMA user_version = 3;";

#[tokio::test]
async fn a_new_store_is_private_and_durable() {
    let (home, store) = new_store().await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder(&home)), 0o700);
    for file in fs::read_dir(folder(&home)).unwrap() {
        let file = file.unwrap().path();
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    assert_eq!(pragma(&store, "journal_mode").await, "wal");
    assert_eq!(pragma(&store, "synchronous").await, "2", "FULL: on disk before it counts");
    assert_eq!(pragma(&store, "foreign_keys").await, "1");
    assert_eq!(pragma(&store, "user_version").await, known_version().to_string());
    assert_eq!(pragma(&store, "application_id").await, APPLICATION_ID.to_string());
    store.close().await;
    assert_eq!(contents(&folder(&home)).len(), 1, "closing leaves one file");
}

#[tokio::test]
async fn what_is_written_is_there_after_opening_again() {
    let (home, store) = new_store().await;
    store.add_environment(&NewEnvironment::new("Dev", "http://localhost:1", day(1)), &by()).await.unwrap();
    store.close().await;
    let again = Store::open(&folder(&home)).await.unwrap();
    assert_eq!(again.environment("dev").await.unwrap().name, "Dev");
}

/// Everything of a store that people see and that its first version kept.
async fn everything(store: &Store) -> (Vec<HistoryRecord>, Vec<Environment>, Vec<Operation>, Vec<Backup>) {
    let mut history = store.history().await.unwrap();
    history.retain(|record| !matches!(record, HistoryRecord::Profile(_)));
    let (mut operations, mut backups) = (Vec::new(), Vec::new());
    for record in &history {
        match record {
            HistoryRecord::Operation(summary) => operations.push(store.operation(&summary.id).await.unwrap()),
            HistoryRecord::Backup(summary) => backups.push(store.backup(&summary.id).await.unwrap()),
            HistoryRecord::Profile(_) => {}
        }
    }
    (history, store.environments().await.unwrap(), operations, backups)
}

#[tokio::test]
async fn a_store_of_version_1_keeps_everything_in_its_order() {
    let (home, store) = new_store().await;
    for name in ["Development", "Staging"] {
        store.add_environment(&NewEnvironment::new(name, "http://localhost:1", day(1)), &by()).await.unwrap();
    }
    let (server, agent, state) = (ServerRef::by_url("https://a.example"), agent_id("orders"), state(3));
    for n in 1..=4 {
        let operation = NewOperation { started_at: day(n), ..new_operation("orders") };
        let operation = store.begin_operation(&operation).await.unwrap();
        let reason = BackupReason::BeforeImport;
        let taken = NewBackup { taken_at: day(n), reason, ..new_backup(&server, &agent, &state) };
        let backup = store.insert_backup(&NewBackup { operation: Some(&operation), ..taken }).await.unwrap();
        store.attach_backup(&operation, &backup.summary.id).await.unwrap();
    }
    // Somebody put the clock back: where this one stands among backups can only be guessed, among operations it is known.
    store.begin_operation(&NewOperation { started_at: day(2), ..new_operation("late") }).await.unwrap();
    let mut before = everything(&store).await;
    // Which program it was, the first aidb did not note.
    before.2.iter_mut().for_each(|operation| operation.summary.program = None);
    for record in &mut before.0 {
        if let HistoryRecord::Operation(operation) = record {
            operation.program = None;
        }
    }
    assert_eq!((before.0.len(), before.2.len(), before.3.len()), (9, 5, 4));
    store.close().await;

    let file = folder(&home).join("aidb.db");
    let mut old = raw(&file).await;
    sqlx::raw_sql(BACK_TO_3).execute(&mut old).await.unwrap();
    sqlx::raw_sql(
        "DROP TRIGGER operations_are_not_edited; DROP TRIGGER operations_end_once; DROP TRIGGER operations_only_move_on;
         DROP INDEX saved_plans_are_applied_once; DROP INDEX operations_without_end;
         ALTER TABLE operations DROP COLUMN program; ALTER TABLE operations DROP COLUMN saved_plan;
         ALTER TABLE operations DROP COLUMN key_hash; ALTER TABLE operations DROP COLUMN sent;
         ALTER TABLE operations DROP COLUMN heading; ALTER TABLE operations DROP COLUMN waiting;
         DROP TRIGGER history_of_operations; DROP TRIGGER history_of_backups; DROP TRIGGER history_without_operation;
         DROP TRIGGER history_without_backup; DROP TABLE history; PRAGMA user_version = 1;",
    )
    .execute(&mut old)
    .await
    .unwrap();
    let schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema WHERE sql NOTNULL ORDER BY name)";
    let left: String = sqlx::query_scalar(schema).fetch_one(&mut old).await.unwrap();
    let mut first = raw(&home.path().join("first.db")).await;
    sqlx::raw_sql(include_str!("../../../migrations/0001_store.sql")).execute(&mut first).await.unwrap();
    let version_1: String = sqlx::query_scalar(schema).fetch_one(&mut first).await.unwrap();
    assert_eq!(left, version_1, "this is what the first aidb wrote");
    old.close().await.unwrap();

    let upgraded = Store::open(&folder(&home)).await.unwrap();
    assert_eq!(pragma(&upgraded, "user_version").await, known_version().to_string());
    assert!(
        upgraded.open_operations().await.unwrap().iter().all(|open| open.sent.is_none()),
        "how far they came is not known"
    );
    let after = everything(&upgraded).await;
    assert_eq!((after.1, after.2, after.3), (before.1, before.2, before.3), "nothing lost, each in its order");
    let timely = |history: Vec<HistoryRecord>| -> Vec<HistoryRecord> {
        let late = |record: &HistoryRecord| matches!(record, HistoryRecord::Operation(operation) if operation.agent_id.as_str() == "late");
        history.into_iter().filter(|record| !late(record)).collect()
    };
    assert_eq!(timely(after.0), timely(before.0), "operations and backups in the one order in which they were entered");
    let newest = upgraded.begin_operation(&new_operation("newest")).await.unwrap();
    let first = upgraded.history().await.unwrap().remove(0);
    assert!(
        matches!(first, HistoryRecord::Operation(operation) if operation.id == newest),
        "what comes next is newest"
    );
}

/// Earlier versions kept the URL as it was typed or as a profile spelled it, and found records by that text alone.
#[tokio::test]
async fn an_upgrade_joins_what_was_entered_under_spellings_of_one_server() {
    let (home, store) = new_store().await;
    let (agent, absent) = (agent_id("orders"), AgentState::Absent);
    let spellings = ["https://A.example/", "https://a.example", "https://a.example:443"];
    for url in spellings {
        store.insert_backup(&new_backup(&ServerRef::by_url(url), &agent, &absent)).await.unwrap();
        let server = ServerRef::by_url(url);
        store.begin_operation(&NewOperation { server, ..new_operation("orders") }).await.unwrap();
    }
    store.insert_backup(&new_backup(&ServerRef::by_url("https://a.example/b"), &agent, &absent)).await.unwrap();
    store.close().await;
    let mut old = raw(&folder(&home).join("aidb.db")).await;
    sqlx::raw_sql(BACK_TO_3).execute(&mut old).await.unwrap();
    old.close().await.unwrap();

    let upgraded = Store::open(&folder(&home)).await.unwrap();
    let server = Some(ServerFilter::Server(ServerId::of_text("https://a.example")));
    let backups = upgraded.backups(&BackupFilter { server: server.clone(), ..Default::default() }).await.unwrap();
    assert_eq!(backups.len(), 3);
    let operations = upgraded.operations(&OperationFilter { server, ..Default::default() }).await.unwrap();
    assert_eq!(operations.len(), 3);
    for backup in backups {
        upgraded.backup(&backup.id).await.expect("its hash still holds");
    }
    let edited = sqlx::query("UPDATE operations SET server = 'https://b.example'").execute(&upgraded.writer).await;
    assert!(edited.is_err(), "a record is never edited");
}

#[tokio::test]
async fn windows_that_start_together_on_a_new_folder_all_open() {
    let home = tempfile::tempdir().unwrap();
    let opening = (0..8).map(|n| {
        let folder = folder(&home);
        tokio::spawn(async move {
            let store = Store::open(&folder).await?;
            store.add_environment(&NewEnvironment::new(format!("E{n}"), "http://localhost:1", day(1)), &by()).await
        })
    });
    for opened in futures_util::future::join_all(opening).await {
        opened.unwrap().unwrap();
    }
    let store = Store::open(&folder(&home)).await.unwrap();
    assert_eq!(store.environments().await.unwrap().len(), 8);
}

/// A store that a newer aidb left behind; with `Log::Pending` its version stands in the write-ahead log alone.
enum Log {
    Merged,
    Pending,
}

async fn newer_store(log: Log) -> TempDir {
    let (home, store) = new_store().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let newest = known_version() + 1;
    store.add_environment(&NewEnvironment::new("Dev", "http://localhost:1", day(1)), &by()).await.unwrap();
    let path = store.path().to_owned();
    if matches!(log, Log::Merged) {
        store.close().await;
        let mut newer = raw(&path).await;
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("PRAGMA user_version = {newest}")))
            .execute(&mut newer)
            .await
            .unwrap();
        newer.close().await.unwrap();
        return home;
    }
    store.close().await;
    let mut newer = raw(&path).await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("PRAGMA wal_autocheckpoint = 0; PRAGMA user_version = {newest}")))
        .execute(&mut newer)
        .await
        .unwrap();
    // As a crash leaves it: the files without their process.
    fs::create_dir(folder(&elsewhere)).unwrap();
    for suffix in ["", "-wal"] {
        fs::copy(beside(&path, suffix), beside(&folder(&elsewhere).join(STORE_FILE), suffix)).unwrap();
    }
    newer.close().await.unwrap();
    elsewhere
}

#[tokio::test]
async fn a_newer_store_is_refused_and_not_touched() {
    for (log, files) in [(Log::Merged, 1), (Log::Pending, 2)] {
        let home = newer_store(log).await;
        let before = contents(&folder(&home));
        assert_eq!(before.len(), files);
        let error = Store::open(&folder(&home)).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::StoreNewer, "{error}");
        let versions = format!("store version {}; this one knows up to {}", known_version() + 1, known_version());
        assert!(error.to_string().contains(&versions), "{error}");
        let mut after = contents(&folder(&home));
        // The index of the log is SQLite's scratch space: rebuilt from the log whenever it is missing.
        after.retain(|(name, _)| !name.ends_with("-shm"));
        assert!(before == after, "byte for byte as it was");
    }
}

#[tokio::test]
async fn a_file_that_is_no_store_is_refused_and_not_touched() {
    let text = b"this is somebody's letter, and not a database at all".repeat(40);
    let mut header_only = b"SQLite format 3\0".to_vec();
    header_only.resize(4096, 0xff);
    for bytes in [text, header_only, b"SQLite format 3\0".to_vec(), vec![0; 100]] {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(folder(&home)).unwrap();
        fs::write(folder(&home).join(STORE_FILE), &bytes).unwrap();
        let error = Store::open(&folder(&home)).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::StoreUnusable, "{error}");
        assert!(error.hint().is_some());
        assert!(contents(&folder(&home)) == [(STORE_FILE.to_owned(), bytes)], "left as it was");
    }
}

#[tokio::test]
async fn a_database_of_another_program_is_refused_and_not_touched() {
    for marks in ["SELECT 1", "PRAGMA user_version = 1", "PRAGMA application_id = 252006674"] {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(folder(&home)).unwrap();
        let mut other = raw(&folder(&home).join(STORE_FILE)).await;
        sqlx::raw_sql("CREATE TABLE letters (text TEXT)").execute(&mut other).await.unwrap();
        sqlx::raw_sql(marks).execute(&mut other).await.unwrap();
        other.close().await.unwrap();
        let before = contents(&folder(&home));
        let error = Store::open(&folder(&home)).await.unwrap_err();
        assert!(matches!(error, StoreError::Foreign { .. }), "{marks}: {error:?}");
        assert!(before == contents(&folder(&home)), "{marks}: left as it was");
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_is_an_error_with_words() {
    let home = tempfile::tempdir().unwrap();
    fs::write(folder(&home), "a file where the folder should be").unwrap();
    let error = Store::open(&folder(&home)).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::StoreUnusable);
    let report = ErrorReport::of(&error);
    assert!(report.hint.is_some() && !report.details.is_empty(), "{report:?}");
}

#[tokio::test]
async fn another_writer_that_does_not_finish_is_busy() {
    let (home, store) = new_store().await;
    let other = Store::open(&folder(&home)).await.unwrap();
    sqlx::query("PRAGMA busy_timeout = 100").execute(&store.writer).await.unwrap();
    let writing = other.write().await.unwrap();
    let error = store.begin_operation(&new_operation("orders")).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::StoreBusy, "{error}");
    assert!(store.operations(&OperationFilter::default()).await.unwrap().is_empty(), "reading goes on meanwhile");
    writing.rollback().await.unwrap();
    store.begin_operation(&new_operation("orders")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_write_at_once_and_none_fails() {
    const ROWS: usize = 300;
    let (home, store) = new_store().await;
    store.close().await;
    let writers = ["ada", "bob"].map(|actor| {
        let folder = folder(&home);
        tokio::spawn(async move {
            let store = Store::open(&folder).await?;
            for _ in 0..ROWS {
                let operation = NewOperation { actor: actor.into(), ..new_operation("orders") };
                let operation = store.begin_operation(&operation).await?;
                // Reads before it writes, which is where two plain transactions fail each other.
                store.advance_operation(&operation, OperationState::Applying).await?;
            }
            Ok::<(), StoreError>(())
        })
    });
    for writer in writers {
        writer.await.unwrap().unwrap();
    }
    let written = Store::open(&folder(&home)).await.unwrap().operations(&OperationFilter::default()).await.unwrap();
    assert_eq!(written.len(), 2 * ROWS);
    assert_eq!(written.iter().filter(|operation| operation.actor == "ada").count(), ROWS);
}

#[tokio::test]
async fn a_full_disk_loses_nothing_that_was_there() {
    let (home, store) = new_store().await;
    let (server, agent) = (ServerRef::by_url("https://a.example"), agent_id("orders"));
    let (small, large) = (state(3), state(3000));
    let kept = store.insert_backup(&new_backup(&server, &agent, &small)).await.unwrap();
    sqlx::query("PRAGMA max_page_count = 30").execute(&store.writer).await.unwrap();
    let error = store.insert_backup(&new_backup(&server, &agent, &large)).await.unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert_eq!(error.code(), ErrorCode::StoreUnusable);
    store.close().await;
    let again = Store::open(&folder(&home)).await.unwrap();
    assert_eq!(again.backups(&BackupFilter::default()).await.unwrap(), std::slice::from_ref(&kept.summary));
    assert_eq!(again.backup(&kept.summary.id).await.unwrap(), kept);
}
