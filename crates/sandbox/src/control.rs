//! The control path: what [`crate::Handle`] does, for tests in another process. It is not counted, delayed, spoiled,
//! or asked for a key.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::shared::Shared;
use crate::switches::InvalidSwitch;

type Sandboxed = State<Arc<Shared>>;

/// A control request that was not carried out: 400 or 500, and one sentence.
struct Refused(StatusCode, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response<Body> {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

impl From<InvalidSwitch> for Refused {
    fn from(error: InvalidSwitch) -> Self {
        Self(StatusCode::BAD_REQUEST, error.to_string())
    }
}

impl From<crate::StateFileError> for Refused {
    fn from(error: crate::StateFileError) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

type Answer = Result<Json<Value>, Refused>;

pub(crate) fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/__sandbox/switches", get(switches).post(change_switches))
        .route("/__sandbox/requests", get(requests).delete(clear_requests))
        .route("/__sandbox/state", get(state))
        .route("/__sandbox/databases", post(set_databases))
        .route("/__sandbox/release", post(release))
        .route("/__sandbox/forget", post(forget))
        .route("/__sandbox/reset", post(reset))
        .with_state(shared)
}

async fn switches(State(shared): Sandboxed) -> Response<Body> {
    Json(&shared.switches().switches).into_response()
}

/// Sets the switches that the body names and keeps the rest.
async fn change_switches(State(shared): Sandboxed, body: Bytes) -> Result<Response<Body>, Refused> {
    let patch = parsed(&body)?;
    let changed = shared.change_switches(|switches| switches.patched(patch))?;
    Ok(Json(changed).into_response())
}

fn parsed<T: serde::de::DeserializeOwned>(body: &Bytes) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| Refused(StatusCode::BAD_REQUEST, format!("{error}")))
}

async fn requests(State(shared): Sandboxed) -> Response<Body> {
    Json(shared.record.traffic()).into_response()
}

async fn clear_requests(State(shared): Sandboxed) -> StatusCode {
    shared.record.clear();
    StatusCode::NO_CONTENT
}

async fn state(State(shared): Sandboxed) -> Response<Body> {
    Json(shared.registry().snapshot()).into_response()
}

/// Sets the tables of databases: `{"shop": ["products", "sales.invoices"]}`.
async fn set_databases(State(shared): Sandboxed, body: Bytes) -> Answer {
    let databases: BTreeMap<String, Vec<String>> = parsed(&body)?;
    let mut registry = shared.registry();
    for (database, tables) in databases {
        registry.set_tables(&database, tables);
    }
    shared.keep(&registry)?;
    Ok(Json(json!({"done": "databases"})))
}

/// Cuts the requests that hang.
async fn release(State(shared): Sandboxed) -> Json<Value> {
    shared.release.notify_waiters();
    Json(json!({"done": "release"}))
}

/// Loses all agents, as a restart of the connector does.
async fn forget(State(shared): Sandboxed) -> Answer {
    let mut registry = shared.registry();
    registry.forget();
    shared.keep(&registry)?;
    Ok(Json(json!({"done": "forget"})))
}

/// Back to the sample state and the first switches, with nothing recorded.
async fn reset(State(shared): Sandboxed) -> Answer {
    shared.reset()?;
    Ok(Json(json!({"done": "reset"})))
}
