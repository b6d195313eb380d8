//! Connection strings that hold a password, in the forms of the drivers in use, and credentials in URLs and headers.

use std::sync::LazyLock;

use regex::Regex;

use super::forms::{Hints, Names, fixed};
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

/// `curl -u user:password`, and others that take both in one word.
static COMMAND: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r#"(?i)\b(?:curl|https?|xh|wget|sshpass|mysql|mysqldump)\b[^\n]{0,400}?\s(?:(?:-u|--user|--proxy-user|-a|--auth)[\s=]?["']?[^\s:"'/]{1,64}:|-p)["']?([^\s"']{3,})"#,
    )
});

/// "The password is hunter2", and its like.
static PROSE: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r#"(?i)\b(pass ?word|pass ?phrase|pass ?code|passwort|kennwort|pin(?: code)?|secret|api[ -]key|(?:access |refresh )?token|парол\w*|mot de passe|contraseña|senha|wachtwoord|hasło|parola)(?:\s+(?:for|of|to|für|von|pour|de|para)\s+[^\s:]{1,40}(?:\s+[^\s:]{1,40}){0,3}?)?\s*(?:\s(?:is|was|are|lautet|ist|est|es|é|это)\s*:?|[:：])\s*(["'`«“„‘]?)([^\s"'`»”’,;]{4,80})"#,
    )
});

/// The same where no space parts words, and a value stands out by being ASCII.
static PROSE_UNSPACED: LazyLock<Regex> = LazyLock::new(|| {
    fixed(
        r#"(?:密码|密碼|口令|パスワード|暗証番号|비밀번호|암호)\s*(?:是|为|為|は|が|은|는|이|：|:|=)\s*["'「『“]?([!-~]{4,80})"#,
    )
});

static ASSIGNMENT: LazyLock<Regex> = LazyLock::new(|| {
    fixed(r#"(?i)([^\W\d][\w.-]*(?: [a-z]+)?)["'\]]{0,2}\s{0,3}(?::=|=>|=|＝)\s{0,3}["'{]{0,2}([^\s"';&,|<>?]{1,512})"#)
});

static STATEMENT: LazyLock<Regex> = LazyLock::new(|| {
    fixed(r#"(?i)([^\W\d][\w.-]*(?: [a-z]+)?)["']?\s{0,3}[:：](["']|\s{0,3})["']?([^\s"';&,|<>]{1,512})"#)
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
    if text.contains(" -") && command(text) {
        return Some("password of a command line");
    }
    if hints.names != Names::None && prose(text) {
        return Some("password in a sentence");
    }
    if hints.authorization && header(text) {
        return Some("HTTP authorization");
    }
    (text.contains('@') && text.contains('/') && oracle(text)).then_some("Oracle connection string")
}

fn masked(found: Option<regex::Match<'_>>) -> bool {
    found.is_some_and(|found| shape::is_masked(found.as_str()))
}

fn command(text: &str) -> bool {
    COMMAND.captures_iter(text).any(|found| {
        let password = found.get(1).map_or("", |password| password.as_str()).trim_start_matches(['=', ' ']);
        !shape::is_placeholder(password) && !password.starts_with(['$', '-', '/', '<'])
    })
}

/// A word of the sentence is no password unless it stands in quotes or is made as no word is.
fn prose(text: &str) -> bool {
    let spaced = PROSE.captures_iter(text).any(|found| {
        let group = |at| found.get(at).map_or("", |part| part.as_str());
        let value = group(3).trim_end_matches(['.', '!', '?', ')', ':']);
        let digits = value.bytes().all(|byte| byte.is_ascii_digit()) && group(1).to_lowercase().starts_with("pin");
        let quoted = !group(2).is_empty();
        !shape::is_placeholder(value) && (quoted || digits || shape::is_strong(value))
    });
    spaced
        || PROSE_UNSPACED.captures_iter(text).any(|found| {
            let value = found.get(1).map_or("", |part| part.as_str()).trim_end_matches(['.', '"', '\'']);
            !shape::is_placeholder(value)
                && value.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_punctuation())
        })
}

fn link(text: &str) -> Option<&'static str> {
    LINK.captures_iter(text).find_map(|found| {
        let (scheme, rest) = (found.get(1)?.as_str(), found.get(2)?.as_str());
        let product = product(scheme);
        let credentials = user_info(rest).or_else(|| product.and_then(|_| loose_user_info(rest)))?;
        (holds_secret(credentials) && !is_example(credentials, rest))
            .then_some(product.unwrap_or("URL with a password"))
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
        Some((user, "")) => shape::is_random(user) || shape::is_jumbled(user),
        Some((_, password)) => !shape::is_masked(password),
        None => shape::is_random(info),
    }
}

/// `user:password@host`, as documentation writes it: every part is the word for itself.
fn is_example(info: &str, rest: &str) -> bool {
    const USERS: [&str; 12] = [
        "user",
        "username",
        "usr",
        "name",
        "login",
        "dbuser",
        "db_user",
        "myuser",
        "youruser",
        "your_user",
        "u",
        "account",
    ];
    const PASSWORDS: [&str; 10] =
        ["password", "pass", "passwd", "pwd", "pw", "p", "secret", "mypassword", "yourpassword", "your_password"];
    const HOSTS: [&str; 8] = ["host", "hostname", "server", "servername", "address", "ip", "db_host", "dbhost"];
    let Some((user, password)) = info.split_once(':') else { return false };
    let host = rest.strip_prefix(info).and_then(|rest| rest.strip_prefix('@')).unwrap_or_default();
    let host = host.split([':', '/', '?', ',']).next().unwrap_or_default().to_ascii_lowercase();
    let is = |list: &[&str], word: &str| list.contains(&word.to_ascii_lowercase().as_str());
    let stands_for_itself = HOSTS.contains(&host.as_str()) || host.split('.').any(|part| part == "example");
    is(&PASSWORDS, password) && (is(&USERS, user) || stands_for_itself)
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
