//! One function for each kind of bytes that comes from outside. Each takes any bytes: what it makes of them is checked where there is
//! something to check, and otherwise that it comes back at all, without a panic.
//!
//! `cargo xtask fuzz` looks for inputs that reach what no other did, from those in `corpus/` on; the tests take these again.

#![expect(clippy::expect_used, reason = "what fails here is found, and that is what it is for")]

use std::cell::OnceCell;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use aidb_core::config::{self, AgentId, AgentState, Severity};
use aidb_core::connector::{Connector, Endpoint, Limits, PlainHttp, Proxies};
use aidb_core::operations::{BackupFile, SavedPlan};
use aidb_core::store::{BackupReason, NewBackup, ServerRef, Store};
use secrecy::SecretString;
use sqlx::Connection as _;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::runtime::Runtime;

/// Takes any bytes.
type Target = fn(&[u8]);

/// Every target with its name: that of its folder in `corpus/`, and of its program behind `fuzz-`.
pub const TARGETS: [(&str, Target); 5] = [
    ("configuration", configuration),
    ("answer", answer),
    ("plan-file", plan_file),
    ("backup-file", backup_file),
    ("backup-row", backup_row),
];

/// The key that goes to the server. No text of an answer says it back.
const KEY: &str = "canary-key-7Qx4f1d9a7e63b8";

/// A configuration file: refused with a place, or kept losslessly.
pub fn configuration(bytes: &[u8]) {
    let reading = config::read(bytes);
    let errors = reading.report.findings.iter().any(|finding| finding.severity == Severity::Error);
    assert_eq!(reading.configuration.is_none(), errors, "a configuration exactly where nothing is an error");
    for finding in &reading.report.findings {
        assert!(finding.message.chars().count() <= 2_100, "no message is longer than a screen");
    }
    let Some(configuration) = reading.configuration else { return };
    let written = config::write(&configuration);
    assert_eq!(config::read(written.as_bytes()).configuration, Some(configuration), "written and read again");
}

/// What a server answers: the first byte says which call is made, the second with which status, the rest is the body.
pub fn answer(bytes: &[u8]) {
    let [call, status, body @ ..] = bytes else { return };
    let statuses = ["200 OK", "400 X", "401 X", "404 X", "500 X", "302 X\r\nLocation: /x"];
    let head = format!(
        "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        statuses[usize::from(*status) % statuses.len()],
        if *status >= 128 { "text/html" } else { "application/json" },
        body.len()
    );
    let answer = [head.as_bytes(), body].concat();
    runtime(|runtime| {
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let port = listener.local_addr().expect("its address").port();
            let serve = async {
                let (mut stream, _) = listener.accept().await.expect("a request");
                let mut request = [0; 4096];
                let _read = stream.read(&mut request).await;
                let _written = stream.write_all(&answer).await;
            };
            let connector = connector(port);
            let id = AgentId::new("my-agent").expect("an id");
            let ask = async {
                match call % 5 {
                    0 => connector.agent_ids().await.map(|ids| format!("{ids:?}")),
                    1 => connector.agent(&id).await.map(|agent| format!("{agent:?}")),
                    2 => connector.resource_permissions(&id).await.map(|permissions| format!("{permissions:?}")),
                    3 => connector.rate_limits(&id).await.map(|limits| format!("{limits:?}")),
                    _ => connector.health().await.map(|health| format!("{health:?}")),
                }
            };
            let (_, said) = tokio::join!(serve, ask);
            let text = said.unwrap_or_else(|error| error.to_string());
            assert!(!text.contains(KEY), "no answer makes it say the key");
        });
    });
}

/// A saved plan.
pub fn plan_file(bytes: &[u8]) {
    in_a_file(bytes, |path| {
        if let Ok(plan) = SavedPlan::read(path) {
            assert_eq!(plan.words().split(' ').count(), 8);
        }
    });
}

/// A file of `--backup-out`, or a configuration in its place.
pub fn backup_file(bytes: &[u8]) {
    in_a_file(bytes, |path| drop(BackupFile::read(path)));
}

/// What a failing disk makes of a row of the store: the first byte says of which column.
pub fn backup_row(bytes: &[u8]) {
    const COLUMNS: [&str; 8] = ["state", "tables", "id", "agent_id", "taken_at", "reason", "hash", "note"];
    let [column, content @ ..] = bytes else { return };
    let column = COLUMNS[usize::from(*column) % COLUMNS.len()];
    // Columns are text but the state, and SQLite takes any bytes for one that is cast.
    let value = if column == "state" { "?".to_owned() } else { "CAST(? AS TEXT)".to_owned() };
    runtime(|runtime| {
        runtime.block_on(async {
            let folder = tempfile::tempdir().expect("a folder");
            let store = Store::open(folder.path()).await.expect("a store");
            let server = ServerRef::by_url("http://127.0.0.1:1");
            let new = NewBackup {
                server: &server,
                agent_id: &AgentId::new("my-agent").expect("an id"),
                state: &AgentState::Absent,
                tables: None,
                reason: BackupReason::Requested,
                operation: None,
                taken_at: std::time::SystemTime::UNIX_EPOCH.into(),
                note: None,
            };
            let backup = store.insert_backup(&new).await.expect("a backup");
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(store.path());
            let mut disk = sqlx::SqliteConnection::connect_with(&options).await.expect("the file");
            let sql = format!("UPDATE backups SET {column} = {value}");
            let _refused = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(content.to_vec()).execute(&mut disk).await;
            let listed = store.backups(&Default::default()).await.expect("a list, whatever one row says");
            assert_eq!(listed.len(), 1, "a damaged backup is named and kept");
            let _whole_or_said = store.backup(&backup.summary.id).await;
            let verified = store.verify_backups().await.expect("a check, whatever one row says");
            assert_eq!(verified.len(), 1);
        });
    });
}

fn connector(port: u16) -> Connector {
    let endpoint = Endpoint {
        url: url::Url::parse(&format!("http://127.0.0.1:{port}")).expect("a URL"),
        api_key: Some(SecretString::from(KEY)),
        ca_pem: None,
        proxies: Proxies::default(),
        plain_http: PlainHttp::default(),
        limits: Limits::default(),
        in_flight: 1,
    };
    Connector::new(endpoint).expect("a connector")
}

fn in_a_file(bytes: &[u8], look: impl FnOnce(&std::path::Path)) {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().expect("a folder"));
    let path: PathBuf = folder.path().join(format!("{:?}", std::thread::current().id()));
    fs::write(&path, bytes).expect("a file");
    look(&path);
}

/// One for each thread: starting one takes longer than most inputs.
fn runtime(run: impl FnOnce(&Runtime)) {
    thread_local!(static RUNTIME: OnceCell<Runtime> = const { OnceCell::new() });
    RUNTIME.with(|cell| {
        run(cell.get_or_init(|| {
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
        }));
    });
}
