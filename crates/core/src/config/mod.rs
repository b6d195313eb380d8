//! The configuration: model, reading with positions, validation, deterministic writing, JSON Schema, secret scan.
//!
//! Pure: nothing here touches a file, the network or the clock.

mod display;
mod encoding;
mod findings;
mod id;
mod model;
mod names;
mod path;
mod read;
mod report;
mod rules;
mod schema;
pub mod secrets;
mod server;
mod source_span;
mod state;
mod tree;
mod validate;
pub mod values;
mod write;

#[cfg(test)]
mod tests;

pub use display::{display_text, display_text_limited, escaped_json, is_treacherous};
pub(crate) use encoding::decode_lossy;
pub use encoding::{MAX_FILE_BYTES, NotText, decode_text};
pub use findings::MAX_FINDINGS;
pub use id::{AgentId, InvalidAgentId, MAX_ID_BYTES, NotAddressable, addressable};
pub use model::{
    Agent, Configuration, DatabaseReference, FORMAT_VERSION, Permission, PermissionSet, ResourcePermission,
    ResourcePermissions,
};
pub use read::{Reading, is_configuration, read, read_until};
pub use report::{Finding, FindingCode, Position, Severity, ValidationReport};
pub use schema::json_schema;
pub use server::ServerId;
pub use state::{AgentState, LiveAgent, RateLimits};
pub use tree::{MAX_DEPTH, MAX_TEXT_BYTES, MAX_VALUES};
pub use validate::validate;
pub use write::{source_url, write};
