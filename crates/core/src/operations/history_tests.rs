use chrono::{TimeZone, Utc};

use super::*;
use crate::config::{AgentId, AgentState};
use crate::operations::{history_csv, history_json};
use crate::store::{NewBackup, NewOperation, Program, Store};

async fn operation(store: &Store, kind: OperationKind, year: i32, reason: Option<&str>) -> crate::store::OperationId {
    let new = NewOperation {
        kind,
        server: ServerRef::by_url("http://127.0.0.1:1"),
        agent_id: AgentId::new("my-agent").unwrap(),
        mode: "merge".into(),
        actor: "maria".into(),
        reason: reason.map(str::to_owned),
        started_at: Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).unwrap(),
        plan_json: None,
        fingerprint: None,
        source: Some("Staging".into()),
        program: Program::Window,
        saved_plan: None,
        counts: None,
        batch: None,
    };
    store.begin_operation(&new).await.unwrap()
}

async fn backup(store: &Store, reason: BackupReason, operation: Option<&crate::store::OperationId>) {
    let server = ServerRef::by_url("http://127.0.0.1:1");
    let new = NewBackup {
        server: &server,
        agent_id: &AgentId::new("my-agent").unwrap(),
        state: &AgentState::Absent,
        tables: None,
        reason,
        operation,
        taken_at: Utc.with_ymd_and_hms(1999, 1, 1, 0, 0, 0).unwrap(),
        note: None,
    };
    store.insert_backup(&new).await.unwrap();
}

#[tokio::test]
async fn the_order_is_that_of_entering_whatever_the_clock_said() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    operation(&store, OperationKind::Promotion, 2026, None).await;
    backup(&store, BackupReason::Requested, None).await;
    let second = operation(&store, OperationKind::Rollback, 2001, None).await;
    backup(&store, BackupReason::BeforeRollback, Some(&second)).await;
    let listed = entries(store.history().await.unwrap());
    let kinds: Vec<EntryKind> = listed.iter().map(HistoryEntry::kind).collect();
    let expected = [EntryKind::Rollback, EntryKind::Backup, EntryKind::Promotion];
    assert_eq!(kinds, expected);
    assert!(listed[0].backup().is_some(), "the backup before an apply stands in its entry");
}

#[tokio::test]
async fn filters_and_search_find_what_they_name() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    operation(&store, OperationKind::Promotion, 2026, Some("Ticket 4312: Rechnungen für ÄRZTE")).await;
    backup(&store, BackupReason::Requested, None).await;
    let listed = entries(store.history().await.unwrap());
    let count = |filter: HistoryFilter| listed.iter().filter(|entry| filter.takes(entry)).count();
    let search = |text: &str| count(HistoryFilter { search: text.into(), ..HistoryFilter::default() });
    assert_eq!(count(HistoryFilter::default()), 2);
    assert_eq!(search("ärzte"), 1);
    assert_eq!(search("promotion of MY-agent"), 1, "the title is searched");
    assert_eq!(search("did not exist"), 1, "the summary is searched");
    assert_eq!(search("nothing like it"), 0);
    assert_eq!(count(HistoryFilter { kind: Some(EntryKind::Backup), ..HistoryFilter::default() }), 1);
    assert_eq!(count(HistoryFilter { actor: Some("maria".into()), ..HistoryFilter::default() }), 1);
    assert_eq!(count(HistoryFilter { outcome: Some(EntryOutcome::Unfinished), ..HistoryFilter::default() }), 1);
    assert_eq!(count(HistoryFilter { environment: Some("gone".into()), ..HistoryFilter::default() }), 0);
    let since = Some(Utc.with_ymd_and_hms(2020, 1, 1, 0, 0, 0).unwrap());
    assert_eq!(count(HistoryFilter { since, ..HistoryFilter::default() }), 1);
}

#[tokio::test]
async fn no_cell_of_a_spreadsheet_is_a_formula() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    for reason in ["=1+1", "@SUM(A1)", "-2", "+3", "say \"hi\", twice", "a;=cmd|x", "b;  -1", "c\t\"@d"] {
        operation(&store, OperationKind::Import, 2026, Some(reason)).await;
    }
    let listed = entries(store.history().await.unwrap());
    let csv = history_csv(&listed);
    for cell in [
        ",'=1+1,",
        ",'@SUM(A1),",
        ",'-2,",
        ",'+3,",
        ",\"say \"\"hi\"\", twice\",",
        ",\"a;'=cmd|x\",",
        ",\"b;  '-1\",",
        ",\"c\t\"\"'@d\",",
    ] {
        assert!(csv.contains(cell), "{cell} is in\n{csv}");
    }
    let json: serde_json::Value = serde_json::from_str(&history_json(&listed)).unwrap();
    assert_eq!(json["history"][7]["note"], "=1+1", "a program gets what was written");
}

/// Both are true, and neither is the other's: what was interrupted, and what its recovery did.
#[tokio::test]
async fn an_interrupted_operation_and_its_recovery_say_different_things_and_name_each_other() {
    for (state, sentence, title) in [
        (OperationState::PutBack, "The apply was interrupted, and nothing was changed.", "put back"),
        (OperationState::Done, "3 changes to my-agent were made and verified.", "settled, and verified"),
        (OperationState::NeedsAttention, "Left as it is by maria: nothing was put back.", "needs attention"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let interrupted = operation(&store, OperationKind::Promotion, 2026, None).await;
        store.begin_writing(&interrupted, 1).await.unwrap();
        let at = Utc.with_ymd_and_hms(2026, 1, 2, 0, 0, 0).unwrap();
        let recovery = NewOperation {
            kind: OperationKind::Recovery,
            server: ServerRef::by_url("http://127.0.0.1:1"),
            agent_id: AgentId::new("my-agent").unwrap(),
            mode: "merge".into(),
            actor: "maria".into(),
            reason: None,
            started_at: at,
            plan_json: None,
            fingerprint: None,
            source: Some(interrupted.to_string()),
            program: Program::Window,
            saved_plan: None,
            counts: None,
            batch: None,
        };
        let end = crate::store::End { state, summary: sentence, outcome_json: None, cause: None, at };
        let recovery = store.finish_recovery(&interrupted, &recovery, &end).await.unwrap();
        let listed = entries(store.history().await.unwrap());
        let told = |id: &str| find_entry(&listed, id).unwrap();
        let (before, after) = (told(interrupted.as_str()), told(recovery.as_str()));
        assert_eq!(before.title(), "Promotion of my-agent interrupted");
        assert_eq!(after.title(), format!("Recovery of my-agent: interrupted promotion {title}"));
        assert!(before.summary().contains(recovery.as_str()), "{}", before.summary());
        assert_eq!(after.summary(), format!("It ended the promotion {interrupted}. {sentence}"));
        assert_eq!(before.other().map(|other| other.operation().id.as_str()), Some(recovery.as_str()));
        assert_eq!(after.other().map(|other| other.operation().id.as_str()), Some(interrupted.as_str()));
    }
}
