//! Opening the store file: whose is it, how old is it, may it be touched.
//!
//! A file is looked at before SQLite may write to it, so that a store of a newer aidb, a damaged one and a database of
//! another program stay as they are to the last byte.
//!
//! Migrations are run here rather than by sqlx's migrator, which takes no lock on SQLite: two windows that start together
//! on a new folder would both create the tables. One immediate transaction brings a store from any version to the newest.

use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, SqliteConnection};

use super::StoreError;
use crate::config::ServerId;
use crate::disk::{self, Access};

/// `aidb` in ASCII: marks the file as ours (<https://www.sqlite.org/fileformat.html#application_id>).
pub(super) const APPLICATION_ID: i64 = 0x6169_6462;

/// Migrations from one version of the store to the next; a store's version is how many of them it has seen.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_store.sql"),
    include_str!("../../migrations/0002_history.sql"),
    include_str!("../../migrations/0003_journal.sql"),
    include_str!("../../migrations/0004_server.sql"),
    include_str!("../../migrations/0005_cause.sql"),
    include_str!("../../migrations/0006_profile_changes.sql"),
    include_str!("../../migrations/0007_key_prompt.sql"),
    include_str!("../../migrations/0008_pairs.sql"),
    include_str!("../../migrations/0009_batches.sql"),
];

/// Time to wait for another process that is writing.
pub(super) const BUSY_LIMIT: Duration = Duration::from_secs(5);
/// Time a query waits for its turn at the one writing connection of this process.
const TURN_LIMIT: Duration = Duration::from_secs(30);
const READERS: u32 = 4;

/// The version that this aidb writes.
pub(super) fn known_version() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Sees to it that nobody else gets into the folder, where it is there. One of this account that is open to others is closed; the
/// mode that it had comes back, because what lay in it may have been read or changed.
///
/// # Errors
/// It belongs to another account, who could read, change and replace all of it; or it cannot be closed.
pub(super) fn guard(folder: &Path) -> Result<Option<u32>, StoreError> {
    let unwritable = |error: io::Error| StoreError::Unwritable { path: folder.to_owned(), reason: error.to_string() };
    let metadata = match fs::metadata(folder) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unwritable(error)),
    };
    match disk::access(&metadata) {
        Access::Own => Ok(None),
        // What stands in its place is refused below, by whoever opens it.
        _ if !metadata.is_dir() => Ok(None),
        Access::Open(mode) => disk::close_to_others(folder, mode).map(|()| Some(mode)).map_err(unwritable),
        Access::Anothers(_) => Err(StoreError::Anothers { path: folder.to_owned() }),
    }
}

/// Creates the folder (0700) and the empty file (0600) where they are missing.
pub(super) fn create_file(folder: &Path, path: &Path) -> Result<(), StoreError> {
    let unwritable =
        |path: &Path, error: &io::Error| StoreError::Unwritable { path: path.to_owned(), reason: error.to_string() };
    // Ours before SQLite sees the path: its own file would be readable for whoever the umask lets.
    disk::create_private_folder(folder).map_err(|error| unwritable(folder, &error))?;
    guard(folder)?;
    match private_file_options().open(path) {
        // The name has to be on disk before anything that relies on the store.
        Ok(_) => disk::sync_folder(folder).map_err(|error| unwritable(folder, &error)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(unwritable(path, &error)),
    }
}

/// Whether this aidb may open the file for writing.
pub(super) async fn inspect(path: &Path) -> Result<(), StoreError> {
    let identity = match header(path)? {
        Header::Empty => return Ok(()),
        Header::Other(reason) => return Err(StoreError::Damaged { path: path.to_owned(), reason }),
        Header::Database(identity) => identity,
    };
    // The header is the whole truth only where no log waits to be merged into it. A database without a mark may be one
    // that another aidb is creating at this moment.
    let in_flux = identity.application_id == 0 || file_length(&beside(path, "-wal")) > 0;
    let identity = if in_flux { stable_identity(path).await? } else { identity };
    judge(path, &identity)
}

/// The writing connection, on a store of the newest version.
pub(super) async fn writer(path: &Path) -> Result<SqlitePool, StoreError> {
    let options = options(path).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(TURN_LIMIT);
    let deadline = Instant::now() + BUSY_LIMIT;
    // Turning the log on needs the file for oneself for a moment, and SQLite does not wait for that by itself.
    let writer = loop {
        match pool.clone().connect_with(options.clone()).await.map_err(|error| StoreError::from_sqlx(path, &error)) {
            Err(StoreError::Busy { .. }) if Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            other => break other?,
        }
    };
    match migrate(path, &writer).await {
        Ok(()) => Ok(writer),
        Err(error) => {
            writer.close().await;
            Err(error)
        }
    }
}

/// Connections that cannot write, opened when they are first needed.
pub(super) fn readers(path: &Path) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(TURN_LIMIT)
        .connect_lazy_with(options(path).read_only(true))
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        // SQLite has them off unless each connection turns them on.
        .foreign_keys(true)
        .busy_timeout(BUSY_LIMIT)
        // Statements carry configurations; no log has to hold them.
        .disable_statement_logging()
}

async fn migrate(path: &Path, writer: &SqlitePool) -> Result<(), StoreError> {
    let failed = |error: sqlx::Error| StoreError::from_sqlx(path, &error);
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(writer).await.map_err(failed)?;
    if version == known_version() {
        return Ok(());
    }
    // Immediate: a deferred one that read first could not write any more where another process was faster.
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    // Read again under the lock: another process may have been faster.
    let identity = identity(&mut transaction).await.map_err(failed)?;
    judge(path, &identity)?;
    for migration in MIGRATIONS.iter().skip(usize::try_from(identity.version).unwrap_or_default()) {
        sqlx::raw_sql(*migration).execute(&mut *transaction).await.map_err(failed)?;
    }
    name_servers(&mut transaction).await.map_err(failed)?;
    let marks = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {}", known_version());
    sqlx::raw_sql(AssertSqlSafe(marks)).execute(&mut *transaction).await.map_err(failed)?;
    transaction.commit().await.map_err(failed)
}

/// Gives the rows of before migration 4 the identity of their server, so that records under any spelling of one server are
/// found together.
async fn name_servers(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    for (distinct, fill) in [
        (
            "SELECT DISTINCT url FROM operations WHERE server = ''",
            "UPDATE operations SET server = ? WHERE url = ? AND server = ''",
        ),
        (
            "SELECT DISTINCT url FROM backups WHERE server = ''",
            "UPDATE backups SET server = ? WHERE url = ? AND server = ''",
        ),
    ] {
        for row in sqlx::query(distinct).fetch_all(&mut *connection).await? {
            // A URL that a failing disk made unreadable belongs to a row that says so when it is read.
            let Ok(url) = row.try_get::<String, _>("url") else { continue };
            let server = ServerId::of_text(&url);
            sqlx::query(fill).bind(server.as_str()).bind(&url).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// Identity of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    application_id: i64,
    version: i64,
    tables: Tables,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tables {
    Some,
    None,
    NotCounted,
}

fn judge(path: &Path, identity: &Identity) -> Result<(), StoreError> {
    let new = identity.application_id == 0 && identity.version == 0 && identity.tables == Tables::None;
    if identity.application_id != APPLICATION_ID && !new {
        return Err(StoreError::Foreign { path: path.to_owned() });
    }
    if identity.version > known_version() {
        return Err(StoreError::Newer { path: path.to_owned(), found: identity.version, known: known_version() });
    }
    Ok(())
}

/// The identity as SQLite sees it, the log included, without the right to write.
async fn stable_identity(path: &Path) -> Result<Identity, StoreError> {
    match read_identity(options(path).read_only(true)).await {
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(UNFINISHED_WRITE) => {
            identity_in_a_copy(path).await
        }
        read => read.map_err(|error| StoreError::from_sqlx(path, &error)),
    }
}

/// `SQLITE_READONLY_ROLLBACK`: a process died in a write that has to be taken back before anything can be read.
const UNFINISHED_WRITE: &str = "776";

/// Taking a write back takes the right to write, and that has only who knows whose the database is: so it is done in a copy.
/// Without this, an aidb that was killed while it created the store would leave one that no other opens.
async fn identity_in_a_copy(path: &Path) -> Result<Identity, StoreError> {
    let unreadable = |error: io::Error| StoreError::from_io(path, &error);
    let folder = tempfile::tempdir().map_err(unreadable)?;
    let copy = folder.path().join("copy.db");
    fs::copy(path, &copy).map_err(unreadable)?;
    fs::copy(beside(path, "-journal"), beside(&copy, "-journal")).map_err(unreadable)?;
    read_identity(options(&copy)).await.map_err(|error| StoreError::from_sqlx(path, &error))
}

async fn read_identity(options: SqliteConnectOptions) -> Result<Identity, sqlx::Error> {
    let mut connection = options.connect().await?;
    let mut transaction = connection.begin().await?;
    let identity = identity(&mut transaction).await?;
    transaction.rollback().await?;
    connection.close().await?;
    Ok(identity)
}

async fn identity(connection: &mut SqliteConnection) -> Result<Identity, sqlx::Error> {
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(&mut *connection).await?;
    Ok(Identity {
        application_id: sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *connection).await?,
        version: sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *connection).await?,
        tables: if tables == 0 { Tables::None } else { Tables::Some },
    })
}

enum Header {
    Empty,
    Database(Identity),
    Other(String),
}

/// The first hundred bytes of a database (<https://www.sqlite.org/fileformat.html#the_database_header>).
const HEADER: usize = 100;
const MAGIC: &[u8] = b"SQLite format 3\0";
const VERSION_AT: usize = 60;
const APPLICATION_AT: usize = 68;

fn header(path: &Path) -> Result<Header, StoreError> {
    let mut bytes = Vec::with_capacity(HEADER);
    // Asks for writing, too: SQLite would quietly make do with reading, and the first write would be the one to fail.
    OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .and_then(|file| file.take(HEADER as u64).read_to_end(&mut bytes))
        .map_err(|error| StoreError::Unwritable { path: path.to_owned(), reason: error.to_string() })?;
    Ok(match bytes.as_slice() {
        [] => Header::Empty,
        header if header.len() == HEADER && header.starts_with(MAGIC) => Header::Database(Identity {
            application_id: number(header, APPLICATION_AT),
            version: number(header, VERSION_AT),
            tables: Tables::NotCounted,
        }),
        _ => Header::Other("it does not begin as a database does".into()),
    })
}

/// Four bytes at `at`, as SQLite reads them: signed, the highest first.
fn number(header: &[u8], at: usize) -> i64 {
    header[at..].first_chunk().map_or(0, |bytes| i64::from(i32::from_be_bytes(*bytes)))
}

pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn file_length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

fn private_file_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
