//! Errors as the recorded server's web framework (Werkzeug and Flask) and its own code write them.

use std::borrow::Cow;

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use serde_json::{Value, json};

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

#[derive(Debug)]
pub(crate) enum Refusal {
    /// The service's own: `{"error": …}`.
    Service(StatusCode, String),
    /// The service's own, with further fields.
    Fields(StatusCode, Value),
    /// The framework's: an HTML page with this description.
    Page(StatusCode, Cow<'static, str>),
}

impl Refusal {
    pub(crate) fn bad_request(error: impl Into<String>) -> Self {
        Self::Service(StatusCode::BAD_REQUEST, error.into())
    }

    pub(crate) fn unknown_agent(id: &str) -> Self {
        Self::Service(StatusCode::NOT_FOUND, format!("Agent {id} not found"))
    }

    pub(crate) fn unknown_resource(agent_id: &str, resource_id: &str) -> Self {
        Self::Service(StatusCode::NOT_FOUND, format!("Resource {resource_id} not found for agent {agent_id}"))
    }

    pub(crate) const fn no_route() -> Self {
        Self::Page(
            StatusCode::NOT_FOUND,
            Cow::Borrowed(
                "The requested URL was not found on the server. If you entered the URL manually please check your \
                 spelling and try again.",
            ),
        )
    }

    pub(crate) const fn no_method() -> Self {
        Self::Page(StatusCode::METHOD_NOT_ALLOWED, Cow::Borrowed("The method is not allowed for the requested URL."))
    }

    pub(crate) const fn not_json() -> Self {
        Self::Page(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Cow::Borrowed(
                "Did not attempt to load JSON data because the request Content-Type was not &#39;application/json&#39;.",
            ),
        )
    }

    pub(crate) const fn too_large() -> Self {
        Self::Page(
            StatusCode::PAYLOAD_TOO_LARGE,
            Cow::Borrowed("The data value transmitted exceeds the capacity limit."),
        )
    }

    /// What an exception in the recorded server's code leads to.
    pub(crate) const fn exception() -> Self {
        Self::Page(
            StatusCode::INTERNAL_SERVER_ERROR,
            Cow::Borrowed(
                "The server encountered an internal error and was unable to complete your request. Either the server \
                 is overloaded or there is an error in the application.",
            ),
        )
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response<Body> {
        match self {
            Self::Service(status, error) => (status, Json(json!({"error": error}))).into_response(),
            Self::Fields(status, fields) => (status, Json(fields)).into_response(),
            Self::Page(status, description) => page(status, &description),
        }
    }
}

/// A page as Werkzeug writes it.
pub(crate) fn page(status: StatusCode, description: &str) -> Response<Body> {
    let code = status.as_u16();
    let name = match status {
        // Python's names differ from those of the http crate here and there.
        StatusCode::PAYLOAD_TOO_LARGE => "Request Entity Too Large",
        _ => status.canonical_reason().unwrap_or("Unknown Error"),
    };
    let html = format!(
        "<!doctype html>\n<html lang=en>\n<title>{code} {name}</title>\n<h1>{name}</h1>\n<p>{description}</p>\n"
    );
    (status, [(header::CONTENT_TYPE, HTML)], html).into_response()
}

/// The JSON of a request body, as Flask's `get_json() or {}` gives it to the recorded server's code.
///
/// # Errors
/// 415 without a JSON content type, 400 for what is not JSON; for JSON that is no object the exception that follows.
pub(crate) fn json_object(content_type: Option<&HeaderValue>, body: &Bytes) -> Result<JsonObject, Refusal> {
    if !content_type.and_then(|value| value.to_str().ok()).is_some_and(is_json) {
        return Err(Refusal::not_json());
    }
    let value: Value = serde_json::from_slice(body).map_err(|error| not_decoded(body, &error))?;
    match value {
        Value::Object(object) => Ok(object),
        falsy if is_falsy(&falsy) => Ok(JsonObject::new()),
        _ => Err(Refusal::exception()),
    }
}

pub(crate) type JsonObject = serde_json::Map<String, Value>;

fn is_json(content_type: &str) -> bool {
    let mime = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    mime == "application/json" || (mime.starts_with("application/") && mime.ends_with("+json"))
}

/// Falsy values of Python.
pub(crate) fn is_falsy(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(truth) => !truth,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

/// In the words of Python's `json`, which names the place in characters.
fn not_decoded(body: &[u8], error: &serde_json::Error) -> Refusal {
    let text = String::from_utf8_lossy(body);
    let (line, column) = (error.line().max(1), error.column().max(1));
    let before: usize = text.split_inclusive('\n').take(line - 1).map(|line| line.chars().count()).sum();
    let expected = if error.to_string().starts_with("key must be a string") {
        "Expecting property name enclosed in double quotes"
    } else {
        "Expecting value"
    };
    let char = before + column - 1;
    Refusal::Page(
        StatusCode::BAD_REQUEST,
        format!("Failed to decode JSON object: {expected}: line {line} column {column} (char {char})").into(),
    )
}
