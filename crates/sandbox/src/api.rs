//! The connector's REST interface, in the recorded server's words and in its order of checks: the agent first, then the
//! body, then its fields.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::framework::{JsonObject, Refusal, is_falsy, json_object};
use crate::registry::{AgentRecord, DatabaseLink, RateLimits, Registry, Resource, Storing};
use crate::shared::Shared;
use crate::snapshot::Permission;
use crate::switches::{AgentShape, KeyHashAnswer, ResourceOrder, TablesAnswer};

mod link;
mod register;

type Sandboxed = State<Arc<Shared>>;
type Answer = Result<Response<Body>, Refusal>;

/// The whole interface. A handler finds out by [`Storing`] whether it may change anything.
pub(crate) fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/api", get(service_info))
        .route("/api/health", get(health))
        .route("/api/agents", get(list_agents))
        // An agent may be called "register": the recorded server tells the two apart by the method.
        .route("/api/agents/register", post(register::register).get(get_agent_register).delete(delete_agent_register))
        .route("/api/agents/{id}", get(get_agent).delete(delete_agent))
        .route("/api/agents/{id}/permissions/resources", get(list_resources).put(set_resource))
        .route("/api/agents/{id}/permissions/resources/{resource_id}", delete(revoke_resource))
        .route("/api/agents/{id}/tables", get(list_tables))
        .route("/api/agents/{id}/database", put(link::link_database))
        .route("/api/databases/test", post(link::test_database))
        .route("/api/rate-limits/{id}", get(get_rate_limits).put(set_rate_limits))
        .fallback(async || Refusal::no_route())
        .method_not_allowed_fallback(async || Refusal::no_method())
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(shared)
}

/// The time as the recorded server writes it.
pub(crate) fn timestamp() -> String {
    chrono::Utc::now().format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

fn body_of(headers: &HeaderMap, body: &Bytes) -> Result<JsonObject, Refusal> {
    json_object(headers.get(header::CONTENT_TYPE), body)
}

fn ok(body: impl serde::Serialize) -> Response<Body> {
    Json(body).into_response()
}

async fn service_info() -> Json<Value> {
    Json(json!({
        "note": "Running in simplified mode (no GraphQL)",
        "service": "AI Agent Connector",
        "status": "running",
        "version": "0.1.0",
    }))
}

async fn health() -> Json<Value> {
    Json(json!({"service": "AI Agent Connector", "status": "healthy"}))
}

async fn list_agents(State(shared): Sandboxed) -> Response<Body> {
    let registry = shared.registry();
    let agents = registry.agent_ids();
    ok(json!({"agents": agents, "count": agents.len()}))
}

async fn get_agent(State(shared): Sandboxed, Path(id): Path<String>) -> Answer {
    let switches = shared.switches();
    let registry = shared.registry();
    let agent = registry.agent(&id)?;
    let mut fields = match switches.switches.agent_shape {
        AgentShape::Flat => agent.info.clone(),
        AgentShape::Nested => {
            let resources = resources_answer(agent, switches.switches.resource_order);
            let nested = json!({"agent_info": agent.info, "resource_permissions": resources});
            nested.as_object().cloned().unwrap_or_default()
        }
    };
    // The server's own fields win over fields of agent_info that have the same name.
    fields.insert("agent_id".to_owned(), id.clone().into());
    if switches.switches.key_hash == KeyHashAnswer::Shown {
        fields.insert("api_key_hash".to_owned(), agent.api_key_hash.clone().into());
    }
    fields.insert("registered_at".to_owned(), agent.registered_at.clone().into());
    if let Some(link) = &agent.database {
        fields.insert("database".to_owned(), link.shown.clone().into());
    }
    Ok(ok(fields))
}

async fn get_agent_register(state: Sandboxed) -> Answer {
    get_agent(state, Path("register".to_owned())).await
}

async fn delete_agent(
    State(shared): Sandboxed,
    Path(id): Path<String>,
    Extension(storing): Extension<Storing>,
) -> Answer {
    shared.store(storing, |registry| registry.remove(&id, storing))?;
    Ok(ok(json!({
        "details": {
            "agent_id": id,
            "api_keys_invalidated": true,
            "credentials_removed": true,
            "database_access_removed": true,
            "permissions_revoked": true,
            "rate_limits_removed": true,
        },
        "message": format!("Agent {id} revoked successfully"),
    })))
}

async fn delete_agent_register(state: Sandboxed, storing: Extension<Storing>) -> Answer {
    delete_agent(state, Path("register".to_owned()), storing).await
}

/// `resources` in the order that is switched on.
struct ResourcesAnswer<'a>(Vec<(&'a String, &'a Resource)>);

fn resources_answer(agent: &AgentRecord, order: ResourceOrder) -> ResourcesAnswer<'_> {
    let mut resources: Vec<_> = agent.resources.iter().collect();
    if order == ResourceOrder::Insertion {
        resources.sort_unstable_by_key(|(_, resource)| resource.place);
    }
    ResourcesAnswer(resources)
}

#[derive(serde::Serialize)]
struct ResourceAnswer<'a> {
    permissions: &'a [Permission],
    r#type: &'a str,
}

impl serde::Serialize for ResourcesAnswer<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(id, resource)| {
            (id, ResourceAnswer { permissions: &resource.permissions, r#type: &resource.resource_type })
        }))
    }
}

#[derive(serde::Serialize)]
struct ListResourcesAnswer<'a> {
    agent_id: &'a str,
    resources: ResourcesAnswer<'a>,
}

async fn list_resources(State(shared): Sandboxed, Path(id): Path<String>) -> Answer {
    let order = shared.switches().switches.resource_order;
    let registry = shared.registry();
    let agent = registry.agent(&id)?;
    Ok(ok(ListResourcesAnswer { agent_id: &id, resources: resources_answer(agent, order) }))
}

#[derive(serde::Serialize)]
struct SetResourceAnswer<'a> {
    agent_id: &'a str,
    permissions: &'a Value,
    resource_id: &'a str,
}

async fn set_resource(
    State(shared): Sandboxed,
    Path(id): Path<String>,
    Extension(storing): Extension<Storing>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    shared.registry().agent(&id)?;
    let mut fields = body_of(&headers, &body)?;
    let resource_id = match fields.remove("resource_id") {
        Some(value) if !is_falsy(&value) => text_of(value),
        _ => return Err(Refusal::bad_request("resource_id is required")),
    };
    let resource_type = fields.remove("resource_type").map_or_else(|| "table".to_owned(), text_of);
    let sent = fields.remove("permissions").unwrap_or_else(|| Value::Array(Vec::new()));
    let permissions = permissions_of(&sent)?;
    let answer = ok(SetResourceAnswer { agent_id: &id, permissions: &sent, resource_id: &resource_id });
    shared.store(storing, |registry| registry.set_resource(&id, resource_id, resource_type, permissions, storing))?;
    Ok(answer)
}

/// Each permission once, in first-named order, as the recorded server stores them.
fn permissions_of(sent: &Value) -> Result<Vec<Permission>, Refusal> {
    let Value::Array(words) = sent else { return Err(Refusal::exception()) };
    let mut permissions = Vec::with_capacity(words.len().min(4));
    for word in words {
        let permission = word.as_str().and_then(Permission::parse);
        let Some(permission) = permission else {
            return Err(Refusal::bad_request(format!("Invalid permission: {}", text_of(word.clone()))));
        };
        if !permissions.contains(&permission) {
            permissions.push(permission);
        }
    }
    Ok(permissions)
}

fn text_of(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

async fn revoke_resource(
    State(shared): Sandboxed,
    Path((id, resource_id)): Path<(String, String)>,
    Extension(storing): Extension<Storing>,
) -> Answer {
    shared.store(storing, |registry| registry.revoke_resource(&id, &resource_id, storing))?;
    Ok(ok(json!({
        "agent_id": id,
        "message": format!("Permissions revoked for resource {resource_id}"),
        "resource_id": resource_id,
    })))
}

async fn list_tables(State(shared): Sandboxed, Path(id): Path<String>) -> Answer {
    let switches = shared.switches();
    let registry = shared.registry();
    let agent = registry.agent(&id)?;
    let Some(link) = &agent.database else {
        return Err(Refusal::bad_request("Agent does not have a database connection"));
    };
    let tables = registry.tables(&link.database);
    let tables: Vec<Value> = match switches.switches.tables {
        TablesAnswer::Refused => {
            let error = "Failed to list tables: Database not connected. Call connect() first.";
            return Err(Refusal::Service(StatusCode::INTERNAL_SERVER_ERROR, error.to_owned()));
        }
        TablesAnswer::Names => tables.iter().map(|table| Value::from(table.as_str())).collect(),
        TablesAnswer::Listed => tables.iter().map(|table| table_answer(table, agent)).collect(),
    };
    let count = tables.len();
    Ok(ok(json!({"agent_id": id, "count": count, "database": link.text("connection_name"), "tables": tables})))
}

fn table_answer(table: &str, agent: &AgentRecord) -> Value {
    let (schema, name) = table.split_once('.').unwrap_or(("public", table));
    let resource_id = if schema == "public" { name } else { table };
    let permissions = agent.resources.get(resource_id).map_or(&[][..], |resource| &resource.permissions);
    json!({
        "has_read": permissions.contains(&Permission::Read),
        "has_write": permissions.contains(&Permission::Write),
        "permissions": permissions,
        "resource_id": resource_id,
        "schema": schema,
        "table_name": name,
        "type": "table",
    })
}

async fn get_rate_limits(State(shared): Sandboxed, Path(id): Path<String>) -> Response<Body> {
    let registry = shared.registry();
    let configured = registry.rate_limits(&id);
    ok(json!({
        "agent_id": id,
        "config": configured.cloned().unwrap_or_default(),
        "configured": configured.is_some(),
        "status": "ok",
        "usage": configured.map_or_else(no_usage, usage),
    }))
}

fn no_usage() -> Value {
    json!({"current_usage": {}, "rate_limits_configured": false})
}

/// The sandbox runs no queries, so all of every limit remains.
fn usage(limits: &RateLimits) -> Value {
    json!({
        "current_usage": {"queries_last_day": 0, "queries_last_hour": 0, "queries_last_minute": 0},
        "limits": limits,
        "rate_limits_configured": true,
        "remaining": {
            "queries_this_day": limits.queries_per_day,
            "queries_this_hour": limits.queries_per_hour,
            "queries_this_minute": limits.queries_per_minute,
        },
    })
}

async fn set_rate_limits(
    State(shared): Sandboxed,
    Path(id): Path<String>,
    Extension(storing): Extension<Storing>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let limits = rate_limits_of(&body_of(&headers, &body)?);
    let answer = ok(json!({"agent_id": id, "config": limits, "status": "ok"}));
    if storing == Storing::Kept {
        shared.store(storing, |registry| {
            registry.set_rate_limits(&id, limits);
            Ok(())
        })?;
    }
    Ok(answer)
}

fn rate_limits_of(fields: &JsonObject) -> RateLimits {
    let limit = |name: &str| fields.get(name).cloned().unwrap_or_default();
    RateLimits {
        queries_per_day: limit("queries_per_day"),
        queries_per_hour: limit("queries_per_hour"),
        queries_per_minute: limit("queries_per_minute"),
    }
}
