//! Connection strings that hold a password, in the forms of the drivers in use, and credentials in URLs and headers.

use std::sync::LazyLock;

use regex::Regex;

use super::forms::{Hints, fixed};
use super::shape;

static LINK: LazyLock<Regex> = LazyLock::new(|| fixed(r#"(?i)\b([a-z][a-z0-9+._-]{1,40})://([^\s"'`<>]{3,})"#));

/// `user/password@host`, as Oracle's tools take it.
static ORACLE: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r#"(?i)(?:^|[\s:="'])([a-z][a-z0-9_$#]{0,29})/("[^"\s]+"|[^\s/@"']{1,64})@(//)?([a-z0-9][a-z0-9_.-]*)(:[0-9]{2,5})?(/[\w.-]+)?(?:$|[\s"';])"#,
    )
});

static HEADER: LazyLock<Regex> = LazyLock::new(|| fixed(r"(?i)\b(bearer|token|apikey|basic)\s+([a-z0-9._~+/-]{8,}=*)"));

/// A file of credentials, or they themselves, in a BigQuery URL; a key in the URL of an encrypted SQLite file.
static PARAMETER: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r"(?i)\b(?:bigquery://\S*[?&;]credentials_(?:base64|info|path)=\S|(?:sqlite|sqlcipher|file)[a-z+]*:\S*[?&](?:key|hexkey|cipher_key|password|pwd)=([^&\s]+))",
    )
});

static ASSIGNMENT: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r#"(?i)([a-zß-ÿ][a-z0-9_.ß-ÿ-]*(?: [a-z]+)?)["'\]]{0,2}\s{0,3}(?::=|=>|=)\s{0,3}["'{]{0,2}([^\s"';&,|<>?]{1,512})"#,
    )
});

static STATEMENT: LazyLock<Regex> = LazyLock::new(|| {
    fixed(r#"(?i)([a-zß-ÿ][a-z0-9_.ß-ÿ-]*(?: [a-z]+)?)["']?\s{0,3}:(["']|\s{0,3})["']?([^\s"';&,|<>]{1,512})"#)
});

/// Kind of connection string with a password, or of other credentials, in the text.
pub(super) fn kind(text: &str, hints: &Hints) -> Option<&'static str> {
    if hints.link
        && let Some(kind) = link(text)
    {
        return Some(kind);
    }
    if text.contains('?') && PARAMETER.captures_iter(text).any(|found| !masked(found.get(1))) {
        return Some("connection string with a key");
    }
    if hints.authorization && header(text) {
        return Some("HTTP authorization");
    }
    (text.contains('@') && text.contains('/') && oracle(text)).then_some("Oracle connection string")
}

fn masked(found: Option<regex::Match<'_>>) -> bool {
    found.is_some_and(|found| shape::is_masked(found.as_str()))
}

fn link(text: &str) -> Option<&'static str> {
    LINK.captures_iter(text).find_map(|found| {
        let (scheme, rest) = (found.get(1)?.as_str(), found.get(2)?.as_str());
        let product = product(scheme);
        let credentials = user_info(rest).or_else(|| product.and_then(|_| loose_user_info(rest)))?;
        holds_secret(credentials).then_some(product.unwrap_or("URL with a password"))
    })
}

/// Text before the `@` of a URL's authority.
fn user_info(rest: &str) -> Option<&str> {
    let authority = rest.split(['/', '?', '#']).next()?;
    authority.rsplit_once('@').map(|(info, _)| info)
}

/// The same where the password holds characters that should have been encoded. A port and a path are no password.
fn loose_user_info(rest: &str) -> Option<&str> {
    let (info, host) = rest.rsplit_once('@')?;
    let (_, password) = info.split_once(':')?;
    let digits = password.bytes().take_while(u8::is_ascii_digit).count();
    let port = (1..=5).contains(&digits) && password[digits..].starts_with(['/', '?', ',']);
    let host_like = host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[');
    let user_like = !info.split(':').next().unwrap_or_default().contains(['/', '?']);
    (host_like && user_like && !port).then_some(info)
}

/// A password after the colon, or a token in place of the user.
fn holds_secret(info: &str) -> bool {
    match info.split_once(':') {
        Some((user, "")) => shape::is_random(user),
        Some((_, password)) => !shape::is_masked(password),
        None => shape::is_random(info),
    }
}

/// The database or broker of a URL scheme, drivers and JDBC included: `postgresql+asyncpg`, `mongodb+srv`.
fn product(scheme: &str) -> Option<&'static str> {
    let scheme = scheme.to_ascii_lowercase();
    let name = scheme.rsplit(':').next()?.split('+').next()?;
    Some(match name {
        "postgres" | "postgresql" | "pgsql" | "postgis" | "timescaledb" => "PostgreSQL connection string",
        "mysql" | "mysqlx" | "mysql2" => "MySQL connection string",
        "mariadb" => "MariaDB connection string",
        "mongodb" | "mongo" => "MongoDB connection string",
        "mssql" | "sqlserver" | "tds" => "SQL Server connection string",
        "snowflake" => "Snowflake connection string",
        "bigquery" => "BigQuery connection string",
        "redshift" => "Redshift connection string",
        "oracle" => "Oracle connection string",
        "redis" | "rediss" | "valkey" => "Redis connection string",
        "amqp" | "amqps" | "rabbitmq" => "AMQP connection string",
        "clickhouse" | "clickhouses" | "ch" => "ClickHouse connection string",
        "cockroachdb" | "cockroach" => "CockroachDB connection string",
        "sqlite" | "sqlite3" | "sqlcipher" | "libsql" => "SQLite connection string",
        "databricks" | "spark" => "Databricks connection string",
        "trino" | "presto" | "hive" | "impala" | "vertica" | "teradata" | "teradatasql" | "exa" | "exasol" | "db2"
        | "ibm_db_sa" | "sap" | "hana" | "firebird" | "cassandra" | "couchbase" | "couchdb" | "neo4j" | "bolt"
        | "elasticsearch" | "influxdb" | "kafka" | "nats" | "druid" | "dremio" | "crate" | "awsathena" | "ldap"
        | "ldaps" | "smtp" | "smtps" | "ftp" | "ftps" | "sftp" => "connection string",
        _ => return None,
    })
}

fn header(text: &str) -> bool {
    HEADER.captures_iter(text).any(|found| {
        let value = found.get(2).map_or("", |value| value.as_str());
        match found.get(1).map(|scheme| scheme.as_str().to_ascii_lowercase()).as_deref() {
            Some("basic") => shape::is_basic_credentials(value),
            Some("bearer") => shape::is_token(value),
            _ => shape::is_random(value),
        }
    })
}

fn oracle(text: &str) -> bool {
    const ALIASES: [&str; 5] = ["orcl", "xe", "xepdb1", "orclpdb", "orclpdb1"];
    ORACLE.captures_iter(text).any(|found| {
        let password = found.get(2).map_or("", |password| password.as_str());
        let host = found.get(4).map_or("", |host| host.as_str());
        let place = found.get(3).is_some() || found.get(5).is_some() || (found.get(6).is_some() && host.contains('.'));
        let odd = password.bytes().any(|byte| byte.is_ascii_digit() || b"!#$%^&*+=~\"".contains(&byte));
        let version = host.starts_with(|c: char| c.is_ascii_digit())
            || host.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            || matches!(host, "sha256" | "main" | "master" | "latest" | "next" | "beta");
        let alias = ALIASES.contains(&host.to_ascii_lowercase().as_str());
        !shape::is_masked(password) && (place || alias || (odd && !version))
    })
}

/// A name and what is said to be its value.
pub(super) struct Assignment<'t> {
    pub(super) name: &'t str,
    pub(super) value: &'t str,
    /// With `=`, or as JSON has it; not as a sentence has a colon.
    pub(super) terse: bool,
}

/// `name=value`, `"name": "value"` and `name: value`.
pub(super) fn assignments(text: &str) -> impl Iterator<Item = Assignment<'_>> {
    let terse = ASSIGNMENT.captures_iter(text).filter_map(|found| {
        Some(Assignment { name: found.get(1)?.as_str(), value: found.get(2)?.as_str(), terse: true })
    });
    let said = STATEMENT.captures_iter(text).filter_map(|found| {
        let quoted = found.get(0)?.as_str().contains("\":") || found.get(0)?.as_str().contains("':");
        Some(Assignment { name: found.get(1)?.as_str(), value: found.get(3)?.as_str(), terse: quoted })
    });
    terse.chain(said)
}
