//! Results as JSON: one document, `success` first.

pub(crate) mod failure;

pub(crate) use failure::failure;

use aidb_core::config::escaped_json;
use serde::Serialize;
use serde_json::{Map, Value};

/// A result that can be told as JSON.
pub(crate) trait Json {
    fn json(&self) -> Value;
}

/// A document as it is printed, on a terminal too.
pub(crate) fn document(value: &Value) -> String {
    escaped_json(&format!("{value:#}\n"))
}

/// A part of a document. Everything that comes here is plain data of the engine, which serialises.
pub(crate) fn part<T: Serialize + ?Sized>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_else(|error| Value::String(format!("cannot be shown: {error}")))
}

/// Adds the entries of `more` to an object.
pub(crate) fn with(mut object: Value, more: Value) -> Value {
    if let (Value::Object(fields), Value::Object(more)) = (&mut object, more) {
        fields.extend(more);
    }
    object
}

/// An object without the keys that hold nothing.
pub(crate) fn present(object: Value) -> Value {
    match object {
        Value::Object(fields) => {
            Value::Object(fields.into_iter().filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>())
        }
        other => other,
    }
}
