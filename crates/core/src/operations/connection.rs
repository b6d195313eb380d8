//! Test connection: line by line, what works, what does not, and what to do.

use serde::Serialize;

use super::{Context, Engine, LostMemory, Target};
use crate::config::AgentId;
use crate::connector::{
    ConnectorError, Failure, LISTING, Tables, ask_server, is_loopback, list_agents, read_record, read_tables,
};
use crate::error::{ErrorCode, ErrorReport};
use crate::numbers::counted;
use crate::progress::{Event, Stage};

/// Result of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CheckState {
    /// Answered as it should.
    Works,
    /// Does not.
    Fails {
        /// Reason, and what to do.
        error: ErrorReport,
    },
    /// Works well enough to go on, and is worth knowing.
    Limited {
        /// What is limited, in a sentence.
        reason: String,
    },
    /// Could not be tried, because an earlier one failed or nothing was named.
    Skipped,
}

/// One line of a connection test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Action, in words.
    pub what: String,
    /// How it came out.
    #[serde(flatten)]
    pub state: CheckState,
}

/// A connection test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConnectionReport {
    /// The lines, in the order in which one depends on the other.
    pub checks: Vec<Check>,
}

impl ConnectionReport {
    /// The first thing that does not work.
    #[must_use]
    pub fn first_failure(&self) -> Option<&ErrorReport> {
        self.checks.iter().find_map(|check| match &check.state {
            CheckState::Fails { error } => Some(error),
            _ => None,
        })
    }
}

/// The steps a connection goes through, in order: what is said where it works, and where it broke; an error's code says at
/// which one that was.
const STEPS: [(&str, &str, &[ErrorCode]); 5] = [
    ("The name resolves", "The name does not resolve", &[ErrorCode::HostUnknown]),
    ("The connection is encrypted", "No encrypted connection can be made", &[ErrorCode::TlsFailed]),
    (
        "The server answers",
        "The server gives no usable answer",
        &[
            ErrorCode::ConnectionRefused,
            ErrorCode::ConnectionLost,
            ErrorCode::Timeout,
            ErrorCode::ServerError,
            ErrorCode::RateLimited,
        ],
    ),
    (
        "It is an AI Agent Connector",
        "It does not answer as an AI Agent Connector",
        &[ErrorCode::NotAConnector, ErrorCode::BadAnswer, ErrorCode::Redirected, ErrorCode::RequestRefused],
    ),
    ("The key is accepted", "The key is not accepted", &[ErrorCode::Unauthorized, ErrorCode::Forbidden]),
];

/// Positions of the steps about the name, the encryption and the key.
const NAME: usize = 0;
const ENCRYPTED: usize = 1;
const KEY: usize = 4;

impl Engine {
    /// Tests a server, its key, and an agent where one is named. Writes nothing.
    pub async fn test_connection(
        &self,
        target: &Target,
        agent: Option<&AgentId>,
        context: &Context,
    ) -> ConnectionReport {
        context.progress.emit(Event::Stage { stage: Stage::Reading, items: 0 });
        let session = self.session(&target.connector, context);
        let health = ask_server(&session).await;
        let mut open = false;
        let ids = match health {
            Ok(_) => {
                // Before the key goes there: what a server gives to everybody says nothing about a key.
                open = self.is_open(target, context).await;
                list_agents(&session, LISTING).await
            }
            Err(error) => Err(error),
        };
        let mut checks = steps(ids.as_ref().err());
        if let Some(proxy) = target.connector.proxy() {
            checks[NAME].what = through_proxy(proxy, target.connector.url());
        }
        match (&checks[KEY].state, target.connector.has_key()) {
            (CheckState::Works, false) => checks[KEY] = without_key(),
            (CheckState::Works, true) if open => checks[KEY] = key_not_asked(),
            (CheckState::Fails { .. }, false) => checks[KEY].what = "The server asks for a key".into(),
            _ => {}
        }
        let url = target.connector.url();
        if url.scheme() != "https" {
            checks[ENCRYPTED] = without_encryption(is_loopback(url));
        }
        let Ok(ids) = ids else { return ConnectionReport { checks } };
        // A test says what it can: a store that cannot be read knows nothing of before.
        let lost = self.lost_memory(target, &ids, None).await.ok().flatten();
        let state = match &lost {
            Some(lost) => CheckState::Limited { reason: format!("{} {}", lost.sentence(), LostMemory::HINT) },
            None => CheckState::Works,
        };
        checks.push(Check { what: count(ids.len(), lost.as_ref()), state });
        if let Some(agent) = agent {
            checks.extend(self.test_agent(target, agent, &ids, lost, context).await);
        }
        ConnectionReport { checks }
    }

    /// Whether a server lists its agents to somebody without a key. One request.
    async fn is_open(&self, target: &Target, context: &Context) -> bool {
        if !target.connector.has_key() {
            return false;
        }
        let session = self.session(&target.connector.without_key(), context);
        list_agents(&session, "asking without a key").await.is_ok()
    }

    async fn test_agent(
        &self,
        target: &Target,
        agent: &AgentId,
        ids: &[String],
        lost: Option<LostMemory>,
        context: &Context,
    ) -> Vec<Check> {
        let session = self.session(&target.connector, context);
        let found = read_record(&session, agent, "reading the agent").await;
        let (what, state) = match found {
            Ok(Some(_)) => ("found", CheckState::Works),
            Ok(None) => ("is not there", CheckState::Fails { error: missing(target, agent, ids, lost) }),
            Err(error) => ("cannot be read", CheckState::Fails { error: ErrorReport::of(&error) }),
        };
        let works = state == CheckState::Works;
        let tables = if works { Some(read_tables(&session, agent).await) } else { None };
        vec![Check { what: format!("Agent {agent} {what}"), state }, tables_check(tables.as_ref())]
    }
}

fn steps(failure: Option<&ConnectorError>) -> Vec<Check> {
    let at_proxy = matches!(failure, Some(ConnectorError::NoAnswer { failure: Failure::Proxy(_), .. }));
    let failure = failure.map(|error| ErrorReport::of(error));
    let broken_at = failure.as_ref().map(|failure| {
        if at_proxy {
            return NAME;
        }
        // A failure that fits no step is one of the server's answers.
        STEPS.iter().position(|(_, _, codes)| codes.contains(&failure.code)).unwrap_or(2)
    });
    let state = |index: usize| match (&failure, broken_at) {
        (Some(error), Some(broken)) if broken == index => CheckState::Fails { error: error.clone() },
        (_, Some(broken)) if broken < index => CheckState::Skipped,
        _ => CheckState::Works,
    };
    let check = |(index, (works, fails, _)): (usize, &(&str, &str, &[ErrorCode]))| {
        let state = state(index);
        let what = if matches!(state, CheckState::Fails { .. }) { *fails } else { *works };
        Check { what: what.into(), state }
    };
    STEPS.iter().enumerate().map(check).collect()
}

/// The first step where there is a proxy: it looks the name up itself, and whether it found anything shows only in what it lets
/// through.
fn through_proxy(proxy: &str, url: &url::Url) -> String {
    match url.scheme() {
        "https" => format!("The proxy {proxy} lets the connection through"),
        _ => format!("The proxy {proxy} answers"),
    }
}

fn count(agents: usize, lost: Option<&LostMemory>) -> String {
    match agents {
        0 if lost.is_some() => "It has 0 agents".into(),
        0 => "It has no agents yet".into(),
        count => format!("It has {}", counted(count, "agent")),
    }
}

fn missing(target: &Target, agent: &AgentId, ids: &[String], lost: Option<LostMemory>) -> ErrorReport {
    let error = super::Error::AgentNotFound { agent: agent.to_string(), server: target.name.clone(), lost };
    let mut report = error.report();
    let nearest = ids.iter().map(|id| (strsim::jaro_winkler(id, agent.as_str()), id));
    if let Some((_, id)) = nearest.filter(|(score, _)| *score > 0.8).max_by(|a, b| a.0.total_cmp(&b.0)) {
        report.hint = Some(format!("Did you mean {id}?"));
    }
    report
}

fn tables_check(tables: Option<&Tables>) -> Check {
    let (what, state) = match tables {
        None => ("Its tables are listed", CheckState::Skipped),
        Some(Tables::Listed(_)) => ("Its tables are listed", CheckState::Works),
        Some(Tables::Unavailable { .. }) => {
            let reason = "The server could not list them. Exports take the resources of type table instead.".into();
            ("Its tables are not listed", CheckState::Limited { reason })
        }
    };
    Check { what: what.into(), state }
}

fn without_key() -> Check {
    let reason = "None was given and none is stored. The server asked for none; every command that reads or changes an agent does.";
    Check { what: "No key".into(), state: CheckState::Limited { reason: reason.into() } }
}

fn key_not_asked() -> Check {
    let reason = "It lists its agents without one, so whether this key is right cannot be told. Whoever reaches the server can \
                  change its agents.";
    Check { what: "This server asks for no key".into(), state: CheckState::Limited { reason: reason.into() } }
}

fn without_encryption(loopback: bool) -> Check {
    if loopback {
        return Check { what: "The connection stays on this machine (plain http)".into(), state: CheckState::Works };
    }
    let state = CheckState::Limited { reason: "Anybody on the way can read the key.".into() };
    Check { what: "The connection is not encrypted (plain http)".into(), state }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::Proxies;
    use crate::operations::{EngineSettings, KeyNeed, TargetRequest};
    use crate::vault::Vault;

    /// The lines of a test, as far as they were tried.
    async fn lines(proxies: Proxies, url: &str) -> Vec<(String, bool)> {
        let folder = tempfile::tempdir().expect("folder");
        let settings = EngineSettings { proxies, ..EngineSettings::for_actor("tester") };
        let engine = Engine::new(folder.path(), Vault::memory(), settings);
        let request = TargetRequest { url: Some(url.into()), key: KeyNeed::Optional, ..TargetRequest::default() };
        let target = engine.target(&request).await.expect("a target");
        let report = engine.test_connection(&target, None, &Context::default()).await;
        let tried = report.checks.into_iter().filter(|check| check.state != CheckState::Skipped);
        tried.map(|check| (check.what, check.state == CheckState::Works)).collect()
    }

    #[tokio::test]
    async fn with_a_proxy_no_name_is_said_to_resolve() {
        let proxy = "127.0.0.1:1";
        let proxies = Proxies { https: format!("http://{proxy}"), ..Proxies::default() };
        let through = lines(proxies, "https://no-such-host.invalid").await;
        assert_eq!(through, [(format!("The proxy {proxy} lets the connection through"), false)]);
        let direct = lines(Proxies::default(), "https://no-such-host.invalid").await;
        assert_eq!(direct, [("The name does not resolve".to_owned(), false)]);
    }
}
