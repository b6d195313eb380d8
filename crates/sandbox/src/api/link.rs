//! Linking databases, and trying connections.

use super::*;
use crate::database::{self, Target};
use crate::switches::DatabaseAnswer;

/// The fields of a database configuration that the recorded server shows again.
const SHOWN: [&str; 6] = ["connection_name", "host", "port", "database", "schema", "type"];

/// "Connects" to what a database configuration names, and makes the link that the agent gets.
///
/// # Errors
/// The text that the answer carries after "Failed to connect to database for agent …", or the missing field.
pub(super) fn link(id: &str, configuration: &JsonObject, answer: DatabaseAnswer) -> Result<DatabaseLink, String> {
    let connected = match configuration.get("connection_string").filter(|value| !is_falsy(value)) {
        Some(string) => database::connect(&text_of(string.clone()), answer),
        None => target_of(configuration)?.connect(answer),
    };
    let target = connected.map_err(|error| format!("Failed to connect to database for agent {id}: {error}"))?;
    let mut shown: JsonObject =
        SHOWN.iter().filter_map(|field| Some(((*field).to_owned(), configuration.get(*field)?.clone()))).collect();
    if configuration.contains_key("connection_string") {
        shown.insert("connection_string".to_owned(), "***".into());
    }
    shown.entry("connection_name").or_insert_with(|| "default".into());
    shown.entry("type").or_insert_with(|| "postgresql".into());
    shown.insert("status".to_owned(), "connected".into());
    shown.insert("linked_at".to_owned(), timestamp().into());
    Ok(DatabaseLink { shown, database: target.database })
}

fn target_of(configuration: &JsonObject) -> Result<Target, String> {
    let field = |name: &str| match configuration.get(name).filter(|value| !is_falsy(value)) {
        Some(value) => Ok(text_of(value.clone())),
        None => Err(format!("database.{name} is required when connection_string is not provided")),
    };
    let host = field("host")?;
    field("user")?;
    let port = configuration.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok());
    Ok(Target::new(host, port, field("database")?))
}

pub(super) async fn link_database(
    State(shared): Sandboxed,
    Path(id): Path<String>,
    Extension(storing): Extension<Storing>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    shared.registry().agent(&id)?;
    let fields = body_of(&headers, &body)?;
    let Some(string) = fields.get("connection_string").filter(|value| !is_falsy(value)) else {
        return Err(Refusal::bad_request("connection_string is required"));
    };
    // Name and type that were sent are not looked at: the link has the defaults afterwards.
    let configuration = JsonObject::from_iter([("connection_string".to_owned(), string.clone())]);
    let link = link(&id, &configuration, shared.switches().switches.database)
        .map_err(|error| Refusal::bad_request(format!("Failed to update database connection: {error}")))?;
    let answer = ok(json!({"agent_id": id, "database": link.shown, "updated_at": timestamp()}));
    if storing == Storing::Kept {
        shared.store(storing, |registry| registry.link_database(&id, link))?;
    }
    Ok(answer)
}

pub(super) async fn test_database(State(shared): Sandboxed, headers: HeaderMap, body: Bytes) -> Answer {
    let fields = body_of(&headers, &body)?;
    let answer = shared.switches().switches.database;
    let connected = match fields.get("connection_string").filter(|value| !is_falsy(value)) {
        Some(string) => database::connect(&text_of(string.clone()), answer),
        None => match target_of(&fields) {
            Ok(target) => target.connect(answer),
            Err(_) => return Err(Refusal::Fields(StatusCode::BAD_REQUEST, nothing_to_test())),
        },
    };
    if let Err(error) = connected {
        let message = format!("Database connection failed: {error}");
        let fields = json!({"error": error, "message": message, "status": "error"});
        return Err(Refusal::Fields(StatusCode::BAD_REQUEST, fields));
    }
    let field = |name: &str, default: &str| fields.get(name).cloned().unwrap_or_else(|| default.into());
    Ok(ok(json!({
        "database_info": {
            "connection_name": field("connection_name", "default"),
            "connection_string": "***",
            "type": field("type", "postgresql"),
        },
        "message": "Database connection test successful",
        "status": "success",
    })))
}

fn nothing_to_test() -> Value {
    json!({
        "error": "Missing database configuration. Provide connection_string or (host, user, password, database)",
        "status": "error",
    })
}
