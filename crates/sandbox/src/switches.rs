//! What can be switched: how the server answers, and which request it spoils.
//!
//! The serde form is what `POST /__sandbox/switches` takes and `GET` gives back.

use std::collections::BTreeMap;
use std::fmt;

use http::{HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// Stands for a secret wherever switches are shown.
const REDACTED: &str = "***";

/// Everything that can be switched while the sandbox runs. The default behaves as the recorded server does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// Milliseconds that every request waits before anything happens.
    pub latency_ms: u64,
    /// Requests a second that are let through, with a burst of one second's worth; beyond that 429. `None`: no limit.
    pub requests_per_second: Option<u32>,
    /// The form of `Retry-After` on those 429.
    pub retry_after: RetryAfter,
    /// The key that every request has to carry in `X-API-Key`; anything else is 401.
    pub required_api_key: Option<ApiKey>,
    /// A key that is known and not allowed: 403.
    pub forbidden_api_key: Option<ApiKey>,
    /// Answer of `GET …/tables` for an agent that has a database.
    pub tables: TablesAnswer,
    /// Whether databases can be connected to.
    pub database: DatabaseAnswer,
    /// The shape of `GET /api/agents/{id}`.
    pub agent_shape: AgentShape,
    /// Whether an agent's answer holds the hash of its API key.
    pub key_hash: KeyHashAnswer,
    /// The order of the keys of `resources`.
    pub resource_order: ResourceOrder,
    /// Spelling of values in answers: as they were sent, or as another language writes them down again.
    pub spelling: Spelling,
    /// Whether members that are `null` come back.
    pub nulls: Nulls,
    /// Whether connections stay open after an answer.
    pub connection: ConnectionMode,
    /// Whether writes are stored, or only confirmed.
    pub writes: Writes,
    /// A path prefix under which alone the API is found, for example `/connector`; empty for none.
    pub path_prefix: String,
    /// Requests to be spoiled. Where several strike the same request, the first in the list does it.
    pub faults: Vec<Fault>,
}

impl Switches {
    /// Takes over the keys that `patch` has and keeps the rest.
    ///
    /// # Errors
    /// When `patch` is not an object, or a key or value of it is none of the switches.
    pub fn patched(&self, patch: Value) -> Result<Self, InvalidSwitch> {
        let Value::Object(patch) = patch else { return Err(InvalidSwitch("switches are a JSON object".to_owned())) };
        let mut merged = serde_json::to_value(self).map_err(InvalidSwitch::from_json)?;
        let keeps_required = !patch.contains_key("required_api_key");
        let keeps_forbidden = !patch.contains_key("forbidden_api_key");
        if let Value::Object(fields) = &mut merged {
            // Keys are redacted in the serialised form and cannot make the round trip.
            fields.remove("required_api_key");
            fields.remove("forbidden_api_key");
            fields.extend(patch);
        }
        let mut switches: Self = serde_json::from_value(merged).map_err(InvalidSwitch::from_json)?;
        if keeps_required {
            switches.required_api_key.clone_from(&self.required_api_key);
        }
        if keeps_forbidden {
            switches.forbidden_api_key.clone_from(&self.forbidden_api_key);
        }
        switches.check()?;
        Ok(switches)
    }

    /// Whether every value makes sense; what the types alone do not say.
    ///
    /// # Errors
    /// For a path prefix without a slash in front or with one at the end, a fault that counts from 0, and a header whose
    /// name is none.
    pub fn check(&self) -> Result<(), InvalidSwitch> {
        let prefix = &self.path_prefix;
        if !prefix.is_empty() && (!prefix.starts_with('/') || prefix.ends_with('/')) {
            return Err(InvalidSwitch(format!("path_prefix {prefix:?} does not look like \"/connector\"")));
        }
        self.faults.iter().try_for_each(Fault::check)
    }
}

/// A switch that does not exist, or a value that it cannot take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("These switches cannot be set: {0}. Nothing was changed.")]
pub struct InvalidSwitch(String);

impl InvalidSwitch {
    #[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
    fn from_json(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

/// An API key to be asked for. Never shown: `Debug` and serde write `***`, and `***` is not accepted as a key.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// Takes the key as it stands in the header.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    pub(crate) fn matches(&self, header: &HeaderValue) -> bool {
        header.as_bytes() == self.0.as_bytes()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({REDACTED})")
    }
}

impl Serialize for ApiKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(REDACTED)
    }
}

impl<'de> Deserialize<'de> for ApiKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        if key == REDACTED {
            return Err(serde::de::Error::custom("the API key is the redacted form of one, not a key"));
        }
        Ok(Self(key))
    }
}

/// The form of `Retry-After` on a 429.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// Whole seconds.
    #[default]
    Seconds,
    /// An HTTP date.
    HttpDate,
    /// No such header.
    Absent,
}

/// Answer of `GET …/tables` for an agent that has a database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TablesAnswer {
    /// 500, as the recorded server does for every agent with a database.
    #[default]
    Refused,
    /// The objects of the API reference.
    Listed,
    /// Plain strings, as older servers answer.
    Names,
}

/// Whether databases can be connected to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseAnswer {
    /// All but those on port 1 of this machine, which refuse as in the recording.
    #[default]
    Reachable,
    /// None.
    Unreachable,
    /// None, and the error text holds the whole connection string, password included, as some drivers do.
    EchoesConnectionString,
}

/// The shape of `GET /api/agents/{id}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentShape {
    /// The fields of `agent_info` at the top level, as recorded.
    #[default]
    Flat,
    /// `agent_info` and `resource_permissions` as objects of their own.
    Nested,
}

/// Whether an agent's answer holds the hash of its API key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyHashAnswer {
    /// Does, as recorded.
    #[default]
    Shown,
    /// Does not, as behind a gateway that takes it out.
    Hidden,
}

/// The order of the keys of `resources`. Order never means anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceOrder {
    /// By id, as recorded.
    #[default]
    Sorted,
    /// As they were first set.
    Insertion,
}

/// Spelling of values in answers. Every server reads what it is sent and writes it down again in its own language's way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spelling {
    /// As they were sent.
    #[default]
    AsSent,
    /// As Python does: a number with a point or an exponent is a float and stays one (`1e3` becomes `1000.0`), integers have any
    /// size, keys are sorted, and what is not ASCII is escaped.
    Python,
    /// As JavaScript does: every number is a double (`1000.0` becomes `1000`, large integers lose digits), keys that are numbers
    /// come first, and slashes are escaped, as some of its libraries do.
    JavaScript,
}

/// Whether members that are `null` come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nulls {
    /// They do.
    #[default]
    Kept,
    /// They are left out, as Go's `omitempty` and many a mapper do.
    LeftOut,
}

/// Whether connections stay open after an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionMode {
    /// They do.
    #[default]
    KeepAlive,
    /// Every answer says `Connection: close` and means it, as the development server does.
    Close,
}

/// Whether writes are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Writes {
    /// They are.
    #[default]
    Stored,
    /// They are confirmed with 200 and 201, and forgotten.
    OnlyConfirmed,
}

/// One spoiled request, or several: which, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Counts only requests of this method.
    #[serde(default)]
    pub method: Option<String>,
    /// Counts only requests whose path, as sent, holds this text.
    #[serde(default)]
    pub path_contains: Option<String>,
    /// Strikes the n-th of the requests that match, from 1, counted from when the fault was switched on.
    #[serde(default = "one")]
    pub nth: u64,
    /// Number of matching requests it strikes, from the n-th on; `None` (`null`) for all of them.
    #[serde(default = "once")]
    pub times: Option<u64>,
    /// Whether the request takes effect at the server.
    #[serde(default)]
    pub effect: Effect,
    /// Answer that the client gets instead.
    pub answer: FaultAnswer,
}

const fn one() -> u64 {
    1
}

#[expect(clippy::unnecessary_wraps, reason = "a serde default has the type of its field")]
const fn once() -> Option<u64> {
    Some(1)
}

impl Fault {
    /// Strikes the `nth` request once, before it takes effect.
    #[must_use]
    pub const fn on(nth: u64, answer: FaultAnswer) -> Self {
        Self { method: None, path_contains: None, nth, times: Some(1), effect: Effect::Before, answer }
    }

    /// Counts only requests of this method.
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Counts only requests whose path, as sent, holds this text.
    #[must_use]
    pub fn path_contains(mut self, text: impl Into<String>) -> Self {
        self.path_contains = Some(text.into());
        self
    }

    /// Strikes after the request took effect.
    #[must_use]
    pub const fn after_effect(mut self) -> Self {
        self.effect = Effect::After;
        self
    }

    /// Strikes so many matching requests in a row.
    #[must_use]
    pub const fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Strikes every matching request from the n-th on.
    #[must_use]
    pub const fn for_ever(mut self) -> Self {
        self.times = None;
        self
    }

    fn check(&self) -> Result<(), InvalidSwitch> {
        if self.nth == 0 {
            return Err(InvalidSwitch("nth counts from 1".to_owned()));
        }
        let FaultAnswer::Status { headers, .. } = &self.answer else { return Ok(()) };
        match headers.keys().find(|name| HeaderName::try_from(name.as_str()).is_err()) {
            Some(name) => Err(InvalidSwitch(format!("{name:?} is no header's name"))),
            None => Ok(()),
        }
    }

    pub(crate) fn counts(&self, method: &http::Method, path: &str) -> bool {
        self.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method.as_str()))
            && self.path_contains.as_deref().is_none_or(|text| path.contains(text))
    }

    pub(crate) fn strikes_at(&self, occurrence: u64) -> bool {
        occurrence >= self.nth && self.times.is_none_or(|times| occurrence - self.nth < times)
    }
}

/// Whether a spoiled request takes effect at the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Does not: nothing is stored.
    #[default]
    Before,
    /// Does: the change is stored, and then the answer is spoiled.
    After,
}

/// Answer that the client gets instead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultAnswer {
    /// An error status.
    Status {
        /// The status.
        #[serde(with = "status_code")]
        status: StatusCode,
        /// Body.
        #[serde(default)]
        body: ErrorBody,
        /// Further headers, for example `Retry-After`.
        #[serde(default)]
        headers: BTreeMap<String, HeaderText>,
    },
    /// A redirect.
    Redirect {
        /// 301, 302, 303, 307 or 308.
        #[serde(with = "status_code")]
        status: StatusCode,
        /// The `Location` header.
        location: HeaderText,
    },
    /// The connection is closed without an answer.
    Cut,
    /// The connection is closed without an answer, all others too, and for a time nothing listens on the port.
    Refuse {
        /// Time, in milliseconds.
        ms: u64,
    },
    /// Half of the answer's body, though `Content-Length` promises all of it, then the connection is closed.
    CutBody,
    /// No answer for a time. Before the effect: the request is carried out after the wait, if the client is still there.
    Hang {
        /// Time, in milliseconds; `None` (`null`) until [`crate::Handle::release`], a reset, or the end.
        #[serde(default)]
        ms: Option<u64>,
    },
    /// No answer until [`crate::Handle::release`], or for as long as this fault is among the switches; then the request goes its
    /// ordinary way. Whoever tests decides when, and no clock does.
    Hold,
    /// The whole answer, its body in drips.
    Trickle {
        /// Bytes in a drip; 0 counts as 1.
        bytes: usize,
        /// Milliseconds before each.
        every_ms: u64,
    },
    /// The whole answer under another content type.
    ContentType {
        /// The `Content-Type` header.
        value: HeaderText,
    },
    /// 200 with an HTML page, as a login page of a gateway does.
    HtmlPage,
    /// The answer of a success. Nothing is stored, whatever the fault's `effect` says.
    Lie,
}

impl FaultAnswer {
    /// An error status with a body of that kind.
    ///
    /// A number that is no HTTP status counts as 500.
    #[must_use]
    pub fn status(status: u16, body: ErrorBody) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::Status { status, body, headers: BTreeMap::new() }
    }

    /// A redirect to `location`. A number that is no HTTP status counts as 302.
    ///
    /// # Errors
    /// When `location` cannot stand in a header.
    pub fn redirect(status: u16, location: &str) -> Result<Self, InvalidSwitch> {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::FOUND);
        Ok(Self::Redirect { status, location: HeaderText::try_from(location.to_owned())? })
    }

    /// The word of the serde form: what the request log says struck.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::Redirect { .. } => "redirect",
            Self::Cut => "cut",
            Self::Refuse { .. } => "refuse",
            Self::CutBody => "cut_body",
            Self::Hang { .. } => "hang",
            Self::Hold => "hold",
            Self::Trickle { .. } => "trickle",
            Self::ContentType { .. } => "content_type",
            Self::HtmlPage => "html_page",
            Self::Lie => "lie",
        }
    }
}

/// The body of an error status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorBody {
    /// `{"error": …}`, as the service itself answers.
    #[default]
    Json,
    /// A page, as the web framework and gateways answer.
    Html,
    /// Nothing.
    Empty,
}

/// A text that can stand in a header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HeaderText(HeaderValue);

impl HeaderText {
    pub(crate) fn value(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl TryFrom<String> for HeaderText {
    type Error = InvalidSwitch;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match HeaderValue::from_str(&text) {
            Ok(value) => Ok(Self(value)),
            Err(_) => Err(InvalidSwitch(format!("{text:?} cannot stand in a header"))),
        }
    }
}

impl From<HeaderText> for String {
    fn from(text: HeaderText) -> Self {
        Self::from_utf8_lossy(text.0.as_bytes()).into_owned()
    }
}

mod status_code {
    use super::{Deserialize, Deserializer, Serializer, StatusCode};

    pub(super) fn serialize<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(status.as_u16())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StatusCode, D::Error> {
        let number = u16::deserialize(deserializer)?;
        StatusCode::from_u16(number).map_err(|_| serde::de::Error::custom(format!("{number} is no HTTP status")))
    }
}
