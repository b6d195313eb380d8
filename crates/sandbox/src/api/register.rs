//! Registering an agent: the one call that makes keys, and destroys when the id exists.

use super::*;
use crate::registry::Registration;

pub(super) async fn register(
    State(shared): Sandboxed,
    Extension(storing): Extension<Storing>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let fields = body_of(&headers, &body)?;
    let given = |name: &str| fields.get(name).filter(|value| !is_falsy(value));
    let Some(id) = given("agent_id").map(|id| text_of(id.clone())) else {
        return Err(Refusal::bad_request("Missing required fields: agent_id"));
    };
    let info = match fields.get("agent_info") {
        None => JsonObject::new(),
        Some(Value::Object(info)) => info.clone(),
        Some(_) => return Err(Refusal::exception()),
    };
    let registered_at = timestamp();
    let credentials = given("agent_credentials").map(object_of).transpose()?;
    let api_key = credentials.map_or_else(new_api_key, key_of)?;
    let database = match given("database").map(object_of).transpose()? {
        Some(_) if credentials.is_none() => {
            return Err(Refusal::bad_request("agent_credentials are required when linking a database"));
        }
        Some(configuration) => {
            let linked = link::link(&id, configuration, shared.switches().switches.database);
            Some(linked.map_err(Refusal::bad_request)?)
        }
        None => None,
    };
    let rate_limits = given("rate_limits").map(object_of).transpose()?.map_or_else(RateLimits::default, rate_limits_of);
    let answer = json!({
        "agent_id": id,
        "api_key": api_key,
        "credentials_stored": credentials.is_some(),
        "database": database.as_ref().map(|link| &link.shown),
        "rate_limits": rate_limits,
        "registered_at": registered_at,
    });
    if storing == Storing::Kept {
        let registration = Registration { registered_at, api_key, info, database, rate_limits };
        shared.store(storing, |registry: &mut Registry| {
            registry.register(&id, registration);
            Ok(())
        })?;
    }
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

fn object_of(value: &Value) -> Result<&JsonObject, Refusal> {
    value.as_object().ok_or_else(Refusal::exception)
}

/// The key that was sent along. Both fields have to be there, even though the secret is not looked at again.
fn key_of(credentials: &JsonObject) -> Result<String, Refusal> {
    let missing: Vec<_> =
        ["api_key", "api_secret"].into_iter().filter(|field| !credentials.contains_key(*field)).collect();
    if !missing.is_empty() {
        return Err(Refusal::bad_request(format!("agent_credentials missing: {}", missing.join(", "))));
    }
    credentials.get("api_key").and_then(Value::as_str).map(str::to_owned).ok_or_else(Refusal::exception)
}

/// 256 random bits in the 64 letters of URL-safe base64, 43 of them, as Python's `secrets.token_urlsafe(32)` makes.
fn new_api_key() -> Result<String, Refusal> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut random = [0_u8; 43];
    getrandom::fill(&mut random).map_err(|_| Refusal::exception())?;
    Ok(random.iter().map(|byte| char::from(LETTERS[usize::from(byte & 63)])).collect())
}
