//! Connector-compatible servers on loopback, with sample agents and fault switches.
//!
//! One crate is the demo (`aidb sandbox`, the first start of the window) and the stateful fake of every test, so that
//! what people try out is what the tests prove. It answers as the recorded server does (`tests/wire/transcript.json`
//! replays against it), and depends on nothing of the engine: a mistake of the engine about the wire must not be able
//! to hide in the server that it is tested against.
//!
//! - [`Sandbox`] serves one environment, [`Trio`] the three sample environments.
//! - [`Handle`] reads and changes state and [`Switches`] from within the process.
//! - `/__sandbox/…` does the same over HTTP, for tests in another process:
//!   `GET`/`POST switches`, `GET requests`, `DELETE requests`, `GET state`, `POST databases`, `POST forget`, `POST reset`.
//!
//! The accept loop is its own rather than `axum::serve`, because cutting a connection without an answer is one of the
//! faults, and a service that may fail is the way to say so to hyper.

mod api;
mod body;
mod control;
mod database;
mod error;
mod faults;
mod framework;
mod handle;
mod port;
mod registry;
mod samples;
mod server;
mod service;
mod shared;
mod snapshot;
mod spelling;
mod state_file;
mod switches;
mod traffic;

pub use error::{ChangeError, StartError, StateFileError};
pub use handle::Handle;
pub use port::ReservedPort;
pub use samples::Sample;
pub use server::{Sandbox, SandboxOptions, Trio};
pub use snapshot::Permission;
pub use snapshot::{AgentSnapshot, DatabaseSnapshot, ResourceSnapshot, Snapshot};
pub use switches::{
    AgentShape, ApiKey, ConnectionMode, DatabaseAnswer, Effect, ErrorBody, Fault, FaultAnswer, HeaderText,
    InvalidSwitch, KeyHashAnswer, Nulls, ResourceOrder, RetryAfter, Spelling, Switches, TablesAnswer, Writes,
};
pub use traffic::{SeenRequest, Traffic};
