//! Databases that are not there: what a connection string says, and whether "connecting" to it works.

use url::Url;

use crate::switches::DatabaseAnswer;

/// The recorded server was given a port where nothing listens; the same port refuses here.
const REFUSING_PORT: u16 = 1;

/// As much of a connection string as the sandbox needs. User and password are not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    host: String,
    port: u16,
    /// The name of the database.
    pub(crate) database: String,
}

impl Target {
    pub(crate) fn new(host: impl Into<String>, port: Option<u16>, database: impl Into<String>) -> Self {
        Self { host: host.into(), port: port.unwrap_or(5432), database: database.into() }
    }

    /// Reads a URL (`postgresql://user@host:port/database`) or a list of `key=value`, as libpq does.
    fn parse(connection_string: &str) -> Option<Self> {
        if let Ok(url) = Url::parse(connection_string) {
            let database = url.path().trim_matches('/');
            return Some(Self::new(url.host_str().unwrap_or_default(), url.port(), database));
        }
        let mut target = Self::new("localhost", None, "");
        for word in connection_string.split_whitespace() {
            match word.split_once('=')? {
                ("host" | "hostaddr", host) => host.clone_into(&mut target.host),
                ("port", port) => target.port = port.parse().ok()?,
                ("dbname", database) => database.clone_into(&mut target.database),
                _ => {}
            }
        }
        Some(target)
    }

    fn refuses(&self) -> bool {
        self.port == REFUSING_PORT && matches!(self.host.as_str(), "127.0.0.1" | "localhost" | "[::1]" | "::1")
    }

    fn refusal(&self) -> String {
        let Self { host, port, .. } = self;
        let shown = if host == "localhost" { "\"localhost\" (127.0.0.1)".to_owned() } else { format!("\"{host}\"") };
        format!(
            "connection to server at {shown}, port {port} failed: Connection refused\n\
             \tIs the server running on that host and accepting TCP/IP connections?\n"
        )
    }

    /// "Connects".
    ///
    /// # Errors
    /// The text that the connector puts into its answers when it cannot connect.
    pub(crate) fn connect(self, answer: DatabaseAnswer) -> Result<Self, String> {
        if answer == DatabaseAnswer::Reachable && !self.refuses() {
            return Ok(self);
        }
        Err(failed(&self.refusal()))
    }
}

/// "Connects" to what a connection string names; errors as [`Target::connect`].
pub(crate) fn connect(connection_string: &str, answer: DatabaseAnswer) -> Result<Target, String> {
    if answer == DatabaseAnswer::EchoesConnectionString {
        return Err(failed(&format!("could not connect with \"{connection_string}\"\n")));
    }
    let Some(target) = Target::parse(connection_string) else {
        return Err(failed(&format!(
            "invalid dsn: missing \"=\" after \"{connection_string}\" in connection info string\n"
        )));
    };
    target.connect(answer)
}

fn failed(reason: &str) -> String {
    format!("Failed to connect to PostgreSQL: {reason}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_1_of_this_machine_refuses_with_the_recorded_words() {
        let error = connect("postgresql://postgres:secret@127.0.0.1:1/none", DatabaseAnswer::Reachable).unwrap_err();
        assert_eq!(
            error,
            "Failed to connect to PostgreSQL: connection to server at \"127.0.0.1\", port 1 failed: Connection refused\n\
             \tIs the server running on that host and accepting TCP/IP connections?\n"
        );
        assert!(connect("host=localhost port=1 dbname=none", DatabaseAnswer::Reachable).is_err());
        assert!(connect("postgresql://db.example.com:1/none", DatabaseAnswer::Reachable).is_ok());
    }

    #[test]
    fn both_forms_of_a_connection_string_name_their_database() {
        for string in ["postgresql://u:p@db.example.com:5433/shop?sslmode=require", "host=db.example.com dbname=shop"] {
            assert_eq!(connect(string, DatabaseAnswer::Reachable).unwrap().database, "shop", "{string}");
        }
        assert!(connect("nonsense", DatabaseAnswer::Reachable).unwrap_err().contains("invalid dsn"));
    }
}
