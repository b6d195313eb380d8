//! The calls of the REST interface (docs/CONNECTOR.md), one function each.

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::answer::{self, AgentRecord, Missing, Problem, WirePermissions};
use super::client::{Answer, Connector, Request, Secrets};
use super::error::{ConnectorError, Effect};
use super::error_body::{ErrorBody, Form, presentable};
use crate::config::{AgentId, Permission, RateLimits, ResourcePermission, ResourcePermissions, addressable};

/// Everything but the unreserved characters of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A server that is an AI Agent Connector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Name of the service.
    pub service: String,
    /// `healthy`, or what else it says of itself.
    pub status: String,
}

/// Content of a registration.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The id.
    pub agent_id: AgentId,
    /// The name.
    pub name: String,
    /// The type.
    pub agent_type: Option<String>,
    /// Further `agent_info` fields.
    pub info: Map<String, Value>,
    /// The agent's API key, made by aidb and kept before this is sent.
    pub api_key: SecretString,
    /// The secret that goes with it; the server refuses a key without one.
    pub api_secret: SecretString,
    /// The database to link.
    pub database: Option<DatabaseLink>,
    /// Number of queries it may make, where that is known; else the server's default.
    pub rate_limits: Option<RateLimits>,
}

/// A database to link while registering: the only call that keeps the connection's name.
#[derive(Clone, Debug)]
pub struct DatabaseLink {
    /// Connection string.
    pub connection_string: SecretString,
    /// The name under which the environment knows it.
    pub connection_name: Option<String>,
    /// `postgresql`, `mysql`, …
    pub database_type: Option<String>,
}

/// Result of a removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// Was there and is gone.
    Removed,
    /// Was not there. In a repeated attempt that may be the doing of the first one.
    WasAbsent,
}

/// Verdict of the server on a connection string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseTest {
    /// Whether the server reached the database.
    pub verdict: DatabaseVerdict,
    /// The words, without any part of the connection string.
    pub message: String,
}

/// Whether the server reached the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseVerdict {
    /// Connected with the string that was given.
    Reachable,
    /// Did not.
    Unreachable,
}

impl Connector {
    /// Asks who answers there.
    ///
    /// # Errors
    /// [`ConnectorError::NotAConnector`] if it is something else than an AI Agent Connector.
    pub async fn health(&self) -> Result<Health, ConnectorError> {
        let request = Request::get("/api/health".to_owned());
        let answer = self.succeed(&request, self.send(&request).await?)?;
        let value: Value = self.json(&request, &answer)?;
        let field = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        match (field("service"), field("status")) {
            (Some(service), Some(status)) if service.to_lowercase().contains("agent connector") => {
                Ok(Health { service, status })
            }
            _ => Err(self.not_a_connector(&request, &answer)),
        }
    }

    /// The ids of all agents, in the server's order.
    ///
    /// # Errors
    /// Any [`ConnectorError`].
    pub async fn agent_ids(&self) -> Result<Vec<String>, ConnectorError> {
        #[derive(serde::Deserialize)]
        struct Ids {
            agents: Vec<String>,
        }
        let request = Request::get("/api/agents".to_owned());
        let answer = self.succeed(&request, self.send(&request).await?)?;
        Ok(self.json::<Ids>(&request, &answer)?.agents)
    }

    /// The agent without its permissions; `None` only for a definite "no such agent".
    ///
    /// # Errors
    /// Any [`ConnectorError`]; a 404 that is not definite is [`ConnectorError::NotAConnector`].
    pub async fn agent(&self, id: &AgentId) -> Result<Option<AgentRecord>, ConnectorError> {
        let request = Request::get(agent_path(id, ""));
        let Some(answer) = self.found(&request, id).await? else { return Ok(None) };
        let mut value: Value = self.parsed(&request, &answer)?;
        let withheld = answer::withhold_echoes(&mut value, &self.echoes());
        let record = withheld.and_then(|withheld| {
            let mut record = answer::agent_record(value, id)?;
            record.live.withheld.extend(withheld);
            Ok(record)
        });
        record.map(Some).map_err(|problem| self.bad_answer(&request, &problem))
    }

    /// All resource permissions of the agent; `None` only for a definite "no such agent".
    ///
    /// # Errors
    /// Any [`ConnectorError`]; a permission that aidb does not know is [`ConnectorError::BadAnswer`].
    pub async fn resource_permissions(&self, id: &AgentId) -> Result<Option<ResourcePermissions>, ConnectorError> {
        let request = Request::get(agent_path(id, "/permissions/resources"));
        let Some(answer) = self.found(&request, id).await? else { return Ok(None) };
        let wire: WirePermissions = self.json(&request, &answer)?;
        if wire.agent_id.as_deref().is_some_and(|answered| answered != id.as_str()) {
            return Err(self.bad_answer(&request, "it is about another agent (field agent_id)"));
        }
        wire.resources.into_permissions().map(Some).map_err(|problem| self.bad_answer(&request, &problem))
    }

    /// The resource ids of the tables of the agent's database, sorted, each once. Callers want [`super::read_tables`]:
    /// servers refuse this call for good reasons and bad, and no operation may fail by it.
    pub(super) async fn tables(&self, id: &AgentId) -> Result<Vec<String>, ConnectorError> {
        let request = Request { effect: Effect::Dispensable, ..Request::get(agent_path(id, "/tables")) };
        let answer = self.send(&request).await?;
        let answer = self.succeed_for(&request, answer, id)?;
        let value: Value = self.json(&request, &answer)?;
        answer::tables(&value).map_err(|problem| self.bad_answer(&request, &problem))
    }

    /// Number of queries the agent may make; `None` where the server has no such call. It answers for agents that do not exist too
    /// (docs/CONNECTOR.md), so look for the agent first.
    ///
    /// # Errors
    /// Any [`ConnectorError`].
    pub async fn rate_limits(&self, id: &AgentId) -> Result<Option<RateLimits>, ConnectorError> {
        let request = Request::get(rate_limits_path(id));
        let answer = self.send(&request).await?;
        if matches!(answer.status, 404 | 405 | 501) {
            return Ok(None);
        }
        let answer = self.succeed(&request, answer)?;
        let value: Value = self.json(&request, &answer)?;
        answer::rate_limits(&value).map(Some).map_err(|problem| self.bad_answer(&request, &problem))
    }

    /// Sets how many queries the agent may make.
    ///
    /// # Errors
    /// Any [`ConnectorError`].
    pub async fn set_rate_limits(&self, id: &AgentId, limits: &RateLimits) -> Result<(), ConnectorError> {
        let request = Request {
            method: Method::PUT,
            path: rate_limits_path(id),
            effect: Effect::Repeatable,
            body: Some(Bytes::from(written(&limits.0, 128)?)),
            secrets: Secrets::default(),
        };
        let answer = self.send(&request).await?;
        let answer = self.succeed_for(&request, answer, id)?;
        self.acknowledged(&request, &answer)
    }

    /// Registers an agent that does not exist. Look first: on an id that exists it kills the agent's key and unlinks its
    /// database (docs/CONNECTOR.md).
    ///
    /// # Errors
    /// Any [`ConnectorError`]. [`ConnectorError::retry`] is `Safe` only where it definitely had no effect.
    pub async fn register(&self, registration: &Registration) -> Result<(), ConnectorError> {
        let database = registration.database.as_ref();
        let request = Request {
            method: Method::POST,
            path: "/api/agents/register".to_owned(),
            effect: Effect::Once,
            body: Some(registration_body(registration)?),
            secrets: Secrets {
                keys: [Some(&registration.api_key), Some(&registration.api_secret)],
                connection: database.map(|link| &link.connection_string),
            },
        };
        let answer = self.succeed(&request, self.send(&request).await?)?;
        self.acknowledged(&request, &answer)
    }

    /// Links a database to an agent that exists. The server forgets the connection name that it had.
    ///
    /// # Errors
    /// Any [`ConnectorError`], its texts without any part of the connection string.
    pub async fn link_database(&self, id: &AgentId, connection_string: &SecretString) -> Result<(), ConnectorError> {
        let path = agent_path(id, "/database");
        let request = connection_request(Method::PUT, path, Effect::Repeatable, connection_string)?;
        let answer = self.send(&request).await?;
        let answer = self.succeed_for(&request, answer, id)?;
        self.acknowledged(&request, &answer)
    }

    /// Replaces what the agent may do with one resource.
    ///
    /// # Errors
    /// Any [`ConnectorError`].
    pub async fn set_resource_permission(
        &self,
        id: &AgentId,
        resource_id: &str,
        permission: &ResourcePermission,
    ) -> Result<(), ConnectorError> {
        let body = PermissionBody {
            resource_id,
            resource_type: &permission.resource_type,
            permissions: permission.permissions.iter().map(Permission::as_str).collect(),
        };
        let request = Request {
            method: Method::PUT,
            path: agent_path(id, "/permissions/resources"),
            effect: Effect::Repeatable,
            body: Some(Bytes::from(written(&body, 128)?)),
            secrets: Secrets::default(),
        };
        let answer = self.send(&request).await?;
        let answer = self.succeed_for(&request, answer, id)?;
        self.acknowledged(&request, &answer)
    }

    /// Takes every permission on one resource away.
    ///
    /// # Errors
    /// [`ConnectorError::IdNotAddressable`] before anything is sent; [`ConnectorError::AgentNotFound`] if it is the agent
    /// that is missing; any other [`ConnectorError`].
    pub async fn revoke(&self, id: &AgentId, resource_id: &str) -> Result<Removal, ConnectorError> {
        addressable(resource_id)
            .map_err(|reason| ConnectorError::IdNotAddressable { id: resource_id.to_owned(), reason })?;
        let resource = utf8_percent_encode(resource_id, SEGMENT);
        let request = Request::delete(agent_path(id, &format!("/permissions/resources/{resource}")));
        let answer = self.send(&request).await?;
        if answer.status == 404 {
            let json = parsed(&answer);
            if answer::missing(json.as_ref(), id.as_str(), Some(resource_id)) == Missing::Resource {
                return Ok(Removal::WasAbsent);
            }
        }
        let answer = self.succeed_for(&request, answer, id)?;
        self.acknowledged(&request, &answer).map(|()| Removal::Removed)
    }

    /// Deletes the agent with its permissions, key, database link and rate limits.
    ///
    /// # Errors
    /// Any [`ConnectorError`].
    pub async fn delete_agent(&self, id: &AgentId) -> Result<Removal, ConnectorError> {
        let request = Request::delete(agent_path(id, ""));
        match self.found(&request, id).await? {
            Some(answer) => self.acknowledged(&request, &answer).map(|()| Removal::Removed),
            None => Ok(Removal::WasAbsent),
        }
    }

    /// Lets the server try a connection string, without linking it.
    ///
    /// # Errors
    /// Any [`ConnectorError`]; that the server does not reach the database is none.
    pub async fn test_database(&self, connection_string: &SecretString) -> Result<DatabaseTest, ConnectorError> {
        let path = "/api/databases/test".to_owned();
        let request = connection_request(Method::POST, path, Effect::None, connection_string)?;
        let answer = self.send(&request).await?;
        let json = parsed(&answer);
        let status = json.as_ref().and_then(|json| json.get("status")).and_then(Value::as_str);
        let verdict = match (answer.status, status) {
            (200, Some("success")) => DatabaseVerdict::Reachable,
            (200 | 400, Some(_)) => DatabaseVerdict::Unreachable,
            (200, None) => {
                self.json::<Value>(&request, &answer)?;
                return Err(self.bad_answer(&request, "the field status is missing"));
            }
            _ => return Err(self.refusal(&request, &answer, None)),
        };
        let message = ErrorBody::read(&answer.body, json.as_ref(), &self.scrubber()).text;
        Ok(DatabaseTest { verdict, message })
    }

    /// Sends a request about an agent; `None` for a definite "no such agent".
    async fn found(&self, request: &Request<'_>, id: &AgentId) -> Result<Option<Answer>, ConnectorError> {
        let answer = self.send(request).await?;
        match self.succeed_for(request, answer, id) {
            Ok(answer) => Ok(Some(answer)),
            Err(ConnectorError::AgentNotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn succeed(&self, request: &Request<'_>, answer: Answer) -> Result<Answer, ConnectorError> {
        if (200..300).contains(&answer.status) { Ok(answer) } else { Err(self.refusal(request, &answer, None)) }
    }

    fn succeed_for(&self, request: &Request<'_>, answer: Answer, id: &AgentId) -> Result<Answer, ConnectorError> {
        if (200..300).contains(&answer.status) { Ok(answer) } else { Err(self.refusal(request, &answer, Some(id))) }
    }

    /// The error of an answer that is no success.
    fn refusal(&self, request: &Request<'_>, answer: &Answer, id: Option<&AgentId>) -> ConnectorError {
        let (status, call) = (answer.status, self.call(request));
        if (300..400).contains(&status) {
            let to = answer.location.as_ref().map(|to| to.origin().ascii_serialization());
            let to = to.map(|to| presentable(&to, &self.scrubber()));
            return ConnectorError::Redirected { status, to, call };
        }
        let json = parsed(answer);
        let text = ErrorBody::read(&answer.body, json.as_ref(), &self.scrubber()).text;
        match (status, id) {
            (404, Some(id)) if answer::missing(json.as_ref(), id.as_str(), None) == Missing::Agent => {
                ConnectorError::AgentNotFound { id: id.as_str().to_owned(), text, call }
            }
            (404, _) => ConnectorError::NotAConnector { status, text, call },
            _ => {
                let (retry_after, with_key) = (answer.retry_after, self.has_key());
                ConnectorError::Api { status, text, retry_after, with_key, call }
            }
        }
    }

    /// A write's answer has to be an object: a login page of a gateway also says 200.
    fn acknowledged(&self, request: &Request<'_>, answer: &Answer) -> Result<(), ConnectorError> {
        if answer.status == 204 {
            return Ok(());
        }
        self.parsed::<IgnoredAny>(request, answer)?;
        match answer.body.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{') => Ok(()),
            _ => Err(self.bad_answer(request, "it is not an object")),
        }
    }

    /// Data of an answer, which may be shown and stored from here on.
    fn json<T: DeserializeOwned>(&self, request: &Request<'_>, answer: &Answer) -> Result<T, ConnectorError> {
        let value = self.parsed(request, answer)?;
        match self.echoes().in_data(&String::from_utf8_lossy(&answer.body)) {
            true => Err(self.bad_answer(request, answer::ECHO)),
            false => Ok(value),
        }
    }

    fn parsed<T: DeserializeOwned>(&self, request: &Request<'_>, answer: &Answer) -> Result<T, ConnectorError> {
        let mut reader = serde_json::Deserializer::from_slice(&answer.body);
        let value = match serde_path_to_error::deserialize(&mut reader) {
            Ok(value) => value,
            Err(error) => {
                let (path, inner) = (error.path().to_string(), error.into_inner());
                return Err(self.unreadable(request, answer, &inner, &path));
            }
        };
        reader.end().map_err(|error| self.unreadable(request, answer, &error, ""))?;
        Ok(value)
    }

    fn unreadable(
        &self,
        request: &Request<'_>,
        answer: &Answer,
        why: &serde_json::Error,
        path: &str,
    ) -> ConnectorError {
        let said = ErrorBody::read(&answer.body, None, &self.scrubber());
        match (why.classify(), said.form) {
            (serde_json::error::Category::Data, _) => {
                // Not the parser's own words: they repeat the value, which may be a secret.
                self.bad_answer(request, &format!("the field {path} is missing or has another shape"))
            }
            (_, Form::Html) => self.not_a_connector(request, answer),
            (_, Form::Empty) => self.bad_answer(request, "it is empty"),
            (serde_json::error::Category::Eof, _) => ConnectorError::CutOff { call: self.call(request) },
            _ => self.bad_answer(request, "it is not JSON"),
        }
    }

    fn not_a_connector(&self, request: &Request<'_>, answer: &Answer) -> ConnectorError {
        let json = parsed(answer);
        let text = ErrorBody::read(&answer.body, json.as_ref(), &self.scrubber()).text;
        ConnectorError::NotAConnector { status: answer.status, text, call: self.call(request) }
    }

    /// The agent was there, and its permissions answer that there is no such agent.
    pub(super) fn vanished(&self, id: &AgentId) -> ConnectorError {
        let request = Request::get(agent_path(id, "/permissions/resources"));
        ConnectorError::Vanished { id: id.to_string(), call: self.call(&request) }
    }

    fn bad_answer(&self, request: &Request<'_>, problem: &str) -> ConnectorError {
        let problem: Problem = presentable(problem, &self.scrubber());
        ConnectorError::BadAnswer { problem, call: self.call(request) }
    }
}

fn parsed(answer: &Answer) -> Option<Value> {
    serde_json::from_slice(&answer.body).ok()
}

fn agent_path(id: &AgentId, rest: &str) -> String {
    format!("/api/agents/{}{rest}", utf8_percent_encode(id.as_str(), SEGMENT))
}

fn rate_limits_path(id: &AgentId) -> String {
    format!("/api/rate-limits/{}", utf8_percent_encode(id.as_str(), SEGMENT))
}

#[derive(Serialize)]
struct PermissionBody<'a> {
    resource_id: &'a str,
    resource_type: &'a str,
    permissions: Vec<&'static str>,
}

#[derive(Serialize)]
struct ConnectionBody<'a> {
    connection_string: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection_name: Option<&'a str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    database_type: Option<&'a str>,
}

#[derive(Serialize)]
struct RegistrationBody<'a> {
    agent_id: &'a str,
    agent_info: Map<String, Value>,
    agent_credentials: CredentialsBody<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<ConnectionBody<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limits: Option<&'a RateLimits>,
}

#[derive(Serialize)]
struct CredentialsBody<'a> {
    api_key: &'a str,
    api_secret: &'a str,
}

fn connection_request(
    method: Method,
    path: String,
    effect: Effect,
    connection: &SecretString,
) -> Result<Request<'_>, ConnectorError> {
    let body =
        ConnectionBody { connection_string: connection.expose_secret(), connection_name: None, database_type: None };
    let body = wiped(written(&body, connection.expose_secret().len() * 6 + 64)?);
    let secrets = Secrets { connection: Some(connection), ..Secrets::default() };
    Ok(Request { method, path, effect, body: Some(body), secrets })
}

fn registration_body(registration: &Registration) -> Result<Bytes, ConnectorError> {
    let link = registration.database.as_ref();
    let (key, secret) = (registration.api_key.expose_secret(), registration.api_secret.expose_secret());
    let connection_bytes = link.map_or(0, |link| link.connection_string.expose_secret().len());
    let mut agent_info = registration.info.clone();
    agent_info.insert("name".to_owned(), Value::String(registration.name.clone()));
    agent_info.remove("type");
    if let Some(agent_type) = &registration.agent_type {
        agent_info.insert("type".to_owned(), Value::String(agent_type.clone()));
    }
    let info_bytes = written(&agent_info, 0)?.len();
    let body = RegistrationBody {
        agent_id: registration.agent_id.as_str(),
        agent_info,
        agent_credentials: CredentialsBody { api_key: key, api_secret: secret },
        database: link.map(|link| ConnectionBody {
            connection_string: link.connection_string.expose_secret(),
            connection_name: link.connection_name.as_deref(),
            database_type: link.database_type.as_deref(),
        }),
        rate_limits: registration.rate_limits.as_ref(),
    };
    // A character takes six bytes at most when it is escaped; the rest are names and punctuation.
    let texts = key.len() + secret.len() + connection_bytes + registration.agent_id.as_str().len();
    Ok(wiped(written(&body, texts * 6 + info_bytes + 4096)?))
}

/// The body as bytes, in a buffer that does not move while it is written if `capacity` is enough: moving would leave a
/// copy of its secrets behind.
fn written<T: Serialize>(body: &T, capacity: usize) -> Result<Vec<u8>, ConnectorError> {
    let mut bytes = Vec::with_capacity(capacity);
    serde_json::to_writer(&mut bytes, body).map_err(|_| ConnectorError::Unwritable)?;
    Ok(bytes)
}

/// A body that is wiped when the request is done with it.
fn wiped(bytes: Vec<u8>) -> Bytes {
    Bytes::from_owner(Zeroizing::new(bytes))
}
