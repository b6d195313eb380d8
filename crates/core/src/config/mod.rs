//! The configuration: model, reading with positions, validation, deterministic writing, JSON Schema, secret scan.
//!
//! Pure: nothing here touches a file, the network or the clock.

mod id;
mod model;
pub mod secrets;
mod state;

pub use id::{AgentId, InvalidAgentId, MAX_ID_BYTES, NotAddressable, addressable};
pub use model::{
    Agent, Configuration, DatabaseReference, FORMAT_VERSION, Permission, PermissionSet, ResourcePermission,
    ResourcePermissions,
};
pub use state::{AgentState, LiveAgent};
